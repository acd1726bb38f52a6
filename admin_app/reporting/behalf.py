"""Work that nobody waits for is done in a person's name: with the rights that they have when it is done, in their language."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app.reporting import lists, scope
from models import User

SYSTEM = "MODO"  # who acts where no person does, as the log says it


@contextmanager
def of(plain: Session, user_id: int | None) -> Iterator[None]:
    """As this person, to the end of the block; as MODO itself, in Russian, if there is none. A person who has been switched off
    may do nothing. ``plain``: an unscoped session on another connection."""
    locale = plain.scalar(select(User.locale).where(User.id == user_id)) or "ru"
    actor = scope.everything(SYSTEM) if user_id is None else scope.actor_of(user_id, plain)
    with force_locale(locale), scope.acting(actor), lists.held(plain):
        yield
