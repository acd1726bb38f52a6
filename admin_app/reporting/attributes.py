"""Further fields of organizations: what an operator may make of them, who uses them, how the log names them.

A value lies in `Organization.extra` under the field's code; on screens and in the log the field is called ``extra_<code>``.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, inspect, or_, select
from sqlalchemy.orm import InstanceState, Session, joinedload

from admin_app.reporting import classifiers
from admin_app.reporting.actor import quietly
from admin_app.reporting.refusal import Refused
from models import Attribute, AttributeKind, ClassifierItem, Organization

PREFIX = "extra_"
CHOSEN = (AttributeKind.CHOICE, AttributeKind.CHOICES)


def known(session: Session) -> list[Attribute]:
    """All further fields, also those that have ended or are yet to begin, in their order, each with its list."""
    query = select(Attribute).options(joinedload(Attribute.classifier)).order_by(Attribute.position, Attribute.id)
    with quietly("what fields there are is no secret"), session.no_autoflush:
        return list(session.scalars(query))


def in_force(attribute: Attribute, day: date) -> bool:
    """Is the field given on this day?"""
    return (attribute.valid_from or day) <= day <= (attribute.valid_to or day)


def judge(session: Session, attribute: Attribute) -> None:
    """Raises Refused unless the field makes sense: a name as code, a list for a choice, and once used its kind stays."""
    if not re.fullmatch("[a-z][a-z0-9_]*", attribute.code or ""):
        raise Refused(_("Small Latin letters, digits and underscores, a letter first: for example shift_count."), "code")
    if (attribute.kind in CHOSEN) != (attribute.classifier_id is not None):
        needed = _("Say of which list the items are chosen.")
        raise Refused(needed if attribute.kind in CHOSEN else _("Only a choice has a list of items."), "classifier_id")
    if attribute.kind is AttributeKind.FLAG and attribute.required_types:
        raise Refused(_("A yes-or-no field is never empty, so it cannot be required."), "required_types")
    if attribute.valid_from and attribute.valid_to and attribute.valid_to < attribute.valid_from:
        raise Refused(_("The last day is before the first."), "valid_to")
    if (name := taken(session, attribute)) is not None:
        raise Refused(_("There is a field called “%(name)s” already: nobody could tell the two apart.", name=name), "title")
    for name in ("code", "kind", "classifier_id"):
        if replaced(attribute, name) and (name == "code" or uses(session, attribute)):
            raise Refused(_("Organizations have this filled in, so it stays as it is: end the field, add another."), name)


def taken(session: Session, attribute: Attribute) -> str | None:
    """The field of organizations that is called so already: of the schema, or a further one that is given on one of its days."""
    mine = folded(attribute.title)
    for part in inspect(Organization).attrs:
        info = part.columns[0].info if hasattr(part, "columns") else part.info
        if "label" in info and not info.get("hidden") and folded(str(info["label"])) == mine:
            return str(info["label"])
    others = [one for one in known(session) if one is not attribute and one.id != attribute.id and folded(one.title) == mine]
    return next((one.title for one in others if meet(one, attribute)), None)


def folded(title: str) -> str:
    """A title as it is compared."""
    return " ".join(title.casefold().replace("ё", "е").split())


def meet(one: Attribute, other: Attribute) -> bool:
    """Is there a day on which both are given?"""
    first, last = (
        max(each.valid_from or date.min for each in (one, other)),
        min(each.valid_to or date.max for each in (one, other)),
    )
    return first <= last


def replaced(attribute: Attribute, name: str) -> bool:
    """Is the value of a field that was there being changed?"""
    state: InstanceState[Attribute] = inspect(attribute)
    return state.persistent and bool(state.attrs[name].history.deleted)


def uses(session: Session, attribute: Attribute) -> int:
    """How many organizations have the field filled in, wherever they are."""
    query = select(func.count()).select_from(Organization).where(Organization.extra.has_key(attribute.code))
    with quietly("whether a field is used anywhere"), session.no_autoflush:
        return session.scalar(query) or 0


def removable(session: Session, attribute: Attribute) -> None:
    """Raises Refused if organizations have the field filled in: it ends by a date then."""
    if count := uses(session, attribute):
        raise Refused(
            ngettext(
                "%(num)s organization has it filled in, so it stays: give the last day on which it is asked for.",
                "%(num)s organizations have it filled in, so it stays: give the last day on which it is asked for.",
                count,
            )
        )


def told(session: Session, extra: Mapping[str, Any]) -> list[tuple[str, list[Any]]]:
    """What an organization has in these fields, in their order: title, values. Items by title, dates as dates, no means empty."""
    if not extra:
        return []
    found = [(one, extra[one.code]) for one in known(session) if extra.get(one.code) not in (None, [], False)]
    ids = {key for one, value in found if one.kind in CHOSEN for key in listed(value)}
    titles = classifiers.names(session, ids)
    return [(one.title, [spoken(one, value, titles) for value in listed(value)]) for one, value in found]


def listed(value: Any) -> list[Any]:
    """One value, or several."""
    return value if isinstance(value, list) else [value]


def spoken(attribute: Attribute, value: Any, titles: Mapping[int, str]) -> Any:
    """The value without what only the database understands."""
    if attribute.kind in CHOSEN:
        return titles.get(value, f"№ {value}")
    return date.fromisoformat(value) if attribute.kind is AttributeKind.DATE else value


# ── The log ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def spread(extra: Mapping[str, Any] | None) -> dict[str, Any]:
    """The further values of an organization, each under the name that the log gives it."""
    return {PREFIX + code: value for code, value in (extra or {}).items()}


def items(session: Session, names: set[str]) -> set[str]:
    """Those of the fields so named that hold items of lists."""
    codes = {name.removeprefix(PREFIX) for name in names if name.startswith(PREFIX)}
    if not codes:
        return set()
    query = select(Attribute.code).where(Attribute.code.in_(codes), Attribute.kind.in_(CHOSEN))
    return {PREFIX + code for code in session.scalars(query)}


# ── Items of lists ───────────────────────────────────────────────────────────────────────────────────────────────────


def holding(attribute: Attribute, item: ClassifierItem) -> Any:
    """The SQL condition that an organization has the item in the field."""
    several = attribute.kind is AttributeKind.CHOICES
    return Organization.extra.contains({attribute.code: [item.id] if several else item.id})


def having(session: Session, item: ClassifierItem) -> list[Any]:
    """The conditions that an organization has the item in one of the further fields of its list."""
    query = select(Attribute).where(Attribute.classifier_id == item.classifier_id, Attribute.kind.in_(CHOSEN))
    return [holding(attribute, item) for attribute in session.scalars(query)]


def any_has(session: Session, item: ClassifierItem) -> bool:
    """Has any organization the item in a further field?"""
    conditions = having(session, item)
    with quietly("whether an item is used anywhere"):
        return bool(conditions) and session.scalar(select(Organization.id).where(or_(*conditions)).limit(1)) is not None
