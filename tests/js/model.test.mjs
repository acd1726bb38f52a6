// The whole-form model over a really compiled form (tests/js/test_js.py compiles it).
import assert from "node:assert/strict";
import {test} from "node:test";
import {Model} from "../../views/static/js/report/model.js";
import {sentence} from "../../views/static/js/report/findings.js";

const program = await import(process.env.MODO_PROGRAM);
const stored = {revision: 3, known: [program.slot("1/01/4"), 40, program.slot("1/01/5"), 60], texts: {"2/02/3": "новая"}, marks: {}};
const cell = (address) => ({address, slot: program.slot(address) ?? null});

test("white cells follow from what is typed", () => {
  const model = new Model(program, stored);
  assert.equal(model.get(cell("1/01/3")), 100);
  model.set(cell("1/01/4"), 41);
  model.recalculate();
  assert.equal(model.get(cell("1/01/3")), 101);
  model.set(cell("1/01/4"), null);
  model.set(cell("1/01/5"), null);
  model.recalculate();
  assert.equal(model.get(cell("1/01/3")), null, "a sum of blanks is a blank, not a zero");
});

test("texts as the server shows them are taken in, in any section", () => {
  const model = new Model(program, stored);
  model.accept("2/01/3", "1\u2009012,5");
  model.accept("2/02/3", "");
  assert.equal(model.get(cell("2/01/3")), 1012.5);
  assert.equal(model.get(cell("2/02/3")), null);
  model.accept("2/01/3", "no number");
  assert.equal(model.get(cell("2/01/3")), 1012.5);
});

test("marks stand in place of numbers and add nothing", () => {
  const model = new Model(program, stored);
  model.accept("1/01/4", "н/п");
  model.recalculate();
  assert.equal(model.marks.get("1/01/4"), "na");
  assert.equal(model.get(cell("1/01/3")), 60);
  model.accept("1/01/4", "7");
  assert.equal(model.marks.has("1/01/4"), false);
});

test("what a text says is compared with what a cell of any section holds", () => {
  const model = new Model(program, {...stored, texts: {"2/02/3": "новая", "2/03/3": "2025-09-05"}, marks: {"1/02/4": "nd"}});
  const held = {"1/01/4": "40,0", "1/02/5": "", "2/02/3": " новая", "2/03/3": "5.09.2025", "1/02/4": "Н/Д"};
  for (const [address, text] of Object.entries(held)) assert.ok(model.holds(address, text), address);
  const other = {"1/01/4": "41", "1/01/5": "60а", "1/02/5": "0", "2/02/3": "", "2/03/3": "06.09.2025", "1/02/4": ""};
  for (const [address, text] of Object.entries(other)) assert.ok(!model.holds(address, text), address);
});

test("a failed check says its cell, its key and both numbers", () => {
  const model = new Model(program, stored);
  model.set(cell("1/02/4"), 50);
  model.recalculate();
  const [failure] = model.check();
  assert.equal(failure.key, `${failure.id}@1/01/4`);
  const words = {place: "%(section)s row %(row)s col. %(column)s", uncomputable: ""};
  assert.equal(sentence(failure, words), "1 row 01 col. 4: 40 < 50");
});
