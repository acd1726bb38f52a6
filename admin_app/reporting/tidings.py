"""What people are told about their reports, each in their own language: words and recipients."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, aliased

from admin_app.reporting import memberships, notices
from admin_app.reporting.actor import current, unscoped
from admin_app.reporting.formula.errors import N_
from admin_app.reporting.notices import Kind
from models import Campaign, Level, Membership, Organization, Report, ReportState, Role, RoleName

FILERS = (RoleName.ORGANIZATION,)
REVIEWERS = (RoleName.SUPERVISOR, RoleName.CENTRAL)


def link(report: Report) -> str:
    """The report's own page."""
    return f"/reports/{report.id}"


def filers(session: Session, organization: Organization) -> list[int]:
    """The people of an organization; for a branch its school's people too."""
    found = notices.people_of(session, organization.id, FILERS)
    if organization.level == "branch" and organization.parent_id is not None:
        found += notices.people_of(session, organization.parent_id, FILERS)
    return found


def reviewer_of(session: Session, report: Report) -> Organization | None:
    """The organization that has the report now, also for those who don't see it otherwise."""
    with unscoped("the name of the reviewer"):
        return session.get(Organization, report.reviewer_id) if report.reviewer_id else None


def of_move(session: Session, report: Report, move: str, reason: str) -> None:
    """Tell both sides what has happened to the report; whoever did it is not told."""
    reviewer = reviewer_of(session, report)
    if reviewer is not None:
        of_arrival(session, report, reviewer)
    if move != "submit":
        of_decision(session, report, reviewer, reason)


def of_arrival(session: Session, report: Report, reviewer: Organization) -> None:
    """A report came in: tell those who review it."""
    name = report.organization.short_name
    people = set(notices.people_of(session, reviewer.id, REVIEWERS)) - {current().user_id}
    notices.tell(
        session,
        people,
        Kind.REPORT_SUBMITTED,
        _("Report for review: %(name)s", name=name),
        _("%(name)s has sent the report “%(campaign)s” for review.", name=name, campaign=report.campaign.title),
        link(report),
    )


DECISIONS = {
    ReportState.ACCEPTED: (
        Kind.REPORT_ACCEPTED,
        N_("Report accepted: %(campaign)s"),
        N_("The report “%(campaign)s” of %(name)s is accepted."),
    ),
    ReportState.REJECTED: (
        Kind.REPORT_REJECTED,
        N_("Report rejected: %(campaign)s"),
        N_(
            "The report “%(campaign)s” of %(name)s is rejected.\n\nReason: %(reason)s\n\n"
            "Please correct it, save, check and submit it again."
        ),
    ),
    ReportState.RETURNED: (
        Kind.REPORT_RETURNED,
        N_("Report returned for editing: %(campaign)s"),
        N_(
            "The report “%(campaign)s” of %(name)s is open for editing again.\n\nReason: %(reason)s\n\n"
            "It counts as filed only after it has been submitted again."
        ),
    ),
    ReportState.SUBMITTED: (
        Kind.REPORT_ACCEPTED,
        N_("Report handed on: %(campaign)s"),
        N_("The report “%(campaign)s” of %(name)s passed one review and is now with: %(reviewer)s."),
    ),
}


def of_decision(session: Session, report: Report, reviewer: Organization | None, reason: str) -> None:
    """A report was accepted, handed on, rejected or returned: tell those who filled it in."""
    kind, subject, body = DECISIONS[report.state]
    words = {
        "campaign": report.campaign.title,
        "name": report.organization.short_name,
        "reason": reason,
        "reviewer": reviewer.short_name if reviewer else "",
    }
    people = set(filers(session, report.organization)) - {current().user_id}
    notices.tell(session, people, kind, _(subject, **words), _(body, **words), link(report))


def of_new_reviewer(session: Session, report: Report, reviewer: Organization) -> None:
    """An organization was moved in the tree while its report was under review: tell who reviews it now, and who filled it in."""
    words = {"campaign": report.campaign.title, "name": report.organization.short_name, "reviewer": reviewer.short_name}
    review = _("Report for review: %(name)s", **words)
    joined = _("%(name)s belongs to your part now. Its report “%(campaign)s” waits for your decision.", **words)
    reviewers = set(notices.people_of(session, reviewer.id, REVIEWERS)) - {current().user_id}
    notices.tell(session, reviewers, Kind.REPORT_SUBMITTED, review, joined, link(report))
    subject = _("Another reviewer: %(campaign)s", **words)
    body = _("The report “%(campaign)s” of %(name)s is now under review by: %(reviewer)s. You need not do anything.", **words)
    people = set(filers(session, report.organization)) - {current().user_id}
    notices.tell(session, people, Kind.REPORT_SUBMITTED, subject, body, link(report))


def of_opening(session: Session, campaign: Campaign, report_ids: Sequence[int]) -> None:
    """Reports are to be filed: tell the people who file them, each once, however many organizations they have."""
    node = aliased(Organization)
    filing = or_(
        Membership.organization_id == node.id,
        and_(Membership.organization_id == node.parent_id, node.level == Level.BRANCH),
    )
    people = (
        select(Membership.user_id)
        .join(Role, Role.id == Membership.role_id)
        .join(node, filing)
        .join(Report, Report.organization_id == node.id)
        .where(Report.id.in_(report_ids), Role.name.in_(FILERS), memberships.in_force())
        .distinct()
    )
    with unscoped("who files the reports of a campaign"):
        recipients = list(session.scalars(people))
    words = {"campaign": campaign.title, "deadline": campaign.deadline.strftime("%d.%m.%Y")}
    subject = _("A report is to be filed: %(campaign)s", **words)
    body = _("Please file the report “%(campaign)s” by %(deadline)s. It waits for you in «My reports».", **words)
    notices.tell(session, recipients, Kind.CAMPAIGN_OPENED, subject, body, "/cabinet")


def of_comment(session: Session, report: Report, text: str, place: str) -> None:
    """Somebody commented on a report: tell the filers and, while it is under review or accepted, its reviewers."""
    author = current()
    people = set(filers(session, report.organization))
    reviewer = report.reviewer_id or (report.organization.parent_id if report.state is ReportState.ACCEPTED else None)
    if reviewer is not None:
        people |= set(notices.people_of(session, reviewer, REVIEWERS))
    notices.tell(
        session,
        people - {author.user_id},
        Kind.REPORT_COMMENT,
        _("Comment: %(campaign)s, %(name)s", campaign=report.campaign.title, name=report.organization.short_name),
        f"{author.name}{place and f' ({place})'}: {text}",
        link(report),
    )
