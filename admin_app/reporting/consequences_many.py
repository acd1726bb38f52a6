"""What very many changes open and close (an import, a task), counted by ids and paths without making them: numbers only.

`consequences` measures a few by making them, and names people; for thousands that would take minutes.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Integer, Select, any_, cast, func, or_, select, true
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import CollectionAggregate

from admin_app.reporting import memberships, tree
from admin_app.reporting.actor import unscoped
from admin_app.reporting.imports.kinds import Judged
from models import Membership, Organization, Report, Role, RoleName, RowOutcome

HEAVY = ("parent_id", "closed_on")  # fields of an organization whose change concerns others
SEAT = "organization_id"  # where a person is attached: [organization, role]
Move = tuple[int, str, Any]  # the organization or the person (0: a new one), the field, the new value


def moves(judged: Iterable[Judged]) -> list[Move]:
    """The changes that have consequences, of organizations that are there already, and attachments."""
    changed = [one for one in judged if one.outcome in (RowOutcome.CHANGE, RowOutcome.NEW)]
    names = {one.line: (*HEAVY, SEAT) if one.row_id else (SEAT,) for one in changed}
    return [
        (one.row_id or 0, name, one.changes[name]["new"]) for one in changed for name in names[one.line] if name in one.changes
    ]


def heavy(row: Any) -> ColumnElement[bool]:
    """The lines that have such changes."""
    moved = or_(*(row.changes.has_key(name) for name in HEAVY))
    seated = row.changes.has_key(SEAT) & row.outcome.in_((RowOutcome.CHANGE, RowOutcome.NEW))
    return or_(moved & (row.outcome == RowOutcome.CHANGE), seated)


def of(session: Session, found: list[Move]) -> dict[str, Any]:
    """How many organizations move and close, how many reports lie at and below them, how many people lose or gain sight of
    them; how many people are attached in which role. Numbers only, so they may count what the person does not see."""
    if not found:
        return {}
    with unscoped("the consequences of many changes"):
        nodes = paths(session, {one for one, *_rest in found} | {new for _one, name, new in found if name == "parent_id"})
        moved = [(one, new) for one, name, new in found if name == "parent_id" and one in nodes and new in nodes]
        closed = [one for one, name, new in found if name == "closed_on" and new and one in nodes]
        told = {"moved": len(moved), "moved_reports": reports(session, [one for one, _new in moved])}
        told |= {"closed": len(closed), "closed_reports": reports(session, closed)}
        told |= sights(session, [(nodes[one], nodes[new]) for one, new in moved])
        return told | seats(session, [new for _one, name, new in found if name == SEAT])


def seats(session: Session, given: list[tuple[int, str]]) -> dict[str, Any]:
    """How many attachments there are by role, and how many organizations those with more than one's own open."""
    far = [place for place, role in given if role != RoleName.ORGANIZATION]
    below = select(func.count(Organization.id.distinct())).select_from(Organization)
    opened = session.scalar(at_or_below(below, far)) if far else 0
    return {"seats": Counter(role for _place, role in given), "opened": opened}


def at_or_below(query: Select[Any], nodes: Iterable[int]) -> Select[Any]:
    """The query over organizations, of those at and below these, however many."""
    path = func.unnest(func.string_to_array(func.btrim(Organization.path, "/"), "/"))
    above = path.table_valued("node").render_derived("above")
    wanted = select(func.unnest(cast(list(nodes), ARRAY(Integer))))
    return query.join(above, true()).where(cast(above.c.node, Integer).in_(wanted))


def paths(session: Session, ids: Iterable[Any]) -> dict[int, str]:
    """Where these organizations stand."""
    query = select(Organization.id, Organization.path).where(Organization.id == among(one for one in ids if isinstance(one, int)))
    return {row.id: row.path for row in session.execute(query)}


def among(ids: Iterable[int]) -> CollectionAggregate[Any]:
    """Any of these, however many: an array is one parameter of the statement."""
    return any_(cast(list(ids), ARRAY(Integer)))


def reports(session: Session, nodes: list[int]) -> int:
    """Reports at and below these organizations."""
    if not nodes:
        return 0
    return session.scalar(at_or_below(select(func.count(Report.id.distinct())).join(Report.organization), nodes)) or 0


def sights(session: Session, moved: list[tuple[str, str]]) -> dict[str, int]:
    """People above the old place only, who no longer see it, and above the new place only, who will."""
    steps = {(old.rsplit("/", 2)[0] + "/", new) for old, new in moved}
    above = {path: set(tree.nodes(path)) for step in steps for path in step}
    people = staff(session, set().union(*above.values())) if above else {}
    lose, gain = Counter[int](), Counter[int]()
    for old, new in steps:
        lose.update(one for node in above[old] - above[new] for one in people.get(node, ()))
        gain.update(one for node in above[new] - above[old] for one in people.get(node, ()))
    return {"lose": len(lose), "gain": len(gain)}


def staff(session: Session, nodes: set[int]) -> dict[int, set[int]]:
    """Who sees everything below these organizations, by organization."""
    seats = select(Membership.organization_id, Membership.user_id).join(Role, Role.id == Membership.role_id)
    held = seats.where(Membership.organization_id.in_(nodes), Role.name != RoleName.ORGANIZATION, memberships.in_force())
    found: dict[int, set[int]] = {}
    for node, person in session.execute(held):
        found.setdefault(node, set()).add(person)
    return found
