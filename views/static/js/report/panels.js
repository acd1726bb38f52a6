/** The side panel: one of check, comments, attachments, history, changes. Their forms are sent without leaving the page. */

const CLOSED = "modo-panel-closed"; // a person who closes the panel wants it closed next time too

export class Panels {
  /**
   * @param {HTMLElement} side @param {string} url of a panel's fragment, with NAME for its name
   * @param {{failed: string}} sentences @param {(panel: HTMLElement, name: string) => void} filled a fragment has just come
   */
  constructor(side, url, sentences, filled) {
    this.side = side;
    this.url = url;
    this.sentences = sentences;
    this.filled = filled;
    this.name = getComputedStyle(side).display === "none" ? "" : side.dataset.open ?? "";
    if (!this.name || (side.dataset.auto !== undefined && localStorage.getItem(CLOSED))) this.close();
    document.addEventListener("click", (event) => this.#clicked(event));
    side.addEventListener("submit", (event) => this.#sent(event));
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
    panel.setAttribute("aria-busy", "true");
    const response = await fetch(this.url.replace("NAME", this.name) + query, {headers: {"X-Fragment": "1"}}).catch(() => null);
    panel.removeAttribute("aria-busy");
    if (response?.ok && !response.redirected) this.#fill(panel, await response.text());
    else this.#fail(panel);
  }

  /** @param {HTMLElement} panel @param {string} html the server's own fragment */
  #fill(panel, html) {
    const parsed = new DOMParser().parseFromString(html, "text/html");
    panel.replaceChildren(...parsed.body.childNodes);
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
      const menu = opener.closest("details.drop");
      if (menu instanceof HTMLDetailsElement) menu.open = false;
      const name = /** @type {HTMLElement} */ (opener).dataset.opens ?? "";
      if (this.name === name && !this.side.hidden) this.close();
      else this.open(name);
      shut(opener.closest("details.drop[open]"));
    } else if (event.target.closest("[data-closes]")) {
      event.preventDefault();
      this.close();
    }
  }

  /** A form of a panel: its answer is the panel anew. What was typed stays if it can't be sent. @param {SubmitEvent} event */
  async #sent(event) {
    const form = event.target;
    const panel = form instanceof HTMLFormElement ? form.closest("[data-panel]") : null;
    if (!(form instanceof HTMLFormElement) || !panel || form.dataset.plain !== undefined || event.defaultPrevented) return;
    event.preventDefault();
    const data = new FormData(form, event.submitter);
    const response = await fetch(form.action, {method: "POST", body: data, headers: {"X-Fragment": "1"}}).catch(() => null);
    if (!response || response.status === 401 || (response.redirected && response.url.includes("/login"))) {
      this.#fail(/** @type {HTMLElement} */ (panel));
      return;
    }
    const text = await response.text();
    if (response.ok || response.status === 422) this.#fill(/** @type {HTMLElement} */ (panel), text);
    else this.#fail(/** @type {HTMLElement} */ (panel), response.headers.get("X-Sentence") ? decodeURIComponent(response.headers.get("X-Sentence") ?? "") : undefined);
    this.filled(/** @type {HTMLElement} */ (panel), this.name);
  }
}

/** A menu has done its work; who came by keyboard stays at it. @param {Element|null} menu */
function shut(menu) {
  if (!(menu instanceof HTMLDetailsElement)) return;
  menu.open = false;
  menu.querySelector("summary")?.focus();
}
