// Lists by keyboard (/, j, k, Enter, ?), and the way back: a card leads to the page of the list that it was opened from, where its
// row is marked. Letters are told by their keys, so they work in the Russian layout too. The page works without this module.
const table = document.querySelector("table[data-list]");
const dialog = document.getElementById("keys");
const typing = (element) => element.matches?.("input, select, textarea, [contenteditable]");
const stored = (address) => {
  try {
    return sessionStorage.getItem(`list:${address}`);
  } catch {
    return null; // storage is switched off
  }
};

const rows = () => [...table.querySelectorAll("tbody tr[id]")];
const now = () => rows().findIndex((row) => row.contains(document.activeElement) || row.matches(".at"));

function go(step) {
  const all = rows();
  const place = Math.min(Math.max(now() + step, 0), all.length - 1);
  mark(all[place]);
  all[place]?.querySelector("a")?.focus({ preventScroll: true });
  all[place]?.scrollIntoView({ block: "nearest" });
}

function mark(row) {
  table.querySelector("tr.at")?.classList.remove("at");
  row?.classList.add("at");
}

const actions = {
  Slash: (event) => {
    const box = document.getElementById("q");
    if (!box || event.shiftKey) return false;
    box.focus();
    box.select();
    return true;
  },
  KeyJ: () => table && rows().length && (go(1), true),
  KeyK: () => table && rows().length && (go(-1), true),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
  if (event.key === "?" || (event.code === "Slash" && event.shiftKey)) {
    event.preventDefault();
    dialog.showModal();
  } else if (event.key === "/" ? actions.Slash(event) : event.code !== "Slash" && actions[event.code]?.(event)) {
    event.preventDefault();
  }
});

for (const button of document.querySelectorAll("[data-keys]")) {
  button.hidden = false;
  button.addEventListener("click", () => dialog.showModal());
}

if (table) {
  try {
    sessionStorage.setItem(`list:${table.dataset.list}`, location.search);
  } catch {
    // storage is switched off: the way back leads to the first page
  }
  const marked = location.hash.startsWith("#row-") && document.getElementById(location.hash.slice(1));
  if (marked) {
    mark(marked);
    marked.querySelector("a")?.focus({ preventScroll: true });
    marked.scrollIntoView({ block: "center" });
  }
} else {
  const row = new URLSearchParams(location.search).get("id");
  for (const link of document.querySelectorAll(".crumbs a[href]")) {
    const query = stored(link.getAttribute("href"));
    if (query !== null) link.href = `${link.getAttribute("href")}${query}${row ? `#row-${row}` : ""}`;
  }
}
