/** The panel «Check»: what does not add up, kept true while one types. The server's own run is the one that counts. */

import {fill, plain, show} from "./numbers.js";

/** @typedef {import("./model.js").Failure} Failure */

/**
 * One finding as shown; the server sends them with a save and after «Run the check», the page makes them while one types.
 * @typedef {object} Finding
 * @property {string} key
 * @property {string} check
 * @property {"error"|"query"|"hint"} severity
 * @property {string} cell to jump to
 * @property {string} sentence with both sides' numbers
 * @property {string} text the form's own words
 * @property {string} explanation
 * @property {string} [left] the numbers as the server shows them
 * @property {string} [right]
 */

const OPPOSITE = /** @type {Record<string, string>} */ ({"=": "≠", "<>": "=", "<": "≥", "<=": ">", ">": "≤", ">=": "<"});
const ORDER = {error: 0, query: 1, hint: 2};
const SHOWN = 300;

/** "3.3/22/3" as statisticians say it. @param {string} cell @param {string} template */
export function place(cell, template) {
  const [section, row, column] = cell.split("/");
  return fill(template, {section, row, column});
}

/**
 * A failure in words, as long as the server has not said it.
 * @param {Failure} failure @param {Record<string, string>} sentences
 */
export function sentence(failure, sentences) {
  const here = place(failure.cell, sentences.place);
  if (failure.uncomputable) return fill(sentences.uncomputable, {place: here});
  if (failure.left === null || failure.right === null) return `${here}: ${failure.text}`;
  return `${here}: ${side(failure.left)} ${OPPOSITE[failure.op] ?? failure.op} ${side(failure.right)}`;
}

/** @param {number} value */
function side(value) {
  const decimals = Number.isInteger(value) ? 0 : 2;
  return show(value, {type: "decimal", decimals, minimum: null, maximum: null});
}

/** Is this the number that the server has shown? @param {string|undefined} shown @param {number|null} value */
function near(shown, value) {
  if (value === null || Number.isNaN(value)) return true;
  return Math.abs(Number(plain(shown ?? "x")) - value) < 0.006;
}

export class Findings {
  /** @param {HTMLElement} root the panel @param {Record<string, string>} sentences */
  constructor(root, sentences) {
    this.root = root;
    this.sentences = sentences;
    this.list = /** @type {HTMLElement} */ (root.querySelector("[data-findings]"));
    /** What the server said last, by key. @type {Map<string, Finding>} */
    this.told = new Map();
    /** @type {Finding[]} */
    this.all = [];
    /** @type {Record<string, string>} */
    this.explanations = {};
    /** Items by key: an explanation that is being typed stays as it is. @type {Map<string, HTMLElement>} */
    this.items = new Map();
    this.drawn = "";
    this.section = "";
    this.whole = false;
    for (const tab of root.querySelectorAll("[data-whole]")) {
      tab.addEventListener("click", () => this.#switch(tab instanceof HTMLElement && tab.dataset.whole === "yes"));
    }
  }

  /** @param {boolean} whole the report, or the open section only */
  #switch(whole) {
    this.whole = whole;
    for (const tab of this.root.querySelectorAll("[data-whole]")) {
      const on = (tab instanceof HTMLElement && tab.dataset.whole === "yes") === whole;
      tab.setAttribute("aria-pressed", String(on));
    }
    this.#draw();
  }

  /** Show the whole report's. */
  showWhole() {
    this.#switch(true);
  }

  /** @param {Finding[]} findings the server's */
  tell(findings) {
    this.told = new Map(findings.map((finding) => [finding.key, finding]));
    for (const {key, explanation} of findings) if (explanation) this.explanations[key] = explanation;
  }

  /** @param {Failure[]} failures what the page itself finds now @param {string} section that is open */
  live(failures, section) {
    this.all = failures.map((failure) => this.#worded(failure)).sort((a, b) => ORDER[a.severity] - ORDER[b.severity]);
    this.section = section;
    this.#draw();
  }

  /** @param {Failure} failure @returns {Finding} */
  #worded(failure) {
    const told = this.told.get(failure.key);
    const agreed = told && near(told.left, failure.left) && near(told.right, failure.right);
    return {
      key: failure.key, check: failure.id, severity: failure.severity, cell: failure.cell, text: failure.text,
      sentence: agreed ? told.sentence : sentence(failure, this.sentences),
      explanation: this.explanations[failure.key] ?? "",
    };
  }

  /** What hinders submission: errors, and queries that nobody has explained. */
  get hindering() {
    return this.all.filter(({severity, explanation}) => severity === "error" || (severity === "query" && !explanation));
  }

  /** The findings of one cell. @param {string} cell */
  of(cell) {
    return this.all.filter((finding) => finding.cell === cell);
  }

  /** Those of the open section. */
  get here() {
    return this.all.filter((finding) => finding.cell.startsWith(`${this.section}/`));
  }

  #draw() {
    const {here} = this;
    this.#count("no", here.length);
    this.#count("yes", this.all.length);
    const chosen = this.whole ? this.all : here;
    const drawn = JSON.stringify(chosen.map(({key, sentence: words, explanation}) => [key, words, explanation]));
    if (drawn === this.drawn) return; // what is being clicked or typed into stays where it is
    this.drawn = drawn;
    arrange(this.list, this.#groups(chosen.slice(0, SHOWN)));
    this.#note(chosen.length);
  }

  /** @param {string} whole @param {number} count */
  #count(whole, count) {
    const place = this.root.querySelector(`[data-whole=${whole}] [data-count]`);
    if (place) place.textContent = String(count);
  }

  /** Titles and lists, with the items that are there already. @param {Finding[]} findings */
  #groups(findings) {
    /** @type {Element[]} */
    const parts = [];
    for (const severity of /** @type {const} */ (["error", "query", "hint"])) {
      const group = findings.filter((finding) => finding.severity === severity);
      if (!group.length) continue;
      const title = this.list.querySelector(`h3[data-of=${severity}]`) ?? document.createElement("h3");
      title.className = "grp";
      title.setAttribute("data-of", severity);
      title.textContent = fill(this.sentences[`group-${severity}`], {count: group.length});
      const list = this.list.querySelector(`ul[data-of=${severity}]`) ?? document.createElement("ul");
      list.setAttribute("data-of", severity);
      arrange(list, group.map((finding) => this.#item(finding)));
      parts.push(title, list);
    }
    return parts;
  }

  /** The finding's item: the one that is there, with what has changed, or a new one. @param {Finding} finding */
  #item(finding) {
    const item = this.items.get(finding.key) ?? this.#fresh(finding);
    this.#put(item, "sentence", finding.sentence);
    this.#put(item, "explanation", finding.explanation);
    item.classList.toggle("explained", Boolean(finding.explanation));
    return item;
  }

  /** @param {Finding} finding */
  #fresh(finding) {
    const template = /** @type {HTMLTemplateElement} */ (document.getElementById(`finding-${finding.severity}`));
    const item = /** @type {HTMLElement} */ (/** @type {Element} */ (template.content.firstElementChild).cloneNode(true));
    item.dataset.check = finding.check;
    item.dataset.key = finding.key;
    this.#put(item, "text", finding.text);
    const jump = item.querySelector("a");
    if (jump) {
      jump.href = `?section=${finding.cell.split("/")[0]}&cell=${encodeURIComponent(finding.cell)}`;
      jump.dataset.jump = finding.cell;
    }
    const key = item.querySelector("input[name=key]");
    if (key instanceof HTMLInputElement) key.value = finding.key;
    const words = item.querySelector("textarea");
    if (words) words.value = finding.explanation;
    this.items.set(finding.key, item);
    return item;
  }

  /** @param {HTMLElement} item @param {string} name @param {string} text */
  #put(item, name, text) {
    const place = item.querySelector(`[data-${name}]`);
    if (place && place.textContent !== text) place.textContent = text;
  }

  /** @param {number} count */
  #note(count) {
    const place = this.root.querySelector("[data-note]");
    if (!place) return;
    if (count > SHOWN) place.textContent = fill(this.sentences.more, {count: count - SHOWN});
    else if (count) place.textContent = "";
    else place.textContent = this.sentences[this.all.length ? "all-right-here" : "all-right"];
  }
}

/** Make these the children of a list, moving only those that stand elsewhere. @param {Element} list @param {Element[]} wanted */
function arrange(list, wanted) {
  wanted.forEach((item, at) => {
    if (list.children[at] !== item) list.insertBefore(item, list.children[at] ?? null);
  });
  while (list.children.length > wanted.length) list.lastElementChild?.remove();
}
