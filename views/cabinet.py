"""«Личный кабинет пользователя»: what is owed, what is new, where one works, what one has asked for, who one is."""

from dataclasses import dataclass

from flask import Flask
from flask_admin import Admin
from flask_babel import format_date, gettext, ngettext
from flask_babel import lazy_gettext as _
from flask_login import current_user
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from admin_app.extensions import db
from admin_app.reporting import days, guard, owing, reports, requests, scope
from admin_app.reporting.guard import Permission
from admin_app.reporting.reports import Owed
from models import Campaign, FormVersion, Message, Organization, Report, ReportState, RequestKind, RequestState, RoleName
from views import deadlines, messages
from views.base import Screen, expose
from views.request_forms import own_organizations
from views.requests import ICONS

K = RequestKind
RECENT = 4


class Cabinet(Screen):
    """The first page after signing in. The five blocks of the contract; for a newcomer, what to do next."""

    title = _("Personal cabinet of the user")
    address = "/cabinet"

    @expose("")
    def index(self) -> str:
        """All five blocks."""
        owed = reports.owed(db.session)
        actor = scope.current()
        asked = db.session.scalars(requests.mine().limit(3)).unique().all()
        return str(
            self.render(
                "cabinet/index.html",
                owed=owed,
                filed=filed() if actor.reaches else [],
                duty=duty() if guard.may(actor, Permission.REPORT_REVIEW) else None,
                scale=deadlines.scale([(one.deadline, code_of(one.report)) for one in owed], days.today()),
                summary=summary(owed),
                messages=db.session.scalars(messages.own().order_by(Message.id.desc()).limit(RECENT)).all(),
                requests=asked,
                asked=next((one for one in asked if (one.kind, one.state) == (K.ATTACH_USER, RequestState.OPEN)), None),
                roles=roles(actor),
                files=RoleName.ORGANIZATION in actor.roles,
                user=current_user,
                code_of=code_of,
                left=deadlines.left,
                kind=deadlines.kind,
                message_icon=messages.icon_of,
                request_icons=ICONS,
            )
        )


def roles(actor: scope.Actor) -> dict[int, str]:
    """What the person is at each of their organizations; several roles at one stand side by side."""
    found: dict[int, list[str]] = {}
    for reach in actor.reaches:
        found.setdefault(reach.organization_id, []).append(str(reach.role.title))
    return {organization: ", ".join(dict.fromkeys(titles)) for organization, titles in found.items()}


@dataclass(frozen=True)
class Duty:
    """What an operator's own desk holds: reports that wait for a decision, and those nobody has filed in time."""

    waiting: int
    late: int


def duty() -> Duty:
    """Counted over the operator's part of the organizations."""
    own = scope.current().organization_ids
    waiting = select(func.count(Report.id)).where(Report.state == ReportState.SUBMITTED, Report.reviewer_id.in_(own))
    late = (
        select(func.count(Report.id))
        .join(Report.campaign)
        .join(Report.organization)
        .where(owing.owed(), Campaign.deadline < days.today())
    )
    return Duty(db.session.scalar(waiting) or 0, db.session.scalar(late) or 0)


def filed() -> list[Report]:
    """The reports of one's own organizations that are out of one's hands, the latest decisions first."""
    mine = own_organizations().with_only_columns(Organization.id).order_by(None)
    form = joinedload(Report.campaign).joinedload(Campaign.form_version).joinedload(FormVersion.form)
    statement = (
        select(Report)
        .where(Report.organization_id.in_(mine), Report.state.in_((ReportState.SUBMITTED, ReportState.ACCEPTED)))
        .options(joinedload(Report.organization), joinedload(Report.campaign).joinedload(Campaign.period), form)
        .order_by(Report.submitted_at.desc().nulls_last(), Report.id.desc())
        .limit(3)
    )
    return list(db.session.scalars(statement))


def code_of(report: Report) -> str:
    """The code of the report's form."""
    return str(report.campaign.form_version.form.code)


def summary(owed: list[Owed]) -> str:
    """The one sentence under the heading."""
    if not owed:
        return str(gettext("Nothing has to be filed now."))
    late = sum(one.days_left < 0 for one in owed)
    count = ngettext("%(num)d report is left to file.", "%(num)d reports are left to file.", len(owed))
    if late:
        return " ".join((count, gettext("Overdue: %(count)s.", count=late)))
    nearest = format_date(min(one.deadline for one in owed), "EEEE, d MMMM")
    return " ".join((count, gettext("The nearest deadline is %(day)s.", day=nearest)))


def register(app: Flask, admin: Admin) -> None:  # noqa: ARG001  # every screen is registered alike
    """Add the screen to the one Admin."""
    admin.add_view(Cabinet())
