"""The trees that formulas and rules are parsed into. ``at`` is the position in the text, from 0."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Num:
    value: float
    decimals: int
    at: int = 0


@dataclass(frozen=True, slots=True)
class Ref:
    """``{[section][rows][columns]}``; "" is "the one where the formula stands". ``form`` and ``previous`` point elsewhere."""

    sections: str
    rows: str
    columns: str
    form: str
    previous: bool
    at: int


@dataclass(frozen=True, slots=True)
class Card:
    name: str
    at: int


@dataclass(frozen=True, slots=True)
class Call:
    """A function, or an operator by its sign: + - * / neg and or not."""

    name: str
    args: tuple["Node", ...]
    at: int


@dataclass(frozen=True, slots=True)
class Chain:
    """a < b = c…: every neighbouring pair must hold."""

    items: tuple["Node", ...]
    signs: tuple[str, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Rule:
    """IF condition THEN body; without a condition the body alone."""

    condition: "Node | None"
    body: "Node"


Node = Num | Ref | Card | Call | Chain
