/** The side panel: one of check, comments, attachments, history, changes. Their forms are sent without leaving the page. */

/** @typedef {HTMLTextAreaElement|HTMLInputElement} Field */

const CLOSED = "modo-panel-closed"; // a person who closes the panel wants it closed next time too

export class Panels {
  /**
   * @param {HTMLElement} side @param {string} url of a panel's fragment, with NAME for its name
   * @param {{failed: string}} sentences @param {(panel: HTMLElement, name: string) => void} filled a fragment has just come
   * @param {number} user whose half-written texts are kept
   */
  constructor(side, url, sentences, filled, user) {
    this.side = side;
    this.drafts = new Drafts(`modo-unsent-${user}`);
    this.url = url;
    this.sentences = sentences;
    this.filled = filled;
    /** Counts what was asked of the server: an answer to an earlier question is thrown away. */
    this.turn = 0;
    this.name = getComputedStyle(side).display === "none" ? "" : side.dataset.open ?? "";
    if (!this.name || (side.dataset.auto !== undefined && localStorage.getItem(CLOSED))) this.close();
    document.addEventListener("click", (event) => this.#clicked(event));
    side.addEventListener("submit", (event) => this.#sent(event));
    side.addEventListener("input", (event) => this.drafts.keep(event.target));
    this.drafts.restore(side);
  }

  /** @param {string} name */
  panel(name) {
    return /** @type {HTMLElement|null} */ (this.side.querySelector(`[data-panel="${name}"]`));
  }

  /** Show a panel; all but the check are fetched afresh. @param {string} name @param {string} [query] */
  async open(name, query = "") {
    this.name = name;
    delete this.side.dataset.auto;
    localStorage.removeItem(CLOSED);
    this.side.hidden = false;
    this.side.dataset.open = name;
    for (const panel of this.side.querySelectorAll("[data-panel]")) {
      /** @type {HTMLElement} */ (panel).hidden = /** @type {HTMLElement} */ (panel).dataset.panel !== name;
    }
    this.#press();
    if (name !== "check") await this.refresh(query);
    const panel = this.panel(name);
    if (panel) this.filled(panel, name);
  }

  close() {
    if (this.name && !this.side.hidden) localStorage.setItem(CLOSED, "yes");
    this.name = "";
    this.side.hidden = true;
    this.#press();
  }

  #press() {
    for (const link of document.querySelectorAll("[data-opens]")) {
      link.setAttribute("aria-expanded", String(/** @type {HTMLElement} */ (link).dataset.opens === this.name));
    }
  }

  /** Fetch the open panel again. @param {string} [query] */
  async refresh(query = "") {
    const panel = this.panel(this.name);
    if (!panel) return;
    const turn = ++this.turn;
    panel.setAttribute("aria-busy", "true");
    const response = await fetch(this.url.replace("NAME", this.name) + query, {headers: {"X-Fragment": "1"}}).catch(() => null);
    const text = response?.ok && !response.redirected ? await response.text().catch(() => null) : null;
    panel.removeAttribute("aria-busy");
    if (turn !== this.turn) return; // something newer has been asked for
    if (text === null) this.#fail(panel);
    else this.#fill(panel, text);
  }

  /** Put the server's fragment into the panel. Fields that hold something unsent move over as they are, with their files.
   * @param {HTMLElement} panel @param {string} html @param {HTMLFormElement} [sent] the form that it answers @param {FormData} [data] */
  #fill(panel, html, sent, data) {
    const parsed = new DOMParser().parseFromString(html, "text/html");
    const focused = document.activeElement;
    const kept = [...panel.querySelectorAll("textarea,input[type=file]")].filter((field) => unsent(/** @type {Field} */ (field), sent, data));
    const inside = panel.contains(focused);
    for (const field of /** @type {Field[]} */ (kept)) {
      const form = [...parsed.forms].find((other) => other.getAttribute("action") === field.form?.getAttribute("action"));
      form?.querySelector(`[name="${field.name}"]`)?.replaceWith(field);
    }
    panel.replaceChildren(...parsed.body.childNodes);
    this.drafts.restore(panel);
    const next = focused?.isConnected ? focused : panel.querySelector(".say textarea, [data-closes]");
    if (inside && next instanceof HTMLElement) next.focus();
  }

  /** @param {HTMLElement} panel @param {string} [sentence] */
  #fail(panel, sentence = this.sentences.failed) {
    let place = panel.querySelector("[data-failed]");
    if (!place) {
      place = document.createElement("p");
      place.className = "failed danger s";
      place.setAttribute("role", "alert");
      /** @type {HTMLElement} */ (place).dataset.failed = "";
      panel.prepend(place);
    }
    place.textContent = sentence;
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    if (!(event.target instanceof Element) || event.ctrlKey || event.metaKey) return;
    const opener = event.target.closest("[data-opens]");
    if (opener) {
      event.preventDefault();
      const name = /** @type {HTMLElement} */ (opener).dataset.opens ?? "";
      if (this.name === name && !this.side.hidden) this.close();
      else this.open(name);
      shut(opener.closest("details.drop[open]"));
    } else if (event.target.closest("[data-closes]")) {
      event.preventDefault();
      const openers = [...document.querySelectorAll(`[data-opens="${this.name}"]`)].filter((link) => link.checkVisibility());
      this.close();
      /** @type {HTMLElement|null} */ (openers[0] ?? document.getElementById("section"))?.focus();
    }
  }

  /** A form of a panel: its answer is the panel anew. What was typed stays if it can't be sent. @param {SubmitEvent} event */
  async #sent(event) {
    const form = event.target;
    const panel = form instanceof HTMLFormElement ? form.closest("[data-panel]") : null;
    if (!(form instanceof HTMLFormElement) || !panel || form.dataset.plain !== undefined || event.defaultPrevented) return;
    event.preventDefault();
    if (form.ariaBusy) return; // a second click: it is on its way
    form.ariaBusy = "true";
    await this.#send(form, new FormData(form, event.submitter), /** @type {HTMLElement} */ (panel));
    form.ariaBusy = null;
  }

  /** @param {HTMLFormElement} form @param {FormData} data @param {HTMLElement} panel */
  async #send(form, data, panel) {
    this.turn += 1;
    const response = await fetch(form.action, {method: "POST", body: data, headers: {"X-Fragment": "1"}}).catch(() => null);
    const text = await response?.text().catch(() => null);
    if (!response || text == null || response.status === 401 || (response.redirected && response.url.includes("/login"))) {
      this.#fail(panel);
      return;
    }
    const sentence = response.headers.get("X-Sentence");
    if (response.ok) this.drafts.forget(form, data);
    if (response.ok || response.status === 422) this.#fill(panel, text, form, data);
    else this.#fail(panel, sentence ? decodeURIComponent(sentence) : undefined);
    this.filled(panel, this.name);
  }
}

/**
 * Does a field hold something that nobody has sent, typed on while it was being sent perhaps?
 * @param {Field} field @param {HTMLFormElement} [sent] @param {FormData} [data]
 */
function unsent(field, sent, data) {
  const mine = sent !== undefined && field.form === sent;
  if (field instanceof HTMLInputElement) return Boolean(field.files?.length) && !mine;
  return field.value !== field.defaultValue && !(mine && data?.get(field.name) === field.value);
}

/** A menu has done its work; who came by keyboard stays at it. @param {Element|null} menu */
function shut(menu) {
  if (!(menu instanceof HTMLDetailsElement)) return;
  menu.open = false;
  menu.querySelector("summary")?.focus();
}

/** Comments that were begun and not sent outlive the tab: in this browser, by person, form and field. Storage may be switched off. */
class Drafts {
  /** @param {string} prefix */
  constructor(prefix) {
    this.prefix = prefix;
  }

  /** @param {Element} field */
  #key(field) {
    const form = /** @type {HTMLTextAreaElement} */ (field).form;
    return `${this.prefix} ${form?.getAttribute("action")} ${/** @type {HTMLTextAreaElement} */ (field).name}`;
  }

  /** @param {EventTarget|null} field */
  keep(field) {
    if (!(field instanceof HTMLTextAreaElement) || !field.closest("form.say")) return;
    try {
      if (field.value.trim()) localStorage.setItem(this.#key(field), field.value);
      else localStorage.removeItem(this.#key(field));
    } catch {
      // the text lives as long as the page
    }
  }

  /** Into fields that hold nothing else. @param {HTMLElement} place */
  restore(place) {
    for (const field of /** @type {NodeListOf<HTMLTextAreaElement>} */ (place.querySelectorAll(".say textarea"))) {
      try {
        const kept = localStorage.getItem(this.#key(field));
        if (kept && field.value === field.defaultValue && !field.value) field.value = kept;
      } catch {
        return;
      }
    }
  }

  /** What was sent has arrived; what was typed meanwhile is still a draft. @param {HTMLFormElement} form @param {FormData} data */
  forget(form, data) {
    for (const field of form.querySelectorAll("textarea")) {
      try {
        if (data.get(field.name) === field.value) localStorage.removeItem(this.#key(field));
      } catch {
        return;
      }
    }
  }
}
