"""The way back from a merger (`uniting.py`): what the history has by `undo`, the rest by what the merger's event has kept.

`plan` says what goes back and what others have changed since; `separate` does it in the caller's transaction, as one batch.
"""

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from admin_app.reporting import audit, notices, reports_moved, undo, uniting_plan, workflow
from admin_app.reporting.actor import unscoped
from admin_app.reporting.refusal import Refused
from admin_app.reporting.reports_moved import Return
from admin_app.reporting.undo_steps import Plan, Step
from admin_app.reporting.writes import locked
from models import Event, Membership, Organization, Request, SavedView

SEPARATED = "organization.separated"
Say = Callable[[Exception, type], str]


@dataclass(frozen=True)
class Separation:
    """What the way back does. ``rows``: the plan of `undo`; ``reports``: those that were moved; ``requests``: that go back."""

    kept_id: int
    closed_id: int
    event: Event
    rows: Plan
    reports: list[Return]
    requests: list[int]


def merger(session: Session, closed_id: int) -> tuple[Organization, Organization, Event]:
    """The one that stayed, the duplicate, the event of their merger. Raises Refused if they are not merged, Forbidden."""
    row = uniting_plan.succession(session, closed_id)
    event = uniting_plan.merge_event(session, closed_id)
    if row is None or event is None or event.data["merged_into"] != row.successor_id:
        raise Refused(_("This organization is not merged with another."))
    kept, closed = uniting_plan.pair(session, row.successor_id, closed_id)
    return kept, closed, event


def duplicate(session: Session, which: ColumnElement[bool]) -> int | None:
    """The duplicate of the merger that these events tell of, if it is still merged and the actor sees it."""
    pair = told(session, which, uniting_plan.MERGED)
    return pair[1] if pair is not None and uniting_plan.succession(session, pair[1]) is not None else None


def told(session: Session, which: ColumnElement[bool], kind: str) -> tuple[int, int] | None:
    """The one that stayed and the duplicate of which the first of these events of the kind tells."""
    about = select(Event.data, Event.subject_id).where(which, Event.kind == kind).order_by(Event.id).limit(1)
    with unscoped("of which organizations an event tells"):
        row = session.execute(about).first()
    if row is None or row.subject_id is None:
        return None
    return row.data.get("merged_into", row.subject_id), row.data.get("merged_from", row.subject_id)


def plan(session: Session, closed_id: int, lock: bool = False) -> Separation:
    """What goes back, as things are now. Raises Refused, Forbidden."""
    kept, closed, event = merger(session, closed_id)
    ids: dict[str, list[list[int]]] = event.data["ids"]
    going = reports_moved.returns(session, ids["report"], kept.id, closed.id, lock)
    staying = {one.report.id for one in going if one.refused}
    asked = select(Request).where(Request.id.in_([key for key, _home, _now in ids["request"]]))
    now = {row.id: row for row in session.scalars(asked)}
    requests = [
        key
        for key, _home, place in ids["request"]
        if key in now and now[key].organization_id == place and now[key].report_id not in staying
    ]
    rows = undo.plan(session, undo.of_batch(event.batch)) if event.batch else Plan("")
    return Separation(kept.id, closed.id, event, rows, going, requests)


def rehearse(session: Session, made: Separation, say: Say, chosen: Container[str] = ()) -> Separation:
    """The plan with what the rules and the database refuse of the rows. Forgets the session's rows."""
    ready = undo.ready_of(made.rows, chosen)
    attempt = lambda steps: set_back(session, made, steps, chosen)  # noqa: E731
    refused = undo.trial(session, ready, attempt, lambda step, error: say(error, step.model))
    steps = [replace(step, refused=refused.get(id(step), step.refused)) for step in made.rows.steps]
    return replace(made, rows=Plan(made.rows.origin, steps, made.rows.hidden))


def set_back(session: Session, made: Separation, steps: Sequence[Step], chosen: Container[str]) -> None:
    """The rows: first the one that stayed, so that an INN and KPP is free for the duplicate again."""
    first = [step for step in steps if step.model is Organization and step.key == made.kept_id]
    for several in (first, [step for step in steps if step not in first]):
        if several:
            undo.do(session, several, chosen)


def separate(session: Session, closed_id: int, chosen: Container[str] = (), left_out: Container[str] = ()) -> Separation:
    """Give everything back that is still where the merger put it; flushes. Raises Refused, Forbidden, database errors.

    ``chosen``: the fields that go back though somebody has changed them since; ``left_out``: the rows that were refused when it
    was rehearsed. Both as `Step.place` names them.
    """
    kept, closed, _event = merger(session, closed_id)
    session.execute(locked(select(Organization).where(Organization.id.in_((kept.id, closed.id))), Organization)).all()
    made = plan(session, closed_id, lock=True)
    ready = [step for step in undo.ready_of(made.rows, chosen) if step.place() not in left_out]
    with audit.together(f"undo:{made.event.batch}"):
        for one in made.reports:
            if not one.refused:
                reports_moved.give(session, one.report, one.home, one.other)
        give_back(session, made)
        if (row := uniting_plan.succession(session, closed_id)) is not None:
            session.delete(row)
        session.flush()
        set_back(session, made, ready, chosen)
        for place in (kept, closed):
            workflow.rehome(session, place)
        write_down(session, made, kept, closed)
        tell(session, made, closed)
    return made


def give_back(session: Session, made: Separation) -> None:
    """Requests and views that are still where the merger put them."""
    ids = made.event.data["ids"]
    asked = [way for way in ids["request"] if way[0] in made.requests]
    with unscoped("what a merger had moved goes back"):
        for model, several in ((Request, asked), (SavedView, ids["saved_view"])):
            for key, home, place in several:
                row: Any = session.get(model, key)
                if row is not None and row.organization_id == place:
                    row.organization_id = home


def write_down(session: Session, made: Separation, kept: Organization, closed: Organization) -> None:
    """One event for each of the two."""
    count = sum(not one.refused for one in made.reports)
    more: dict[str, Any] = {"reports": count} if count else {}
    audit.record(session, SEPARATED, kept, {"merged_from": closed.id, **more})
    audit.record(session, SEPARATED, closed, {"merged_into": kept.id, **more})


def tell(session: Session, made: Separation, closed: Organization) -> None:
    """Those who go back read where they are now."""
    back = [step.key for step in made.rows.steps if step.model is Membership and not step.refused]
    people = session.scalars(
        select(Membership.user_id).where(Membership.id.in_(back or [0]), Membership.organization_id == closed.id)
    ).all()
    subject = N_("You are attached to %(name)s", name=closed.short_name)
    body = N_("“%(name)s” works on its own again: it had been merged with another by mistake.", name=closed.short_name)
    notices.tell(session, people, notices.Kind.ATTACHED, subject, body, f"/organizations/{closed.id}")
