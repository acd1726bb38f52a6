"""A page of a list: what the address asks for, the SELECT that answers it, the rows as people read them.

Only the columns shown are selected; titles of related rows come in one further statement; the count stops at 1,000.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup
from sqlalchemy import Select, String, Text, func, select
from sqlalchemy.orm import Session, aliased
from werkzeug.datastructures import MultiDict

from admin_app.crud import filters, relations, searching, values
from admin_app.crud.fields import FieldSpec, Kind
from admin_app.crud.filters import Filter
from models import Base

PAGE = 50
CAP = 1000
FARTHEST = 10_000  # pages; beyond it the database would only count rows to throw them away
UNBROKEN = {"inn", "kpp", "ogrn", "okpo", "oktmo", "phone"}
SORTED = {Kind.TEXT, Kind.AREA, Kind.INTEGER, Kind.FLAG, Kind.DATE, Kind.MOMENT, Kind.CHOICE, Kind.REF}


@dataclass
class Listing:
    """What is asked of a list. `sort` is a field's name, or empty for the list's own order."""

    model: Any
    columns: tuple[FieldSpec, ...]
    text: str = ""
    filters: list[Filter] = field(default_factory=list)
    sort: str = ""
    down: bool = False
    page: int = 1

    @property
    def narrowed(self) -> bool:
        """Is anything left out by search or filters?"""
        return bool(self.text) or any(flt.used for flt in self.filters)

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """The parameters that make this list, without its page."""
        pairs = [("q", self.text), ("sort", ("-" if self.down else "") + self.sort)]
        for flt in self.filters:
            name, key = flt.spec.name, flt.sent or (str(flt.value) if flt.value is not None else "")
            pairs += [(name, key), (name + filters.FROM, flt.sent_from), (name + filters.TO, flt.sent_to)]
        return [(name, value) for name, value in pairs if value]

    def rows(self) -> Select[Any]:
        """Everything asked for, in order: the id, then the columns shown."""
        query = select(self.model.id, *(getattr(self.model, spec.name) for spec in self.columns))
        return self.ordered(self.narrow(query))

    def narrow(self, query: Select[Any]) -> Select[Any]:
        """Apply search and filters."""
        query = query.where(*searching.clauses(self.model, self.text)) if self.text else query
        for flt in self.filters:
            query = query.where(*flt.clauses(self.model))
        return query

    def ordered(self, query: Select[Any]) -> Select[Any]:
        """Apply the order; equal rows by id, so that pages never repeat or lose a row."""
        spec = next((one for one in self.columns if one.name == self.sort), None)
        if spec is None:
            return query.order_by(*usual_order(self.model))
        attribute: Any = getattr(self.model, spec.name)
        if spec.target is not None:
            other: Any = aliased(spec.target)
            query, attribute = query.outerjoin(other, other.id == attribute), text_of(other, spec.target)
        elif isinstance(spec.column.type if spec.column is not None else None, (String, Text)) and not spec.vocabulary:
            attribute = self.model.sort_key if keyed(self.model, spec.name) else func.sort_key(attribute)
        order = attribute.desc().nulls_last() if self.down else attribute.asc().nulls_last()
        return query.order_by(order, self.model.id)


def keyed(model: Any, name: str) -> bool:
    """Is this text the one that the model's `sort_key` column holds?"""
    return name == model.__title__ and "sort_key" in model.__mapper__.column_attrs


def text_of(other: Any, model: Any) -> Any:
    """What related rows sort by."""
    if "sort_key" in model.__mapper__.column_attrs:
        return other.sort_key
    return getattr(other, model.__title__ if model.__title__ in model.__mapper__.column_attrs else "id")


def usual_order(model: Any) -> Sequence[Any]:
    """The list's own order: by name where rows have names, newest first where they have a moment."""
    names = model.__mapper__.column_attrs.keys()
    if "sort_key" in names:
        return model.sort_key, model.id
    if "position" in names:
        return model.position, model.id
    if model.__title__ == "id" or {"at", "opened_at", "starts_on"} & set(names):
        return (model.id.desc(),)
    return func.sort_key(getattr(model, model.__title__)), model.id


def read(
    model: type[Base], columns: Sequence[FieldSpec], specs: Sequence[FieldSpec], session: Session, args: MultiDict[str, str]
) -> Listing:
    """What the address asks for. What makes no sense (an unknown column, a page that cannot be) asks for nothing."""
    sort = args.get("sort", "")
    name = sort.removeprefix("-")
    known = any(spec.name == name and spec.kind in SORTED for spec in columns)
    page = args.get("page", "1")
    return Listing(
        model=model,
        columns=tuple(columns),
        text=args.get("q", "").replace("\x00", "").strip()[:200],
        filters=filters.read(specs, session, args),
        sort=name if known else "",
        down=known and sort.startswith("-"),
        page=min(int(page), FARTHEST) if page.isascii() and page.isdigit() and len(page) < 9 and int(page) else 1,
    )


@dataclass(frozen=True)
class Head:
    """A column's heading: its words, the address that sorts by it (or ""), the order it is in (or ""), its cells' attributes.

    All are ready-made text: a page has some hundreds of cells.
    """

    label: str
    address: str
    order: str
    cell: Markup


@dataclass(frozen=True)
class Links:
    """Addresses of this list with something changed; everything else stays as it is."""

    address: str
    listing: Listing

    def query(self, **changes: Any) -> str:
        """The query string with these parameters instead; "" takes one away."""
        names = {name for name, value in changes.items() if value == ""} | changes.keys()
        pairs = [pair for pair in self.listing.parameters if pair[0] not in names]
        pairs += [(name, str(value)) for name, value in changes.items() if value != ""]
        return "?" + urlencode(pairs) if pairs else ""

    def without(self, *names: str) -> str:
        """Without these parameters."""
        return self.address + self.query(**dict.fromkeys(names, ""))

    def page(self, number: int) -> str:
        """Another page."""
        return self.address + (self.query(page=number) if number > 1 else self.query())

    def heads(self) -> list[Head]:
        """The columns' headings; a second choice of the same column turns the order round."""
        return [self.head(spec) for spec in self.listing.columns]

    def head(self, spec: FieldSpec) -> Head:
        """One heading."""
        label, whole = str(spec.label), spec.check in UNBROKEN or spec.kind in {Kind.DATE, Kind.MOMENT}
        cell = Markup(' data-label="{}"{}').format(label, Markup(' class="n"') if whole else "")
        if spec.kind not in SORTED:
            return Head(label, "", "", cell)
        here = self.listing.sort == spec.name
        down = here and not self.listing.down
        order = ("descending" if self.listing.down else "ascending") if here else ""
        return Head(label, self.address + self.query(sort="-" * down + spec.name), order, cell)


@dataclass(frozen=True)
class Rows:
    """One page: rows of (id, cells); `total` is exact up to CAP, None beyond it."""

    rows: list[tuple[int, list[Any]]]
    total: int | None
    more: bool


def page_of(listing: Listing, session: Session) -> Rows:
    """Read the page: rows, count, titles; the count is left out where the rows tell it."""
    start = (listing.page - 1) * PAGE
    found = session.execute(listing.rows().limit(PAGE + 1).offset(start)).all()
    more, found = len(found) > PAGE, found[:PAGE]
    ends_here = not more and (found or listing.page == 1)
    total = start + len(found) if ends_here else count(listing, session)
    return Rows(list(readable(listing.columns, found, session)), total, more)


def count(listing: Listing, session: Session) -> int | None:
    """How many rows there are, or None for more than CAP."""
    total = len(session.scalars(listing.narrow(select(listing.model.id)).limit(CAP + 1)).all())
    return None if total > CAP else total


def readable(columns: Sequence[FieldSpec], rows: Iterable[Any], session: Session) -> Iterator[tuple[int, list[Any]]]:
    """Rows as people read them."""
    rows = list(rows)
    wanted: dict[Any, set[int]] = {}
    for place, spec in enumerate(columns, 1):
        if spec.target is not None:
            wanted.setdefault(spec.target, set()).update(one for row in rows for one in values.ids(row[place]))
    titles = relations.titles(session, wanted)
    for row in rows:
        yield row[0], [values.words(spec, value, titles) for spec, value in zip(columns, row[1:], strict=True)]
