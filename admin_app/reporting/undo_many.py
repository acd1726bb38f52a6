"""Undo of what is too long to plan at once: the rows by their names first, then piece after piece, in an order that works.

Deleted rows come back first, then fields are set back, then added rows go: from below, the newest first. What only sets fields
back is rehearsed piece by piece, so that nobody waits for its rows; the rest on top of one another.
"""

from collections import defaultdict
from collections.abc import Container, Iterator, Sequence
from dataclasses import replace

from flask_babel import gettext as _
from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import Session

from admin_app.reporting import undo
from admin_app.reporting.actor import unscoped
from admin_app.reporting.refusal import Refused
from admin_app.reporting.restoring import FROM_BELOW
from admin_app.reporting.tasks.verbs import Tell
from admin_app.reporting.undo_steps import Step, Verb
from models import Event, Organization, User

PIECE = 200  # rows at once
Asked = tuple[str, Select[Event]]
Places = list[tuple[str, int]]  # rows by table and id


class Everything(Container[str]):
    """Every conflict is chosen: what was changed since is set back too."""

    def __contains__(self, place: object) -> bool:
        return True


def size(session: Session, asked: Asked) -> int:
    """How many changes the actor reads of it."""
    counted = select(func.count()).select_from(Event).where(Event.id.in_(ids_of(asked)))
    return int(undo.read(session, counted)[0])


def hidden(session: Session, asked: Asked) -> int:
    """How many of the changes are out of the actor's sight."""
    with unscoped("how many changes of a batch are out of sight"):
        every = session.scalar(select(func.count()).select_from(ids_of(asked).subquery())) or 0
    return every - size(session, asked)


def ids_of(asked: Asked) -> Select[int]:
    """The events, of those about rows."""
    return asked[1].where(undo.DONE).order_by(None).with_only_columns(Event.id)


def pieces(session: Session, asked: Asked) -> list[tuple[Verb, Places]]:
    """The rows, in pieces of one verb each, in the order in which they can be set back. Raises Refused if there are none."""
    born, died = func.bool_or(Event.kind == "row.created"), func.bool_or(Event.kind == "row.deleted")
    of = undo.TABLE.label("of_table")
    query = select(of, Event.subject_id, born, died, func.max(Event.id).label("last"))
    query = query.where(Event.id.in_(ids_of(asked)), Event.subject_id.is_not(None))
    query = query.group_by(of, Event.subject_id).order_by(func.max(Event.id).desc())
    places: dict[Verb, Places] = defaultdict(list)
    rule = undo.readable()
    with unscoped("the log, by the rule of those who read it"):
        for table, key, is_new, is_gone, _last in session.execute(query if rule is None else query.where(rule)):
            places[Verb.TAKE if is_new else Verb.BRING if is_gone else Verb.SET].append((table, key))
    if not places:
        raise Refused(_("There is nothing here that could be undone."))
    places[Verb.TAKE] = from_below(session, places[Verb.TAKE])
    order = (Verb.BRING, Verb.SET, Verb.TAKE)
    return [(verb, several) for verb in order for several in cut(places[verb])]


def cut(places: Places) -> Iterator[Places]:
    """In pieces."""
    return (places[start : start + PIECE] for start in range(0, len(places), PIECE))


def from_below(session: Session, places: Places) -> Places:
    """People first, while their attachments keep them in sight; then other rows; then organizations, from below."""
    places = sorted(places, key=lambda place: place[0] != User.__tablename__)
    nodes = [key for table, key in places if table == Organization.__tablename__]
    if not nodes:
        return places
    rank = {level: at for at, level in enumerate(FROM_BELOW)}
    with unscoped("where added organizations stand"):
        found = session.execute(select(Organization.id, Organization.level).where(Organization.id.in_(nodes)))
        levels = {key: rank[level] + 1 for key, level in found}
    return sorted(places, key=lambda place: levels.get(place[1], 0) if place[0] == Organization.__tablename__ else 0)


def steps(session: Session, asked: Asked, places: Places) -> list[Step]:
    """What undoing comes to for these rows."""
    query = asked[1].where(tuple_(undo.TABLE, Event.subject_id).in_(places), undo.DONE)
    found = undo.steps_of(session, undo.read(session, query.order_by(Event.id)))
    order = {place: at for at, place in enumerate(places)}
    return sorted(found, key=lambda step: order[step.model.__tablename__, step.key])


def rehearse(session: Session, asked: Asked, chosen: Container[str], say: undo.Say) -> Iterator[list[Step]]:
    """The steps piece by piece, with what the rules and the database refuse. The caller rolls back."""
    found = pieces(session, asked)
    alone = all(verb is Verb.SET for verb, _places in found)
    for _verb, places in found:
        made = steps(session, asked, places)
        yield judged(session, made, chosen, say, keep=not alone)
        if alone:
            session.rollback()


def judged(session: Session, made: Sequence[Step], chosen: Container[str], say: undo.Say, keep: bool) -> list[Step]:
    """The steps with what is refused."""
    ready = [step for step in made if not step.refused and not step.idle(chosen)]
    refused = undo.trial(
        session, ready, lambda part: undo.do(session, part, chosen), lambda step, error: say(error, step.model), keep
    )
    return [replace(step, refused=refused.get(id(step), step.refused)) for step in made]


def perform(session: Session, asked: Asked, chosen: Container[str], leave: Container[str], tell: Tell) -> int | None:
    """Set back what the plan does not refuse and what is not to be left (`Step.place`): how many rows; None if stopped.

    Raises what stands in the way; the caller rolls back.
    """
    done = 0
    for _verb, places in pieces(session, asked):
        made = steps(session, asked, places)
        ready = [step for step in made if not step.refused and not step.idle(chosen) and step.place() not in leave]
        undo.do(session, ready, chosen)
        session.expunge_all()
        done += len(ready)
        if not tell(done):
            return None
    return done
