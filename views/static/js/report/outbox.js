/**
 * What was typed and isn't on the server yet, in this browser's IndexedDB, by person and report. It survives a closed tab, a
 * lost connection and an expired session. A database that the browser closes is opened anew; without one (a private window, a
 * full disk) what is typed lives as long as the page, and the person is told so.
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
    const db = await done(request);
    db.onversionchange = () => db.close(); // the browser's data are being cleared: don't stand in the way
    return db;
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
    /** Settles when everything put so far is on disk, or can't be: it never fails. @type {Promise<unknown>} */
    this.durable = Promise.resolve();
    /** Cells that were let go of by this page; another window's edits are none of its business. @type {Set<string>} */
    this.gone = new Set();
    /** @type {Promise<void>|null} */
    this.opening = null;
    /** Something could not be written since the database was opened. */
    this.stale = false;
    /** Told when the database was opened anew, or could not be: then `db` is null. */
    this.reopened = () => {};
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

  /** @param {"edits"|"flights"} store @param {(store: IDBObjectStore) => void} change */
  #write(store, change) {
    const written = this.#try([store], (transaction) => change(transaction.objectStore(store))).catch(() => this.#anew());
    this.durable = Promise.all([this.durable, written]);
  }

  /** @param {("edits"|"flights")[]} stores @param {(transaction: IDBTransaction) => void} change @returns {Promise<unknown>} */
  #try(stores, change) {
    return new Promise((resolve, reject) => {
      if (!this.db) throw new Error("no database");
      const transaction = this.db.transaction(stores, "readwrite");
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
      change(transaction);
    });
  }

  /** The browser has closed the database, or could not write: open it anew and put everything there that this page holds. */
  #anew() {
    this.stale = true;
    this.opening ??= this.#reopen().finally(() => {
      this.opening = null;
    });
    return this.opening;
  }

  async #reopen() {
    do {
      this.stale = false;
      this.db?.close();
      this.db = await open(this.name);
      if (this.db) await this.#try(["edits", "flights"], (transaction) => this.#putAll(transaction)).catch(() => (this.db = null));
    } while (this.stale && this.db); // something was put meanwhile and could not be written either
    this.reopened();
  }

  /** @param {IDBTransaction} transaction */
  #putAll(transaction) {
    const [edits, flights] = [transaction.objectStore("edits"), transaction.objectStore("flights")];
    for (const cell of this.gone) edits.delete([this.report, cell]);
    for (const edit of this.edits.values()) edits.put(edit);
    if (this.flight) flights.put(this.flight);
    else flights.delete(this.report);
  }

  /** Keep one edit; a newer text replaces an unsent older one and keeps its base. @param {string} cell @param {string} text
   * @param {number} base @param {boolean} [kept] */
  put(cell, text, base, kept = false) {
    const before = this.edits.get(cell);
    const edit = {report: this.report, cell, text, base: before && !before.kept ? before.base : base, stamp: uuid(), kept};
    this.edits.set(cell, edit);
    this.gone.delete(cell);
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
    for (const cell of cells) {
      this.edits.delete(cell);
      this.gone.add(cell);
    }
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
