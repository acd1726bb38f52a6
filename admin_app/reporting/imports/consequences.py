"""What an import opens and closes: moves in the tree, closures, with the reports and people concerned."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from admin_app.reporting import memberships, tree
from admin_app.reporting.actor import unscoped
from admin_app.reporting.imports.kinds import Judged
from models import Membership, Organization, Report, Role, RoleName, RowOutcome

HEAVY = ("parent_id", "closed_on")  # fields of an organization whose change concerns others
Move = tuple[int, str, Any]  # the organization, the field, the new value


def moves(judged: Iterable[Judged]) -> list[Move]:
    """The changes that have consequences, of organizations that are there already."""
    changed = [one for one in judged if one.outcome is RowOutcome.CHANGE and one.row_id]
    return [(one.row_id or 0, name, one.changes[name]["new"]) for one in changed for name in HEAVY if name in one.changes]


def heavy(changes: Any) -> ColumnElement[bool]:
    """The lines that have such changes."""
    return or_(*(changes.has_key(name) for name in HEAVY))


def of(session: Session, found: list[Move]) -> dict[str, int]:
    """How many organizations move and close, how many reports lie at and below them, how many people lose or gain sight of
    them. Numbers only, so they may count what the person does not see."""
    if not found:
        return {}
    with unscoped("the consequences of an import"):
        nodes = paths(session, {one for one, *_rest in found} | {new for _one, name, new in found if name == "parent_id"})
        moved = [(one, new) for one, name, new in found if name == "parent_id" and one in nodes and new in nodes]
        closed = [one for one, name, new in found if name == "closed_on" and new and one in nodes]
        told = {"moved": len(moved), "moved_reports": reports(session, [nodes[one] for one, _new in moved])}
        told |= {"closed": len(closed), "closed_reports": reports(session, [nodes[one] for one in closed])}
        return told | sights(session, [(nodes[one], nodes[new]) for one, new in moved])


def paths(session: Session, ids: Iterable[Any]) -> dict[int, str]:
    """Where these organizations stand."""
    wanted = [one for one in ids if isinstance(one, int)]
    query = select(Organization.id, Organization.path).where(Organization.id.in_(wanted))
    return {row.id: row.path for row in session.execute(query)}


def reports(session: Session, roots: list[str]) -> int:
    """Reports at and below these places."""
    if not roots:
        return 0
    below = or_(*(tree.below(root) for root in set(roots)))
    return session.scalar(select(func.count(Report.id)).join(Report.organization).where(below)) or 0


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
