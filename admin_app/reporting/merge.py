"""Two people in one report: whose number stays. Pure: no database, no form.

A cell's *content* is what a revision keeps of it: a number, a text, a mark ``{"mark": "na"}`` or None for a blank.
"""

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Content = float | str | dict[str, str] | None


@dataclass(frozen=True)
class Others:
    """What happened to a cell since the revision that the client saw: from, to, and the last who and when."""

    was: Content
    now: Content
    who: str
    at: datetime


@dataclass(frozen=True)
class Step:
    """One stored revision: its cells ``[address, from, to]``, who, when, and the request that made it."""

    number: int
    who: str
    at: datetime
    delta: list[Any]
    key: uuid.UUID


@dataclass
class Merged:
    """``apply``: what to write; ``same``: sent, but already so; ``conflicts``: changed by both, differently."""

    apply: dict[str, Content] = field(default_factory=dict)
    same: list[str] = field(default_factory=list)
    conflicts: dict[str, Others] = field(default_factory=dict)


def since(steps: Iterable[Step]) -> dict[str, Others]:
    """What these revisions (oldest first) did to each cell, taken together."""
    changed: dict[str, Others] = {}
    for step in steps:
        for cell, was, now in step.delta:
            earlier = changed.get(cell)
            changed[cell] = Others(earlier.was if earlier else was, now, step.who, step.at)
    return {cell: other for cell, other in changed.items() if other.was != other.now}


def merge(mine: Mapping[str, Content], now: Callable[[str], Content], others: Mapping[str, Others]) -> Merged:
    """Cell by cell: what nobody else has changed is written, what both changed to different things is handed back."""
    merged = Merged()
    for cell, content in mine.items():
        present = now(cell)
        if present == content:
            merged.same.append(cell)
        elif cell in others:
            merged.conflicts[cell] = others[cell]
        else:
            merged.apply[cell] = content
    return merged
