"""Changes of organizations that are still to come: planned today, carried out on their day by the worker, told if they can't be.

A plan is a row of `OrganizationFact` with a day that is not yet there; `Organization` itself doesn't know of it until then.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_
from sqlalchemy import Date, delete, func, select, tuple_
from sqlalchemy.orm import Session, aliased

from admin_app.reporting import audit, behalf, dated, days, guard, history, notices, organizations, restoring, tree
from admin_app.reporting.actor import current, quietly, unscoped
from admin_app.reporting.guard import Permission
from admin_app.reporting.refusal import Refused
from admin_app.reporting.writes import KINDS, locked
from models import Organization, OrganizationFact, RoleName

Fact = OrganizationFact
Changes = Mapping[str, tuple[Any, Any]]  # by field what it was and what it becomes, as the log keeps values, without words
PLANNED, CANCELLED = "organization.planned", "organization.plan_cancelled"  # events: the day, and by field `Changes`
INSTEAD = "instead"  # what was planned for the same field and day before


@dataclass(frozen=True)
class FromDay:
    """From which day changes count. ``day``: None is today, `dated.ALWAYS` a correction; one to come makes plans of them."""

    day: date | None = None

    @staticmethod
    def read(kept: str) -> "FromDay":
        """As it was `kept`."""
        return FromDay(date.fromisoformat(kept) if kept else None)

    @property
    def kept(self) -> str:
        """As a request that waits keeps it."""
        return self.day.isoformat() if self.day else ""

    @property
    def planned(self) -> date | None:
        """The day, if it is still to come."""
        return self.day if self.day is not None and self.day > days.today() else None

    def change(self, session: Session, rows: Sequence[Organization], write: Callable[[], object]) -> None:
        """Do ``write()``, which changes these rows and no others, so that it counts from the day; flushes.

        Plans are what it did in a savepoint, which is taken back. Raises what stands in the way of either.
        """
        if self.planned is None:
            with dated.from_day(self.day):
                write()
                session.flush()
            return
        inner = session.begin_nested()
        try:
            found = differences(session, rows, write)
        finally:
            inner.rollback()
        again = select(Organization).where(Organization.id.in_(found)).order_by(Organization.id)
        fresh = session.scalars(again, execution_options={"populate_existing": True})
        plan_many(session, [(row, found[row.id]) for row in fresh], self.planned)


TODAY = FromDay()


def differences(session: Session, rows: Sequence[Organization], write: Callable[[], object]) -> dict[int, Changes]:
    """What ``write()`` makes of these rows, flushed: by the id of each what `history` would say of its fields, without words."""
    with session.no_autoflush, quietly("what a plan changes"):
        old = history.snapshot(session, rows)
    write()
    session.flush()
    with quietly("what a plan changes"):
        new = history.snapshot(session, rows)
    return {key: history.plainly(history.differing(values, new[model, key])) for (model, key), values in old.items()}


def plan(session: Session, row: Organization, changes: Changes, day: date) -> None:
    """`plan_many` for one."""
    plan_many(session, [(row, changes)], day)


def plan_many(session: Session, wanted: Sequence[tuple[Organization, Changes]], day: date) -> None:
    """Keep what the fields of these rows are to become on a day that is yet to come; flushes. `Changes`: from today's value.

    An earlier plan for the same field and day is replaced. Raises Refused for a day that is not to come, for nothing at all, and
    for what has no date of its own (a phone is changed when it changes); Forbidden.
    """
    if day <= days.today():
        raise Refused(_("A plan is for a day that is still to come."), "since")
    for row, changes in wanted:
        guard.require(Permission.ORGANIZATION_EDIT, row)
        if not changes:
            raise Refused(_("Nothing is to change on that day: change a field."))
        for name in changes:
            if why := unplannable(name):
                raise Refused(why, name)
    there = lines(session, [row.id for row, _changes in wanted])
    for row, changes in wanted:
        said: dict[str, Any] = {"day": day, **changes, INSTEAD: {}}
        for name, pair in changes.items():
            line = there.get((row.id, name), [])
            said[INSTEAD].update((name, one.value) for one in line if one.planned and one.since == day)
            put(session, row.id, name, pair, day, line)
        audit.record(session, PLANNED, row, said)
    session.flush()


def unplannable(name: str) -> str:
    """Why the field is not planned; empty if it may be."""
    if dated.kept(name):
        return ""
    column = Organization.__table__.c[name]
    label = column.info["label"]
    if isinstance(column.type, Date):
        return _("“%(field)s” is a day itself and is not planned: let this change count from today.", field=label)
    return _("“%(field)s” cannot be planned: it is changed on the day itself.", field=label)


def lines(session: Session, ids: Iterable[int]) -> dict[tuple[int, str], list[OrganizationFact]]:
    """What is kept of these organizations, by id and field."""
    found: dict[tuple[int, str], list[OrganizationFact]] = defaultdict(list)
    with unscoped("the lines of dated fields"):
        for fact in session.scalars(select(Fact).where(Fact.organization_id.in_(list(ids)))):
            found[fact.organization_id, fact.field].append(fact)
    return found


def put(session: Session, key: int, name: str, pair: tuple[Any, Any], day: date, line: Iterable[OrganizationFact]) -> None:
    """One plan, and the beginning that every line needs; to be flushed. ``pair``: today's value, and that day's."""
    line = list(line)
    if not line:
        session.add(Fact(organization_id=key, field=name, since=None, value=pair[0]))
    same = next((one for one in line if one.planned and one.since == day), None)
    fact = same or Fact(organization_id=key, field=name, since=day, planned=True)
    fact.value, fact.planned_by_id, fact.refused = pair[1], current().user_id, ""
    session.add(fact)


def of(session: Session, organization_id: int) -> list[OrganizationFact]:
    """What is planned for an organization within sight, the nearest day first."""
    query = select(Fact).where(Fact.organization_id == organization_id, Fact.planned).order_by(Fact.since, Fact.id)
    return list(session.scalars(query))


def cancel(session: Session, row: Organization, fact_id: int) -> None:
    """Take a plan back; flushes. Raises Refused if it is not there (any more), Forbidden."""
    fact = session.scalar(select(Fact).where(Fact.id == fact_id, Fact.organization_id == row.id, Fact.planned))
    if fact is None:
        raise Refused(_("This plan is not there any more: it was carried out or taken back."))
    cancel_many(session, [row], [fact])


def cancel_many(session: Session, rows: Sequence[Organization], facts: Sequence[OrganizationFact]) -> None:
    """Take these plans of these organizations back; flushes. Raises Forbidden."""
    for row in rows:
        guard.require(Permission.ORGANIZATION_EDIT, row)
    said: dict[tuple[int, date | None], dict[str, Any]] = defaultdict(dict)
    for fact in facts:
        said[fact.organization_id, fact.since] |= {fact.field: [fact.value, None]}
    by_id = {row.id: row for row in rows}
    for (key, day), fields in said.items():
        audit.record(session, CANCELLED, by_id[key], {"day": day, **fields})
    session.flush()
    with unscoped("plans that are taken back"):
        session.execute(delete(Fact).where(Fact.id.in_([fact.id for fact in facts])))
    tidy(session, [(fact.organization_id, fact.field) for fact in facts])


def tidy(session: Session, places: Sequence[tuple[int, str]]) -> None:
    """A line that only says how it began says nothing. ``places``: organizations and fields."""
    other = aliased(Fact)
    same = other.organization_id == Fact.organization_id, other.field == Fact.field
    goes_on = select(other.id).where(*same, other.since.is_not(None)).exists()
    alone = tuple_(Fact.organization_id, Fact.field).in_(places), Fact.since.is_(None), ~goes_on
    with unscoped("lines of dated fields that are over"):
        session.execute(delete(Fact).where(*alone))


# ── The day has come ─────────────────────────────────────────────────────────────────────────────────────────────────


def carry_out(session: Session, plain: Session) -> tuple[int, int]:
    """Make the changes whose day has come, organization by organization; how many were made and how many could not be.

    Each is made as whoever planned it, in their language; they are told, once, if it can't be. Commits after each organization.
    ``plain``: an unscoped session on another connection.
    """
    query = select(Fact.organization_id, Fact.since, func.min(Fact.planned_by_id).label("by"))
    query = query.where(Fact.planned, Fact.since <= days.today()).group_by(Fact.organization_id, Fact.since)
    made = refused = 0
    for due in plain.execute(query.order_by(Fact.since, Fact.organization_id)).all():
        with behalf.of(plain, due.by):
            try:
                carry_out_one(session, due.organization_id, due.since)
            except KINDS as error:
                session.rollback()
                refuse(session, due.organization_id, due.since, error)
                refused += 1
            else:
                made += 1
            session.commit()
    return made, refused


def carry_out_one(session: Session, organization_id: int, day: date) -> None:
    """All that is planned for one organization and day. Raises what the rules and the database refuse."""
    row = session.scalar(locked(select(Organization).where(Organization.id == organization_id), Organization))
    if row is None:
        raise Refused(_("The row is gone, or outside what you may see."))
    guard.require(Permission.ORGANIZATION_EDIT, row)
    due = Fact.organization_id == organization_id, Fact.planned, Fact.since == day
    values = {fact.field: fact.value for fact in session.scalars(select(Fact).where(*due))}
    with audit.together(f"plan:{day.isoformat()}"), dated.from_day(day):
        restoring.put(session, row, values)
        session.flush()
        organizations.settle(session, row)
    with unscoped("what was planned is done"):
        session.execute(delete(Fact).where(*due))  # what was so already by another way
    tidy(session, [(organization_id, name) for name in values])


def refuse(session: Session, organization_id: int, day: date, error: Exception) -> None:
    """Keep why a plan could not be carried out, and tell whoever made it, the first time; the region, if they have left."""
    sentence = error.sentence if isinstance(error, Refused) else _("The database refuses it: another row stands in the way.")
    with unscoped("a plan that could not be carried out"):
        due = Fact.organization_id == organization_id, Fact.planned, Fact.since == day
        facts = session.scalars(select(Fact).where(*due)).all()
        people = {fact.planned_by_id for fact in facts if not fact.refused and fact.planned_by_id is not None}
        for fact in facts:
            fact.refused = sentence
        row = session.scalars(select(Organization).where(Organization.id == organization_id)).one()
        name, region = row.short_name, tree.nodes(row.path)[0]
        session.flush()
    said = (
        N_("A planned change could not be made: %(organization)s", organization=name),
        N_("It was planned for %(day)s. %(why)s", day=f"{day:%d.%m.%Y}", why=sentence),
        f"/admin/organization/details/?id={organization_id}",
    )
    if people and not notices.tell(session, people, notices.Kind.PLAN, *said):
        notices.tell(session, notices.people_of(session, region, [RoleName.CENTRAL]), notices.Kind.PLAN, *said)
