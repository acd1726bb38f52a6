// Taking back whole operations.
import assert from "node:assert/strict";
import {test} from "node:test";
import {History} from "../../views/static/js/report/undo.js";

test("a paste is one step, there and back", () => {
  const history = new History();
  history.add([{cell: "1/01/3", from: "", to: "5"}]);
  history.add([{cell: "1/01/3", from: "5", to: "6"}, {cell: "1/02/3", from: "", to: "7"}]);
  assert.deepEqual(history.undo(), [{cell: "1/02/3", from: "7", to: ""}, {cell: "1/01/3", from: "6", to: "5"}]);
  assert.deepEqual(history.redo(), [{cell: "1/01/3", from: "5", to: "6"}, {cell: "1/02/3", from: "", to: "7"}]);
});

test("a new edit ends what could be done again; nothing changed is no step", () => {
  const history = new History();
  history.add([{cell: "a", from: "1", to: "2"}]);
  history.undo();
  history.add([{cell: "a", from: "1", to: "1"}]);
  assert.notEqual(history.redo(), null);
  history.undo();
  history.add([{cell: "a", from: "1", to: "3"}]);
  assert.equal(history.redo(), null);
  history.undo();
  assert.equal(history.undo(), null);
});
