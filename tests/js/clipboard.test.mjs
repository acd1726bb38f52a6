// Blocks of cells on the clipboard, as Excel writes and reads them.
import assert from "node:assert/strict";
import {test} from "node:test";
import {meant, read, write} from "../../views/static/js/report/clipboard.js";

test("rows and columns; the last line break makes no row", () => {
  assert.deepEqual(read("1\t2\r\n3\t4\r\n"), [["1", "2"], ["3", "4"]]);
  assert.deepEqual(read("1\t\n\t4"), [["1", ""], ["", "4"]]);
  assert.deepEqual(read("7"), [["7"]]);
});

test("quoted cells keep their tabs, line breaks and quotes", () => {
  assert.deepEqual(read('"a\tb"\t"line 1\nline 2"\n"say ""yes"""\tx'), [["a\tb", "line 1\nline 2"], ['say "yes"', "x"]]);
  assert.deepEqual(read('"open\tend'), [['"open', "end"]]);
});

test("crossed and dashed cells are blanks, numbers stay", () => {
  assert.deepEqual(["х", "X", "-", "\u2013", " 5 ", "-5", "1\u00a0000"].map(meant), ["", "", "", "", "5", "-5", "1 000"]);
});

test("what is copied can be pasted into Excel: no thin spaces, quotes where needed", () => {
  assert.equal(write([["\u22121\u2009234,5", ""], ['a "b"', "c\td"]]), '-1234,5\t\r\n"a ""b"""\t"c\td"');
  assert.deepEqual(read(write([["1", "a\nb"], ["", "2"]])), [["1", "a\nb"], ["", "2"]]);
});
