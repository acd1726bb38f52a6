"""Blocks → Python: for each block a loop over slices, cut into functions. Runs on the server for one report."""

import math
import sys
from collections.abc import Callable, Iterator
from functools import reduce
from operator import add
from types import CodeType
from typing import Any

from . import runtime
from .blocks import Block
from .render import PYTHON, Renderer, Run, runs

PIECE = 50
Fail = tuple[int, int, float | None, float | None]


def build(formulas: list[Block], rules: list[Block], conditions: list[Block]) -> CodeType:
    """The module: ``calc(v, m)``, ``check(v, m)`` → failures (block, instance, left, right), ``applies(v, m)``."""
    text = "\n".join(source(formulas, rules, conditions))
    return compile(text, "<form>", "exec", dont_inherit=True, optimize=2)


def source(formulas: list[Block], rules: list[Block], conditions: list[Block]) -> Iterator[str]:
    """The module's text. Only slot numbers, numbers and names of ours reach it."""
    yield from _pieces("c", "v,m", [_formula(block) for block in formulas])
    yield from _pieces("k", "v,m,fail", [_rule(at, block) for at, block in enumerate(rules)])
    truths = [PythonLeaves.render(block, block.form[0])[0] for block in conditions]
    yield f"def applies(v,m):return [{','.join(f'bool({truth})' for truth in truths)}]"
    yield f"def calc(v,m):\n for part in calc_parts:part(v,m)\ncalc_parts=({_names('c', len(formulas))})"
    yield "def check(v,m):\n found=[]\n for part in check_parts:part(v,m,found.append)\n return found"
    yield f"check_parts=({_names('k', len(rules))})"


def _names(letter: str, count: int) -> str:
    return "".join(f"{letter}{at}," for at in range(0, count, PIECE))


def _pieces(letter: str, params: str, statements: list[str]) -> Iterator[str]:
    for at in range(0, len(statements), PIECE):
        body = "".join(f" {line}\n" for text in statements[at : at + PIECE] for line in text.split("\n"))
        yield f"def {letter}{at}({params}):\n{body}"


class PythonLeaves:
    """Leaves of a loop are columns to zip over; without a loop they are plain subscripts."""

    def __init__(self, block: Block) -> None:
        self.block = block
        self.columns: list[tuple[str, str]] = []

    @classmethod
    def render(cls, block: Block, template: Any, first: int = 0) -> tuple[str, "PythonLeaves"]:
        leaves = cls(block)
        return Renderer(block, leaves, PYTHON, first)(template), leaves

    def start(self, leaf: int) -> str:
        step = self.block.outer_step[leaf] if self.block.outer > 1 else 0
        return f"{self.block.start[leaf]}{step:+}*o" if step else str(self.block.start[leaf])

    def column(self, expression: str) -> str:
        name = f"a{len(self.columns)}"
        self.columns.append((name, expression))
        return name

    def _many(self, leaf: int) -> str:
        """The slots of a leaf over the loop, as a range's arguments."""
        start, step = self.start(leaf), self.block.inner_step[leaf]
        return f"{start},{start}{step * self.block.inner:+},{step}"

    def _fixed(self, leaf: int) -> bool:
        return self.block.inner == 1 or not self.block.inner_step[leaf]

    def each(self, array: str, leaf: int) -> str:
        if self._fixed(leaf):
            return f"{array}[{self.start(leaf)}]"
        step = self.block.inner_step[leaf]
        if step > 0:
            return self.column(f"{array}[{self._many(leaf).replace(',', ':')}]")
        return self.column(f"[{array}[x] for x in range({self._many(leaf)})]")

    def over(self, run: Run, word: str, array: str) -> str:
        length = run.count * run.stride
        if self._fixed(run.leaf):
            start = self.start(run.leaf)
            return word.format(f"{array}[{start}:{start}+{length}:{run.stride}]")
        inner = word.format(f"{array}[x:x+{length}:{run.stride}]")
        return self.column(f"[{inner} for x in range({self._many(run.leaf)})]")

    def value(self, leaf: int) -> str:
        return self.each("v", leaf)

    def total(self, run: Run) -> str:
        return self.over(run, "total({})", "v")

    def known(self, runs: list[Run]) -> str:
        parts = [self.over(run, "(1 in {})", "m") if run.count > 1 else self.each("m", run.leaf) for run in runs]
        return f"({' or '.join(parts)})" if parts else "1"

    def number(self) -> str:
        """The instance's number, as a counted loop's body writes it."""
        return "q" if self.block.inner > 1 else "o" if self.block.outer > 1 else "0"

    def loop(self, block: Block, body: str, counted: bool = False) -> str:
        """``body`` for every instance; ``q`` is its number if ``counted``."""
        lines = [f"for o in range({block.outer}):"] if block.outer > 1 else []
        if block.inner > 1:
            lines.append(self._heading(block, counted))
        lines.append(body)
        return "\n".join(" " * depth + line for depth, line in enumerate(lines))

    def _heading(self, block: Block, counted: bool) -> str:
        columns = list(self.columns)
        if counted:
            first = f"{block.inner}*o" if block.outer > 1 else "0"
            columns.insert(0, ("q", f"range({first},{first}+{block.inner})"))
        names, sources = (",".join(part) for part in zip(*columns, strict=True))
        return f"for {names} in {sources}:" if len(columns) == 1 else f"for {names} in zip({sources}):"


def _formula(block: Block) -> str:
    template, nullable = block.form[0], block.form[1]
    text, leaves = PythonLeaves.render(block, template, 1)
    known = leaves.known(list(runs(block, 1, len(block.start) - 1)))
    target = leaves.column(f"range({leaves._many(0)})") if block.inner > 1 else leaves.start(0)
    if nullable:
        return leaves.loop(block, f"v[{target}],m[{target}]=blank({text},{known})")
    return leaves.loop(block, f"v[{target}]={text};m[{target}]={known}")


def _rule(at: int, block: Block) -> str:
    """Fails where the comparison isn't true: so does a side that is NaN."""
    condition, sign, left, right, _jump, flags, count = block.form
    leaves = PythonLeaves(block)
    render = Renderer(block, leaves, PYTHON)
    tests = [render(condition)] if condition is not None else []
    if sign:
        a, b = render(left), render(right)
        tests.append(f"not {PYTHON[sign].format(f'(l:={a})', f'(r:={b})')}")
    else:
        tests.append(f"not {render(left)}")
    if sign and "n" in flags:
        tests.append("l==l and r==r")
    if "k" in flags:
        tests.append(leaves.known(list(runs(block, 0, count))))
    sides = "l,r" if sign else "None,None"
    return leaves.loop(block, f"if {' and '.join(tests)}:fail(({at},{leaves.number()},{sides}))", counted=True)


# ── What the generated text calls ────────────────────────────────────────────────────────────────────────────────────


def _one_by_one(values: list[float]) -> float:
    return reduce(add, values, 0.0)


#: From Python 3.12 on ``sum`` compensates; JavaScript and numpy don't.
total: Callable[[list[float]], float] = sum if sys.version_info < (3, 12) else _one_by_one


def low(a: float, b: float) -> float:
    return a if a < b else b


def high(a: float, b: float) -> float:
    return a if a > b else b


def differ(a: float, b: float) -> bool:
    return a < b or a > b


def some(a: float, known: float, b: float) -> float:
    return b if not known or math.isnan(a) else a


def blank(value: float, known: int) -> tuple[float, int]:
    """NULL is a blank, not #ДЕЛ/0!"""
    return (0.0, 0) if math.isnan(value) else (value, known)


Calc = Callable[[list[float], bytearray], None]
Checked = Callable[[list[float], bytearray], list[Fail]]
Applies = Callable[[list[float], bytearray], list[bool]]


def load(code: CodeType) -> tuple[Calc, Checked, Applies]:
    """The three functions of a built module."""
    names: dict[str, Any] = {
        "rnd": runtime.rnd, "div": runtime.div, "floor": runtime.floor, "nan": math.nan, "total": total,
        "low": low, "high": high, "differ": differ, "some": some, "blank": blank,
    }  # fmt: skip
    exec(code, names)  # noqa: S102 - the text is ours: slot numbers, numbers and the names above
    return names["calc"], names["check"], names["applies"]
