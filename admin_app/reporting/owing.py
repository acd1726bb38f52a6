"""What is owed: one definition for lists, counts and reminders, in SQL and for a row.

An organization owes a report while it may still be typed into and the campaign is open; one that was sent back is owed though its
campaign has closed. From the day on which it is closed an organization owes nothing; what it had not filed by then is counted
nowhere, what it had stays. (Whether it had to file at all, `reports.concerned` decides by the period.)
"""

from datetime import date

from sqlalchemy import ColumnElement, and_, or_

from admin_app.reporting import days, workflow
from models import Campaign, Organization, Report, ReportState

UNFILED = workflow.EDITABLE  # what may still be typed into is what is still owed
SENT_BACK = frozenset({ReportState.REJECTED, ReportState.RETURNED})
ON_ITS_WAY = SENT_BACK | {ReportState.SUBMITTED}


def still_files() -> ColumnElement[bool]:
    """The organization is not closed yet."""
    return or_(Organization.closed_on.is_(None), Organization.closed_on > days.today())


def counted() -> ColumnElement[bool]:
    """Of reports joined with their organizations, those that a count of filing is made of."""
    return or_(Report.state.not_in(UNFILED), still_files())


def under_way() -> ColumnElement[bool]:
    """Of reports joined with their campaigns, those with which something is still to happen, or has in an open campaign."""
    return and_(Campaign.opened_at.is_not(None), or_(Campaign.closed_at.is_(None), Report.state.in_(ON_ITS_WAY)))


def owed() -> ColumnElement[bool]:
    """Of reports joined with their campaigns and organizations, those that are owed."""
    return and_(Report.state.in_(UNFILED), under_way(), still_files())


def closed(organization: Organization, day: date | None = None) -> bool:
    """Does it work no more on that day, or today?"""
    return organization.closed_on is not None and organization.closed_on <= (day or days.today())


def is_owed(report: Report) -> bool:
    """The same of one report."""
    campaign = report.campaign
    if closed(report.organization):
        return False
    return report.state in (UNFILED if campaign.opened_at and not campaign.closed_at else SENT_BACK)
