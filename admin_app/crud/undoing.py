"""The log with its ways back: what was changed together, and undoing a change or all of it, after a look at what that means."""

import uuid
from typing import Any

from flask import abort, flash, redirect, request
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select

from admin_app.crud import mistakes, pickers, timeline, undo_task, undo_words
from admin_app.crud.events import EventView, separation
from admin_app.crud.past import Answer
from admin_app.extensions import db
from admin_app.reporting import reorganizations, undo, undo_many
from admin_app.reporting.refusal import Refused
from admin_app.reporting.tasks import verbs
from admin_app.reporting.undo_steps import Plan
from models import Event

LOG_PAGE = 50


class LogView(EventView):
    """Who did what when, and back."""

    @expose("/batch/")
    def batch_view(self) -> Answer:
        """Everything that was changed together, newest first."""
        self.demand("list")
        batch = self.batch()
        before = pickers.number(request.args.get("before", ""))
        query = select(Event).where(Event.batch == batch, undo.DONE).order_by(Event.id.desc())
        found = undo.read(db.session, (query.where(Event.id < before) if before else query).limit(LOG_PAGE + 1))
        if not found:
            abort(404, _("Nothing was changed here, or it lies outside what you may see."))
        (count,) = undo.read(db.session, select(func.count(Event.id)).where(Event.batch == batch, undo.DONE))
        page = found[:LOG_PAGE]
        older = page[-1].id if len(found) > LOG_PAGE else None
        told = timeline.entries(db.session, page)
        return str(self.render("admin/batch.html", entries=told, batch=batch, count=count, older=older, first=not before))

    @expose("/undo/", methods=("GET", "POST"))
    def undo_view(self) -> Answer:
        """What an undo would do; and the undo."""
        self.demand("list")
        asked, back = self.wanted()
        if "batch" in request.args and (ways := separation(db.session, Event.batch == self.batch())):
            return redirect(ways[0][1])
        if "batch" in request.args and (size := undo_many.size(db.session, asked)) >= verbs.SMALL:
            return self.long(size, back)
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
        steps = sorted(made.steps, key=lambda step: (not step.refused, not step.parts_in_conflict))[: undo_task.SHOWN]
        told = {**counts(made, chosen), "rows": undo_words.shown(steps, chosen)}
        return str(self.render("admin/undo.html", back=back, plan=made, told=told, sentence=sentence, ways=self.ways()))

    def ways(self) -> set[str]:
        """The lists whose cards the reader may open."""
        return {str(view.endpoint) for view in self.screens()}

    def long(self, size: int, back: str) -> Answer:
        """An undo that nobody waits for: the offer to look through it in the background, and its beginning."""
        if request.method == "POST":
            task = undo_task.begin(db.session, self.batch(), size)
            db.session.commit()
            return redirect(self.get_url("tasks.one", id=task.id))
        return str(self.render("admin/undo.html", sentence="", plan=None, back=back, long=size))

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
        if key is not None and (all_of := undo.whole(db.session, key, reorganizations.ORIGIN)):
            return undo.of_batch(all_of), str(self.get_url(".batch_view", batch=all_of))
        return (abort(404) if key is None else undo.of_event(key)), str(self.get_url(".details_view", id=key))

    def rehearsed(self, asked: Any, chosen: tuple[str, ...]) -> Plan:
        """The plan with everything that is refused. Raises Refused if there is nothing to undo."""
        return undo.rehearse(db.session, undo.plan(db.session, asked), undo_task.say, chosen)

    def undone(self, asked: Any, chosen: tuple[str, ...]) -> Answer:
        """Undo, and show what was done. Raises what stands in the way."""
        batch, count = undo.perform(db.session, self.rehearsed(asked, chosen), chosen)
        db.session.commit()
        flash(ngettext("%(num)s row is set back.", "%(num)s rows are set back.", count), "success")
        return redirect(self.get_url(".batch_view", batch=batch) if is_told(batch) else self.get_url(".index_view"))


def is_told(batch: uuid.UUID) -> bool:
    """Does the actor read anything of the batch in the log?"""
    return bool(undo.read(db.session, select(Event.id).where(Event.batch == batch, undo.DONE).limit(1)))


def counts(made: Plan, chosen: tuple[str, ...]) -> dict[str, int]:
    """How many rows are set back, stay because of later changes, are refused, are out of sight."""
    ready = undo.ready_of(made, chosen)
    refused = [step for step in made.steps if step.refused]
    left = len(made.steps) - len(ready) - len(refused)
    return {"of": len(made.steps), "ready": len(ready), "left": left, "refused": len(refused), "hidden": made.hidden}
