/** What could not be sent before the report was closed: the table shows what is stored, this list what was typed. */

import {place} from "./findings.js";
import {element} from "./screen.js";

/** @typedef {import("./outbox.js").Outbox} Outbox */
/** @typedef {import("./outbox.js").Edit} Edit */

export class Leftovers {
  /** @param {Outbox} outbox @param {import("./model.js").Model} model @param {Record<string, string>} sentences */
  constructor(outbox, model, sentences) {
    this.outbox = outbox;
    this.root = element("leftovers");
    const edits = [...outbox.edits.values()];
    outbox.edits.clear(); // from this page only: should the report be returned, they stand in their cells again
    outbox.flight = null;
    const left = edits.filter(({cell, text}) => !model.holds(cell, text));
    outbox.drop(edits.filter((edit) => !left.includes(edit)).map(({cell}) => cell));
    if (left.length) this.#show(left, sentences);
  }

  /** @param {Edit[]} left @param {Record<string, string>} sentences */
  #show(left, sentences) {
    const list = /** @type {HTMLElement} */ (this.root.querySelector("tbody"));
    for (const {cell, text} of left) {
      const row = document.createElement("tr");
      for (const words of [place(cell, sentences.place), text || sentences.blank]) row.insertCell().textContent = words;
      list.append(row);
    }
    this.root.hidden = false;
    this.root.querySelector("[data-copy]")?.addEventListener("click", () => copy(list));
    this.root.querySelector("[data-drop]")?.addEventListener("click", () => {
      this.outbox.drop(left.map(({cell}) => cell));
      this.outbox.fly(null);
      this.root.hidden = true;
      element("section").focus();
    });
  }
}

/** As a table, for Excel or a letter; also where the page came over plain http. @param {HTMLElement} list */
function copy(list) {
  getSelection()?.selectAllChildren(list);
  document.execCommand("copy");
}
