/** The open section's table as cells: the markup is the server's, this reads it once. */

/** @typedef {import("./numbers.js").Rule} Rule */

/**
 * One place of the table. `input` is the field of a grey cell (null where the report is read only or the cell is white).
 * @typedef {object} Cell
 * @property {string} address
 * @property {"input"|"computed"|"pulled"|"blocked"} kind
 * @property {number|null} slot
 * @property {Rule} rule
 * @property {HTMLTableCellElement} td
 * @property {HTMLInputElement|HTMLSelectElement|null} input
 * @property {number} r place of its row among the rows with cells
 * @property {number} c
 * @property {number} line place of its row among all rows
 */

/** @param {string|undefined} text */
const limit = (text) => (text === undefined || text === "" ? null : Number(text));

/**
 * @param {DOMStringMap} data of the td @param {DOMStringMap} table defaults
 * @returns {Rule}
 */
const rule = (data, table) => ({
  type: /** @type {Rule["type"]} */ (data.type ?? "count"),
  decimals: Number(data.decimals ?? 0),
  minimum: limit(data.min ?? table.min),
  maximum: limit(data.max ?? table.max),
});

export class Table {
  /** @param {HTMLTableElement} element */
  constructor(element) {
    this.element = element;
    this.section = element.dataset.section ?? "";
    this.readonly = element.dataset.readonly !== undefined;
    /** @type {Cell[][]} rows that have cells, top down; a row's cells by their place among the data columns */
    this.rows = [];
    /** @type {Cell[][]} all rows as printed; a header row has no cells */
    this.lines = [];
    /** @type {Map<string, Cell>} */
    this.cells = new Map();
    /** @type {WeakMap<HTMLTableCellElement, Cell>} */
    this.byElement = new WeakMap();
    for (const tr of element.tBodies[0].rows) this.#read(tr);
    this.columns = [...element.querySelectorAll("col[data-number]")].map((col) => /** @type {HTMLElement} */ (col).dataset);
  }

  /** @param {HTMLTableRowElement} tr */
  #read(tr) {
    const tds = /** @type {HTMLTableCellElement[]} */ ([...tr.cells].filter((cell) => /** @type {HTMLElement} */ (cell).dataset.cell));
    const r = this.rows.length;
    const row = tds.map((td, c) => this.#cell(td, r, c));
    this.lines.push(row);
    if (row.length) this.rows.push(row);
  }

  /** @param {HTMLTableCellElement} td @param {number} r @param {number} c @returns {Cell} */
  #cell(td, r, c) {
    const {cell: address = "", kind, slot} = td.dataset;
    const cell = {
      address, r, c, td,
      line: this.lines.length,
      kind: /** @type {Cell["kind"]} */ (kind),
      slot: slot === undefined ? null : Number(slot),
      rule: rule(td.dataset, this.element.dataset),
      input: /** @type {Cell["input"]} */ (td.querySelector("input,select")),
    };
    this.cells.set(address, cell);
    this.byElement.set(td, cell);
    return cell;
  }

  /** The cell that an event happened in. @param {EventTarget|null} target @returns {Cell|null} */
  at(target) {
    const td = target instanceof Element ? target.closest("td") : null;
    return (td && this.byElement.get(/** @type {HTMLTableCellElement} */ (td))) ?? null;
  }

  /** The cells between two corners, line by line as printed. @param {Cell} from @param {Cell} to */
  block(from, to) {
    const [top, bottom] = [Math.min(from.line, to.line), Math.max(from.line, to.line)];
    const [left, right] = [Math.min(from.c, to.c), Math.max(from.c, to.c)];
    return this.lines.slice(top, bottom + 1).map((row) => row.slice(left, right + 1));
  }

  /**
   * The next cell in a direction that `wanted` likes, or null at the edge.
   * @param {Cell} from @param {number} dr @param {number} dc @param {(cell: Cell) => boolean} wanted
   */
  next(from, dr, dc, wanted) {
    for (let r = from.r + dr, c = from.c + dc; ; r += dr, c += dc) {
      const cell = this.rows[r]?.[c];
      if (!cell) return null;
      if (wanted(cell)) return cell;
    }
  }

  /** The row"s name and the column"s title in words. @param {Cell} cell */
  words(cell) {
    const row = /** @type {HTMLElement} */ (cell.td.parentElement);
    const name = row.querySelector("th")?.textContent?.trim() ?? "";
    return {row: name, column: this.columns[cell.c]?.title ?? "", code: row.dataset.row ?? "", number: this.columns[cell.c]?.number ?? ""};
  }
}
