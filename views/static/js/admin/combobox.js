// Rows of another table are offered while one types (WAI-ARIA combobox with a list). The page works without this module: the
// server looks up what was typed. The chosen id lies in the hidden input `data-name`; with `data-adds` it becomes a check box.
import { choice } from "../keep.js";

const WAIT = 180;

class Combobox {
  constructor(input) {
    this.input = input;
    this.list = document.getElementById(`${input.id}-list`);
    this.said = document.getElementById(`${input.id}-said`);
    this.hidden = "adds" in input.dataset ? null : input.form.querySelector(`input[type=hidden][name="${input.dataset.name}"]`);
    this.title = input.value;
    this.asked = 0;
    this.place = -1;
    for (const [name, value] of [["role", "combobox"], ["aria-expanded", "false"], ["aria-controls", this.list.id], ["aria-autocomplete", "list"]]) {
      input.setAttribute(name, value);
    }
    input.addEventListener("input", () => this.typed());
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("blur", () => this.close());
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => this.choose(event.target.closest("[role=option]")));
  }

  get options() {
    return [...this.list.querySelectorAll("[role=option]")];
  }

  typed() {
    if (this.hidden && this.input.value !== this.title) this.hidden.value = "";
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), WAIT);
  }

  async ask() {
    const turn = ++this.asked;
    let rows = [];
    try {
      const answer = await fetch(`${this.input.dataset.picker}?q=${encodeURIComponent(this.input.value)}`, { headers: { Accept: "application/json" } });
      if (answer.ok) rows = await answer.json();
    } catch {
      return; // no connection: what was typed is looked up when the form is sent
    }
    if (turn === this.asked && document.activeElement === this.input) this.show(rows);
  }

  show(rows) {
    this.place = -1;
    this.list.replaceChildren(...rows.map((row, place) => this.option(row, place)));
    this.list.hidden = rows.length === 0;
    this.input.setAttribute("aria-expanded", String(rows.length > 0));
    this.input.removeAttribute("aria-activedescendant");
    this.said.textContent = rows.length ? `${this.input.dataset.count} ${rows.length}` : this.input.dataset.none;
  }

  option(row, place) {
    const item = document.createElement("li");
    item.id = `${this.list.id}-${place}`;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    item.dataset.id = row.id;
    item.dataset.title = row.title;
    item.append(row.title);
    if (row.hint) {
      const hint = document.createElement("small");
      hint.textContent = row.hint;
      item.append(hint);
    }
    return item;
  }

  key(event) {
    const open = !this.list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (open) this.move(event.key === "ArrowDown" ? 1 : -1);
      else this.ask();
    } else if (event.key === "Enter" && open) {
      event.preventDefault();
      this.choose(this.options[Math.max(this.place, 0)]);
    } else if (event.key === "Escape" && open) {
      event.stopPropagation();
      this.close();
    }
  }

  move(step) {
    const options = this.options;
    this.place = (this.place + step + options.length) % options.length;
    options.forEach((option, place) => option.setAttribute("aria-selected", String(place === this.place)));
    options[this.place].scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", options[this.place].id);
  }

  choose(option) {
    if (!option) return;
    if (this.hidden) {
      this.title = this.input.value = option.dataset.title;
      this.hidden.value = option.dataset.id;
    } else {
      this.input.value = "";
      this.add(option.dataset.id, option.dataset.title);
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
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}

document.querySelectorAll("input.combobox").forEach((input) => new Combobox(input));

// After a form came back with mistakes the reader starts at their summary.
document.getElementById("errors")?.focus();
