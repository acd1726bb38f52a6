"""Two organizations that are one: everything that belongs to the duplicate goes to the one that stays, and the duplicate closes.

`uniting_plan.plan` says what goes where. `unite` does it in the caller's transaction, as one batch with the history of every row,
and keeps the ids of what the history does not cover in the event, so that `separating.py` gives it all back. The duplicate is
closed, never deleted, and names its successor. Nothing in a report changes but where it belongs.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any, Protocol

from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app.reporting import audit, days, notices, organizations, owing, reports_moved
from admin_app.reporting.actor import unscoped
from admin_app.reporting.refusal import Refused
from admin_app.reporting.uniting_plan import MERGED, Plan, pair, plan
from models import Level, SavedView, Succession, SuccessionKind


class Field(Protocol):
    """A field of the card that is taken over from the duplicate."""

    @property
    def name(self) -> str: ...
    def get(self, row: Any) -> Any: ...
    def put(self, row: Any, value: Any) -> None: ...


class Changed(Refused):
    """What would be done is no longer what the person has read."""

    def __init__(self) -> None:
        super().__init__(_("Since you looked, something has changed. This is how it stands now: look again, then merge."))


def unite(session: Session, kept_id: int, closed_id: int, fields: Sequence[Field] = (), mark: str = "") -> Plan:
    """Merge; flushes. ``fields`` are taken over from the duplicate; ``mark``: of the plan that was read, if one was.

    Raises Changed, Refused, Forbidden, OutOfScope, database errors; nothing may be committed then.
    """
    kept, closed = pair(session, kept_id, closed_id, lock=True)
    made = plan(session, kept, closed, lock=True)
    if made.refusals:
        raise Refused(made.refusals[0])
    if mark and mark != made.mark:
        raise Changed
    with audit.together(f"merge:{closed.id}"):
        for row in made.branches:
            row.parent_id = kept.id
        take_over(session, made, fields)
        moved = move_people(made)
        ids: dict[str, list[list[int]]] = {"report": reports_moved.carry_out(session, made.fates, kept, closed)}
        ids |= {"request": move_requests(made), "saved_view": move_views(session, kept.id, closed.id)}
        session.add(Succession(predecessor=closed, successor=kept, kind=SuccessionKind.DUPLICATE, day=days.today()))
        organizations.settle(session, kept)
        write_down(session, made, ids)
        tell(session, made, moved)
    return made


def take_over(session: Session, made: Plan, fields: Sequence[Field]) -> None:
    """Close the duplicate, then give the one that stays what is chosen: two that work can't have one INN and KPP."""
    kept, closed = made.kept, made.closed
    if not owing.closed(closed):
        closed.closed_on = days.today()
    values = [(one, one.get(closed)) for one in fields]
    if frees_code(made, {one.name for one in fields}):
        closed.kpp = None
    session.flush()
    for one, value in values:
        one.put(kept, list(value) if isinstance(value, list) else value)
    session.flush()


def frees_code(made: Plan, names: set[str]) -> bool:
    """Would both have one INN and KPP? Then the duplicate gives its KPP up; its past has it still."""
    own = {name: getattr(made.closed if name in names else made.kept, name) for name in ("inn", "kpp")}
    same = all(value and value == getattr(made.closed, name) for name, value in own.items())
    return same and made.kept.level is made.closed.level is Level.ORGANIZATION


def move_people(made: Plan) -> list[int]:
    """Attachments go over; where there is such a one already, it lasts as long as both did. The ids of the people who moved."""
    moved = []
    for seat in made.seats:
        row, twin = seat.membership, seat.twin
        if twin is None:
            row.organization_id = made.kept.id
            moved.append(row.user_id)
            continue
        twin.valid_from = min(twin.valid_from, row.valid_from)
        ends = [one.valid_to for one in (twin, row) if one.valid_to is not None]
        twin.valid_to = max(ends) if len(ends) > 1 else None
        row.valid_to = max(row.valid_from, days.today() - timedelta(days=1))  # a day at least: the row stays, for the way back
    return moved


def move_requests(made: Plan) -> list[list[int]]:
    """Requests follow their report, or the organization: [id, from, to] of each."""
    ways = []
    for one in made.requests:
        before = one.organization_id or 0
        one.organization_id = made.closed.id if before == made.kept.id else made.kept.id
        ways.append([one.id, before, one.organization_id])
    return ways


def move_views(session: Session, kept_id: int, closed_id: int) -> list[list[int]]:
    """Views that were shared with the people of the duplicate."""
    with unscoped("saved views shared at an organization that is merged"):
        rows = session.scalars(select(SavedView).where(SavedView.organization_id == closed_id)).all()
        for row in rows:
            row.organization_id = kept_id
        return [[row.id, closed_id, kept_id] for row in rows]


def write_down(session: Session, made: Plan, ids: dict[str, list[list[int]]]) -> None:
    """One event for each of the two; the duplicate's has the ids of what the history of rows does not cover."""
    counts = {"people": len(made.seats), "organizations": len(made.branches), "reports": len(ids["report"])}
    told = {name: count for name, count in {**counts, "asked": len(ids["request"])}.items() if count}
    audit.record(session, MERGED, made.kept, {"merged_from": made.closed.id, **told})
    audit.record(session, MERGED, made.closed, {"merged_into": made.kept.id, **told, "ids": ids})
    session.flush()


def tell(session: Session, made: Plan, people: Iterable[int]) -> None:
    """Those who come from the duplicate read where they are now."""
    names = {"name": made.kept.short_name, "closed": made.closed.short_name}
    subject = N_("You are attached to %(name)s", **names)
    body = N_(
        "“%(closed)s” was registered twice and is now merged with “%(name)s”. Your account, its reports and requests are there.",
        **names,
    )
    notices.tell(session, people, notices.Kind.ATTACHED, subject, body, f"/organizations/{made.kept.id}")
