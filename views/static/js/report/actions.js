/** The menu's actions: save, check, submit, explain; dialogs; and what an earlier page left unsent. */

import {element, put} from "./screen.js";
import {fill} from "./numbers.js";

/** @typedef {import("./findings.js").Finding} Finding */

/**
 * The page, as far as the actions need it.
 * @typedef {object} Owner
 * @property {{url: string, csrf: string, sentences: Record<string, string>, typed: boolean}} start
 * @property {import("./sync.js").Sync} sync @property {import("./outbox.js").Outbox} outbox
 * @property {import("./editor.js").Editor} editor @property {import("./answers.js").Answers} answers
 * @property {import("./findings.js").Findings} findings
 * @property {import("./panels.js").Panels} panels @property {import("./screen.js").SaveState} save
 * @property {(cell: string) => Promise<void>} jump
 */

export class Actions {
  /** @param {Owner} page */
  constructor(page) {
    this.page = page;
    document.addEventListener("submit", (event) => this.#submitted(event), true);
    document.addEventListener("click", (event) => this.#clicked(event));
    document.addEventListener("keydown", (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.code !== "KeyS") return;
      event.preventDefault();
      this.#save();
    });
    addEventListener("focus", () => this.#back());
    const keys = element("keys-button");
    keys.hidden = false;
    for (const tabs of document.querySelectorAll(".tabs[hidden]")) /** @type {HTMLElement} */ (tabs).hidden = false;
  }

  /** What an earlier page could not send stands in the cells again, and goes now. */
  async takeUp() {
    const {outbox, answers, sync} = this.page;
    if (outbox.size) answers.takeUp();
    if (outbox.waiting) await sync.flush();
  }

  /** @param {SubmitEvent} event */
  #submitted(event) {
    const doing = event.submitter instanceof HTMLElement ? event.submitter.dataset.do : undefined;
    const form = event.target;
    if (!(form instanceof HTMLFormElement)) return;
    if (form.id === "sheet" || doing === "save") this.#instead(event, () => this.#save());
    else if (doing === "check") this.#instead(event, () => this.check());
    else if (doing === "submit") this.#instead(event, () => this.#submit(form));
    else if (form.action.endsWith("/explanations")) this.#instead(event, () => this.#explain(form));
    else if (form.querySelector("[data-dialog]")) this.#instead(event, () => undefined);
  }

  /** @param {Event} event @param {() => unknown} action */
  #instead(event, action) {
    event.preventDefault();
    event.stopPropagation();
    const menu = event.target instanceof Element || event instanceof SubmitEvent ? document.querySelector("#actions[open]") : null;
    if (menu instanceof HTMLDetailsElement) menu.open = false;
    action();
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    const {target} = event;
    if (!(target instanceof Element)) return;
    const opener = target.closest("[data-dialog]");
    if (opener instanceof HTMLElement) this.#instead(event, () => this.#dialog(opener.dataset.dialog ?? ""));
    if (target.closest("[data-cancel]")) this.#instead(event, () => target.closest("dialog")?.close());
    if (target.closest("#keys-button")) this.#dialog("keys");
    if (target.closest("[data-again]")) this.page.sync.resume();
  }

  /** @param {string} id */
  #dialog(id) {
    const dialog = document.getElementById(id);
    if (dialog instanceof HTMLDialogElement && !dialog.matches(":modal")) {
      dialog.removeAttribute("open");
      dialog.showModal();
    }
  }

  /** Back in this window: perhaps after signing in in another one. */
  #back() {
    const state = document.getElementById("save")?.dataset.state;
    if (state === "signed-out" || state === "other-person") this.page.sync.resume();
  }

  async #save() {
    const {editor, sync} = this.page;
    editor.commitOpen();
    await sync.flush();
  }

  /** Save, then ask the server. @returns {Promise<void>} */
  async check() {
    await this.#save();
    this.page.panels.open("check");
    const answer = await this.#post("check", new FormData());
    if (!answer) return;
    this.#tell(answer.findings);
    const {findings, start: {sentences}} = this.page;
    if (!findings.here.length) findings.showWhole(); // what was asked for is the report: nothing of it stays behind a tab
    const verdict = answer.findings.length ? [] : [sentences["all-right"]];
    put(document, "[data-panel=check] [data-note]", [...verdict, fill(sentences.checked, {time: answer.at})].join(" "));
  }

  /** @param {HTMLFormElement} form */
  async #submit(form) {
    await this.#save();
    const {editor, findings, outbox, panels, save, start} = this.page;
    const [unsaved] = [...editor.bad.keys(), ...editor.conflicts.keys()];
    if (unsaved || outbox.waiting) {
      if (unsaved) await this.page.jump(unsaved);
      save.complain(start.sentences["submit-unsaved"]);
      return;
    }
    const answer = await this.#post("submit", new FormData(form));
    if (answer?.done) location.reload();
    else if (answer) {
      panels.open("check");
      findings.showWhole();
      save.complain(answer.sentence);
    }
  }

  /** @param {HTMLFormElement} form */
  async #explain(form) {
    const data = new FormData(form);
    const failed = form.querySelector("[data-failed]");
    const answer = await this.#post("explanations", data, (sentence) => failed && (failed.textContent = sentence));
    if (!answer?.findings) return;
    this.page.findings.explanations[String(data.get("key"))] = String(data.get("text")).trim();
    const details = form.closest("details");
    if (details) details.open = false;
    this.#tell(answer.findings);
  }

  /** @param {Finding[]} findings */
  #tell(findings) {
    this.page.findings.tell(findings);
    this.page.editor.around.changed();
  }

  /**
   * Ask the server; an answer of the kind 409 has a sentence, no answer at all is said here.
   * @param {string} what @param {FormData} data @param {(sentence: string) => void} [complain]
   */
  async #post(what, data, complain = (sentence) => this.page.save.complain(sentence)) {
    const {start, sync} = this.page;
    data.delete("csrf_token");
    const response = await fetch(`${start.url}/${what}`, {
      method: "POST", body: data, headers: {Accept: "application/json", "X-CSRFToken": sync.token},
    }).catch(() => null);
    const answer = response && !response.redirected ? await response.json().catch(() => null) : null;
    if (response?.status === 401) complain(start.sentences["signed-out"]);
    else if (!answer) complain(start.sentences["panel-failed"]);
    else if (answer.error) complain(answer.error); // a page that is not there, a right that is gone, the server's own trouble
    else if (what === "explanations" && answer.sentence) complain(answer.sentence);
    return response?.status === 401 || answer?.error ? null : answer;
  }
}
