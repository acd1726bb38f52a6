"""«На проверке»: the reports that wait for the operator's decision, and who has filed or not in their part of the tree."""

from collections.abc import Collection
from typing import Any

from flask import Flask, abort, request, url_for
from flask_admin import Admin
from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from admin_app.extensions import db
from admin_app.reporting import days, entries, guard, owing, progress, reports, scope, tree
from admin_app.reporting.guard import Permission
from models import Campaign, Explanation, FormVersion, Organization, Report, ReportState
from views import deadlines, paging
from views.base import Screen, asked, expose

S = ReportState
Statement = Select[Report]
# What one can look at: name in the address → words, colour, states. "mine" and "late" are narrowed further.
VIEWS: dict[str, tuple[LazyString, str, Collection[ReportState]]] = {
    "mine": (_("wait for you"), "q-submitted", (S.SUBMITTED,)),
    "late": (_("not filed in time"), "q-returned", owing.UNFILED),
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
        """?state= what to look at, ?campaign=, ?under= (a node; ?own=1: without what is below), ?name= (part of it)."""
        reviews = self.is_visible()
        chosen = request.args.get("state", "mine" if reviews else "submitted")
        if chosen not in VIEWS:
            abort(404)
        base = narrowed()
        found = paging.listing(arranged(base.where(of_view(chosen)), chosen), Report.id)
        return str(
            self.render(
                "review/list.html",
                chosen=chosen,
                views=VIEWS if reviews else {name: view for name, view in VIEWS.items() if name != "mine"},
                counts=counted(base),
                page=found,
                explained=explained(found.rows),
                campaigns=progress.campaigns(db.session),
                under=node(),
                to_page=paging.address,
                to_view=to_view,
                is_late=reports.is_late,
                left=deadlines.left,
                days=lambda report: (report.campaign.deadline - days.today()).days,
            )
        )


def narrowed() -> Statement:
    """The reports that the filters leave: of one campaign, or of all where something is still to happen."""
    statement = select(Report).join(Report.campaign).join(Report.organization).where(owing.counted())
    campaign = asked("campaign")
    statement = statement.where(Report.campaign_id == campaign if campaign else owing.under_way())
    if under := node():
        statement = statement.where(Organization.id == under.id) if request.args.get("own") else below(statement, under, campaign)
    if words := entries.clean(request.args.get("name", "")).split():
        statement = statement.where(func.strpos(Organization.sort_key, func.sort_key(" ".join(words))) > 0)
    return statement


def below(statement: Statement, under: Organization, campaign_id: int | None) -> Statement:
    """The reports of a node and all below it; of a campaign that is closed, of what was below it then."""
    campaign = db.session.get(Campaign, campaign_id) if campaign_id else None
    if campaign is None:
        return statement.where(tree.below(under.path))
    return progress.Place.of(db.session, campaign, under).below(statement)


def node() -> Organization | None:
    """The node of ?under=; 404 if the person does not see it."""
    under = asked("under")
    return (db.session.get(Organization, under) or abort(404)) if under else None


def of_view(name: str) -> ColumnElement[bool]:
    """What the reports of a view have in common."""
    states = Report.state.in_(VIEWS[name][2])
    if name == "mine":
        return and_(states, Report.reviewer_id.in_(scope.current().organization_ids))
    return and_(states, Campaign.deadline < days.today()) if name == "late" else states


def counted(statement: Statement) -> dict[str, int]:
    """How many reports each view has, by one statement."""
    columns = (func.count(Report.id).filter(of_view(name)) for name in VIEWS)
    return dict(
        zip(VIEWS, db.session.execute(statement.with_only_columns(*columns, maintain_column_froms=True)).one(), strict=True)
    )


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


def explained(rows: list[Report]) -> dict[int, int]:
    """How many queries of the checks have been explained, by report."""
    statement = select(Explanation.report_id, func.count(Explanation.check_id).label("explained")).group_by(Explanation.report_id)
    found = db.session.execute(statement.where(Explanation.report_id.in_([row.id for row in rows])))
    return {row.report_id: row.explained for row in found}


def to_view(name: str) -> str:
    """This page with another view; the other filters stay."""
    kept: dict[str, Any] = {key: value for key, value in request.args.items() if key not in {"state", "page"}}
    return url_for("review.index", state=name, **kept)


def register(app: Flask, admin: Admin) -> None:  # noqa: ARG001  # every screen is registered alike
    """Add the screen to the one Admin."""
    admin.add_view(Review())
