/** Small parts of the page around the table: the save state, the name bar, the section's frame, what is said aloud. */

import {fill, numeric, show} from "./numbers.js";

/** @typedef {import("./table.js").Table} Table */
/** @typedef {import("./table.js").Cell} Cell */
/** @typedef {Record<string, string>} Sentences */

/** @param {string} id @returns {HTMLElement} */
export const element = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @param {ParentNode} root @param {string} selector @param {string} text */
export function put(root, selector, text) {
  const place = root.querySelector(selector);
  if (place && place.textContent !== text) place.textContent = text;
}

const PAUSE = 1200;
const SERIOUS = new Set(["signed-out", "other-person", "closed", "failed", "held"]);
/** What is to be said, by what it is about. @type {Map<string, string>} */
const unsaid = new Map();
/** @type {ReturnType<typeof setTimeout>|undefined} */
let speaking;

/** Tell screen readers once the typing pauses: not at every key. @param {"foot"|"save"} about @param {string} sentence */
function aloud(about, sentence) {
  unsaid.set(about, sentence);
  clearTimeout(speaking);
  speaking = setTimeout(() => {
    put(document, "#said", [...unsaid.values()].join(". "));
    unsaid.clear();
  }, PAUSE);
}

/** The one place that says whether the work is saved. */
export class SaveState {
  /** @param {Sentences} sentences */
  constructor(sentences) {
    this.root = document.getElementById("save");
    this.trouble = element("trouble");
    this.sentences = sentences;
    /** The time of the last save of this page; before it the server's words stand. */
    this.saved = "";
    /** @type {string|null} */
    this.words = null;
    /** What else went wrong; it stands until the work is saved and goes on. */
    this.complaint = "";
  }

  /**
   * @param {import("./sync.js").State} state
   * @param {{kept: number, lasts: boolean, bad: number, conflicts: number, sentence?: string}} facts `lasts`: beyond this page
   */
  show(state, facts) {
    const calm = state === "saved";
    const shown = calm && facts.conflicts ? "conflict" : calm && facts.bad ? "bad" : state;
    if (this.root) {
      this.root.dataset.state = shown;
      const words = this.#words(shown, facts);
      if (words !== null) put(this.root, "[data-words]", words);
      if (words !== null && words !== this.words && shown !== "saved" && shown !== "saving") aloud("save", words);
      this.words = words;
    }
    if (state !== "saving") this.#tell(state, facts); // a new attempt: what was wrong stays to be read
  }

  /** @param {string} shown @param {{kept: number, bad: number, conflicts: number}} facts */
  #words(shown, {kept, bad, conflicts}) {
    const {sentences} = this;
    switch (shown) {
      case "saved": return this.saved ? fill(sentences.saved, {time: this.saved}) : null;
      case "saving": return sentences.saving;
      case "conflict": return fill(sentences.conflicts, {count: conflicts});
      case "bad": return fill(sentences.unsaved, {count: bad});
      case "offline": return kept ? fill(sentences.kept, {count: kept}) : sentences.offline;
      default: return fill(sentences.waiting, {count: kept});
    }
  }

  /** Trouble that a word in the corner is too small for.
   * @param {string} state @param {{kept: number, lasts: boolean, sentence?: string}} facts */
  #tell(state, {kept, lasts, sentence}) {
    if (state === "saved") this.complaint = "";
    const words = [this.complaint, (state === "closed" || state === "held") && sentence, SERIOUS.has(state) && this.sentences[state], kept > 0 && !lasts && this.sentences.fleeting];
    const said = words.filter(Boolean).join(" ");
    this.trouble.hidden = !said;
    if (!said) return;
    put(this.trouble, "[data-words]", said);
    const out = state === "signed-out" || state === "other-person";
    for (const part of this.trouble.querySelectorAll("[data-sign-in],[data-again]")) /** @type {HTMLElement} */ (part).hidden = !out;
  }

  /** Something else went wrong. @param {string} sentence */
  complain(sentence) {
    this.complaint = sentence;
    this.trouble.hidden = false;
    put(this.trouble, "[data-words]", sentence);
  }
}

/** The state of the report: the first save makes a draft of it. @param {{status: string, title: string}} saved */
export function status({status: state, title}) {
  const tag = /** @type {HTMLElement} */ (document.querySelector("[data-status]"));
  tag.dataset.status = state;
  tag.textContent = title;
}

/** The bar over the table: the cursor's row and column in words. */
export class NameBar {
  /** @param {Sentences} sentences */
  constructor(sentences) {
    this.sentences = sentences;
    /** @type {Element[]} */
    this.tinted = [];
  }

  /** @param {Table} table @param {Cell|null} cell @param {string} aside */
  show(table, cell, aside) {
    const bar = document.getElementById("ref");
    for (const head of this.tinted) head.classList.remove("hl");
    this.tinted = [];
    if (!bar) return;
    bar.hidden = false;
    if (!cell) return;
    const {row, column, code, number} = table.words(cell);
    put(bar, "[data-address]", fill(this.sentences.address, {row: code, column: number}));
    put(bar, "[data-words]", `${row} — ${column}`);
    put(bar, "[data-aside]", aside);
    const heads = [cell.td.parentElement?.querySelector("th"), table.element.querySelector(`thead [data-head="${number}"]`)];
    for (const head of heads) if (head) this.tinted.push(head);
    for (const head of this.tinted) head.classList.add("hl");
  }
}

/** Say something in the foot, and aloud. @param {string} sentence */
export function say(sentence) {
  put(document, "#sum", sentence);
  aloud("foot", sentence);
}

/**
 * The foot: how much of the section is filled in, or the sum of what is selected.
 * @param {Table} table @param {Cell[]} selected @param {import("./model.js").Model} model @param {Sentences} sentences
 */
export function sum(table, selected, model, sentences) {
  if (selected.length > 1) {
    const values = selected.filter((cell) => numeric(cell.rule)).map((cell) => model.get(cell)).filter((value) => typeof value === "number");
    const total = values.reduce((a, b) => a + Number(b), 0);
    const decimals = Math.max(...selected.map((cell) => cell.rule.decimals), 0);
    say(fill(sentences.sum, {count: values.length, sum: show(total, {type: "decimal", decimals, minimum: null, maximum: null})}));
    return;
  }
  const typed = [...table.cells.values()].filter((cell) => cell.kind === "input");
  const count = typed.filter((cell) => model.get(cell) !== null || model.marks.has(cell.address)).length;
  say(fill(sentences.filled, {count, total: typed.length}));
}

/** Cells that come into view stand clear of the heads that stay. @param {Table} table */
export function clearOfHeads(table) {
  const head = table.element.tHead;
  const code = table.element.querySelector("tbody .st2, tbody .st");
  if (!head || !code) return;
  const stays = getComputedStyle(head).position === "sticky" ? head.offsetHeight : 30;
  element("pane").style.scrollPadding = `${stays + 8}px 32px 32px ${/** @type {HTMLElement} */ (code).offsetLeft + /** @type {HTMLElement} */ (code).offsetWidth + 8}px`;
}

/** Fetch a section's head and table; null if there is no answer. @param {string} url @param {string} code */
export async function fetchSection(url, code) {
  const response = await fetch(`${url}/section/${code}`, {headers: {"X-Fragment": "1"}}).catch(() => null);
  const text = response?.ok && !response.redirected ? await response.text().catch(() => null) : null;
  return text === null ? null : [...new DOMParser().parseFromString(text, "text/html").body.childNodes];
}

/** The name of the open section, for the browser's tab. */
export function entitle() {
  const head = element("section").querySelector("[data-title]");
  if (head instanceof HTMLElement) document.title = `${head.dataset.title} · МОДО`;
}

/** Long lists of choices come when somebody first stands in such a cell. @param {string} url @param {Cell} cell */
export async function choices(url, cell) {
  const id = cell.input?.getAttribute("list");
  if (!id || document.getElementById(id)) return;
  const list = document.createElement("datalist");
  list.id = id;
  element("section").append(list);
  const response = await fetch(`${url}/lists/${id.slice("list-".length)}`).catch(() => null);
  if (!response?.ok) {
    list.remove();
    return;
  }
  /** @type {[string, string][]} */
  const entries = await response.json();
  list.append(...entries.map(([code, words]) => {
    const option = new Option("", code);
    option.label = words;
    return option;
  }));
}

/** The words of the code that a cell holds, as far as its list is there. @param {Cell} cell */
export function chosen(cell) {
  const list = document.getElementById(cell.input?.getAttribute("list") ?? "");
  const option = cell.input && list?.querySelector(`option[value="${CSS.escape(cell.input.value)}"]`);
  return option instanceof HTMLOptionElement ? option.label : "";
}

/** A row that a code names is called by its code's words. @param {Cell} cell */
export function nameRow(cell) {
  const head = cell.td.parentElement?.querySelector("th[data-named]");
  const words = head ? chosen(cell) : "";
  if (head && words) head.textContent = words;
}

/** Corner marks where somebody has said something. @param {Table} table */
export function markComments(table) {
  const open = new Set([...document.querySelectorAll("[data-comment-cell]:not([data-settled])")].map((item) => /** @type {HTMLElement} */ (item).dataset.commentCell));
  for (const cell of table.cells.values()) if (open.has(cell.address) !== cell.td.classList.contains("noted")) cell.td.classList.toggle("noted");
}

/** Frames where a value differs from the submission before. @param {Table} table */
export function markChanges(table) {
  const changed = [...document.querySelectorAll("[data-changed]")].map((item) => /** @type {HTMLElement} */ (item).dataset.changed ?? "");
  for (const address of changed) table.cells.get(address)?.td.classList.add("changed");
}

/** The comment form can speak of the cell under the cursor. @param {string} cell @param {Sentences} sentences */
export function offerCell(cell, sentences) {
  const offer = document.querySelector("[data-about]");
  const box = offer?.querySelector("input");
  if (!(offer instanceof HTMLElement) || !box) return;
  const [section, row, column] = cell.split("/");
  offer.hidden = false;
  box.value = cell;
  box.checked = true;
  put(offer, "span", fill(sentences["on-cell"], {place: fill(sentences.place, {section, row, column})}));
}
