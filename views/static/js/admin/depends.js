// Fields that depend on another one: `data-only="level=branch"` is shown while level is a branch (`level=`: while it is filled
// in), `data-needed="type_id=3 7"` is marked as needed for these types. Without this module all fields are shown; the server
// judges what is sent in any case. A field that holds something is never hidden, nor one whose condition nobody has settled yet.
const controls = (box) => [...box.querySelectorAll("input, select, textarea")];
const holds = (one) => (one.type === "checkbox" || one.type === "radio" ? one.checked : one.value.trim() !== "");

/** What the form says of a field: its values, or null if the field is not in the form. */
export function said(form, name) {
  const found = [...form.elements].filter((one) => one.name === name);
  return found.length ? found.filter(holds).map((one) => one.value) : null;
}

/** Do these values fit the condition `name=a b`? A field that is not in the form can't be judged: it fits. */
export function fits(condition, of) {
  const [name, allowed] = condition.split("=");
  const values = of(name);
  if (values === null) return true;
  return allowed ? values.some((value) => allowed.split(" ").includes(value)) : values.length > 0;
}

/** Is a value asked for that the form does not say yet? */
export function open(condition, of) {
  const [name, allowed] = condition.split("=");
  return Boolean(allowed) && of(name)?.length === 0;
}

function settle(form) {
  const of = (name) => said(form, name);
  form.querySelectorAll("[data-only]").forEach((box) => {
    const only = box.dataset.only;
    box.hidden = !fits(only, of) && !open(only, of) && !controls(box).some(holds) && !box.querySelector(".bad");
  });
  form.querySelectorAll("[data-needed]").forEach((box) => {
    const needed = fits(box.dataset.needed, (name) => of(name) ?? []);
    box.querySelector(".needed").hidden = !needed;
    controls(box).filter((one) => one.type !== "checkbox" && one.type !== "hidden").forEach((one) => one.setAttribute("aria-required", String(needed)));
  });
}

if (typeof document !== "undefined") {
  new Set([...document.querySelectorAll("[data-only], [data-needed]")].map((box) => box.closest("form"))).forEach((form) => {
    form.addEventListener("input", () => settle(form));
    form.addEventListener("change", () => settle(form));
    settle(form);
  });
}
