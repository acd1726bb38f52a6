/** What happens to values: typing, committing, pasting, clearing, taking back; and how cells look for it. */

import {counted, meant, read} from "./clipboard.js";
import {grey, pick} from "./grid.js";
import {calculated, fill, iso, marked, numeric, parse, show} from "./numbers.js";
import {History} from "./undo.js";

/** @typedef {import("./table.js").Table} Table */
/** @typedef {import("./table.js").Cell} Cell */
/** @typedef {import("./model.js").Model} Model */
/** @typedef {import("./outbox.js").Outbox} Outbox */
/** @typedef {import("./sync.js").Conflict} Conflict */
/** @typedef {import("./undo.js").Change} Change */

/**
 * @typedef {object} Surroundings
 * @property {Model} model
 * @property {Outbox} outbox
 * @property {() => number} revision that the person sees
 * @property {Record<string, string>} sentences by code, with `%(name)s`
 * @property {() => void} touched something waits to be sent
 * @property {() => void} changed values or problems of cells have changed
 * @property {(sentence: string) => void} say aloud
 * @property {(section: string) => Promise<void>} open another section
 * @property {(cell: Cell|undefined, who: string) => void} remote a colleague's value has come into a cell
 * @property {(cell: Cell, text: string) => void} shown a cell has got another text
 */

const CALM = matchMedia("(prefers-reduced-motion: reduce)");

export class Editor {
  /** @param {Surroundings} around */
  constructor(around) {
    this.around = around;
    this.history = new History();
    /** What stands in a cell instead of a value, and why it isn't kept. @type {Map<string, {text: string, sentence: string}>} */
    this.bad = new Map();
    /** @type {Map<string, Conflict>} */
    this.conflicts = new Map();
    /** The committed text of each grey cell of the open section. @type {Map<string, string>} */
    this.texts = new Map();
    /** Cells that are marked as not adding up. @type {Set<string>} */
    this.wrong = new Set();
    /** @type {Table|null} */
    this.table = null;
  }

  /** Take over a freshly opened section: put into it what isn't on the server yet. @param {Table} table */
  attach(table) {
    this.table = table;
    this.texts.clear();
    this.marked([]);
    for (const cell of table.cells.values()) {
      if (!cell.input) continue;
      const {value, defaultValue = value} = /** @type {HTMLInputElement} */ (cell.input);
      const text = this.reads(cell);
      this.put(cell, text);
      this.texts.set(cell.address, text);
      if (value !== defaultValue && value !== text) this.#writeAll([{cell: cell.address, from: text, to: value}]); // typed before we came
    }
    this.repaint(false);
  }

  /** What the cell should read: the text that isn't kept, else its value. @param {Cell} cell */
  reads(cell) {
    const edit = this.around.outbox.edits.get(cell.address);
    const parsed = edit?.kept ? parse(edit.text, cell.rule) : null;
    if (edit && parsed?.code !== undefined && !this.bad.has(cell.address)) this.bad.set(cell.address, this.#wrong(edit.text, parsed));
    return this.bad.get(cell.address)?.text ?? this.shown(cell);
  }

  /** @param {string} text @param {{code: string, params: Record<string, string>}} parsed */
  #wrong(text, parsed) {
    return {text, sentence: fill(this.around.sentences[parsed.code] ?? parsed.code, parsed.params)};
  }

  /** What the model says the cell reads. @param {Cell} cell */
  shown(cell) {
    const mark = this.around.model.marks.get(cell.address);
    if (mark) return this.around.sentences[`mark-${mark}`];
    const value = this.around.model.get(cell);
    return cell.rule.type === "date" ? iso(String(value ?? "")) : show(value, cell.rule);
  }

  /** Show a text in a cell's field. @param {Cell} cell @param {string} text */
  put(cell, text) {
    if (cell.input && cell.input.value !== text) cell.input.value = text;
    this.around.shown(cell, text);
    this.mark(cell);
  }

  /** How the cell looks for its text. @param {Cell} cell */
  mark(cell) {
    const bad = this.bad.has(cell.address);
    const {classList} = cell.td;
    if (bad === classList.contains("bad") && this.conflicts.has(cell.address) === classList.contains("conflict")) return;
    classList.toggle("bad", bad);
    classList.toggle("conflict", this.conflicts.has(cell.address));
    if (cell.input) cell.input.ariaInvalid = bad || classList.contains("err") ? "true" : null;
  }

  /** Keep a text as the cell's value, or beside it if it can't be one. @param {Cell} cell @param {string} text */
  write(cell, text) {
    const {model, outbox, revision} = this.around;
    const parsed = parse(text, cell.rule);
    if (parsed.code !== undefined) {
      this.bad.set(cell.address, this.#wrong(text, parsed));
      outbox.put(cell.address, text, revision(), true);
    } else {
      this.bad.delete(cell.address);
      this.conflicts.delete(cell.address); // a number typed over both of them is the choice
      model.set(cell, parsed.value, parsed.mark);
      outbox.put(cell.address, text, revision());
    }
    this.mark(cell);
  }

  /** The text of a field has just changed. @param {Cell} cell */
  typing(cell) {
    const text = cell.input?.value ?? "";
    if (numeric(cell.rule) && !marked(text) && /^\s*[=нn]|\+/i.test(text)) return; // a small sum or a mark on its way
    this.write(cell, text);
    this.#after();
  }

  /** The person has finished with the field. @param {Cell} cell */
  commit(cell) {
    const from = this.texts.get(cell.address) ?? "";
    const text = calculated(cell.input?.value ?? "", cell.rule);
    if (text === from) return;
    this.write(cell, text);
    const to = this.bad.has(cell.address) ? text : this.shown(cell);
    this.put(cell, to);
    this.texts.set(cell.address, to);
    this.history.add([{cell: cell.address, from, to}]);
    this.#after();
  }

  /** Back to the text before the typing. @param {Cell} cell */
  revert(cell) {
    const before = this.texts.get(cell.address);
    if (!cell.input || before === undefined || cell.input.value === before) return;
    this.put(cell, before);
    this.write(cell, before);
    this.#after();
    pick(cell.input);
  }

  /** Set many cells at once: one operation to take back. @param {Change[]} changes */
  apply(changes) {
    this.history.add(this.#writeAll(changes));
    this.#after();
  }

  /** @param {Change[]} changes @returns {Change[]} with the texts as they read now */
  #writeAll(changes) {
    return changes.map(({cell: address, from, to: text}) => {
      const cell = this.table?.cells.get(address);
      if (!cell?.input) return {cell: address, from, to: from};
      this.write(cell, text);
      const to = this.bad.has(address) ? text : this.shown(cell);
      this.put(cell, to);
      this.texts.set(address, to);
      return {cell: address, from, to};
    });
  }

  /** Finish with the field that is being typed in. */
  commitOpen() {
    const cell = this.table?.at(document.activeElement);
    if (cell?.input) this.commit(cell);
  }

  #after() {
    this.repaint(true);
    this.around.touched();
    this.around.changed();
  }

  /** Recalculate, and show the white cells of the open section. @param {boolean} flash those that changed */
  repaint(flash) {
    const {model} = this.around;
    model.recalculate();
    if (!this.table) return;
    for (const cell of this.table.cells.values()) {
      if (cell.kind === "input" || cell.kind === "blocked") continue;
      const text = this.shown(cell);
      if (text === cell.td.textContent) continue;
      cell.td.textContent = text;
      this.around.shown(cell, text);
      cell.td.classList.toggle("impossible", text.startsWith("#"));
      if (flash && !CALM.matches) cell.td.animate([{backgroundColor: "var(--ok-soft)"}, {}], {duration: 1000});
    }
  }

  /** Mark the cells where something does not add up. @param {import("./findings.js").Finding[]} findings */
  marked(findings) {
    /** @type {Map<string, string>} */
    const worst = new Map();
    for (const {cell, severity} of [...findings].reverse()) if (severity !== "hint") worst.set(cell, severity === "error" ? "err" : "warn");
    for (const address of new Set([...worst.keys(), ...this.wrong])) {
      const cell = this.table?.cells.get(address);
      cell?.td.classList.toggle("err", worst.get(address) === "err");
      cell?.td.classList.toggle("warn", worst.get(address) === "warn");
      if (cell?.input) cell.input.ariaInvalid = worst.get(address) === "err" || this.bad.has(address) ? "true" : null;
    }
    this.wrong = new Set(worst.keys());
  }

  /** @param {Cell[]} cells @param {(cell: Cell) => string} text */
  #fill(cells, text) {
    const changes = cells.filter(grey).map((cell) => ({cell: cell.address, from: this.texts.get(cell.address) ?? "", to: text(cell)}));
    this.apply(changes);
  }

  /** One text into all of them; an empty one clears them. @param {Cell[]} cells @param {string} text */
  fillAll(cells, text) {
    this.#fill(cells, (cell) => calculated(text, cell.rule));
  }

  /** Excel's Ctrl+D: the topmost cell of each column goes to those below; a single cell takes the one above it.
   * @param {Cell[]} cells @param {Cell} cursor */
  fillDown(cells, cursor) {
    if (cells.length < 2) {
      const above = this.table?.next(cursor, -1, 0, () => true);
      if (above) this.#fill([cursor], () => this.#reads(above));
      return;
    }
    const first = Math.min(...cells.map((cell) => cell.r));
    const top = new Map(cells.filter((cell) => cell.r === first).map((cell) => [cell.c, this.#reads(cell)]));
    this.#fill(cells.filter((cell) => cell.r !== first), (cell) => top.get(cell.c) ?? "");
  }

  /** @param {Cell} cell */
  #reads(cell) {
    const text = this.texts.get(cell.address) ?? this.shown(cell);
    return cell.rule.type === "date" ? show(text, cell.rule) : text;
  }

  /** The texts of a block of cells, for the clipboard. @param {Cell[][]} block */
  copied(block) {
    return block.map((row) => row.map((cell) => (cell.kind === "blocked" ? "" : this.#reads(cell))));
  }

  /** A block from the clipboard, its corner in `corner`, or one text into the whole selection. Says what was skipped.
   * @param {string} text @param {Cell} corner @param {Cell[]} selection */
  paste(text, corner, selection) {
    const block = read(text);
    if (block.length === 1 && block[0].length === 1 && selection.length > 1) {
      const value = meant(block[0][0]);
      this.#fill(selection, () => value);
      return;
    }
    const tally = {pasted: 0, closed: 0, outside: 0};
    /** @type {Change[]} */
    const changes = [];
    block.forEach((row, dr) => row.forEach((field, dc) => {
      const cell = this.table?.lines[corner.line + dr]?.[corner.c + dc];
      const value = cell && numeric(cell.rule) ? meant(field) : field.trim();
      if (cell && grey(cell)) changes.push({cell: cell.address, from: this.texts.get(cell.address) ?? "", to: value});
      else if (value) tally[cell ? "closed" : "outside"] += 1;
    }));
    this.apply(changes);
    const bad = changes.filter((change) => this.bad.has(change.cell)).length;
    tally.pasted = changes.length - bad;
    this.around.say(counted({...tally, bad}, this.around.sentences));
  }

  /** Take back the last operation, or do it again; goes to its section and cell. @param {boolean} back */
  async undo(back) {
    this.commitOpen();
    const changes = back ? this.history.undo() : this.history.redo();
    if (!changes) return null;
    const section = changes[0].cell.split("/")[0];
    if (section !== this.table?.section) await this.around.open(section);
    if (section !== this.table?.section) { // no connection: the operation stays where it was
      if (back) this.history.redo();
      else this.history.undo();
      return null;
    }
    this.#writeAll(changes);
    this.#after();
    return this.table?.cells.get(changes[0].cell) ?? null;
  }

  /** What there is to say at a cell about its text. @param {Cell} cell @returns {import("./note.js").Told[]} */
  told(cell) {
    const bad = this.bad.get(cell.address);
    const conflict = this.conflicts.get(cell.address);
    const {sentences} = this.around;
    /** @type {import("./note.js").Told[]} */
    const told = bad ? [{kind: "bad", sentence: bad.sentence}] : [];
    if (conflict) {
      const both = {...conflict, mine: conflict.mine || sentences.blank, theirs: conflict.theirs || sentences.blank};
      told.push({kind: "conflict", sentence: fill(sentences.conflict, both), conflict});
    }
    return told;
  }
}
