"""The steps of an undo in words."""

from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

from flask_babel import format_date
from flask_babel import gettext as _

from admin_app.crud import timeline, values
from admin_app.crud.telling import Details, titles_of
from admin_app.reporting import undo_plans
from admin_app.reporting.undo_steps import Part, Step, Verb
from models import Base, Membership, Organization, OrganizationFact, User


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
    told = [details(step) for step in steps]
    titles = titles_of(told)
    for one in told:
        one.titles = titles
    return [worded(step, words, chosen) for step, words in zip(steps, told, strict=True)]


def worded(step: Step, told: Details, chosen: Container[str]) -> Shown:
    """One row of the plan in words."""
    taken = step.verb is Verb.TAKE
    lines = [line(step, part, told, chosen) for part in step.parts if part.conflict or not taken]
    place = step.place() if taken and step.parts_in_conflict else ""
    table = "" if step.verb is Verb.BRING else about(step).__tablename__
    kind = str(about(step).__label__)
    return Shown(table, step.key, step.title, kind, does(step), step.refused, lines, place, place in chosen)


def about(step: Step) -> type[Base]:
    """The table of the row that people know: plans are an organization's."""
    return Organization if step.model is OrganizationFact else step.model


def details(step: Step) -> Details:
    """What the step names, in words. The same field may be planned for several days."""
    told = Details(stand_in(step), about(step), {})
    if step.model is OrganizationFact:
        for part in step.parts:
            name, day = undo_plans.read(part.name)
            if spec := told.specs.get(name):
                label = _("%(field)s, planned for %(day)s", field=spec.label, day=format_date(day, "dd.MM.yyyy"))
                told.specs[part.name] = replace(spec, label=label)
    return told


def stand_in(step: Step) -> Any:
    """The step as an event: what `Details` reads."""
    data = {part.name: [part.before, part.after, part.now] for part in step.parts}
    return SimpleNamespace(kind="row.changed", data=data, subject_type=step.model.__tablename__)


def line(step: Step, part: Part, told: Details, chosen: Container[str]) -> Line:
    """One field in words."""
    now, back = (said(step, told, part.name, value) for value in (part.now, part.before))
    if not part.conflict:
        return Line(told.label(part.name), now if step.verb is Verb.SET else "", back)
    since = f"{part.since.name}, {values.at(part.since.at)}" if part.since else ""
    place = step.place(part.name) if step.verb is Verb.SET else ""
    return Line(told.label(part.name), now, back, place, since or _("changed since"), place in chosen)


def said(step: Step, told: Details, name: str, value: Any) -> str:
    """A value in words; of plans also that there is none."""
    if step.model is not OrganizationFact:
        return timeline.text(told, name, value)
    return _("no plan") if value is None else timeline.text(told, name, value[0]) or _("empty")


def does(step: Step) -> str:
    """What happens to the row."""
    if step.model is OrganizationFact:
        again = any(part.before for part in step.parts)
        return _("It is planned again.") if again else _("The card has not changed yet: the plan is taken back.")
    if step.verb is Verb.SET:
        return ""
    if step.verb is Verb.BRING:
        return str(_("The deleted row comes back."))
    ends = {User: _("The account is switched off."), Membership: _("The attachment ends.")}
    return str(ends.get(step.model, _("The added row is deleted.")))
