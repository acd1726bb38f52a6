"""What the report page shows: one section's table, the contents, where the report stands, what this person may do."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from flask import abort, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from admin_app.reporting import dated, findings, forms, pulled, scope, sheet, storage, workflow
from admin_app.reporting.findings import Finding
from admin_app.reporting.formula import Cell, Program, Section, Source
from admin_app.reporting.sheet import Sheet
from admin_app.reporting.workflow import Case, Move
from models import Attachment, Campaign, Comment, FormVersion, Organization, Report
from views import report_table, report_words
from views.report_contents import Group, contents
from views.report_standing import Standing, standing


@dataclass(frozen=True)
class Unexplained:
    """An explanation that could not be kept: of which finding, what was typed, why not."""

    key: str
    text: str
    sentence: str


@dataclass
class ReportPage:
    """Everything the templates under report/ ask for. ``texts`` stand in cells instead of their values (they were not kept)."""

    session: Session
    report: Report
    sheet: Sheet
    section: Section
    panel: str = ""
    panel_by_itself: bool = False
    panel_html: Markup | str = ""
    unexplained: Unexplained | None = None
    ask: str = ""
    ask_error: str = ""
    ask_reason: str = ""
    unkept: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)

    # ── The report ───────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def program(self) -> Program:
        return self.sheet.program

    @property
    def form(self) -> Any:
        return self.program.form

    @property
    def period(self) -> str:
        return self.report.campaign.period.title

    @cached_property
    def then(self) -> Organization:
        """The organization as it was when the report was due."""
        return dated.of_report(self.session, self.report)

    @property
    def organization(self) -> str:
        return self.then.short_name

    @property
    def url(self) -> str:
        return f"/reports/{self.report.id}"

    @property
    def saved_at(self) -> str:
        return report_words.clock(self.report.updated_at)

    @property
    def key(self) -> str:
        return str(uuid.uuid4())

    @cached_property
    def typed(self) -> bool:
        """Whether this person may type now."""
        return self.may(Move.FILL)

    def may(self, move: Move) -> bool:
        return bool(workflow.judge(Case(self.session, self.report, scope.current()), move))

    @cached_property
    def can(self) -> dict[str, bool]:
        """The reviewer's moves."""
        return {move.value: self.may(move) for move in (Move.ACCEPT, Move.REJECT, Move.RETURN)}

    @property
    def compared(self) -> bool:
        """Whether there is an earlier submission to compare with."""
        return self.report.submitted_at is not None

    @cached_property
    def findings(self) -> list[Finding] | None:
        """What does not add up, if the reader has asked for it; scripts find it by themselves."""
        if self.panel != "check" or self.panel_by_itself:
            return None
        return findings.of(self.session, self.report, self.program, self.sheet.values)

    @property
    def lost(self) -> Unexplained | None:
        """An explanation whose finding is no longer there."""
        keys = {finding.key for finding in self.findings or ()}
        return self.unexplained if self.unexplained and self.unexplained.key not in keys else None

    @cached_property
    def standing(self) -> Standing | None:
        return standing(self.session, self.report, self.typed)

    # ── The section ──────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def table(self) -> Markup:
        return report_table.table(self.program, self.section, self.shown, self.origins, typed=self.typed)

    def shown(self, cell: Cell) -> str:
        """What stands in a cell: the text that was not kept, else its value."""
        return self.texts[cell.address] if cell.address in self.texts else shown(self.sheet, cell, self.typed)

    @property
    def printed(self) -> list[tuple[Section, Markup]]:
        """Every section that has something typed in it, for paper."""
        told = self.origins
        return [
            (section, report_table.table(self.program, section, lambda cell: shown(self.sheet, cell, False), told, paper=True))
            for section in self.form.sections
            if self.report.filled.get(section.code)
        ]

    @property
    def origins(self) -> dict[str, str]:
        """Where pulled cells' values come from, as sentences; those made of several in the open section too."""
        known = {origin.cell: origin for origin in self.sheet.origins}
        told = {address: report_words.origin([one]) for address, one in known.items()}
        for address in addresses(self.section) if known else ():
            if address not in told and self.program.cells[address].kind == "pulled":
                parts = [known[operand] for operand in self.program.trace(address) if operand in known]
                told[address] = report_words.origin(parts)
        return told

    @cached_property
    def _place(self) -> int:
        return self.form.sections.index(self.section)

    @property
    def before(self) -> Section | None:
        return self.form.sections[self._place - 1] if self._place else None

    @property
    def after(self) -> Section | None:
        return next(iter(self.form.sections[self._place + 1 :]), None)

    @property
    def closed_because(self) -> str:
        """Why this section is not for this organization; empty if it is."""
        if self.program.applies(self.sheet.values, self.section.code):
            return ""
        return report_words.condition(self.section.condition)

    # ── The contents ─────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def begun(self) -> int:
        return len(self.report.filled)

    @property
    def count(self) -> int:
        return len(self.form.sections)

    @cached_property
    def contents(self) -> list[Group]:
        return contents(self.program, self.sheet, self.report.filled)

    @cached_property
    def _talk(self) -> tuple[int, int]:
        row = self.session.execute(
            select(
                select(func.count(Comment.id))
                .where(Comment.report_id == self.report.id, Comment.resolved_at.is_(None))
                .scalar_subquery(),
                select(func.count(Attachment.id))
                .where(Attachment.report_id == self.report.id, Attachment.removed_at.is_(None))
                .scalar_subquery(),
            )
        ).one()
        return row[0], row[1]

    @property
    def comments(self) -> int:
        return self._talk[0]

    @property
    def files(self) -> int:
        return self._talk[1]

    # ── For the scripts ──────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def keys(self) -> list[tuple[tuple[str, ...], str]]:
        return report_words.keys()

    @property
    def groups(self) -> tuple[tuple[str, str], ...]:
        said = report_words.sentences()
        return tuple((severity, said[f"group-{severity}"]) for severity in ("error", "query", "hint"))

    @property
    def data(self) -> dict[str, Any]:
        """What the page's scripts start from."""
        return {
            "report": self.report.id,
            "user": scope.current().user_id,
            "csrf": generate_csrf(),
            "revision": self.report.revision,
            "section": self.section.code,
            "typed": self.typed,
            "panel": self.panel,
            "url": self.url,
            "script": url_for("compiled_form", digest=self.report.campaign.form_version.digest),
            "filled": self.report.filled,
            "sentences": report_words.sentences(),
        }


# ── Reading ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def find(session: Session, report_id: int) -> Report:
    """The report with what the page says of it, in one statement; 404 if this person doesn't see it."""
    campaign = joinedload(Report.campaign)
    query = (
        select(Report)
        .where(Report.id == report_id)
        .options(joinedload(Report.organization), campaign.joinedload(Campaign.period))
        .options(campaign.joinedload(Campaign.form_version).joinedload(FormVersion.form))
    )
    return session.scalar(query) or abort(404, _("There is no such report, or it belongs to somebody else."))


def addresses(section: Section) -> Iterator[str]:
    """The addresses of a section's cells, row by row."""
    columns = [column.number for column in section.columns if column.role == "data"]
    return (f"{section.code}/{row.code}/{number}" for row in section.rows if row.code is not None for number in columns)


def section_of(program: Program, code: str | None) -> Section:
    """The section asked for, the first one if none is; 404 for a code that the form doesn't have."""
    if not code:
        return program.form.sections[0]
    return program.form.by_code.get(code) or abort(404, _("This form has no section %(code)s.", code=code[:40]))


def open_page(session: Session, report_id: int, code: str | None, **more: Any) -> ReportPage:
    """The page of a report with one section open."""
    report = find(session, report_id)
    section = section_of(forms.program(report.campaign.form_version), code)
    return ReportPage(session, report, sheet.load(session, report), section, **more)


def previous(session: Session, report: Report, code: str) -> dict[str, Any]:
    """The section's cells in the report of the period before: {"period": its title, "cells": {address: as shown}}."""
    source = Source("report", previous=True)
    candidates = pulled.reports(session, report, [source])
    other = pulled.choose(report.campaign.period, candidates, pulled.form_code(report), previous=True)
    if other is None:
        return {"period": "", "cells": {}}
    then = sheet.load(session, other, code)
    cells = (then.program.cells[address] for address in then.program.cells if address.startswith(f"{code}/"))
    texts = {cell.address: shown(then, cell, False) for cell in cells if cell.kind != "blocked"}
    return {"period": other.campaign.period.title, "cells": {address: text for address, text in texts.items() if text}}


def shown(of: Sheet, cell: Cell, typed: bool) -> str:
    """What stands in a cell, for the screen; dates as the browser's date field wants them where one can type."""
    mark = of.values.marks.get(cell.address)
    if mark:
        return storage.shown(of.program, cell.address, {"mark": mark})
    value = of.program.get(of.values, cell)
    if cell.type == "date" and typed and cell.kind == "input":
        return str(value or "")
    return of.program.show(cell, value)
