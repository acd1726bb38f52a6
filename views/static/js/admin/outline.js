// The tree of organizations: nodes open in place, further parts of a list come in place, the arrows lead from one to the next.
// Without this module the same buttons ask the server for the page. What is open stands in the address, so that the way back finds it.
const tree = document.querySelector(".outline");
const state = document.getElementById("state");
const bar = document.getElementById("marked");
const told = document.querySelector(".told");

export const item = (element) => element?.closest?.("li[data-id]") ?? null;
const own = (li, what) => li.querySelector(`:scope > .node > ${what}`);
export const nameOf = (li) => own(li, ".name");
const fold = (li) => own(li, "button.fold");
const list = (li) => li.querySelector(":scope > ul");
export const closedUp = (li) => fold(li)?.getAttribute("aria-expanded") === "false";
const opened = (li) => fold(li)?.getAttribute("aria-expanded") === "true";
const inSight = (element) => !element.closest("ul[hidden]");
const say = (words) => (told.textContent = words);
export const words = (text, values) => text.replace(/\{(\w+)\}/g, (_all, name) => values[name]);

/** The parameters of how the tree is looked at: what is open, closed ones, the day. */
export const looks = () => [...new FormData(state)];

// ── Opening ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** A part of a node's list from the server, as a <ul>; null if it could not be had. */
async function part(li, number) {
  const asked = new URLSearchParams([...looks().filter(([name]) => name !== "open"), ["id", li.dataset.id], ["part", number]]);
  li.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(`${tree.dataset.below}?${asked}`);
    if (answer.redirected) location.reload(); // the session has ended
    if (!answer.ok) throw new Error(String(answer.status));
    return new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("ul");
  } catch {
    say(tree.dataset.lost);
    return null;
  } finally {
    li.removeAttribute("aria-busy");
  }
}

export async function open(li) {
  if (!closedUp(li) || li.hasAttribute("aria-busy")) return;
  if (!list(li)) {
    const under = await part(li, 1);
    if (!under) return;
    under.id = `under-${li.dataset.id}`;
    hold(under);
    li.append(under);
    fold(li).setAttribute("aria-controls", under.id);
  }
  list(li).hidden = false;
  fold(li).setAttribute("aria-expanded", "true");
  remember();
}

function close(li) {
  if (list(li)) list(li).hidden = true;
  fold(li).setAttribute("aria-expanded", "false");
  remember();
}

/** The next or the previous part of a list, in the place of the button that asked for it. */
async function more(button) {
  const line = button.closest("li.more");
  const { edge } = line.dataset;
  const there = item(line);
  const under = await part(there, button.dataset.part);
  if (!under) return;
  under.querySelector(`:scope > .more[data-edge=${edge === "after" ? "before" : "after"}]`)?.remove();
  hold(under);
  const fresh = [...under.children].filter((one) => one.dataset.id);
  const first = edge === "after" ? fresh[0] : fresh.at(-1);
  line.replaceWith(...under.childNodes);
  if (first) go(first);
}

/** Keep in the forms and in the address what is open. */
function remember() {
  const ids = [...tree.querySelectorAll("li[data-id]")].filter((li) => opened(li) && inSight(li)).map((li) => li.dataset.id);
  for (const input of document.querySelectorAll("input[name=open]")) input.value = ids.join(".");
  if (new URLSearchParams(location.search).get("q")) return; // the way back leads to what was found
  const here = new URLSearchParams([...looks(), ["id", current?.dataset.id ?? ""]].filter(([, value]) => value));
  history.replaceState(null, "", `?${here}`);
}

// ── Leading the keyboard: of all nodes one is in the order of the Tab key ────────────────────────────────────────────

let current = null;
const controls = (li) => li.querySelectorAll(":scope > .node > :is(a, button, input)");
const hold = (part) => part.querySelectorAll(":is(.node > a, .node > button, .node > input)").forEach((one) => (one.tabIndex = -1));

function rove(li) {
  if (current) controls(current).forEach((one) => (one.tabIndex = -1));
  current = li;
  controls(li).forEach((one) => one.removeAttribute("tabindex"));
}

function go(li) {
  rove(li);
  nameOf(li).focus({ preventScroll: true });
  li.firstElementChild.scrollIntoView({ block: "nearest" });
}

/** The node that many steps further among those in sight. */
function beside(li, step) {
  const all = [...tree.querySelectorAll("li[data-id]")].filter(inSight);
  return all[Math.min(Math.max(step === Infinity ? all.length : all.indexOf(li) + step, 0), all.length - 1)];
}

const keys = {
  ArrowDown: (li) => go(beside(li, 1)),
  ArrowUp: (li) => go(beside(li, -1)),
  Home: (li) => go(beside(li, -Infinity)),
  End: (li) => go(beside(li, Infinity)),
  ArrowRight: (li) => (closedUp(li) ? open(li) : opened(li) && list(li).querySelector("li[data-id]") && go(list(li).querySelector("li[data-id]"))),
  ArrowLeft: (li) => (opened(li) ? close(li) : item(li.parentElement) && go(item(li.parentElement))),
  " ": (li, target) => target.matches(".name") && mark(li),
  KeyM: (li) => (own(li, ".mark-it:checked") ? bar.requestSubmit() : own(li, ".move")?.click()),
};

let line = Promise.resolve();

function pressed(event) {
  const li = item(event.target);
  const act = keys[event.key] ?? keys[event.code];
  if (!li || !act || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
  if (event.key === " " && !event.target.matches(".name")) return; // a button and a mark know the space bar themselves
  event.preventDefault();
  line = line.then(() => act(item(document.activeElement) ?? li, event.target)); // typed ahead: after what is being opened
}

// ── Marks ────────────────────────────────────────────────────────────────────────────────────────────────────────────

export const marked = () => [...tree.querySelectorAll(".mark-it:checked")].map(item);

function mark(li) {
  const box = own(li, ".mark-it");
  if (box) box.checked = !box.checked;
  count();
}

function count() {
  if (!bar) return;
  const many = marked().length;
  bar.hidden = !many;
  bar.querySelector(".count").textContent = many ? words(tree.dataset.marked, { count: many }) : "";
}

if (tree) {
  hold(tree);
  tree.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    const li = item(button);
    if (button?.matches(".fold")) {
      event.preventDefault();
      rove(li);
      opened(li) ? close(li) : open(li);
    } else if (button?.dataset.part) {
      event.preventDefault();
      more(button);
    }
  });
  tree.addEventListener("keydown", pressed);
  tree.addEventListener("focusin", (event) => item(event.target) && item(event.target) !== current && rove(item(event.target)));
  tree.addEventListener("change", count);
  bar?.addEventListener("reset", () => setTimeout(count));
  document.querySelector("[data-now]")?.addEventListener("change", (event) => event.target.form.requestSubmit());
  count();
  const at = tree.dataset.at ? tree.querySelector(`li[data-id="${tree.dataset.at}"]`) : null;
  rove(at ?? tree.querySelector("li[data-id]"));
  if (at) {
    go(at);
    at.firstElementChild.scrollIntoView({ block: "center" });
  }
}
