/** Moving between sections and cells: links, the browser's history, jumps, the walk through problems. */

import {element, entitle, fetchSection} from "./screen.js";

/** @typedef {import("./table.js").Cell} Cell */

/**
 * The page, as far as moving about needs it.
 * @typedef {object} Owner
 * @property {{url: string, section: string, sentences: Record<string, string>}} start
 * @property {import("./table.js").Table} table @property {import("./grid.js").Grid|undefined} grid
 * @property {import("./editor.js").Editor} editor @property {import("./contents.js").Contents} contents
 * @property {import("./findings.js").Findings} findings @property {import("./screen.js").SaveState} save
 * @property {() => void} take the table that stands in the page now
 * @property {(sentence: string) => void} say
 */

export class Sections {
  /** @param {Owner} page */
  constructor(page) {
    this.page = page;
    /** The section that was asked for last: the answer to an earlier wish is thrown away. */
    this.wanted = page.table.section;
    /** What is being fetched since the button went down: the click follows a tenth of a second later.
     * @type {{code: string, parts: Promise<ChildNode[]|null>}|null} */
    this.ahead = null;
    document.addEventListener("pointerdown", (event) => this.#fetchAhead(event));
    document.addEventListener("click", (event) => this.#clicked(event));
    document.addEventListener("keydown", (event) => this.#pressed(event));
    addEventListener("popstate", () => this.open(new URL(location.href).searchParams.get("section") ?? page.start.section, false));
  }

  /** Open a section without leaving the page. @param {string} code @param {boolean} [remember] as a step of the history */
  async open(code, remember = true) {
    const {page} = this;
    this.wanted = code;
    if (page.table.section === code) return;
    const {ahead} = this;
    this.ahead = null;
    const parts = await (ahead?.code === code ? ahead.parts : fetchSection(page.start.url, code));
    if (this.wanted !== code || page.table.section === code) return;
    if (!parts) {
      page.save.complain(page.start.sentences["loading-failed"]);
      return;
    }
    page.editor.commitOpen(); // a sum that is being typed
    element("section").replaceChildren(...parts);
    entitle();
    if (remember) history.pushState({}, "", `?section=${code}`);
    page.take();
    page.contents.open(code);
    element("pane").scrollTo(0, 0);
  }

  /** @param {string} cell */
  async jump(cell) {
    await this.open(cell.split("/")[0]);
    this.to(this.page.table.cells.get(cell));
  }

  /** @param {Cell|null|undefined} cell */
  to(cell) {
    if (cell) this.page.grid?.go(cell);
  }

  /** The next cell with a problem, in the order of the table. @param {1|-1} step */
  problem(step) {
    const {editor, findings, grid, start, table} = this.page;
    const cells = [...table.cells.values()];
    const wrong = cells.filter((cell) => editor.told(cell).length || findings.of(cell.address).length);
    if (!wrong.length) {
      this.page.say(start.sentences["no-problems"]);
      return;
    }
    const at = grid?.cursor ? cells.indexOf(grid.cursor) : -1;
    const after = wrong.filter((cell) => (step > 0 ? cells.indexOf(cell) > at : cells.indexOf(cell) < at));
    this.to(step > 0 ? after[0] ?? wrong[0] : after[after.length - 1] ?? wrong[wrong.length - 1]);
  }

  /** @param {PointerEvent} event */
  #fetchAhead(event) {
    const link = event.target instanceof Element && event.button === 0 ? event.target.closest("a[data-section]") : null;
    const code = link instanceof HTMLElement ? link.dataset.section ?? "" : "";
    this.ahead = code && code !== this.page.table.section ? {code, parts: fetchSection(this.page.start.url, code)} : null;
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    const link = event.target instanceof Element ? event.target.closest("a[data-jump],a[data-section]") : null;
    if (!(link instanceof HTMLElement) || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const {jump, section = "", row} = link.dataset;
    const menu = link.closest("details.drop");
    if (menu instanceof HTMLDetailsElement) menu.open = false;
    if (jump) this.jump(jump);
    else this.open(section).then(() => section === this.page.table.section && this.#arriveAt(row));
  }

  /** Alt+PageDown and Alt+PageUp: the neighbouring section, ready to type. @param {KeyboardEvent} event */
  #pressed(event) {
    const rel = {PageDown: "next", PageUp: "prev"}[event.key];
    if (!rel || !event.altKey) return;
    event.preventDefault();
    const link = document.querySelector(`.step a[rel=${rel}]`);
    const {section} = link instanceof HTMLElement ? link.dataset : {};
    if (section) this.open(section).then(() => section === this.page.table.section && this.to(this.#first()));
  }

  #first() {
    const cells = this.page.table.rows.flat();
    return cells.find((cell) => cell.input) ?? cells[0];
  }

  /** @param {string|undefined} row */
  #arriveAt(row) {
    const first = row ? this.page.table.rows.flat().find((cell) => cell.address.split("/")[1] === row) : null;
    if (first) this.to(first);
    else if (document.activeElement === document.body) element("section").focus();
  }
}
