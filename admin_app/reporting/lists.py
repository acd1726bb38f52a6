"""What is read with every page and seldom changed (classifiers, their items, further fields; saved views), kept by each process.

Triggers give them a new stamp in the very transaction that changes them (migration 0012). A signed-in request reads the stamp
in the statement that it begins with anyway (`admin_app.security.load`) and uses the copy made under it, which so is never older
than the request. Copies are filled over a connection of their own: only what is committed gets into them. Who has changed a
list in this request, and whoever works outside of requests without `held`, asks the database.
"""

import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import ScalarSelect, event, select
from sqlalchemy.orm import ORMExecuteState, Session

from admin_app.extensions import db
from admin_app.reporting import days
from admin_app.reporting.actor import current
from models import Attribute, Classifier, ClassifierItem, SavedView, Stamp

LISTS = (Classifier, ClassifierItem, Attribute, SavedView)
Found = TypeVar("Found")
Name = TypeVar("Name")
Copy = dict[Any, Any]


@dataclass
class State:
    """A request's stamp; `own`: it has changed a list itself."""

    stamp: uuid.UUID
    own: bool = False


_state: ContextVar[State | None] = ContextVar("lists", default=None)
COPIES: dict[tuple[uuid.UUID, date], Copy] = {}  # the newest only


def stamp() -> ScalarSelect[Any]:
    """The stamp of now, for the SELECT of a first statement."""
    return select(Stamp.value).where(Stamp.name == "lists").scalar_subquery()


def begin(value: uuid.UUID | None) -> None:
    """From here on this context uses the copy under this stamp; None: it asks the database."""
    _state.set(None if value is None else State(value))


@contextmanager
def held(plain: Session) -> Iterator[None]:
    """For a job: the lists as they are now, to the end of the block. `plain`: an unscoped session."""
    token = _state.set(State(value) if (value := plain.scalar(select(stamp()))) else None)
    plain.commit()
    try:
        yield
    finally:
        _state.reset(token)


def copy() -> Copy | None:
    """The copy that may be used now; None: the database is asked. What depends on the day goes with the day."""
    state = _state.get()
    if state is None or state.own or current().is_nobody:
        return None
    key = state.stamp, days.today()
    if (found := COPIES.get(key)) is None:
        COPIES.clear()
        found = COPIES[key] = {}
    return found


def kept(session: Session, key: Any, ask: Callable[[Session], Found]) -> Found:
    """What `ask` finds of the lists, asked once for each of their states. `key` says everything that the answer depends on,
    the actor too if it does."""
    there = copy()
    if there is None:
        return ask(session)
    if key not in there:
        with Session(db.engine) as plain:
            there[key] = ask(plain)
    found: Found = there[key]
    return found


def each(
    session: Session, key: Any, names: Iterable[Name], ask: Callable[[Session, set[Name]], dict[Name, Found]]
) -> dict[Name, Found]:
    """The same for single rows by whatever names them: only those not yet known are asked for; what isn't there is left out."""
    wanted, there = set(names), copy()
    if there is None or not wanted:
        return ask(session, wanted) if wanted else {}
    known: dict[Name, Found | None] = there.setdefault(key, {})
    if missing := wanted - known.keys():
        with Session(db.engine) as plain:
            found = ask(plain, missing)
        known.update({one: found.get(one) for one in missing})
    return {one: value for one in wanted if (value := known[one]) is not None}


@event.listens_for(Session, "after_flush")
def flushed(session: Session, _context: object) -> None:
    """A list changed here: from now on this request asks its own transaction."""
    state = _state.get()
    if state is not None and any(isinstance(row, LISTS) for row in (*session.new, *session.dirty, *session.deleted)):
        state.own = True


@event.listens_for(Session, "do_orm_execute")
def executed(execution: ORMExecuteState) -> None:
    """The same for an UPDATE or DELETE of many."""
    state = _state.get()
    if state is not None and (execution.is_update or execution.is_delete):
        state.own = state.own or any(mapper.class_ in LISTS for mapper in execution.all_mappers)
