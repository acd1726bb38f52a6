"""What a person changes about their own account: data, password, e-mail address."""

import uuid
from collections.abc import Mapping
from datetime import timedelta

from flask_security.utils import check_and_get_token_status
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from admin_app.extensions import security
from admin_app.reporting import account_letters as say
from admin_app.reporting import audit, letters, scope
from admin_app.reporting.accounts import by_email, set_password, tell_of_new_address
from models import User

PROFILE = ("surname", "name", "patronymic", "position", "phone")


def change_profile(session: Session, user_id: int, changes: Mapping[str, str]) -> None:
    """Write what the person changed about themselves: any of `PROFILE`."""
    with scope.unscoped("changing one's own profile"):
        user = session.get_one(User, user_id)
        before = {name: getattr(user, name) for name in PROFILE}
        for name in PROFILE:
            setattr(user, name, changes.get(name, before[name]))
        changed = [name for name in PROFILE if getattr(user, name) != before[name]]
        if changed:
            audit.record(session, "account.profile_changed", user, {"fields": changed})


def change_password(session: Session, user_id: int, password: str, keep: uuid.UUID) -> str:
    """Set a new password for a person who has just typed the old one; every session but ``keep`` ends.

    Returns the account's new session key, which the kept session must carry from now on.
    """
    with scope.unscoped("changing a password"):
        user = session.get_one(User, user_id)
        set_password(session, user, password, keep)
        audit.record(session, "account.password_changed", user)
        return user.fs_uniquifier


def ask_email(session: Session, user_id: int, email: str) -> None:
    """A person wants another address: a letter goes there (or, if it is somebody's already, to its owner)."""
    with scope.unscoped("asking for another address"):
        user, owner = session.get_one(User, user_id), by_email(session, email)
        if owner is None:
            link = f"/profile/email/{security.change_email_serializer.dumps([user.fs_uniquifier, email])}"
            letters.write(session, email, user.locale, say.address_change(user, link))
        elif owner.id != user_id:
            letters.write(session, owner.email, owner.locale, say.already_here(owner))


def asked_email(user: User, token: str) -> str | None:
    """The address that the link confirms; None if the link is old, broken or another person's."""
    expired, invalid, data = check_and_get_token_status(token, "change_email", timedelta(hours=say.RESET_HOURS))
    return data[1] if not (expired or invalid) and data and data[0] == user.fs_uniquifier else None


def change_email(session: Session, user_id: int, email: str) -> bool:
    """Letters go to the new address from now on; the old one is told. False if the address is taken meanwhile.

    A second click changes nothing.
    """
    with scope.unscoped("changing an address"):
        user = session.get_one(User, user_id)
        before = user.email
        if (owner := by_email(session, email)) is not None:
            return owner.id == user_id
        try:
            with session.begin_nested():
                tell_of_new_address(session, user, email)
                user.email = email
        except IntegrityError:  # somebody else was a moment quicker
            return False
        audit.record(session, "account.email_changed", user, {"from": before, "to": email})
        return True
