"""The rows that a picker is about, and what is said of each: its title, what tells it from its namesakes, the way to it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ARRAY, ColumnElement, Date, Integer, Select, String, any_, case, cast, false, func, null, select, true
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session, aliased

from admin_app.crud import relations
from admin_app.crud.fields import FieldSpec
from admin_app.reporting import days, lists
from admin_app.reporting.outline import RANK
from models import ClassifierItem, Level, Organization

LONG = 48  # signs of one name on the way to a row
VERY, BEGINS, NAMED, ELSEWHERE = range(4)  # how well a row is meant


def every(_columns: Any) -> ColumnElement[bool]:
    """Each row."""
    return true()


@dataclass(frozen=True)
class Range:
    """The rows that a picker is about: those of its field that are ``shown``; of them those may be chosen that ``may`` be, the
    others only lead there. Both are asked of the model or an alias of it.
    """

    spec: FieldSpec
    shown: Callable[[Any], ColumnElement[bool]] = every
    may: Callable[[Any], ColumnElement[bool]] = every

    @property
    def model(self) -> Any:
        """Whose rows."""
        return self.spec.target

    @property
    def is_tree(self) -> bool:
        """Do they stand under one another?"""
        return "parent_id" in self.model.__mapper__.column_attrs

    def ids(self) -> Select[Any]:
        """The ids of all of them."""
        rows = relations.choosable(self.spec).order_by(None).with_only_columns(self.model.id)
        return rows.where(self.shown(self.model))

    def rows(self, placed: Any = None) -> Select[Any]:
        """All of them with what an `Offer` says, the way to them for those that are to be ``placed``."""
        model = self.model
        named = model.id, relations.title_of(model).label("title"), relations.hint_of(model).label("hint")
        how = way(model) if placed is None else case((placed, way(model)))
        placed = how.label("way"), closed(model).label("closed"), self.opens().label("opens")
        return self.ids().with_only_columns(*named, *placed, self.may(model).label("may"))

    def opens(self) -> Any:
        """Does any of them stand under the row?"""
        if not self.is_tree:
            return false()
        child = other(self.model)
        below = select(child.id).where(child.parent_id == self.model.id, self.shown(child))
        return (below.where(relations.valid(child)) if self.spec.classifier else below).exists()


@dataclass(frozen=True)
class Offer:
    """A row: its title, what tells it from its namesakes, the way to it from the top, since when it is closed ("": it is not).

    ``opens``: others stand under it; ``may``: it can be chosen; ``level``: 1 at the top; ``how``: how well it is meant.
    """

    id: int
    title: str
    hint: str = ""
    place: str = ""
    closed: str = ""
    opens: bool = False
    may: bool = True
    level: int = 1
    how: int = ELSEWHERE


def read(session: Session, model: Any, query: Select[Any], order: Any = None) -> list[Offer]:
    """The rows as they are offered. ``order``: sort them, within their levels, open ones before closed ones, by that."""
    rows = list(session.execute(query if order is None else query.add_columns(order.label("place"))))
    if order is not None:
        rows.sort(key=lambda row: (row.level, row.closed is not None, row.place, row.id))
    ways = above(session, [row.id for row in rows]) if model is ClassifierItem else {row.id: row.way or () for row in rows}
    return [
        Offer(
            row.id,
            relations.worded(model, row.title),
            row.hint or "",
            " › ".join(map(shortened, ways.get(row.id, ()))),
            _("closed since %(date)s", date=row.closed.strftime("%d.%m.%Y")) if row.closed else "",
            row.opens,
            row.may,
            row.level,
            row.how,
        )
        for row in rows
    ]


def shortened(name: str) -> str:
    """A name as it stands on the way to a row."""
    return name if len(name) <= LONG else name[: LONG - 1].rstrip() + "…"


def order_of(model: Any) -> Any:
    """The text by which rows that are meant as well sort: offices stand before organizations, and these before branches."""
    if model is not Organization:
        return relations.order_of(model)
    return case({level: str(rank) for level, rank in RANK.items()}, value=Organization.level).concat(Organization.sort_key)


def closed(model: Any) -> Any:
    """The day since which the row is closed, if it is by today."""
    if model is not Organization:
        return cast(null(), Date)
    return case((Organization.closed_on <= days.today(), Organization.closed_on))


@cache
def other(model: Any) -> Any:
    """Another row of the same table. Made once: it takes a millisecond."""
    return aliased(model)


@cache
def way(model: Any) -> Any:
    """The names of what an organization stands under, below the region, as far as the actor sees them; of other rows nothing."""
    if model is not Organization:
        return cast(null(), ARRAY(String))
    node = other(Organization)
    ids = cast(func.string_to_array(func.trim(Organization.path, "/"), "/"), ARRAY(Integer))
    names = func.array_agg(aggregate_order_by(node.short_name, func.length(node.path)), type_=ARRAY(String))
    above = node.id == any_(ids), node.id != Organization.id, node.level != Level.REGION
    return select(names).where(*above).scalar_subquery()


def above(session: Session, ids: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """What each of these items is part of, from the top: codes with titles. They are kept (`reporting.lists`)."""
    return lists.each(session, "above", ids, above_of)


def above_of(session: Session, ids: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """The same, asked of the database: one statement for each level upwards."""
    known: dict[int, tuple[int | None, str]] = {}
    wanted = set(ids)
    while wanted:
        rows = select(ClassifierItem.id, ClassifierItem.parent_id, ClassifierItem.code, ClassifierItem.title)
        known |= {
            key: (parent, f"{code} {title}")
            for key, parent, code, title in session.execute(rows.where(ClassifierItem.id.in_(wanted)))
        }
        wanted = {parent for parent, _name in known.values() if parent is not None} - known.keys()
    return {key: tuple(upwards(known, key))[::-1] for key in ids if key in known}


def upwards(known: dict[int, tuple[int | None, str]], key: int) -> Iterable[str]:
    """The names above an item, the nearest first."""
    seen, at = {key}, known[key][0]
    while at is not None and at in known and at not in seen:
        seen.add(at)
        yield known[at][1]
        at = known[at][0]
