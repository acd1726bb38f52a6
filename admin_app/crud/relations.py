"""Rows of other tables: how they are called, which may be chosen.

Everything is asked through the scoped session: what an actor may not see has no title, is not offered and is not found.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Enum,
    Integer,
    Select,
    String,
    and_,
    case,
    cast,
    func,
    inspect,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from admin_app.crud.fields import BIG, FieldSpec, Kind, field_of
from admin_app.reporting import classifiers, dated, days, lists
from models import Base, Classifier, ClassifierItem, Form, FormVersion, Organization, Report, Titled, User

FEW = 200  # more rows than that are chosen by typing
ENOUGH = 1000  # rows that a text may mean before their order is no longer looked at

INDENT = "\u2003"  # kept by browsers where spaces are not

LISTED: tuple[type[Base], ...] = (Classifier, ClassifierItem)  # their titles and choices are kept (`reporting.lists`)

Titles = Mapping[tuple[type[Base], int], str]


def title_of(model: type[Base], alias: Any = None) -> Any:
    """The SQL text by which a row of this model, or of this alias of it, is called."""
    of: Any = model if alias is None else alias
    if model is User:
        return func.concat_ws(" ", of.surname, of.name, func.nullif(of.patronymic, ""))
    if model is FormVersion:
        code = select(Form.code).where(Form.id == of.form_id).scalar_subquery()
        return func.concat_ws(" · ", code, of.label)
    if model is ClassifierItem:
        return cast(classifiers.called(of), String)
    column = getattr(of, model.__title__)
    return literal("№ ") + cast(column, String) if model.__title__ == "id" else cast(column, String)


def order_of(model: type[Base]) -> Any:
    """The SQL text by which rows of this model sort in a list of choices."""
    attributes = model.__mapper__.column_attrs.keys()
    if "sort_key" in attributes:
        return model.sort_key  # type: ignore[attr-defined]
    if "position" in attributes:
        return func.to_char(model.position, "000000000") + title_of(model)  # type: ignore[attr-defined]
    return func.sort_key(title_of(model))


@cache
def title_beside(model: Any, name: str) -> Any:
    """The title of the row that this reference names, to be selected beside it; NULL where the actor may not see it."""
    spec = field_of(model, name)
    target: Any = spec.target
    other = aliased(target)
    title = title_of(target, other)
    if told_by_row(model, name):
        title = dated.name_in_report(title)
    return select(title).where(other.id == spec.sql(model)).scalar_subquery()


def told_by_row(model: Any, name: str) -> bool:
    """Has the row that is named another title in another row? A report calls its organization as it was called at the time."""
    return (model, name) == (Report, "organization_id")


def titled_beside(spec: FieldSpec) -> bool:
    """Is its title best selected beside it? Not where several are named, or where titles are kept anyway."""
    return spec.target is not None and spec.kind is Kind.REF and spec.target not in LISTED


def worded(model: type[Base], title: str | None) -> str:
    """The title as people read it: a vocabulary's value becomes its words."""
    kind = getattr(model.__table__.c.get(model.__title__), "type", None)
    if title and isinstance(kind, Enum) and kind.enum_class is not None:
        return str(kind.enum_class(title).title)  # type: ignore[attr-defined]
    return title or ""


def title_held(row: Base) -> str | None:
    """What a row is called, if its title has been loaded with it; None: it must be asked for."""
    model = type(row)
    held = None if model in (User, FormVersion) or model.__title__ == "id" else inspect(row).dict.get(model.__title__)
    return None if held is None else str(held.title if isinstance(held, Titled) else held)


def titles(session: Session, wanted: Mapping[type[Base], Iterable[int]]) -> dict[tuple[type[Base], int], str]:
    """What the rows with these ids are called; rows that the actor may not see are missing. One statement at most."""
    names = {(model, key) for model, keys in wanted.items() for key in keys if key is not None}
    if lists.copy() is None:
        return told(session, names)
    listed = {name for name in names if name[0] in LISTED}
    return lists.each(session, "titles", listed, told) | told(session, names - listed)


def told(session: Session, wanted: Iterable[tuple[type[Base], int]]) -> dict[tuple[type[Base], int], str]:
    """The same, asked of the database."""
    ids: dict[type[Base], list[int]] = {}
    for model, key in wanted:
        ids.setdefault(model, []).append(key)
    models: dict[str, Any] = {model.__name__: model for model in ids}
    parts = [select(literal(name), model.id, title_of(model)).where(model.id.in_(ids[model])) for name, model in models.items()]
    if not parts:
        return {}
    rows = session.execute(parts[0] if len(parts) == 1 else union_all(*parts))
    return {(models[name], key): worded(models[name], title) for name, key, title in rows}


def choosable(spec: FieldSpec) -> Select[Any]:
    """All rows that the field may name: (model's name, list's code, id, title, order), unlimited."""
    model: Any = spec.target
    rows = select(literal(model.__name__), literal(spec.classifier or ""), model.id, title_of(model), order_of(model))
    if spec.classifier:
        rows = rows.join(Classifier, Classifier.id == ClassifierItem.classifier_id)
        rows = rows.where(Classifier.code == spec.classifier, valid(ClassifierItem))
    return rows.order_by(order_of(model), model.id)


def valid(columns: Any) -> ColumnElement[bool]:
    """May the item be chosen today? `columns`: the model or an alias of it."""
    day = days.today()
    begun, lasts = or_(columns.valid_from == null(), columns.valid_from <= day), columns.valid_to >= day
    return and_(begun, or_(columns.valid_to == null(), lasts))


Options = dict[tuple[type[Base], str | None], list[tuple[int, str]] | None]


def options(session: Session, specs: Iterable[FieldSpec]) -> Options:
    """The rows to choose from for every small relation among these fields, in one statement; None: choose by typing."""
    wanted = {(spec.target, spec.classifier): spec for spec in specs if spec.target is not None}
    found: Options = {key: None for key in wanted if key[0] in BIG}
    kept = [spec for key, spec in wanted.items() if key[0] in LISTED]
    if kept:
        key = "options", frozenset((spec.target, spec.classifier) for spec in kept)
        found |= lists.kept(session, key, lambda some: offered(some, kept))
    return found | offered(session, [spec for key, spec in wanted.items() if key[0] not in (*BIG, *LISTED)])


def offered(session: Session, specs: Iterable[FieldSpec]) -> Options:
    """The same, asked of the database. No two of the fields have the same rows."""
    names = {(spec.target.__name__, spec.classifier or ""): spec for spec in specs if spec.target is not None}
    rows: dict[Any, list[Item]] = {(spec.target, spec.classifier): [] for spec in names.values()}
    if not names:
        return {}
    parts = [choosable(spec).add_columns(place_of(spec.target)).limit(FEW + 1) for spec in names.values()]
    for name, code, row, title, _order, parent in session.execute(parts[0] if len(parts) == 1 else union_all(*parts)):
        spec = names[name, code]
        rows[spec.target, spec.classifier].append(Item(row, worded(spec.target, title), parent))  # type: ignore[arg-type]
    return {key: outlined(some) if len(some) <= FEW else None for key, some in rows.items()}


class Item(NamedTuple):
    """A row of a small table; of a classifier with what it is part of."""

    id: int
    title: str
    parent: int | None


def place_of(model: Any) -> Any:
    """What an `Item` has besides."""
    return (model.parent_id if model is ClassifierItem else cast(null(), Integer)).label("part_of")


def outlined(rows: list[Item]) -> list[tuple[int, str]]:
    """Ids and titles. Where some stand under others each stands under its own, a little to the right."""
    ids = {row.id for row in rows}
    if not any(row.parent in ids for row in rows):
        return [(row.id, row.title) for row in rows]
    below: dict[int | None, list[Item]] = defaultdict(list)
    for row in rows:
        below[row.parent if row.parent in ids else None].append(row)
    return list(beneath(below, None, ""))


def beneath(below: Mapping[int | None, list[Item]], parent: int | None, indent: str) -> Iterator[tuple[int, str]]:
    """What stands under an item, all levels of it."""
    for row in below.get(parent, ()):
        yield row.id, indent + row.title
        yield from beneath(below, row.id, indent + INDENT)


def chosen(session: Session, wanted: Mapping[FieldSpec, Iterable[int]]) -> dict[tuple[str, int], str]:
    """What these rows are called, by field's name and id; those that the field may not name are missing."""
    parts = []
    for spec, keys in wanted.items():
        if keys := set(keys):
            model: Any = spec.target
            named = choosable(spec).with_only_columns(literal(spec.name), model.id, title_of(model)).order_by(None)
            parts.append(named.where(model.id.in_(keys)))
    if not parts:
        return {}
    rows = session.execute(parts[0] if len(parts) == 1 else union_all(*parts))
    models = {spec.name: spec.target for spec in wanted}
    return {(name, key): worded(models[name], title) for name, key, title in rows}  # type: ignore[arg-type]


def hint_of(model: type[Base]) -> Any:
    """What tells a row from its namesakes: an organization's INN and place, a person's login, an item's code if it is not called
    by it anyway."""
    if model is Organization:
        return func.concat_ws(" · ", Organization.inn, Organization.address)
    if model is User:
        return func.concat_ws(" · ", User.username, User.email)
    if model is ClassifierItem:
        return case((model.classifier_id.in_(classifiers.coded()), ""), else_=model.code)
    return cast(model.code, String) if "code" in model.__mapper__.column_attrs else literal("")  # type: ignore[attr-defined]
