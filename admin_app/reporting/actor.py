"""Who is acting now: a person with the roles that are valid today, nobody, or the system itself.

An `Actor` is a value: made once per request from the signed-in user, carried in a context variable, never changed. What it may
see is `scope.py`'s business, what it may do `guard.py`'s.
"""

import logging
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from dataclasses import dataclass, replace
from typing import Any
from weakref import WeakSet

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session

from admin_app.reporting import memberships
from models import Membership, Organization, Role, RoleName, User

log = logging.getLogger(__name__)

ROOT = "/"  # the path above every organization


@dataclass(frozen=True)
class Reach:
    """A role at an organization and below it. ``path`` is the organization's ``/1/25/``; `ROOT` stands above all of them."""

    role: RoleName
    organization_id: int
    path: str

    @property
    def is_whole(self) -> bool:
        """True at the region itself: the tree has nothing beside or above it."""
        return self.path.count("/") <= 2


@dataclass(frozen=True)
class Actor:
    """``user_id`` is None for nobody and for the system; ``name`` is «Фамилия И. О.», as the log keeps it."""

    user_id: int | None
    name: str
    reaches: tuple[Reach, ...] = ()

    @property
    def roles(self) -> frozenset[RoleName]:
        """Every role held anywhere."""
        return frozenset(reach.role for reach in self.reaches)

    @property
    def is_nobody(self) -> bool:
        """Neither a person nor the system: sees nothing, does nothing."""
        return self.user_id is None and not self.reaches

    @property
    def organization_ids(self) -> frozenset[int]:
        """Where the actor itself is attached (not what lies below)."""
        return frozenset(reach.organization_id for reach in self.reaches if reach.path != ROOT)

    def only(self, roles: frozenset[RoleName]) -> "Actor":
        """The same person with these roles alone."""
        return replace(self, reaches=tuple(reach for reach in self.reaches if reach.role in roles))


NOBODY = Actor(None, "")


def everything(name: str) -> Actor:
    """The system acting by itself (seed, commands, jobs): every right of a central operator and an administrator, no user."""
    return Actor(None, name, (Reach(RoleName.CENTRAL, 0, ROOT), Reach(RoleName.ADMIN, 0, ROOT)))


def short_name(surname: str, name: str, patronymic: str) -> str:
    """«Иванова М. П.» of Иванова Мария Петровна; parts that are missing are left out."""
    return " ".join([surname, *(f"{part[0]}." for part in (name, patronymic) if part)]).strip()


def full_name(person: User) -> str:
    """«Иванова Мария Петровна»; parts that are missing are left out."""
    return " ".join(part for part in (person.surname, person.name, person.patronymic) if part)


def actor_of(user_id: int | None, session: Session) -> Actor:
    """The person with the roles of its memberships valid today; NOBODY if unknown or switched off.

    ``session`` must be a plain one (`db.get_session("auth")`): nobody can look up its own rights through them.
    """
    if user_id is None:
        return NOBODY
    person: Any = select(User.surname, User.name, User.patronymic, *SEAT).where(User.id == user_id, User.active)
    rows: list[Any] = list(session.execute(seated(person)))
    if not rows:
        return NOBODY
    return Actor(user_id, short_name(*rows[0][:3]), reaches(row[3:] for row in rows))


SEAT = (Role.name, Organization.id, Organization.path)  # what `reaches` reads


def seated(query: Select[Any]) -> Select[Any]:
    """A SELECT over people with a row for each membership valid today, in their order; one without values if there is none."""
    return (
        query.outerjoin(Membership, and_(Membership.user_id == User.id, memberships.in_force()))
        .outerjoin(Role, Role.id == Membership.role_id)
        .outerjoin(Organization, Organization.id == Membership.organization_id)
        .order_by(Membership.id)
    )


def reaches(seats: Iterable[tuple[RoleName | None, int, str]]) -> tuple[Reach, ...]:
    """The roles of these rows of `SEAT`."""
    return tuple(Reach(role, organization, path) for role, organization, path in seats if role is not None)


# ── Now ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

_current: ContextVar[Actor] = ContextVar("actor", default=NOBODY)
_reason: ContextVar[str] = ContextVar("unscoped", default="")


class Live(threading.local):
    """The scoped sessions of this thread, so that changing the rule can settle their pending writes first."""

    def __init__(self) -> None:
        self.sessions: WeakSet[Session] = WeakSet()


LIVE = Live()


def current() -> Actor:
    """Who acts now; NOBODY unless somebody has begun."""
    return _current.get()


def begin(actor: Actor) -> Token[Actor]:
    """From here on this actor acts in this context: for `before_request`; `begin(NOBODY)` when the request ends."""
    _reason.set("")
    return _current.set(actor)


@contextmanager
def acting(actor: Actor) -> Iterator[Actor]:
    """``with acting(actor):`` the statements and writes of the block are that actor's."""
    settle()
    token, reason = _current.set(actor), _reason.set("")
    try:
        yield actor
        settle()
    finally:
        _current.reset(token)
        _reason.reset(reason)


@contextmanager
def unscoped(reason: str) -> Iterator[None]:
    """For what a verb must touch though its actor can't see it: recipients of notices, uniqueness checks, ancestors.

    Logged with its reason. Pending writes are flushed on the way in and on the way out, so that each write is judged by the
    rule that held where it was made. Raises ValueError without a reason.
    """
    if not reason.strip():
        raise ValueError("unscoped() needs a reason")
    settle()
    log.info("unscoped: %s (actor: %s)", reason, current().name or "nobody")
    token = _reason.set(reason)
    try:
        yield
        settle()
    finally:
        _reason.reset(token)


@contextmanager
def quietly(why: str) -> Iterator[None]:
    """The rule's own questions to the database: `unscoped` without a flush and without a line in the log."""
    token = _reason.set(why)
    try:
        yield
    finally:
        _reason.reset(token)


def reason() -> str:
    """Why the rule is off at this moment; empty while it is on."""
    return _reason.get()


def settle() -> None:
    """Flush what is pending in the scoped sessions of this thread, under the rule that holds now."""
    for session in list(LIVE.sessions):
        if not session._flushing and (session.new or session.dirty or session.deleted):
            session.flush()
