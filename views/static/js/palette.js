// Ctrl+K: screens and records by a few letters (WAI-ARIA combobox with a list). What may be opened is the server's answer.
const WAIT = 120;
const dialog = document.getElementById("palette");
const input = document.getElementById("palette-text");
const list = document.getElementById("palette-list");
const said = document.getElementById("palette-said");
let timer;
let asked = 0;
let place = 0;

document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.code !== "KeyK") return;
  event.preventDefault();
  if (dialog.open) return dialog.close();
  dialog.showModal();
  input.select();
  ask();
});

input.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(ask, WAIT);
});
input.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    choose(place + (event.key === "ArrowDown" ? 1 : -1));
  } else if (event.key === "Enter") {
    event.preventDefault();
    list.children[place]?.click();
  } else if (event.key === "Escape") {
    event.preventDefault(); // a search box would only empty itself
    dialog.close();
  }
});
dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());

async function ask() {
  const turn = ++asked;
  try {
    const answer = await fetch(`${dialog.dataset.address}?q=${encodeURIComponent(input.value)}`, { headers: { Accept: "application/json" } });
    if (answer.ok && turn === asked) show(await answer.json());
  } catch {
    // no connection: what is shown stays
  }
}

function show(found) {
  list.replaceChildren(...found.map(option));
  said.textContent = found.length ? `${dialog.dataset.count} ${found.length}` : dialog.dataset.none;
  input.setAttribute("aria-expanded", String(found.length > 0));
  choose(0);
}

function option(one, at) {
  const link = document.createElement("a"); // itself the option: an option may hold nothing that takes the focus
  link.id = `palette-${at}`;
  link.setAttribute("role", "option");
  link.href = one.address;
  link.tabIndex = -1;
  link.append(one.title);
  if (one.hint) {
    const hint = document.createElement("small");
    hint.textContent = one.hint;
    link.append(hint);
  }
  return link;
}

function choose(at) {
  const options = [...list.children];
  if (!options.length) return input.removeAttribute("aria-activedescendant");
  place = (at + options.length) % options.length;
  options.forEach((one, number) => one.setAttribute("aria-selected", String(number === place)));
  options[place].scrollIntoView({ block: "nearest" });
  input.setAttribute("aria-activedescendant", options[place].id);
}
