/** Sends the outbox: one request at a time, repeated with the same key until it is answered. Says what state the work is in. */

/** @typedef {import("./outbox.js").Outbox} Outbox */
/** @typedef {import("./outbox.js").Flight} Flight */

/**
 * What the server answers to a save.
 * @typedef {{revision: number, at: string, rejected: Rejected[], conflicts: Conflict[], others: Record<string, {shown: string, who: string}>,
 *   findings: import("./findings.js").Finding[], filled: Record<string, number>, status: string, title: string}} Saved
 * @typedef {{cell: string, sentence: string}} Rejected
 * @typedef {{cell: string, mine: string, theirs: string, who: string, at: string}} Conflict
 */

/** @typedef {"saved"|"saving"|"offline"|"signed-out"|"other-person"|"closed"|"failed"|"held"} State */

/**
 * @typedef {object} Options
 * @property {string} url where to post
 * @property {string} token against forged requests
 * @property {number} revision that the page shows
 * @property {Outbox} outbox
 * @property {(state: State, sentence?: string) => void} onState
 * @property {(saved: Saved, flight: Flight) => void} onSaved
 * @property {() => Promise<{token: string, state?: undefined}|{state: State}>} renew a fresh token for the same person, or why there is none
 */

const PAUSE = 1000;
const LONGEST = 30_000;

export class Sync {
  /** @param {Options} options */
  constructor(options) {
    this.options = options;
    this.outbox = options.outbox;
    this.revision = options.revision;
    this.token = options.token;
    this.wait = PAUSE;
    this.renewed = false;
    /** Nothing is sent until the person has signed in again, or for good if the report is closed. */
    this.blocked = false;
    /** @type {ReturnType<typeof setTimeout>|undefined} */
    this.timer = undefined;
    /** Somebody has asked to send since the sending began. */
    this.asked = false;
    /** @type {Promise<void>|null} */
    this.sending = null;
    addEventListener("online", () => this.flush());
    document.addEventListener("visibilitychange", () => this.flush());
  }

  /** Something was typed: send it once the typing pauses. */
  touch() {
    if (this.blocked) return;
    this.#saving();
    this.#later(PAUSE);
  }

  /** While attempts fail, the page goes on saying why. */
  #saving() {
    if (this.wait === PAUSE) this.options.onState("saving");
  }

  /** @param {number} pause */
  #later(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), pause);
  }

  /** Send now whatever waits; settles when there is nothing more to do for the moment. @returns {Promise<void>} */
  flush() {
    clearTimeout(this.timer);
    if (this.blocked) return Promise.resolve();
    this.asked = true;
    this.sending ??= this.#run();
    return this.sending;
  }

  /** Until nobody has asked again: what was put while the last request was being answered goes too. */
  async #run() {
    try {
      while (this.asked && !this.blocked) {
        this.asked = false;
        await this.#locked();
      }
    } finally {
      this.sending = null;
    }
  }

  /** One tab of a report sends at a time. */
  async #locked() {
    const name = `modo-report-${this.outbox.report}`;
    if (navigator.locks) await navigator.locks.request(name, () => this.#drain());
    else await this.#drain();
  }

  async #drain() {
    for (;;) {
      const flight = this.outbox.flight ?? this.outbox.take();
      if (!flight) return this.#rest();
      this.outbox.fly(flight);
      await this.outbox.durable;
      if (!(await this.#send(flight))) return undefined;
    }
  }

  #rest() {
    if (!this.outbox.waiting) this.options.onState("saved");
  }

  /** Whether to go on with the next request. @param {Flight} flight */
  async #send(flight) {
    this.#saving();
    const body = new TextEncoder().encode(JSON.stringify({base: flight.base, key: flight.key, cells: flight.cells}));
    let response;
    try {
      response = await fetch(this.options.url, {
        method: "POST",
        headers: {"Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": this.token},
        body,
        keepalive: body.length < 60_000, // browsers take 64 KiB
      });
    } catch {
      return this.#again("offline");
    }
    return this.#answered(response, flight);
  }

  /** @param {Response} response @param {Flight} flight */
  async #answered(response, flight) {
    const body = await response.json().catch(() => null);
    if (response.ok && body && !response.redirected) {
      this.#settled(body, flight);
      return true;
    }
    if (response.status === 401 || response.redirected) return this.#signedOut();
    if (response.status === 400 && !this.renewed) return this.#renew();
    if (response.status === 409 || response.status === 403 || response.status === 404) {
      this.outbox.fly(null);
      this.blocked = true;
      this.options.onState("closed", body?.sentence);
      return false;
    }
    if (response.status === 423) return this.#again("held", body?.sentence); // others hold the report just now
    return this.#again(response.status >= 502 ? "offline" : "failed", body?.sentence);
  }

  /** @param {Saved} saved @param {Flight} flight */
  #settled(saved, flight) {
    this.wait = PAUSE;
    this.renewed = false;
    this.outbox.fly(null);
    this.outbox.settle(flight.stamps);
    const disputed = new Set(saved.conflicts.map(({cell}) => cell));
    this.outbox.rebase(Object.keys(flight.cells).filter((cell) => !disputed.has(cell)), saved.revision);
    this.revision = Math.max(this.revision, saved.revision);
    this.options.onSaved(saved, flight);
  }

  /** @param {State} state @param {string} [sentence] */
  #again(state, sentence) {
    this.options.onState(state, sentence);
    this.#later(this.wait);
    this.wait = Math.min(this.wait * 2, LONGEST);
    return false;
  }

  /** @param {State} [state] */
  #signedOut(state = "signed-out") {
    this.renewed = false;
    this.blocked = true;
    this.options.onState(state);
    return false;
  }

  /** The token is of an older session: fetch a fresh one and go on. */
  async #renew() {
    this.renewed = true;
    const answer = await this.options.renew();
    if (answer.state) return this.#signedOut(answer.state);
    this.token = answer.token;
    return true;
  }

  /** After signing in again: take the fresh token and send what waited. @returns {Promise<boolean>} whether it went on */
  async resume() {
    const answer = await this.options.renew();
    if (answer.state) return this.#signedOut(answer.state);
    this.token = answer.token;
    this.blocked = false;
    await this.flush();
    return true;
  }
}
