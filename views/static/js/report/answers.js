/** What the server said to a save, and what an earlier page left: brought into the table without losing anything typed. */

import {pick} from "./grid.js";

/** @typedef {import("./editor.js").Editor} Editor */
/** @typedef {import("./sync.js").Saved} Saved */
/** @typedef {import("./sync.js").Conflict} Conflict */
/** @typedef {import("./outbox.js").Flight} Flight */

export class Answers {
  /** @param {Editor} editor */
  constructor(editor) {
    this.editor = editor;
    this.around = editor.around;
  }

  /** A save was answered. @param {Saved} saved @param {Flight} flight */
  saved(saved, flight) {
    for (const {cell, sentence} of saved.rejected) this.#refused(cell, flight.cells[cell] ?? "", sentence, flight.base);
    for (const conflict of saved.conflicts) this.#disputed(conflict, flight.base);
    this.others(saved.others);
  }

  /** What colleagues have typed comes into the table; a cell with a text of one's own stays. @param {Saved["others"]} others */
  others(others) {
    for (const [address, {shown, who}] of Object.entries(others)) {
      if (this.around.outbox.edits.has(address)) continue;
      this.#take(address, shown);
      this.around.remote(this.editor.table?.cells.get(address), who);
    }
    this.editor.repaint(true);
  }

  /** The server can't keep this text: it stays in the cell with the sentence. @param {string} address @param {string} text
   * @param {string} sentence @param {number} base */
  #refused(address, text, sentence, base) {
    const {outbox} = this.around;
    if (outbox.edits.has(address)) return; // typed over meanwhile
    this.editor.bad.set(address, {text, sentence});
    outbox.put(address, text, base, true);
    this.#show(address);
  }

  /** Both numbers are shown at the cell until the person chooses. @param {Conflict} conflict @param {number} base */
  #disputed(conflict, base) {
    const {outbox} = this.around;
    if (outbox.edits.has(conflict.cell)) return;
    this.editor.conflicts.set(conflict.cell, conflict);
    outbox.put(conflict.cell, conflict.mine, base, true);
    this.#show(conflict.cell);
  }

  /** Somebody else's value comes into the table. @param {string} address @param {string} text */
  #take(address, text) {
    this.around.model.accept(address, text);
    this.#show(address);
  }

  /** @param {string} address */
  #show(address) {
    const cell = this.editor.table?.cells.get(address);
    if (!cell?.input) return;
    const text = this.editor.reads(cell);
    const typing = cell.input === document.activeElement && cell.input.value !== this.editor.texts.get(address);
    if (typing) this.editor.mark(cell);
    else this.editor.put(cell, text);
    this.editor.texts.set(address, text);
    if (!typing && cell.input === document.activeElement) pick(cell.input); // what is typed next replaces it, as everywhere
  }

  /** The person has chosen between two numbers. @param {Conflict} conflict @param {boolean} mine @param {number} base */
  decide(conflict, mine, base) {
    const {outbox, model} = this.around;
    this.editor.conflicts.delete(conflict.cell);
    outbox.drop([conflict.cell]);
    model.accept(conflict.cell, mine ? conflict.mine : conflict.theirs);
    if (mine) outbox.put(conflict.cell, conflict.mine, base);
    this.#show(conflict.cell);
    this.editor.repaint(true);
    this.around.touched();
    this.around.changed();
  }

  /** What an earlier page could not send stands in the cells again. Undecided conflicts are sent again, with their old base. */
  takeUp() {
    const {outbox, model} = this.around;
    const {editor} = this;
    for (const edit of outbox.edits.values()) {
      const cell = editor.table?.cells.get(edit.cell);
      if (cell) editor.reads(cell);
      if (editor.bad.has(edit.cell)) continue;
      model.accept(edit.cell, edit.text);
      if (edit.kept) outbox.put(edit.cell, edit.text, edit.base);
    }
    if (editor.table) editor.attach(editor.table);
    this.around.changed();
  }
}
