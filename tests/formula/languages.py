"""One calculation in three languages: run reports through Python, JavaScript and numpy and hand back bits."""

import json
import math
import random
import shutil
import struct
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from admin_app.reporting.formula import Program, Values

DRIVER = """
import {readFileSync, writeFileSync} from 'node:fs';
const [module, input, output] = process.argv.slice(2);
const form = await import(module);
const bytes = readFileSync(input), size = form.size, reports = bytes.length / (9 * size);
const numbers = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + 8 * size * reports));
const known = new Uint8Array(bytes.buffer.slice(bytes.byteOffset + 8 * size * reports, bytes.byteOffset + bytes.length));
const failures = [], says = [], hex = Buffer.alloc(8);
const bits = x => x === null ? null : x !== x ? 'NaN' : (hex.writeDoubleBE(x), hex.toString('hex'));
for (let r = 0; r < reports; r++) {
  const v = numbers.subarray(r * size, (r + 1) * size), m = known.subarray(r * size, (r + 1) * size);
  form.calc(v, m);
  failures.push(form.check(v, m).map(f => [f.id, form.address(f.slot), bits(f.left), f.op, bits(f.right), f.uncomputable]));
  if (form.slot(form.address(form.size >> 1)) !== form.size >> 1) throw Error('slot and address differ');
  says.push(form.applies(v, m));
}
writeFileSync(output, Buffer.concat([Buffer.from(numbers.buffer), Buffer.from(known.buffer)]));
console.log(JSON.stringify({failures, says}));
"""


def node() -> str:
    """The node binary; a machine without it can't compare with JavaScript."""
    found = shutil.which("node")
    if not found:
        pytest.skip("node is not installed, so the browser's half of the calculation can't be run here")
    return found


def garbage(program: Program, seed: int) -> Values:
    """A report of numbers of every size and precision, blanks, and a few that no cell would let in."""
    rng = random.Random(seed)
    values = program.blank()
    kinds = [
        lambda: rng.randint(0, 30), lambda: rng.random() * 1000, lambda: rng.random() * 1e12, lambda: -rng.random() * 100,
        lambda: 0.0, lambda: rng.choice([0.1, 0.2, 0.3, 1.005, 2.675, 1e-9]), lambda: rng.randint(0, 10**15) / 10,
    ]  # fmt: skip
    raw = seed % 3 == 0
    for slot in range(program.size):
        if rng.random() < 0.7:
            number = float(rng.choice(kinds[: 1 + seed % len(kinds)])())
            if raw:
                values.numbers[slot], values.known[slot] = number, 1
            else:
                program.put(values, program.slot_cells[slot], number)
    return values


Outcome = tuple[bytes, bytes, list[list[Any]]]


def in_python(program: Program, reports: list[Values]) -> Outcome:
    done = [report.copy() for report in reports]
    for report in done:
        program.calc(report)
    numbers = np.array([report.numbers for report in done])
    failures = [[told(failure) for failure in program.check(report)] for report in done]
    return canonical(numbers), b"".join(bytes(report.known) for report in done), failures


def in_numpy(program: Program, reports: list[Values]) -> Outcome:
    v = np.array([report.numbers for report in reports])
    m = np.array([list(report.known) for report in reports], dtype=np.uint8)
    program.matrix_calc(v, m)
    failures: list[list[Any]] = [[] for _ in reports]
    for report, failure in program.matrix_check(v, m):
        failures[report].append(told(failure))
    return canonical(v), m.tobytes(), failures


def in_javascript(program: Program, reports: list[Values], place: Path) -> tuple[Outcome, list[dict[str, bool]]]:
    """The outcome, and which sections each report has to fill in."""
    for name, text in (("form.mjs", program.javascript()), ("driver.mjs", DRIVER)):
        (place / name).write_text(text, "utf-8")
    numbers = np.array([report.numbers for report in reports]).tobytes()
    (place / "in").write_bytes(numbers + b"".join(bytes(report.known) for report in reports))
    command = [node(), "driver.mjs", "./form.mjs", "in", "out"]
    told_text = subprocess.run(command, cwd=place, check=True, capture_output=True, text=True).stdout
    out = (place / "out").read_bytes()
    v = np.frombuffer(out[: len(numbers)]).reshape(len(reports), program.size)
    heard = json.loads(told_text)
    return (canonical(v), out[len(numbers) :], heard["failures"]), heard["says"]


def canonical(v: np.ndarray[Any, Any]) -> bytes:
    """The bits; every NaN is the same NaN (IEEE leaves its payload open)."""
    return np.where(np.isnan(v), np.nan, v).tobytes()


def told(failure: Any) -> list[Any]:
    """A failure as the JavaScript driver tells it."""
    return [failure.check_id, failure.address, text(failure.left), failure.op, text(failure.right), failure.uncomputable]


def text(value: float | None) -> str | None:
    """The bits of a double."""
    if value is None:
        return None
    return "NaN" if math.isnan(value) else struct.pack(">d", value).hex()
