"""Blocks → numpy over many reports: axis 0 is the reports, axis 1 the slots."""

import math
from collections.abc import Callable, Iterator
from types import CodeType
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from . import runtime
from .blocks import Block
from .render import NUMPY, Renderer, Run, runs
from .runtime import Floats, Mask

PIECE = 50
BATCH = 128
Bad = tuple[int, int, int, float | None, float | None]
Truth = NDArray[np.bool_]


def build(formulas: list[Block], rules: list[Block]) -> CodeType:
    """The module: ``calc(v, m)`` in place, ``check(v, m)`` → [(report, block, instance, left, right)…] in that order."""
    text = "\n".join(_source(formulas, rules))
    return compile(text, "<form over many reports>", "exec", dont_inherit=True, optimize=2)


def _source(formulas: list[Block], rules: list[Block]) -> Iterator[str]:
    yield from _pieces("c", "v,m", [_formula(block) for block in formulas])
    yield from _pieces("k", "v,m,bad", [_rule(at, block) for at, block in enumerate(rules)])
    for letter, name in (("c", "calc_parts"), ("k", "check_parts")):
        count = len(formulas if letter == "c" else rules)
        yield f"{name}=({''.join(f'{letter}{at},' for at in range(0, count, PIECE))})"


def _pieces(letter: str, params: str, statements: list[str]) -> Iterator[str]:
    for at in range(0, len(statements), PIECE):
        body = "".join(f" {line}\n" for text in statements[at : at + PIECE] for line in text.split("\n"))
        yield f"def {letter}{at}({params}):\n{body}"


class MatrixLeaves:
    """A leaf is a strip of columns, one for each inner instance."""

    def __init__(self, block: Block) -> None:
        self.block = block

    def strip(self, leaf: int) -> str:
        block = self.block
        step = block.outer_step[leaf] if block.outer > 1 else 0
        start = f"{block.start[leaf]}{step:+}*o" if step else f"{block.start[leaf]}"
        inner = block.inner_step[leaf] if block.inner > 1 else 0
        return f"{start},{inner},{block.inner if inner else 1}"

    def value(self, leaf: int) -> str:
        return f"v[:,strip({self.strip(leaf)})]"

    def total(self, run: Run) -> str:
        return f"total(v,{self.strip(run.leaf)},{run.count},{run.stride})"

    def known(self, runs: list[Run]) -> str:
        parts = [f"some_known(m,{self.strip(run.leaf)},{run.count},{run.stride})" for run in runs]
        return f"({'|'.join(parts)})" if parts else "True"

    def loop(self, body: str) -> str:
        return f"for o in range({self.block.outer}):{body}" if self.block.outer > 1 else body


def _formula(block: Block) -> str:
    leaves = MatrixLeaves(block)
    text = Renderer(block, leaves, NUMPY, 1)(block.form[0])
    known = leaves.known(list(runs(block, 1, len(block.start) - 1)))
    return leaves.loop(f"{'put_null' if block.form[1] else 'put'}(v,m,strip({leaves.strip(0)}),{text},{known})")


def _rule(at: int, block: Block) -> str:
    condition, sign, left, right, _jump, flags, count = block.form
    leaves = MatrixLeaves(block)
    render = Renderer(block, leaves, NUMPY)
    tests = [render(condition)] if condition is not None else []
    if sign:
        a, b = render(left), render(right)
        tests.append(f"inverse({NUMPY[sign].format(f'(l:={a})', f'(r:={b})')})")
    else:
        tests.append(f"inverse({render(left)})")
    if sign and "n" in flags:
        tests.append("number(l)&number(r)")
    if "k" in flags:
        tests.append(leaves.known(list(runs(block, 0, count))))
    number = f"{block.inner}*o" if block.outer > 1 else "0"
    sides = "l,r" if sign else "None,None"
    return leaves.loop(f"bad({at},{number},{block.inner},{'&'.join(tests)},{sides})")


# ── What the generated text calls ────────────────────────────────────────────────────────────────────────────────────


def strip(start: int, step: int, count: int) -> slice:
    """The columns start, start + step, … as a slice."""
    if step >= 0:
        return slice(start, start + step * (count - 1) + 1, step or 1)
    last = start + step * (count - 1) - 1
    return slice(start, last if last >= 0 else None, step)


def total(v: Floats, start: int, step: int, count: int, terms: int, stride: int) -> Floats:
    """The sum of ``terms`` strips, in order."""
    result = 0.0 + v[:, strip(start, step, count)]
    for term in range(1, terms):
        result += v[:, strip(start + term * stride, step, count)]
    return result


def some_known(m: Mask, start: int, step: int, count: int, terms: int, stride: int) -> Truth:
    """Whether any of the strips is known. (Of bytes, in whatever order: one view and one pass.)"""
    down, across = m.strides
    shape, strides = (len(m), count, terms), (down, step * across, stride * across)
    view = as_strided(m[:, start:], shape, strides, writeable=False)
    known: Truth = np.logical_or.reduce(view, axis=2)
    return known


def put(v: Floats, m: Mask, where: slice, value: Floats, known: Truth) -> None:
    v[:, where] = value
    m[:, where] = known


def put_null(v: Floats, m: Mask, where: slice, value: Floats, known: Truth) -> None:
    is_number = number(value)
    v[:, where] = np.where(is_number, value, 0.0)
    m[:, where] = is_number & known


def some(a: Floats, known: Truth, b: Floats) -> Floats:
    return np.where(known & number(a), a, b)


def low(a: Floats, b: Floats) -> Floats:
    return np.where(a < b, a, b)


def high(a: Floats, b: Floats) -> Floats:
    return np.where(a > b, a, b)


def differ(a: Floats, b: Floats) -> Truth:
    return (a < b) | (a > b)


def number(a: Floats) -> Truth:
    return ~np.isnan(a)


NAMES: dict[str, Any] = {
    "rnd": runtime.rnd_many, "div": runtime.div_many, "floor": runtime.floor_many, "nan": math.nan, "strip": strip,
    "total": total, "some_known": some_known, "put": put, "put_null": put_null, "some": some, "low": low, "high": high,
    "differ": differ, "number": number, "where": np.where, "absolute": np.abs, "inverse": np.logical_not,
}  # fmt: skip


class Matrix:
    """A built module, ready to run."""

    def __init__(self, code: CodeType) -> None:
        names = dict(NAMES)
        exec(code, names)  # noqa: S102 - the text is ours: slot numbers, numbers and the names above
        self.calc_parts: tuple[Callable[[Floats, Mask], None], ...] = names["calc_parts"]
        self.check_parts: tuple[Callable[[Floats, Mask, Any], None], ...] = names["check_parts"]

    def calc(self, v: Floats, m: Mask) -> None:
        """Compute in place."""
        for rows, some_v, some_m in _batches(v, m):
            with np.errstate(all="ignore"):
                for part in self.calc_parts:
                    part(some_v, some_m)
            v[rows], m[rows] = some_v, some_m

    def check(self, v: Floats, m: Mask) -> list[Bad]:
        """The failing instances, by report, block and instance."""
        found: list[Bad] = []
        for rows, some_v, some_m in _batches(v, m):
            failures = Failures(rows.start, len(some_v))
            with np.errstate(all="ignore"):
                for part in self.check_parts:
                    part(some_v, some_m, failures.add)
            found.extend(sorted(failures.found, key=lambda item: item[:3]))
        return found


class Failures:
    """Collects what fails in one batch of reports."""

    def __init__(self, first: int, reports: int) -> None:
        self.first = first
        self.reports = reports
        self.found: list[Bad] = []

    def add(self, block: int, first: int, count: int, fails: Truth, left: Any, right: Any) -> None:
        """``fails`` over reports and instances; ``left`` and ``right`` may be single numbers or None."""
        if not np.any(fails):
            return
        shape = (self.reports, count)
        sides = [None if side is None else np.broadcast_to(side, shape) for side in (left, right)]
        for report, at in np.argwhere(np.broadcast_to(fails, shape)).tolist():
            a, b = (None if side is None else float(side[report, at]) for side in sides)
            self.found.append((self.first + report, block, first + at, a, b))


def _batches(v: Floats, m: Mask) -> Iterator[tuple[slice, Floats, Mask]]:
    """The reports a hundred at a time, turned so that a slot's numbers lie side by side: that fits the processor's cache."""
    for start in range(0, len(v), BATCH):
        rows = slice(start, start + BATCH)
        yield rows, np.asfortranarray(v[rows]), np.asfortranarray(m[rows])
