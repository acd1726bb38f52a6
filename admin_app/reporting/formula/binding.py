"""Tree + where it stands → instances: what is computed or compared, cell by cell.

An instance is a *template* (a nested tuple without any cell in it) and the list of the slots that fill its places in order.
Thousands of instances share a few templates; ``blocks.py`` finds the regular runs among them. Templates:

("n", x) number · ("v",) the next slot's value · ("S", n) sum of the next n slots · ("k", n) whether any of the next n is known
("+" "-" "*" "/" "min" "max", a, b) · ("neg" "abs" "floor", a) · ("rnd", a, p) · ("null",) · ("if", condition, a, b)
("<" "<=" ">" ">=" "=" "<>", a, b) · ("and" "or", a, b) · ("not", a) · ("some", a, k, b): a if it is known and a number, else b
"""

from dataclasses import dataclass
from itertools import product
from typing import Any

from .errors import N_, Stop
from .places import Here, Places
from .shapes import ONE, Shape, Shapes, folds
from .tree import Call, Card, Chain, Node, Num, Ref

Template = tuple[Any, ...]
UNKNOWN_DECIMALS = 6
FOLDED = 60


@dataclass(frozen=True, slots=True)
class Part:
    """A template with what is known about its value: ``decimals`` None after a division, and whether it is a truth value."""

    template: Template
    decimals: int | None = 0
    truth: bool = False


class Binder(Shapes):
    """Binds one formula or rule. ``nullable``: it can give NULL; ``asks``: it asks whether cells are blank."""

    def __init__(self, places: Places, here: Here) -> None:
        super().__init__(places, here)
        self.nullable = False
        self.asks = False

    def part(self, node: Node, at: Shape, target: Shape, slots: list[int]) -> Part | None:
        """The node at one index, its slots appended; None (and no slots) where a crossed cell leaves nothing to say."""
        start = len(slots)
        found = self._part(node, at, target, slots)
        if found is None:
            del slots[start:]
        return found

    def _part(self, node: Node, at: Shape, target: Shape, slots: list[int]) -> Part | None:
        if isinstance(node, Num):
            return Part(("n", node.value), node.decimals)
        if isinstance(node, Ref):
            return self._leaf(node, at, slots)
        if isinstance(node, Card):
            raise Stop(N_("A field of the card can only be taken as it is: “= card.%(name)s”."), node.at, name=node.name)
        if isinstance(node, Chain):
            return self._chain(node, at, slots)
        if folds(node):
            return self._fold(node, at, target, slots)
        if node.name in ("+", "-"):
            return self._plus(node, at, target, slots)
        return getattr(self, CALLS[node.name])(node, at, target, slots)

    def _leaf(self, ref: Ref, at: Shape, slots: list[int]) -> Part | None:
        shape, found = self.slots_of(ref)
        s, r, c = (index if length > 1 else 0 for index, length in zip(at, shape, strict=True))
        slot = found[(s * shape[1] + r) * shape[2] + c]
        if slot < 0:
            return None
        slots.append(slot)
        return Part(("v",), self.places.decimals[slot])

    def _chain(self, node: Chain, at: Shape, slots: list[int]) -> Part | None:
        """A chain inside AND, OR, NOT, IF: all its comparisons together."""
        target = self.target(node)
        whole: Part | None = None
        for left, sign, right in zip(node.items, node.signs, node.items[1:], strict=False):
            pair = self.compare(left, right, at, target, slots)
            if pair:
                step = Part((sign, pair[0].template, pair[1].template), 0, truth=True)
                whole = Part(("and", whole.template, step.template), 0, truth=True) if whole else step
        return whole

    def compare(self, left: Node, right: Node, at: Shape, target: Shape, slots: list[int]) -> tuple[Part, Part] | None:
        """Both sides quantised alike; None (and no slots) if one is crossed out."""
        start = len(slots)
        a = self.number(left, at, target, slots)
        b = self.number(right, at, target, slots)
        if a is None or b is None:
            del slots[start:]
            return None
        decimals = max(UNKNOWN_DECIMALS if part.decimals is None else part.decimals for part in (a, b))
        return _rounded(a, decimals), _rounded(b, decimals)

    def number(self, node: Node, at: Shape, target: Shape, slots: list[int]) -> Part | None:
        part = self.part(node, at, target, slots)
        if part is not None and part.truth:
            raise Stop(N_("A number is needed here, not a condition."), _at(node))
        return part

    def truth(self, node: Node, at: Shape, slots: list[int]) -> Part | None:
        part = self.part(node, at, ONE, slots)
        if part is not None and not part.truth:
            raise Stop(N_("A condition is needed here (with =, <, >, ISNULL…), not a number."), _at(node))
        return part

    def _fold(self, node: Call, at: Shape, target: Shape, slots: list[int]) -> Part | None:
        """SUM, and MIN or MAX of one reference: over every axis that isn't as long as the target's."""
        parts = [self._folded(node.name, arg, at, target, slots) for arg in node.args]
        return _joined("+" if node.name == "SUM" else node.name.lower(), [part for part in parts if part])

    def _folded(self, name: str, arg: Node, at: Shape, target: Shape, slots: list[int]) -> Part | None:
        shape = self.shape(arg) or ONE
        spans = [
            (index,) if length == wanted and length > 1 else range(length)
            for index, length, wanted in zip(at, shape, target, strict=True)
        ]
        indexes = [(s, r, c) for s, r, c in product(*spans)]
        cells = _or_zero(arg)
        if isinstance(cells, Ref) and name == "SUM":
            return self._sum(cells, indexes, slots)
        if len(indexes) > FOLDED:
            raise Stop(N_("More than %(limit)s cells: only SUM{…} takes so many."), _at(arg), limit=FOLDED)
        parts = [self.number(arg, index, target, slots) for index in indexes]
        return _joined("+" if name == "SUM" else name.lower(), [part for part in parts if part])

    def _sum(self, ref: Ref, indexes: list[Shape], slots: list[int]) -> Part | None:
        shape, found = self.slots_of(ref)
        named = (found[(s * shape[1] + r) * shape[2] + c] for s, r, c in indexes)
        taken = [slot for slot in named if slot >= 0]
        if not taken:
            return None
        slots.extend(taken)
        return Part(("S", len(taken)), max(self.places.decimals[slot] for slot in taken))

    def _plus(self, node: Call, at: Shape, target: Shape, slots: list[int]) -> Part | None:
        """A crossed operand is left out; if both are, so is the whole."""
        a, b = (self.number(arg, at, target, slots) for arg in node.args)
        if b is None:
            return a
        if a is None:
            return b if node.name == "+" else Part(("neg", b.template), b.decimals)
        return Part((node.name, a.template, b.template), _most(a, b))

    def _times(self, node: Call, at: Shape, target: Shape, slots: list[int]) -> Part | None:
        a, b = (self.number(arg, at, target, slots) for arg in node.args)
        if a is None or b is None:
            return None
        decimals = None
        if node.name == "*" and a.decimals is not None and b.decimals is not None and a.decimals + b.decimals <= 9:
            decimals = a.decimals + b.decimals
        return Part((node.name, a.template, b.template), decimals)

    def _negative(self, node: Call, at: Shape, target: Shape, slots: list[int]) -> Part | None:
        a = self.number(node.args[0], at, target, slots)
        name = node.name.lower()
        return a and Part((name, a.template), 0 if name == "floor" else a.decimals)

    def _round(self, node: Call, at: Shape, target: Shape, slots: list[int]) -> Part | None:
        digits = node.args[1]
        if not isinstance(digits, Num) or digits.decimals or not 0 <= digits.value <= 9:
            raise Stop(N_("ROUND needs a whole number of digits from 0 to 9."), _at(digits))
        a = self.number(node.args[0], at, target, slots)
        return a and Part(("rnd", a.template, 10.0**digits.value), int(digits.value))

    def _extreme(self, node: Call, at: Shape, target: Shape, slots: list[int]) -> Part | None:
        parts = [self.number(arg, at, target, slots) for arg in node.args]
        return _joined(node.name.lower(), [part for part in parts if part])

    def _if(self, node: Call, at: Shape, target: Shape, slots: list[int]) -> Part | None:
        condition = self.truth(node.args[0], at, slots)
        a, b = (self.number(arg, at, target, slots) for arg in node.args[1:])
        if condition is None or a is None or b is None:
            return None
        return Part(("if", condition.template, a.template, b.template), _most(a, b))

    def _either(self, node: Call, at: Shape, _target: Shape, slots: list[int]) -> Part | None:
        """A comparison that isn't made takes nothing from AND and answers OR."""
        parts = [self.truth(arg, at, slots) for arg in node.args]
        if any(part is None for part in parts):
            return next((part for part in parts if part), None) if node.name == "and" else None
        return Part((node.name, *(part.template for part in parts if part)), 0, truth=True)

    def _not(self, node: Call, at: Shape, _target: Shape, slots: list[int]) -> Part | None:
        a = self.truth(node.args[0], at, slots)
        return a and Part(("not", a.template), 0, truth=True)

    def _isnull(self, node: Call, at: Shape, target: Shape, slots: list[int]) -> Part | None:
        if len(node.args) == 2:
            return self._coalesce(node, at, target, slots)
        self.asks = True
        known = self._known(node.args[0], at, target, slots)
        return known and Part(("not", known.template), 0, truth=True)

    def _known(self, node: Node, at: Shape, target: Shape, slots: list[int]) -> Part | None:
        start = len(slots)
        part = self.number(node, at, target, slots)
        cells = len(slots) - start
        if part is None or not cells:
            return None
        return Part(("k", cells), 0, truth=True)

    def _coalesce(self, node: Call, at: Shape, target: Shape, slots: list[int]) -> Part | None:
        """The first value that is known and is a number (a division by zero isn't)."""
        first, *rest = node.args
        a = self.number(first, at, target, slots)
        known = self._known(first, at, target, slots)
        other = rest[0] if len(rest) == 1 else Call(node.name, tuple(rest), node.at)
        b = self.number(other, at, target, slots)
        if a is None or known is None or b is None:
            return b if a is None else a
        return Part(("some", a.template, known.template, b.template), _most(a, b))

    def _nullif(self, node: Call, at: Shape, target: Shape, slots: list[int]) -> Part | None:
        a, b = (self.number(arg, at, target, slots) for arg in node.args)
        if a is None or b is None:
            return None
        self.nullable = True
        again = self.number(node.args[0], at, target, slots)
        if again is None:
            return None
        return Part(("if", ("=", a.template, b.template), ("null",), again.template), a.decimals)

    def _null(self, _node: Call, _at: Shape, _target: Shape, _slots: list[int]) -> Part:
        self.nullable = True
        return Part(("null",), 0)


CALLS = {
    "*": "_times", "/": "_times", "neg": "_negative", "ABS": "_negative", "FLOOR": "_negative", "ROUND": "_round",
    "MIN": "_extreme", "MAX": "_extreme", "IF": "_if", "and": "_either", "or": "_either", "not": "_not",
    "ISNULL": "_isnull", "COALESCE": "_coalesce", "NULLIF": "_nullif", "NULL": "_null",
}  # fmt: skip


def _or_zero(node: Node) -> Node:
    """ISNULL({…}, 0) inside a sum is {…}: a blank counts as zero there anyway."""
    if isinstance(node, Call) and node.name in ("ISNULL", "COALESCE") and len(node.args) == 2:
        cells, other = node.args
        if isinstance(cells, Ref) and isinstance(other, Num) and other.value == 0:
            return cells
    return node


def _at(node: Node) -> int:
    return node.at


def _most(*parts: Part) -> int | None:
    known = [part.decimals for part in parts if part.decimals is not None]
    return max(known) if len(known) == len(parts) else None


def _joined(name: str, parts: list[Part]) -> Part | None:
    if not parts:
        return None
    whole = parts[0]
    for part in parts[1:]:
        whole = Part((name, whole.template, part.template), _most(whole, part))
    return whole


def _rounded(part: Part, decimals: int) -> Part:
    """The side of a comparison at the precision of both; whole numbers and single cells are exact already."""
    exact = part.decimals == 0 or part.template[0] in ("v", "n", "rnd")
    return part if exact else Part(("rnd", part.template, 10.0**decimals), decimals)
