"""The rules of docs/forms.md once more, written to be read: exact fractions, one cell at a time, no compiling.

It understands what ОО-1's rules use (+ - * SUM IF AND OR comparisons) and shares with the product only the parser.
"""

from collections.abc import Iterator
from fractions import Fraction
from itertools import product

from admin_app.reporting.formula import Program, Values
from admin_app.reporting.formula.grammar import parse_rule
from admin_app.reporting.formula.tree import Call, Chain, Node, Num, Ref

Axis = list[str]
SIGNS = {
    "=": lambda a, b: a == b, "<>": lambda a, b: a != b, "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
}  # fmt: skip


class Slow:
    """One report under the slow reading."""

    def __init__(self, program: Program, values: Values) -> None:
        self.program = program
        self.values = values

    def failures(self) -> Iterator[str]:
        """The ids of the rules that fail, once for each of their failing comparisons."""
        for check in self.program.form.checks:
            rule = parse_rule(check.rule)
            parts = [node for node in (rule.condition, rule.body) if node is not None]
            lengths = [self.extent(node) for node in parts]
            for at in product(*(range(max(axis)) for axis in zip(*lengths, strict=True))):
                if rule.condition is not None and self.truth(rule.condition, at) is not True:
                    continue
                for body in self.bodies(rule.body):
                    if self.truth(body, at) is False:
                        yield check.id

    def bodies(self, node: Node) -> Iterator[Node]:
        if isinstance(node, Call) and node.name == "and":
            for arg in node.args:
                yield from self.bodies(arg)
        elif isinstance(node, Chain):
            for left, sign, right in zip(node.items, node.signs, node.items[1:], strict=False):
                yield Chain((left, right), (sign,), node.at)
        else:
            yield node

    def truth(self, node: Node, at: tuple[int, ...]) -> bool | None:
        """None where a crossed cell leaves nothing to say."""
        if isinstance(node, Call):
            sides = [self.truth(arg, at) for arg in node.args]
            if node.name == "or":
                return None if None in sides else any(sides)
            return all(side for side in sides if side is not None)
        assert isinstance(node, Chain)
        target = self.extent(node)
        found = [self.number(item, at, target) for item in node.items]
        if None in found:
            return None
        return all(SIGNS[sign](a, b) for a, sign, b in zip(found, node.signs, found[1:], strict=False))

    def number(self, node: Node, at: tuple[int, ...], target: tuple[int, ...]) -> Fraction | None:
        if isinstance(node, Num):
            return Fraction(str(node.value))
        if isinstance(node, Ref):
            axes = self.axes(node)
            return self.cell(*(axis[index if len(axis) > 1 else 0] for axis, index in zip(axes, at, strict=True)))
        assert isinstance(node, Call)
        if node.name == "SUM":
            return self.total(node.args[0], at, target)
        a, b = (self.number(arg, at, target) for arg in node.args)
        if node.name == "*":
            return None if a is None or b is None else a * b
        if a is None and b is None:
            return None
        return (a or Fraction(0)) + (b or Fraction(0)) * (1 if node.name == "+" else -1)

    def total(self, ref: Node, at: tuple[int, ...], target: tuple[int, ...]) -> Fraction | None:
        assert isinstance(ref, Ref)
        chosen = [
            [axis[index]] if len(axis) == wanted and wanted > 1 else axis
            for axis, index, wanted in zip(self.axes(ref), at, target, strict=True)
        ]
        found = [value for names in product(*chosen) if (value := self.cell(*names)) is not None]
        return sum(found, Fraction(0)) if found else None

    def cell(self, section: str, row: str, column: str) -> Fraction | None:
        cell = self.program.resolve(f"{section}/{row}/{column}")
        assert cell is not None
        return None if cell.slot is None else Fraction(str(self.values.numbers[cell.slot]))

    def extent(self, node: Node) -> tuple[int, ...]:
        """How many comparisons there are along each axis."""
        if isinstance(node, Call) and node.name in ("and", "or"):
            return tuple(max(axis) for axis in zip(*map(self.extent, node.args), strict=True))
        assert isinstance(node, Chain)
        plain = [self.axes(ref) for item in node.items for ref in refs(item, sums=False)]
        if plain:
            return tuple(max(map(len, axis)) for axis in zip(*plain, strict=True))
        sums = [self.axes(ref) for item in node.items for ref in refs(item, sums=True)]
        for axis in (2, 1):
            if len(sums) > 1 and all(axes[axis] == sums[0][axis] for axes in sums) and len(sums[0][axis]) > 1:
                return tuple(len(sums[0][axis]) if place == axis else 1 for place in range(3))
        return (1, 1, 1)

    def axes(self, ref: Ref) -> tuple[Axis, Axis, Axis]:
        by_code = self.program.form.by_code
        sections = [ref.sections] if "*" not in ref.sections else [code for code in by_code if code.startswith(ref.sections[:-1])]
        section = by_code[sections[0]]
        rows = spread(ref.rows, [row.code for row in section.rows if row.code])
        return sections, rows, spread(ref.columns, [column.number for column in section.data_columns])


def refs(node: Node, *, sums: bool) -> Iterator[Ref]:
    """The references outside sums, or inside them."""
    if isinstance(node, Ref):
        if not sums:
            yield node
    elif isinstance(node, Call) and node.name == "SUM":
        if sums:
            yield from (arg for arg in node.args if isinstance(arg, Ref))
    elif isinstance(node, Call):
        for arg in node.args:
            yield from refs(arg, sums=sums)


def spread(text: str, codes: list[str]) -> Axis:
    """ "1,3-5" over the printed codes."""
    if text == "*":
        return codes
    found = []
    for item in text.split(","):
        low, _, high = item.partition("-")
        found += [code for code in codes if int(low) <= int(code) <= int(high or low)]
    return found
