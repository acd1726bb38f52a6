"""Templates → expressions, for all three languages: a table of words per language and one walk."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from .blocks import Block

SHORTEST_RUN = 3


@dataclass(frozen=True, slots=True)
class Run:
    """``count`` leaves ``stride`` slots apart, moving together; the first is the ``leaf``-th. A single leaf has count 1."""

    leaf: int
    count: int
    stride: int


def runs(block: Block, leaf: int, count: int) -> Iterator[Run]:
    """Cut neighbouring leaves into runs. All languages add them up in this order, so that they agree to the last bit."""
    end = leaf + count
    while leaf < end:
        size, stride = _run(block, leaf, end)
        if size >= SHORTEST_RUN and stride > 0:
            yield Run(leaf, size, stride)
            leaf += size
        else:
            yield Run(leaf, 1, 1)
            leaf += 1


def _run(block: Block, leaf: int, end: int) -> tuple[int, int]:
    size, stride = 1, 0
    while leaf + size < end and _together(block, leaf, leaf + size):
        step = block.start[leaf + size] - block.start[leaf + size - 1]
        if size > 1 and step != stride:
            break
        stride = step
        size += 1
    return size, stride


def _together(block: Block, a: int, b: int) -> bool:
    return block.inner_step[a] == block.inner_step[b] and block.outer_step[a] == block.outer_step[b]


class Leaves(Protocol):
    """How a language writes the leaves of a block."""

    def value(self, leaf: int) -> str: ...

    def total(self, run: Run) -> str: ...

    def known(self, runs: list[Run]) -> str: ...


class Renderer:
    """Walks a block's templates, taking its leaves in order."""

    def __init__(self, block: Block, leaves: Leaves, words: Mapping[str, str], first: int = 0) -> None:
        self.block = block
        self.leaves = leaves
        self.words = words
        self.at = first

    def __call__(self, template: tuple[Any, ...]) -> str:
        name, *args = template
        if name == "n":
            return f"{args[0]!r}"
        if name == "v":
            self.at += 1
            return self.leaves.value(self.at - 1)
        if name == "S":
            return self._sum(args[0])
        if name == "k":
            return self._known(args[0])
        if name == "rnd":
            return f"rnd({self(args[0])},{args[1]!r})"
        return self.words[name].format(*[self._side(name, place, arg) for place, arg in enumerate(args)])

    def _side(self, name: str, place: int, template: tuple[Any, ...]) -> str:
        """The left side of a sum that is a sum itself needs no brackets: long sums stay flat."""
        text = self(template)
        return text[1:-1] if name in "+-" and place == 0 and template[0] in ("+", "-") else text

    def _sum(self, count: int) -> str:
        found = list(runs(self.block, self.at, count))
        self.at += count
        terms = [self.leaves.total(run) if run.count > 1 else self.leaves.value(run.leaf) for run in found]
        return terms[0] if len(terms) == 1 else f"({'+'.join(terms)})"

    def _known(self, count: int) -> str:
        found = list(runs(self.block, self.at, count))
        self.at += count
        return self.leaves.known(found)


COMMON = {
    "+": "({}+{})", "-": "({}-{})", "*": "({}*{})", "/": "div({},{})", "neg": "(0.0-{})", "floor": "floor({})",
    "<": "({}<{})", "<=": "({}<={})", ">": "({}>{})", ">=": "({}>={})",
}  # fmt: skip
PYTHON = COMMON | {
    "=": "({}=={})", "<>": "differ({},{})", "and": "({} and {})", "or": "({} or {})", "not": "(not {})",
    "abs": "abs({})", "if": "({1} if {0} else {2})", "some": "some({},{},{})", "null": "nan",
    "min": "low({},{})", "max": "high({},{})",
}  # fmt: skip
JAVASCRIPT = COMMON | {
    "=": "({}==={})", "<>": "differ({},{})", "and": "({}&&{})", "or": "({}||{})", "not": "(!{})",
    "abs": "Math.abs({})", "if": "({}?{}:{})", "some": "some({},{},{})", "null": "NaN",
    "min": "low({},{})", "max": "high({},{})",
}  # fmt: skip
NUMPY = COMMON | {
    "=": "({}=={})", "<>": "differ({},{})", "and": "({}&{})", "or": "({}|{})", "not": "inverse({})",
    "abs": "absolute({})", "if": "where({},{},{})", "some": "some({},{},{})", "null": "nan",
    "min": "low({},{})", "max": "high({},{})",
}  # fmt: skip
