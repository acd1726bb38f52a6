// The rows that a person has chosen lately in pickers, by look-up: ids only, so that nothing is told to who comes after, and the
// server says anew what they are called and whether they may still be seen. They are forgotten when somebody else works here,
// and when the person signs out (menu.js).
const NAME = "modo.recent";
const MOST = 5;

/** What is kept for the person: {person, chosen: {look-up: [id, …]}}. */
function read(person) {
  try {
    const kept = JSON.parse(localStorage.getItem(NAME));
    if (kept?.person === person && kept.chosen) return kept;
  } catch {
    // storage is switched off, or what it holds is not ours
  }
  return { person, chosen: {} };
}

/** The ids chosen at this look-up, the last one first. */
export function recent(person, address) {
  const ids = read(person).chosen[address];
  return Array.isArray(ids) ? ids.slice(0, MOST) : [];
}

export function remember(person, address, id) {
  const kept = read(person);
  kept.chosen[address] = [id, ...recent(person, address).filter((one) => one !== id)].slice(0, MOST);
  try {
    localStorage.setItem(NAME, JSON.stringify(kept));
  } catch {
    // storage is full or switched off: nothing is offered again
  }
}

export function forget() {
  try {
    localStorage.removeItem(NAME);
  } catch {
    // storage is switched off: nothing was kept either
  }
}
