// What was typed is not lost when the session has ended, the line is down or the server failed: a form with `data-keep` (the
// person's number) leaves what it sends in this tab's sessionStorage, and the same form, opened afresh (`data-fresh`) by the same
// person, has it again. It is forgotten once the form has been answered, and when somebody else opens a page here.
const NAME = "modo.kept";
const SECRET = new Set(["csrf_token"]);

function read() {
  try {
    return JSON.parse(sessionStorage.getItem(NAME)) ?? null;
  } catch {
    return null;
  }
}

function forget() {
  try {
    sessionStorage.removeItem(NAME);
  } catch {
    // storage is switched off: nothing was kept either
  }
}

/** The page's address without what follows #. */
const here = () => location.pathname + location.search;

/** A box's words: check boxes of a list may be missing when the form is opened afresh. */
const wordsOf = (input) => input.closest("label")?.textContent.trim() ?? "";

function keep(form) {
  const fields = [...form.elements].filter((field) => field.name && !SECRET.has(field.name) && field.type !== "file" && field.type !== "password");
  const sent = fields.filter((field) => !["checkbox", "radio"].includes(field.type) || field.checked);
  const kept = sent.map((field) => [field.name, field.value, field.type === "checkbox" ? wordsOf(field) : ""]);
  try {
    sessionStorage.setItem(NAME, JSON.stringify({ person: form.dataset.keep, page: here(), kept }));
  } catch {
    // storage is full or switched off: the form is sent all the same
  }
}

/** Put it back; says whether anything differs from what the form shows by itself. */
function restore(form, kept) {
  let differs = false;
  const put = (field, property, value) => {
    if (field[property] === value) return;
    field[property] = value;
    differs ||= field.name !== "base";
  };
  const has = (field) => kept.some(([name, value]) => name === field.name && value === field.value);
  for (const [name, value, words] of kept) {
    const list = words && form.querySelector(`[data-many="${CSS.escape(name)}"]`);
    if (list && ![...list.querySelectorAll("input")].some((box) => box.value === value)) list.append(choice(name, value, words));
  }
  for (const field of form.elements) {
    if (!field.name || SECRET.has(field.name) || field.type === "file" || field.type === "password") continue;
    const found = kept.find(([name]) => name === field.name);
    if (["checkbox", "radio"].includes(field.type)) put(field, "checked", has(field));
    else if (found) put(field, "value", found[1]);
  }
  return differs;
}

/** A check box of a list. */
export function choice(name, value, words, checked = false) {
  const label = Object.assign(document.createElement("label"), { className: "choice" });
  const text = Object.assign(document.createElement("span"), { textContent: words });
  label.append(Object.assign(document.createElement("input"), { type: "checkbox", name, value, checked }), text);
  return label;
}

/** Has the kept form been answered? Then this is the page that it was answered with. */
const answered = (kept) => document.referrer.startsWith(location.origin) && document.referrer.slice(location.origin.length) === kept.page;

function begin() {
  const form = document.querySelector("form[data-keep]");
  const kept = read();
  const foreign = kept && form && kept.person !== form.dataset.keep;
  if (kept && (foreign || answered(kept) || (form && kept.page === here()))) forget();
  if (kept && !foreign && !answered(kept) && form && "fresh" in form.dataset && kept.page === here() && restore(form, kept.kept)) {
    const note = document.getElementById("kept");
    note.hidden = false;
    note.focus();
  }
  form?.addEventListener("submit", () => keep(form));
}

begin();
