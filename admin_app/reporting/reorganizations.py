"""Reorganizations: one organization joins another, several merge into a new one, one is divided, or another is spun off from it.

All of them come to the same: who follows whom since which day (`Succession`), whether the predecessor closes, and what goes over
to the successor: its branches, its people. Reports stay with whoever filed them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_
from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from admin_app.reporting import accounts, audit, days, guard, memberships, moving, organizations, owing
from admin_app.reporting.actor import unscoped
from admin_app.reporting.guard import Forbidden, Permission
from admin_app.reporting.refusal import Refused
from models import Level, Membership, Organization, Succession, SuccessionKind

Kind = SuccessionKind
CLOSING = frozenset({Kind.JOINED, Kind.MERGED, Kind.DIVIDED})  # after these the predecessor is no more
ORIGIN = "reorganization"
CHOICES = (Kind.JOINED, Kind.MERGED, Kind.DIVIDED, Kind.SPUN_OFF)


@dataclass
class Done:
    """What went over: what stood below, by name; the people attached anew, those there already, those who could not be."""

    below: list[str] = field(default_factory=list)
    attached: list[int] = field(default_factory=list)
    there: list[int] = field(default_factory=list)
    left_out: list[int] = field(default_factory=list)


def reorganize(
    session: Session, row: Organization, successor: Organization, kind: Kind, day: date, below: bool, people: bool
) -> Done:
    """Let ``successor`` follow ``row`` from the day on, which may be past or to come; flushes.

    ``below``: what stands under it goes over too; ``people``: whoever is attached to it is attached to the successor as well, and
    keeps the old attachment, because the past reports are still read and put right. Raises Refused, Forbidden, OutOfScope.
    """
    judge(session, row, successor, kind, day)
    with audit.together(ORIGIN):
        return carry_out(session, row, successor, kind, day, below, people)


def carry_out(
    session: Session, row: Organization, successor: Organization, kind: Kind, day: date, below: bool, people: bool
) -> Done:
    """The same, judged already; all of it is one batch, which is undone as a whole."""
    done = Done()
    session.add(Succession(predecessor_id=row.id, successor_id=successor.id, kind=kind, day=day))
    if below:
        under = session.scalars(select(Organization).where(Organization.parent_id == row.id).order_by(Organization.id))
        rows = [one for one in under if one.id != successor.id and not owing.closed(one, day)]
        moving.put(session, rows, successor, day)
        done.below = [one.short_name for one in rows]
    if people:
        follow(session, row, successor, day, done)
    if kind in CLOSING:
        row.closed_on = day
        session.flush()
        organizations.settle(session, row)
    if kind is not Kind.JOINED and successor.opened_on is None:
        successor.opened_on = day
        session.flush()
    said = {"kind": kind, "successor": successor.short_name, "day": day, "below": done.below, "people": len(done.attached)}
    audit.record(session, "organization.reorganized", row, said)
    return done


def judge(session: Session, row: Organization, successor: Organization, kind: Kind, day: date) -> None:
    """Raises Refused for what makes no sense, Forbidden for what is not the actor's to do."""
    guard.require(Permission.ORGANIZATION_EDIT, row)
    guard.require(Permission.ORGANIZATION_EDIT, successor)
    if kind not in CHOICES:
        raise Refused(_("Choose what kind of reorganization it is."), "kind")
    if row.id == successor.id:
        raise Refused(_("An organization does not follow itself: choose another one."), "successor_id")
    if row.level is not successor.level:
        raise Refused(
            _("The successor stands elsewhere in the tree: a branch follows a branch, an office an office."), "successor_id"
        )
    if row.level is Level.REGION:
        raise Refused(_("The region is not reorganized here."), "kind")
    if kind in CLOSING and row.closed_on is not None and row.closed_on < day:
        raise Refused(_("“%(name)s” is closed earlier already.", name=row.short_name), "day")
    if owing.closed(successor, day):
        raise Refused(_("“%(name)s” is closed by then: choose another successor.", name=successor.short_name), "successor_id")
    pair = select(Succession.id).where(Succession.predecessor_id == row.id, Succession.successor_id == successor.id)
    back = select(Succession.id).where(Succession.predecessor_id == successor.id, Succession.successor_id == row.id)
    if session.scalar(pair) is not None or session.scalar(back) is not None:
        raise Refused(_("That one of them follows the other is entered already."), "successor_id")


def follow(session: Session, row: Organization, successor: Organization, day: date, done: Done) -> None:
    """Attach the organization's people to its successor, from the day on or from today, in the roles that they have."""
    for one in attached(session, row):
        try:
            accounts.attach(session, one.user_id, successor, one.role.name, valid_from=max(day, days.today()))
        except Forbidden:
            done.left_out.append(one.user_id)
        except Refused:  # in this role already
            done.there.append(one.user_id)
        else:
            done.attached.append(one.user_id)


def attached(session: Session, row: Organization) -> Sequence[Membership]:
    """The attachments to it that last."""
    query = select(Membership).where(Membership.organization_id == row.id, memberships.lasting())
    with unscoped("whose organization is reorganized"):
        return session.scalars(query.options(joinedload(Membership.role)).order_by(Membership.id)).all()


# ── Who follows whom, in words ───────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Kin:
    """Another organization that this one follows or is followed by: how, since when; without an id if it is out of sight."""

    words: LazyString
    name: str
    id: int | None
    day: date


def kin(session: Session, row: Organization) -> list[Kin]:
    """Whom the organization follows, and who follows it, in order of time."""
    both = joinedload(Succession.predecessor), joinedload(Succession.successor)
    query = select(Succession).where(or_(Succession.predecessor_id == row.id, Succession.successor_id == row.id)).options(*both)
    return [relative(one, row) for one in session.scalars(query.order_by(Succession.day, Succession.id))]


def relative(one: Succession, row: Organization) -> Kin:
    """One of them in words."""
    follows = one.predecessor_id == row.id
    other: Organization | None = one.successor if follows else one.predecessor
    name = other.short_name if other is not None else _("outside your part of the region")
    return Kin((FOLLOWED if follows else FOLLOWS)[one.kind], name, other.id if other is not None else None, one.day)


FOLLOWED = {  # what is said of a predecessor, before the successor's name
    Kind.JOINED: N_("Joined to"),
    Kind.MERGED: N_("Merged into"),
    Kind.DIVIDED: N_("Divided into"),
    Kind.SPUN_OFF: N_("Spun off from it"),
    Kind.DUPLICATE: N_("Entered twice; it goes on as"),
}
FOLLOWS = {  # and of a successor, before the predecessor's
    Kind.JOINED: N_("Has taken in"),
    Kind.MERGED: N_("Arose by a merger, also from"),
    Kind.DIVIDED: N_("Arose by the division of"),
    Kind.SPUN_OFF: N_("Was spun off from"),
    Kind.DUPLICATE: N_("Entered twice; also stood here as"),
}
