"""The wizard that brings files into registries: upload, columns, preview line by line, all or nothing, taking back.

Emailed application forms (Word) end here too; their cards are `admin_app.crud.applications`. What is done is in
`reporting.imports`; above 500 lines it is a job, and the page shows how far it is.
"""

import io
from typing import Any

from flask import abort, current_app, flash, redirect, request, stream_with_context
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import Form

from admin_app.crud import applications, import_kinds, inputs, mistakes, pickers, undo_task, when
from admin_app.crud.base import SchemaView
from admin_app.crud.import_kinds import ViewKind
from admin_app.crud.import_people import PeopleKind
from admin_app.crud.rights import Entrance
from admin_app.crud.when import When
from admin_app.extensions import db
from admin_app.reporting import bookkeeping, scope, undo, undo_many
from admin_app.reporting.exchange import safety, writer
from admin_app.reporting.imports import reverse, runs, work
from admin_app.reporting.imports.kinds import KINDS
from admin_app.reporting.planned import TODAY, FromDay
from admin_app.reporting.refusal import Refused
from admin_app.reporting.tasks import verbs
from models import ImportRun, ImportState, RoleName, RowOutcome, User

S = ImportState
TAKEN = (safety.Kind.XLSX, safety.Kind.CSV, safety.Kind.DOCX, safety.Kind.ZIP)
FORMS = (safety.Kind.DOCX, safety.Kind.ZIP)
SEEN = 50  # lines on a page of the preview
BUSY = (S.CHECKING, S.RUNNING)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Answer = str | Response


class ImportView(Entrance):
    """Imports of the person who is here; nobody works on another's."""

    def __init__(self, category: Any) -> None:
        super().__init__(name=N_("Import from files"), category=category, endpoint="imports", url="/admin/imports")
        self.static_folder = None
        self._default_view = "index"

    def why_not(self) -> str:
        """May the person bring files into anything?"""
        return "" if self.kinds() else _("Files are brought in by operators who may add rows to a registry.")

    def kinds(self) -> list[ViewKind]:
        """The tables into which the person may bring files."""
        return [kind for kind in KINDS.values() if isinstance(kind, ViewKind) and not kind.refusal()]

    def run(self, run_id: int) -> ImportRun:
        """The person's own import of that number. Raises 404."""
        own = select(ImportRun).where(ImportRun.id == run_id, ImportRun.owner_id == scope.current().user_id)
        return db.session.scalar(own) or abort(404, _("There is no such import among yours."))

    def table(self, run_id: int) -> ImportRun:
        """The same, of a table's lines, not of application forms. Raises 404."""
        run = self.run(run_id)
        return abort(404, _("There is no such import among yours.")) if run.mapping.get("forms") else run

    def kind(self, run: ImportRun) -> ViewKind:
        """The table that the import is for. Raises 403."""
        found = next((kind for kind in self.kinds() if kind.table == run.table_name), None)
        return found or abort(403, _("You may no longer bring files into this registry."))

    # ── The file ─────────────────────────────────────────────────────────────────────────────────────────────────────

    @expose("/", methods=("GET", "POST"))
    def index(self) -> Answer:
        """Choosing a file, and the imports so far."""
        sentence = ""
        if request.method == "POST":
            try:
                run = self.begun()
                db.session.commit()
                return redirect(self.get_url(".preview" if run.mapping.get("forms") else ".columns", id=run.id))
            except Refused as refused:
                db.session.rollback()
                sentence = refused.sentence
        own = select(ImportRun).where(ImportRun.owner_id == scope.current().user_id).order_by(ImportRun.id.desc()).limit(SEEN)
        chosen = request.values.get("table", "")
        facts = {"sentence": sentence, "kinds": self.kinds(), "runs": list(db.session.scalars(own)), "chosen": chosen}
        return str(self.render("admin/imports.html", **facts))

    def begun(self) -> ImportRun:
        """The import of the file that was sent. Raises Refused."""
        sent = request.files.get("file")
        if sent is None or not sent.filename:
            raise Refused(_("Choose a file."))
        data, table = sent.read(), request.form.get("table", "")
        kind = safety.expect(io.BytesIO(data), sent.filename, TAKEN)
        if kind in FORMS:
            return applications.begin(db.session, sent.filename, data)
        run = runs.begin(db.session, table, sent.filename, data, directory())
        self.let_in(run)
        return run

    def let_in(self, run: ImportRun) -> None:
        """Raises Refused for a file with columns that its table does not take."""
        if why := self.kind(run).objection(run.mapping["names"]):
            raise Refused(why)

    # ── The columns ──────────────────────────────────────────────────────────────────────────────────────────────────

    @expose("/<int:id>/columns", methods=("GET", "POST"))
    def columns(self, id: int) -> Answer:
        """Which column is which field."""
        run = self.run(id)
        kind, sentence = self.kind(run), ""
        if run.state not in (S.MAPPING, S.READY, S.FAILED) or run.mapping.get("forms"):
            return redirect(self.get_url(".preview", id=id))
        once, counts = self.once(kind, run), when.asked(FromDay.read(run.mapping.get("since", ""))) if kind.view.dated else None
        if request.method == "POST":
            try:
                return self.matched(run, once, counts)
            except Refused as refused:
                db.session.rollback()
                sentence, run = refused.sentence, self.run(id)
        fields = [(spec.name, str(spec.label)) for spec in kind.specs()]
        facts = {"run": run, "matches": runs.matches(run), "fields": fields, "once": once, "when": counts, "sentence": sentence}
        return str(self.render("admin/import_columns.html", sent=request.form, kind=kind, **facts))

    def once(self, kind: ViewKind, run: ImportRun) -> Form:
        """The form of what is said once for all lines."""
        made = inputs.form_of(kind.once())(request.form or None, data=run.mapping.get("chosen") or kind.first_choice())
        pickers.ready(made, db.session, kind.view.get_url(f"{kind.table}.index_view") + "lookup/")
        return made

    def matched(self, run: ImportRun, once: Form, counts: When | None) -> Response:
        """The columns as they were sent; on to the check, at once or as a job. Raises Refused."""
        if "sheet" in request.form and request.form["sheet"] != str(run.mapping["sheet"]):
            runs.turn_to(db.session, run, pickers.number(request.form["sheet"]) or 0, directory())
            db.session.commit()
            return redirect(self.get_url(".columns", id=run.id))
        if "heading" in request.form:
            runs.turn_to(db.session, run, run.mapping["sheet"], directory(), pickers.number(request.form["heading"]) or 0)
            db.session.commit()
            return redirect(self.get_url(".columns", id=run.id))
        self.let_in(run)
        fields = [request.form.get(f"column-{at}") or None for at in range(len(run.mapping["names"]))]
        for field in once:
            field.validators = ()  # what a line needs is said at the line
        once.validate()
        if once.errors:
            raise Refused(next(iter(once.errors.values()))[0])
        if counts is not None and not counts.validate():
            raise Refused(next(iter(counts.errors.values()))[0])
        since = TODAY if counts is None else when.from_day(counts)
        said = {field.name: import_kinds.texted(field) for field in once if field.data}
        bookkeeping.save(db.session, run, mapping={**run.mapping, "chosen": {field.name: field.data for field in once}})
        small = runs.match(db.session, run, fields, said, "clears" in request.form, directory(), since)
        return self.go_on(run, "check", small)

    def go_on(self, run: ImportRun, step: str, small: bool) -> Response:
        """The next step: at once, or as a job."""
        run_id = run.id
        if not small:
            runs.queue(db.session, run, step)
        db.session.commit()
        if small and step == "check":
            work.check(db.session, run_id, directory())
        elif small:
            work.execute(db.session, run_id)
        return redirect(self.get_url(".preview", id=run_id))

    # ── The preview ──────────────────────────────────────────────────────────────────────────────────────────────────

    @expose("/<int:id>/")
    def preview(self, id: int) -> Answer:
        """What would be changed, line by line; or how far the work is; or what was done."""
        run = self.run(id)
        kind = self.kind(run)
        if run.mapping.get("forms"):
            return str(self.render("admin/import_forms.html", run=run, rows=runs.rows(db.session, run, most=500)))
        if run.state is S.MAPPING:
            return redirect(self.get_url(".columns", id=id))
        show = request.args.get("show") or ("error" if run.counts.get("error") else "all")
        outcome = next((one for one in RowOutcome if one == show), None)
        after = pickers.number(request.args.get("after", "")) or 0
        rows = runs.rows(db.session, run, outcome, after, SEEN + 1)
        labels = {spec.name: str(spec.label) for spec in kind.specs()}
        facts = {"run": run, "kind": kind, "rows": rows[:SEEN], "more": len(rows) > SEEN, "show": show, "after": after}
        facts["labels"] = labels
        facts["roles"] = {role.value: role.title for role in RoleName}
        facts["since"] = when.words(FromDay.read(run.mapping.get("since", ""))) if kind.view.dated else ""
        return str(self.render("admin/import.html", busy=run.state in BUSY, outcomes=RowOutcome, **facts))

    @expose("/<int:id>/line", methods=("POST",))
    def line(self, id: int) -> Response:
        """A line put right in the preview, or left out."""
        run = self.table(id)
        self.kind(run)
        line = pickers.number(request.form.get("line", "")) or 0
        texts = {name.removeprefix("cell-"): text for name, text in request.form.items() if name.startswith("cell-")}
        try:
            work.leave_out(db.session, run, line) if "skip" in request.form else work.amend(db.session, run, line, texts)
            db.session.commit()
        except Refused as refused:
            db.session.rollback()
            flash(refused.sentence, "error")
        return redirect(self.place_of(run, line))

    def place_of(self, run: ImportRun, line: int) -> str:
        """Where the preview goes on after this line: there, or at the next line of those that were shown, on the same page."""
        show, after = request.form.get("show", ""), pickers.number(request.form.get("after", "")) or 0
        outcome = next((one for one in RowOutcome if one == show), None)
        following = runs.rows(db.session, run, outcome, line - 1, 1)
        if not following and not runs.rows(db.session, run, outcome, after, 1):
            after = 0  # the page has become empty
        asked = {"show": show or None, "after": after or None, "_anchor": f"line-{following[0].line}" if following else None}
        return str(self.get_url(".preview", id=run.id, **asked))

    @expose("/<int:id>/do", methods=("POST",))
    def do(self, id: int) -> Response:
        """Import, give up, take back."""
        run = self.table(id)
        kind = self.kind(run)
        ways = {"run": self.start, "cancel": self.cancel, "reverse": self.reverse}
        try:
            return ways.get(request.form.get("what", ""), self.nothing)(run)
        except mistakes.KINDS as error:
            db.session.rollback()
            flash(mistakes.sentence(error, kind.view.model)[1], "error")
        return redirect(self.get_url(".preview", id=id))

    def start(self, run: ImportRun) -> Response:
        """Do what was shown."""
        small = work.start(db.session, run, "without" in request.form) and run.total <= self.kind(run).at_once
        return self.go_on(run, "execute", small)

    def cancel(self, run: ImportRun) -> Response:
        """Give it up."""
        runs.cancel(db.session, run)
        db.session.commit()
        return redirect(self.get_url(".preview", id=run.id))

    def reverse(self, run: ImportRun) -> Response:
        """Take all of it back."""
        if (size := undo_many.size(db.session, undo.of_batch(run.batch))) >= verbs.SMALL:
            return self.reverse_later(run, size)
        number = reverse.take_back(db.session, run)
        db.session.commit()
        flash(_("Taken back: rows %(number)s.", number=number), "success")
        return redirect(self.get_url(".preview", id=run.id))

    def reverse_later(self, run: ImportRun, size: int) -> Response:
        """Look in the background whether all of it can be taken back."""
        reverse.untouched(db.session, run)
        task = undo_task.begin(db.session, run.batch, size, run)
        db.session.commit()
        return redirect(self.get_url("tasks.one", id=task.id))

    def nothing(self, _run: ImportRun) -> Response:
        """A button that is none."""
        return abort(400)

    @expose("/<int:id>/refused.xlsx")
    def refused(self, id: int) -> Response:
        """The lines with mistakes, with the reasons, as a file to put right and send again."""
        run = self.table(id)
        labels = {spec.name: str(spec.label) for spec in self.kind(run).specs()}
        about = writer.About(run.file_name, scope.current().name, run.created_at, [(_("Lines"), RowOutcome.ERROR.title)])
        names = [one for one in run.mapping.get("fields", []) if one]
        heads = [_("Line"), *(labels.get(name, name) for name in names), _("Reason")]
        found = [
            import_kinds.refused_line(row, names, labels) for row in runs.rows(db.session, run, RowOutcome.ERROR, most=runs.MOST)
        ]
        answer = Response(stream_with_context(writer.xlsx(heads, found, about)), mimetype=XLSX)
        answer.headers["Content-Disposition"] = f"attachment; filename=refused-{run.id}.xlsx"
        return answer

    # ── Application forms ────────────────────────────────────────────────────────────────────────────────────────────

    @expose("/<int:id>/card", methods=("GET", "POST"))
    def card(self, id: int) -> Answer:
        """One application form as a prefilled card, to look through and confirm."""
        run = self.run(id)
        kind = self.kind(run)
        try:
            row = runs.row_of(db.session, run, pickers.number(request.args.get("line", "")) or 0)
        except Refused as refused:
            abort(404, refused.sentence)
        if not run.mapping.get("forms"):
            abort(404, _("There is no such line."))
        if request.method == "POST" and "skip" in request.form:
            applications.settle(db.session, run.id, row.line, None)
        else:
            page = applications.card(kind.view, run, row)
            if page is not None:
                return page
        following = applications.following(db.session, id)
        return redirect(self.get_url(".preview", id=id) if following is None else self.get_url(".card", id=id, line=following))


def directory() -> Any:
    """Where uploaded files lie until their import is over."""
    return current_app.extensions["settings"].imports


def register(view: SchemaView) -> None:
    """Let files into this screen's table, if there is a way for them."""
    if view.endpoint in ViewKind.rows:
        KINDS[str(view.endpoint)] = ViewKind(view)
    elif view.model is User:
        KINDS[str(view.endpoint)] = PeopleKind(view)
