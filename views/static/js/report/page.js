/** Wires the report page: what is typed goes to the model, the outbox and the server; what comes back is shown. */

import {Actions} from "./actions.js";
import {Answers} from "./answers.js";
import {Beside} from "./beside.js";
import {Contents} from "./contents.js";
import {Editor} from "./editor.js";
import {Findings} from "./findings.js";
import {Grid} from "./grid.js";
import {Model} from "./model.js";
import {Note} from "./note.js";
import {Outbox} from "./outbox.js";
import {Panels} from "./panels.js";
import {listen} from "./pasting.js";
import {NameBar, SaveState, choices, chosen, clearOfHeads, element, markComments, markChanges, nameRow, offerCell, openSection, status, sum} from "./screen.js";
import {Sync} from "./sync.js";
import {Table} from "./table.js";

/** @typedef {import("./table.js").Cell} Cell */
/** @typedef {import("./sync.js").Saved} Saved */

/**
 * @typedef {object} Start
 * @property {number} report @property {number} user @property {string} csrf @property {number} revision
 * @property {string} section @property {boolean} typed @property {string} panel @property {string} url @property {string} script
 * @property {Record<string, number>} filled @property {Record<string, string>} sentences
 */

class Page {
  /** @param {Start} start @param {Model} model @param {Outbox} outbox */
  constructor(start, model, outbox) {
    const {sentences} = start;
    this.start = start;
    this.model = model;
    this.outbox = outbox;
    this.filled = start.filled;
    /** The cell that the cursor stood in last. */
    this.last = "";
    this.state = /** @type {import("./sync.js").State} */ ("saved");
    this.save = new SaveState(sentences);
    this.names = new NameBar(sentences);
    this.findings = new Findings(/** @type {HTMLElement} */ (document.querySelector("[data-panel=check]")), sentences);
    this.contents = new Contents(/** @type {HTMLDetailsElement} */ (element("contents")), `${start.url}/rows`, sentences);
    this.panels = new Panels(element("side"), `${start.url}/panel/NAME`, {failed: sentences["panel-failed"]}, () => this.#marks());
    this.beside = new Beside(start.url, sentences);
    this.conditions = JSON.stringify(model.applies());
    this.sync = this.#sync();
    this.editor = this.#editor();
    this.answers = new Answers(this.editor);
    this.table = this.#take();
    this.actions = new Actions(this);
    this.#listen();
  }

  #sync() {
    const {start, outbox} = this;
    return new Sync({
      url: `${start.url}/cells`, token: start.csrf, revision: start.revision, outbox,
      onState: (state, sentence) => this.#stated(state, sentence),
      onSaved: (saved, flight) => this.#saved(saved, flight),
      renew: () => this.#renew(),
    });
  }

  #editor() {
    return new Editor({
      model: this.model, outbox: this.outbox, sentences: this.start.sentences,
      revision: () => this.sync.revision,
      touched: () => this.sync.touch(),
      changed: () => this.#changed(),
      say: (sentence) => this.say(sentence),
      open: (section) => this.open(section),
      remote: (cell, who) => this.beside.remote(cell, who),
      shown: (cell, text) => this.beside.differs(cell, text),
    });
  }

  /** Take the table that stands in the page. */
  #take() {
    const table = new Table(/** @type {HTMLTableElement} */ (element("grid")));
    this.table = table;
    this.note = new Note(element("cell-note"), (conflict, mine) => this.answers.decide(conflict, mine, this.sync.revision));
    this.grid = new Grid(table, {
      moved: (cell) => this.#moved(cell),
      typing: (cell) => this.editor.typing(cell),
      commit: (cell) => {
        this.editor.commit(cell);
        nameRow(cell);
      },
      revert: (cell) => this.editor.revert(cell),
      clear: (cells) => this.editor.clear(cells),
      fillDown: (cells, from) => this.editor.fillDown(cells, from),
      fillAll: (cells, text) => this.editor.fillAll(cells, text),
      undo: async (back) => this.#to(await this.editor.undo(back)),
      problem: (step) => this.problem(step),
      refuse: (cell) => this.say(this.start.sentences[cell.kind === "pulled" ? "pulled" : "white"]),
      leave: () => this.#leave(),
      selected: () => this.#summed(),
    });
    this.editor.attach(table);
    clearOfHeads(table);
    this.names.show(table, null, "");
    this.#changed();
    this.#marks();
    this.beside.attach(table, (cell) => this.editor.reads(cell)).then(() => this.grid?.cursor && this.#named(this.grid.cursor));
    return table;
  }

  #listen() {
    listen(() => ({grid: this.grid, editor: this.editor}), () => this.#told(this.grid?.cursor ?? null));
    document.addEventListener("click", (event) => this.#clicked(event));
    this.beside.watch(() => this.sync.revision, (revision, others) => {
      if (this.outbox.waiting) return; // the answer to the save will bring them
      this.sync.revision = revision;
      this.answers.others(others);
      this.#changed();
    });
    addEventListener("popstate", () => this.#arrived());
    addEventListener("beforeunload", (event) => {
      if (this.outbox.waiting && !this.outbox.db) event.preventDefault(); // nothing but this page holds it
    });
  }

  // ── Moving about ───────────────────────────────────────────────────────────────────────────────────────────────────

  /** @param {Cell} cell */
  #moved(cell) {
    this.#named(cell);
    this.beside.frame(this.table, cell);
    this.#told(cell);
    this.last = cell.address;
    offerCell(cell.address, this.start.sentences);
    choices(this.start.url, cell);
  }

  /** The name bar: where the cursor is, and what there is to know of the cell. @param {Cell|null} cell */
  #named(cell) {
    const aside = !cell ? "" : cell.kind === "pulled" ? cell.td.title : chosen(cell) || this.beside.before(cell);
    this.names.show(this.table, cell, aside);
  }

  /** What there is to say at the cell. @param {Cell|null} cell */
  #told(cell) {
    this.note?.show(cell, cell ? this.editor.told(cell).concat(this.findings.of(cell.address).map(({severity, sentence, text}) => ({
      kind: severity, sentence: `${text}. ${sentence}`,
    }))) : []);
  }

  #summed() {
    if (this.grid) sum(this.table, this.grid.painted, this.model, this.start.sentences);
  }

  /** @param {Cell|null} cell */
  #to(cell) {
    if (cell) this.grid?.go(cell);
  }

  #leave() {
    const target = /** @type {HTMLElement|null} */ (document.querySelector("#side:not([hidden]) :is(button, a, summary)"));
    (target ?? element("section")).focus();
  }

  /** Open a section without leaving the page. @param {string} code @param {boolean} [remember] as a step of the history */
  async open(code, remember = true) {
    if (this.table.section === code) return;
    if (!(await openSection(this.start.url, code))) {
      this.save.complain(this.start.sentences["loading-failed"]);
      return;
    }
    if (remember) history.pushState({}, "", `?section=${code}`);
    this.#take();
    this.contents.open(code);
    element("pane").scrollTo(0, 0);
  }

  async #arrived() {
    await this.open(new URL(location.href).searchParams.get("section") ?? this.start.section, false);
  }

  /** @param {string} cell */
  async jump(cell) {
    await this.open(cell.split("/")[0]);
    this.#to(this.table.cells.get(cell) ?? null);
  }

  /** The next cell with a problem, in the order of the table. @param {1|-1} step */
  problem(step) {
    const wrong = [...this.table.cells.values()].filter((cell) => this.editor.told(cell).length || this.findings.of(cell.address).length);
    if (!wrong.length) {
      this.say(this.start.sentences["no-problems"]);
      return;
    }
    const cells = [...this.table.cells.values()];
    const at = this.grid?.cursor ? cells.indexOf(this.grid.cursor) : -1;
    const after = wrong.filter((cell) => (step > 0 ? cells.indexOf(cell) > at : cells.indexOf(cell) < at));
    this.#to(step > 0 ? after[0] ?? wrong[0] : after[after.length - 1] ?? wrong[wrong.length - 1]);
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
    else this.open(section).then(() => this.#arriveAt(row));
  }

  /** @param {string|undefined} row */
  #arriveAt(row) {
    const first = row ? this.table.rows.flat().find((cell) => cell.address.split("/")[1] === row) : null;
    if (first) this.#to(first);
    else if (document.activeElement === document.body) element("section").focus();
  }

  // ── Values ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Values have changed: what adds up now? */
  #changed() {
    const failures = this.model.check();
    this.findings.live(failures, this.table?.section ?? this.start.section);
    this.editor.marked(this.findings.all);
    this.contents.state(this.filled, new Set(failures.filter(({severity}) => severity === "error").map(({cell}) => cell.split("/")[0])));
    this.#summed();
    if (this.grid) this.#told(this.grid.cursor);
    this.#stated(this.state);
  }

  /** @param {Saved} saved @param {import("./outbox.js").Flight} flight */
  #saved(saved, flight) {
    this.filled = saved.filled;
    this.save.saved = saved.at;
    status(saved);
    this.findings.tell(saved.findings);
    this.answers.saved(saved, flight);
    this.#changed();
    const conditions = JSON.stringify(this.model.applies());
    if (conditions !== this.conditions) this.contents.refetch(`${this.start.url}/contents?section=${this.table.section}`);
    this.conditions = conditions;
  }

  /** @param {import("./sync.js").State} state @param {string} [sentence] */
  #stated(state, sentence) {
    this.state = state;
    const {editor} = this;
    this.save.show(state, {kept: this.outbox.size, bad: editor?.bad.size ?? 0, conflicts: editor?.conflicts.size ?? 0, sentence});
  }

  /** Who is signed in now? A fresh token if it is still the same person. */
  async #renew() {
    const response = await fetch("/reports/session", {headers: {Accept: "application/json"}}).catch(() => null);
    if (!response?.ok || response.redirected) return null;
    const {user, csrf} = await response.json();
    if (user === this.start.user) return String(csrf);
    this.save.complain(this.start.sentences["other-person"]);
    return null;
  }

  // ── Saying ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Say something in the foot, aloud to screen readers. @param {string} sentence */
  say(sentence) {
    element("sum").textContent = sentence;
  }

  #marks() {
    markComments(this.table);
    markChanges(this.table);
    if (this.last) offerCell(this.last, this.start.sentences);
  }
}

/** @param {Start} start */
async function begin(start) {
  const outbox = new Outbox(`modo-${start.user}`, start.report);
  const [program, stored] = await Promise.all([
    import(start.script),
    fetch(`${start.url}/values`, {headers: {Accept: "application/json"}}).then((response) => response.json()),
    outbox.load(),
  ]);
  const page = new Page({...start, revision: stored.revision}, new Model(program, stored), outbox);
  page.findings.tell(stored.findings);
  page.editor.around.changed();
  document.documentElement.dataset.ready = "yes";
  await page.actions.takeUp();
}

const start = /** @type {Start} */ (JSON.parse(element("report-data").textContent ?? "{}"));
begin(start).catch((error) => {
  new SaveState(start.sentences).complain(start.sentences["start-failed"]);
  throw error;
});
