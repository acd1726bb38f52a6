// The page's reading and writing of numbers. The cross-check with the server's rules is in typed.test.mjs.
import assert from "node:assert/strict";
import {test} from "node:test";
import {calculated, parse, rnd, show} from "../../views/static/js/report/numbers.js";

const count = {type: "count", decimals: 0, minimum: 0, maximum: null};
const money = {type: "decimal", decimals: 2, minimum: null, maximum: null};

test("both decimal marks, all spaces and all minus signs are read", () => {
  assert.deepEqual(parse(" 1\u00a0234,50 ", money), {value: 1234.5});
  assert.deepEqual(parse("1\u2009234.5", money), {value: 1234.5});
  assert.deepEqual(parse("\u2212\u202f7", money), {value: -7});
});

test("what a cell can't hold is told by a code", () => {
  assert.equal(parse("12а", count).code, "letters");
  assert.equal(parse("1,5", count).code, "whole");
  assert.equal(parse("1.234,5", count).params.text, "1.234,5");
  assert.equal(parse("\u200b7\ufeff", count).value, 7);
  assert.equal(parse("-1", count).code, "negative");
  assert.equal(parse("9".repeat(40), count).code, "too-long");
  assert.equal(parse("NaN", count).code, "letters");
  assert.equal(parse("1,234", money).code, "decimals");
  assert.equal(parse("31.02.2025", {...count, type: "date"}).code, "date");
});

test("numbers are shown the Russian way", () => {
  assert.equal(show(1234567, count), "1\u2009234\u2009567");
  assert.equal(show(-1234.5, money), "\u22121\u2009234,50");
  assert.equal(show(NaN, money), "#ДЕЛ/0!");
  assert.equal(show("2025-12-31", {...count, type: "date"}), "31.12.2025");
  assert.equal(show(null, count), "");
});

test("a half is rounded away from zero as people expect", () => {
  assert.equal(rnd(1.005, 100), 1.01);
  assert.equal(rnd(-2.5, 1), -3);
});

test("a small sum is computed, anything else is left alone", () => {
  assert.equal(calculated("12+7", count), "19");
  assert.equal(calculated("=12+7*2-1", count), "25");
  assert.equal(calculated("=1/3", money), "0,333333");
  assert.equal(calculated("12-7", count), "12-7");
  assert.equal(calculated("5+", count), "5+");
  assert.equal(calculated("8+9", {...count, type: "text"}), "8+9");
});
