"""The side panels: comments, attachments, history, changes. Each is a fragment that also stands in the whole page."""

from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path

from flask import Response, abort, current_app, make_response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from markupsafe import Markup

from admin_app.extensions import db
from admin_app.reporting import attachments, comments, findings, forms, guard, revisions, scope
from admin_app.reporting.guard import Permission
from admin_app.reporting.refusal import Refused
from models import Attachment, Comment, Report, ReportState
from views import report_page, report_words

PANELS = ("comments", "files", "history", "changes")
SHOWN = 300  # lines of a history or a comparison


class Talk:
    """The routes of the panels."""

    shown: Callable[..., Response]  # `Reports.shown`: the whole page as an answer

    @expose("/<int:id>/panel/<which>")
    def panel(self, id: int, which: str) -> ResponseReturnValue:
        """One panel alone, for the page's scripts."""
        report = report_page.find(db.session, id)
        return self.panel_html(report, which) if which in PANELS else abort(404)

    def panel_html(self, report: Report, name: str, error: str = "", typed: str = "") -> Markup:
        """The panel's HTML; ``error`` and ``typed`` after something that was not accepted."""
        facts = {"comments": said, "files": lying, "history": happened, "changes": changed}[name](report)
        html = render_template(
            f"report/panel_{name}.html", report=report, url=f"/reports/{report.id}", error=error, typed=typed, **facts
        )
        return Markup(html)  # noqa: S704  # a template's own output

    def done(self, id: int, panel: str, verb: Callable[[Report], object]) -> ResponseReturnValue:
        """Do it, and show the panel anew: alone to a script, in the page to a reader. A refusal keeps what was typed."""
        report = report_page.find(db.session, id)
        error = ""
        try:
            verb(report)
            db.session.commit()
        except Refused as refused:
            db.session.rollback()
            report, error = report_page.find(db.session, id), refused.sentence
        if "X-Fragment" in request.headers:
            status = HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK
            return make_response(self.panel_html(report, panel, error, request.form.get("text", "") if error else ""), status)
        if error:
            page = report_page.open_page(db.session, id, request.form.get("section"), panel=panel)
            page.panel_html = self.panel_html(page.report, panel, error, request.form.get("text", ""))
            return self.shown(page, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        return redirect(url_for(".open", id=id, section=request.form.get("section") or None, panel=panel))

    @expose("/<int:id>/comments", methods=("POST",))
    def comment(self, id: int) -> ResponseReturnValue:
        """Say something about the report or one of its cells."""
        text, cell = request.form.get("text", ""), request.form.get("cell") or None
        return self.done(id, "comments", lambda report: comments.add(db.session, report, text, cell))

    @expose("/<int:id>/comments/<int:comment_id>", methods=("POST",))
    def resolve(self, id: int, comment_id: int) -> ResponseReturnValue:
        """Mark a comment as settled, or open it again."""
        comment = db.session.get(Comment, comment_id)
        if comment is None or comment.report_id != id:
            abort(404)
        settled = request.form.get("settled") == "yes"
        return self.done(id, "comments", lambda report: comments.resolve(db.session, comment, settled))  # noqa: ARG005

    @expose("/<int:id>/files", methods=("POST",))
    def attach(self, id: int) -> ResponseReturnValue:
        """Keep a file beside the report."""
        file = request.files.get("file")
        name, data = (file.filename or "", file.read()) if file else ("", b"")
        return self.done(id, "files", lambda report: attachments.add(db.session, report, name, data, directory()))

    @expose("/<int:id>/files/<int:file_id>/remove", methods=("POST",))
    def remove(self, id: int, file_id: int) -> ResponseReturnValue:
        """Take a file away."""
        attachment = self.attachment(id, file_id)
        return self.done(id, "files", lambda report: attachments.remove(db.session, attachment))  # noqa: ARG005

    @expose("/<int:id>/files/<int:file_id>")
    def download(self, id: int, file_id: int) -> Response:
        """The file as a download that no browser runs or shows inside our site."""
        attachment = self.attachment(id, file_id)
        path = attachments.path(attachment, directory())
        if attachment.removed_at is not None or not path.exists():
            abort(404)
        response = send_file(path, mimetype="application/octet-stream", as_attachment=True, download_name=attachment.name)
        response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    def attachment(self, id: int, file_id: int) -> Attachment:
        """The file of this report; 404 if there is none that this person sees."""
        attachment = db.session.get(Attachment, file_id)
        if attachment is None or attachment.report_id != id:
            abort(404)
        return attachment


def directory() -> Path:
    """Where files lie."""
    files: Path = current_app.extensions["settings"].files
    return files


# ── What each panel shows ────────────────────────────────────────────────────────────────────────────────────────────


def said(report: Report) -> dict[str, object]:
    """Comments, those not settled yet first to see."""
    return {
        "comments": comments.of_report(db.session, report),
        "may": bool(guard.may(scope.current(), Permission.REPORT_COMMENT, report)),
        "place": findings.place,
        "moment": report_words.moment,
    }


def lying(report: Report) -> dict[str, object]:
    """The files."""
    return {
        "files": [file for file in attachments.of_report(db.session, report) if file.removed_at is None],
        "may": bool(guard.may(scope.current(), Permission.REPORT_ATTACH, report)),
        "endings": ",".join(attachments.KINDS),
        "largest": attachments.LARGEST // 2**20,
        "moment": report_words.moment,
    }


def happened(report: Report) -> dict[str, object]:
    """Who typed what; of one cell with ?cell=, of all if the form has no such cell."""
    asked = forms.program(report.campaign.form_version).resolve(request.args.get("cell", ""))
    cell = asked.address if asked else None
    entries = []
    for entry in revisions.entries(db.session, report, cell):
        entries.append(entry)
        if len(entries) >= SHOWN:
            break
    return {"entries": entries, "cell": cell, "place": findings.place, "moment": report_words.moment}


def changed(report: Report) -> dict[str, object]:
    """What has changed since the last submission that was of other numbers than these."""
    earlier = (
        one
        for one in revisions.snapshots(db.session, report)
        if one.state is ReportState.SUBMITTED and one.revision < report.revision
    )
    since = next(earlier, None)
    differences = revisions.since(db.session, report, since) if since else []
    return {
        "since": since,
        "differences": differences[:SHOWN],
        "more": len(differences) - SHOWN,
        "place": findings.place,
        "moment": report_words.moment,
    }
