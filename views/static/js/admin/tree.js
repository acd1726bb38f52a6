// The tree of a list's items: Alt with an arrow presses the button that moves the chosen item; an item that is dragged lands
// before, after or under another one. Both send the form that the buttons send.
const form = document.getElementById("move");
const KEYS = { ArrowUp: "up", ArrowDown: "down", ArrowRight: "in", ArrowLeft: "out" };

/** Where in a row's height the pointer is: before it, under it or after it. */
export const zone = (top, height, y) => (y < top + height / 3 ? "before" : y > top + (height * 2) / 3 ? "after" : "under");

/** What the form sends for an item dropped there: under which item and after which neighbour ("" for none). */
function landing(target, where) {
  const upper = target.parentElement.closest("[data-item]")?.dataset.item ?? "";
  if (where === "after") return { parent: upper, after: target.dataset.item };
  if (where === "before") return { parent: upper, after: target.previousElementSibling?.dataset.item ?? "" };
  const last = target.querySelector(":scope > details > ul")?.lastElementChild;
  return { parent: target.dataset.item, after: last?.dataset.item ?? "" };
}

function send(values) {
  for (const [name, value] of Object.entries(values)) {
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
  form.requestSubmit();
}

function drag() {
  let moved = null;
  let over = null;
  const clear = () => over?.removeAttribute("data-drop");
  const node = (event) => event.target.closest?.(".node");
  document.querySelectorAll(".tree .node").forEach((one) => (one.draggable = true));
  document.addEventListener("dragstart", (event) => {
    moved = node(event)?.closest("[data-item]") ?? null;
  });
  document.addEventListener("dragover", (event) => {
    clear();
    over = node(event);
    if (!moved || !over || moved.contains(over)) return;
    event.preventDefault();
    const box = over.getBoundingClientRect();
    over.dataset.drop = zone(box.top, box.height, event.clientY);
  });
  document.addEventListener("dragend", clear);
  document.addEventListener("drop", (event) => {
    if (!moved || !over?.dataset.drop) return;
    event.preventDefault();
    const { parent, after } = landing(over.closest("[data-item]"), over.dataset.drop);
    send({ item: moved.dataset.item, step: "put", parent, after: after === moved.dataset.item ? (moved.previousElementSibling?.dataset.item ?? "") : after });
  });
}

if (form) {
  drag();
  document.addEventListener("keydown", (event) => {
    const step = event.altKey ? KEYS[event.key] : null;
    if (!step || !document.activeElement?.matches(".tree input[type=radio]")) return;
    event.preventDefault();
    document.activeElement.checked = true;
    form.querySelector(`[value=${step}]`).click();
  });
}
