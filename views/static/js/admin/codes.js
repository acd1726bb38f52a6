// Codes and addresses as one types: the same rules as admin_app/reporting/codes.py (tests/crud/test_codes_js.py compares them).
const INN_10 = [2, 4, 10, 3, 5, 9, 4, 6, 8];
const INN_11 = [7, 2, 4, 10, 3, 5, 9, 4, 6, 8];
const INN_12 = [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8];
const OKPO = [1, 2, 3, 4, 5, 6, 7, 8, 9];
const OKPO_AGAIN = [3, 4, 5, 6, 7, 8, 9, 10, 1];
const LETTER = "0-9A-Za-zА-Яа-яЁё";
const LABEL = "0-9a-zа-яё";
const ATOM = "[0-9a-z!#$%&'*+/=?^_`{|}~\\-]+";
const HOST = `([${LETTER}]([${LETTER}-]*[${LETTER}])?\\.)+[${LETTER}-]{2,}`;

const weighted = (text, weights) => weights.reduce((sum, weight, place) => sum + weight * Number(text[place] ?? 0), 0);
const shaped = (pattern) => (text) => (new RegExp(`^(?:${pattern})$`, "u").test(text) ? null : "shape");

function inn(text) {
  if (!/^([0-9]{10}|[0-9]{12})$/.test(text)) return "shape";
  const rows = text.length === 10 ? [INN_10] : [INN_11, INN_12];
  return rows.every((row) => (weighted(text, row) % 11) % 10 === Number(text[row.length])) ? null : "digit";
}

function ogrn(text) {
  if (!/^([0-9]{13}|[0-9]{15})$/.test(text)) return "shape";
  const rest = BigInt(text.slice(0, -1)) % BigInt(text.length - 2);
  return Number(rest % 10n) === Number(text.at(-1)) ? null : "digit";
}

function okpo(text) {
  if (!/^([0-9]{8}|[0-9]{10}|[0-9]{14})$/.test(text)) return "shape";
  if (text.length === 14) return null;
  const body = text.slice(0, -1);
  let rest = weighted(body, OKPO) % 11;
  if (rest === 10) rest = (weighted(body, OKPO_AGAIN) % 11) % 10;
  return rest === Number(text.at(-1)) ? null : "digit";
}

const onePhone = shaped("\\+?[0-9 ()\\u2010-\\u2015\\-]+((доб|ext)?\\.? ?[0-9]+)?");
function phone(text) {
  const well = text.split(/[,;]/).every((number) => {
    const digits = number.replace(/[^0-9]/g, "").length;
    return onePhone(number.trim()) === null && digits >= 5 && digits <= 15;
  });
  return well ? null : "shape";
}

const RULES = {
  inn,
  kpp: shaped("[0-9]{4}[0-9A-Z]{2}[0-9]{3}"),
  ogrn,
  okpo,
  oktmo: shaped("[0-9]{8}|[0-9]{11}"),
  email: shaped(`(?=.{1,64}@)${ATOM}(\\.${ATOM})*@([${LABEL}]([${LABEL}-]{0,61}[${LABEL}])?\\.)+[${LABEL}-]{0,61}[a-zа-яё]{2}`),
  phone,
  site: shaped(`(https?://)?${HOST}(:[0-9]+)?([/?#]\\S*)?`),
};

/** Why `text` is no code of this kind ("shape" or "digit"), or null. */
export const reason = (kind, text) => RULES[kind](text);

/** What was meant by what was typed. */
export function clean(kind, text) {
  const trimmed = text.trim();
  if (kind === "email") return trimmed.toLowerCase();
  if (kind === "phone" || kind === "site") return trimmed.replace(/\s+/g, " ");
  return trimmed.replace(/[\s\u2010-\u2015-]/g, "").toUpperCase();
}

/** Watch one input: says what is wrong when one leaves the field, takes it back as soon as it is right. */
function watch(input) {
  const words = JSON.parse(input.dataset.words);
  const note = Object.assign(document.createElement("p"), { id: `${input.id}-live`, className: "wrong" });
  note.setAttribute("role", "status");
  input.after(note);
  input.setAttribute("aria-describedby", `${input.getAttribute("aria-describedby") ?? ""} ${note.id}`.trim());
  const tell = () => {
    const text = clean(input.dataset.code, input.value);
    const why = text ? reason(input.dataset.code, text) : null;
    note.textContent = why ? words[why] : "";
    if (why) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  };
  input.addEventListener("change", tell);
  input.addEventListener("input", () => note.textContent && tell());
}

if (typeof document !== "undefined") document.querySelectorAll("input[data-code]").forEach(watch);
