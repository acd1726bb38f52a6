"""Registration: a stranger's form, the activation of the account by the owner of the mailbox, and what is never finished."""

import uuid
from dataclasses import replace
from datetime import timedelta

from flask_babel import lazy_gettext as _
from flask_security.utils import hash_password
from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session

from admin_app.reporting import account_letters as say
from admin_app.reporting import audit, consent, letters, notices, passwords, scope
from admin_app.reporting.account_letters import HELP_PHONE
from admin_app.reporting.accounts import STRANGER, Person, added, by_email, by_identity, by_username
from models import Consent, Membership, User

UNFINISHED_DAYS = 30


WHAT_NEXT = (
    _("Your account is active. What next?"),
    _(
        "Your account has to be attached to your organization. Call the superior operator: %(phone)s, "
        "or file a request in the request service. When it is done, your organization appears in your cabinet.",
        phone=HELP_PHONE,
    ),
)


def register(session: Session, person: Person, password: str, address: str) -> None:
    """Make an account that waits for activation, and write to the mailbox what to do.

    If the login or the e-mail address is taken, no account is made; the letter says so and what to do. The same work is done in
    all cases, so that time tells nothing. ``address``: the network address the consent came from.
    """
    hashed = hash_password(passwords.normal(password))
    with scope.unscoped("registering"):
        free = by_email(session, person.email) is None and by_username(session, person.username) is None
        with session.begin_nested() as attempt:
            user = enrolled(session, person if free else stand_in(person), hashed, address)
            if not free:
                attempt.rollback()
        if free and user is not None:
            letters.write(session, user.email, user.locale, say.activation(user))
        elif owner := by_email(session, person.email):
            letters.write(session, owner.email, owner.locale, say.already_here(owner))
        else:
            letters.write(session, person.email, person.locale, say.login_taken(person.name, person.username))


def enrolled(session: Session, person: Person, hashed: str, address: str) -> User | None:
    """A new account with its consent and its event; None if somebody took the login or the address a moment ago."""
    user = added(session, person, hashed)
    if user is not None:
        consent.give(session, user.id, address)
        audit.record(session, "account.registered", user)
        session.flush()
    return user


def stand_in(person: Person) -> Person:
    """Somebody with names that nobody has."""
    return replace(person, username=uuid.uuid4().hex, email=f"{uuid.uuid4().hex}@localhost")


def activate(session: Session, user_id: int) -> None:
    """The owner of the mailbox has confirmed it. Doing it twice changes nothing."""
    with scope.unscoped("activating an account"):
        user = session.get_one(User, user_id)
        if user.confirmed_at is None:
            user.confirmed_at = func.now()
            audit.record(session, "account.activated", user)
            notices.tell(session, [user.id], notices.Kind.ACCOUNT, *WHAT_NEXT, mail=False)


def resend(session: Session, identity: str) -> None:
    """Send the activation letter again, or say that the account is active; nothing if nobody is found."""
    with scope.unscoped("sending an activation letter again"):
        user = by_identity(session, identity)
        if user is None or not user.active:
            letters.rehearse(session, say.activation(STRANGER))
        else:
            words = say.activation(user) if user.confirmed_at is None else say.already_here(user)
            letters.write(session, user.email, user.locale, words)


def forget_unfinished(session: Session) -> int:
    """Delete registrations that nobody activated for a month: their logins and addresses become free. How many there were."""
    with scope.unscoped("forgetting unfinished registrations"):
        old = User.created_at < func.now() - timedelta(days=UNFINISHED_DAYS)
        unfinished = select(User.id).where(User.confirmed_at.is_(None), old, ~exists().where(Membership.user_id == User.id))
        gone = list(session.scalars(unfinished))
        session.execute(delete(Consent).where(Consent.user_id.in_(gone)))
        session.execute(delete(User).where(User.id.in_(gone)))
        return len(gone)
