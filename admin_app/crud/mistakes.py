"""What the database or the rules refuse, as a sentence at the field that it is about. SQL never reaches the screen."""

import logging
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_
from markupsafe import Markup
from psycopg import errors as pg
from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.exc import StaleDataError
from wtforms import Form

from admin_app.crud.fields import fields_of
from admin_app.extensions import db
from admin_app.reporting import codes, writes
from admin_app.reporting.refusal import Refused
from admin_app.reporting.scope import OutOfScope
from admin_app.reporting.tasks import holders
from admin_app.reporting.writes import Held
from models import Base

log = logging.getLogger(__name__)

KINDS = writes.KINDS  # each of them has its sentence here
CROSSED = (pg.DeadlockDetected, pg.SerializationFailure)
MEANWHILE = N_("Somebody else changed the same at the same moment. Nothing was saved; what you typed is still here: save again.")

LAWS: dict[str, tuple[str, LazyString]] = {
    "uq_organization_inn_kpp": ("inn", N_("An organization with this INN and KPP is already registered.")),
    "ck_organization_not_below_itself": (
        "parent_id", N_("An organization cannot be below itself: choose another superior organization."),
    ),
    "ck_organization_only_the_region_has_no_superior": (
        "parent_id", N_("Every organization but the region has a superior organization, and the region has none."),
    ),
    "ck_organization_closes_after_it_opens": (
        "closed_on", N_("It cannot be closed before the day since which it works: correct one of the two."),
    ),
    "ck_organization_inn_has_10_or_12_digits": ("inn", codes.SENTENCES["inn"]["shape"]),
    "ck_organization_ogrn_has_13_or_15_digits": ("ogrn", codes.SENTENCES["ogrn"]["shape"]),
    "ck_organization_okpo_has_8_10_or_14_digits": ("okpo", codes.SENTENCES["okpo"]["shape"]),
    "ck_organization_kpp_has_9_signs": ("kpp", codes.SENTENCES["kpp"]["shape"]),
    "ck_organization_oktmo_has_8_or_11_digits": ("oktmo", codes.SENTENCES["oktmo"]["shape"]),
    "uq_user_username": ("username", N_("This login is taken.")),
    "uq_user_email": ("email", N_("Another account has this e-mail address.")),
    "uq_classifier_item_classifier_id_code": ("code", N_("The list already has an item with this code.")),
    "ck_classifier_item_ends_after_it_starts": ("valid_to", N_("The last day is before the first.")),
    "ck_attribute_ends_after_it_starts": ("valid_to", N_("The last day is before the first.")),
    "ck_attribute_code_is_a_name": (
        "code", N_("A code is made of small Latin letters, digits and underscores and begins with a letter."),
    ),
    "ck_attribute_a_choice_has_a_list": ("classifier_id", N_("A choice needs a list of items; other kinds have none.")),
    "uq_attribute_code": ("code", N_("Another field has this code.")),
    "ck_membership_ends_after_it_starts": ("valid_to", N_("The last day is before the first.")),
    "uq_membership_current": ("organization_id", N_("This person is already attached to this organization in this role.")),
    "uq_period_kind_starts_on": ("starts_on", N_("There is already a period of this kind that starts on this day.")),
    "ck_period_ends_after_it_starts": ("ends_on", N_("The period must end after it starts.")),
    "uq_campaign_form_version_id_period_id": ("period_id", N_("There is already a campaign with this form in this period.")),
    "ck_campaign_somebody_reviews": ("review_levels", N_("Say who reviews the reports.")),
    "ck_campaign_somebody_files": ("filing_levels", N_("Say who files the reports.")),
}  # fmt: skip


@contextmanager
def at_fields(form: Form, model: type[Base], keys: Collection[int] = ()) -> Iterator[None]:
    """What the rules or the database refuse in the block is rolled back and said in the form (`place`); whoever gets behind the
    block knows that nothing was kept. The block commits and leaves by itself."""
    try:
        yield
    except KINDS as error:
        db.session.rollback()
        place(error, form, model, keys)


def place(error: Exception, form: Form, model: type[Base], keys: Collection[int] = ()) -> None:
    """Put the sentence for `error` at its field, or at the head of the form where it is about none. ``keys``: the rows that were
    to be changed: who holds them is said. To be asked after the rollback."""
    name, text = sentence(error, model, keys)
    if name in form:
        form[name].errors = [*form[name].errors, text]
    else:
        form.form_errors.append(text)


def sentence(error: Exception, model: type[Base], keys: Collection[int] = ()) -> tuple[str, str]:
    """The field's name (or "") and what to say. An error that says nothing to people is logged and called by its name."""
    if isinstance(error, Held):
        return "", led(holders.named(db.session, error, model, keys))
    if isinstance(error, OutOfScope):
        return error.attribute, _("This lies outside what you may see or change.")
    if isinstance(error, DBAPIError):
        return from_database(error, model)
    if isinstance(error, StaleDataError):
        return "", str(MEANWHILE)
    return (error.field, error.sentence) if isinstance(error, Refused) else ("", str(error))


def led(error: Held) -> str:
    """Who holds it, with the way there if it is the reader's own."""
    page = error.page if isinstance(error, holders.Known) else ""
    return Markup('{} <a href="{}">{}</a>').format(error.sentence, page, _("Look how far it is")) if page else error.sentence


def from_database(error: DBAPIError, model: type[Base]) -> tuple[str, str]:
    """Read the constraint that PostgreSQL names."""
    cause: Any = error.orig
    diagnosis = getattr(cause, "diag", None)
    name = getattr(diagnosis, "constraint_name", None) or ""
    if name in LAWS:
        return LAWS[name][0], str(LAWS[name][1])
    if isinstance(cause, CROSSED):
        return "", str(MEANWHILE)
    if isinstance(cause, pg.UniqueViolation):
        return unique(model, name)
    if isinstance(cause, pg.ForeignKeyViolation):
        return "", used(str(getattr(diagnosis, "table_name", "")), model)
    if isinstance(cause, pg.NotNullViolation):
        return str(getattr(diagnosis, "column_name", "")), _("Fill this in.")
    log.error("the database refused a %s", model.__name__, exc_info=error)
    return "", _("The database does not accept this. Nothing was saved; what you typed is still here.")


def unique(model: type[Base], name: str) -> tuple[str, str]:
    """Another row has the same: the columns of the constraint, in their own words."""
    columns = columns_of(model, name)
    labels = [str(spec.label) for spec in fields_of(model) if spec.name in columns]
    first = columns[0] if columns else ""
    return first, _("Another row already has this: %(labels)s.", labels=", ".join(labels))


def columns_of(model: type[Base], name: str) -> list[str]:
    """The columns of a constraint or index of the model's table."""
    table: Any = model.__table__
    kinds = (UniqueConstraint, CheckConstraint, Index)
    found = [one for one in (*table.constraints, *table.indexes) if isinstance(one, kinds) and one.name == name]
    return [column.name for one in found for column in one.columns]


def used(table: str, model: type[Base]) -> str:
    """A row that others name stays; a named row that is gone cannot be named."""
    owner = next((one.class_ for one in Base.registry.mappers if str(one.local_table) == table), None)
    if owner is None or owner is model:
        return str(_("A row that this one names, or that names it, stands in the way."))
    return str(_("It is in use, so it stays: %(where)s.", where=owner.__labels__))
