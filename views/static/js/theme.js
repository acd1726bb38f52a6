/* Changes the view without leaving the page. Without scripts the same form is sent and the page comes back in the new view. */
const root = document.documentElement;

function show(view) {
  delete root.dataset.theme;
  delete root.dataset.view;
  if (view === "dark") root.dataset.theme = view;
  if (view === "large") root.dataset.view = view;
  for (const button of document.querySelectorAll("button[name=view]")) {
    button.setAttribute("aria-pressed", String(button.value === view));
  }
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const button = event.submitter;
  if (!form.matches("form[data-view-form]") || !button) return;
  event.preventDefault();
  show(button.value);
  const data = new FormData(form, button);
  const kept = await fetch(form.action, { method: "POST", body: data, headers: { Accept: "application/json" } }).catch(() => null);
  if (!kept?.ok) form.querySelector("[role=status]").hidden = false;
});
