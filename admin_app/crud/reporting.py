"""Forms, periods, campaigns, and what the reporting itself writes (read only here)."""

from typing import Any, ClassVar

from flask import flash, redirect, request
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import func

from admin_app.crud.base import Answer, SchemaView
from admin_app.extensions import db
from admin_app.reporting import guard, reports, scope
from admin_app.reporting.guard import Permission
from admin_app.reporting.refusal import Refused
from models import Campaign, Form, FormVersion, Organization, Report, Request


class FormView(SchemaView):
    """Reporting forms; their documents are written in the form designer."""

    rights: ClassVar = {
        "list": Permission.FORM_READ,
        "create": Permission.FORM_EDIT,
        "edit": Permission.FORM_EDIT,
        "delete": Permission.FORM_EDIT,
    }

    def actions(self, row: Form) -> list[tuple[str, str]]:
        """The designer."""
        return [(_("Open in the form designer"), f"/forms/{row.id}")]


class FormVersionView(SchemaView):
    """Editions of forms: read here, written and published in the designer."""

    rights: ClassVar = {"list": Permission.FORM_READ}

    def actions(self, row: FormVersion) -> list[tuple[str, str]]:
        """How the report looks, empty."""
        return [(_("Preview of the report"), f"/forms/{row.form_id}/versions/{row.id}")]


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
        """Open it: again, after new organizations have been registered."""
        if not guard.may(scope.current(), Permission.CAMPAIGN_OPEN, row):
            return []
        words = _("Open the campaign") if row.opened_at is None or row.closed_at else _("Admit new organizations")
        return [(words, str(self.get_url(".open_view", id=row.id)))]

    def fixed(self, row: Any) -> set[str]:
        """Once open, what the campaign asks for cannot change any more; its title and deadline can."""
        if row is None or row.opened_at is None:
            return set()
        return {spec.name for spec in self.typed()} - {"title", "deadline"}

    @expose("/open/", methods=("GET", "POST"))
    def open_view(self) -> Answer:
        """The question whether to open, saying how many organizations it concerns; and the opening."""
        row: Campaign = self.row()
        self.require(Permission.CAMPAIGN_OPEN, row)
        sentence = ""
        if request.method == "POST":
            try:
                made = reports.open_campaign(db.session, row)
                db.session.commit()
            except Refused as refused:
                db.session.rollback()
                sentence = refused.sentence
            else:
                flash(opened(made), "success")
                return redirect(self.card_address(row))
        facts = {"concerned": concerned(row), "have": have(row), "back": self.card_address(row)}
        return self.render("admin/open.html", campaign=row, name=self.title(row), sentence=sentence, **facts)


def concerned(campaign: Campaign) -> int:
    """How many organizations must file."""
    query: Any = reports.concerned(campaign).with_only_columns(func.count(Organization.id)).order_by(None)
    return db.session.scalar(query) or 0


def have(campaign: Campaign) -> int:
    """How many have their report already."""
    query: Any = reports.concerned(campaign).with_only_columns(func.count(Report.id)).order_by(None)
    joined = query.join(Report, (Report.organization_id == Organization.id) & (Report.campaign_id == campaign.id))
    return db.session.scalar(joined) or 0


def opened(made: int) -> str:
    """What the opening did."""
    return ngettext("The campaign is open: %(num)s new report.", "The campaign is open: %(num)s new reports.", made)


class ReportView(SchemaView):
    """All reports with their states; a report is filled in and reviewed on its own page."""

    rights: ClassVar = {"list": Permission.PROGRESS_READ}

    def actions(self, row: Report) -> list[tuple[str, str]]:
        """The report itself, for those who may read it."""
        return [(_("Open the report"), f"/reports/{row.id}")] if guard.may(scope.current(), Permission.REPORT_READ, row) else []

    def title(self, row: Report) -> str:
        """Campaign and organization."""
        return f"{row.campaign.title}: {row.organization.short_name}"


class RequestView(SchemaView):
    """Requests; they are decided in the request service."""

    rights: ClassVar = {"list": Permission.REQUEST_READ}

    def actions(self, row: Request) -> list[tuple[str, str]]:
        """The request in the service."""
        return [(_("Open in the request service"), f"/requests/{row.id}")]


class MessageView(SchemaView):
    """One's own messages, as a table."""

    rights: ClassVar = {"list": None}
    note = _l("Everybody sees their own messages only.")
