// Ticked rows of a list: all of the page at once, and how many there are. Without this module rows are ticked one by one.
const bar = document.getElementById("bulk");

if (bar) {
  const all = bar.querySelector("[data-all]");
  const box = all.querySelector("input");
  const said = bar.querySelector("[data-ticked]");
  const boxes = () => [...document.querySelectorAll(".tick")];

  const tell = () => {
    const ticked = boxes().filter((one) => one.checked).length;
    box.checked = ticked > 0 && ticked === boxes().length;
    box.indeterminate = ticked > 0 && !box.checked;
    said.textContent = ticked ? said.dataset.ticked.replace("#", ticked) : "";
    bar.classList.toggle("on", ticked > 0);
  };

  box.addEventListener("change", () => {
    for (const one of boxes()) one.checked = box.checked;
    tell();
  });
  document.addEventListener("change", (event) => event.target.matches?.(".tick") && tell());
  addEventListener("pageshow", tell); // a browser that comes back has the ticks as they were left
  all.hidden = false;
  tell();
}
