"""What a change opens and closes, asked before it is made: an attachment, its end, a move in the tree, a closing.

An attachment is measured by the rule of `rules.py` itself: what the person would see with it and doesn't without. A move is
measured by making it: `Standing` before, `Change` after, in one transaction that the edge commits or rolls back.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Select, and_, false, func, not_, or_, select, true
from sqlalchemy.orm import Session

from admin_app.reporting import memberships, owing, reviewing, rules, tree
from admin_app.reporting.actor import Actor, Reach, full_name, quietly
from models import Campaign, Level, Membership, Organization, Report, ReportState, Request, RequestState, Role, RoleName, User

NAMED = 10  # people called by name


@dataclass(frozen=True)
class Numbers:
    """How many organizations, reports, requests under consideration, people."""

    organizations: int = 0
    reports: int = 0
    requests: int = 0
    people: int = 0

    def __bool__(self) -> bool:
        return any(vars(self).values())


@dataclass(frozen=True)
class People:
    """Those whom the current actor may see: the first by name, and how many more."""

    names: tuple[str, ...] = ()
    more: int = 0


# ── An attachment ────────────────────────────────────────────────────────────────────────────────────────────────────


def with_reach(actor: Actor, reach: Reach) -> Actor:
    """The person with one more attachment."""
    return replace(actor, reaches=(*actor.reaches, reach))


def without_reach(actor: Actor, reach: Reach) -> Actor:
    """The person without this attachment (one of two equal ones stays)."""
    left = list(actor.reaches)
    if reach in left:
        left.remove(reach)
    return replace(actor, reaches=tuple(left))


def opened(session: Session, before: Actor, after: Actor) -> Numbers:
    """What the second actor sees and the first doesn't, in one statement. Swapped, it is what is closed."""
    state = Request.state == RequestState.OPEN
    counts = [
        gained(Organization, before, after),
        gained(Report, before, after),
        gained(Request, before, after).where(state),
        gained(User, before, after),
    ]
    with quietly("what a change of rights opens"):
        return Numbers(*session.execute(select(*(one.scalar_subquery() for one in counts))).one())


def gained(model: Any, before: Actor, after: Actor) -> Select[Any]:
    """How many rows of the model."""
    old, new = rules.condition(before, model), rules.condition(after, model)
    already = true() if old is None else func.coalesce(old, false())  # of a row without an organization a rule says NULL
    return select(func.count(model.id)).where(true() if new is None else new, not_(already))


# ── A move in the tree, a closing ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Standing:
    """How things were before the change: who sees the organization, who has its reports for review, what it owed."""

    parent_id: int | None
    level: Level
    closed: bool
    watchers: frozenset[int]
    reviewers: dict[int, int | None]
    owed: int


@dataclass(frozen=True)
class Change:
    """What the change did. ``numbers``: what lies in the part that is moved or closed; ids of people who gain or lose sight."""

    moved: bool
    numbers: Numbers
    gain: tuple[int, ...] = ()
    lose: tuple[int, ...] = ()
    handed_over: int = 0
    no_longer_owed: int = 0

    @property
    def data(self) -> dict[str, Any]:
        """As the log keeps it."""
        return {**vars(self), "numbers": vars(self.numbers)}

    @property
    def digest(self) -> str:
        """The mark of exactly this change: whoever confirms it has seen it."""
        return mark_of(self.data)


def mark_of(shown: Any) -> str:
    """The mark of what a person is shown before it is done (anything that JSON holds): a form sends it back."""
    return hashlib.sha256(json.dumps(shown, sort_keys=True, default=str).encode()).hexdigest()[:16]


def standing(session: Session, organization: Organization) -> Standing:
    """How things are now."""
    return Standing(
        organization.parent_id,
        organization.level,
        organization.closed_on is not None,
        watchers(session, organization),
        under_review(session, organization),
        owed(session, organization),
    )


def of_change(session: Session, before: Standing, organization: Organization) -> Change | None:
    """What has changed since, after the flush; None if the organization neither moved nor closed."""
    moved = (organization.parent_id, organization.level) != (before.parent_id, before.level)
    closing = organization.closed_on is not None and not before.closed
    if not moved and not closing:
        return None
    now, under = watchers(session, organization), under_review(session, organization)
    return Change(
        moved,
        part(session, organization),
        tuple(sorted(now - before.watchers)),
        tuple(sorted(before.watchers - now)),
        sum(before.reviewers.get(key) != reviewer for key, reviewer in under.items()),
        before.owed - owed(session, organization),
    )


def watchers(session: Session, organization: Organization) -> frozenset[int]:
    """The people who see the organization by an attachment in force (`rules.within`, asked from the other side)."""
    own = [organization.id] + ([organization.parent_id] if organization.level is Level.BRANCH else [])
    far = and_(Role.name != RoleName.ORGANIZATION, Membership.organization_id.in_(reviewing.lineage(organization)))
    near = and_(Role.name == RoleName.ORGANIZATION, Membership.organization_id.in_(own))
    held = select(Membership.user_id).join(Membership.role).where(memberships.in_force(), or_(far, near))
    with quietly("who sees an organization"):
        return frozenset(session.scalars(held.distinct()))


def under_review(session: Session, organization: Organization) -> dict[int, int | None]:
    """Who has which of its reports under review, and of those below it."""
    found = select(Report.id, Report.reviewer_id).join(Report.organization)
    with quietly("who reviews what moves"):
        rows = session.execute(found.where(tree.below(organization.path), Report.state == ReportState.SUBMITTED))
        return {row.id: row.reviewer_id for row in rows}


def owed(session: Session, organization: Organization) -> int:
    """How many reports the organization itself owes."""
    found = select(func.count(Report.id)).join(Report.organization).join(Campaign, Campaign.id == Report.campaign_id)
    with quietly("what is owed"):
        return session.scalar(found.where(Organization.id == organization.id, owing.owed())) or 0


def part(session: Session, organization: Organization) -> Numbers:
    """What lies at and below the organization."""
    there = tree.below(organization.path)
    people = select(func.count(Membership.user_id.distinct())).join(Membership.organization)
    counts = (
        select(func.count(Organization.id)).where(there),
        select(func.count(Report.id)).join(Report.organization).where(there),
        select(func.count(Request.id)).join(Request.organization).where(there, Request.state == RequestState.OPEN),
        people.where(there, memberships.lasting()),
    )
    with quietly("what lies in a part of the tree"):
        return Numbers(*session.execute(select(*(one.scalar_subquery() for one in counts))).one())


def people(session: Session, ids: Iterable[int]) -> People:
    """These people, as far as the current actor sees them."""
    rows = session.scalars(select(User).where(User.id.in_(list(ids))).order_by(User.sort_key, User.id)).all()
    return People(tuple(full_name(row) for row in rows[:NAMED]), max(len(rows) - NAMED, 0))
