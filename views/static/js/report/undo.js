/** What can be taken back: whole operations (an edit, a paste, a deletion), across sections. */

/** @typedef {{cell: string, from: string, to: string}} Change */

export class History {
  constructor() {
    /** @type {Change[][]} */
    this.past = [];
    /** @type {Change[][]} */
    this.future = [];
  }

  /** Remember one operation; what could be redone is gone. @param {Change[]} changes */
  add(changes) {
    const real = changes.filter((change) => change.from !== change.to);
    if (!real.length) return;
    this.past.push(real);
    if (this.past.length > 500) this.past.shift();
    this.future = [];
  }

  /** The changes that take the last operation back, or null. @returns {Change[]|null} */
  undo() {
    const last = this.past.pop();
    if (!last) return null;
    this.future.push(last);
    return last.map(({cell, from, to}) => ({cell, from: to, to: from})).reverse();
  }

  /** The changes of the operation that was taken back last, or null. @returns {Change[]|null} */
  redo() {
    const next = this.future.pop();
    if (!next) return null;
    this.past.push(next);
    return next;
  }
}
