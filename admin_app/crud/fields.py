"""What the schema says about each field, once, as one ordered list.

List columns, forms, cards, filters, search, sorting, export and their words are all read from `fields_of(model)`: a column
added to models.py with `info=words(…)` is on every screen.
"""

import enum
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from flask_babel import LazyString
from sqlalchemy import ARRAY, Boolean, Column, Date, DateTime, Enum, Integer, String, Text, TextClause, any_, cast, false, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import ColumnProperty, Mapper, RelationshipProperty

from models import Base, ClassifierItem, Organization, Titled, User


class Kind(enum.StrEnum):
    """How a field is typed in, shown and filtered."""

    TEXT = "text"
    AREA = "area"
    INTEGER = "integer"
    NUMBER = "number"  # whole or with decimals
    FLAG = "flag"
    DATE = "date"
    MOMENT = "moment"
    CHOICE = "choice"  # one of a vocabulary
    CHOICES = "choices"  # several of a vocabulary, an array
    REF = "ref"  # one row of another table
    REFS = "refs"  # several rows of another table: an array of their ids
    LINKS = "links"  # several rows of another table: a relationship
    JSON = "json"
    OTHER = "other"  # never on a screen


SEVERAL = frozenset({Kind.CHOICES, Kind.REFS, Kind.LINKS})
TYPES: tuple[tuple[type, Kind], ...] = (
    (Enum, Kind.CHOICE),
    (Boolean, Kind.FLAG),
    (Integer, Kind.INTEGER),
    (Date, Kind.DATE),
    (DateTime, Kind.MOMENT),
    (JSONB, Kind.JSON),
    (Text, Kind.AREA),
    (String, Kind.TEXT),
)
BIG: tuple[type[Base], ...] = (Organization, User)  # always chosen by typing, however few there are today


@dataclass(frozen=True)
class FieldSpec:
    """One field of a model, as screens need it. `column` is the mapped attribute's column, None for a relationship.

    Ask `sql`, `get` and `put` for its value, never the model by `name`: a further field (`crud.attributes`) has no column, its
    values lie in the JSON column `extra` under the key `extra`.
    """

    name: str
    label: LazyString | str
    kind: Kind
    help: LazyString | str = ""
    section: str = ""
    list: bool = False
    search: bool = False
    filter: bool = False
    hidden: bool = False
    readonly: bool = False
    nullable: bool = True
    default: str | None = None  # the database's own, as text; "" when it can't be typed in advance
    length: int | None = None
    check: str | None = None
    classifier: str | None = None
    only: tuple[str, tuple[str, ...]] | None = None  # (another field, its values with which this one is given; (): any value)
    required_for: tuple[int, ...] = ()  # the types of organizations that must have it
    extra: str = ""
    target: type[Base] | None = None
    choices: tuple[tuple[str, Any], ...] = ()
    vocabulary: type[Titled] | None = None
    column: Column[Any] | None = field(default=None, compare=False)

    def sql(self, model: Any) -> Any:
        """The value in SQL, ready for SELECT, ORDER BY and conditions. `model` may be aliased."""
        if not self.extra:
            return getattr(model, self.name)
        value = model.extra[self.extra]
        match self.kind:
            case Kind.REF:
                return value.as_integer()
            case Kind.NUMBER:
                return value.as_float()
            case Kind.DATE:
                return cast(value.as_string(), Date)
            case Kind.FLAG:
                return func.coalesce(value.as_boolean(), false())
        return value if self.kind is Kind.REFS else value.as_string()

    def holds(self, model: Any, value: Any) -> Any:
        """The SQL condition that the field has this value, or, where it holds several, this among them; by index."""
        if self.kind is Kind.LINKS and self.target is not None:
            return getattr(model, self.name).any(self.target.id == value)  # type: ignore[attr-defined]
        if self.extra and value is not False:
            return model.extra.contains({self.extra: [value] if self.kind is Kind.REFS else plain(value)})
        if self.kind in {Kind.REFS, Kind.CHOICES}:
            return any_(self.sql(model)) == value
        return self.sql(model) == value

    def get(self, row: Any) -> Any:
        """The row's value."""
        if not self.extra:
            return getattr(row, self.name)
        value = (row.extra or {}).get(self.extra)
        if self.kind is Kind.DATE and value:
            return date.fromisoformat(value)
        return bool(value) if self.kind is Kind.FLAG else value

    def put(self, row: Any, value: Any) -> None:
        """Give the row this value; of a further field nothing is kept where nothing is said."""
        if not self.extra:
            setattr(row, self.name, value)
            return
        rest = {key: one for key, one in (row.extra or {}).items() if key != self.extra}
        row.extra = rest if value is False or value in (None, "", []) else rest | {self.extra: plain(value)}

    @property
    def shown(self) -> bool:
        """Has it a place on the card?"""
        return not self.hidden and self.kind is not Kind.OTHER

    @property
    def tabular(self) -> bool:
        """May it be a column and a filter of the list?"""
        return self.shown and self.kind is not Kind.JSON

    @property
    def typed(self) -> bool:
        """Has it a place on the form?"""
        return self.shown and not self.readonly and self.kind not in {Kind.MOMENT, Kind.JSON}

    @property
    def blank(self) -> Any:
        """What an empty field stores: NULL, or an empty text or list where NULL is not allowed."""
        if self.kind in SEVERAL:
            return []
        return "" if self.kind in {Kind.TEXT, Kind.AREA} and not self.nullable else None

    @property
    def required(self) -> bool:
        """Must a person fill it in? Not where empty is a value, nor where the database has its own."""
        return self.kind is not Kind.FLAG and not self.nullable and self.default is None


def plain(value: Any) -> Any:
    """The value as JSON holds it."""
    return value.isoformat() if isinstance(value, date) else value


@cache
def fields_of(model: type[Base]) -> tuple[FieldSpec, ...]:
    """All fields of the model that have words, in the order of the schema; relationships with words come last."""
    mapper: Mapper[Any] = model.__mapper__
    columns = sorted(mapper.column_attrs, key=lambda one: list(mapper.local_table.c).index(one.columns[0]))
    specs = [of_column(one) for one in columns if "label" in one.columns[0].info]
    return (*specs, *(of_link(one) for one in mapper.relationships if "label" in one.info))


def field_of(model: type[Base], name: str) -> FieldSpec:
    """The field of that name. Raises KeyError."""
    return {spec.name: spec for spec in fields_of(model)}[name]


def is_ref(model: type[Base], name: str) -> bool:
    """Is this the name of a field that is chosen from another table?"""
    return any(spec.name == name and spec.kind is Kind.REF for spec in fields_of(model))


def of_column(attribute: ColumnProperty[Any]) -> FieldSpec:
    """Read one column's words, type, constraints."""
    column: Any = attribute.columns[0]
    info = column.info
    vocabulary = info.get("vocabulary") or getattr(column.type, "enum_class", None)
    return FieldSpec(
        name=attribute.key,
        kind=kind_of(column),
        help=column.doc or "",
        nullable=bool(column.nullable),
        default=default_of(column),
        length=getattr(column.type, "length", None),
        target=target_of(column),
        vocabulary=vocabulary,
        choices=tuple((member.value, member.title) for member in vocabulary or ()),
        column=column,
        **places(info),
    )


def of_link(link: RelationshipProperty[Any]) -> FieldSpec:
    """Read a many-to-many relationship's words."""
    return FieldSpec(name=link.key, kind=Kind.LINKS, help=link.doc or "", target=link.mapper.class_, **places(link.info))


def places(info: dict[str, Any]) -> dict[str, Any]:
    """The part of a column's words that goes into the spec as it is."""
    known = ("label", "section", "list", "search", "filter", "hidden", "readonly", "check", "classifier", "only")
    return {name: info[name] for name in known if name in info}


def kind_of(column: Any) -> Kind:
    """The kind that the column's type and words make."""
    if isinstance(column.type, ARRAY):
        return Kind.CHOICES if "vocabulary" in column.info else Kind.REFS
    if column.foreign_keys:
        return Kind.REF
    if "widget" in column.info:
        return Kind(column.info["widget"])
    return next((kind for base, kind in TYPES if isinstance(column.type, base)), Kind.OTHER)


def target_of(column: Any) -> type[Base] | None:
    """The model whose row the column names."""
    if isinstance(column.type, ARRAY):
        return ClassifierItem if "classifier" in column.info else None
    for key in column.foreign_keys:
        return next(one.class_ for one in Base.registry.mappers if one.local_table is key.column.table)
    return None


def member(vocabulary: type[Titled], value: str) -> Titled:
    """The vocabulary's member of that value. Raises ValueError."""
    return vocabulary(value)  # type: ignore[call-arg]  # mypy takes a look-up for a new member


def default_of(column: Any) -> str | None:
    """The database's own value as one would type it; "" if it is computed; None if there is none."""
    if column.default is not None or column.server_default is None:
        return None if column.default is None else ""
    value = getattr(column.server_default, "arg", None)
    text = value.text if isinstance(value, TextClause) else value
    return text.strip("'{}") if isinstance(text, str) else ""
