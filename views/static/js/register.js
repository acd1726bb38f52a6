// The registration form says what is missing before it is sent, so that the passwords need not be typed again.
// Without this script the server says the same.

const form = document.querySelector("form[data-check]");

if (form) {
  const none = form.elements.no_patronymic;
  const patronymic = form.elements.patronymic;
  const follow = () => {
    patronymic.disabled = none.checked;
  };
  none.addEventListener("change", follow);
  follow();

  form.addEventListener("submit", (event) => {
    const empty = [...form.elements].find(isMissing);
    if (!empty) return;
    event.preventDefault();
    for (const field of form.elements) mark(field);
    empty.focus();
  });
  form.addEventListener("input", (event) => mark(event.target));
  form.addEventListener("change", (event) => mark(event.target));
}

function isMissing(field) {
  if (!field.name || field.disabled || field.type === "hidden") return false;
  if (field.name === "consent") return !field.checked;
  if (field.name === "no_patronymic") return false;
  return field.type !== "submit" && field.type !== "button" && "value" in field && field.value.trim() === "";
}

function mark(field) {
  const missing = isMissing(field);
  const box = field.closest(".field");
  if (!box) return;
  box.classList.toggle("bad", missing);
  field.ariaInvalid = missing ? "true" : null;
  const said = box.querySelector(".wrong");
  if (!missing) {
    said?.remove();
    return;
  }
  if (said || !field.dataset.missing) return;
  const words = document.createElement("p");
  words.className = "wrong";
  words.id = `${field.id}-wrong`;
  words.textContent = field.dataset.missing;
  field.setAttribute("aria-describedby", [`${field.id}-hint`, words.id].filter((id) => id === words.id || document.getElementById(id)).join(" "));
  (field.closest("label") ?? field).before(words);
}
