"""One change for many rows: of a whole list as it is filtered, or of the ticked ones. Choose, look, then do; all or nothing.

The page carries the ids of the rows that were chosen, so that what is previewed is what is changed, whatever the filter finds by
then. Every row is judged again at each step. The change is one transaction and one batch: one undo takes it back.
"""

from collections.abc import Sequence
from typing import Any, ClassVar
from urllib.parse import urlencode

from flask import abort, flash, redirect, request
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from admin_app.crud import bulk_plan, bulk_task, mistakes, pickers, when
from admin_app.crud.bulk_form import bulk_form, parts_of, wishes_of
from admin_app.crud.bulk_plan import Wishes
from admin_app.crud.fields import FieldSpec
from admin_app.crud.past import Answer
from admin_app.extensions import db
from admin_app.reporting import undo
from admin_app.reporting.tasks import verbs
from admin_app.reporting.writes import Held
from models import Event

OURS = {"frozen", "marks", "csrf_token", "do", "back", "look"}


class Bulk:
    """A part of `SchemaView`. `bulk`: the fields that make sense for many rows; beside them all classification fields.
    `dated`: changes of its rows count from a day (`admin_app.crud.when`)."""

    bulk: ClassVar[tuple[str, ...]] = ()
    dated: ClassVar[bool] = False

    def bulk_specs(self: Any) -> list[FieldSpec]:
        """The fields that many rows may get at once; none where the table has no such thing."""
        if not self.bulk or self.refusal("edit"):
            return []
        return [spec for spec in self.typed() if spec.name in self.bulk or spec.section == "classification"]

    @expose("/bulk/", methods=("GET", "POST"))
    def bulk_view(self: Any) -> Answer:
        """Choose what changes, look at what that does, do it."""
        self.demand("edit")
        specs = self.bulk_specs()
        if not specs:
            abort(404)
        ids = self.bulk_rows()
        if len(ids) > verbs.MOST:
            words = _("At most %(most)s rows are changed at once: narrow the list with a filter.", most=verbs.MOST)
            flash(words, "error")
            return redirect(self.get_url(".index_view"))
        asks, many = request.method == "POST", len(ids) >= verbs.SMALL
        given = request.form if asks else request.args
        sent = None if given.keys().isdisjoint({"frozen", "look", "back"}) else given
        form = bulk_form(specs, sent, self.get_url(".index_view") + "lookup/", self.dated)
        parts = parts_of(form, specs)
        told = sent is not None and "back" not in sent and form.validate()
        try:
            if told and (wishes := wishes_of(parts, form)):
                if asks and many:
                    return self.bulk_begin(ids, wishes)
                if not asks and not many:
                    return self.bulk_preview(ids, wishes, form)
                if "do" in request.form:
                    return self.bulk_change(ids, wishes, form)
            if asks and not many:
                return redirect(self.bulk_again(ids))
        except Held as held:
            db.session.rollback()
            form.form_errors.append(mistakes.sentence(held, self.model, ids)[1])
        return str(self.render("admin/bulk.html", form=form, parts=parts, count=len(ids), frozen=bulk_plan.freeze(ids)))

    def bulk_write(self: Any, form: Any, row: Any, created: bool = False) -> None:
        """Write one row."""
        self.write(form, row, created)

    def bulk_settle(self, rows: Sequence[Any], names: set[str]) -> None:
        """Do what follows from the change of these fields, if `bulk_write` has not."""

    def bulk_rows(self: Any) -> list[int]:
        """The chosen rows, by id: those that the page carries, those that are ticked, or all that the list finds."""
        if "frozen" in request.values:
            try:
                return bulk_plan.thaw(request.values["frozen"], verbs.MOST)
            except ValueError:
                return abort(400, _("The page has lost which rows were chosen: choose them again in the list."))
        ticked = {key for key in map(pickers.number, request.args.getlist("row")) if key is not None}
        query = (
            select(self.model.id).where(self.model.id.in_(ticked))
            if ticked or "ticked" in request.args
            else self.asked().narrow(select(self.model.id))
        )
        return sorted(db.session.scalars(query.limit(verbs.MOST + 1)))

    def bulk_begin(self: Any, ids: Sequence[int], wishes: Wishes) -> Answer:
        """So many rows are looked through in the background."""
        task = bulk_task.begin(db.session, self, ids, wishes, self.bulk_sent())
        db.session.commit()
        return redirect(self.get_url("tasks.one", id=task.id))

    def bulk_sent(self: Any) -> list[tuple[str, str]]:
        """What the form sent of the change itself."""
        pairs = (request.form if request.method == "POST" else request.args).items(multi=True)
        return [pair for pair in pairs if pair[0] not in OURS]

    def bulk_again(self: Any, ids: Sequence[int]) -> str:
        """The address of the preview, or of the form as it stands: a page that the browser's Back finds again."""
        pairs = [pair for pair in self.bulk_sent() if pair[1]]
        how = "back" if "back" in request.form else "look"
        return f"{self.get_url('.bulk_view')}?{urlencode([(how, '1'), ('frozen', bulk_plan.freeze(ids)), *pairs])}"

    def bulk_change(self: Any, ids: Sequence[int], wishes: Wishes, form: Any) -> Answer:
        """The change itself, if the rows are as they were shown; else they are shown anew. Raises Held."""
        since = when.from_day(form)
        try:
            marks = bulk_task.marked(ids, request.form.get("marks", ""))
            batch, count = bulk_plan.apply(self, ids, wishes, since, lambda rows: bulk_task.unchanged(self, rows, wishes, marks))
            db.session.commit()
        except Held:
            raise
        except mistakes.KINDS as error:
            db.session.rollback()
            flash(_("Nothing was changed. %(why)s", why=mistakes.sentence(error, self.model)[1]), "error")
            return redirect(self.bulk_again(ids))
        planned = ngettext("For %(num)s row it is planned.", "For %(num)s rows it is planned.", count)
        changed = ngettext("%(num)s row is changed.", "%(num)s rows are changed.", count)
        flash(planned if since.planned else changed, "success")
        return redirect(self.bulk_result(batch))

    def bulk_preview(self: Any, ids: Sequence[int], wishes: Wishes, form: Any) -> str:
        """What becomes of the rows. Raises Held."""
        since = when.from_day(form)
        seen = bulk_task.Summary(self, since)
        seen.take(bulk_plan.rehearse(self, ids, wishes, since))
        db.session.rollback()
        facts = {"form": form, "count": len(ids), "sent": self.bulk_sent(), "frozen": bulk_plan.freeze(ids)}
        return str(self.render("admin/bulk_preview.html", told=seen.told(len(ids)), table=self.endpoint, **facts))

    def bulk_result(self: Any, batch: Any) -> str:
        """Where what was changed is shown: in the log, or for those who don't read it the list."""
        told = undo.read(db.session, select(Event.id).where(Event.batch == batch).limit(1))
        log = next((one for one in self.screens() if one.model is Event), None) if told else None
        return str(log.get_url(".batch_view", batch=batch) if log else self.get_url(".index_view"))
