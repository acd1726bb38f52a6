/**
 * Between what a person types or reads and what a cell holds: the same rules as `formula/typed.py`, so that the page says at
 * once what the server would say. The server's word counts.
 */

/**
 * What a cell accepts, read from its `<td>`.
 * @typedef {object} Rule
 * @property {"count"|"decimal"|"flag"|"year"|"text"|"choice"|"date"} type
 * @property {number} decimals
 * @property {number|null} minimum
 * @property {number|null} maximum
 */

/**
 * A value, or a mark in its place, or why there is none: `code` names the sentence, `params` fill it in.
 * @typedef {"na"|"nd"} Mark not applicable, not available
 * @typedef {{value: number|string|null, mark?: Mark, code?: undefined}|{code: string, params: Record<string, string>}} Parsed
 */

const SPACES = /[\s\u00a0\u2009\u202f\u2007\u200b-\u200d\u2060\ufeff]+/g; // also those that pasted text hides
const NUMBER = /^[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)$/;
const MINUSES = /[\u2212\u2013\u2014\u2010\u2011]/g;
const SUM = /^=?[0-9.]+(?:\+[0-9.]+)+$|^=[0-9.]+(?:[-+*/][0-9.]+)*$/;
const NOT_APPLICABLE = /^(?:н[/.\\]?п|n[/.\\]?a)\.?$/; // in the Russian layout the key of the slash types a full stop
const NOT_AVAILABLE = /^(?:н[/.\\]?д|n[/.\\]?d|nodata)\.?$/;
const THIN = "\u2009";
const LONGEST = 15;
const TEXT_LIMIT = 2000;
const LIMIT = 4503599627370496;
const FINE = 8796093022208;
const NUDGE = 1 / 1125899906842624;

/** @param {Rule} rule */
export const numeric = (rule) => rule.type === "count" || rule.type === "decimal" || rule.type === "flag" || rule.type === "year";

/**
 * `x` rounded half away from zero; `p` is 10 to the number of decimals. The same bits as `runtime.rnd`.
 * @param {number} x @param {number} p
 */
export function rnd(x, p) {
  let a = Math.abs(x * p);
  if (!(a < LIMIT)) return x;
  a = Math.floor(a < FINE ? a + 0.5 + a * NUDGE : a + 0.5) / p;
  return x < 0 && a !== 0 ? -a : a;
}

/** Digits with a point and a plain minus, no spaces. @param {string} text */
export const plain = (text) => text.replace(SPACES, "").replace(MINUSES, "-").replaceAll(",", ".");

/** @param {string} text */
function short(text) {
  const trimmed = text.trim();
  return trimmed.length <= 40 ? trimmed : `${trimmed.slice(0, 39)}…`;
}

/**
 * The value of what was typed; blank text is null.
 * @param {string} text @param {Rule} rule @returns {Parsed}
 */
export function parse(text, rule) {
  const stripped = text.replace(SPACES, " ").trim();
  if (!stripped) return {value: null};
  if (rule.type === "date") return date(stripped);
  if (!numeric(rule)) {
    return stripped.length > TEXT_LIMIT ? {code: "text-long", params: {limit: String(TEXT_LIMIT)}} : {value: stripped};
  }
  const mark = marked(stripped);
  return mark ? {value: null, mark} : number(plain(stripped), rule, short(stripped));
}

/** The mark that is typed in place of a number: «н/п», «н.д.», «нп», `n/a`. @param {string} text @returns {Mark|null} */
export function marked(text) {
  const word = text.replace(SPACES, "").toLowerCase();
  if (NOT_APPLICABLE.test(word)) return "na";
  return NOT_AVAILABLE.test(word) ? "nd" : null;
}

/** `typed` is how sentences quote it. @param {string} text @param {Rule} rule @param {string} typed @returns {Parsed} */
function number(text, rule, typed) {
  if (!NUMBER.test(text)) return {code: "letters", params: {text: typed}};
  const [whole, fraction = ""] = text.replace(/^[-+]/, "").split(".");
  if (fraction.replace(/0+$/, "").length > rule.decimals) {
    const params = {digits: String(rule.decimals), text: typed};
    return {code: rule.decimals === 0 ? "whole" : "decimals", params};
  }
  if (whole.replace(/^0+/, "").length + rule.decimals > LONGEST) return {code: "too-long", params: {text: typed}};
  const value = rnd(Number(text), 10 ** rule.decimals) + 0;
  return bounds(value, rule) ?? {value};
}

/** @param {number} value @param {Rule} rule @returns {Parsed|null} */
function bounds(value, rule) {
  if (rule.type === "flag" && value !== 0 && value !== 1) return {code: "flag", params: {}};
  if (rule.minimum !== null && value < rule.minimum) {
    return rule.minimum === 0 ? {code: "negative", params: {}} : {code: "less", params: {limit: show(rule.minimum, rule)}};
  }
  if (rule.maximum !== null && value > rule.maximum) return {code: "greater", params: {limit: show(rule.maximum, rule)}};
  return null;
}

/** 5.9.2025 and 05.09.2025 as 2025-09-05, as fields of dates want it; any other text as it is. @param {string} text */
export function iso(text) {
  const match = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/.exec(text);
  return match ? `${match[3]}-${match[2].padStart(2, "0")}-${match[1].padStart(2, "0")}` : text;
}

/** @param {string} text @returns {Parsed} */
function date(text) {
  const value = iso(text);
  const moment = /^\d{4}-\d{2}-\d{2}$/.test(value) ? new Date(`${value}T00:00:00Z`) : null;
  if (moment && !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(value)) return {value};
  return {code: "date", params: {text: short(text)}};
}

/**
 * The value for Russian readers: decimal comma, thin spaces between thousands; '' for a blank.
 * @param {number|string|null} value @param {Rule} rule
 */
export function show(value, rule) {
  if (value === null) return "";
  if (typeof value === "string") return rule.type === "date" ? value.split("-").reverse().join(".") : value;
  if (Number.isNaN(value)) return "#ДЕЛ/0!";
  if (rule.type === "year") return value.toFixed(0);
  const [whole, fraction] = Math.abs(value).toFixed(rule.decimals).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, THIN);
  const minus = value < 0 ? "\u2212" : "";
  return minus + grouped + (fraction ? `,${fraction}` : "");
}

/**
 * `=12+7*2` or `12+7` typed as a small sum, as its result written out; any other text as it is.
 * @param {string} text @param {Rule} rule
 */
export function calculated(text, rule) {
  const sum = plain(text);
  if (!numeric(rule) || !SUM.test(sum)) return text;
  const terms = sum.replace(/^=/, "").split(/(?=[-+])/).map(product);
  const total = rnd(terms.reduce((a, b) => a + b, 0), 1e6);
  return Number.isFinite(total) ? String(total).replace(".", ",") : text;
}

/** @param {string} term such as "+12*3/4" */
function product(term) {
  const [first, ...rest] = term.split(/(?=[*/])/);
  return rest.reduce((a, part) => (part[0] === "*" ? a * Number(part.slice(1)) : a / Number(part.slice(1))), Number(first));
}

/** A sentence with `%(name)s` filled in. @param {string} template @param {Record<string, string|number>} params */
export const fill = (template, params) => template.replace(/%\((\w+)\)s/g, (_, name) => String(params[name] ?? ""));
