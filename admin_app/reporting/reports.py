"""The verbs of campaigns and reports: open, submit, accept, reject, return, close; and what an organization owes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_
from flask_babel import ngettext
from sqlalchemy import Select, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, joinedload

from admin_app.reporting import audit, campaigns, dated, days, forms, guard, owing, sheet, storage, tidings, workflow
from admin_app.reporting.actor import Actor, current, unscoped
from admin_app.reporting.findings import Finding
from admin_app.reporting.guard import Permission
from admin_app.reporting.refusal import Refused
from admin_app.reporting.workflow import Move
from models import (
    Campaign,
    FormVersion,
    Level,
    Organization,
    Report,
    ReportState,
    RoleName,
    Succession,
    SuccessionKind,
    Titled,
    VersionState,
)

SOON = timedelta(days=7)
LONG = timedelta(days=14)


class Unready(Refused):
    """The report doesn't add up: ``findings`` are what must be put right or explained first."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings
        count = len(findings)
        super().__init__(
            ngettext(
                "The report was not submitted: %(num)s remark must be put right or explained first. Nothing typed is lost.",
                "The report was not submitted: %(num)s remarks must be put right or explained first. Nothing typed is lost.",
                count,
            )
        )


# ── Campaigns ────────────────────────────────────────────────────────────────────────────────────────────────────────


def open_campaign(session: Session, campaign: Campaign) -> int:
    """Give every organization concerned its report and tell its people; how many reports are new.

    Opening again admits organizations registered since and reopens a closed campaign. Raises Refused.
    """
    guard.require(Permission.CAMPAIGN_OPEN, campaign)
    if campaign.form_version.state is not VersionState.PUBLISHED:
        raise Refused(_("A campaign needs a published edition of the form."))
    campaigns.judge(campaign)
    campaign.opened_at = campaign.opened_at or days.now()
    campaign.closed_at = None
    session.flush()
    made = admit(session, campaign, (organization.id for organization in session.scalars(concerned(campaign))))
    audit.record(session, "campaign.opened", campaign, {"reports": made})
    return made


def admit_organizations(session: Session, organization_ids: Sequence[int]) -> int:
    """Give these organizations, new ones or such as have changed, their reports of the campaigns that are open; how many."""
    with unscoped("the reports of new and changed organizations"):
        now_open = session.scalars(select(Campaign).where(Campaign.opened_at.is_not(None), Campaign.closed_at.is_(None))).all()
        must = {
            one: concerned(one).with_only_columns(Organization.id).where(Organization.id.in_(organization_ids))
            for one in now_open
        }
        return sum(admit(session, campaign, session.scalars(query).all()) for campaign, query in must.items())


DUPLICATES = select(Succession.predecessor_id).where(Succession.kind == SuccessionKind.DUPLICATE)


def concerned(campaign: Campaign) -> Select[Organization]:
    """The organizations that must file: by place in the tree, by type, not closed before the period, open when it is due.

    A duplicate that was merged with another has worked in no period: what it had to file, the other one files.
    """
    query = select(Organization).where(Organization.level.in_(campaign.filing_levels)).order_by(Organization.id)
    query = query.where(or_(Organization.closed_on.is_(None), Organization.closed_on > campaign.period.starts_on))
    query = query.where(or_(Organization.opened_on.is_(None), Organization.opened_on <= dated.reference_day(campaign)))
    query = query.where(Organization.id.not_in(DUPLICATES))
    return query.where(Organization.type_id.in_(campaign.type_ids)) if campaign.type_ids else query


def admit(session: Session, campaign: Campaign, organization_ids: Iterable[int]) -> int:
    """Make the reports that are not there yet, and tell their people; how many were made."""
    rows = [{"campaign_id": campaign.id, "organization_id": organization_id} for organization_id in organization_ids]
    if not rows:
        return 0
    with unscoped("the reports of a campaign"):
        statement = insert(Report).on_conflict_do_nothing().returning(Report.id)
        made = list(session.scalars(statement, rows))
        tidings.of_opening(session, campaign, made)
    return len(made)


def close_campaign(session: Session, campaign: Campaign) -> int:
    """No report is begun or filled in any more, but what was sent back may be put right; how many were never filed."""
    guard.require(Permission.CAMPAIGN_CLOSE, campaign)
    if campaign.opened_at is None or campaign.closed_at is not None:
        raise Refused(_("Only an open campaign can be closed."))
    campaign.closed_at = days.now()
    missing = unfiled(session, campaign)
    audit.record(session, "campaign.closed", campaign, {"unfiled": missing})
    return missing


def unfiled(session: Session, campaign: Campaign) -> int:
    """How many reports of the campaign are with organizations that have not filed them (or got them back)."""
    missing = Report.state.in_(owing.UNFILED) & owing.still_files()
    count = select(func.count(Report.id)).join(Report.organization).where(Report.campaign_id == campaign.id, missing)
    return session.scalar(count) or 0


# ── Reports ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def submit(session: Session, report_id: int) -> Report:
    """Check anew and send the report to its reviewer. Raises Unready with what hinders, Refused."""
    report = workflow.lock(session, report_id)
    guard.require(Permission.REPORT_SUBMIT, report)
    if report.state in workflow.EDITABLE and report.revision:
        hindering = [finding for finding in sheet.check(session, report.id) if finding.hinders]
        if hindering:
            raise Unready(hindering)
    return workflow.move(session, report_id, Move.SUBMIT)


def accept(session: Session, report_id: int) -> Report:
    """Accept: the report goes to the next level of its campaign, or is done. Raises Refused."""
    return workflow.move(session, report_id, Move.ACCEPT)


def reject(session: Session, report_id: int, reason: str) -> Report:
    """Send a report under review back with the reason. Raises Refused."""
    return workflow.move(session, report_id, Move.REJECT, reason)


def return_for_editing(session: Session, report_id: int, reason: str, granted: bool = False) -> Report:
    """Open an accepted report again; ``granted`` says that a request for it has been granted. Raises Refused."""
    return workflow.move(session, report_id, Move.RETURN, reason, granted)


# ── What is owed ─────────────────────────────────────────────────────────────────────────────────────────────────────


class Urgency(Titled):
    """Why a report stands in «Мои отчеты», the most urgent first."""

    RETURNED = "returned", N_("Sent back")
    OVERDUE = "overdue", N_("Overdue")
    AT_RISK = "at_risk", N_("The deadline is near")
    FORGOTTEN = "forgotten", N_("Begun and left")
    OWED = "owed", N_("To be filed")


@dataclass(frozen=True)
class Owed:
    """A report that its organization still has to file. ``days_left`` is negative after the deadline.

    ``filled`` and ``fillable`` count its input cells.
    """

    report: Report
    urgency: Urgency
    deadline: date
    days_left: int
    filled: int
    fillable: int


def owed(session: Session, actor: Actor | None = None, today: date | None = None) -> list[Owed]:
    """What the organizations of this person have to file, the most urgent first, then by deadline."""
    today = today or days.today()
    ids = {reach.organization_id for reach in (actor or current()).reaches if reach.role is RoleName.ORGANIZATION}
    branches = select(Organization.id).where(Organization.parent_id.in_(ids), Organization.level == Level.BRANCH)
    query = (
        select(Report)
        .join(Report.campaign)
        .join(Report.organization)
        .where(or_(Report.organization_id.in_(ids), Report.organization_id.in_(branches)), owing.owed())
        .options(joinedload(Report.organization), joinedload(Report.campaign).joinedload(Campaign.period))
        .options(joinedload(Report.campaign).joinedload(Campaign.form_version).joinedload(FormVersion.form))
    )
    found = [as_owed(report, today) for report in session.scalars(query)]
    return sorted(found, key=lambda one: (PRESSING.get(one.urgency, len(PRESSING)), one.deadline, one.report.id))


PRESSING = {Urgency.RETURNED: 0, Urgency.OVERDUE: 1, Urgency.AT_RISK: 2}  # before all that has time, whatever its deadline


def as_owed(report: Report, today: date) -> Owed:
    """One report with its urgency."""
    deadline = report.campaign.deadline
    fillable = storage.fillable(forms.program(report.campaign.form_version))
    return Owed(
        report,
        urgency(report, today),
        deadline,
        (deadline - today).days,
        filled=sum(report.filled.values()),
        fillable=sum(fillable.values()),
    )


def urgency(report: Report, today: date) -> Urgency:
    """How urgent: sent back, overdue, a week to go, begun and not touched for two weeks, or just to be filed."""
    deadline = report.campaign.deadline
    if report.state in owing.SENT_BACK:
        return Urgency.RETURNED
    if today > deadline:
        return Urgency.OVERDUE
    if today >= deadline - SOON:
        return Urgency.AT_RISK
    if report.state is ReportState.DRAFT and today > days.day_of(report.updated_at) + LONG:
        return Urgency.FORGOTTEN
    return Urgency.OWED


def is_late(report: Report, today: date | None = None) -> bool:
    """Whether the deadline passed before the report was submitted: a flag beside its state."""
    filed = report.submitted_at if report.state in (ReportState.SUBMITTED, ReportState.ACCEPTED) else None
    return (days.day_of(filed) if filed else today or days.today()) > report.campaign.deadline
