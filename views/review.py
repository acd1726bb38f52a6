"""«На проверке»: the reports that wait for the operator's decision, and who has filed or not in their part of the tree."""

from datetime import date
from typing import Any

from flask import Flask, abort, request, url_for
from flask_admin import Admin, expose
from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from admin_app.extensions import db
from admin_app.reporting import guard, progress, reports, scope
from admin_app.reporting.guard import Permission
from models import Campaign, Explanation, FormVersion, Organization, Report, ReportState
from views import deadlines, paging
from views.base import Screen

S = ReportState
Statement = Select[tuple[Report]]
# What one can look at: name in the address → words, colour, states. "mine" and "late" are narrowed further.
VIEWS: dict[str, tuple[LazyString, str, tuple[ReportState, ...]]] = {
    "mine": (_("wait for you"), "q-submitted", (S.SUBMITTED,)),
    "late": (_("not filed in time"), "q-returned", reports.UNFILED),
    "empty": (_("not begun"), "q-empty", (S.EMPTY,)),
    "draft": (_("being filled in"), "q-draft", (S.DRAFT,)),
    "submitted": (_("under review"), "q-submitted", (S.SUBMITTED,)),
    "back": (_("sent back"), "q-returned", (S.REJECTED, S.RETURNED)),
    "accepted": (_("accepted"), "q-accepted", (S.ACCEPTED,)),
}


class Review(Screen):
    """The supervisor's inbox. Accepting and rejecting happen on the report itself, where one sees what one decides on."""

    title = _("For review")
    address = "/review"
    needs = Permission.PROGRESS_READ

    def is_visible(self) -> bool:
        """In the menu of those who review."""
        return bool(guard.may(scope.current(), Permission.REPORT_REVIEW))

    @expose("")
    def index(self) -> str:
        """?state= what to look at, ?campaign=, ?under= (a node of the tree), ?name= (part of the organization's name)."""
        reviews = self.is_visible()
        chosen = request.args.get("state", "mine" if reviews else "submitted")
        if chosen not in VIEWS:
            abort(404)
        base = narrowed()
        found = paging.listing(arranged(of_view(base, chosen), chosen), Report.id)
        return str(
            self.render(
                "review/list.html",
                chosen=chosen,
                views=VIEWS if reviews else {name: view for name, view in VIEWS.items() if name != "mine"},
                counts={name: counted(of_view(base, name)) for name in VIEWS},
                page=found,
                explained=explained(found.rows),
                campaigns=progress.campaigns(db.session),
                under=node(),
                to_page=paging.address,
                to_view=to_view,
                is_late=reports.is_late,
                left=deadlines.left,
                days=lambda report: (report.campaign.deadline - date.today()).days,
            )
        )


def narrowed() -> Statement:
    """The reports of the opened campaigns that the filters leave."""
    statement = select(Report).join(Report.campaign).join(Report.organization).where(Campaign.opened_at.is_not(None))
    campaign = request.args.get("campaign", type=int)
    statement = statement.where(Report.campaign_id == campaign if campaign else Campaign.closed_at.is_(None))
    if under := node():
        statement = statement.where(Organization.path.startswith(under.path))
    if words := request.args.get("name", "").split():
        key = func.sort_key(" ".join(words))
        statement = statement.where(Organization.sort_key.contains(key))
    return statement


def node() -> Organization | None:
    """The node of ?under=; 404 if the person does not see it."""
    asked = request.args.get("under", type=int)
    return (db.session.get(Organization, asked) or abort(404)) if asked else None


def of_view(statement: Statement, name: str) -> Statement:
    """Those of one of the views."""
    statement = statement.where(Report.state.in_(VIEWS[name][2]))
    if name == "mine":
        statement = statement.where(Report.reviewer_id.in_(scope.current().organization_ids))
    if name == "late":
        statement = statement.where(Campaign.deadline < func.current_date())
    return statement


def arranged(statement: Statement, name: str) -> Statement:
    """In the order in which they deserve a look: under review, those with explained queries first, then who waits longest."""
    campaign = contains_eager(Report.campaign)
    statement = statement.options(
        contains_eager(Report.organization),
        campaign.joinedload(Campaign.period),
        campaign.joinedload(Campaign.form_version).joinedload(FormVersion.form),
        joinedload(Report.submitted_by),
    )
    if S.SUBMITTED in VIEWS[name][2]:
        note = aliased(Explanation)
        notes = select(func.count(note.check_id)).where(note.report_id == Report.id).correlate(Report).scalar_subquery()
        return statement.order_by(notes.desc(), Report.submitted_at, Report.id)
    return statement.order_by(Campaign.deadline, Organization.sort_key, Report.id)


def counted(statement: Statement) -> int:
    """How many."""
    return db.session.scalar(statement.with_only_columns(func.count(Report.id), maintain_column_froms=True)) or 0


def explained(rows: list[Report]) -> dict[int, int]:
    """How many queries of the checks have been explained, by report."""
    statement = select(Explanation.report_id, func.count(Explanation.check_id)).group_by(Explanation.report_id)
    found = db.session.execute(statement.where(Explanation.report_id.in_([row.id for row in rows])))
    return dict(found.tuples().all())


def to_view(name: str) -> str:
    """This page with another view; the other filters stay."""
    kept: dict[str, Any] = {key: value for key, value in request.args.items() if key not in {"state", "page"}}
    return url_for("review.index", state=name, **kept)


def register(app: Flask, admin: Admin) -> None:  # noqa: ARG001  # every screen is registered alike
    """Add the screen to the one Admin."""
    admin.add_view(Review())
