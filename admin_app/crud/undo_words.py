"""The steps of an undo in words."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from flask_babel import gettext as _

from admin_app.crud import timeline, values
from admin_app.crud.telling import Details, titles_of
from admin_app.reporting.undo_steps import Part, Step, Verb
from models import Membership, User


@dataclass(frozen=True)
class Line:
    """One field of a step in words. `place`: how the form names it where somebody has changed it since."""

    label: str
    now: str
    back: str
    place: str = ""
    since: str = ""
    chosen: bool = False


@dataclass(frozen=True)
class Shown:
    """One row of the preview. `place`: as in `Line`, for a row that was added and has been changed since."""

    table: str  # "" for a row that is not there
    key: int
    title: str
    kind: str
    does: str
    refused: str
    lines: list[Line]
    place: str = ""
    chosen: bool = False


def shown(steps: Sequence[Step], chosen: Container[str]) -> list[Shown]:
    """The steps in words, with one statement for all the rows that they name."""
    told = [Details(stand_in(step), step.model, {}) for step in steps]
    titles = titles_of(told)
    for one in told:
        one.titles = titles
    return [worded(step, words, chosen) for step, words in zip(steps, told, strict=True)]


def worded(step: Step, told: Details, chosen: Container[str]) -> Shown:
    """One row of the plan in words."""
    taken = step.verb is Verb.TAKE
    lines = [line(step, part, told, chosen) for part in step.parts if part.conflict or not taken]
    place = step.place() if taken and step.parts_in_conflict else ""
    table = "" if step.verb is Verb.BRING else step.model.__tablename__
    kind = str(step.model.__label__)
    return Shown(table, step.key, step.title, kind, does(step), step.refused, lines, place, place in chosen)


def stand_in(step: Step) -> Any:
    """The step as an event: what `Details` reads."""
    data = {part.name: [part.before, part.after, part.now] for part in step.parts}
    return SimpleNamespace(kind="row.changed", data=data, subject_type=step.model.__tablename__)


def line(step: Step, part: Part, told: Details, chosen: Container[str]) -> Line:
    """One field in words."""
    now, back = (timeline.text(told, part.name, value) for value in (part.now, part.before))
    if not part.conflict:
        return Line(told.label(part.name), now if step.verb is Verb.SET else "", back)
    since = f"{part.since.name}, {values.at(part.since.at)}" if part.since else ""
    place = step.place(part.name) if step.verb is Verb.SET else ""
    return Line(told.label(part.name), now, back, place, since or _("changed since"), place in chosen)


def does(step: Step) -> str:
    """What happens to the row."""
    if step.verb is Verb.SET:
        return ""
    if step.verb is Verb.BRING:
        return str(_("The deleted row comes back."))
    ends = {User: _("The account is switched off."), Membership: _("The attachment ends.")}
    return str(ends.get(step.model, _("The added row is deleted.")))
