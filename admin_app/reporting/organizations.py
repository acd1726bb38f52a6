"""What follows when an organization is registered, moved or classified anew."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from admin_app.reporting import reports, workflow
from models import Organization


def settle(session: Session, organization: Organization) -> None:
    """Give the organization the reports of the open campaigns that now concern it, and its superior the ones under review.

    To be called by whoever wrote the row; flushes, does not commit. Calling it again changes nothing.
    """
    settle_many(session, [organization], moved=True)


def settle_many(session: Session, rows: Sequence[Organization], moved: bool) -> None:
    """The same for many at once: some statements for each open campaign instead of for each row. ``moved``: in the tree too."""
    session.flush()
    reports.admit_organizations(session, [row.id for row in rows])
    for row in rows if moved else ():
        workflow.rehome(session, row)
