// Rows of another table are offered while one types, or looked for in their tree (WAI-ARIA combobox with a list or a tree). The
// page works without this module: the server looks up what was typed. The chosen id lies in the hidden input `data-name`; with
// `data-adds` it becomes a check box.
import { choice } from "../keep.js";
import { recent, remember } from "../recent.js";
import { above, below, drawn, isTree, itemsOf, opened } from "./offers.js";

const WAIT = 180;

class Combobox {
  constructor(input) {
    this.input = input;
    this.list = document.getElementById(`${input.id}-list`);
    this.box = this.list.parentElement;
    this.said = document.getElementById(`${input.id}-said`);
    this.hidden = "adds" in input.dataset ? null : input.form.querySelector(`input[type=hidden][name="${input.dataset.name}"]`);
    this.title = input.value;
    this.asked = 0;
    this.active = null;
    for (const [name, value] of [["role", "combobox"], ["aria-expanded", "false"], ["aria-controls", this.list.id], ["aria-autocomplete", "list"]]) {
      input.setAttribute(name, value);
    }
    input.addEventListener("input", () => this.typed());
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("blur", () => this.close());
    input.addEventListener("click", () => this.box.hidden && this.untouched && this.ask());
    this.box.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => this.pressed(event));
  }

  /** Is nothing typed, or only what was chosen before? Then one looks about. */
  get untouched() {
    return this.input.value.trim() === "" || Boolean(this.hidden?.value && this.input.value === this.title);
  }

  typed() {
    if (this.hidden && this.input.value !== this.title) this.hidden.value = "";
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), WAIT);
  }

  /** What the look-up answers to these parameters; null without a connection: then what was typed is looked up when it is sent. */
  async fetched(parameters) {
    try {
      const answer = await fetch(`${this.input.dataset.picker}?${new URLSearchParams(parameters)}`, { headers: { Accept: "application/json" } });
      return answer.ok ? await answer.json() : { rows: [], recent: [], said: "" };
    } catch {
      return null;
    }
  }

  async ask() {
    const turn = ++this.asked;
    const { person, picker } = this.input.dataset;
    const answer = await this.fetched(this.untouched ? { recent: recent(person, picker) } : { q: this.input.value });
    if (answer && turn === this.asked && document.activeElement === this.input) this.show(answer);
  }

  show(answer) {
    const { none, count, recent: words, all } = this.input.dataset;
    const found = answer.rows.length + answer.recent.length;
    this.list.setAttribute("role", isTree(answer) ? "tree" : "listbox");
    this.input.setAttribute("aria-haspopup", isTree(answer) ? "tree" : "listbox");
    this.list.replaceChildren(...drawn(answer, this.list.id, { recent: words, all }));
    this.list.nextElementSibling.textContent = answer.said;
    this.box.hidden = found === 0;
    this.input.setAttribute("aria-expanded", String(found > 0));
    this.activate(null);
    this.said.textContent = found ? `${count} ${answer.rows.length}. ${answer.said}` : none;
  }

  key(event) {
    const open = !this.box.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (open) this.move(event.key === "ArrowDown" ? 1 : -1);
      else this.ask();
    } else if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
      if (open && this.active && this.sideways(event.key === "ArrowRight")) event.preventDefault();
    } else if (event.key === "Enter" && open) {
      event.preventDefault();
      this.enter();
    } else if (event.key === "Escape" && open) {
      event.stopPropagation();
      this.close();
    }
  }

  /** What is chosen by Enter: the marked row, or the first one found. Of what nobody has asked for nothing is. */
  enter() {
    if (this.active || !this.untouched) this.choose(this.active ?? itemsOf(this.list)[0]);
    else this.close();
  }

  move(step) {
    const items = itemsOf(this.list);
    const place = this.active ? items.indexOf(this.active) + step : step > 0 ? 0 : -1;
    this.activate(items[(place + items.length) % items.length]);
  }

  /** Into the marked item of a tree, or out of it. Is there something to do? In a list the arrows belong to the text. */
  sideways(into) {
    if (this.list.getAttribute("role") !== "tree") return false;
    const expanded = this.active.getAttribute("aria-expanded");
    if (into && expanded === "true") this.move(1);
    else if (expanded === String(!into)) this.toggle(this.active);
    else if (!into && above(this.active)) this.activate(above(this.active));
    return true;
  }

  activate(item) {
    this.active?.setAttribute("aria-selected", "false");
    this.active = item;
    if (!item) return this.input.removeAttribute("aria-activedescendant");
    item.setAttribute("aria-selected", "true");
    item.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", item.id);
  }

  /** Show what stands under an item, or put it away. */
  async toggle(item) {
    if (item.getAttribute("aria-expanded") === "true") {
      const gone = below(item);
      if (gone.includes(this.active)) this.activate(item);
      gone.forEach((one) => one.remove());
      item.setAttribute("aria-expanded", "false");
      return;
    }
    const turn = this.asked;
    item.setAttribute("aria-busy", "true");
    const answer = await this.fetched({ under: item.dataset.id });
    item.removeAttribute("aria-busy");
    if (!answer || turn !== this.asked || item.getAttribute("aria-expanded") !== "false") return;
    item.after(...opened(item, answer));
    item.setAttribute("aria-expanded", "true");
    this.said.textContent = `${this.input.dataset.count} ${answer.rows.length}. ${answer.said}`;
  }

  pressed(event) {
    const item = event.target.closest("[role=option], [role=treeitem]");
    if (!item) return;
    if (event.target.closest(".twist") && item.hasAttribute("aria-expanded")) this.toggle(item);
    else this.choose(item);
  }

  choose(item) {
    if (!item) return;
    if (item.hasAttribute("aria-disabled")) {
      if (item.hasAttribute("aria-expanded")) this.toggle(item);
      return;
    }
    const { id, title } = item.dataset;
    remember(this.input.dataset.person, this.input.dataset.picker, id);
    if (this.hidden) {
      this.title = this.input.value = title;
      this.hidden.value = id;
    } else {
      this.input.value = "";
      this.add(id, title);
    }
    this.close();
    this.input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  add(id, title) {
    const name = this.input.dataset.name;
    const box = this.input.form.querySelector(`[data-many="${name}"]`);
    const there = box.querySelector(`input[value="${id}"]`);
    if (there) {
      there.checked = true;
      return;
    }
    box.append(choice(name, id, title, true));
    this.said.textContent = title;
  }

  close() {
    clearTimeout(this.timer);
    this.asked++;
    this.box.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.activate(null);
  }
}

document.querySelectorAll("input.combobox").forEach((input) => new Combobox(input));

// After a form came back with mistakes the reader starts at their summary.
document.getElementById("errors")?.focus();
