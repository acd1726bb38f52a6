"""Moving organizations under another one: what stands in the way of each, what the move opens and closes, the move itself.

A move is measured by making it (`consequences`): the edge shows the `Move` and commits only the one whose digest was confirmed.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app.reporting import audit, consequences, dated, days, guard, organizations, owing, placing, planned, tree
from admin_app.reporting.actor import current
from admin_app.reporting.consequences import Change, Numbers
from admin_app.reporting.guard import Permission
from admin_app.reporting.writes import locked
from models import Level, Organization, OrganizationFact

MOST = 100  # organizations of one move: each is measured by itself


@dataclass(frozen=True)
class Move:
    """A move that was made: where to, since when, what it changed by the organizations' ids; the batch by which it is undone."""

    target_id: int
    day: date
    changes: Mapping[int, Change]
    batch: uuid.UUID

    @property
    def digest(self) -> str:
        """The mark of exactly this move: whoever confirms it has seen it."""
        digests = [(key, one.digest) for key, one in sorted(self.changes.items())]
        return consequences.mark_of([self.target_id, self.day, digests])

    @property
    def sum(self) -> Change:
        """What it changed in all. Who sees one of them newly is counted as gaining sight, whatever else they see."""
        several = list(self.changes.values())
        numbers = Numbers(*(sum(getattr(one.numbers, name) for one in several) for name in vars(Numbers())))
        return Change(
            True,
            numbers,
            tuple(sorted({key for one in several for key in one.gain})),
            tuple(sorted({key for one in several for key in one.lose})),
            sum(one.handed_over for one in several),
            sum(one.no_longer_owed for one in several),
        )


def hold(session: Session, ids: Iterable[int], look: bool = False) -> list[Organization]:
    """The organizations within sight, locked unless only to ``look`` at; without those that go along with one above them."""
    query = select(Organization).where(Organization.id.in_(list(ids))).order_by(Organization.id)
    rows = session.scalars(query if look else locked(query, Organization)).all()
    keys = {row.id for row in rows}
    return [row for row in rows if not keys & set(tree.nodes(row.path)[:-1])]


# ── What stands in the way ───────────────────────────────────────────────────────────────────────────────────────────


def refusals(session: Session, rows: Sequence[Organization], target: Organization, day: date) -> dict[int, str]:
    """Why organizations cannot be moved under the target from that day, by id; the others can."""
    closed = standing(target, day)
    above = {node for path in paths_since(session, target, day) for node in tree.nodes(path)}
    found = {row.id: closed or refusal(row, target, day, above) for row in rows}
    return {key: words for key, words in found.items() if words}


def standing(target: Organization, day: date) -> str:
    """Why nothing can stand under the target on that day; empty if it can."""
    if owing.closed(target, max(day, days.today())):
        said = {"name": target.short_name, "date": shown(target.closed_on)}
        return _("“%(name)s” is closed since %(date)s: choose another superior organization.", **said)
    if later(target, day):
        said = {"name": target.short_name, "date": shown(target.opened_on)}
        return _("“%(name)s” works since %(date)s only: choose that day or a later one.", **said)
    return ""


def refusal(row: Organization, target: Organization, day: date, above: set[int]) -> str:
    """Why this one cannot. ``above``: everything that the target stands under since that day, and itself."""
    answer = guard.may(current(), Permission.ORGANIZATION_EDIT, row)
    said = {"level": row.level.title, "above": target.level.title}
    reasons = (
        (not answer, str(answer.reason)),
        (row.level is Level.REGION, _("The region stands above all others and is not moved.")),
        (row.id in above, _("It cannot stand under itself or under what is below it.")),
        (row.level not in placing.TAKES[target.level], _("“%(level)s” does not stand under “%(above)s” in the tree.", **said)),
        (row.parent_id == target.id, _("It stands there already.")),
        (later(row, day), _("It works since %(date)s only: choose that day or a later one.", date=shown(row.opened_on))),
    )
    return next((words for stands, words in reasons if stands), "")


def later(row: Organization, day: date) -> bool:
    """Did it open after the day only? A correction is about all the time that it was there."""
    return row.opened_on is not None and row.opened_on > day != dated.ALWAYS


def shown(day: date | None) -> str:
    """As people write it."""
    return day.strftime("%d.%m.%Y") if day else ""


def paths_since(session: Session, target: Organization, day: date) -> list[str]:
    """Where the target stands now, and has stood since that day."""
    if day >= days.today():
        return [target.path]
    facts = OrganizationFact
    kept = select(facts.since, facts.value).where(facts.organization_id == target.id, facts.field == dated.PATH)
    line = [dated.Stretch(*row) for row in session.execute(kept.order_by(facts.since.nulls_first()))]
    first = dated.at(line, day)
    later = [one for one in line if one.since is not None and one.since > day]
    return [target.path, *(one.value for one in [first, *later] if one is not None)]


# ── The move ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def move(session: Session, rows: Sequence[Organization], target: Organization, day: date) -> Move:
    """Put the organizations under the target, from a day up to today (`dated.ALWAYS`: all the time), with what follows; flushes.

    Raises what the rules and the database refuse; nothing may be kept then.
    """
    before = {row.id: consequences.standing(session, row) for row in rows}
    with audit.together("move") as batch:
        put(session, rows, target, day)
        changes = {row.id: consequences.of_change(session, before[row.id], row) for row in rows}
    return Move(target.id, day, {key: change for key, change in changes.items() if change is not None}, batch)


def plan(session: Session, rows: Sequence[Organization], target: Organization, day: date) -> uuid.UUID:
    """The same for a day that is still to come; flushes. The batch by which it is taken back. Raises Refused, Forbidden."""
    with audit.together("move") as batch:
        put(session, rows, target, day)
        return batch


def put(session: Session, rows: Sequence[Organization], target: Organization, day: date) -> None:
    """Let the organizations stand under the target from a day on, with what follows; one that is to come is planned. Flushes."""
    if day > days.today():
        return planned.plan_many(session, [(row, {"parent_id": (row.parent_id, target.id)}) for row in rows], day)
    with dated.from_day(day if day < days.today() else None):
        for row in rows:
            row.parent_id = target.id
        session.flush()
    return organizations.settle_many(session, rows, moved=True)
