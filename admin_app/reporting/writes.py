"""What an actor writes: every flush is judged by the old and the new state of its rows.

- a role that may not write the table changes nothing in it (`guard.RIGHTS`; rows of one's own: `guard.PERSONAL`);
- a changed or deleted row must have been in the reach of such a role (asked of the database before the flush, never of the
  object, which can lie), and a new or changed one must be there afterwards (asked after the flush, in its transaction);
- a foreign key newly set must name a row that the actor sees;
- roles are given, and accounts edited, only by those who have the right to give all the roles concerned.

So nobody moves a row into or out of a scope they don't hold. `Event` is written by everybody and judged by nobody: it is
append-only, and `audit.record` is its only writer. Each stage costs one question, for actors without a predicate none.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask_babel import gettext as _
from psycopg.errors import LockNotAvailable
from sqlalchemy import ColumnElement, Engine, ExceptionContext, Executable, Select, event, func, inspect, select, tuple_
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import InstanceState, Mapper, ORMExecuteState, Session
from sqlalchemy.orm.exc import StaleDataError

from admin_app.reporting import guard, memberships
from admin_app.reporting.actor import Actor, current, quietly, reason
from admin_app.reporting.guard import Forbidden
from admin_app.reporting.history import REGISTRY
from admin_app.reporting.refusal import Refused
from admin_app.reporting.rules import MODELS, Model, condition
from admin_app.reporting.tripwire import Unrestricted
from models import Base, Event, Membership, Report, Role, Tree, User

TARGETS = {model.__table__: model for model in MODELS.values()}
KINDS = (DBAPIError, StaleDataError, Refused)  # what stands in the way of a write: the database's no, a row that is gone, ours
UPWARD = {(Report, "reviewer_id")}  # names an organization above: whoever reaches an organization may name those above it


def locked(query: Select[Any], model: Any) -> Select[Any]:
    """The rows that are going to be changed: nobody else changes them until then, and they are as the database has them now."""
    return query.with_for_update(of=model, key_share=True).execution_options(populate_existing=True)


NAMED: ContextVar[frozenset[tuple[Model, str, Any]]] = ContextVar("named", default=frozenset())


@contextmanager
def as_it_was(model: Model, values: Mapping[str, Any]) -> Iterator[None]:
    """A deleted row comes back with these values, as the log has them. The people whom it named it may name again, whether they
    are in sight or not: nothing opens that was not open. Where the row belongs is judged as for any other."""
    token = NAMED.set(frozenset((model, name, value) for name, value in values.items() if isinstance(value, int)))
    try:
        yield
    finally:
        NAMED.reset(token)


class Held(Refused):
    """Others hold what this transaction needs, for longer than a page waits (`config.lock_seconds`). Nothing has been written.

    ``who`` says it in a sentence, without the advice that follows it in ``sentence``.
    """

    def __init__(self, who: str = "") -> None:
        self.who = who or _("Somebody else is changing this just now.")
        super().__init__(" ".join([self.who, _("Nothing was saved: try again when that is done.")]))


@event.listens_for(Engine, "handle_error", retval=True)
def held(context: ExceptionContext) -> Held | None:
    """The database's word for it as ours: whoever has a sentence for what is refused has one for this."""
    return Held() if isinstance(context.original_exception, LockNotAvailable) else None


class OutOfScope(Refused):
    """A row, or the row named by its ``attribute``, is not within the actor's reach. Nothing has been written."""

    def __init__(self, model: Model, attribute: str) -> None:
        super().__init__(_("“%(where)s”: this is outside your part of the organizations.", where=label(model, attribute)))
        self.model = model
        self.attribute = attribute


def label(model: Model, attribute: str) -> str:
    """What people call the column."""
    column = model.__table__.c.get(attribute)
    return str(model.__label__ if column is None else column.info.get("label", attribute))


@dataclass(frozen=True)
class Question:
    """Are all these rows of the model within the condition? If not, ``model.attribute`` is to blame."""

    model: Model
    attribute: str
    select: Select[Any]
    expected: int


# ── The judge ────────────────────────────────────────────────────────────────────────────────────────────────────────


def judge_old(session: Session, _context: object, _instances: object) -> None:
    """Before the flush: rights, the old state of changed rows, new foreign keys. Raises Forbidden or OutOfScope."""
    if reason():
        return
    actor = current()
    new = [row for row in session.new if not isinstance(row, Event)]
    changed = [row for row in session.dirty if session.is_modified(row)]
    deleted = list(session.deleted)
    for model in {type(row) for row in [*new, *changed, *deleted]}:
        check_right(actor, model)
    with quietly("judging what is written"), session.no_autoflush:
        ask(session, [*within(actor, [*changed, *deleted]), *named(actor, [*new, *changed])])
        check_memberships(session, actor, [row for row in [*new, *changed, *deleted] if isinstance(row, Membership)])
        check_accounts(session, actor, [row for row in [*changed, *deleted] if isinstance(row, User)])


def judge_new(session: Session, _context: object) -> None:
    """After the flush, in its transaction: the rows are where the actor may write. Raises OutOfScope."""
    if reason():
        return
    with quietly("judging what was written"):
        written = [row for row in session.new if not isinstance(row, Event)]
        ask(session, list(within(current(), [*written, *(row for row in session.dirty if session.is_modified(row))])))


def check_right(actor: Actor, model: Model) -> None:
    """Raise Forbidden unless some role of the actor, or being one's own, lets it write the table."""
    if actor.is_nobody or (model not in guard.PERSONAL and not actor.only(guard.writers(model)).reaches):
        raise Forbidden(_("You may not change “%(what)s”.", what=str(getattr(model, "__labels__", model.__name__))))


@lru_cache(maxsize=4096)
def writable(actor: Actor, model: Model) -> ColumnElement[bool] | None:
    """The rows of the model that the actor writes."""
    return condition(actor.only(guard.writers(model)), model, own=model in guard.PERSONAL)


@lru_cache(maxsize=4096)
def readable(actor: Actor, model: Model) -> ColumnElement[bool] | None:
    """The rows of the model that the actor sees."""
    return condition(actor, model)


def within(actor: Actor, rows: Iterable[Base]) -> Iterator[Question]:
    """Whether the rows, as the database has them now, are writable."""
    keys: dict[Model, set[tuple[Any, ...]]] = defaultdict(set)
    for row in rows:
        keys[type(row)].add(key_of(row))
    for model, found in keys.items():
        rule = writable(actor, model)
        if rule is not None:
            columns = inspect(model).primary_key
            counted = select(func.count()).select_from(model).where(tuple_(*columns).in_(found), rule)
            yield Question(model, place(model), counted, len(found))


def key_of(row: Base) -> tuple[Any, ...]:
    """The primary key that the row has in the database."""
    state: InstanceState[Any] = inspect(row)
    return tuple(state.identity or state.mapper.primary_key_from_instance(row))


def place(model: Model) -> str:
    """The attribute that says where a row belongs."""
    scope = model.__scope__[-1] if model.__scope__ else None
    return "parent_id" if isinstance(scope, Tree) else getattr(scope, "key", "id")


def named(actor: Actor, rows: Iterable[Base]) -> Iterator[Question]:
    """Whether the rows that newly set foreign keys name are visible."""
    wanted: dict[tuple[Model, str, Model], set[int]] = defaultdict(set)
    for row in rows:
        for attribute, target, value in new_keys(row):
            if not is_known(actor, type(row), attribute, target, value):
                wanted[type(row), attribute, target].add(value)
    for (model, attribute, target), values in wanted.items():
        rule = readable(actor, target)
        if rule is not None:
            counted = select(func.count()).select_from(target).where(target.id.in_(values), rule)  # type: ignore[attr-defined]
            yield Question(model, attribute, counted, len(values))


def is_known(actor: Actor, model: Model, attribute: str, target: Model, value: int) -> bool:
    """Foreign keys that need no question: oneself, a person whom a row named that comes back, and an organization above one's own
    where that is meant."""
    if target is User:
        return value == actor.user_id or (model, attribute, value) in NAMED.get()
    return (model, attribute) in UPWARD and any(f"/{value}/" in reach.path for reach in actor.reaches)


@lru_cache(maxsize=64)
def links(model: Model) -> tuple[tuple[str, Model, str | None], ...]:
    """The foreign keys of a model: attribute, model named, the many-to-one relationship over it, if any."""
    mapper: Mapper[Any] = inspect(model)
    relations = {next(iter(r.local_columns)): r.key for r in mapper.relationships if r.direction.name == "MANYTOONE"}
    return tuple(
        (mapper.get_property_by_column(column).key, TARGETS[key.column.table], relations.get(column))
        for column in mapper.local_table.c
        for key in column.foreign_keys
        if key.column.table in TARGETS
    )


def new_keys(row: Base) -> Iterator[tuple[str, Model, int]]:
    """The foreign keys that this flush sets anew, by value or by object. Objects that are new too are judged themselves."""
    state: InstanceState[Any] = inspect(row)
    for attribute, target, relation in links(type(row)):
        for name in (attribute, relation):
            if name is None or name not in state.dict or not state.attrs[name].history.added:
                continue
            value = state.dict[name]
            if isinstance(value, Base):
                identity = inspect(value).identity
                value = identity[0] if identity else None
            if value is not None:
                yield attribute, target, value


def ask(session: Session, questions: list[Question]) -> None:
    """All questions in one statement. Raises OutOfScope for the first that is answered no."""
    if not questions:
        return
    answers = session.execute(select(*(question.select.scalar_subquery() for question in questions))).one()
    for question, answer in zip(questions, answers, strict=True):
        if answer != question.expected:
            raise OutOfScope(question.model, question.attribute)


# ── Roles and accounts ───────────────────────────────────────────────────────────────────────────────────────────────


def check_memberships(session: Session, actor: Actor, rows: list[Membership]) -> None:
    """Nobody attaches themselves or gives or takes a role that is not theirs to give. Raises Forbidden."""
    if not rows:
        return
    if actor.user_id is not None and any(actor.user_id in values(row, "user_id", "user") for row in rows):
        raise Forbidden(_("You cannot attach yourself: ask a colleague."))
    given = set(session.scalars(select(Role.id).where(Role.name.in_(guard.grants(actor)))))
    if any(values(row, "role_id", "role") - given for row in rows):
        raise Forbidden(_("This role is given by somebody with more rights."))


def values(row: Base, attribute: str, relation: str) -> set[int]:
    """The old and the new value of a foreign key, set by value or by object."""
    state: InstanceState[Any] = inspect(row)
    history = state.attrs[attribute].load_history()
    found = {*(history.added or ()), *(history.unchanged or ()), *(history.deleted or ())}
    related = state.dict.get(relation)
    return {value for value in [*found, related.id if related is not None else None] if value is not None}


def check_accounts(session: Session, actor: Actor, rows: list[User]) -> None:
    """Nobody edits the account of a person with a role that is not theirs to give. Raises Forbidden."""
    ids = {row.id for row in rows} - {actor.user_id}
    if not ids:
        return
    above = (
        select(func.count())
        .select_from(Membership)
        .join(Role, Role.id == Membership.role_id)
        .where(Membership.user_id.in_(ids), Role.name.not_in(guard.grants(actor)))
        .where(memberships.lasting())
    )
    if session.scalar(above):
        raise Forbidden(_("This person has rights that you do not give: ask an administrator."))


# ── UPDATE and DELETE statements ─────────────────────────────────────────────────────────────────────────────────────


def restrict(statement: Any, state: ORMExecuteState) -> Executable:
    """The statement over the actor's writable rows only. Raises Forbidden, or Unrestricted for one that could move rows."""
    mapper = state.bind_mapper
    if mapper is None or isinstance(state.parameters, list):
        raise Unrestricted(str(statement)[:500])
    model: Model = mapper.class_
    check_right(current(), model)
    rule = writable(current(), model)
    if model in REGISTRY or model is Event:
        raise Unrestricted(f"{model.__name__} rows change one by one, so that the log has them")
    if rule is None:
        return statement
    touched = {getattr(key, "key", key) for key in [*(getattr(statement, "_values", None) or ()), *(state.parameters or ())]}
    if touched & {attribute for attribute, *_rest in links(model)}:
        raise Unrestricted(f"an UPDATE may not move rows of {model.__name__}")
    return statement.where(rule)
