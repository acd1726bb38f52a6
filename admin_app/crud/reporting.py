"""Forms, periods, campaigns, and what the reporting itself writes (read only here)."""

from collections.abc import Callable
from typing import Any, ClassVar

from flask import abort, flash, redirect, request
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_
from flask_babel import ngettext
from sqlalchemy import func, select
from wtforms import Form

from admin_app.crud import mistakes
from admin_app.crud.base import Answer, SchemaView
from admin_app.extensions import db
from admin_app.reporting import campaigns, dated, forms, guard, notices, owing, reports, scope
from admin_app.reporting.formula import Cell, Column, FormError, Program, Row, Section
from admin_app.reporting.guard import Permission
from models import Campaign, FormVersion, Organization, Report, ReportState, Request
from models import Form as FormRow


class FormView(SchemaView):
    """Reporting forms; the documents are in their versions."""

    rights: ClassVar = {
        "list": Permission.FORM_READ,
        "create": Permission.FORM_EDIT,
        "edit": Permission.FORM_EDIT,
        "delete": Permission.FORM_EDIT,
    }

    def fixed(self, row: FormRow | None) -> set[str]:
        """Formulas of other forms name a form by its code: it stays once there is an edition."""
        return {"code"} if row is not None and row.versions else set()


class FormVersionView(SchemaView):
    """Editions of forms, read only, with a preview of the empty report."""

    rights: ClassVar = {"list": Permission.FORM_READ}

    def actions(self, row: FormVersion) -> list[tuple[str, str]]:
        """How the report looks, empty."""
        return [(_("Preview of the report"), str(self.get_url(".preview_view", id=row.id)))]

    @expose("/preview/")
    def preview_view(self) -> Answer:
        """One section of the empty report, and the list of the others."""
        row: FormVersion = self.row()
        try:
            program = forms.program(row)
        except FormError as error:
            abort(404, _("The document of this edition has mistakes: %(error)s", error=error))
        found = program.form.by_code
        section = found.get(request.args.get("section", "")) or program.form.sections[0]
        facts = {"section": section, "lines": lines(program, section), "others": program.form.sections}
        return str(self.render("admin/preview.html", row=row, name=self.title(row), **facts))


def lines(program: Program, section: Section) -> list[tuple[Row, list[Cell | None]]]:
    """The rows of a section with what stands under each column: a cell, or None under a name or code and in a heading."""

    def cell(row: Row, column: Column) -> Cell | None:
        inside = row.code is not None and column.role == "data"
        return program.cells[f"{section.code}/{row.code}/{column.number}"] if inside else None

    return [(row, [cell(row, column) for column in section.columns]) for row in section.rows]


class PeriodView(SchemaView):
    """Spans of time that reports are about."""

    rights: ClassVar = {
        "list": Permission.PROGRESS_READ,
        "create": Permission.CAMPAIGN_EDIT,
        "edit": Permission.CAMPAIGN_EDIT,
        "delete": Permission.CAMPAIGN_EDIT,
    }


class CampaignView(SchemaView):
    """Who files what by when. Opening gives each organization concerned its report."""

    rights: ClassVar = PeriodView.rights

    def actions(self, row: Campaign) -> list[tuple[str, str]]:
        """Open it (again, after new organizations have been registered), or close it."""
        actor, found = scope.current(), []
        if is_open(row) and guard.may(actor, Permission.CAMPAIGN_CLOSE, row):
            found.append((_("Close the campaign"), str(self.get_url(".close_view", id=row.id))))
        if guard.may(actor, Permission.CAMPAIGN_OPEN, row):
            words = _("Admit new organizations") if is_open(row) else _("Open the campaign")
            found.append((words, str(self.get_url(".open_view", id=row.id))))
        return found

    def fixed(self, row: Any) -> set[str]:
        """Once open, what the campaign asks for cannot change any more; its title and deadline can."""
        if row is None or row.opened_at is None:
            return set()
        return {spec.name for spec in self.typed()} - {"title", "deadline"}

    def write(self, form: Form, row: Campaign, created: bool) -> None:
        """The campaign, if it makes sense."""
        super().write(form, row, created)
        db.session.flush()
        campaigns.judge(row)

    @expose("/open/", methods=("GET", "POST"))
    def open_view(self) -> Answer:
        """The question whether to open, saying how many organizations it concerns; and the opening."""
        row: Campaign = self.row()
        self.require(Permission.CAMPAIGN_OPEN, row)
        sentence = self.done(row, reports.open_campaign, opened) if request.method == "POST" else ""
        if sentence is None:
            return redirect(self.card_address(row))
        facts = {"concerned": concerned(row), "have": have(row), "reopens": row.closed_at is not None}
        return self.question("admin/open.html", self.title(row), sentence, row, **facts)

    @expose("/close/", methods=("GET", "POST"))
    def close_view(self) -> Answer:
        """The question whether to close, saying what will never be filed; and the closing."""
        row: Campaign = self.row()
        self.require(Permission.CAMPAIGN_CLOSE, row)
        sentence = self.done(row, reports.close_campaign, closed) if request.method == "POST" else ""
        if sentence is None:
            return redirect(self.card_address(row))
        counts = by_state(row)
        facts = {"campaign": row.id, "counts": counts, "owed": reports.unfiled(db.session, row), "open": is_open(row)}
        return self.question("admin/close.html", self.title(row), sentence, row, **facts)

    def done(self, row: Campaign, verb: Callable[..., int], words: Callable[[int], str]) -> str | None:
        """Do it and say what was done: None; or the sentence that says why not."""
        try:
            count = verb(db.session, row)
            db.session.commit()
        except mistakes.KINDS as error:
            db.session.rollback()
            return mistakes.sentence(error, Campaign)[1]
        flash(words(count), "success")
        return None


def is_open(campaign: Campaign) -> bool:
    """Are its reports being filled in?"""
    return campaign.opened_at is not None and campaign.closed_at is None


def by_state(campaign: Campaign) -> dict[ReportState, int]:
    """How many of its reports are in each state, in the order of their life; what a closed organization left is not counted."""
    counted = select(Report.state, func.count(Report.id)).join(Report.organization).where(owing.counted())
    grouped = counted.where(Report.campaign_id == campaign.id).group_by(Report.state)
    found = {row.state: row[1] for row in db.session.execute(grouped)}
    return {state: found[state] for state in ReportState if state in found}


def concerned(campaign: Campaign) -> int:
    """How many organizations must file."""
    query: Any = reports.concerned(campaign).with_only_columns(func.count(Organization.id)).order_by(None)
    return db.session.scalar(query) or 0


def have(campaign: Campaign) -> int:
    """How many of them have their report already."""
    must: Any = reports.concerned(campaign).with_only_columns(Organization.id).order_by(None)
    theirs = select(func.count(Report.id)).where(Report.campaign_id == campaign.id, Report.organization_id.in_(must))
    return db.session.scalar(theirs) or 0


def opened(made: int) -> str:
    """What the opening did."""
    return str(ngettext("The campaign is open: %(num)s new report.", "The campaign is open: %(num)s new reports.", made))


def closed(unfiled: int) -> str:
    """What the closing did."""
    left = ngettext("%(num)s report was not filed.", "%(num)s reports were not filed.", unfiled)
    return f"{_('The campaign is closed.')} {left if unfiled else _('Every report has been filed.')}"


class ReportView(SchemaView):
    """All reports with their states; a report is filled in and reviewed on its own page."""

    rights: ClassVar = {"list": Permission.PROGRESS_READ}

    def actions(self, row: Report) -> list[tuple[str, str]]:
        """The report itself, for those who may read it."""
        return [(_("Open the report"), f"/reports/{row.id}")] if guard.may(scope.current(), Permission.REPORT_READ, row) else []

    def title(self, row: Report) -> str:
        """Campaign and organization, as it was called then."""
        return f"{row.campaign.title}: {dated.of_report(db.session, row).short_name}"


class RequestView(SchemaView):
    """Requests; they are decided in the request service."""

    rights: ClassVar = {"list": Permission.REQUEST_READ}

    def actions(self, row: Request) -> list[tuple[str, str]]:
        """The request in the service."""
        return [(_("Open in the request service"), f"/requests/{row.id}")]


class MessageView(SchemaView):
    """One's own messages, as a table."""

    rights: ClassVar = {"list": None}
    extra_choices: ClassVar = {"kind": tuple((kind.value, kind.title) for kind in notices.Kind)}
    note = N_("Everybody sees their own messages only.")
