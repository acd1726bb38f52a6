/** Wires the report page: what is typed goes to the model, the outbox and the server; what comes back is shown. */

import {Actions} from "./actions.js";
import {Answers} from "./answers.js";
import {Beside} from "./beside.js";
import {Contents} from "./contents.js";
import {Editor} from "./editor.js";
import {Findings} from "./findings.js";
import {Grid} from "./grid.js";
import {Leftovers} from "./leftovers.js";
import {Model} from "./model.js";
import {Note} from "./note.js";
import {Outbox} from "./outbox.js";
import {Panels} from "./panels.js";
import {listen} from "./pasting.js";
import {NameBar, SaveState, choices, chosen, clearOfHeads, element, markComments, markChanges, nameRow, offerCell, say, status, sum} from "./screen.js";
import {Sections} from "./sections.js";
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
    /** What the foot says stays until the person goes on. */
    this.said = false;
    this.state = /** @type {import("./sync.js").State} */ ("saved");
    this.save = new SaveState(sentences);
    this.names = new NameBar(sentences);
    this.findings = new Findings(/** @type {HTMLElement} */ (document.querySelector("[data-panel=check]")), sentences);
    this.contents = new Contents(/** @type {HTMLDetailsElement} */ (element("contents")), `${start.url}/rows`, sentences);
    this.panels = new Panels(element("side"), `${start.url}/panel/NAME`, {failed: sentences["panel-failed"]}, () => this.#marks(), start.user);
    this.beside = new Beside(start.url, sentences);
    this.conditions = JSON.stringify(model.applies());
    this.sync = this.#sync();
    this.editor = this.#editor();
    this.answers = new Answers(this.editor);
    this.table = this.take();
    this.sections = new Sections(this);
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
      open: (section) => this.sections.open(section),
      remote: (cell, who) => this.beside.remote(cell, who),
      shown: (cell, text) => this.beside.differs(cell, text),
    });
  }

  /** Take the table that stands in the page. */
  take() {
    const table = new Table(/** @type {HTMLTableElement} */ (element("grid")));
    this.table = table;
    this.said = false;
    this.note = new Note(element("cell-note"), (conflict, mine) => this.answers.decide(conflict, mine, this.sync.revision));
    this.grid = new Grid(table, {
      moved: (cell) => this.#moved(cell),
      typing: (cell) => {
        this.said = false;
        this.editor.typing(cell);
      },
      commit: (cell) => {
        this.editor.commit(cell);
        nameRow(cell);
      },
      revert: (cell) => this.editor.revert(cell),
      clear: (cells) => this.editor.fillAll(cells, ""),
      fillDown: (cells, from) => this.editor.fillDown(cells, from),
      fillAll: (cells, text) => this.editor.fillAll(cells, text),
      undo: async (back) => this.sections.to(await this.editor.undo(back)),
      problem: (step) => this.sections.problem(step),
      refuse: (cell) => this.say(this.start.sentences[cell.kind === "pulled" ? "pulled" : "white"]),
      leave: () => this.#leave(),
      selected: () => {
        this.said = false;
        this.#summed();
      },
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
    this.beside.watch(() => this.sync.revision, (revision, others) => {
      if (this.outbox.waiting) return; // the answer to the save will bring them
      this.sync.revision = revision;
      this.answers.others(others);
      this.#changed();
    });
    this.outbox.reopened = () => this.#stated(this.state);
    addEventListener("pagehide", () => this.editor.commitOpen());
    addEventListener("beforeunload", (event) => {
      if (!this.outbox.db && (this.outbox.size || this.outbox.flight)) event.preventDefault(); // nothing but this page holds it
    });
  }

  // ── The cursor ─────────────────────────────────────────────────────────────────────────────────────────────────────

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
    if (this.grid && !this.said) sum(this.table, this.grid.painted, this.model, this.start.sentences);
  }

  #leave() {
    const target = /** @type {HTMLElement|null} */ (document.querySelector("#side:not([hidden]) :is(button, a, summary)"));
    (target ?? element("section")).focus();
  }

  /** @param {string} cell */
  jump(cell) {
    return this.sections.jump(cell);
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
    const {size: kept, db} = this.outbox;
    this.save.show(state, {kept, lasts: db !== null, bad: editor?.bad.size ?? 0, conflicts: editor?.conflicts.size ?? 0, sentence});
  }

  /** Who is signed in now? A fresh token if it is still the same person.
   * @returns {Promise<{token: string, state?: undefined}|{state: import("./sync.js").State}>} */
  async #renew() {
    const response = await fetch("/reports/session", {headers: {Accept: "application/json"}}).catch(() => null);
    if (!response?.ok || response.redirected) return {state: "signed-out"};
    const {user, csrf} = await response.json();
    return user === this.start.user ? {token: String(csrf)} : {state: "other-person"};
  }

  // ── Saying ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Say something in the foot, aloud to screen readers. @param {string} sentence */
  say(sentence) {
    this.said = true;
    say(sentence);
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
  const model = new Model(program, stored);
  if (!start.typed) new Leftovers(outbox, model, start.sentences);
  const page = new Page({...start, revision: stored.revision}, model, outbox);
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
