"""Submitting, accepting, rejecting, returning: each button is one verb, its refusal a sentence on the page."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from flask import Response, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from admin_app.extensions import db
from admin_app.reporting import reports
from admin_app.reporting.refusal import Refused
from admin_app.reporting.tasks import holders
from admin_app.security import scripted
from models import Report, ReportState
from views import report_page
from views.report_cells import told


class Moves:
    """The routes that hand the report on."""

    shown: Callable[..., Response]  # `Reports.shown`: the whole page as an answer

    @expose("/<int:id>/submit", methods=("POST",))
    def submit(self, id: int) -> ResponseReturnValue:
        """To the reviewer, if nothing hinders it; else the check panel shows what does."""
        report_page.find(db.session, id)
        try:
            reports.submit(db.session, id)
            db.session.commit()
        except Refused as refused:
            db.session.rollback()
            found = refused.findings if isinstance(refused, reports.Unready) else []
            sentence = holders.of_report(db.session, refused, id).sentence
            if scripted():
                return jsonify(sentence=sentence, findings=[told(one) for one in found]), HTTPStatus.CONFLICT
            flash(sentence, "error")
            return back(id, panel="check")
        flash(_("The report is submitted. You will get a message when it is accepted or rejected."))
        return jsonify(done=True) if scripted() else back(id)

    @expose("/<int:id>/accept", methods=("POST",))
    def accept(self, id: int) -> ResponseReturnValue:
        """Accept; with several levels the next one has it now."""
        return self.decide(id, lambda: reports.accept(db.session, id))

    @expose("/<int:id>/reject", methods=("POST",))
    def reject(self, id: int) -> ResponseReturnValue:
        """Send it back with a reason."""
        return self.decide(id, lambda: reports.reject(db.session, id, reason()), ask="reject")

    @expose("/<int:id>/return", methods=("POST",))
    def send_back(self, id: int) -> ResponseReturnValue:
        """Open an accepted report again, with a reason."""
        return self.decide(id, lambda: reports.return_for_editing(db.session, id, reason()), ask="return")

    def decide(self, id: int, verb: Callable[[], Report], ask: str = "") -> ResponseReturnValue:
        """One of the reviewer's verbs. If it asks for a reason and is refused, its dialog comes back with what was typed."""
        report_page.find(db.session, id)
        try:
            report = verb()
            db.session.commit()
        except Refused as refused:
            db.session.rollback()
            sentence = holders.of_report(db.session, refused, id).sentence
            if ask:
                return self.ask_again(id, ask, sentence)
            flash(sentence, "error")
            return back(id)
        flash(said(report.state))
        return back(id)

    def ask_again(self, id: int, ask: str, sentence: str) -> Response:
        """The page with the dialog open; where the move is no longer possible, the page says why."""
        page = report_page.open_page(
            db.session, id, request.form.get("section"), ask=ask, ask_error=sentence, ask_reason=request.form.get("reason", "")
        )
        if not page.can[ask]:
            flash(sentence, "error")
        return self.shown(page, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def reason() -> str:
    """The reason that was typed."""
    return request.form.get("reason", "")


def said(state: ReportState) -> str:
    """What a review has come to."""
    if state is ReportState.SUBMITTED:
        return _("Accepted at your level: the report has gone to the next one.")
    if state is ReportState.ACCEPTED:
        return _("The report is accepted. The organization has been told.")
    return _("The report is sent back. The organization has been told, with your reason.")


def back(id: int, **more: Any) -> ResponseReturnValue:
    """To the section where the person was."""
    return redirect(url_for(".open", id=id, section=request.form.get("section") or None, **more))
