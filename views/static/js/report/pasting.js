/** Copy, cut and paste in the table. A selection of text inside one field is the browser's own affair. */

import {write} from "./clipboard.js";

/** @typedef {import("./grid.js").Grid} Grid */
/** @typedef {import("./editor.js").Editor} Editor */

/** The grid, if the focus is in its table. @param {Grid|undefined} grid */
const here = (grid) => (grid?.cursor && grid.table.element.contains(document.activeElement) ? grid : null);

/**
 * @param {() => {grid: Grid|undefined, editor: Editor}} open the table that is open now
 * @param {() => void} pasted
 */
export function listen(open, pasted) {
  /** @param {ClipboardEvent} event @param {boolean} cut */
  const copy = (event, cut) => {
    const grid = here(open().grid);
    if (!grid || grid.mode !== "move") return;
    event.clipboardData?.setData("text/plain", write(open().editor.copied(grid.selection)));
    event.preventDefault();
    if (cut) open().editor.fillAll(grid.selection.flat(), "");
  };
  document.addEventListener("copy", (event) => copy(event, false));
  document.addEventListener("cut", (event) => copy(event, true));
  document.addEventListener("paste", (event) => {
    const grid = here(open().grid);
    const text = event.clipboardData?.getData("text/plain");
    if (!text || !grid?.cursor || grid.table.readonly) return;
    if (grid.mode !== "move" && !/[\t\n]/.test(text.trim())) return; // into the text that is being edited
    event.preventDefault();
    const selection = grid.selection.flat();
    open().editor.paste(text, selection[0] ?? grid.cursor, selection);
    pasted();
  });
}
