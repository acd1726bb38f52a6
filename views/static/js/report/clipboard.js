/** Blocks of cells as Excel and Calc put them on the clipboard: tab-separated, quoted where a cell holds a tab or a line break. */

import {fill} from "./numbers.js";

/**
 * Rows of texts. Quotes are kept apart from what they enclose; the last line break ends the last row and makes no row.
 * @param {string} text @returns {string[][]}
 */
export function read(text) {
  /** @type {string[][]} */
  const rows = [[]];
  const pattern = /(?:"((?:[^"]|"")*)"|([^\t\r\n]*))(\t|\r\n|\n|\r|$)/gy;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    rows[rows.length - 1].push(match[1] === undefined ? match[2] : match[1].replaceAll('""', '"'));
    if (match[3] === "" || pattern.lastIndex >= text.length) {
      if (match[3] === "\t") rows[rows.length - 1].push("");
      break;
    }
    if (match[3] !== "\t") rows.push([]);
  }
  return rows;
}

/**
 * What a pasted text means for a numeric cell: "х", "-" and an empty text are a blank, everything else stays as it is.
 * @param {string} text
 */
export function meant(text) {
  const trimmed = text.replace(/[\s\u00a0\u2009\u202f\u2007]+/g, " ").trim();
  return /^[хxХX\-\u2013\u2014\u2212]$/.test(trimmed) ? "" : trimmed;
}

/** A block for Excel: tabs, line breaks, no thin spaces. @param {string[][]} rows */
export const write = (rows) => rows.map((row) => row.map(quoted).join("\t")).join("\r\n");

/** @param {string} text */
function quoted(text) {
  const bare = text.replace(/(?<=\d)[\u2009\u00a0\u202f](?=\d)/g, "").replace(/^\u2212(?=\d)/, "-");
  return /[\t\r\n"]/.test(bare) ? `"${bare.replaceAll('"', '""')}"` : bare;
}

/**
 * What a paste has come to: what was pasted, what was left out and why.
 * @param {{pasted: number, closed: number, outside: number, bad: number}} tally @param {Record<string, string>} sentences
 */
export function counted({pasted, closed, outside, bad}, sentences) {
  const parts = [["pasted", pasted], ["closed-cells", closed], ["outside", outside], ["not-numbers", bad]];
  return parts.filter(([name, count]) => count || name === "pasted").map(([name, count]) => fill(sentences[name], {count})).join(", ");
}
