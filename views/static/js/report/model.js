/** The values of the whole report in slot order, as the form's compiled module calculates with them. */

import {iso, marked, plain} from "./numbers.js";

/**
 * The compiled form: `v` holds one double per slot, `m` one byte: 0 blank, 1 a value.
 * @typedef {object} Program
 * @property {number} size
 * @property {(v: Float64Array, m: Uint8Array) => void} calc
 * @property {(v: Float64Array, m: Uint8Array) => Raw[]} check
 * @property {(v: Float64Array, m: Uint8Array) => Record<string, boolean>} applies
 * @property {(slot: number) => string} address
 * @property {(address: string) => number|undefined} slot
 * @property {(slot: number, x: number) => number} quantise
 */

/**
 * One instance of a rule that doesn't hold: at a slot, `left` `op` `right` is false.
 * @typedef {{id: string, severity: "error"|"query"|"hint", text: string, slot: number, left: number|null, op: string,
 *   right: number|null, uncomputable: boolean}} Raw
 * @typedef {Raw & {key: string, cell: string}} Failure
 */

/**
 * What `/reports/<id>/values` answers: `known` is slot, value, slot, value…
 * @typedef {{revision: number, known: number[], texts: Record<string, string>, marks: Record<string, string>,
 *   findings: import("./findings.js").Finding[]}} Stored
 */

export class Model {
  /** @param {Program} program @param {Stored} stored */
  constructor(program, stored) {
    this.program = program;
    this.v = new Float64Array(program.size);
    this.m = new Uint8Array(program.size);
    /** @type {Map<string, string>} text, choice and date cells by address */
    this.texts = new Map(Object.entries(stored.texts));
    /** "na" and "nd" by address. @type {Map<string, string>} */
    this.marks = new Map(Object.entries(stored.marks));
    for (let at = 0; at < stored.known.length; at += 2) {
      this.v[stored.known[at]] = stored.known[at + 1];
      this.m[stored.known[at]] = 1;
    }
    program.calc(this.v, this.m);
  }

  /** @param {{slot: number|null, address: string}} cell @returns {number|string|null} */
  get(cell) {
    if (cell.slot === null) return this.texts.get(cell.address) ?? null;
    return this.m[cell.slot] ? this.v[cell.slot] : null;
  }

  /** Set one cell; `recalculate` afterwards. @param {{slot: number|null, address: string}} cell @param {number|string|null} value
   * @param {string|null} [mark] in place of a value */
  set(cell, value, mark) {
    if (mark) this.marks.set(cell.address, mark);
    else this.marks.delete(cell.address);
    if (cell.slot !== null) {
      this.v[cell.slot] = typeof value === "number" ? value : 0;
      this.m[cell.slot] = value === null ? 0 : 1;
    } else if (value === null) this.texts.delete(cell.address);
    else this.texts.set(cell.address, String(value));
  }

  /** Set a cell of any section from a text as it reads; what can't be read leaves it as it is. @param {string} address
   * @param {string} text */
  accept(address, text) {
    const slot = this.program.slot(address) ?? null;
    if (slot === null) return this.set({slot, address}, text.trim() || null);
    const number = plain(text);
    const mark = marked(text);
    if (number === "" || mark) return this.set({slot, address}, null, mark);
    if (Number.isFinite(Number(number))) this.set({slot, address}, this.program.quantise(slot, Number(number)));
    return undefined;
  }

  /** Does a cell of any section hold what this text says? @param {string} address @param {string} text */
  holds(address, text) {
    const slot = this.program.slot(address) ?? null;
    const value = this.get({slot, address});
    if (slot === null) return iso(String(value ?? "")) === iso(text.trim());
    const mark = marked(text);
    if (mark || this.marks.has(address)) return this.marks.get(address) === mark;
    return value === null ? plain(text) === "" : plain(text) !== "" && value === Number(plain(text));
  }

  recalculate() {
    this.program.calc(this.v, this.m);
  }

  /** Every instance of every rule that doesn't hold now. @returns {Failure[]} */
  check() {
    return this.program.check(this.v, this.m).map((raw) => {
      const cell = this.program.address(raw.slot);
      return {...raw, cell, key: `${raw.id}@${cell}`};
    });
  }

  /** Sections with a condition: whether they are to be filled in. */
  applies() {
    return this.program.applies(this.v, this.m);
  }
}
