"""The order of a list, and its pages by the key of their first and last rows: the last page costs what the first one costs.

A place in a list is written `<id>.<value>`: the row's id and what the list is sorted by, without the dot where that is empty.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import Enum as PyEnum
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Date, DateTime, Enum, Integer, Numeric, Select, String, and_, literal, or_, tuple_

from admin_app.crud.pickers import number

LONGEST = 700  # signs of a place; a sort key has at most 600


@dataclass(frozen=True)
class Order:
    """What rows are sorted by before their ids (None: by the ids alone), which way, and whether it may be empty."""

    row: Any  # the id
    key: Any = None
    down: bool = False
    nullable: bool = False
    other: Any = None  # the alias in which the key stands, if that is another table
    link: Any = None  # our reference to it

    @property
    def shown(self) -> Any:
        """What to select with each row, to know its place."""
        return self.row if self.key is None else self.key

    def apply(self, query: Select[Any], forward: bool = True) -> Select[Any]:
        """Sort; rows without a value stand at the end, equal ones by id. `forward=False`: from the end."""
        if self.other is not None:
            query = query.outerjoin(self.other, self.other.id == self.link)
        return query.order_by(*(self.way(one, forward) for one in ([] if self.key is None else [self.key]) + [self.row]))

    def way(self, expression: Any, forward: bool) -> Any:
        """One expression's direction."""
        ordered = expression.desc() if self.down == forward else expression.asc()
        if expression is self.row or not self.nullable:
            return ordered
        return ordered.nulls_last() if forward else ordered.nulls_first()

    def beyond(self, place: "Place", forward: bool) -> ColumnElement[bool]:
        """The rows after a place, or before it."""
        greater = self.down != forward
        if self.key is None:
            return self.row > place.id if greater else self.row < place.id
        if place.value is None:
            same = self.row > place.id if greater else self.row < place.id
            return and_(self.key.is_(None), same) if forward else or_(self.key.is_not(None), same)
        both, edge = tuple_(self.key, self.row), tuple_(literal(place.value, kind(self.key)), literal(place.id))
        found = both > edge if greater else both < edge
        return or_(found, self.key.is_(None)) if forward and self.nullable else found

    def read(self, text: str) -> "Place | None":
        """The place that the address names; None for what can be none."""
        head, dot, value = text.replace("\x00", "")[:LONGEST].partition(".")
        key = number(head)
        if key is None:
            return None
        try:
            return Place(key, parsed(kind(self.key), value) if dot and self.key is not None else None)
        except ValueError:
            return None

    def write(self, row: int, value: Any) -> str:
        """The place of a row, for an address."""
        if self.key is None or value is None:
            return str(row)
        plain = value.value if isinstance(value, PyEnum) else value
        return f"{row}.{plain.isoformat() if isinstance(plain, date) else plain}"


@dataclass(frozen=True)
class Place:
    """A row's place: its id and its value."""

    id: int
    value: Any = None


def kind(key: Any) -> Any:
    """The type by which a value is compared; functions that don't say theirs give text."""
    known = (Enum, Boolean, Integer, Numeric, Date, DateTime)
    return key.type if isinstance(getattr(key, "type", None), known) else String()


def parsed(of: Any, text: str) -> Any:
    """A value out of an address. Raises ValueError."""
    if isinstance(of, Enum):
        return of.enum_class(text) if of.enum_class else text
    return next((read(text) for kinds, read in READERS if isinstance(of, kinds)), text)


def decimal(text: str) -> float:
    """A number with decimals. Raises ValueError."""
    try:
        return float(Decimal(text[:40]))
    except InvalidOperation as error:
        raise ValueError(text) from error


READERS: tuple[tuple[type, Callable[[str], Any]], ...] = (
    (Boolean, lambda text: text == "True"),
    (Integer, lambda text: int(text[:18])),
    (Numeric, decimal),
    (DateTime, datetime.fromisoformat),
    (Date, date.fromisoformat),
)
