import { forget } from "./recent.js";

/* Drop-downs are plain <details>. This closes them as people expect: Escape, a click elsewhere, opening another one. */
const opened = () => document.querySelectorAll("details.drop[open]");

document.addEventListener("click", (event) => {
  for (const drop of opened()) if (!drop.contains(event.target)) drop.open = false;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const drop of opened()) {
    const inside = drop.contains(document.activeElement);
    drop.open = false;
    if (inside) drop.querySelector("summary").focus();
  }
});

document.addEventListener("focusout", (event) => {
  const drop = event.target.closest?.("details.drop[open]");
  if (drop && event.relatedTarget && !drop.contains(event.relatedTarget)) drop.open = false;
});

/* Whoever signs out leaves nothing of their choices to who comes after. */
document.addEventListener("submit", (event) => {
  if (new URL(event.target.action, location.href).pathname === "/logout") forget();
});
