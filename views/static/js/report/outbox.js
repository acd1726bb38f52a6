/**
 * What was typed and isn't on the server yet, in this browser's IndexedDB, by person and report. It survives a closed tab, a
 * lost connection and an expired session. Without IndexedDB (a private window) it lives as long as the page.
 */

/**
 * One unsent cell. `base` is the revision that the person saw when typing; `stamp` changes with each edit; `kept` texts wait
 * for the person (rejected, or in conflict) and aren't sent.
 * @typedef {{report: number, cell: string, text: string, base: number, stamp: string, kept?: boolean}} Edit
 */

/**
 * A request on its way: it is repeated with the same key until it is answered.
 * @typedef {{report: number, key: string, base: number, cells: Record<string, string>, stamps: Record<string, string>}} Flight
 */

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
const done = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** @param {string} name @returns {Promise<IDBDatabase|null>} */
async function open(name) {
  try {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("edits", {keyPath: ["report", "cell"]});
      request.result.createObjectStore("flights", {keyPath: "report"});
    };
    return await done(request);
  } catch {
    return null;
  }
}

/** A random UUID; `crypto.randomUUID` is missing where the page came over plain http. */
function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const text = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return text.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

export class Outbox {
  /** @param {string} name of the database @param {number} report */
  constructor(name, report) {
    this.name = name;
    this.report = report;
    /** @type {Map<string, Edit>} */
    this.edits = new Map();
    /** @type {Flight|null} */
    this.flight = null;
    /** @type {IDBDatabase|null} */
    this.db = null;
    /** Settles when everything put so far is on disk. @type {Promise<unknown>} */
    this.durable = Promise.resolve();
  }

  /** Open the database and take up what an earlier page left. */
  async load() {
    this.db = await open(this.name);
    const left = /** @type {Edit[]} */ (await this.#ask("edits", (store) => store.getAll(this.#range()), []));
    for (const edit of left) if (!this.edits.has(edit.cell)) this.edits.set(edit.cell, edit);
    this.flight = (await this.#ask("flights", (store) => store.get(this.report), null)) ?? null;
    return this;
  }

  #range() {
    return IDBKeyRange.bound([this.report, ""], [this.report, "\uffff"]);
  }

  /**
   * @template T @param {string} store @param {(store: IDBObjectStore) => IDBRequest<T>} question @param {T} otherwise
   * @returns {Promise<T>}
   */
  async #ask(store, question, otherwise) {
    if (!this.db) return otherwise;
    try {
      return await done(question(this.db.transaction(store).objectStore(store)));
    } catch {
      return otherwise;
    }
  }

  /** @param {string} store @param {(store: IDBObjectStore) => void} change */
  #write(store, change) {
    const {db} = this;
    if (!db) return;
    const written = new Promise((resolve) => {
      const transaction = db.transaction(store, "readwrite");
      transaction.oncomplete = transaction.onabort = transaction.onerror = resolve;
      change(transaction.objectStore(store));
    });
    this.durable = Promise.all([this.durable, written]);
  }

  /** Keep one edit; a newer text replaces an unsent older one and keeps its base. @param {string} cell @param {string} text
   * @param {number} base @param {boolean} [kept] */
  put(cell, text, base, kept = false) {
    const before = this.edits.get(cell);
    const edit = {report: this.report, cell, text, base: before && !before.kept ? before.base : base, stamp: uuid(), kept};
    this.edits.set(cell, edit);
    this.#write("edits", (store) => store.put(edit));
  }

  /** Forget edits that the server has, unless they were typed over meanwhile. @param {Record<string, string>} stamps by cell */
  settle(stamps) {
    const settled = Object.entries(stamps).filter(([cell, stamp]) => this.edits.get(cell)?.stamp === stamp).map(([cell]) => cell);
    this.drop(settled);
    return settled;
  }

  /** @param {string[]} cells */
  drop(cells) {
    for (const cell of cells) this.edits.delete(cell);
    this.#write("edits", (store) => cells.forEach((cell) => store.delete([this.report, cell])));
  }

  /** Cells typed over while they were being saved: the person has seen the new revision. @param {string[]} cells
   * @param {number} base */
  rebase(cells, base) {
    for (const cell of cells) {
      const edit = this.edits.get(cell);
      if (!edit || edit.kept) continue;
      edit.base = base;
      this.#write("edits", (store) => store.put(edit));
    }
  }

  /** The cells to send, oldest base first; one request speaks of one base. @returns {Flight|null} */
  take() {
    const ready = [...this.edits.values()].filter((edit) => !edit.kept);
    if (!ready.length) return null;
    const base = Math.min(...ready.map((edit) => edit.base));
    const chosen = ready.filter((edit) => edit.base === base).slice(0, 500);
    return {
      report: this.report, key: uuid(), base,
      cells: Object.fromEntries(chosen.map((edit) => [edit.cell, edit.text])),
      stamps: Object.fromEntries(chosen.map((edit) => [edit.cell, edit.stamp])),
    };
  }

  /** Remember the request that is under way, or that none is. @param {Flight|null} flight */
  fly(flight) {
    this.flight = flight;
    this.#write("flights", (store) => (flight ? store.put(flight) : store.delete(this.report)));
  }

  /** How many cells are not on the server. */
  get size() {
    return this.edits.size;
  }

  /** How many of them are ready to go. */
  get waiting() {
    let count = this.flight ? 1 : 0;
    for (const edit of this.edits.values()) if (!edit.kept) count += 1;
    return count;
  }
}
