"""Changes of organizations that are still to come: planned today, carried out on their day by the worker, told if they can't be.

A plan is a row of `OrganizationFact` with a day that is not yet there; `Organization` itself doesn't know of it until then.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from admin_app.reporting import audit, dated, days, guard, history, notices, organizations, restoring, scope, tree
from admin_app.reporting.actor import current, quietly, unscoped
from admin_app.reporting.guard import Permission
from admin_app.reporting.refusal import Refused
from admin_app.reporting.writes import KINDS, locked
from models import Organization, OrganizationFact, RoleName, User

Fact = OrganizationFact
SYSTEM = "MODO"


def differences(session: Session, row: Organization) -> dict[str, tuple[Any, Any]]:
    """What a form has changed in the row and not yet flushed: old and new of each field, as the log keeps them, without words."""
    with session.no_autoflush, quietly("what a plan changes"):
        old = history.snapshot(session, [row])[Organization, row.id]
    session.flush()
    with quietly("what a plan changes"):
        new = history.snapshot(session, [row])[Organization, row.id]
    return history.plainly(history.differing(old, new))


def plan(session: Session, row: Organization, changes: Mapping[str, tuple[Any, Any]], day: date) -> None:
    """Keep what the fields are to become on a day that is yet to come; flushes. ``changes``: today's value and that day's.

    An earlier plan for the same field and day is replaced. Raises Refused for a day that is not to come, for nothing at all, and
    for what has no date of its own (a phone is changed when it changes); Forbidden.
    """
    guard.require(Permission.ORGANIZATION_EDIT, row)
    if day <= days.today():
        raise Refused(_("A plan is for a day that is still to come."), "since")
    if not changes:
        raise Refused(_("Nothing is to change on that day: change a field."))
    for name, (now, then) in changes.items():
        if not dated.kept(name):
            label = Organization.__table__.c[name].info["label"]
            raise Refused(_("“%(field)s” cannot be planned: it is changed on the day itself.", field=label), name)
        put(session, row.id, name, now, then, day)
    audit.record(session, "organization.planned", row, {"day": day, **{name: list(pair) for name, pair in changes.items()}})


def put(session: Session, organization_id: int, name: str, now: Any, then: Any, day: date) -> None:
    """One plan, and the beginning that every line needs."""
    with unscoped("the line of a dated field"):
        line = session.scalars(select(Fact).where(Fact.organization_id == organization_id, Fact.field == name)).all()
        same = next((one for one in line if one.planned and one.since == day), None)
    if not line:
        session.add(Fact(organization_id=organization_id, field=name, since=None, value=now))
    fact = same or Fact(organization_id=organization_id, field=name, since=day, planned=True)
    fact.value, fact.planned_by_id, fact.refused = then, current().user_id, ""
    session.add(fact)
    session.flush()


def of(session: Session, organization_id: int) -> list[OrganizationFact]:
    """What is planned for an organization within sight, the nearest day first."""
    query = select(Fact).where(Fact.organization_id == organization_id, Fact.planned).order_by(Fact.since, Fact.id)
    return list(session.scalars(query))


def cancel(session: Session, row: Organization, fact_id: int) -> None:
    """Take a plan back; flushes. Raises Refused if it is not there (any more), Forbidden."""
    guard.require(Permission.ORGANIZATION_EDIT, row)
    fact = session.scalar(select(Fact).where(Fact.id == fact_id, Fact.organization_id == row.id, Fact.planned))
    if fact is None:
        raise Refused(_("This plan is not there any more: it was carried out or taken back."))
    audit.record(session, "organization.plan_cancelled", row, {"day": fact.since, fact.field: fact.value})
    session.delete(fact)
    session.flush()
    tidy(session, row.id, fact.field)


def tidy(session: Session, organization_id: int, name: str) -> None:
    """A line that only says how it began says nothing."""
    query = select(Fact).where(Fact.organization_id == organization_id, Fact.field == name)
    line = session.scalars(query).all()
    if len(line) == 1 and line[0].since is None:
        session.delete(line[0])
        session.flush()


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
        person = plain.get(User, due.by) if due.by is not None else None
        actor = scope.everything(SYSTEM) if person is None else scope.actor_of(person.id, plain)
        locale = person.locale if person else "ru"
        plain.commit()
        with force_locale(locale), scope.acting(actor):
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
    for name in values:
        tidy(session, organization_id, name)


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
