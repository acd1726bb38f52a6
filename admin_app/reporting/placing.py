"""What must hold of a place in the tree: which level stands under which, what may close while something works below it.

Judged in every flush of the scoped session, whoever writes: a form, a bulk edit, an import, a move, a merger, a plan, an undo.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import and_, inspect, select
from sqlalchemy.orm import Session

from admin_app.reporting import days, guard
from admin_app.reporting.actor import current, quietly, reason
from admin_app.reporting.guard import Forbidden
from admin_app.reporting.refusal import Refused
from models import Level, Organization, OrganizationFact

TAKES: dict[Level, frozenset[Level]] = {
    Level.REGION: frozenset({Level.MUNICIPALITY, Level.ORGANIZATION}),
    Level.MUNICIPALITY: frozenset({Level.ORGANIZATION}),
    Level.ORGANIZATION: frozenset({Level.BRANCH}),
    Level.BRANCH: frozenset(),
}
PLACE = ("parent_id", "parent", "level")


@dataclass(frozen=True)
class Node:
    """What is asked of an organization above or below. ``leaves``: the day from which it is planned to stand elsewhere."""

    name: str
    level: Level
    closed_on: date | None
    leaves: date | None = None

    def works(self, day: date) -> bool:
        """Is it still there on that day?"""
        gone = [one for one in (self.closed_on, self.leaves) if one is not None]
        return all(one > day for one in gone)


def judge(session: Session, _context: object) -> None:
    """After the flush, in its transaction. Two statements at most, where something moves or closes. Raises Refused, Forbidden."""
    new = {row for row in session.new if isinstance(row, Organization)}
    dirty = [row for row in session.dirty if isinstance(row, Organization)]
    own_place([*(row for row in dirty if changed(row, *PLACE, "closed_on")), *session.deleted])
    placed = [row for row in [*new, *dirty] if row in new or changed(row, *PLACE)]
    ended = [row for row in [*new, *dirty] if changed(row, "closed_on")]
    levelled = [row for row in dirty if changed(row, "level")]
    if placed or ended:
        with quietly("what must hold of the tree"):
            judge_above(session, placed, ended)
            judge_below(session, levelled, [row for row in ended if row.closed_on is not None])


def changed(row: Organization, *names: str) -> bool:
    """Does this flush change one of the attributes?"""
    return any(inspect(row).attrs[name].load_history().has_changes() for name in names)


def own_place(rows: Iterable[Any]) -> None:
    """Nobody moves, closes or deletes the organization at which they stand themselves. Raises Forbidden."""
    for row in rows:
        if isinstance(row, Organization) and not reason() and (why := guard.own_place(current(), row)):
            raise Forbidden(str(why), "level" if row.parent_id and changed(row, "level") else "")


def judge_above(session: Session, placed: Sequence[Organization], ended: Sequence[Organization]) -> None:
    """Each stands where its level may stand, and nothing that works under what is closed. Raises Refused."""
    for row in ended:
        if row.level is Level.REGION and row.closed_on is not None:
            raise Refused(_("The region is not closed: everything else stands below it."), "closed_on")
    rows = list({*placed, *ended})
    wanted = {row.parent_id for row in rows if row.parent_id is not None}
    above = nodes(session, Organization.id, Organization.id.in_(wanted)) if wanted else {}
    for row in rows:
        for over in above.get(row.parent_id or 0, ()):
            if row in placed and row.level not in TAKES[over.level]:
                said = {"level": row.level.title, "above": over.level.title}
                words = _("“%(level)s” does not stand under “%(above)s” in the tree.", **said)
                raise Refused(words, "parent_id" if changed(row, "parent_id", "parent") else "level")
            if over.closed_on is not None and not over.works(days.today()) and row.closed_on is None:
                said = {"name": over.name, "date": over.closed_on.strftime("%d.%m.%Y")}
                words = _("“%(name)s” is closed since %(date)s: choose another superior organization.", **said)
                raise Refused(words, "parent_id" if row in placed else "closed_on")


def judge_below(session: Session, levelled: Sequence[Organization], closing: Sequence[Organization]) -> None:
    """What stands below one may stand there, and does not outlast it. Raises Refused."""
    wanted = {row.id for row in [*levelled, *closing]}
    below = nodes(session, Organization.parent_id, Organization.parent_id.in_(wanted)) if wanted else {}
    for row in levelled:
        strange = [one for one in below.get(row.id, ()) if one.level not in TAKES[row.level]]
        if strange:
            said = {"name": strange[0].name, "level": strange[0].level.title, "above": row.level.title}
            words = _("“%(name)s” stands below it, and “%(level)s” does not stand under “%(above)s” in the tree.", **said)
            raise Refused(words, "level")
    for row in closing:
        day = row.closed_on or days.today()
        left = [one.name for one in below.get(row.id, ()) if one.works(day)]
        if left:
            words = ngettext(
                "“%(name)s” below it still works then: close it or move it first, or enter a reorganization.",
                "%(num)s organizations below it still work then, “%(name)s” among them: close or move them first,"
                " or enter a reorganization.",
                len(left),
                name=left[0],
            )
            raise Refused(words, "closed_on")


def nodes(session: Session, key: Any, which: Any) -> dict[int, list[Node]]:
    """These organizations by ``key``, the oldest first."""
    leaving = and_(
        OrganizationFact.organization_id == Organization.id, OrganizationFact.field == "parent_id", OrganizationFact.planned
    )
    leaves = select(OrganizationFact.since).where(leaving).order_by(OrganizationFact.since).limit(1).scalar_subquery()
    columns = key, Organization.short_name, Organization.level, Organization.closed_on, leaves
    found: dict[int, list[Node]] = defaultdict(list)
    for name, *node in session.execute(select(*columns).where(which).order_by(Organization.id)):
        found[name].append(Node(*node))
    return found
