"""Which rows an actor sees: one rule on one session.

Every ORM statement of a `ScopedSession` gets the conditions of `rules.py` for the actor of the moment (`current()`), whatever
it selects, joins, counts or loads later; every flush is judged by `writes.py` and kept by `history.py`. Closed by default: nobody
sees nothing, a model without ``__scope__`` is seen by nobody, and what can't be restricted is refused (`Unrestricted`): Core
statements, `text()`, plain tables inside ORM statements, bulk inserts. The way round is ``with unscoped("why"):``, nothing else.

Objects that came into the session unscoped, or for another actor, are not found by ``get()`` or by lazy loads: those ask the
database again, with the rule. Where the rule isn't on the session (downloads, jobs), `condition` gives it as an expression.

No execution options are needed or read; the actor and the reason travel in context variables (`actor.py`).
"""

from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Executable, event, inspect, select, true
from sqlalchemy.orm import ORMExecuteState, Session

from admin_app.reporting import history, keyholders, placing, rowlevel, writes
from admin_app.reporting.actor import (
    LIVE,
    NOBODY,
    Actor,
    Reach,
    acting,
    actor_of,
    begin,
    current,
    everything,
    quietly,
    reason,
    unscoped,
)
from admin_app.reporting.guard import Forbidden
from admin_app.reporting.rules import Model, condition, criteria, is_rule
from admin_app.reporting.tripwire import Unrestricted, examine
from admin_app.reporting.writes import OutOfScope
from models import Base

__all__ = [
    "NOBODY",
    "Actor",
    "Forbidden",
    "OutOfScope",
    "Reach",
    "ScopedSession",
    "Unrestricted",
    "acting",
    "actor_of",
    "begin",
    "condition",
    "current",
    "everything",
    "sees",
    "unscoped",
]


class ScopedSession(Session):
    """The session of everything but signing in. Needs no arguments beyond SQLAlchemy's own."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.known: WeakKeyDictionary[object, Actor] = WeakKeyDictionary()
        LIVE.sessions.add(self)

    def _identity_lookup(self, mapper: Any, *arguments: Any, **options: Any) -> Any:
        """What the identity map holds, if it came in under the rule of this actor; else nothing, and the database is asked."""
        found = super()._identity_lookup(mapper, *arguments, **options)
        if reason() or not isinstance(found, Base) or self.known.get(found) == current():
            return found
        return None

    def bulk_save_objects(self, *_arguments: Any, **_options: Any) -> None:
        raise Unrestricted("bulk_save_objects")

    def bulk_insert_mappings(self, *_arguments: Any, **_options: Any) -> None:
        raise Unrestricted("bulk_insert_mappings")

    def bulk_update_mappings(self, *_arguments: Any, **_options: Any) -> None:
        raise Unrestricted("bulk_update_mappings")


def sees(actor: Actor, model: Model, row_id: Any, session: Session) -> bool:
    """Whether the actor sees this row, by a question of its own to the database. ``row_id``: its key, a tuple if of several."""
    rule = condition(actor, model)
    key = row_id if isinstance(row_id, tuple) else (row_id,)
    found = [column == value for column, value in zip(inspect(model).primary_key, key, strict=True)]
    with quietly(f"whether {model.__name__} is seen"):
        return session.scalar(select(true()).where(*found, *([] if rule is None else [rule]))) is not None


UNKNOWN = "not a statement over entities (functions alone need .select_from(Model), exists() needs select(exists(select(…))))"

# ── Statements ───────────────────────────────────────────────────────────────────────────────────────────────────────


@event.listens_for(ScopedSession, "do_orm_execute")
def restrict(state: ORMExecuteState) -> None:
    """Hang the rule on one statement, or refuse it. Loads of more columns of a row that is held already pass."""
    rowlevel.bind(state.session)
    if state.is_relationship_load:
        state.statement = follow(state.statement, state)
    elif not reason() and not state.is_column_load:
        state.statement = lead(state.statement, state)


def lead(statement: Any, state: ORMExecuteState) -> Executable:
    """A statement of ours."""
    if state.is_insert:
        raise Unrestricted("an INSERT statement: add objects to the session instead")
    if not state.is_orm_statement or state.is_from_statement:
        raise Unrestricted(f"{UNKNOWN}: {statement!s:.500}")
    restricted = statement.options(*criteria(current(), examine(statement)))
    return writes.restrict(restricted, state) if state.is_update or state.is_delete else restricted


def follow(statement: Any, state: ORMExecuteState) -> Executable:
    """A load along a relation: it brings the rule under which its parent came in; what counts is the rule of now."""
    others = [option for option in statement._with_options if not is_rule(option)]
    bare = statement._clone()
    bare._with_options = tuple(others)
    models = frozenset(mapper.class_ for mapper in state.all_mappers)
    return bare if reason() else bare.options(*criteria(current(), models))


# ── Objects ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@event.listens_for(ScopedSession, "loaded_as_persistent")
@event.listens_for(ScopedSession, "pending_to_persistent")
def remember(session: ScopedSession, instance: object) -> None:
    """Under whose rule the object came in; nobody's if the rule was off."""
    if not reason():
        session.known[instance] = current()


for stage, listener in (
    ("before_flush", writes.judge_old),
    ("before_flush", history.before),
    ("before_flush", rowlevel.bind_flush),
    ("after_flush", writes.judge_new),
    ("after_flush", placing.judge),
    ("after_flush", keyholders.judge),
    ("after_flush", history.after),
):
    event.listen(ScopedSession, stage, listener)
