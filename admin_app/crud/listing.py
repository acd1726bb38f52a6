"""A page of a list: what the address asks for, the SELECT that answers it, the rows as people read them.

Only the columns shown are selected, with the titles of the rows that they name; the count stops at 1,000 unless the exact one is
asked for. A search first looks whether it finds few rows: then only those are sorted and shown.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sqlalchemy import ARRAY, Integer, Select, String, any_, func, inspect, literal, select
from sqlalchemy.orm import Session, aliased
from werkzeug.datastructures import MultiDict

from admin_app.crud import filters, relations, searching, values
from admin_app.crud.fields import FieldSpec, Kind
from admin_app.crud.filters import Filter
from admin_app.crud.paging import Order, Place
from admin_app.reporting import entries
from models import Base

PAGE = 50
CAP = 1000
COLUMN, EXACT = "col", "exact"  # parameters of an address: a column chosen, the whole count wanted
SORTED = {Kind.TEXT, Kind.AREA, Kind.INTEGER, Kind.NUMBER, Kind.FLAG, Kind.DATE, Kind.MOMENT, Kind.CHOICE, Kind.REF}
UNBROKEN = frozenset({"inn", "kpp", "ogrn", "okpo", "oktmo", "phone"})  # never broken between lines
PLAIN = UNBROKEN | {"email"}  # texts that sort as they are, so that an index serves them


@dataclass
class Listing:
    """What is asked of a list. `sort` is a field's name, or empty for the list's own order; `usual`: the columns nobody chose.

    `place` and `forward` say which page: the rows after a place, before one, the first ones (None) or the last ones.
    """

    model: Any
    columns: tuple[FieldSpec, ...]
    usual: tuple[FieldSpec, ...] = ()
    text: str = ""
    filters: list[Filter] = field(default_factory=list)
    sort: str = ""
    down: bool = False
    place: Place | None = None
    forward: bool = True
    exact: bool = False
    instead: str = ""  # what was typed, where its other keyboard layout was searched for

    @property
    def narrowed(self) -> bool:
        """Is anything left out by search or filters?"""
        return bool(self.text) or any(flt.used for flt in self.filters)

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """The parameters that make this list, without its page."""
        pairs = [("q", self.text), ("sort", ("-" if self.down else "") + self.sort)]
        for flt in self.filters:
            pairs += flt.parameters
        if self.usual and self.columns != self.usual:
            pairs += [(COLUMN, spec.name) for spec in self.columns]
        return [(name, value) for name, value in pairs if value]

    @cached_property
    def order(self) -> Order:
        """What it is sorted by."""
        spec = next((one for one in self.columns if one.name == self.sort), None)
        return usual_order(self.model) if spec is None else order_by(self.model, spec, self.down)

    def narrow(self, query: Select[Any]) -> Select[Any]:
        """Apply search and filters."""
        query = query.where(*searching.conditions(self.model, self.text)) if self.text else query
        return self.filtered(query)

    def filtered(self, query: Select[Any]) -> Select[Any]:
        """Apply the filters."""
        for flt in self.filters:
            query = query.where(*flt.clauses(self.model))
        return query

    def rows(self) -> Select[Any]:
        """Everything asked for, in order: the id, the columns shown, the titles of `named`, and last what they are sorted by."""
        order = self.order
        columns = [shown(self.model, spec) for spec in self.columns]
        titles = [relations.title_beside(self.model, self.columns[place].name) for place in self.named]
        return order.apply(select(self.model.id, *columns, *titles, order.shown.label("place")), self.forward)

    @cached_property
    def named(self) -> list[int]:
        """Which columns are references whose titles come in the same statement."""
        return [place for place, spec in enumerate(self.columns) if relations.titled_beside(spec)]

    def ids(self) -> Select[Any]:
        """The ids of all rows asked for, in order."""
        order = self.order
        return order.apply(self.narrow(select(self.model.id)))


def shown(model: Any, spec: FieldSpec) -> Any:
    """What to select for a column: of a relation to several rows, their ids."""
    if spec.kind is not Kind.LINKS:
        return spec.sql(model)
    link = inspect(model).relationships[spec.name]
    ours, theirs = link.synchronize_pairs[0][1], link.secondary_synchronize_pairs[0][1]
    return select(func.array_agg(theirs, type_=ARRAY(Integer))).where(ours == model.id).scalar_subquery().label(spec.name)


def order_by(model: Any, spec: FieldSpec, down: bool) -> Order:
    """The order by one column; a reference by the title of the row that it names."""
    if spec.target is not None:
        other: Any = aliased(spec.target)
        return Order(model.id, text_of(other, spec.target), down, nullable=True, other=other, link=spec.sql(model))
    key = spec.sql(model)
    if spec.kind in {Kind.TEXT, Kind.AREA} and spec.check not in PLAIN:
        key = model.sort_key if keyed(model, spec.name) else func.sort_key(key, type_=String)
    return Order(model.id, key, down, spec.nullable or bool(spec.extra))


def keyed(model: Any, name: str) -> bool:
    """Is this text the one that the model's `sort_key` column holds?"""
    return name == model.__title__ and searching.keyed(model)


def text_of(other: Any, model: Any) -> Any:
    """What related rows sort by."""
    if searching.keyed(model):
        return other.sort_key
    return getattr(other, model.__title__ if model.__title__ in model.__mapper__.column_attrs else "id")


def usual_order(model: Any) -> Order:
    """The list's own order: by name where rows have names, newest first where they have a moment."""
    names = model.__mapper__.column_attrs.keys()
    if "sort_key" in names:
        return Order(model.id, model.sort_key)
    if "position" in names:
        return Order(model.id, model.position)
    if model.__title__ == "id" or {"at", "opened_at", "starts_on"} & set(names):
        return Order(model.id, down=True)
    return Order(model.id, func.sort_key(getattr(model, model.__title__), type_=String))


def read(
    model: type[Base], columns: Sequence[FieldSpec], specs: Sequence[FieldSpec], session: Session, args: MultiDict[str, str]
) -> Listing:
    """What the address asks for. What makes no sense (an unknown column, a page that cannot be) asks for nothing."""
    usual = tuple(columns)
    chosen = chosen_columns(usual, specs, args.getlist(COLUMN))
    sort = args.get("sort", "")
    name = sort.removeprefix("-")
    known = any(spec.name == name and spec.kind in SORTED for spec in chosen)
    asked = Listing(
        model=model,
        columns=chosen,
        usual=usual,
        text=entries.clean(args.get("q", ""))[:200],
        filters=filters.read(specs, session, args),
        sort=name if known else "",
        down=known and sort.startswith("-"),
        exact=args.get(EXACT) == "1",
    )
    asked.place = asked.order.read(args.get("after") or args.get("before") or "")
    asked.forward = not ("before" in args and asked.place) and "last" not in args
    return asked


def chosen_columns(usual: tuple[FieldSpec, ...], specs: Sequence[FieldSpec], names: Sequence[str]) -> tuple[FieldSpec, ...]:
    """The columns of these names after the first one, which leads to the card; without names the usual ones."""
    offered = {spec.name: spec for spec in specs if spec.tabular}
    found = [offered[name] for name in dict.fromkeys(names) if name in offered and offered[name] != usual[0]]
    return (usual[0], *found) if names and usual else usual


# ── Reading a page ───────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Rows:
    """One page: rows of (id, cells); `total` is None beyond CAP unless the exact count was asked for.

    `before`, `after`: the places from which earlier and later pages go on, "" where there are none.
    """

    rows: list[tuple[int, list[Any]]]
    total: int | None
    before: str = ""
    after: str = ""

    def __bool__(self) -> bool:
        """Is anything found?"""
        return self.total != 0


def page_of(listing: Listing, session: Session) -> Rows:
    """Read the page; if nothing is found, what the same keys mean in the other keyboard layout is searched for."""

    def ask(text: str) -> Rows:
        listing.text = text
        return once(listing, session)

    typed = listing.text
    found, listing.text = searching.either(typed, ask)
    listing.instead = typed if listing.text != typed else ""
    return found


def once(listing: Listing, session: Session) -> Rows:
    """Read the page as it is asked for."""
    if listing.text and searching.covered(listing.model):
        if listing.place is None and not searching.indexed(listing.model):  # it reads all that it may: it counts on the way
            return cut(listing, session, listing.narrow(listing.rows()), PASSING)
        few = list(session.scalars(listing.filtered(searching.hits(listing.model, listing.text, CAP + 1))))
        if not few:
            return Rows([], 0)
        if len(few) <= CAP:
            among = listing.model.id == any_(literal(few, ARRAY(Integer)))
            return cut(listing, session, listing.rows().where(among), len(few))
        return cut(listing, session, listing.narrow(listing.rows()), total(listing, session))
    return cut(listing, session, listing.narrow(listing.rows()), total(listing, session) if listing.exact else ...)


PASSING = "passing"  # count the rows of the same statement


def cut(listing: Listing, session: Session, query: Select[Any], count: Any) -> Rows:
    """One page of the rows. `count`: how many there are, None for more than CAP, PASSING, or ... to count up to CAP."""
    counted = select(func.count()).select_from(listing.narrow(select(listing.model.id)).limit(CAP + 1).subquery())
    told = count is not ... and count is not PASSING
    if not told:
        query = query.add_columns(func.count().over() if count is PASSING else counted.scalar_subquery())
    order, forward = listing.order, listing.forward
    if listing.place is not None:
        query = query.where(order.beyond(listing.place, forward))
    found: list[Any] = list(session.execute(query.limit(PAGE + 1)))
    more, found = len(found) > PAGE, found[:PAGE] if forward else found[:PAGE][::-1]
    if not told:
        count = found[0][-1] if found else 0 if listing.place is None else session.scalar(counted)
        count = None if count is not None and count > CAP and not listing.exact else count
        found = [row[:-1] for row in found]
    rows = list(readable(listing, found, session))
    places = [order.write(row[0], row[-1]) for row in (found[0], found[-1])] if found else ["", ""]
    earlier, later = (listing.place is not None, more) if forward else (more, listing.place is not None)
    return Rows(rows, count, places[0] if earlier else "", places[1] if later else "")


def total(listing: Listing, session: Session) -> int | None:
    """How many rows there are: all of them if that is asked for, else None, for there are more than CAP."""
    if not listing.exact:
        return None
    return session.scalar(listing.narrow(select(func.count()).select_from(listing.model)))


def readable(listing: Listing, rows: Sequence[Any], session: Session) -> Iterator[tuple[int, list[Any]]]:
    """Rows as people read them."""
    columns, beside = listing.columns, list(enumerate(listing.named, 1 + len(listing.columns)))
    titles = titles_of(columns, rows, session, frozenset(listing.named))
    for at, place in beside:
        target: Any = columns[place].target
        titles |= {(target, row[1 + place]): relations.worded(target, row[at]) for row in rows if row[at] is not None}
    speakers = [values.speaker(spec, titles) for spec in columns]
    own = [(at, place) for at, place in beside if relations.told_by_row(listing.model, columns[place].name)]
    for row in rows:
        cells = [said(value) for said, value in zip(speakers, row[1:], strict=False)]
        for at, place in own:
            cells[place] = row[at] or cells[place]
        yield row[0], cells


def titles_of(
    columns: Sequence[FieldSpec], rows: Sequence[Any], session: Session, but: frozenset[int] = frozenset()
) -> dict[tuple[type[Base], int], str]:
    """What the rows that these ones name are called, but for the columns at these places."""
    wanted: dict[Any, set[int]] = {}
    for place, spec in enumerate(columns):
        if spec.target is not None and place not in but:
            wanted.setdefault(spec.target, set()).update(one for row in rows for one in values.ids(row[place + 1]))
    return relations.titles(session, wanted)
