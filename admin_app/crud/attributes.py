"""Further fields, added by an operator at run time, as field specs: every screen takes them for fields of the schema.

Signed-in requests keep them between them as long as no list changes (`reporting.lists`). Who works outside a request (an import,
an export) holds the specs it has asked for.
"""

from dataclasses import replace
from datetime import date

from flask_babel import format_date, get_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from admin_app.crud.fields import FieldSpec, Kind, fields_of
from admin_app.reporting import attributes, days, lists
from admin_app.reporting.attributes import PREFIX
from models import Attribute, AttributeKind, Base, ClassifierItem, Organization

LONGEST = 500  # signs of a text
KINDS = {
    AttributeKind.CHOICE: Kind.REF,
    AttributeKind.CHOICES: Kind.REFS,
    AttributeKind.TEXT: Kind.TEXT,
    AttributeKind.NUMBER: Kind.NUMBER,
    AttributeKind.DATE: Kind.DATE,
    AttributeKind.FLAG: Kind.FLAG,
}

Further = tuple[FieldSpec, ...]


def specs_of(model: type[Base], session: Session) -> Further:
    """All fields of the model today: those of the schema, then those that operators have added."""
    return (*fields_of(model), *further(model, session))


def further(model: type[Base], session: Session) -> Further:
    """The added fields in force today."""
    return known(session)[0] if model is Organization else ()


def ended(model: type[Base], session: Session) -> Further:
    """The added fields out of force today; their values are still read, and no longer asked for."""
    return known(session)[1] if model is Organization else ()


def ever(model: type[Base], session: Session) -> Further:
    """All fields that rows and the log may have."""
    return (*specs_of(model, session), *ended(model, session))


def known(session: Session) -> tuple[Further, Further]:
    """The added fields in force today, and the others."""
    day = days.today()
    return lists.kept(session, ("fields", str(get_locale())), lambda some: made(some, day))


def made(session: Session, day: date) -> tuple[Further, Further]:
    """The same, asked of the database."""
    found = [(attributes.in_force(one, day), spec_of(one, day)) for one in attributes.known(session)]
    return tuple(spec for now, spec in found if now), tuple(spec for now, spec in found if not now)


def spec_of(attribute: Attribute, day: date) -> FieldSpec:
    """The field as screens know it; one that has ended is read only."""
    chosen = attribute.classifier is not None
    spec = FieldSpec(
        name=PREFIX + attribute.code,
        label=attribute.title,
        kind=KINDS[attribute.kind],
        help=attribute.help,
        section="classification",
        list=attribute.in_list,
        filter=attribute.in_filter,
        length=LONGEST if attribute.kind is AttributeKind.TEXT else None,
        classifier=attribute.classifier.code if attribute.classifier is not None else None,
        target=ClassifierItem if chosen else None,
        required_for=tuple(attribute.required_types),
        extra=attribute.code,
    )
    if attributes.in_force(attribute, day):
        return spec
    until = attribute.valid_to is not None and attribute.valid_to < day
    moment = format_date(attribute.valid_to if until else attribute.valid_from, "dd.MM.yyyy")
    label = _("%(label)s (until %(date)s)", label=spec.label, date=moment) if until else spec.label
    return replace(spec, label=label, list=False, filter=False, readonly=True, required_for=())
