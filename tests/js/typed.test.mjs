// The page reads typed texts exactly as the server does: the vectors are made by formula/typed.py (tests/js/test_js.py).
import assert from "node:assert/strict";
import {readFileSync} from "node:fs";
import {test} from "node:test";
import {parse, show} from "../../views/static/js/report/numbers.js";

const vectors = JSON.parse(readFileSync(process.env.MODO_VECTORS, "utf8"));
const CODES = {whole: "decimals", less: "range", greater: "range", "text-long": "too-long"};

test(`${vectors.length} texts are read and shown alike by the server and the page`, () => {
  for (const {text, rule, value, mark, shown, code} of vectors) {
    const mine = parse(text, rule);
    const where = `${JSON.stringify(text)} in ${JSON.stringify(rule)}`;
    if (code) assert.equal(CODES[mine.code] ?? mine.code, code, where);
    else {
      assert.deepEqual(mine, mark ? {value, mark} : {value}, where);
      assert.equal(show(value, rule), shown, where);
    }
  }
});
