/**
 * The keys and the mouse over the table, as in Excel. Every grey cell is a real field, so Tab, screen readers and phones work by
 * themselves; this adds the arrows, Enter, F2, Esc, ranges. It changes no value: it tells `Handlers` what the person wants.
 */

/** @typedef {import("./table.js").Table} Table */
/** @typedef {import("./table.js").Cell} Cell */

/**
 * @typedef {object} Handlers
 * @property {(cell: Cell) => void} moved the cursor stands in another cell
 * @property {(cell: Cell) => void} typing the field's text has just changed
 * @property {(cell: Cell) => void} commit the person has left the field or pressed Enter
 * @property {(cell: Cell) => void} revert Esc: back to the text before the typing
 * @property {(cells: Cell[]) => void} clear Delete
 * @property {(cells: Cell[], from: Cell) => void} fillDown every cell gets the text of the topmost one of its column
 * @property {(cells: Cell[], text: string) => void} fillAll
 * @property {(back: boolean) => void} undo
 * @property {(step: 1|-1) => void} problem the next or the previous problem
 * @property {(cell: Cell) => void} refuse something was typed into a white cell
 * @property {() => void} leave out of the table by key
 * @property {(from: Cell|null, to: Cell|null) => void} selected
 */

const DIRECTIONS = /** @type {Record<string, [number, number]>} */ ({
  ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1],
});

/** @param {Cell} cell */
const open = (cell) => cell.kind !== "blocked";
/** @param {Cell} cell */
export const grey = (cell) => cell.input !== null && !cell.input.disabled;

/** Select a field's text, so that typing replaces it. @param {Cell["input"]} input */
export function pick(input) {
  if (input instanceof HTMLInputElement && input.type !== "date") input.select();
}

export class Grid {
  /** @param {Table} table @param {Handlers} handlers */
  constructor(table, handlers) {
    this.table = table;
    this.handlers = handlers;
    /** @type {Cell|null} */
    this.cursor = null;
    /** The other corner of the selection. @type {Cell|null} */
    this.anchor = null;
    /** @type {"move"|"replace"|"edit"} */
    this.mode = "move";
    /** @type {Cell[]} */
    this.painted = [];
    this.dragging = false;
    const {element} = table;
    element.addEventListener("focusin", (event) => this.#focused(event));
    element.addEventListener("focusout", (event) => this.#left(event));
    element.addEventListener("input", (event) => this.#typed(event));
    element.addEventListener("keydown", (event) => this.#pressed(event));
    element.addEventListener("pointerdown", (event) => this.#down(event));
    element.addEventListener("pointerover", (event) => this.#over(event));
    element.addEventListener("click", (event) => this.#clicked(event));
    element.addEventListener("dblclick", () => this.edit());
  }

  /** Put the cursor into a cell and show it. @param {Cell} cell @param {boolean} [keep] the selection's other corner */
  go(cell, keep = false) {
    const corner = keep ? this.anchor ?? this.cursor : null;
    (cell.input ?? cell.td).focus();
    this.mode = "move";
    pick(cell.input);
    this.anchor = corner;
    this.#select();
  }

  /** Type into the present text instead of over it. */
  edit() {
    const input = this.cursor?.input;
    if (!input) return;
    this.mode = "edit";
    if (input instanceof HTMLInputElement && input.type !== "date") input.setSelectionRange(input.value.length, input.value.length);
  }

  /** The selected cells, or the cursor's alone, row by row. */
  get selection() {
    if (!this.cursor) return [];
    return this.table.block(this.anchor ?? this.cursor, this.cursor);
  }

  /** @param {FocusEvent} event */
  #focused(event) {
    const cell = this.table.at(event.target);
    if (!cell || cell === this.cursor) return;
    this.cursor?.td.classList.remove("cur");
    this.cursor = cell;
    if (!this.dragging) this.anchor = null;
    this.mode = "move";
    cell.td.classList.add("cur");
    pick(cell.input);
    this.#select();
    this.handlers.moved(cell);
  }

  /** @param {FocusEvent} event */
  #left(event) {
    const cell = this.table.at(event.target);
    if (cell?.input) this.handlers.commit(cell);
    if (this.table.element.contains(/** @type {Node|null} */ (event.relatedTarget))) return;
    this.cursor?.td.classList.remove("cur");
    this.cursor = null;
  }

  /** @param {Event} event */
  #typed(event) {
    const cell = this.table.at(event.target);
    if (!cell) return;
    if (this.mode === "move") this.mode = cell.rule.type === "date" || cell.input?.hasAttribute("list") ? "edit" : "replace";
    this.handlers.typing(cell);
  }

  /** @param {PointerEvent} event */
  #down(event) {
    const cell = this.table.at(event.target);
    if (!cell || event.button !== 0) return;
    if (event.shiftKey && this.cursor) {
      event.preventDefault();
      this.go(cell, true);
      return;
    }
    this.dragging = event.pointerType === "mouse";
    document.addEventListener("pointerup", () => (this.dragging = false), {once: true});
    if (cell !== this.cursor) this.anchor = null;
    else if (this.anchor) this.#only(cell);
    if (!cell.input && open(cell)) {
      event.preventDefault();
      cell.td.focus();
    }
  }

  /** @param {Cell} cell */
  #only(cell) {
    this.anchor = null;
    this.cursor = cell;
    this.#select();
  }

  /** Dragging over cells selects them. @param {PointerEvent} event */
  #over(event) {
    if (!this.dragging || !(event.buttons & 1)) return;
    const cell = this.table.at(event.target);
    if (!cell || cell === this.cursor || !open(cell)) return;
    event.preventDefault();
    this.anchor ??= this.cursor;
    (cell.input ?? cell.td).focus();
    this.#select();
  }

  /** A first click selects the text, so that typing replaces it; a second one sets the caret. @param {MouseEvent} event */
  #clicked(event) {
    const cell = this.table.at(event.target);
    if (!cell || cell !== this.cursor || !(cell.input instanceof HTMLInputElement) || cell.input.type === "date") return;
    if (event.detail > 1) this.mode = "edit";
    else if (this.mode === "move" && cell.input.selectionStart === cell.input.selectionEnd) cell.input.select();
  }

  #select() {
    for (const cell of this.painted) cell.td.classList.remove("sel");
    this.painted = this.anchor && this.anchor !== this.cursor ? this.selection.flat() : [];
    for (const cell of this.painted) cell.td.classList.add("sel");
    this.handlers.selected(this.painted.length ? this.anchor : null, this.cursor);
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    const {cursor} = this;
    if (!cursor || event.isComposing) return;
    const done = this.#moves(event, cursor) || this.#edits(event, cursor) || this.#commands(event, cursor);
    if (done) event.preventDefault();
    else if (!cursor.input && event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) {
      this.handlers.refuse(cursor);
    }
  }

  /** @param {KeyboardEvent} event @param {Cell} cursor */
  #moves(event, cursor) {
    const direction = DIRECTIONS[event.key];
    if (direction && !event.altKey && this.mode !== "edit") {
      this.#step(cursor, direction, event);
      return true;
    }
    if ((event.key === "Home" || event.key === "End") && this.mode === "move") {
      this.#edge(cursor, event);
      return true;
    }
    if (event.key === "Enter" && !event.altKey) {
      this.#enter(cursor, event);
      return true;
    }
    return false;
  }

  /** @param {Cell} cursor @param {[number, number]} direction @param {KeyboardEvent} event */
  #step(cursor, [dr, dc], event) {
    let to = this.table.next(cursor, dr, dc, open);
    if (event.ctrlKey || event.metaKey) {
      for (let further = to; further; further = this.table.next(further, dr, dc, open)) to = further;
    }
    if (to) this.go(to, event.shiftKey);
  }

  /** @param {Cell} cursor @param {KeyboardEvent} event */
  #edge(cursor, event) {
    const {rows} = this.table;
    const last = event.key === "End";
    const row = event.ctrlKey || event.metaKey ? rows[last ? rows.length - 1 : 0] : rows[cursor.r];
    const cells = row.filter(open);
    const to = cells[last ? cells.length - 1 : 0];
    if (to) this.go(to, event.shiftKey);
  }

  /** Down to the next grey cell of the column, as one fills in a column; with Ctrl over the whole selection.
   * @param {Cell} cursor @param {KeyboardEvent} event */
  #enter(cursor, event) {
    if ((event.ctrlKey || event.metaKey) && cursor.input) {
      this.handlers.fillAll(this.selection.flat(), cursor.input.value);
      this.go(cursor, true);
      return;
    }
    if (cursor.input) this.handlers.commit(cursor);
    const to = this.table.next(cursor, event.shiftKey ? -1 : 1, 0, grey);
    if (to) this.go(to);
    else this.mode = "move";
  }

  /** @param {KeyboardEvent} event @param {Cell} cursor */
  #edits(event, cursor) {
    if (event.key === "F2") {
      if (this.mode === "edit") this.mode = "replace";
      else this.edit();
      return true;
    }
    if (event.key === "Escape") {
      this.mode = "move";
      this.handlers.revert(cursor);
      this.#only(cursor);
      return true;
    }
    if (event.key === "Delete" && this.mode === "move") {
      this.handlers.clear(this.selection.flat());
      return true;
    }
    return false;
  }

  /** By the key's place, so that they work in the Russian layout. @param {KeyboardEvent} event @param {Cell} cursor */
  #commands(event, cursor) {
    if (event.key === "F8") {
      this.handlers.problem(event.shiftKey ? -1 : 1);
      return true;
    }
    if (event.key === "F6" || (event.ctrlKey && event.code === "KeyM")) {
      this.handlers.leave();
      return true;
    }
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return false;
    switch (event.code) {
      case "KeyZ": this.handlers.undo(!event.shiftKey); return true;
      case "KeyY": this.handlers.undo(false); return true;
      case "KeyD": this.handlers.fillDown(this.selection.flat(), cursor); return true;
      case "KeyA": if (this.mode === "edit") return false; this.#all(); return true;
      default: return false;
    }
  }

  #all() {
    const {rows} = this.table;
    this.anchor = rows[0][0];
    this.cursor?.td.classList.remove("cur");
    const last = rows[rows.length - 1];
    this.cursor = last[last.length - 1];
    this.#select();
  }
}
