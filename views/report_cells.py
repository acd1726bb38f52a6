"""Saving, checking and explaining: for the page's scripts in JSON, for a client without scripts as plain forms."""

import uuid
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from flask import Response, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from admin_app.extensions import db
from admin_app.reporting import findings, forms, merge, replay, sheet, storage
from admin_app.reporting.findings import Finding
from admin_app.reporting.refusal import Refused
from admin_app.reporting.sheet import Saved
from admin_app.reporting.tasks import holders
from admin_app.reporting.workflow import Unseen
from admin_app.reporting.writes import Held
from admin_app.security import scripted
from views import report_page, report_words
from views.report_page import Unexplained

MOST = 4000  # cells in one request


class Cells:
    """The routes that change values or look at what does not add up."""

    shown: Callable[..., Response]  # `Reports.shown`: the whole page as an answer

    @expose("/<int:id>/cells", methods=("POST",))
    def save(self, id: int) -> ResponseReturnValue:
        """{base, key, cells: {address: text}} → revision, rejected, conflicts, others' changes, findings."""
        try:
            changes, base, key = sent(body())
        except ValueError as error:
            return jsonify(sentence=str(error)), HTTPStatus.UNPROCESSABLE_ENTITY
        try:
            saved = sheet.save(db.session, id, changes, base, key)
            db.session.commit()
        except Unseen as unseen:
            return jsonify(sentence=unseen.sentence), HTTPStatus.NOT_FOUND
        except Held as held:
            db.session.rollback()
            return jsonify(sentence=holders.of_report(db.session, held, id).who), HTTPStatus.LOCKED  # the page tries again
        except Refused as refused:
            db.session.rollback()
            return jsonify(sentence=refused.sentence), HTTPStatus.CONFLICT
        return jsonify(answer(saved) | {"status": saved.state, "title": str(saved.state.title)})

    @expose("/<int:id>/since/<int:revision>")
    def since(self, id: int, revision: int) -> ResponseReturnValue:
        """What others have typed since that revision; asked for now and then while the page is looked at."""
        report = report_page.find(db.session, id)
        steps = replay.steps(db.session, report.id, revision, uuid.uuid4()) if report.revision > revision else []
        program = forms.program(report.campaign.form_version)
        others = {
            cell: {"shown": storage.shown(program, cell, other.now), "who": other.who}
            for cell, other in merge.since(steps).items()
        }
        return jsonify(revision=report.revision, status=report.state, others=others)

    @expose("/<int:id>/section/<code>", methods=("POST",))
    def save_section(self, id: int, code: str) -> ResponseReturnValue:
        """The open section's table sent as a plain form: names are addresses."""
        report_page.find(db.session, id)
        changes = {name: text for name, text in request.form.items() if name.startswith(f"{code}/")}
        base, key = request.form.get("base", 0, type=int), request.form.get("key", uuid.uuid4(), type=uuid.UUID)
        try:
            saved = sheet.save(db.session, id, changes, base, key)
            db.session.commit()
        except Refused as refused:
            db.session.rollback()
            return self.unsaved(id, code, changes, holders.of_report(db.session, refused, id).sentence)
        if saved.rejected or saved.conflicts:
            return self.half_saved(id, code, changes, saved)
        flash(_("Saved."))
        return redirect(url_for(".open", id=id, section=code))

    def half_saved(self, id: int, code: str, changes: dict[str, str], saved: Saved) -> Response:
        """What could be kept is kept; the page comes back with the other texts as they were typed."""
        unkept = {one.cell: one.sentence for one in saved.rejected}
        unkept |= {one.cell: both(one) for one in saved.conflicts}
        texts = {cell: changes[cell] for cell in unkept if cell in changes}
        page = report_page.open_page(db.session, id, code, panel="", unkept=placed(unkept), texts=texts)
        return self.shown(page, next(iter(unkept)), HTTPStatus.UNPROCESSABLE_ENTITY)

    def unsaved(self, id: int, code: str, changes: dict[str, str], sentence: str) -> Response:
        """Nothing could be kept: the page comes back with what differs from what is stored."""
        page = report_page.open_page(db.session, id, code, panel="")
        cells = page.program.cells
        typed = {cell: text for cell, text in changes.items() if cell in cells and text != page.shown(cells[cell])}
        page.texts, page.unkept = typed, placed(dict.fromkeys(typed, "")) if typed else {}
        flash(sentence, "error")
        return self.shown(page, None, HTTPStatus.CONFLICT)

    @expose("/<int:id>/check", methods=("POST",))
    def check(self, id: int) -> ResponseReturnValue:
        """Run the check; a client without scripts reads it on the page."""
        report_page.find(db.session, id)
        found = sheet.check(db.session, id)
        db.session.commit()
        if scripted():
            return jsonify(findings=[told(finding) for finding in found], at=report_words.clock(datetime.now(UTC)))
        return redirect(url_for(".open", id=id, section=request.form.get("section"), panel="check"))

    @expose("/<int:id>/explanations", methods=("POST",))
    def explain(self, id: int) -> ResponseReturnValue:
        """Keep the explanation of a query."""
        report_page.find(db.session, id)
        key, text = request.form.get("key", ""), request.form.get("text", "")
        try:
            found = sheet.explain(db.session, id, key, text)
            db.session.commit()
        except Refused as refused:
            db.session.rollback()
            return self.unexplained(id, Unexplained(key, text, refused.sentence))
        if scripted():
            return jsonify(findings=[told(finding) for finding in found])
        return redirect(url_for(".open", id=id, section=request.form.get("section"), panel="check"))

    def unexplained(self, id: int, unexplained: Unexplained) -> ResponseReturnValue:
        """An explanation that was not kept: the sentence to a script, the page with what was typed to a reader."""
        if scripted():
            return jsonify(sentence=unexplained.sentence), HTTPStatus.CONFLICT
        page = report_page.open_page(db.session, id, request.form.get("section"), panel="check", unexplained=unexplained)
        return self.shown(page, status=HTTPStatus.CONFLICT)


def body() -> Any:
    """What the request carries as JSON; None if that can't be read (brackets may be thousands deep)."""
    try:
        return request.get_json(silent=True)
    except RecursionError:
        return None


def sent(body: Any) -> tuple[dict[str, str | None], int, uuid.UUID]:
    """The cells, the base and the key of a save. Raises ValueError with a sentence."""
    if not isinstance(body, dict) or not isinstance(body.get("cells"), dict):
        raise ValueError(_("The page sent something that the system does not expect: reload it."))
    cells, base = body["cells"], body.get("base")
    if len(cells) > MOST or not all(text is None or isinstance(text, str) for text in cells.values()):
        raise ValueError(_("The page sent something that the system does not expect: reload it."))
    if not isinstance(base, int) or isinstance(base, bool) or not 0 <= base < 2**31:
        raise ValueError(_("The page sent something that the system does not expect: reload it."))
    try:
        return cells, base, uuid.UUID(str(body.get("key")))
    except ValueError:
        raise ValueError(_("The page sent something that the system does not expect: reload it.")) from None


def answer(saved: Saved) -> dict[str, Any]:
    """A save's answer for the page's scripts."""
    return {
        "revision": saved.revision,
        "at": report_words.clock(datetime.now(UTC)),
        "accepted": saved.accepted,
        "rejected": [asdict(one) for one in saved.rejected],
        "conflicts": [{**asdict(one), "at": report_words.clock(one.at)} for one in saved.conflicts],
        "others": {cell: {"shown": one.shown, "who": one.who} for cell, one in saved.others.items()},
        "findings": [told(finding) for finding in saved.findings],
        "filled": saved.filled,
    }


def told(finding: Finding) -> dict[str, Any]:
    """A finding for the page's scripts."""
    return {
        "key": finding.key,
        "check": finding.check_id,
        "severity": finding.severity,
        "cell": finding.address,
        "sentence": finding.sentence,
        "text": finding.text,
        "explanation": finding.explanation,
        "left": finding.left,
        "right": finding.right,
    }


def both(conflict: sheet.Conflict) -> str:
    """Whose number stands against whose."""
    return _(
        "You: %(mine)s. %(who)s at %(at)s: %(theirs)s. Whose number stays?",
        mine=conflict.mine or _("empty"),
        theirs=conflict.theirs or _("empty"),
        who=conflict.who,
        at=report_words.clock(conflict.at),
    )


def placed(unkept: dict[str, str]) -> dict[str, str]:
    """The same by the cell's place in words."""
    return {findings.place(cell) if cell.count("/") == 2 else cell: sentence for cell, sentence in unkept.items()}
