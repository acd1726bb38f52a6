"""What follows when an organization is registered, moved or classified anew."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app.reporting import reports, workflow
from admin_app.reporting.actor import unscoped
from models import Campaign, Organization


def settle(session: Session, organization: Organization) -> None:
    """Give the organization the reports of the open campaigns that now concern it, and its superior the ones under review.

    To be called by whoever wrote the row; flushes, does not commit. Calling it again changes nothing.
    """
    session.flush()
    reports.admit_organization(session, organization)
    workflow.rehome(session, organization)


def settle_many(session: Session, rows: Sequence[Organization], moved: bool) -> None:
    """The same for many at once: some statements for each open campaign instead of for each row. ``moved``: in the tree too."""
    session.flush()
    keys = [row.id for row in rows]
    with unscoped("the reports of organizations changed together"):
        now_open = session.scalars(select(Campaign).where(Campaign.opened_at.is_not(None), Campaign.closed_at.is_(None))).all()
        for campaign in now_open:
            must = reports.concerned(campaign).with_only_columns(Organization.id).where(Organization.id.in_(keys))
            reports.admit(session, campaign, session.scalars(must).all())
    for row in rows if moved else ():
        workflow.rehome(session, row)
