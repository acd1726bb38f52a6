"""Which rows an actor sees: one rule on one session.

Every ORM statement of a `ScopedSession` gets the conditions of `rules.py` for the actor of the moment (`current()`), whatever
it selects, joins, counts or loads later; every flush is judged by `writes.py` and kept by `history.py`. Closed by default: nobody
sees nothing, a model without ``__scope__`` is seen by nobody, and what can't be restricted is refused (`Unrestricted`): Core
statements, `text()`, plain tables inside ORM statements, bulk inserts. The way round is ``with unscoped("why"):``, nothing else.

Objects that came into the session unscoped, or for another actor, are not found by ``get()`` or by lazy loads: those ask the
database again, with the rule. Where the rule isn't on the session (downloads, jobs), `condition` gives it as an expression.

No execution options are needed or read; the actor and the reason travel in context variables (`actor.py`).
"""

from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Alias, Column, Executable, Table, TextClause, event, inspect, select, true
from sqlalchemy.orm import ORMExecuteState, Session
from sqlalchemy.orm.interfaces import ORMOption
from sqlalchemy.sql.elements import ClauseElement
from sqlalchemy.sql.visitors import HasTraverseInternals

from admin_app.reporting import history, rules, writes
from admin_app.reporting.actor import (
    NOBODY,
    Actor,
    Reach,
    acting,
    actor_of,
    begin,
    current,
    everything,
    live,
    quietly,
    reason,
    unscoped,
)
from admin_app.reporting.guard import Forbidden
from admin_app.reporting.rules import MODELS, Model, condition
from admin_app.reporting.writes import OutOfScope, Unrestricted
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
        live(self)

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


# ── Statements ───────────────────────────────────────────────────────────────────────────────────────────────────────


@lru_cache(maxsize=256)
def restriction(actor: Actor) -> tuple[ORMOption, ...]:
    """The options that restrict this actor's statements."""
    return tuple(rules.criteria(actor))


@event.listens_for(ScopedSession, "do_orm_execute")
def restrict(state: ORMExecuteState) -> None:
    """Hang the rule on one statement, or refuse it. Loads of more columns of a row that is held already pass."""
    if reason() or state.is_column_load:
        return
    if not state.is_orm_statement or state.is_insert or state.is_from_statement:
        raise Unrestricted(str(state.statement)[:500])
    if not state.is_relationship_load:
        examine(state.statement)
    statement = state.statement.options(*restriction(current()))
    state.statement = writes.restrict(statement, state) if state.is_update or state.is_delete else statement


def examine(statement: Executable) -> None:
    """Raise `Unrestricted` if the statement has a part that no criteria reach: text, a plain mapped table, an unknown model."""
    waiting: list[ClauseElement] = [statement]  # type: ignore[list-item]
    seen: set[int] = set()
    while waiting:
        element = waiting.pop()
        if id(element) in seen:
            continue
        seen.add(id(element))
        if is_plain(element):
            raise Unrestricted(f"{element} in {str(statement)[:500]}")
        if not is_entity(element):
            waiting.extend(HasTraverseInternals.get_children(element))  # not Select's own: it adds the tables of its columns


TABLES = {model.__table__ for model in MODELS.values()}


def is_entity(element: ClauseElement) -> bool:
    """A mapped table, its alias or its column, that knows its entity: the criteria are for these."""
    if "parententity" not in element._annotations:
        return False
    return isinstance(element, Table | Column) or (isinstance(element, Alias) and isinstance(element.element, Table))


def is_plain(element: ClauseElement) -> bool:
    """Text, or a mapped table without its entity."""
    if isinstance(element, TextClause):
        return True
    entity = element._annotations.get("parententity")
    if entity is not None:
        return inspect(entity).mapper.class_ not in MODELS.values()
    table = element.table if isinstance(element, Column) else element
    return isinstance(table, Table) and table in TABLES


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
    ("after_flush", writes.judge_new),
    ("after_flush", history.after),
):
    event.listen(ScopedSession, stage, listener)
