"""The calculation of ОО-1 beside rosstat-flc, the open checker of the statisticians' XML reports, on the same filled report.

rosstat-flc gets its schema and report parsed beforehand; we compute all totals as well, which it doesn't. Then how long one typed
number takes in the browser's engine, what the page downloads, and what a server's start costs.
"""

import gzip
import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import TypeVar

import numpy as np
from rosstat import flc

from admin_app.reporting.formula import Program, Values, compile_form
from bench import formula_xml
from seed.forms import document, sample

T = TypeVar("T")
PEER_RUNS = 3
REPORTS = 500
EDIT = """
import {readFileSync} from 'node:fs';
const start = performance.now();
const form = await import('./form.mjs');
const {numbers, known} = JSON.parse(readFileSync('report.json'));
const v = Float64Array.from(numbers), m = Uint8Array.from(known), slot = form.slot('2.1.1.1/02/4'), times = [];
form.calc(v, m);
const found = form.check(v, m).length, ready = performance.now() - start;
for (let edit = 0; edit < 200; edit++) {
  const before = performance.now();
  v[slot] = form.quantise(slot, 50 + edit % 50);
  m[slot] = 1;
  form.calc(v, m);
  form.check(v, m);
  times.push(performance.now() - before);
}
const sorted = times.slice().sort((a, b) => a - b);
console.log(JSON.stringify({ready, found, first: times[0], middle: sorted[100], slow: sorted[190]}));
"""


def main() -> None:
    """Print the figures."""
    program, compiled = timed(lambda: compile_form(document("oo1")))
    values = filled(program)
    print(f"ОО-1: {len(program.cells)} cells, {len(program.form.checks)} checks, {sum(values.known)} numbers in the report\n")
    server(program, values)
    starts(program, compiled)
    browser(program, values)
    many(program, values)


def filled(program: Program) -> Values:
    """The sample report."""
    values = program.blank()
    for address, value in sample("oo1").items():
        cell = program.resolve(address)
        assert cell is not None
        program.put(values, cell, value)
    program.calc(values)
    return values


def server(program: Program, values: Values) -> None:
    """One report on the server: we and the peer, both finding nothing wrong, then both finding the same wrong cell."""
    rules = formula_xml.sayable(program)
    theirs = peer(program, values, 0)
    calc = repeated(lambda: program.calc(values))
    check = repeated(lambda: program.check(values))
    line(f"rosstat-flc 2.0: check of {len(rules)} rules", theirs)
    line(f"MODO: check of {len(program.form.checks)} rules", check, f"{theirs / check:6.0f} times faster")
    line("MODO: all totals and the check", calc + check, f"{theirs / (calc + check):6.0f} times faster")
    wrong = values.copy()
    cell = program.cells["1.3/02/3"]
    program.put(wrong, cell, 298)
    program.calc(wrong)
    assert len(program.check(wrong)) == 1
    peer(program, wrong, 1)


def peer(program: Program, values: Values, expected: int) -> float:
    """The best time of the peer's whole validation; it must find as many failures as there are."""
    template = formula_xml.template(program, formula_xml.sayable(program))
    report = formula_xml.report(program, values)
    best = float("inf")
    for _ in range(PEER_RUNS):
        schema, parsed = flc.parse_schema(template, alerts=True), flc.parse_report(report)
        errors, seconds = timed(lambda: schema.validate(parsed))  # noqa: B023 - called at once
        assert len(errors) == expected, errors[:3]
        best = min(best, seconds)
    return best


def starts(program: Program, compiled: float) -> None:
    """What a form costs at publication and at a server's start."""
    with tempfile.TemporaryDirectory() as directory:
        compile_form(document("oo1"), directory)
        _, kept = timed(lambda: compile_form(document("oo1"), directory))
    print()
    line("compile at publication", compiled)
    line("load compiled at a server's start", kept)
    text = program.javascript().encode()
    print(
        f"module for the browser                 {len(text) / 1e3:9.0f} kB   {len(gzip.compress(text)) / 1e3:.0f} kB compressed"
    )


def browser(program: Program, values: Values) -> None:
    """One typed number in V8: the whole form computed and checked again."""
    node = shutil.which("node")
    if not node:
        print("node is not installed: the browser's half is not measured")
        return
    with tempfile.TemporaryDirectory() as directory:
        place = Path(directory)
        (place / "form.mjs").write_text(program.javascript(), "utf-8")
        (place / "edit.mjs").write_text(EDIT, "utf-8")
        (place / "report.json").write_text(json.dumps({"numbers": values.numbers, "known": list(values.known)}))
        told = subprocess.run([node, "edit.mjs"], cwd=place, check=True, capture_output=True, text=True).stdout
    figures = json.loads(told)
    assert figures["found"] == 0
    line("module ready, form computed", figures["ready"] / 1e3)
    line(
        "one typed number, all rules again",
        figures["middle"] / 1e3,
        f"{figures['slow']:6.2f} ms p95, first {figures['first']:.2f} ms",
    )


def many(program: Program, values: Values) -> None:
    """Many reports at once, as in consolidation and mass checks."""
    rng = Random(1)
    v = np.tile(np.array(values.numbers), (REPORTS, 1))
    m = np.tile(np.frombuffer(values.known, dtype=np.uint8), (REPORTS, 1))
    for report in range(REPORTS):
        v[report, rng.randrange(program.size)] += 1
    _, calc = timed(lambda: program.matrix_calc(v, m))
    failures, check = timed(lambda: program.matrix_check(v, m))
    print(f"\n{REPORTS} reports at once: totals {1e3 * calc / REPORTS:.2f} ms, check {1e3 * check / REPORTS:.2f} ms a report")
    print(f"({len(failures)} failures after one cell of each was changed)")


def line(name: str, seconds: float, more: str = "") -> None:
    """One figure in milliseconds."""
    print(f"{name:40}{1e3 * seconds:9.2f} ms   {more}".rstrip())


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """What the work gives, and its seconds."""
    start = time.perf_counter()
    result = work()
    return result, time.perf_counter() - start


def repeated(work: Callable[[], object]) -> float:
    """The best of thirty runs, in seconds."""
    return min(timed(work)[1] for _ in range(30))


if __name__ == "__main__":
    main()
