"""Plans among what is undone: one step for an organization, one part of it for each field and day.

A part holds a plan as a list of its one value, so that a plan to empty a field is not taken for none. What is undone is what
`planned` has told: a plan that was made is taken back, one that was taken back is made again, one that was replaced comes back.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app.reporting import audit, history, planned
from admin_app.reporting.actor import quietly
from admin_app.reporting.planned import CANCELLED, INSTEAD, PLANNED
from admin_app.reporting.refusal import Refused
from admin_app.reporting.writes import locked
from models import Event, Organization, OrganizationFact

TABLE = OrganizationFact.__tablename__
KINDS = (PLANNED, CANCELLED)
Slots = Mapping[str, list[Any] | None]  # by field and day what is planned, if anything


def slot(field: str, day: Any) -> str:
    """How a part names a field on a day."""
    return f"{field}@{audit.plain(day)}"


def read(name: str) -> tuple[str, date]:
    """The field and the day of a slot."""
    field, _at, day = name.partition("@")
    return field, date.fromisoformat(day)


def told(event: Event) -> dict[str, list[Any]]:
    """What an event says of plans: by slot what was planned before it and after it."""
    pairs = {name: pair for name, pair in event.data.items() if isinstance(pair, list) and len(pair) == 2}
    day, instead = event.data["day"], event.data.get(INSTEAD, {})
    if event.kind == CANCELLED:
        return {slot(name, day): [[old], None] for name, (old, _new) in pairs.items()}
    return {slot(name, day): [[instead[name]] if name in instead else None, [new]] for name, (_old, new) in pairs.items()}


def values_now(session: Session, ids: Collection[int]) -> dict[Any, dict[str, Any]]:
    """What is planned now for these organizations, of those within sight, as `undo.values_now` has rows."""
    seen = session.scalars(select(Organization.id).where(Organization.id.in_(ids)))
    found: dict[Any, dict[str, Any]] = {(OrganizationFact, key): {} for key in seen}
    for fact in plans_of(session, [key for _model, key in found]):
        found[OrganizationFact, fact.organization_id][slot(fact.field, fact.since)] = [fact.value]
    return found


def set_back(session: Session, values: Mapping[int, Slots]) -> None:
    """Let the plans of organizations, by id, be these again; flushes. Raises Refused, Forbidden, OutOfScope."""
    query = select(Organization).where(Organization.id.in_(list(values))).order_by(Organization.id)
    rows = session.scalars(locked(query, Organization)).all()
    if len(rows) < len(values):
        raise Refused(_("The row is gone, or outside what you may see."))
    gone = {(key, name) for key, slots in values.items() for name, value in slots.items() if value is None}
    there = [one for one in plans_of(session, values) if (one.organization_id, slot(one.field, one.since)) in gone]
    planned.cancel_many(session, rows, there)
    for row in rows:
        again(session, row, {name: value for name, value in values[row.id].items() if value is not None})


def plans_of(session: Session, ids: Collection[int]) -> Sequence[OrganizationFact]:
    """The plans of these organizations."""
    query = select(OrganizationFact).where(OrganizationFact.organization_id.in_(list(ids)), OrganizationFact.planned)
    return session.scalars(query.order_by(OrganizationFact.id)).all()


def again(session: Session, row: Organization, slots: Mapping[str, list[Any]]) -> None:
    """Plan this anew."""
    if not slots:
        return
    with quietly("what a plan changes"):
        now = history.snapshot(session, [row])[Organization, row.id]
    for name, (value,) in slots.items():
        field, day = read(name)
        planned.plan(session, row, {field: (audit.plain(now.get(field)), value)}, day)
