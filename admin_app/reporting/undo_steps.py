"""What an undo comes to, row by row: the steps of a plan, and when a recorded value is the one that a row has."""

from collections.abc import Container
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from admin_app.reporting import audit, restoring
from models import Base


class Verb(StrEnum):
    """What is done to a row."""

    SET = "set"  # fields get their old values
    TAKE = "take"  # a row that was added goes
    BRING = "bring"  # a row that was deleted comes back


@dataclass(frozen=True)
class Since:
    """Who has changed a field after what is to be undone, and when."""

    name: str
    at: datetime


@dataclass(frozen=True)
class Part:
    """One field of a step, values as the log keeps them. `now` is what the row has; `since`: a conflict, and whose."""

    name: str
    before: Any
    after: Any
    now: Any
    since: Since | None = None

    @property
    def conflict(self) -> bool:
        """Has the row another value than the change had left?"""
        return not equal(self.now, self.after) and not self.done

    @property
    def done(self) -> bool:
        """Has the row the old value already?"""
        return equal(self.now, self.before)


@dataclass(frozen=True)
class Step:
    """What is done to one row. `refused` says why it can't be."""

    model: type[Base]
    key: int
    title: str
    verb: Verb
    parts: tuple[Part, ...]
    refused: str = ""
    organization_id: int | None = None

    def place(self, name: str = "") -> str:
        """How a form names a field of the step, or the whole of it."""
        return f"{self.model.__tablename__}.{self.key}.{name}"

    @property
    def parts_in_conflict(self) -> list[Part]:
        """The fields that somebody has changed since."""
        return [part for part in self.parts if part.conflict and self.verb is not Verb.BRING]

    def wanted(self, chosen: Container[str]) -> list[Part]:
        """The fields that are set back."""
        return [part for part in self.parts if not part.done and (not part.conflict or self.place(part.name) in chosen)]

    def idle(self, chosen: Container[str]) -> bool:
        """Is there nothing to do, or nothing that was decided?"""
        if self.verb is Verb.SET:
            return not self.wanted(chosen)
        return bool(self.parts_in_conflict) and self.place() not in chosen


@dataclass
class Plan:
    """What an undo would do. `hidden`: so many of the changes lie outside the actor's sight, and stay."""

    origin: str
    steps: list[Step] = field(default_factory=list)
    hidden: int = 0


def equal(one: Any, other: Any) -> bool:
    """Is it the same value? References by their id, several in any order, an absent text and an empty one are one."""
    one, other = bare(one), bare(other)
    if isinstance(one, list) and isinstance(other, list):
        return sorted(one, key=str) == sorted(other, key=str)
    return bool(one == other) or (one in (None, "", []) and other in (None, "", []))


def bare(value: Any) -> Any:
    """A recorded value, or one of a row, as plain JSON without words."""
    return restoring.bare(audit.plain(value))
