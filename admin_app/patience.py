"""Who knows the password, and how often one may try."""

from flask import current_app, request
from flask_babel import gettext as _
from flask_security.utils import verify_password
from sqlalchemy.orm import Session

from admin_app.extensions import db
from admin_app.reporting import accounts, attempts, passwords
from models import User

DECOY = "decoy_hash"  # among the application's extensions: the hash that an unknown name is compared with


def client() -> str:
    """The network address of the browser; behind proxies, the one that the trusted ones name."""
    return (request.remote_addr or "")[:45]


def recognize(identity: str, password: str) -> User | None:
    """Who signs in with this login or address and this password; None if they don't fit together.

    An unknown name costs the same time as a known one. Counts failures; raises `Impatient` before any hashing when there were
    too many.
    """
    auth = db.get_session("auth")
    keys = attempts.signing_in(identity, client())
    be_patient(auth, keys)
    counted = attempts.note(auth, keys)
    auth.commit()  # counted before the slow part, so that parallel guesses count too
    user = accounts.by_identity(auth, identity)
    typed = passwords.normal(password[: passwords.LONGEST + 1])
    fits = verify_password(typed, user.password if user and user.password else current_app.extensions[DECOY])
    if user is None or not fits:
        if user is not None:
            user.failed_logins += 1
        auth.commit()
        return None
    attempts.forget(auth, counted, keys[:1])
    auth.commit()
    return user


def count_letter(auth: Session, identity: str, person: str = "") -> None:
    """Count a letter that a stranger, or this person (a login), asks for; raises `Impatient` when there were too many."""
    keys = attempts.asking_for_letter(identity, client(), person)
    be_patient(auth, keys)
    attempts.note(auth, keys)
    auth.commit()


def count_own_letter(user: User, email: str) -> None:
    """Count a letter that a signed-in person sends to an address of their choice; raises `Impatient`."""
    count_letter(db.get_session("auth"), email, user.username)


def is_own(user: User, password: str) -> bool:
    """Does a signed-in person know their own password? Counts failures as signing in does."""
    known = recognize(user.username, password)
    return known is not None and known.id == user.id


class Impatient(Exception):
    """Too many attempts: ``seconds`` until the next one is allowed, and what to tell the person."""

    def __init__(self, seconds: int) -> None:
        minutes = -(-seconds // 60)
        super().__init__(_("Too many attempts. Wait %(minutes)s min and try again, or choose a new password.", minutes=minutes))
        self.seconds = seconds


def be_patient(auth: Session, keys: attempts.Keys) -> None:
    """Raise `Impatient` if there is something to wait for."""
    seconds = attempts.wait(auth, keys)
    auth.commit()  # its transaction ends here, whatever the page does next
    if seconds > 0:
        raise Impatient(seconds)


def forgive(user: User) -> None:
    """Forget the failed sign-ins of a person who has just proved to own the mailbox."""
    auth = db.get_session("auth")
    for name in (user.username, user.email):
        attempts.forget(auth, keys=attempts.signing_in(name, client())[:2])
    auth.commit()
