/** The sentence at the cell: why its text isn't kept, what does not add up there, whose number stands against whose. */

/** @typedef {import("./table.js").Cell} Cell */
/** @typedef {import("./sync.js").Conflict} Conflict */

/**
 * @typedef {object} Told
 * @property {"bad"|"conflict"|"error"|"query"|"hint"|"plain"} kind
 * @property {string} sentence
 * @property {Conflict} [conflict]
 */

export class Note {
  /**
   * @param {HTMLElement} element placed inside the scrolling pane
   * @param {(conflict: Conflict, mine: boolean) => void} decide
   */
  constructor(element, decide) {
    this.element = element;
    this.list = /** @type {HTMLElement} */ (element.querySelector("[data-sentences]"));
    this.choice = /** @type {HTMLElement} */ (element.querySelector("[data-choice]"));
    /** @type {Conflict|null} */
    this.conflict = null;
    for (const button of element.querySelectorAll("button[data-take]")) {
      button.addEventListener("mousedown", (event) => event.preventDefault()); // the cell keeps the focus
      button.addEventListener("click", () => {
        if (this.conflict) decide(this.conflict, /** @type {HTMLElement} */ (button).dataset.take === "mine");
      });
    }
  }

  /** Say something at a cell, or hide. @param {Cell|null} cell @param {Told[]} told */
  show(cell, told) {
    this.element.hidden = !cell || !told.length;
    if (!cell || !told.length) return;
    this.element.dataset.kind = told[0].kind;
    this.list.replaceChildren(...told.slice(0, 4).map(({kind, sentence}) => {
      const item = document.createElement("li");
      item.dataset.kind = kind;
      item.textContent = sentence;
      return item;
    }));
    this.conflict = told.find(({conflict}) => conflict)?.conflict ?? null;
    this.choice.hidden = !this.conflict;
    this.#place(cell.td);
  }

  /** Over the cell, because typing goes on to the right and below; under it where the table's heading leaves no room. @param {HTMLElement} td */
  #place(td) {
    const pane = /** @type {HTMLElement} */ (this.element.offsetParent);
    const [cell, frame] = [td.getBoundingClientRect(), pane.getBoundingClientRect()];
    const left = Math.min(cell.left - frame.left, frame.width - this.element.offsetWidth - 12) + pane.scrollLeft;
    const heading = td.closest("table")?.tHead?.getBoundingClientRect().bottom ?? frame.top;
    const above = cell.top - this.element.offsetHeight - 6;
    const top = (above < heading ? cell.bottom + 6 : above) - frame.top;
    this.element.style.left = `${Math.max(left, pane.scrollLeft + 8)}px`;
    this.element.style.top = `${top + pane.scrollTop}px`;
  }
}
