"""What follows when an organization is registered, moved or classified anew."""

from sqlalchemy.orm import Session

from admin_app.reporting import reports, workflow
from models import Organization


def settle(session: Session, organization: Organization) -> None:
    """Give the organization the reports of the open campaigns that now concern it, and its superior the ones under review.

    To be called by whoever wrote the row; flushes, does not commit. Calling it again changes nothing.
    """
    session.flush()
    reports.admit_organization(session, organization)
    workflow.rehome(session, organization)
