"""Formulas and rules → instances: one for each computed cell, one for each comparison of a rule."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import product

from .binding import Binder, Part, Template
from .errors import N_, Stop
from .places import Here, Places
from .shapes import ONE, Shape
from .tree import Call, Chain, Node, Rule

INSTANCES = 20_000  # of one rule: a slip of the pen with three ranges isn't a rule


@dataclass(frozen=True, slots=True)
class Instance:
    """What is computed or compared. ``slots`` fill the templates in the order condition, left, right.

    ``sign``: "set" (left goes into ``slots[0]``… see Computed), a comparison, or "" (left is a truth value).
    ``jump``: the position in ``slots`` of the cell a failure is shown at. ``flags``: "n" NULL passes, "k" fails only if some
    cell is known.
    """

    condition: Template | None
    sign: str
    left: Template
    right: Template | None
    jump: int
    flags: str
    slots: tuple[int, ...]

    @property
    def form(self) -> tuple[object, ...]:
        """Everything but the slots: instances of one form differ in their cells only."""
        return self.condition, self.sign, self.left, self.right, self.jump, self.flags, len(self.slots)


def computed(places: Places, node: Node, here: Here, decimals: int) -> tuple[Template, tuple[int, ...], bool]:
    """A cell's formula: its template (quantised to ``decimals``), its slots, and whether it can give NULL. Raises Stop."""
    binder = Binder(places, here)
    slots: list[int] = []
    shape = binder.shape(node)
    if shape not in (None, ONE):
        raise Stop(N_("The formula of one cell names several: say how to take them together (SUM)."), node.at)
    part = binder.number(node, (0, 0, 0), ONE, slots)
    if part is None:
        raise Stop(N_("All cells named here are crossed out."), node.at)
    template = part.template
    if not (part.decimals == 0 or (part.decimals == decimals and template[0] in ("v", "n", "rnd"))):
        template = ("rnd", template, 10.0**decimals)
    return template, tuple(slots), binder.nullable


def compared(places: Places, rule: Rule, here: Here) -> list[Instance]:
    """All instances of a rule, in the order of its cells. Raises Stop."""
    binder = Binder(places, here)
    shapes = [_extent(binder, node) for node in (rule.condition, rule.body) if node is not None]
    shape = binder.together(shapes, rule.body.at) or ONE
    if shape[0] * shape[1] * shape[2] > INSTANCES:
        raise Stop(N_("The rule compares more than %(limit)s cells."), rule.body.at, limit=INSTANCES)
    found: list[Instance] = []
    for body in _bodies(rule.body):
        at_all = (_at_one(binder, rule, body, (at[0], at[1], at[2])) for at in product(*map(range, shape)))
        found.extend(_telling([instance for instance in at_all if instance]))
    if not found:
        raise Stop(N_("All cells named here are crossed out."), rule.body.at)
    return found


def condition(places: Places, node: Node, here: Here) -> tuple[Template, tuple[int, ...]]:
    """A section's condition: a truth value over single cells. Raises Stop."""
    binder = Binder(places, here)
    slots: list[int] = []
    part = binder.truth(node, (0, 0, 0), slots) if _extent(binder, node) in (None, ONE) else None
    if part is None:
        raise Stop(N_("A section's condition is about single cells."), node.at)
    return part.template, tuple(slots)


def _extent(binder: Binder, node: Node) -> Shape | None:
    if isinstance(node, Chain):
        return binder.target(node)
    if isinstance(node, Call) and node.name in ("and", "or", "not"):
        return binder.together([_extent(binder, arg) for arg in node.args], node.at)
    return binder.shape(node)


def _at_one(binder: Binder, rule: Rule, body: "Body", at: Shape) -> Instance | None:
    slots: list[int] = []
    when = binder.truth(rule.condition, at, slots) if rule.condition is not None else None
    if rule.condition is not None and when is None:
        return None
    start = len(slots)
    found = body(binder, at, slots)
    return found and _instance(binder, when, found, start, slots)


def _telling(found: list[Instance]) -> list[Instance]:
    """Let each instance jump to a cell of its own: to the first place that holds another cell in each of them."""
    if not found:
        return found
    shortest = min(len(instance.slots) for instance in found)
    first = found[0].jump
    for place in (*range(first, shortest), *range(first)):
        if len({instance.slots[place] for instance in found}) == len(found):
            return [replace(instance, jump=place) for instance in found]
    return found


Body = Callable[[Binder, Shape, list[int]], "tuple[str, Part, Part | None] | None"]


def _bodies(node: Node) -> Iterator[Body]:
    """A rule that says several things at once is several comparisons, so that each tells its own left and right."""
    if isinstance(node, Call) and node.name == "and":
        for arg in node.args:
            yield from _bodies(arg)
    elif isinstance(node, Chain):
        for left, sign, right in zip(node.items, node.signs, node.items[1:], strict=False):
            yield _comparison(node, left, sign, right)
    else:
        yield _truth(node)


def _comparison(chain: Chain, left: Node, sign: str, right: Node) -> Body:
    def compare(binder: Binder, at: Shape, slots: list[int]) -> tuple[str, Part, Part | None] | None:
        pair = binder.compare(left, right, at, binder.target(chain), slots)
        return (sign, *pair) if pair else None

    return compare


def _truth(node: Node) -> Body:
    def state(binder: Binder, at: Shape, slots: list[int]) -> tuple[str, Part, Part | None] | None:
        part = binder.truth(node, at, slots)
        return ("", part, None) if part else None

    return state


def _instance(binder: Binder, when: Part | None, found: tuple[str, Part, Part | None], start: int, slots: list[int]) -> Instance:
    sign, left, right = found
    if not slots:
        raise Stop(N_("The rule names no cell."), 0)
    template = when.template if when else None
    flags = "n" * binder.nullable + "k" * (not binder.asks and not _holds_blank(template, sign, left, right))
    jump = start if start < len(slots) else 0
    return Instance(template, sign, left.template, right.template if right else None, jump, flags, tuple(slots))


def _holds_blank(when: Template | None, sign: str, left: Part, right: Part | None) -> bool:
    """Whether the rule holds where all its cells are blank; if so nobody needs to ask."""
    if when is not None and not value(when):
        return True
    if right is None:
        return bool(value(left.template))
    return bool(value((sign, left.template, right.template)))


def value(template: Template) -> float | bool:
    """The template's value where every cell is blank."""
    name, *args = template
    if name in ("v", "S", "k"):
        return 0.0
    if name == "n":
        return float(args[0])
    if name == "null":
        return float("nan")
    if name == "rnd":
        return value(args[0])
    return BLANK[name](*map(value, args))


BLANK: dict[str, Callable[..., float | bool]] = {
    "+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b,
    "/": lambda a, b: a / b if b else float("nan"),
    "min": lambda a, b: a if a < b else b, "max": lambda a, b: a if a > b else b,
    "neg": lambda a: 0.0 - a, "abs": abs, "floor": lambda a: a // 1.0,
    "if": lambda c, a, b: a if c else b, "some": lambda _a, _k, b: b,
    "<": lambda a, b: a < b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
    "=": lambda a, b: a == b, "<>": lambda a, b: a != b,
    "and": lambda a, b: a and b, "or": lambda a, b: a or b, "not": lambda a: not a,
}  # fmt: skip
