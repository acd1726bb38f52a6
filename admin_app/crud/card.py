"""One row on a card and in a form: its fields in their sections, its values read and written."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from markupsafe import Markup
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session
from wtforms import Form

from admin_app.crud import relations, values
from admin_app.crud.fields import SEVERAL, FieldSpec, Kind, member
from admin_app.crud.relations import Titles
from models import SECTIONS, Base


@dataclass(frozen=True)
class Line:
    """One field on a card: its words, its value as people read it, and the card of the row that it names."""

    spec: FieldSpec
    text: str | Markup
    address: str = ""


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it (lines of a card, or fields of a form)."""

    name: str
    title: LazyString
    parts: list[Any]


def sections(specs: Iterable[FieldSpec], model: type[Base]) -> list[Section]:
    """The fields in their sections; those without one come first in a plain table, last beside named sections."""
    groups: dict[str, list[FieldSpec]] = {}
    for spec in specs:
        groups.setdefault(spec.section, []).append(spec)
    plain = groups.pop("", [])
    named = [Section(name, SECTIONS.get(name, LazyString(str, name)), parts) for name, parts in groups.items()]
    if not plain:
        return named
    rest = Section("main", _("Record") if named else model.__label__, plain)
    return [*named, rest] if named else [rest]


def columns(made: list[Section]) -> list[list[Section]]:
    """The sections in two columns of about the same height, in reading order: down the first, then down the second."""
    total, so_far = sum(len(one.parts) + 1 for one in made), 0
    halves: list[list[Section]] = [[], []]
    for one in made:
        size = len(one.parts) + 1
        halves[0 if so_far + size / 2 <= total / 2 or not halves[0] else 1].append(one)
        so_far += size
    return [half for half in halves if half]


def read(row: Any, specs: Iterable[FieldSpec], session: Session, address: Callable[[type[Base], int], str]) -> list[Section]:
    """The card of a row. `address(model, id)` gives the card of another row, or ""."""
    shown = [spec for spec in specs if spec.shown]
    wanted: dict[Any, set[int]] = {}
    for spec in shown:
        if spec.target is not None:
            wanted.setdefault(spec.target, set()).update(values.ids(spec.get(row)))
    titles = relations.titles(session, wanted)
    made = sections(shown, type(row))
    return [Section(one.name, one.title, [line(row, spec, titles, address) for spec in one.parts]) for one in made]


def line(row: Any, spec: FieldSpec, titles: Titles, address: Callable[[type[Base], int], str]) -> Line:
    """One field of the card."""
    value = spec.get(row)
    linked = spec.kind is Kind.REF and (spec.target, value) in titles
    return Line(spec, values.words(spec, value, titles), address(spec.target, value) if linked and spec.target else "")


def key_of(row: Any) -> int:
    """The row's id, without a question to the database even after a commit."""
    identity = inspect(row).identity
    return int(identity[0] if identity else row.id)


def default(spec: FieldSpec) -> Any:
    """The database's own value, ready for a new row's form."""
    text = spec.default or ""
    if spec.kind is Kind.FLAG:
        return text == "true"
    if spec.kind is Kind.INTEGER:
        return int(text)
    if spec.kind in {Kind.CHOICES, Kind.REFS}:
        return [part for part in text.split(",") if part]
    return text


def fill(row: Any, specs: Iterable[FieldSpec], form: Form, session: Session, created: bool) -> bool:
    """Write the form into the row; only what differs is touched. Has anything changed?"""
    changed = False
    for spec in specs:
        if spec.name not in form:
            continue
        old, new = spec.get(row), stored(spec, form[spec.name].data, session)
        if new is None and not spec.nullable and spec.default is not None:
            continue  # left empty: the database has its own value, or the row keeps what it has
        if created or not same(spec, old, new):
            spec.put(row, new)
            changed = True
    return changed


def stored(spec: FieldSpec, data: Any, session: Session) -> Any:
    """What the row keeps of what the form holds."""
    if spec.kind is Kind.LINKS and spec.target is not None:
        if not data:
            return []
        return list(session.scalars(select(spec.target).where(inspect(spec.target).primary_key[0].in_(data))))
    if data in (None, ""):
        return spec.blank
    return member(spec.vocabulary, data) if spec.kind is Kind.CHOICE and spec.vocabulary else data


def same(spec: FieldSpec, old: Any, new: Any) -> bool:
    """Is there nothing to write? The order of several does not matter, an absent text and an empty one are one."""
    if spec.kind in SEVERAL:
        return set(values.ids(old) if spec.target else old or ()) == set(values.ids(new) if spec.target else new or ())
    return bool(old == new) or (old in (None, "") and new in (None, ""))
