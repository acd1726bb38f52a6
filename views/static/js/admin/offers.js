// The rows of a picker's list, drawn from what its look-up answers: options, or items of a tree where others stand under them.
// The list is flat: an item's level says under which of those before it it stands.

/** Is anything in it to be opened? Then it is a tree. */
export const isTree = (answer) => answer.rows.some((row) => row.opens);

/** The items and options, in their order. */
export const itemsOf = (list) => [...list.querySelectorAll("[role=option], [role=treeitem]")];

export const levelOf = (item) => Number(item.getAttribute("aria-level") ?? 1);

/** The list's content; with lately chosen rows in groups. `words`: {recent, all}, the groups' headings. */
export function drawn(answer, id, words) {
  const role = isTree(answer) ? "treeitem" : "option";
  const rows = answer.rows.map((row, place) => item(row, role, `${id}-${place}`, answer.rows[place + 1]?.level > row.level));
  if (!answer.recent.length) return rows;
  const recent = answer.recent.map((row, place) => item(row, role, `${id}-recent-${place}`));
  return [group(words.recent, recent, `${id}-recent`), group(words.all, rows, `${id}-all`)];
}

function group(words, items, id) {
  const heading = element("div", { className: "heading", id, textContent: words });
  const box = element("div", {}, { role: "group", "aria-labelledby": id });
  heading.setAttribute("role", "presentation");
  box.append(heading, ...items);
  return box;
}

/** One row. `open`: what stands under it comes next. */
export function item(row, role, id, open = false) {
  const made = element("div", { id, className: "offer" }, { role, "aria-selected": "false" });
  Object.assign(made.dataset, { id: row.id, title: row.title });
  if (role === "treeitem") {
    made.setAttribute("aria-level", Math.min(row.level, 9));
    if (row.opens) made.setAttribute("aria-expanded", String(open));
    made.append(element("span", { className: "twist" }, { "aria-hidden": "true" }));
  }
  if (!row.may) made.setAttribute("aria-disabled", "true");
  made.append(said(row));
  return made;
}

function said(row) {
  const text = element("span", { className: "text" });
  text.append(row.title);
  if (row.closed) text.append(" ", element("span", { className: "tag warn", textContent: row.closed }));
  for (const line of [row.hint, row.place]) if (line) text.append(element("small", { textContent: line }));
  return text;
}

/** The items under this one, as far as they are shown. */
export function below(one) {
  const found = [];
  for (let next = one.nextElementSibling; next && (levelOf(next) > levelOf(one) || !next.id); next = next.nextElementSibling) found.push(next);
  return found;
}

/** The item above it, or null. */
export function above(one) {
  let at = one.previousElementSibling;
  while (at && !(at.matches("[role=treeitem]") && levelOf(at) < levelOf(one))) at = at.previousElementSibling;
  return at;
}

/** What was answered for an opened item, to stand after it; the sentence that there are more comes last. */
export function opened(one, answer) {
  const level = levelOf(one) + 1;
  const rows = answer.rows.map((row, place) => item({ ...row, level }, "treeitem", `${one.id}-${place}`));
  const more = element("div", { className: "more", textContent: answer.said }, { role: "presentation" });
  return answer.said ? [...rows, more] : rows;
}

function element(name, properties, attributes = {}) {
  const made = Object.assign(document.createElement(name), properties);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
