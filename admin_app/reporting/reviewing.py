"""Who has a report for review: which organizations, one after another, and who acts for them."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app.reporting import tree
from admin_app.reporting.actor import Actor, unscoped
from models import Organization, Report, RoleName


def lineage(organization: Organization) -> list[int]:
    """The ids from the organization itself up to the region."""
    return tree.nodes(organization.path)[::-1]


def holds(actor: Actor, organization: Organization) -> bool:
    """Whether the actor supervises this organization itself: attached to it or above it as an operator."""
    operators = (RoleName.SUPERVISOR, RoleName.CENTRAL)
    return any(reach.role in operators and organization.path.startswith(reach.path) for reach in actor.reaches)


def reviewers(session: Session, report: Report) -> list[Organization]:
    """Who reviews the report, one after another: the organizations above it at the levels of the campaign, from below.

    Where none of them is above (a municipal office files itself), its direct superior.
    """
    above = lineage(report.organization)[1:]
    with unscoped("who reviews the report"):
        found = {row.id: row for row in session.scalars(select(Organization).where(Organization.id.in_(above)))}
    chain = [found[node] for node in above]
    return [row for row in chain if row.level in report.campaign.review_levels] or chain[:1]


def next_reviewer(session: Session, report: Report) -> Organization | None:
    """The organization to which the report goes next; None if nobody is left."""
    chain = reviewers(session, report)
    if report.reviewer_id is None:
        return chain[0] if chain else None
    places = [row.id for row in chain]
    passed = places.index(report.reviewer_id) + 1 if report.reviewer_id in places else len(chain)
    return chain[passed] if passed < len(chain) else None
