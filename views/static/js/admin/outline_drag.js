// Organizations are dragged onto their new superior: the marked ones together, else the one. Nodes open under the pointer; where it
// cannot be, nothing is dropped; Esc ends it. What follows is asked on the page of the move, which is also reached without dragging.
import { closedUp, item, looks, marked, nameOf, open, words } from "./outline.js";

const WAIT = 650; // ms over a closed node until it opens
const tree = document.querySelector(".outline");
const said = document.querySelector(".dragsaid"); // lies over the page: what moves it would move the goal from under the pointer
let moved = [];
let over = null;
let timer = 0;

/** Can all of these stand under the node, and is that a change for one of them? */
export function fits(target, several) {
  const takes = (target.dataset.takes ?? "").split(" ");
  const above = (li) => item(li.parentElement);
  return several.every((li) => takes.includes(li.dataset.level) && !li.contains(target)) && several.some((li) => above(li) !== target);
}

function leave() {
  clearTimeout(timer);
  if (over) delete over.firstElementChild.dataset.drop;
  over = null;
}

function enter(li) {
  leave();
  over = li;
  const fit = fits(li, moved);
  const name = nameOf(li).textContent;
  li.firstElementChild.dataset.drop = fit ? "onto" : "no";
  said.textContent = words(fit ? tree.dataset.onto : tree.dataset.unfit, { name, count: moved.length });
  if (closedUp(li)) timer = setTimeout(() => open(li), WAIT);
}

function end() {
  leave();
  moved.forEach((li) => li.classList.remove("dragged"));
  moved = [];
  said.textContent = "";
}

function begin(event) {
  const li = item(event.target);
  if (!li?.firstElementChild.hasAttribute("data-may")) return;
  const several = marked();
  moved = several.includes(li) ? several : [li];
  moved.forEach((one) => one.classList.add("dragged"));
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", moved.map((one) => nameOf(one).textContent).join("\n"));
  event.dataTransfer.setDragImage(li.firstElementChild, 12, 12);
}

if (tree) {
  tree.addEventListener("pointerdown", (event) => {
    const node = event.target.closest(".node[data-may]");
    if (node && event.pointerType === "mouse") node.draggable = true;
  });
  tree.addEventListener("dragstart", begin);
  tree.addEventListener("dragover", (event) => {
    const li = item(event.target);
    if (!moved.length || !li) return;
    if (li !== over) enter(li);
    if (li.firstElementChild.dataset.drop === "onto") {
      event.preventDefault();
      event.dataTransfer.dropEffect = "move";
    }
  });
  tree.addEventListener("dragleave", (event) => moved.length && !tree.contains(event.relatedTarget) && leave());
  document.addEventListener("dragend", end);
  tree.addEventListener("drop", (event) => {
    const target = item(event.target);
    if (!moved.length || !target || !fits(target, moved)) return;
    event.preventDefault();
    const asked = [...looks(), ...moved.map((li) => ["id", li.dataset.id]), ["parent_id", target.dataset.id]];
    end();
    location.assign(`${tree.dataset.move}?${new URLSearchParams(asked)}`);
  });
}
