"""The history of registry rows: every flush of the scoped session writes one event for each row it touched.

Kinds ``row.created``, ``row.changed``, ``row.deleted``; ``data = {"field": [old, new]}``. Old and new are what the database
has before and after the flush, so neither a trigger nor an expired object is missed. A reference is kept as
``{"id": 7, "label": "город"}``, a list of references as a list of those: it can be read when the row has gone, and undone.
Hidden columns (passwords, session keys, sort keys) are never kept; of ``extra`` each further field is kept by itself.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import insert, inspect, select
from sqlalchemy.orm import Session

from admin_app.reporting import attributes, dated
from admin_app.reporting.actor import quietly
from admin_app.reporting.audit import about, operation, plain, title
from models import (
    Attribute,
    Base,
    Campaign,
    Classifier,
    ClassifierItem,
    Event,
    Form,
    FormVersion,
    Membership,
    Organization,
    Period,
    Role,
    Succession,
    User,
)

Model = type[Base]
Values = dict[str, Any]
REGISTRY: frozenset[Model] = frozenset(
    {Attribute, Campaign, Classifier, ClassifierItem, Form, FormVersion, Membership, Organization, Period, Role, Succession, User}
)
NOISE = frozenset({"id", "created_at", "updated_at", "last_login_at"})


@dataclass
class Touched:
    """The registry rows of one flush, and what they were before it."""

    created: list[Base] = field(default_factory=list)
    changed: list[Base] = field(default_factory=list)
    deleted: list[Base] = field(default_factory=list)
    old: dict[tuple[Model, int], Values] = field(default_factory=dict)
    gone: dict[int, Values] = field(default_factory=dict)  # by id(row): what the event of a deleted row says


def before(session: Session, _context: object, _instances: object) -> None:
    """Before the flush: keep what the rows are."""
    touched = Touched(
        [row for row in session.new if type(row) in REGISTRY],
        [row for row in session.dirty if type(row) in REGISTRY and session.is_modified(row)],
        [row for row in session.deleted if type(row) in REGISTRY],
    )
    session.info["touched"] = touched
    with quietly("history"), session.no_autoflush:
        touched.old = snapshot(session, [*touched.changed, *touched.deleted])
        touched.gone = {id(row): about(row, up(row)) for row in touched.deleted}


def after(session: Session, _context: object) -> None:
    """After the flush, in its transaction: write what has become of them."""
    touched: Touched = session.info.pop("touched", None) or Touched()
    with quietly("history"):
        new = snapshot(session, [*touched.created, *touched.changed])
        events = [
            *(entry("row.created", about(row), {}, new[key(row)]) for row in touched.created),
            *(entry("row.changed", about(row), touched.old[key(row)], new[key(row)]) for row in touched.changed),
            *(entry("row.deleted", touched.gone[id(row)], touched.old[key(row)], {}) for row in touched.deleted),
        ]
        events = [made for made in events if made["data"]]
        changed = [one for one in events if one["kind"] == "row.changed" and one["subject_type"] == Organization.__tablename__]
        dated.record(session, {one["subject_id"]: plainly(one["data"]) for one in changed})
        if events:
            chosen = attributes.items(session, {name for made in events for name in made["data"]})
            named = names(session, events, chosen)
            for made in events:
                pairs = made["data"].items()
                made["data"] = {name: [spoken(made, name, value, named, chosen) for value in pair] for name, pair in pairs}
            session.connection().execute(insert(Event), [made | vars(operation(session)) for made in events])


def entry(kind: str, who: Values, old: Values, new: Values) -> Values:
    """An event's columns; no data if nothing differs."""
    return {"kind": kind, **who, "data": differing(old, new)}


def differing(old: Values, new: Values) -> dict[str, list[Any]]:
    """The fields whose values differ between two snapshots of a row: old and new of each."""
    names = [*new, *(name for name in old if name not in new)]
    pairs = {name: [old.get(name), new.get(name)] for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def plainly(pairs: Mapping[str, list[Any]]) -> dict[str, tuple[Any, Any]]:
    """Old and new of each field as JSON holds them, references by id."""
    return {name: (plain(old), plain(new)) for name, (old, new) in pairs.items()}


def key(row: Base) -> tuple[Model, int]:
    """The row's place in a snapshot."""
    return type(row), inspect(type(row)).primary_key_from_instance(row)[0]


def up(row: Base) -> int | None:
    """Where the event of a deleted row belongs: an organization that is gone can't have it, the one above can."""
    return row.parent_id if isinstance(row, Organization) else None


# ── What the database has ────────────────────────────────────────────────────────────────────────────────────────────


@lru_cache(maxsize=32)
def columns(model: Model) -> tuple[Any, ...]:
    """The columns whose changes are kept."""
    return tuple(c for c in model.__table__.c if c.key not in NOISE and (c.key == "extra" or not c.info.get("hidden")))


@lru_cache(maxsize=32)
def lists(model: Model) -> tuple[tuple[str, Any, Any], ...]:
    """The many-to-many relations whose changes are kept: name, our column of the table between, the other's."""
    return tuple(
        (relation.key, relation.synchronize_pairs[0][1], (relation.secondary_synchronize_pairs or [])[0][1])
        for relation in inspect(model).relationships
        if relation.secondary is not None and not relation.viewonly
    )


def snapshot(session: Session, rows: Iterable[Base]) -> dict[tuple[Model, int], Values]:
    """The kept values of the rows, one statement per model and list."""
    ids: dict[Model, list[int]] = defaultdict(list)
    for row in rows:
        model, identity = key(row)
        ids[model].append(identity)
    found: dict[tuple[Model, int], Values] = {}
    for model, wanted in ids.items():
        table = model.__table__
        for identity, *values in session.execute(select(table.c.id, *columns(model)).where(table.c.id.in_(wanted))):
            kept = {c.name: value for c, value in zip(columns(model), values, strict=True)}
            found[model, identity] = attributes.spread(kept.pop("extra", None)) | kept
        for name, ours, theirs in lists(model):
            listed: dict[int, list[int]] = defaultdict(list)
            for owner, other in session.execute(select(ours, theirs).where(ours.in_(wanted)).order_by(theirs)):
                listed[owner].append(other)
            for identity in wanted:
                found[model, identity][name] = listed[identity]
    return found


# ── References in words ──────────────────────────────────────────────────────────────────────────────────────────────

BY_TABLE: dict[str, Model] = {model.__tablename__: model for model in REGISTRY}
Names = dict[tuple[Model, int], str]


def target(table: str, name: str, chosen: Set[str] = frozenset()) -> Model | None:
    """The model that a field of this table refers to. `chosen`: further fields that hold items of lists."""
    if name in chosen:
        return ClassifierItem
    listed = {key: theirs for key, _ours, theirs in lists(BY_TABLE[table])}
    column = listed.get(name, BY_TABLE[table].__table__.c.get(name))
    keys = column.foreign_keys if column is not None else ()
    return next((BY_TABLE.get(key.column.table.name) for key in keys), None)


def names(session: Session, events: Iterable[Values], chosen: Set[str]) -> Names:
    """What the rows that the events refer to are called, one statement per table."""
    wanted: dict[Model, set[int]] = defaultdict(set)
    for made in events:
        for name, pair in made["data"].items():
            model = target(made["subject_type"], name, chosen)
            if model is not None:
                wanted[model].update(one for value in pair for one in (value if isinstance(value, list) else [value]) if one)
    found: Names = {}
    for model, ids in wanted.items():
        for row in session.scalars(select(model).where(model.__table__.c.id.in_(ids))):
            found[key(row)] = title(row)
    return found


def spoken(made: Values, name: str, value: Any, named: Names, chosen: Set[str]) -> Any:
    """The value as the event keeps it."""
    model = target(made["subject_type"], name, chosen)
    if model is None or value is None:
        return plain(value)
    if isinstance(value, list):
        return [spoken(made, name, one, named, chosen) for one in value]
    return {"id": value, "label": named.get((model, value), "")}
