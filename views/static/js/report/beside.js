/** What stands beside the values: the numbers of the period before, the parts of a total, what a colleague has just typed. */

import {fill, show} from "./numbers.js";
import {element, put} from "./screen.js";

/** @typedef {import("./table.js").Table} Table */
/** @typedef {import("./table.js").Cell} Cell */

const PAUSE = 30_000;

/** @param {string} url @returns {Promise<any>} null if there is no answer */
const ask = (url) =>
  fetch(url, {headers: {Accept: "application/json"}})
    .then((response) => (response.ok && !response.redirected ? response.json() : null))
    .catch(() => null);

export class Beside {
  /** @param {string} url @param {Record<string, string>} sentences */
  constructor(url, sentences) {
    this.url = url;
    this.sentences = sentences;
    this.compared = false;
    /** @type {Record<string, string>} */
    this.was = {};
    this.period = "";
    /** @type {Map<string, string[]>} */
    this.traces = new Map();
    /** @type {HTMLElement[]} */
    this.framed = [];
  }

  /** A section is open: fetch what it read in the period before. @param {Table} table @param {(cell: Cell) => string} reads */
  async attach(table, reads) {
    this.was = {};
    this.period = "";
    const button = element("compare");
    button.addEventListener("click", () => {
      this.compared = !this.compared;
      this.#draw(table, reads);
    });
    const answer = await ask(`${this.url}/previous/${table.section}`);
    if (!answer?.period || !button.isConnected) return;
    this.was = answer.cells;
    this.period = answer.period;
    put(button, "[data-words]", fill(this.sentences.compare, {period: answer.period}));
    button.hidden = false;
    this.#draw(table, reads);
  }

  /** @param {Table} table @param {(cell: Cell) => string} reads */
  #draw(table, reads) {
    element("compare").setAttribute("aria-pressed", String(this.compared));
    table.element.classList.toggle("compared", this.compared);
    if (this.compared) for (const cell of table.cells.values()) this.differs(cell, reads(cell));
  }

  /** @param {Cell} cell @param {string} reads */
  differs(cell, reads) {
    if (!this.compared || cell.kind === "blocked") return;
    const was = this.was[cell.address] ?? "";
    if (cell.rule.type === "date") reads = show(reads, cell.rule);
    if (was || reads) cell.td.dataset.was = was || "–";
    else delete cell.td.dataset.was;
    cell.td.toggleAttribute("data-differs", was !== reads);
  }

  /** What the name bar says of the cell's past. @param {Cell} cell */
  before(cell) {
    const text = this.was[cell.address];
    return text ? fill(this.sentences.before, {period: this.period, text}) : "";
  }

  /** Frame the cells that a total is made of. @param {Table} table @param {Cell} cell */
  async frame(table, cell) {
    for (const td of this.framed) td.classList.remove("part");
    this.framed = [];
    if (cell.kind !== "computed") return;
    if (!this.traces.has(cell.address)) {
      const parts = await ask(`${this.url}/trace?cell=${encodeURIComponent(cell.address)}`);
      if (!parts) return;
      this.traces.set(cell.address, parts);
    }
    if (!cell.td.classList.contains("cur")) return; // the cursor has gone on meanwhile
    const parts = this.traces.get(cell.address) ?? [];
    this.framed = parts.map((address) => table.cells.get(address)?.td).filter((td) => td !== undefined);
    for (const td of this.framed) td.classList.add("part");
  }

  /**
   * Ask for colleagues' edits while the page is looked at.
   * @param {() => number} revision @param {(revision: number, others: Record<string, {shown: string, who: string}>) => void} take
   */
  watch(revision, take) {
    setInterval(async () => {
      if (document.visibilityState !== "visible") return;
      const answer = await ask(`${this.url}/since/${revision()}`);
      if (answer && answer.revision > revision()) take(answer.revision, answer.others);
    }, PAUSE);
  }

  /** A colleague's name at the cell, for some seconds. @param {Cell|undefined} cell @param {string} who */
  remote(cell, who) {
    if (!cell) return;
    cell.td.dataset.who = who;
    cell.td.classList.add("remote");
    setTimeout(() => cell.td.classList.remove("remote"), 6000);
  }
}
