// What an attachment opens is said beside the button while the form is filled in. Without this module the server says it after
// the first press where much is opened.
const form = document.querySelector("form[data-effect]");
const ASIDE = new Set(["csrf_token", "answer"]); // not what the attachment is about
let asked = 0;

async function ask() {
  const turn = ++asked;
  const fields = new URLSearchParams([...new FormData(form)].filter(([name]) => !ASIDE.has(name)));
  const said = form.querySelector(".effect");
  try {
    const answer = await fetch(`${form.dataset.effect}?${fields}`, { headers: { Accept: "application/json" } });
    const { text, mark } = answer.ok ? await answer.json() : { text: "", mark: "" };
    if (turn !== asked) return;
    said.textContent = text;
    form.querySelector('[name="shown"]').value = mark;
  } catch {
    // no connection: the server says it when the form is sent
  }
}

form?.addEventListener("change", ask);
if (form?.querySelector('[name="organization_id"], [name="place"]')?.value) ask();
