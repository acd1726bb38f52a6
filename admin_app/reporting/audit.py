"""The log: what happened, to what, by whom, in the words of that moment.

Verbs call `record`. Changes of registry rows need no call: `history.py` writes them at every flush of the scoped session.
Every event carries a batch: one for all that a transaction does, or for all that is done inside `together`, which also says what
it is done for. So one operation can be read, and undone, as one.
"""

import enum
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from sqlalchemy import inspect
from sqlalchemy.orm import Session, object_session

from admin_app.reporting.actor import current, full_name, settle
from models import Base, Event, Membership, Organization, Report, Role, Succession, User

EVENTS: dict[str, LazyString] = {
    "account.activated": _("The account is activated"),
    "account.created": _("The account is created"),
    "account.email_changed": _("The e-mail address is changed"),
    "account.password_changed": _("The password is changed"),
    "account.password_reset": _("The password is reset"),
    "account.profile_changed": _("The profile is changed"),
    "account.registered": _("The account is registered"),
    "campaign.closed": _("The campaign is closed"),
    "campaign.opened": _("The campaign is opened"),
    "form.drafted": _("A version of the form is drafted"),
    "form.published": _("A version of the form is published"),
    "form.retired": _("A version of the form is retired"),
    "organization.closed": _("The organization is closed"),
    "organization.compared_again": _("Two organizations are compared again"),
    "organization.merged": _("Two organizations are merged"),
    "organization.moved": _("The organization is moved in the tree"),
    "organization.plan_cancelled": _("A planned change is taken back"),
    "organization.planned": _("A change is planned"),
    "organization.reorganized": _("The organization is reorganized"),
    "organization.separated": _("Two merged organizations are separated"),
    "organization.told_apart": _("Two organizations are told apart"),
    "report.accept": _("The report is accepted"),
    "report.comment_reopened": _("A comment on the report is reopened"),
    "report.comment_resolved": _("A comment on the report is resolved"),
    "report.commented": _("The report is commented on"),
    "report.file_attached": _("A file is attached to the report"),
    "report.file_removed": _("A file of the report is removed"),
    "report.handed_over": _("The report goes to another reviewer with its organization"),
    "report.reject": _("The report is rejected"),
    "report.return": _("The report is returned for editing"),
    "report.started": _("The report is begun"),
    "report.submit": _("The report is submitted"),
    "request.filed": _("A request is filed"),
    "request.granted": _("The request is granted"),
    "request.refused": _("The request is refused"),
    "request.withdrawn": _("The request is withdrawn"),
    "row.changed": _("A row is changed"),
    "row.created": _("A row is added"),
    "row.deleted": _("A row is deleted"),
    "user.attached": _("The person is attached to an organization"),
    "user.detached": _("The person is detached from an organization"),
}


# ── What belongs together ────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Operation:
    """The batch of what is being done, and what it is done for (Event.origin)."""

    batch: uuid.UUID
    origin: str = ""


_operation: ContextVar[Operation | None] = ContextVar("operation", default=None)


@contextmanager
def together(origin: str, batch: uuid.UUID | None = None) -> Iterator[uuid.UUID]:
    """``with together("import:5"):`` the events of the block carry one batch (a new one, or this) and this origin.

    ``origin`` is one of ``bulk``, ``move``, ``request:<id>``, ``import:<id>``, ``undo:<event or batch>``, ``merge:<id>``,
    ``reorganization``. A block in another belongs to the outer one. Pending writes are flushed in and out: each event lands where
    its change was made.
    """
    outer = _operation.get()
    made = outer or Operation(batch or uuid.uuid4(), origin)
    settle()
    token = _operation.set(made)
    try:
        yield made.batch
        settle()
    finally:
        _operation.reset(token)


def operation(session: Session) -> Operation:
    """What is being done now; outside `together` it is whatever this transaction does."""
    if made := _operation.get():
        return made
    root = session.get_transaction()
    known, batch = session.info.get("batch", (None, None))
    if batch is None or known is not root:
        batch = uuid.uuid4()
        session.info["batch"] = (root, batch)
    return Operation(batch)


# ── Events ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def record(
    session: Session, kind: str, subject: Base, data: Mapping[str, Any] | None = None, organization_id: int | None = None
) -> Event:
    """Add an event about a row, by the current actor, to the session's transaction.

    ``kind`` is a key of `EVENTS` (ValueError otherwise); ``data`` anything that JSON holds. ``organization_id`` is the row's own
    unless given: it says who reads the event.
    """
    if kind not in EVENTS:
        raise ValueError(f"Unknown kind of event {kind!r}: give it words in audit.EVENTS")
    if subject not in session or inspect(subject).pending:
        session.add(subject)
        session.flush()
    made = Event(kind=kind, data=plain(data or {}), **vars(operation(session)), **about(subject, organization_id))
    session.add(made)
    return made


def about(row: Base, organization_id: int | None = None) -> dict[str, Any]:
    """The columns of an event that say who and about what."""
    actor = current()
    key = inspect(type(row)).primary_key_from_instance(row)
    return {
        "actor_id": actor.user_id,
        "actor_name": actor.name,
        "organization_id": organization_id or home(row),
        "subject_type": row.__tablename__,
        "subject_id": key[0] if isinstance(key[0], int) else None,
        "subject": title(row)[:500],
    }


def home(row: Base) -> int | None:
    """The organization that the row belongs to, if its table says so."""
    if isinstance(row, Succession):
        return row.predecessor_id
    return row.id if isinstance(row, Organization) else getattr(row, "organization_id", None)


def title(row: Base) -> str:
    """What people call the row."""
    if isinstance(row, User):
        return full_name(row)
    if isinstance(row, Membership):
        return " · ".join(title(part) for part in members(row) if part is not None)
    if isinstance(row, Succession):
        session = object_session(row)
        both = [session.get(Organization, key) for key in (row.predecessor_id, row.successor_id)] if session else []
        return " → ".join(title(one) for one in both if one is not None)
    if isinstance(row, Role):
        return str(row.name.title)
    if isinstance(row, Report):
        return f"{row.campaign.form_version.form.code}, {row.campaign.period.title} · {row.organization.short_name}"
    return str(getattr(row, type(row).__title__, ""))


def members(row: Membership) -> list[Base | None]:
    """Who is attached, where, in what role; asked by key, because a row that is still being written loads no relations."""
    session = object_session(row)
    keys = ((User, row.user_id), (Organization, row.organization_id), (Role, row.role_id))
    return [session.get(model, key) for model, key in keys] if session else []


def plain(value: Any) -> Any:
    """The value as JSON holds it: dates in ISO form, vocabularies by their short value."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal | UUID | LazyString) else value
