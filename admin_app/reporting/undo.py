"""Undo: what a change, or everything that was changed together, would set back; what stands in the way; and the setting back.

`plan` reads the events and the rows as they are now; nothing is written. A field that somebody has changed since is a conflict:
it stays unless it is `chosen`. `rehearse` does everything in a savepoint and takes it back, so that whatever the rules and the
database refuse is known, row by row, before anybody decides. `perform` does it in the caller's transaction,
all or Refused; it is itself a batch that can be undone.
"""

import uuid
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, tuple_
from sqlalchemy.orm import Session

from admin_app.reporting import audit, dated, guard, history, restoring, undo_plans
from admin_app.reporting.actor import current, unscoped
from admin_app.reporting.guard import Permission
from admin_app.reporting.refusal import Refused
from admin_app.reporting.rules import condition
from admin_app.reporting.undo_steps import Part, Plan, Since, Step, Verb, equal
from admin_app.reporting.writes import KINDS, Held
from models import Base, Event, OrganizationFact, User

T = TypeVar("T")
DONE = or_(Event.kind.startswith("row."), Event.kind.in_(undo_plans.KINDS))  # events of changes that can be undone
TABLE = case((Event.kind.in_(undo_plans.KINDS), undo_plans.TABLE), else_=Event.subject_type)  # and of what table they tell
MODELS = history.BY_TABLE | {undo_plans.TABLE: OrganizationFact}
MOST = 5000  # changes of an undo that is planned at once; longer ones are `undo_many`'s
Say = Callable[[Exception, type[Base]], str]  # the sentence for what stood in the way


def readable() -> ColumnElement[bool] | None:
    """The events that the actor reads; None: all. By the row rule, and of the people in sight, if the actor may edit people,
    also what belongs to no organization: their accounts.
    """
    actor = current()
    rule = condition(actor, Event)
    if rule is None or not guard.may(actor, Permission.USER_EDIT):
        return rule
    people, seen = select(User.id), condition(actor, User)
    people = people if seen is None else people.where(seen)
    account = Event.organization_id.is_(None), Event.subject_type == User.__tablename__, Event.subject_id.in_(people)
    return or_(rule, and_(*account))


def read(session: Session, query: Select[Any]) -> list[Any]:
    """The rows of a query over events, of those that the actor reads."""
    rule = readable()
    with unscoped("the log, by the rule of those who read it"):
        return list(session.scalars(query if rule is None else query.where(rule)))


# ── Reading ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def of_event(event_id: int) -> tuple[str, Select[Event]]:
    """One change."""
    return f"undo:{event_id}", select(Event).where(Event.id == event_id)


def of_batch(batch: uuid.UUID) -> tuple[str, Select[Event]]:
    """All that was changed together."""
    return f"undo:{batch}", select(Event).where(Event.batch == batch)


def whole(session: Session, event_id: int, origin: str) -> uuid.UUID | None:
    """The batch of the event, if it was made for this and is therefore undone as a whole."""
    found = read(session, select(Event).where(Event.id == event_id, Event.origin == origin))
    return found[0].batch if found else None


def plan(session: Session, asked: tuple[str, Select[Event]]) -> Plan:
    """What undoing these events comes to, newest first. Raises Refused if there is nothing, or too much."""
    origin, query = asked
    query = query.where(DONE)
    events = read(session, query.order_by(Event.id).limit(MOST + 1))
    if len(events) > MOST:
        raise Refused(_("More than %(most)s changes are not undone at once.", most=MOST))
    if not events:
        raise Refused(_("There is nothing here that could be undone."))
    with unscoped("how many changes of a batch are out of sight"):
        every = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    return Plan(origin, steps_of(session, events), every - len(events))


def steps_of(session: Session, events: Iterable[Event]) -> list[Step]:
    """What undoing these events comes to, oldest first: the steps, newest first."""
    rows: dict[tuple[str, int], list[Event]] = defaultdict(list)
    for event in events:
        if event.subject_id is not None:
            rows[table_of(event), event.subject_id].append(event)
    if not rows:
        return []
    now = values_now(session, rows)
    later = since(session, rows)
    steps = [step_of(several, now, later) for several in rows.values()]
    return list(reversed([step for step in steps if step is not None]))


def table_of(event: Any) -> str:
    """The table of which the event, or its row of a query, tells: of plans that of dated values, by their organization's id."""
    return undo_plans.TABLE if event.kind in undo_plans.KINDS else str(event.subject_type)


def pairs_of(event: Any) -> dict[str, list[Any]]:
    """What the event says of its row: by field what it was and what it became."""
    return undo_plans.told(event) if event.kind in undo_plans.KINDS else event.data


def values_now(session: Session, rows: Iterable[tuple[str, int]]) -> dict[tuple[type[Base], int], dict[str, Any]]:
    """The rows as they are, of those within sight."""
    wanted: dict[type[Base], list[int]] = defaultdict(list)
    for table, key in rows:
        if model := MODELS.get(table):
            wanted[model].append(key)
    found: list[Base] = []
    plans = undo_plans.values_now(session, wanted.pop(OrganizationFact, []))
    for model, keys in wanted.items():
        found += session.scalars(select(model).where(model.id.in_(keys)))  # type: ignore[attr-defined]
    with unscoped("rows that are within sight, as the history keeps them"):
        return history.snapshot(session, found) | plans


def since(session: Session, rows: dict[tuple[str, int], list[Event]]) -> dict[tuple[str, int, str], Since]:
    """Who has changed which field after these events."""
    last = {place: several[-1].id for place, several in rows.items()}
    subjects = {(several[-1].subject_type, several[-1].subject_id) for several in rows.values()}
    query = select(Event.id, Event.kind, Event.subject_type, Event.subject_id, Event.data, Event.actor_name, Event.at)
    query = query.where(tuple_(Event.subject_type, Event.subject_id).in_(list(subjects)), Event.id > min(last.values()))
    query = query.where(DONE).order_by(Event.id)
    found: dict[tuple[str, int, str], Since] = {}
    with unscoped("who has changed what is to be undone"):
        for one in session.execute(query):
            place = table_of(one), int(one.subject_id or 0)
            if one.id > last.get(place, one.id):
                found |= {(*place, name): Since(one.actor_name, one.at) for name in pairs_of(one)}
    return found


def step_of(events: Sequence[Event], now: dict[Any, dict[str, Any]], later: dict[tuple[str, int, str], Since]) -> Step | None:
    """What is done to the row of these events, oldest first; None if they come to nothing."""
    first, last = events[0], events[-1]
    table, key = table_of(first), first.subject_id or 0
    model = MODELS.get(table)
    if model is None:
        return None
    born, died = first.kind == "row.created", last.kind == "row.deleted"
    if born and died:
        return None
    net = merged(events)
    here = now.get((model, key))
    verb = Verb.TAKE if born else Verb.BRING if died else Verb.SET
    shown = {name: pair for name, pair in net.items() if verb is not Verb.SET or not readonly(model, name)}
    is_now = here if here is not None and verb is not Verb.BRING else {name: after for name, (_old, after) in shown.items()}
    parts = [
        Part(name, before, after, audit.plain(is_now.get(name)), later.get((table, key, name)))
        for name, (before, after) in shown.items()
    ]
    place = first.organization_id or last.organization_id
    step = Step(model, key, last.subject, verb, tuple(parts), organization_id=place)
    return replace(step, refused=hindrance(step, here))


def merged(events: Iterable[Event]) -> dict[str, list[Any]]:
    """The fields of several events, from what they were at first to what they became at last."""
    net: dict[str, list[Any]] = {}
    for event in events:
        for name, (old, new) in pairs_of(event).items():
            net[name] = [net[name][0] if name in net else old, new]
    return {name: pair for name, pair in net.items() if not equal(*pair)}


def readonly(model: type[Base], name: str) -> bool:
    """Is the field written by verbs only (a publication, an opening)? Those have their own ways back."""
    column = model.__table__.c.get(name)
    return column is not None and bool(column.info.get("readonly"))


def hindrance(step: Step, here: dict[str, Any] | None) -> str:
    """Why the row can't be set back, as far as one can see without trying."""
    if step.model not in restoring.RIGHTS or (step.verb is Verb.SET and not step.parts):
        return _("This was done by a command of its own; it is not undone here.")
    if not (answer := guard.may(current(), restoring.RIGHTS[step.model])):
        return str(answer.reason)
    if step.verb is Verb.BRING:
        return _("The row is there again.") if here is not None else ""
    return "" if here is not None else _("The row is gone, or outside what you may see.")


# ── Doing ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def rehearse(session: Session, made: Plan, say: Say, chosen: Container[str] = ()) -> Plan:
    """The plan with what the rules and the database refuse, found by doing it and taking it back. Forgets the session's rows."""
    ready = ready_of(made, chosen)
    refused = trial(session, ready, lambda steps: do(session, steps, chosen), lambda step, error: say(error, step.model))
    steps = [replace(step, refused=refused.get(id(step), step.refused)) for step in made.steps]
    return Plan(made.origin, steps, made.hidden)


def ready_of(made: Plan, chosen: Container[str]) -> list[Step]:
    """The steps in which there is something to do."""
    return [step for step in made.steps if not step.refused and not step.idle(chosen)]


def trial(
    session: Session,
    items: Sequence[T],
    attempt: Callable[[Sequence[T]], object],
    say: Callable[[T, Exception], str],
    keep: bool = False,
) -> dict[int, str]:
    """What is refused of the items, as sentences by id(item). The session's rows are forgotten, and nothing stays written; with
    ``keep`` what was not refused does, for those who try more on top of it and roll back themselves.

    All are tried at once; where that fails the halves, down to the single ones that fail: few refusals cost few attempts.
    Raises Held.
    """
    waiting, refused = [items] if items else [], {}
    while waiting:
        part = waiting.pop()
        inner = session.begin_nested()
        try:
            attempt(part)
        except KINDS as error:
            inner.rollback()
            if isinstance(error, Held):
                raise  # the next attempt would wait as long
            if len(part) == 1:
                refused[id(part[0])] = say(part[0], error)
            else:
                waiting += [part[len(part) // 2 :], part[: len(part) // 2]]
        else:
            inner.commit() if keep else inner.rollback()
        finally:
            session.expunge_all()
    return refused


def perform(session: Session, made: Plan, chosen: Container[str] = ()) -> tuple[uuid.UUID, int]:
    """Set everything back that the plan does not refuse: the batch of that, and how many rows. Raises Refused for nothing."""
    ready = ready_of(made, chosen)
    if not ready:
        raise Refused(_("There is nothing here that could be undone."))
    with audit.together(made.origin) as batch:
        do(session, ready, chosen)
    return batch, len(ready)


def do(session: Session, steps: Sequence[Step], chosen: Container[str]) -> None:
    """Set back these rows; flushes. Rows come back before others name them again, and go when none names them any more."""
    by_verb: dict[Verb, list[Step]] = defaultdict(list)
    for step in steps:
        by_verb[step.verb].append(step)
    for step in by_verb[Verb.BRING]:
        restoring.bring_back(session, step.model, step.key, {part.name: part.before for part in step.parts})
    models = sorted(dict.fromkeys(step.model for step in steps), key=lambda one: one is not User)  # while they are in sight
    for model in models:
        several = [step for step in by_verb[Verb.SET] if step.model is model]
        values = {step.key: {part.name: part.before for part in step.wanted(chosen)} for step in several}
        if values and model is OrganizationFact:
            undo_plans.set_back(session, values)
        elif values:
            with dated.correction():  # what is undone never was
                restoring.set_back(session, model, values)
    for model in models:
        if keys := [step.key for step in by_verb[Verb.TAKE] if step.model is model]:
            restoring.take_away(session, model, keys)
