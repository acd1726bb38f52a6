/** «Contents»: search in sections and rows, and how far each section is. */

/** @typedef {[section: string, row: string, name: string]} RowName */

const HITS = 40;

/** Words to look for: lower case, ё as е. @param {string} text */
const plain = (text) => text.toLowerCase().replaceAll("ё", "е");

export class Contents {
  /** @param {HTMLDetailsElement} root @param {string} rowsUrl names of all rows of the form @param {Record<string, string>} sentences */
  constructor(root, rowsUrl, sentences) {
    this.root = root;
    this.rowsUrl = rowsUrl;
    this.sentences = sentences;
    /** @type {Promise<RowName[]>|null} */
    this.rows = null;
    this.hits = /** @type {HTMLElement} */ (root.querySelector("[data-hits]"));
    const find = root.querySelector("input[type=search]");
    if (find instanceof HTMLInputElement) {
      find.addEventListener("input", () => this.#search(find.value));
      find.addEventListener("keydown", (event) => {
        if (event.key !== "Enter") return;
        event.preventDefault();
        this.#first()?.click();
      });
      root.addEventListener("toggle", () => root.open && this.#shown(find));
    }
  }

  /** @param {HTMLInputElement} find */
  #shown(find) {
    if (matchMedia("(pointer: fine)").matches) find.focus();
    this.root.querySelector("[aria-current]")?.scrollIntoView({block: "nearest"});
  }

  /** @returns {HTMLAnchorElement|null} the topmost link that the search left */
  #first() {
    return this.root.querySelector("li:not([hidden]) > a[data-section], [data-hits] a");
  }

  /** @param {string} text */
  async #search(text) {
    const words = plain(text).split(/\s+/).filter(Boolean);
    for (const item of this.root.querySelectorAll("li[data-words]")) {
      const own = plain(/** @type {HTMLElement} */ (item).dataset.words ?? "");
      /** @type {HTMLElement} */ (item).hidden = !words.every((word) => own.includes(word));
    }
    for (const group of this.root.querySelectorAll("[data-group]")) {
      /** @type {HTMLElement} */ (group).hidden = !group.querySelector("li:not([hidden])");
    }
    for (const folded of this.root.querySelectorAll("details")) if (words.length) folded.open = true;
    const found = words.join("").length < 2 ? [] : (await this.#names()).filter((row) => words.every((word) => plain(row.join(" ")).includes(word)));
    this.#draw(found.slice(0, HITS));
  }

  #names() {
    this.rows ??= fetch(this.rowsUrl).then((response) => (response.ok ? response.json() : [])).catch(() => {
      this.rows = null;
      return [];
    });
    return this.rows;
  }

  /** @param {RowName[]} rows */
  #draw(rows) {
    this.hits.hidden = !rows.length;
    const list = this.hits.querySelector("ul");
    list?.replaceChildren(...rows.map(([section, row, name]) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = `?section=${section}&row=${row}`;
      link.dataset.section = section;
      link.dataset.row = row;
      const address = document.createElement("b");
      address.textContent = `${section} ${this.sentences["row-short"]} ${row}`;
      link.append(address, ` ${name}`);
      item.append(link);
      return item;
    }));
  }

  /** Other sections have come to be filled in. @param {string} url */
  async refetch(url) {
    const response = await fetch(url, {headers: {"X-Fragment": "1"}}).catch(() => null);
    if (!response?.ok || response.redirected) return;
    const parsed = new DOMParser().parseFromString(await response.text(), "text/html");
    this.root.querySelector("[data-groups]")?.replaceChildren(...parsed.body.childNodes);
  }

  /** Mark the open section. @param {string} section */
  open(section) {
    for (const link of this.root.querySelectorAll("a[data-section]")) {
      if (/** @type {HTMLElement} */ (link).dataset.section === section) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  }

  /**
   * How far the sections are: typed cells, and which have errors.
   * @param {Record<string, number>} filled @param {Set<string>} wrong
   */
  state(filled, wrong) {
    const progress = this.root.querySelector("[data-progress]");
    if (progress) progress.textContent = `${Object.keys(filled).length} / ${this.root.querySelectorAll("li[data-total]").length}`;
    for (const item of this.root.querySelectorAll("li[data-total]")) {
      const {code = "", total = "0"} = /** @type {HTMLElement} */ (item).dataset;
      const count = filled[code] ?? 0;
      const state = wrong.has(code) ? "errors" : !count ? "empty" : count === Number(total) ? "full" : "begun";
      const element = /** @type {HTMLElement} */ (item);
      element.dataset.state = state;
      const place = element.querySelector("[data-filled]");
      if (place) place.textContent = state === "errors" ? this.sentences.errors : count ? `${count} / ${total}` : this.sentences.empty;
    }
  }
}
