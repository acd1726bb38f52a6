"""People's accounts: making them, forgotten passwords, sessions, attachments to organizations. (`registration.py`: strangers.)

A stranger never learns from these verbs who is registered: they return nothing, and whoever owns the mailbox reads a letter.
Every verb writes into the session it is given; the edge commits.
"""

import secrets
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_security.utils import hash_password
from sqlalchemy import ColumnElement, delete, exists, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from admin_app.reporting import account_letters as say
from admin_app.reporting import audit, days, guard, letters, memberships, notices, passwords, scope
from admin_app.reporting.actor import current, full_name
from admin_app.reporting.guard import Permission
from admin_app.reporting.refusal import Refused
from models import LoginSession, Membership, Organization, Role, RoleName, User


@dataclass(frozen=True)
class Person:
    """What a registration form holds, checked already. ``locale`` is "ru" or "en"."""

    username: str
    email: str
    surname: str
    name: str
    patronymic: str
    position: str
    phone: str
    locale: str = "ru"


def added(session: Session, person: Person, hashed: str) -> User | None:
    """The new account's row; None if its login or address has been taken meanwhile."""
    user = User(**vars(person), password=hashed, fs_uniquifier=uuid.uuid4().hex, active=True)
    try:
        with session.begin_nested():
            session.add(user)
    except IntegrityError:
        return None
    return user


def create(session: Session, person: Person, password: str) -> User:
    """An account that is active at once, made by an administrator's command or the seed; no consent, no letters.

    Raises Refused, naming the field, if the login or the address is taken.
    """
    return made(session, person, hash_password(passwords.normal(password)))


def invite(session: Session, person: Person) -> User:
    """An account made by an operator: its owner gets a letter with the link to choose a password. Raises Refused as `create`."""
    user = made(session, person, nobodys())
    request_reset(session, user.email)
    return user


@cache
def nobodys() -> str:
    """The hash of a password that nobody knows; made once, because making it is meant to be slow."""
    return str(hash_password(secrets.token_urlsafe(32)))


def made(session: Session, person: Person, hashed: str) -> User:
    """The account and its event. Raises Refused, naming the field."""
    with scope.unscoped("creating an account"):
        user = added(session, person, hashed)
        if user is None:
            if by_username(session, person.username) is not None:
                raise Refused(gettext("This login is taken."), "username")
            raise Refused(gettext("Another account has this e-mail address."), "email")
        user.confirmed_at = func.now()
        audit.record(session, "account.created", user)
        return user


def request_reset(session: Session, identity: str) -> None:
    """Send a letter with a link to choose a new password; nothing if nobody is found."""
    with scope.unscoped("sending a password letter"):
        user = by_identity(session, identity)
        if user is None:
            letters.rehearse(session, say.password_letter(STRANGER))
        else:
            words = say.password_letter(user) if user.active else say.switched_off(user)
            letters.write(session, user.email, user.locale, words)


STRANGER = User(username="-", email="-", name="-", patronymic="-", fs_uniquifier="-", password="-")  # noqa: S106  # nobody's


def reset(session: Session, user_id: int, password: str) -> None:
    """Set a new password by the mailed link. The mailbox is thereby confirmed, and every session ends."""
    with scope.unscoped("setting a password"):
        user = session.get_one(User, user_id)
        if user.confirmed_at is None:
            user.confirmed_at = func.now()
            audit.record(session, "account.activated", user)
        set_password(session, user, password)
        audit.record(session, "account.password_reset", user)


def set_password(session: Session, user: User, password: str, keep: uuid.UUID | None = None) -> None:
    """The password, a new key for sessions and links, and a letter to the owner."""
    user.password, user.fs_uniquifier, user.failed_logins = hash_password(passwords.normal(password)), uuid.uuid4().hex, 0
    end_sessions(session, user.id, keep)
    letters.write(session, user.email, user.locale, say.password_set(user))


def end_sessions(session: Session, user_id: int, keep: uuid.UUID | None = None, only: uuid.UUID | None = None) -> int:
    """End the person's signed-in browsers: all, all but ``keep``, or ``only`` one. How many were ended."""
    with scope.unscoped("ending sessions"):
        ending = update(LoginSession).where(LoginSession.user_id == user_id, LoginSession.ended_at.is_(None))
        if keep is not None:
            ending = ending.where(LoginSession.id != keep)
        if only is not None:
            ending = ending.where(LoginSession.id == only)
        ended = session.execute(ending.values(ended_at=func.now()).returning(LoginSession.id))
        return len(ended.all())


def forget_sessions(session: Session) -> None:
    """Delete the rows of browsers that were last seen three months ago."""
    with scope.unscoped("forgetting old sessions"):
        session.execute(delete(LoginSession).where(LoginSession.seen_at < func.now() - timedelta(days=90)))


# ── Finding people ───────────────────────────────────────────────────────────────────────────────────────────────────


def by_identity(session: Session, identity: str) -> User | None:
    """Who this login or e-mail address belongs to. A login never has an @."""
    return by_email(session, identity) if "@" in identity else by_username(session, identity)


def by_email(session: Session, email: str) -> User | None:
    """Whose mailbox this is."""
    return one(session, func.lower(User.email) == func.lower(email.strip()))


def by_username(session: Session, username: str) -> User | None:
    """Whose login this is."""
    return one(session, func.lower(User.username) == func.lower(username.strip()))


def one(session: Session, condition: ColumnElement[Any]) -> User | None:
    """The one account of this condition."""
    return session.scalar(select(User).where(condition))


# ── Organizations ────────────────────────────────────────────────────────────────────────────────────────────────────


def attach(
    session: Session,
    user: User | int,
    organization: Organization,
    role: RoleName,
    valid_from: date | None = None,
    opens: Mapping[str, Any] | None = None,
) -> Membership:
    """Attach a person (a row or its id; operators don't see newcomers' rows) to an organization in a role, and tell them.

    ``opens``: what was shown beforehand of its consequences, for the log.
    Raises Refused: not the actor's to give, or attached already.
    """
    user_id = user if isinstance(user, int) else user.id
    guard.require(Permission.USER_ATTACH, organization)
    with scope.unscoped("attaching a person"):
        person = session.get_one(User, user_id)
        kind = session.scalars(select(Role).where(Role.name == role)).one()
        membership = Membership(user_id=user_id, organization_id=organization.id, role=kind, made_by_id=current().user_id)
        if why := guard.role_to_give(current(), membership):
            raise guard.Forbidden(str(why))
        if lasting(session, user_id, organization.id, kind.id):
            raise Refused(attached_already(person), "organization_id")
        membership.valid_from = valid_from or days.today()
        try:
            with session.begin_nested():
                session.add(membership)
        except IntegrityError as error:  # another operator was a moment quicker
            raise Refused(attached_already(person), "organization_id") from error
        what = {"user": user_id, "organization": organization.id, "role": role.value, "from": membership.valid_from.isoformat()}
        audit.record(session, "user.attached", person, what | dict(opens or {}), organization.id)
        names = {"name": organization.short_name, "role": role.title}
        notices.tell(
            session,
            [user_id],
            notices.Kind.ATTACHED,
            _("You are attached to %(name)s", **names),
            _("Your account is attached to %(name)s as: %(role)s. The organization is in your cabinet now.", **names),
            f"/organizations/{organization.id}",
        )
        return membership


def tell_of_new_address(session: Session, person: User, address: str) -> None:
    """The old mailbox hears that letters go elsewhere, whoever has changed that: its owner may not have asked for it."""
    with scope.unscoped("a letter to an old address"):
        letters.write(session, person.email, person.locale, say.address_changed(person, address))


def attached_already(person: User) -> str:
    """Why nothing was done."""
    return gettext("%(name)s is attached to this organization in this role already.", name=full_name(person))


def detach(session: Session, membership: Membership, closes: Mapping[str, Any] | None = None) -> None:
    """End an attachment now; the person is told. What the person did in the organization stays.

    ``closes``: what was shown beforehand of its consequences, for the log.
    Raises Refused: not the actor's to take, or ended already.
    """
    organization = membership.organization
    guard.require(Permission.USER_ATTACH, organization)
    with scope.unscoped("detaching a person"):
        held = select(Membership).where(Membership.id == membership.id, memberships.lasting()).with_for_update()
        if session.scalar(held.execution_options(populate_existing=True)) is None:
            raise Refused(gettext("This attachment has ended already."))
        if why := guard.role_to_give(current(), membership):
            raise guard.Forbidden(str(why))
        person, role = session.get_one(User, membership.user_id), session.get_one(Role, membership.role_id).name
        today = days.today()
        if membership.valid_from >= today:  # it has not lasted a day: no dates can say so, the log does
            session.delete(membership)
        else:
            membership.valid_to = today - timedelta(days=1)
        session.flush()
        what = {"organization": organization.id, "role": role.value} | dict(closes or {})
        audit.record(session, "user.detached", person, what, organization.id)
        name = organization.short_name
        subject = _("You are no longer attached to %(name)s", name=name)
        body = _(
            "Your account is no longer attached to %(name)s. If this is a mistake, file a request or call the operator.",
            name=name,
        )
        notices.tell(session, [person.id], notices.Kind.DETACHED, subject, body, "/cabinet")


def lasting(session: Session, user_id: int, organization_id: int, role_id: int) -> bool:
    """Is there such an attachment that has not ended?"""
    found = select(Membership.id).where(
        Membership.user_id == user_id, Membership.organization_id == organization_id, Membership.role_id == role_id
    )
    return session.scalar(found.where(memberships.lasting()).limit(1)) is not None


@dataclass(frozen=True)
class Newcomer:
    """A registered person whom nobody has attached yet, as an operator on the phone needs to see them."""

    id: int
    full_name: str
    username: str
    email: str
    phone: str
    position: str
    activated: bool
    registered: datetime


def find_unattached(session: Session, wanted: Iterable[ColumnElement[bool]] = (), limit: int = 20) -> list[Newcomer]:
    """People attached to nothing, newest first, of whom all that is ``wanted`` is true."""
    guard.require(Permission.USER_ATTACH)
    people = select(User).where(User.active, ~exists().where(Membership.user_id == User.id, memberships.lasting()), *wanted)
    with scope.unscoped("finding people attached to nothing"):
        found = session.scalars(people.order_by(User.created_at.desc(), User.id.desc()).limit(limit))
        return [newcomer(row) for row in found]


def newcomer(row: User) -> Newcomer:
    """What an operator needs to see of a person."""
    activated = row.confirmed_at is not None
    return Newcomer(row.id, full_name(row), row.username, row.email, row.phone, row.position, activated, row.created_at)
