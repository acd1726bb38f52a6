"""The history of one row on its card: what was changed, field by field, by whom, when, what for; its relations too; newest first.

A reader finds what the rules let them read (`undo.readable`). Rows out of sight are not named.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_
from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import Session

from admin_app.crud import values
from admin_app.crud.telling import KEPT, MODELS, Details, details_of
from admin_app.reporting import audit, guard, history, reorganizations, restoring, scope, undo, undo_plans
from admin_app.reporting.guard import Permission
from models import Base, Event, ImportRun, Membership, Organization, Request, User

ON_CARD, ON_PAGE = 5, 25
ORIGINS = {
    "bulk": N_("Changed together with others"),
    "merge": N_("Two organizations are merged"),
    "move": N_("Moved in the tree"),
    "reorganization": N_("Reorganized"),
    "undo": N_("Undone"),
}
TWICE = ("user.attached", "user.detached")  # said by the attachment's own events


@dataclass(frozen=True)
class Change:
    """One field: its words, what it was, what it became."""

    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Entry:
    """One event. `about`: the other row that it happened to; `origin`, `link`: what it was made for, and where that is shown."""

    id: int
    when: str
    who: str
    what: str
    about: str
    changes: list[Change]
    origin: str
    link: str
    batch: uuid.UUID | None
    can_undo: bool


@dataclass(frozen=True)
class Timeline:
    """Entries, newest first; `older` is the id before which the next page begins, None on the last page."""

    entries: list[Entry]
    older: int | None


def readable(model: type[Base]) -> bool:
    """Has the table a history that the actor reads?"""
    return model in history.REGISTRY and bool(guard.may(scope.current(), Permission.EVENT_READ))


def of_row(session: Session, row: Any, limit: int, before: int | None = None) -> Timeline:
    """The history of a row that the actor sees."""
    query = select(Event).where(about(row)).order_by(Event.id.desc()).limit(limit + 1)
    query = query.where(Event.id < before) if before else query
    events = undo.read(session, query)
    page = events[:limit]
    return Timeline(entries(session, page, row), page[-1].id if len(events) > limit else None)


def about(row: Any) -> ColumnElement[bool]:
    """The events of the row and of its relations."""
    mine = and_(Event.subject_type == row.__tablename__, Event.subject_id == row.id, Event.kind.not_in(TWICE))
    return or_(mine, beside(row))


def beside(row: Any) -> ColumnElement[bool]:
    """The events of attachments to the organization, or of the person."""
    attachments = and_(Event.subject_type == Membership.__tablename__, Event.kind.startswith("row."))
    if isinstance(row, Organization):
        return and_(attachments, Event.organization_id == row.id)
    if isinstance(row, User):
        there = Event.subject_id.in_(select(Membership.id).where(Membership.user_id == row.id))
        gone = and_(Event.kind == "row.deleted", Event.data.contains({"user_id": [{"id": row.id}]}))
        return and_(attachments, or_(there, gone))
    return false()


# ── In words ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def entries(session: Session, events: Iterable[Event], row: Any = None) -> list[Entry]:
    """Events in words: one statement for what they name, one for what they were made for."""
    found = details_of(events)
    seen = links_of(session, {told.row.origin for told in found})
    return [entry(told, row, seen) for told in found]


def entry(told: Details, row: Any, seen: dict[str, str]) -> Entry:
    """One event in words."""
    event: Event = told.row
    itself = row is not None and event.subject_type == row.__tablename__ and event.subject_id == row.id
    other = MODELS.get(event.subject_type)
    subject = "" if itself or other is None else f"{other.__label__}: {naming(told)}"
    made = changes(told)
    whole = event.kind == "organization.reorganized" and event.origin == reorganizations.ORIGIN
    can_undo = bool(made) and (told.of_row or whole) and undoable(event)
    return Entry(
        id=event.id,
        when=values.at(event.at),
        who=event.actor_name or _("the system"),
        what=str(audit.EVENTS.get(event.kind, event.kind)),
        about=subject,
        changes=made,
        origin=origin(event.origin),
        link=seen.get(event.origin, ""),
        batch=event.batch,
        can_undo=can_undo,
    )


def undoable(event: Event) -> bool:
    """Is it a change that is undone, and the reader's to undo?"""
    model = undo.MODELS.get(undo.table_of(event))
    right = restoring.RIGHTS.get(model) if model else None
    return right is not None and bool(guard.may(scope.current(), right))


def naming(told: Details) -> str:
    """What the other row is called, as far as the reader sees what it names."""
    keys = [name for name in ("user_id", "organization_id", "role_id") if name in told.row.data]
    if told.row.subject_type == Membership.__tablename__ and keys:
        pairs = [[one for one in told.row.data[name] if one is not None] for name in keys]
        return " · ".join(str(told.words(name, pair[-1])) for name, pair in zip(keys, pairs, strict=True) if pair)
    return str(told.row.subject if told.row.subject_type != Membership.__tablename__ else f"№ {told.row.subject_id}")


def changes(told: Details) -> list[Change]:
    """Field by field."""
    if not told.of_row:
        shown = [(told.label(name), told.value(name, value)) for name, value in told.row.data.items() if name not in KEPT]
        return [Change(label, "", str(value)) for label, value in shown if value not in (None, "", [])]
    pairs = [(name, pair) for name, pair in told.row.data.items() if isinstance(pair, list) and len(pair) == 2]
    day = [Change(told.label("day"), "", text(told, "day", told.row.data["day"]))] if told.row.kind in undo_plans.KINDS else []
    return day + [Change(told.label(name), text(told, name, old), text(told, name, new)) for name, (old, new) in pairs]


def text(told: Details, name: str, value: Any) -> str:
    """A recorded value as people read it; empty for nothing."""
    if value in (None, "", []):
        return ""
    said = told.words(name, value)
    return str(_("yes") if said is True else _("no") if said is False else said)


def origin(made_for: str) -> str:
    """What a change was made for, in words; empty if it says nothing."""
    kind, _colon, key = made_for.partition(":")
    if kind in ORIGINS:
        return str(ORIGINS[kind])
    match kind:
        case "request":
            return str(_("Request No. %(number)s", number=key))
        case "import" if not key.isdigit():
            return str(_("Import by a command"))
        case "import":
            return str(_("Import No. %(number)s", number=key))
    return ""


def links_of(session: Session, origins: Iterable[str]) -> dict[str, str]:
    """The addresses of requests and imports among these origins that the actor sees."""
    wanted: dict[str, set[int]] = {"request": set(), "import": set()}
    for one in origins:
        kind, _colon, key = one.partition(":")
        if kind in wanted and key.isdigit():
            wanted[kind].add(int(key))
    found: dict[str, str] = {}
    if wanted["request"]:
        keys = session.scalars(select(Request.id).where(Request.id.in_(wanted["request"])))
        found |= {f"request:{key}": f"/requests/{key}" for key in keys}
    if wanted["import"]:
        keys = session.scalars(select(ImportRun.id).where(ImportRun.id.in_(wanted["import"])))
        found |= {f"import:{key}": import_address(key) for key in keys}
    return found


def import_address(key: int) -> str:
    """The page of an import."""
    return url_for("imports.preview", id=key)
