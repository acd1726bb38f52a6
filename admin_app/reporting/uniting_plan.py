"""What merging two organizations that are one would do, and what is in the way; nothing is written here (`uniting.py` does it).

Every reference to an organization in the schema is named below, as moved or as staying.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from admin_app.reporting import consequences, guard, memberships, owing, reports_moved, tree
from admin_app.reporting.actor import current, full_name, unscoped
from admin_app.reporting.guard import Permission
from admin_app.reporting.refusal import Refused
from admin_app.reporting.reports_moved import Fate
from admin_app.reporting.writes import locked
from models import (
    Event,
    Level,
    Membership,
    Organization,
    OrganizationFact,
    Report,
    ReportState,
    Request,
    RequestKind,
    Succession,
    SuccessionKind,
)

MERGED = "organization.merged"
MOVED = frozenset(  # what names the duplicate and goes over; a new reference must be put here or below (a test asks)
    {
        "membership.organization_id",  # while it lasts; the same person twice becomes one attachment
        "organization.parent_id",
        "report.organization_id",  # `reports_moved` decides about each
        "report.reviewer_id",  # with the organizations below the duplicate (`workflow.rehome`)
        "request.organization_id",  # but not the request to take this very organization out
        "saved_view.organization_id",
    }
)
STAYING = {  # and what stays, with the reason
    "event.organization_id": "the log is never rewritten",
    "organization_fact.organization_id": "what the duplicate was, it was",
    "organization_okved.organization_id": "a field of the card: taken over if it is chosen",
    "succession.predecessor_id": "who followed whom is read along the chain",
    "succession.successor_id": "who followed whom is read along the chain",
    "told_apart.first_id": "a closed organization is not compared",
    "told_apart.second_id": "a closed organization is not compared",
}


@dataclass(frozen=True)
class Seat:
    """An attachment to the duplicate; ``twin``: the same person's in the same role to the one that stays, which lasts on."""

    membership: Membership
    twin: Membership | None


@dataclass(frozen=True)
class Plan:
    """What a merger does. ``refusals``: sentences, empty if it can be done; ``left``: requests that stay with the duplicate."""

    kept: Organization
    closed: Organization
    seats: list[Seat]
    branches: list[Organization]
    fates: list[Fate]
    requests: list[Request]
    left: list[Request]
    refusals: list[str] = field(default_factory=list)

    @property
    def mark(self) -> str:
        """The mark of exactly this merger: whoever confirms it has seen it."""
        seats = [(one.membership.id, one.twin and one.twin.id) for one in self.seats]
        fates = [(one.report.id, one.other and one.other.id, one.outcome.value) for one in self.fates]
        rows = [[row.id for row in several] for several in (self.branches, self.requests, self.left)]
        return consequences.mark_of([self.kept.id, self.closed.id, seats, fates, rows])


# ── Before ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def pair(session: Session, kept_id: int, closed_id: int, lock: bool = False) -> tuple[Organization, Organization]:
    """The one that stays and the duplicate, both the actor's to edit. Raises Refused, Forbidden."""
    if kept_id == closed_id:
        raise Refused(_("Choose two different organizations."))
    query = select(Organization).where(Organization.id.in_((kept_id, closed_id))).order_by(Organization.id)
    rows = {row.id: row for row in session.scalars(locked(query, Organization) if lock else query)}
    if len(rows) < 2:
        raise Refused(_("One of the organizations is gone, or outside your part."))
    for row in rows.values():
        guard.require(Permission.ORGANIZATION_EDIT, row)
    return rows[kept_id], rows[closed_id]


def suggested(session: Session, ids: Iterable[int]) -> int:
    """The one that had better stay: with more accepted reports, then more begun ones, then more people, then the older one."""
    keys = list(ids)
    accepted = counted(session, Report.organization_id, keys, Report.state == ReportState.ACCEPTED)
    begun = counted(session, Report.organization_id, keys, Report.state != ReportState.EMPTY)
    people = counted(session, Membership.organization_id, keys, memberships.lasting())
    return min(keys, key=lambda key: (-accepted.get(key, 0), -begun.get(key, 0), -people.get(key, 0), key))


def counted(session: Session, column: Any, keys: Sequence[int], condition: Any) -> dict[int, int]:
    """How many rows of each of these organizations."""
    query = select(column, func.count()).where(column.in_(keys), condition).group_by(column)
    return {row[0]: row[1] for row in session.execute(query)}


def plan(session: Session, kept: Organization, closed: Organization, lock: bool = False) -> Plan:
    """What merging would do. ``lock``: nobody changes the reports until the transaction ends."""
    seats = seats_of(session, kept, closed)
    below = select(Organization).where(Organization.parent_id == closed.id).order_by(Organization.sort_key, Organization.id)
    fates = reports_moved.fates(session, kept, closed, lock)
    requests, left = requests_of(session, fates, kept, closed)
    made = Plan(kept, closed, seats, list(session.scalars(below)), fates, requests, left)
    made.refusals.extend(hindrances(session, made))
    return made


def requests_of(
    session: Session, fates: list[Fate], kept: Organization, closed: Organization
) -> tuple[list[Request], list[Request]]:
    """The requests that change hands (with their report, else to the one that stays), and those that stay with the duplicate."""
    homes = {key: place for fate in fates for key, place in fate.places(kept, closed)}
    query = select(Request).where(Request.organization_id.in_((kept.id, closed.id))).order_by(Request.id)
    going: list[Request] = []
    left: list[Request] = []
    for one in session.scalars(query):
        stays = one.report_id is not None or one.kind is RequestKind.DELETE_ORGANIZATION
        home = homes.get(one.report_id or 0, one.organization_id if stays else kept.id)
        if home != one.organization_id:
            going.append(one)
        elif home == closed.id:
            left.append(one)
    return going, left


def seats_of(session: Session, kept: Organization, closed: Organization) -> list[Seat]:
    """Who is attached to the duplicate and has not left."""
    query = select(Membership).where(Membership.organization_id.in_((kept.id, closed.id)), memberships.lasting())
    query = query.options(joinedload(Membership.user), joinedload(Membership.role)).order_by(Membership.id)
    rows = session.scalars(query).all()
    there = {(row.user_id, row.role_id): row for row in rows if row.organization_id == kept.id}
    return [Seat(row, there.get((row.user_id, row.role_id))) for row in rows if row.organization_id == closed.id]


def hindrances(session: Session, made: Plan) -> Iterable[str]:
    """Why it can't be done, each in a sentence."""
    kept, closed = made.kept, made.closed
    if Level.REGION in {kept.level, closed.level}:
        yield _("The region itself is merged with nothing.")
    if owing.closed(kept):
        yield _("“%(name)s” is closed: it cannot be the one that stays.", name=kept.short_name)
    if closed.id in tree.nodes(kept.path):
        yield _("“%(one)s” stands below “%(other)s”: let the upper one stay.", one=kept.short_name, other=closed.short_name)
    if made.branches and kept.level is not closed.level:
        yield _(
            "The duplicate has organizations below it, and the other one stands at another place in the tree: move them first."
        )
    if other := followed(session, closed.id):
        yield _("“%(name)s” is merged with another already: %(other)s.", name=closed.short_name, other=other)
    with unscoped("plans that name an organization that is to be merged, whoever made them"):
        plans = session.scalars(select(OrganizationFact.id).where(planned(closed.id)).limit(1)).all()
    if plans:
        yield _("Changes are planned that name the duplicate: take them back first, or wait for their day.")
    mine = {one.membership.user_id for one in made.seats} & {current().user_id} - {None}
    if mine:
        yield _("You are attached to the duplicate yourself: let a colleague merge the two.")
    if above := [one for one in made.seats if one.membership.role.name not in guard.grants(current())]:
        role, name = above[0].membership.role.name.title, full_name(above[0].membership.user)
        yield _("%(name)s is “%(role)s” here: somebody who gives this role must merge the two.", name=name, role=role)


def planned(key: int) -> Any:
    """The plans of an organization, and those that put others below it."""
    moves = (OrganizationFact.field == "parent_id") & (OrganizationFact.value == func.to_jsonb(key))
    return OrganizationFact.planned & or_(OrganizationFact.organization_id == key, moves)


def followed(session: Session, key: int) -> str:
    """What the organization is called into which this one was merged; empty if it wasn't."""
    row = succession(session, key)
    return row.successor.short_name if row is not None and row.successor is not None else "" if row is None else "…"


def succession(session: Session, closed_id: int) -> Succession | None:
    """That this organization was merged into another as its duplicate."""
    query = select(Succession).where(Succession.predecessor_id == closed_id, Succession.kind == SuccessionKind.DUPLICATE)
    return session.scalar(query.options(joinedload(Succession.successor)))


def merge_event(session: Session, closed_id: int) -> Event | None:
    """The latest merger of this duplicate, whoever may read the log."""
    query = select(Event).where(Event.kind == MERGED, Event.subject_type == "organization", Event.subject_id == closed_id)
    with unscoped("what a merger has moved"):
        return session.scalars(query.where(Event.data.has_key("merged_into")).order_by(Event.id.desc()).limit(1)).first()
