"""Filters of lists: one per field that the schema marks so, addressed by the field's own name (`?level=branch&parent_id=5`).

A reference to an organization takes in everything below it. What cannot be read is said and left out.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import format_date
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, String, cast, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from admin_app.crud import relations, searching
from admin_app.crud.fields import FieldSpec, Kind, member
from admin_app.crud.inputs import read_day
from admin_app.crud.pickers import number
from models import Organization

NONE, SOME = "none", "some"  # words for “empty” and “filled in” in an address
FROM, TO, TEXT = "-from", "-to", "-text"


@dataclass(frozen=True)
class Chip:
    """A filter in use: its words, and the parameters of the address that make it."""

    label: str
    value: str
    parameters: tuple[str, ...]


@dataclass
class Filter:
    """One field's filter. `sent`: what the address says; `value`: what was read of it; `wrong`: why it could not be read."""

    spec: FieldSpec
    sent: str = ""
    sent_from: str = ""
    sent_to: str = ""
    value: Any = None
    first: date | None = None
    last: date | None = None
    wrong: str = ""
    rows: list[tuple[int, str]] | None = None
    title: str = ""

    @property
    def used(self) -> bool:
        """Does it narrow the list?"""
        return self.value is not None or self.first is not None or self.last is not None

    def clauses(self, model: Any) -> list[ColumnElement[bool]]:
        """The SQL conditions."""
        attribute: Any = getattr(model, self.spec.name)
        if self.value in (NONE, SOME) and self.spec.kind in {Kind.DATE, Kind.REF}:
            return [attribute.is_(None) if self.value == NONE else attribute.is_not(None)]
        found = [attribute >= self.first] if self.first else []
        found += [attribute <= self.last] if self.last else []
        if self.value is None:
            return found
        if self.spec.target is Organization:
            return [attribute.in_(below(self.value))]
        if self.spec.kind is Kind.TEXT:
            return [cast(attribute, String).regexp_match("^" + searching.folded(self.value))]
        return [attribute == self.value]

    def chip(self) -> Chip:
        """Its words while in use."""
        name = self.spec.name
        return Chip(str(self.spec.label), self.words(), (name, name + FROM, name + TO, name + TEXT))

    def words(self) -> str:
        """The value as people read it."""
        if self.value in (NONE, SOME) and self.spec.kind in {Kind.DATE, Kind.REF}:
            return str(_("empty") if self.value == NONE else _("filled in"))
        if self.spec.kind is Kind.DATE:
            first = _("from %(date)s", date=format_date(self.first, "dd.MM.yyyy")) if self.first else ""
            last = _("to %(date)s", date=format_date(self.last, "dd.MM.yyyy")) if self.last else ""
            return f"{first} {last}".strip()
        if self.spec.kind is Kind.FLAG:
            return str(_("yes") if self.value else _("no"))
        if self.spec.target is Organization:
            return str(_("%(name)s and below", name=self.title))
        return self.title or str(dict(self.spec.choices).get(self.value, self.value))


def below(organization_id: int) -> Any:
    """The ids of an organization and everything under it that the actor sees."""
    path = select(Organization.path).where(Organization.id == organization_id).scalar_subquery()
    return select(Organization.id).where(Organization.path >= path, Organization.path < path.concat("~"))


def read(specs: Iterable[FieldSpec], session: Session, args: MultiDict[str, str]) -> list[Filter]:
    """The filters among these fields with what the address says of each."""
    found = [one(spec, args) for spec in specs if spec.filter and spec.shown]
    references = [flt for flt in found if flt.spec.target is not None]
    offered = relations.options(session, [flt.spec for flt in references])
    for flt in references:
        flt.rows = offered[flt.spec.target, flt.spec.classifier]  # type: ignore[index]
        look_up(flt, session, args.get(flt.spec.name + TEXT, ""))
    name_them(references, session)
    return found


def look_up(flt: Filter, session: Session, typed: str) -> None:
    """A name typed where nothing was chosen (without scripts) is looked up."""
    if flt.rows is None and typed.strip() and not flt.sent:
        try:
            flt.value = relations.meant(session, flt.spec, typed.replace("\x00", "").strip())
        except ValueError as error:
            flt.wrong, flt.title = str(error), typed


def name_them(references: Iterable[Filter], session: Session) -> None:
    """Give the chosen rows their titles; a row that the actor doesn't see is no filter."""
    wanted: dict[Any, set[int]] = {}
    for flt in references:
        flt.title = dict(flt.rows or ()).get(flt.value, flt.title)
        if isinstance(flt.value, int) and not flt.title:
            wanted.setdefault(flt.spec.target, set()).add(flt.value)
    titles = relations.titles(session, wanted)
    for flt in references:
        if isinstance(flt.value, int) and not flt.title:
            flt.title = titles.get((flt.spec.target, flt.value), "")  # type: ignore[arg-type]
            if not flt.title:
                flt.value, flt.wrong = None, _("There is no such row, or it lies outside what you may see.")


def one(spec: FieldSpec, args: Mapping[str, str]) -> Filter:
    """Read one field's filter out of the address."""
    sent = args.get(spec.name, "").replace("\x00", "").strip()
    flt = Filter(spec, sent, args.get(spec.name + FROM, "").strip(), args.get(spec.name + TO, "").strip())
    try:
        flt.value = value_of(spec, sent) if sent else None
        flt.first = read_day(flt.sent_from) if flt.sent_from and spec.kind is Kind.DATE else None
        flt.last = read_day(flt.sent_to) if flt.sent_to and spec.kind is Kind.DATE else None
    except ValueError as error:
        flt.wrong = str(error)
    return flt


def value_of(spec: FieldSpec, sent: str) -> Any:
    """The value that the text stands for. Raises ValueError with a sentence."""
    if sent in (NONE, SOME) and spec.kind in {Kind.DATE, Kind.REF}:
        return sent
    if spec.kind is Kind.FLAG and sent in {"0", "1"}:
        return sent == "1"
    if spec.kind is Kind.CHOICE and sent in {key for key, _title in spec.choices}:
        return member(spec.vocabulary, sent) if spec.vocabulary else sent
    if spec.kind is Kind.REF and (key := number(sent)) is not None:
        return key
    if spec.kind is Kind.TEXT:
        return sent
    raise ValueError(_("“%(value)s” is none of the values of “%(label)s”; the filter is left out.", value=sent, label=spec.label))
