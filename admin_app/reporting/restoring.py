"""Rows back to what the log says they were: values read from events, rows deleted and rows added, with what follows from it.

Every function writes into the session it is given and flushes; rules, constraints and the row guard judge as for any change.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Date, DateTime, Enum, delete, inspect, select
from sqlalchemy.orm import Session

from admin_app.reporting import accounts, attributes, campaigns, guard, organizations
from admin_app.reporting.actor import current, unscoped
from admin_app.reporting.guard import Forbidden, Permission
from admin_app.reporting.refusal import Refused
from admin_app.reporting.writes import as_it_was, locked
from models import (
    Attribute,
    Base,
    Campaign,
    Classifier,
    ClassifierItem,
    Form,
    Level,
    Membership,
    Organization,
    OrganizationFact,
    Period,
    Report,
    ReportState,
    Succession,
    User,
)

Model = type[Base]
P = Permission
RIGHTS: dict[Model, Permission] = {
    Attribute: P.CLASSIFIER_EDIT,
    Campaign: P.CAMPAIGN_EDIT,
    Classifier: P.CLASSIFIER_EDIT,
    ClassifierItem: P.CLASSIFIER_EDIT,
    Form: P.FORM_EDIT,
    Membership: P.USER_ATTACH,
    Organization: P.ORGANIZATION_EDIT,
    OrganizationFact: P.ORGANIZATION_EDIT,
    Period: P.CAMPAIGN_EDIT,
    Succession: P.ORGANIZATION_EDIT,
    User: P.USER_EDIT,
}
PLACING = frozenset({"parent_id", "level", "type_id", "closed_on"})  # what an organization's reports depend on
FROM_BELOW = (Level.BRANCH, Level.ORGANIZATION, Level.MUNICIPALITY, Level.REGION)


def set_back(session: Session, model: Model, values: Mapping[int, Mapping[str, Any]]) -> None:
    """Give the rows (by id) these values, as events keep them. Raises Refused, OutOfScope, database errors."""
    rows = held(session, model, values)
    if len(rows) < len(values):
        raise Refused(_("The row is gone, or outside what you may see."))
    for row in rows:
        answer = guard.may(current(), RIGHTS[model], row)
        if not answer:
            raise Forbidden(str(answer.reason))
        settled(row, values[row.id])
        before(session, row, values[row.id])
        put(session, row, values[row.id])
    session.flush()
    if model is Organization:
        placed = [row for row in rows if PLACING & set(values[row.id])]
        organizations.settle_many(session, placed, any("parent_id" in values[row.id] for row in placed))
        return
    for row in rows:
        follow(session, row, values[row.id])


def held(session: Session, model: Any, ids: Iterable[int]) -> list[Any]:
    """The rows within sight, locked, in order of their ids."""
    return list(session.scalars(locked(select(model).where(model.id.in_(list(ids))).order_by(model.id), model)))


def settled(row: Base, values: Mapping[str, Any]) -> None:
    """Raises Refused for what can no longer be changed in a row that is at work."""
    if isinstance(row, Campaign) and row.opened_at is not None and set(values) - {"title", "deadline"}:
        raise Refused(_("The campaign is open: what it asks for stays."))


def before(session: Session, row: Base, values: Mapping[str, Any]) -> None:
    """What must happen while the row is still what it was."""
    if isinstance(row, User) and values.get("email"):
        accounts.tell_of_new_address(session, row, values["email"])


def put(session: Session, row: Any, values: Mapping[str, Any]) -> None:
    """Write recorded values into the row."""
    relations = inspect(type(row)).relationships
    for name, value in values.items():
        if name in relations:
            setattr(row, name, named(session, relations[name].mapper.class_, value))
        elif name.startswith(attributes.PREFIX):
            code, plain = name.removeprefix(attributes.PREFIX), bare(value)
            rest = {one: kept for one, kept in (row.extra or {}).items() if one != code}
            row.extra = rest if plain is None else rest | {code: plain}
        else:
            setattr(row, name, raw(type(row), name, value))


def named(session: Session, model: Any, value: Any) -> list[Any]:
    """The rows that a recorded list names. Raises Refused if one of them is gone."""
    wanted = bare(value) or []
    found = list(session.scalars(select(model).where(model.id.in_(wanted or [0]))))
    if len(found) < len(set(wanted)):
        raise Refused(_("A row that was named here is gone."))
    return found


def raw(model: Model, name: str, value: Any) -> Any:
    """A recorded value as the column takes it. Raises Refused for a column that is no more."""
    column = model.__table__.c.get(name)
    if column is None:
        raise Refused(_("There is no such field any more: %(name)s.", name=name))
    value = bare(value)
    if value is None:
        return None
    if isinstance(column.type, Enum) and column.type.enum_class is not None:
        return column.type.enum_class(value)
    if isinstance(column.type, DateTime):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if isinstance(column.type, Date) else value


def bare(value: Any) -> Any:
    """A recorded value without its words: references by their ids."""
    if isinstance(value, dict) and "id" in value:
        return value["id"]
    return [bare(one) for one in value] if isinstance(value, list) else value


def follow(session: Session, row: Any, names: Iterable[str]) -> None:
    """What follows from a row's change."""
    if isinstance(row, Organization) and PLACING & set(names):
        organizations.settle(session, row)
    elif isinstance(row, User) and not row.active:
        accounts.end_sessions(session, row.id)
    elif isinstance(row, Campaign):
        campaigns.judge(row)
    elif isinstance(row, Attribute):
        attributes.judge(session, row)
    elif isinstance(row, ClassifierItem):
        no_circle(session, row)


def no_circle(session: Session, item: ClassifierItem) -> None:
    """Raises Refused if the item has become part of itself."""
    above, seen = item.parent_id, {item.id}
    while above is not None:
        if above in seen:
            raise Refused(_("An item cannot be part of itself."), "parent_id")
        seen.add(above)
        above = session.scalar(select(ClassifierItem.parent_id).where(ClassifierItem.id == above))


# ── Rows deleted, rows added ─────────────────────────────────────────────────────────────────────────────────────────


def bring_back(session: Session, model: Any, key: int, values: Mapping[str, Any]) -> None:
    """A deleted row, with its old id and what it named. Raises Refused, OutOfScope, database errors."""
    row = model(id=key)
    with session.no_autoflush:
        put(session, row, {name: value for name, value in values.items() if value is not None})
    session.add(row)
    with as_it_was(model, {name: bare(value) for name, value in values.items()}):
        session.flush()
    answer = guard.may(current(), RIGHTS[model], row)
    if not answer:
        raise Forbidden(str(answer.reason))
    follow(session, row, values)


def take_away(session: Session, model: Model, ids: Sequence[int]) -> None:
    """Rows that were added: an account is switched off, an attachment ends, other rows go if nothing hangs on them.

    Raises Refused, OutOfScope, and a database error where something does.
    """
    rows = held(session, model, ids)
    for row in rows:
        answer = guard.may(current(), RIGHTS[model], row)
        if not answer:
            raise Forbidden(str(answer.reason))
    if model is Organization:
        remove_organizations(session, rows)
    elif model is Membership:
        for row in rows:
            accounts.detach(session, row)
    elif model is User:
        for row in rows:
            row.active = False
            session.flush()
            accounts.end_sessions(session, row.id)
    else:
        for row in reversed(rows):
            session.delete(row)
            session.flush()


def remove_organizations(session: Session, rows: Sequence[Organization]) -> None:
    """Organizations from below, each with its reports that nobody has begun; they go with it."""
    keys = [row.id for row in rows]
    with unscoped("reports that nobody has begun go with their organization"):
        session.execute(delete(Report).where(Report.organization_id.in_(keys), Report.state == ReportState.EMPTY))
    for level in FROM_BELOW:
        for row in rows:
            if row.level is level:
                session.delete(row)
        session.flush()
