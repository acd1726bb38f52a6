"""Throttling: what was tried lately, by whom and from where, counted in the database for all processes together.

Only failures (and letters that strangers ask for) are counted, so that a classroom behind one address may sign in at once.
Counting is the same for names that exist and names that don't.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from models import Attempt


@dataclass(frozen=True)
class Limit:
    """``count`` attempts of one kind in a sliding window of ``minutes``; ``what`` names the kind."""

    what: str
    count: int
    minutes: int

    def key(self, *values: str) -> str:
        """Under which attempts of these values are counted: hashed, because people type passwords into login fields."""
        told = "\0".join(value.strip().casefold() for value in values)
        return f"{self.what}:{hashlib.sha256(told.encode()).hexdigest()[:40]}"


# One person at one place, one person from anywhere (so that a stranger elsewhere does not lock the owner out at once), one place.
SIGN_IN_HERE = Limit("sign-in-here", 10, 15)
SIGN_IN_AS = Limit("sign-in-as", 50, 15)
SIGN_IN_FROM = Limit("sign-in-from", 150, 15)
LETTER_TO = Limit("letter-to", 10, 60)
LETTER_OF = Limit("letter-of", 10, 60)
LETTER_FROM = Limit("letter-from", 150, 60)

Keys = tuple[tuple[Limit, str], ...]


def signing_in(identity: str, address: str) -> Keys:
    """What a failed sign-in counts against."""
    return (
        (SIGN_IN_HERE, SIGN_IN_HERE.key(identity, address)),
        (SIGN_IN_AS, SIGN_IN_AS.key(identity)),
        (SIGN_IN_FROM, SIGN_IN_FROM.key(address)),
    )


def asking_for_letter(identity: str, address: str, person: str = "") -> Keys:
    """What a letter counts against that a stranger asks for (registration, activation again, password), or a signed-in person."""
    of = ((LETTER_OF, LETTER_OF.key(person)),) if person else ()
    return (*of, (LETTER_TO, LETTER_TO.key(identity)), (LETTER_FROM, LETTER_FROM.key(address)))


def wait(session: Session, keys: Keys) -> int:
    """Seconds until one more attempt is allowed; 0 if it is now."""
    now = func.clock_timestamp()
    longest = 0
    for limit, key in keys:
        window = timedelta(minutes=limit.minutes)
        lately = select(Attempt.at).where(Attempt.key == key, Attempt.at > now - window)
        newest = lately.order_by(Attempt.at.desc()).offset(limit.count - 1).limit(1).subquery()
        left = session.scalar(select(func.extract("epoch", newest.c.at + window - now)))
        longest = max(longest, int(left or -1) + 1)
    return longest


def note(session: Session, keys: Keys) -> list[int]:
    """Count one attempt; the ids let `forget` take it back if it turns out well."""
    rows = [Attempt(key=key, at=func.clock_timestamp()) for _limit, key in keys]
    session.add_all(rows)
    session.flush()
    return [row.id for row in rows]


def forget(session: Session, ids: Iterable[int] = (), keys: Keys = ()) -> None:
    """Take back attempts: these, and all of these keys."""
    session.execute(delete(Attempt).where(Attempt.id.in_(list(ids)) | Attempt.key.in_([key for _limit, key in keys])))


def sweep(session: Session) -> None:
    """Drop what no limit looks at any more."""
    session.execute(delete(Attempt).where(Attempt.at < func.now() - timedelta(hours=2)))
