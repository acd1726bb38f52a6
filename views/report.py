"""`/reports/<id>`: the report page. This file reads; report_cells.py saves and checks, report_moves.py submits and reviews,
report_talk.py has the side panels."""

from functools import lru_cache
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, abort, jsonify, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_admin import Admin, expose
from flask_babel import lazy_gettext as _
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from admin_app.extensions import db
from admin_app.reporting import findings, forms, scope, sheet
from admin_app.reporting.formula import Program
from admin_app.reporting.guard import Permission
from admin_app.security import scripted
from models import FormVersion
from views import report_page, report_words
from views.base import Screen
from views.compressed import compressed
from views.report_cells import Cells, told
from views.report_moves import Moves
from views.report_talk import PANELS, Talk

A_YEAR = 365 * 24 * 3600


class Reports(Cells, Moves, Talk, Screen):
    """Reports as their people see them; the generated list of reports is under /admin/report/."""

    title = _("Report")
    address = "/reports"
    needs = Permission.REPORT_READ

    def inaccessible_callback(self, name: str, **kwargs: Any) -> BaseResponse:
        """The page's scripts are told that the session has ended; they keep what was typed and ask to sign in."""
        if not current_user.is_authenticated and (scripted() or "X-Fragment" in request.headers):
            return make_response(jsonify(sentence=report_words.saving()["signed-out"]), HTTPStatus.UNAUTHORIZED)
        return super().inaccessible_callback(name, **kwargs)

    @expose("")
    def index(self) -> ResponseReturnValue:
        """Reports are reached from the cabinet of their organization."""
        return redirect("/cabinet")

    @expose("/<int:id>")
    def open(self, id: int) -> Response:
        """The page, one section open: ?section=2.1.1.1, ?panel=comments, ?cell=2.1.1.1/01/3, ?ask=reject."""
        panel = request.args.get("panel", "check")
        page = report_page.open_page(db.session, id, request.args.get("section"), panel=panel, ask=request.args.get("ask", ""))
        page.panel_by_itself = "panel" not in request.args
        if panel in PANELS:
            page.panel_html = self.panel_html(page.report, panel)
        elif panel != "check":
            page.panel = ""
        return self.shown(page, request.args.get("cell"))

    def shown(self, page: report_page.ReportPage, cell: str | None = None, status: int = 200) -> Response:
        """The page as an answer; ``cell`` gets the anchor #here."""
        html = str(self.render("report/page.html", page=page, report=page.report))
        if cell:
            html = html.replace(f'<td data-cell="{cell}"', f'<td id="here" data-cell="{cell}"', 1)
        return compressed(make_response(html, status))

    @expose("/<int:id>/section/<code>")
    def section(self, id: int, code: str) -> Response:
        """One section alone, for the page's scripts."""
        page = report_page.open_page(db.session, id, code)
        return compressed(make_response(render_template("report/fragment.html", page=page, report=page.report)))

    @expose("/<int:id>/contents")
    def contents(self, id: int) -> str:
        """The sections in «Contents» anew: other ones may be filled in now."""
        return render_template("report/groups.html", page=report_page.open_page(db.session, id, request.args.get("section")))

    @expose("/<int:id>/previous/<code>")
    def previous(self, id: int, code: str) -> Response:
        """What the section read in the report of the period before; nothing if there is none."""
        report = report_page.find(db.session, id)
        report_page.section_of(forms.program(report.campaign.form_version), code)
        return compressed(jsonify(report_page.previous(db.session, report, code)))

    @expose("/<int:id>/trace")
    def trace(self, id: int) -> Response:
        """The cells that a computed cell is made of."""
        program = forms.program(report_page.find(db.session, id).campaign.form_version)
        return jsonify(program.trace(request.args.get("cell", "")))

    @expose("/<int:id>/print")
    def paper(self, id: int) -> Response:
        """The whole report, as far as it is filled in, for paper."""
        page = report_page.open_page(db.session, id, None)
        return compressed(make_response(render_template("report/print.html", page=page, report=page.report)))

    @expose("/<int:id>/values")
    def values(self, id: int) -> Response:
        """What the calculation in the browser starts from: known typed and pulled numbers as slot, value, slot, value…"""
        report = report_page.find(db.session, id)
        found = sheet.load(db.session, report)
        numbers, known = found.values.numbers, found.values.known
        slots = (slot for slot in given(found.program) if known[slot] and numbers[slot] == numbers[slot])
        pairs = [part for slot in slots for part in (slot, numbers[slot])]
        return compressed(
            jsonify(
                revision=report.revision,
                known=[int(part) if part == int(part) else part for part in pairs],
                texts=found.values.texts,
                marks=found.values.marks,
                findings=[told(one) for one in findings.of(db.session, report, found.program, found.values)],
            )
        )

    @expose("/<int:id>/rows")
    def rows(self, id: int) -> Response:
        """The names of all rows, for the search in «Contents»."""
        program = forms.program(report_page.find(db.session, id).campaign.form_version)
        names = [[section.code, row.code, row.name] for section in program.form.sections for row in section.rows if row.code]
        return kept_an_hour(compressed(jsonify(names)))

    @expose("/<int:id>/lists/<dictionary>")
    def choices(self, id: int, dictionary: str) -> Response:
        """A long list of choices: code and words."""
        program = forms.program(report_page.find(db.session, id).campaign.form_version)
        entries = program.form.dictionaries.get(dictionary)
        if entries is None:
            abort(404)
        return kept_an_hour(compressed(jsonify(list(entries.items()))))

    @expose("/session")
    def session(self) -> Response:
        """Who is signed in now, and a fresh token: asked for after signing in again in another tab."""
        return jsonify(user=scope.current().user_id, csrf=generate_csrf())


@lru_cache(maxsize=64)
def given(program: Program) -> list[int]:
    """The slots that are not computed: typed, pulled, and operands from other forms."""
    return [slot for slot in range(program.size) if program.slot_cells[slot].kind != "computed"]


def kept_an_hour(response: Response) -> Response:
    """The browser may keep it: it is the same for every report of the edition."""
    response.cache_control.private = True
    response.cache_control.max_age = 3600
    return response


def script(digest: str) -> Response:
    """The compiled form for the browser: its name is its content's, so it is kept for a year. 404 if it may not be seen."""
    version = db.session.scalar(select(FormVersion).where(FormVersion.digest == digest)) or abort(404)
    response = make_response(forms.script(version).read_bytes())
    response.mimetype = "text/javascript"
    response.cache_control.public = True
    response.cache_control.immutable = True
    response.cache_control.max_age = A_YEAR
    return compressed(response)


def register(app: Flask, admin: Admin) -> None:
    """Add the screen to the one Admin, and the address of compiled forms."""
    admin.add_view(Reports())
    app.add_url_rule("/forms/js/<digest>.js", "compiled_form", script)
