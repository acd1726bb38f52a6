"""The log with its ways back: what was changed together, and undoing a change or all of it, after a look at what that means."""

import uuid
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from flask import abort, flash, redirect, request
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select

from admin_app.crud import mistakes, pickers, timeline, values
from admin_app.crud.events import EventView
from admin_app.crud.past import Answer
from admin_app.crud.telling import Details, titles_of
from admin_app.extensions import db
from admin_app.reporting import undo
from admin_app.reporting.refusal import Refused
from admin_app.reporting.undo import Plan, Step, Verb
from models import Base, Event, Membership, User

SHOWN = 100  # rows of a preview
LOG_PAGE = 50


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

    title: str
    kind: str
    address: str
    does: str
    refused: str
    lines: list[Line]
    place: str = ""
    chosen: bool = False


class LogView(EventView):
    """Who did what when, and back."""

    @expose("/batch/")
    def batch_view(self) -> Answer:
        """Everything that was changed together, newest first."""
        self.demand("list")
        batch = self.batch()
        before = pickers.number(request.args.get("before", ""))
        query = select(Event).where(Event.batch == batch, Event.kind.startswith("row.")).order_by(Event.id.desc())
        found = undo.read(db.session, (query.where(Event.id < before) if before else query).limit(LOG_PAGE + 1))
        if not found:
            abort(404, _("Nothing was changed here, or it lies outside what you may see."))
        (count,) = undo.read(db.session, select(func.count(Event.id)).where(Event.batch == batch, Event.kind.startswith("row.")))
        page = found[:LOG_PAGE]
        older = page[-1].id if len(found) > LOG_PAGE else None
        told = timeline.entries(db.session, page)
        return str(self.render("admin/batch.html", entries=told, batch=batch, count=count, older=older, first=not before))

    @expose("/undo/", methods=("GET", "POST"))
    def undo_view(self) -> Answer:
        """What an undo would do; and the undo."""
        self.demand("list")
        asked, back = self.wanted()
        chosen = tuple(request.form.getlist("take"))
        sentence = ""
        if request.method == "POST" and request.form.get("do") == "undo":
            try:
                return self.undone(asked, chosen)
            except mistakes.KINDS as error:
                db.session.rollback()
                sentence = mistakes.sentence(error, Event)[1]
        try:
            made = self.rehearsed(asked, chosen)
        except Refused as refused:
            return str(self.render("admin/undo.html", sentence=refused.sentence, plan=None, back=back))
        finally:
            db.session.rollback()
        facts = {"plan": made, "rows": self.shown(made, chosen), "counts": counts(made, chosen), "sentence": sentence}
        return str(self.render("admin/undo.html", back=back, more=max(len(made.steps) - SHOWN, 0), **facts))

    def batch(self) -> uuid.UUID:
        """The batch that the address names. Raises 404."""
        try:
            return uuid.UUID(request.args.get("batch", ""))
        except ValueError:
            return abort(404)

    def wanted(self) -> tuple[Any, str]:
        """What is to be undone, and the page to go back to. Raises 404."""
        if "batch" in request.args:
            batch = self.batch()
            return undo.of_batch(batch), str(self.get_url(".batch_view", batch=batch))
        key = pickers.number(request.args.get("id", ""))
        return (abort(404) if key is None else undo.of_event(key)), str(self.get_url(".details_view", id=key))

    def rehearsed(self, asked: Any, chosen: tuple[str, ...]) -> Plan:
        """The plan with everything that is refused. Raises Refused if there is nothing to undo."""
        return undo.rehearse(db.session, undo.plan(db.session, asked), say, chosen)

    def undone(self, asked: Any, chosen: tuple[str, ...]) -> Answer:
        """Undo, and show what was done. Raises what stands in the way."""
        batch, count = undo.perform(db.session, self.rehearsed(asked, chosen), chosen)
        db.session.commit()
        flash(ngettext("%(num)s row is set back.", "%(num)s rows are set back.", count), "success")
        return redirect(self.get_url(".batch_view", batch=batch) if is_told(batch) else self.get_url(".index_view"))

    def shown(self, made: Plan, chosen: tuple[str, ...]) -> list[Shown]:
        """The first rows of the plan in words, those that need a look first."""
        steps = sorted(made.steps, key=lambda step: (not step.refused, not step.parts_in_conflict))[:SHOWN]
        told = [Details(stand_in(step), step.model, {}) for step in steps]
        titles = titles_of(told)
        for one in told:
            one.titles = titles
        return [self.one(step, words, chosen) for step, words in zip(steps, told, strict=True)]

    def one(self, step: Step, told: Details, chosen: tuple[str, ...]) -> Shown:
        """One row of the plan in words."""
        taken = step.verb is Verb.TAKE
        lines = [line(step, part, told, chosen) for part in step.parts if part.conflict or not taken]
        place = step.place() if taken and step.parts_in_conflict else ""
        address = "" if step.verb is Verb.BRING else self.address_of(step.model, step.key)
        kind = str(step.model.__label__)
        return Shown(step.title, kind, address, does(step), step.refused, lines, place, place in chosen)


def is_told(batch: uuid.UUID) -> bool:
    """Does the actor read anything of the batch in the log?"""
    return bool(undo.read(db.session, select(Event.id).where(Event.batch == batch, Event.kind.startswith("row.")).limit(1)))


def stand_in(step: Step) -> Any:
    """The step as an event: what `Details` reads."""
    data = {part.name: [part.before, part.after, part.now] for part in step.parts}
    return SimpleNamespace(kind="row.changed", data=data, subject_type=step.model.__tablename__)


def line(step: Step, part: undo.Part, told: Details, chosen: tuple[str, ...]) -> Line:
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


def counts(made: Plan, chosen: tuple[str, ...]) -> dict[str, int]:
    """How many rows are set back, stay because of later changes, are refused, are out of sight."""
    ready = undo.ready_of(made, chosen)
    refused = [step for step in made.steps if step.refused]
    left = len(made.steps) - len(ready) - len(refused)
    return {"ready": len(ready), "left": left, "refused": len(refused), "hidden": made.hidden}


def say(error: Exception, model: type[Base]) -> str:
    """What stood in the way of one row."""
    return mistakes.sentence(error, model)[1]
