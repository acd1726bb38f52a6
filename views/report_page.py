"""What the report page shows: one section's table, the contents, where the report stands, what this person may do."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from flask import abort, url_for
from flask_babel import format_datetime
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from admin_app.reporting import forms, scope, sheet, storage, workflow
from admin_app.reporting.formula import Cell, Program, Section
from admin_app.reporting.sheet import Sheet
from admin_app.reporting.workflow import Case, Move
from models import Attachment, Campaign, Comment, FormVersion, Organization, Report, ReportState
from views import report_table, report_words

S = ReportState


@dataclass(frozen=True)
class Line:
    """A section in «Contents». ``state``: "empty", "begun" or "full"; ``words`` says it."""

    code: str
    title: str
    variant: str
    total: int
    state: str
    words: str


@dataclass
class Group:
    """A part of the form: its sections, and those that this organization doesn't fill in with the reason."""

    title: str
    lines: list[Line] = field(default_factory=list)
    folded_by: list[tuple[str, list[Line]]] = field(default_factory=list)

    @property
    def folded(self) -> list[Line]:
        return [line for _sentence, lines in self.folded_by for line in lines]


@dataclass(frozen=True)
class Standing:
    """Where the report stands, if it can't simply be filled in: ``kind`` colours it, ``reason`` is the reviewer's."""

    sentence: str
    kind: str = ""
    reason: str = ""


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
    findings: list[Any] | None = None
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

    @property
    def organization(self) -> str:
        return self.report.organization.short_name

    @property
    def url(self) -> str:
        return f"/reports/{self.report.id}"

    @property
    def saved_at(self) -> str:
        return clock(self.report.updated_at)

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
    def standing(self) -> Standing | None:
        return standing(self.session, self.report, self.typed)

    # ── The section ──────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def table(self) -> Markup:
        return report_table.table(self.program, self.section, self.shown, self.origins, typed=self.typed)

    def shown(self, cell: Cell) -> str:
        """What stands in a cell: the text that was not kept, else its value."""
        return self.texts.get(cell.address) or shown(self.sheet, cell, self.typed)

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
        """Where pulled cells' values come from, as sentences."""
        return {origin.cell: report_words.origin(origin) for origin in self.sheet.origins}

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


def shown(of: Sheet, cell: Cell, typed: bool) -> str:
    """What stands in a cell, for the screen; dates as the browser's date field wants them where one can type."""
    mark = of.values.marks.get(cell.address)
    if mark:
        return storage.shown(of.program, cell.address, {"mark": mark})
    value = of.program.get(of.values, cell)
    if cell.type == "date" and typed and cell.kind == "input":
        return str(value or "")
    return of.program.show(cell, value)


def contents(program: Program, of: Sheet, filled: dict[str, int]) -> list[Group]:
    """«Contents»: the form's parts; sections whose condition doesn't hold are folded, by condition."""
    totals = storage.fillable(program)
    groups: list[Group] = []
    for section in program.form.sections:
        if not groups or groups[-1].title != section.group:
            groups.append(Group(section.group))
        line = line_of(section, filled.get(section.code, 0), totals.get(section.code, 0))
        if program.applies(of.values, section.code) or line.state != "empty":
            groups[-1].lines.append(line)
        else:
            fold(groups[-1], report_words.condition(section.condition), line)
    return groups


def fold(group: Group, sentence: str, line: Line) -> None:
    """Put a section under the sentence that says when it is filled in."""
    for said, lines in group.folded_by:
        if said == sentence:
            lines.append(line)
            return
    group.folded_by.append((sentence, [line]))


def line_of(section: Section, count: int, total: int) -> Line:
    """A section's line."""
    state = "empty" if not count else "full" if count == total else "begun"
    words = _("nothing yet") if not count else f"{count} / {total}"
    return Line(section.code, section.short or section.title, section.variant, total, state, words)


def standing(session: Session, report: Report, typed: bool) -> Standing | None:
    """What the reader must know about the report's state; None while it is simply being filled in."""
    match report.state:
        case S.SUBMITTED:
            return Standing(submitted(session, report))
        case S.ACCEPTED:
            return Standing(_("The report was accepted on %(day)s.", day=moment(report.accepted_at)), "ok")
        case S.REJECTED:
            return Standing(
                _("The report was rejected: put right what is asked for, run the check and submit it again."),
                "warn",
                report.reason,
            )
        case S.RETURNED:
            return Standing(
                _("The report was returned for editing: correct it, run the check and submit it again."), "warn", report.reason
            )
        case _ if not typed and report.campaign.closed_at:
            return Standing(_("The campaign is closed: its reports are no longer filled in."))
        case _:
            return None


def submitted(session: Session, report: Report) -> str:
    """Who has the report, since when, and that it can't be changed meanwhile."""
    with scope.unscoped("who has the report"):  # an organization doesn't see the cards above it
        reviewer = session.get(Organization, report.reviewer_id)
    return _(
        "Submitted on %(day)s. Now under review by: %(name)s. It can be changed again only if the reviewer rejects it.",
        day=moment(report.submitted_at),
        name=reviewer.short_name if reviewer else "",
    )


def moment(at: datetime | None) -> str:
    """A date and a time as people write them."""
    return format_datetime(at, "d.MM.y, HH:mm") if at else ""


def clock(at: datetime | None) -> str:
    """The time of day."""
    return format_datetime(at, "HH:mm") if at else ""
