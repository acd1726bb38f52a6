"""Organizations that are likely the same one, entered twice: groups of them, and the pairs that somebody has told apart.

The keys of all rows (`likeness.py`) are made and grouped by one statement: 0.9 s for 100,000 organizations on two cores that
others use too, a third of it for the names; 25 ms for a municipality of 1,000.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from flask_babel import LazyString
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, func, literal, select, union_all
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import Session, aliased

from admin_app.reporting import audit, guard, tree
from admin_app.reporting.actor import current, unscoped
from admin_app.reporting.guard import Permission
from admin_app.reporting.likeness import ORDER, RULES, SHARED, STRENGTH, Sign, similar, working
from admin_app.reporting.refusal import Refused
from models import Level, Organization, ToldApart

MOST = 2000  # keys of a sign that are looked at


@dataclass(frozen=True)
class Group:
    """Organizations (ids) that hang together by these signs, the surest sign first."""

    ids: tuple[int, ...]
    signs: tuple[Sign, ...]

    @property
    def strength(self) -> LazyString:
        """How likely it is one organization, in words."""
        return STRENGTH[self.signs[0]]


def find(session: Session) -> list[Group]:
    """All groups within the actor's sight, the surest first."""
    found = [(Sign(sign), ids) for sign, ids in session.execute(union_all(*questions()))]  # type: ignore[call-arg]  # a look-up
    named = {key for sign, ids in found if RULES[sign].most for key in ids}
    asked = select(Organization.id, Organization.sort_key).where(Organization.id.in_(named))
    names = {row[0]: row[1] for row in session.execute(asked)}
    pairs: dict[tuple[int, int], set[Sign]] = defaultdict(set)
    for sign, ids in found:
        for one, other in combinations(sorted(ids), 2):
            if not RULES[sign].most or similar(names[one], names[other]):
                pairs[one, other].add(sign)
    for pair in apart(session):
        pairs.pop(pair, None)
    return groups(pairs)


def questions() -> Iterator[Select[Any]]:
    """For each sign the ids of the rows that have a key in common."""
    for sign, rule in RULES.items():
        if sign is Sign.INN_KPP:
            yield branches()
            continue
        query = select(literal(sign.value), func.array_agg(Organization.id)).where(
            working(Organization), rule.where(Organization)
        )
        count = func.count().between(2, rule.most) if rule.most else func.count() > 1
        yield query.group_by(*rule.keys(Organization)).having(count).limit(MOST).subquery().select()


def branches() -> Select[Any]:
    """Organizations that are registered as a branch of another one too."""
    branch, rule = aliased(Organization), RULES[Sign.INN_KPP]
    same = [one == other for one, other in zip(rule.keys(Organization), rule.keys(branch), strict=True)]
    query = select(literal(Sign.INN_KPP.value), array([Organization.id, branch.id])).select_from(branch)
    query = query.join(Organization, and_(*same, Organization.level == Level.ORGANIZATION, Organization.id != branch.parent_id))
    return query.where(branch.level == Level.BRANCH, working(branch), working(Organization)).limit(MOST).subquery().select()


def like(session: Session, row: Organization) -> dict[int, list[Sign]]:
    """The working organizations that are like this one, with the signs of each, the surest first."""
    itself, parts = aliased(Organization), []
    for sign, rule in RULES.items():
        same = [
            key == select(own).where(itself.id == row.id, rule.where(itself)).scalar_subquery()
            for key, own in zip(rule.keys(Organization), rule.keys(itself), strict=True)
        ]
        columns = Organization.id, Organization.parent_id, Organization.level, Organization.sort_key
        query = select(literal(sign.value), *columns).where(working(Organization), rule.where(Organization), *same)
        near = [neighbours(row)] if sign is Sign.NAME else []
        parts.append(query.where(Organization.id != row.id, *near).limit(SHARED).subquery().select())
    found: dict[int, list[Sign]] = defaultdict(list)
    told = apart(session)
    for value, key, parent, level, name in session.execute(union_all(*parts)):
        sign = Sign(value)  # type: ignore[call-arg]  # a look-up
        related = row.id == parent or key == row.parent_id or (level is Level.BRANCH) == (row.level is Level.BRANCH)
        known = ordered(row.id, key) in told or (sign is Sign.INN_KPP and related)
        if not known and (not RULES[sign].most or similar(row.sort_key, name)):
            found[key].append(sign)
    return {key: sorted(signs, key=ORDER.__getitem__) for key, signs in found.items()}


def left(session: Session, kept_id: int, ids: Sequence[int]) -> list[int]:
    """Those of these that may still be the same as the one that stays, in their order: working, in sight, not told apart."""
    known = apart(session)
    wanted = [key for key in ids if key != kept_id and ordered(kept_id, key) not in known]
    found = set(session.scalars(select(Organization.id).where(Organization.id.in_(wanted), working(Organization))))
    return [key for key in wanted if key in found]


def neighbours(row: Organization) -> ColumnElement[bool]:
    """The organizations of its municipality, as an index finds them."""
    nodes = tree.nodes(row.path)
    return tree.below(f"/{nodes[0]}/{nodes[1]}/") if len(nodes) > 2 else Organization.parent_id == row.parent_id


def ordered(one: int, other: int) -> tuple[int, int]:
    """The pair as it is kept."""
    return (one, other) if one < other else (other, one)


def groups(pairs: dict[tuple[int, int], set[Sign]]) -> list[Group]:
    """Pairs that hang together, joined."""
    heads: dict[int, int] = {}

    def head(key: int) -> int:
        while heads.setdefault(key, key) != key:
            heads[key] = key = heads[heads[key]]
        return key

    for one, other in pairs:
        heads[head(other)] = head(one)
    members: dict[int, set[int]] = defaultdict(set)
    signs: dict[int, set[Sign]] = defaultdict(set)
    for pair, found in pairs.items():
        members[head(pair[0])] |= set(pair)
        signs[head(pair[0])] |= found
    made = [Group(tuple(sorted(ids)), tuple(sorted(signs[key], key=ORDER.__getitem__))) for key, ids in members.items()]
    return sorted(made, key=lambda one: ([ORDER[sign] for sign in one.signs], one.ids))


# ── Told apart ───────────────────────────────────────────────────────────────────────────────────────────────────────


def apart(session: Session) -> set[tuple[int, int]]:
    """The pairs of which somebody has said that they are different organizations."""
    return {(row[0], row[1]) for row in session.execute(select(ToldApart.first_id, ToldApart.second_id))}


def tell_apart(session: Session, ids: Iterable[int]) -> int:
    """These are different organizations: no pair of them is shown again; how many pairs that is. Flushes.

    Raises Refused for fewer than two, or for one that the actor does not see; Forbidden.
    """
    rows = held(session, ids)
    known = apart(session)
    pairs = [pair for pair in combinations(sorted(rows), 2) if pair not in known]
    with unscoped("pairs of organizations that their editor has told apart"):
        session.add_all(ToldApart(first_id=one, second_id=other, by_id=current().user_id) for one, other in pairs)
        session.flush()
    for one, other in pairs:
        audit.record(session, "organization.told_apart", rows[one], {"organization": other})
    return len(pairs)


def compare_again(session: Session, one: int, other: int) -> None:
    """Take it back that these two are different; flushes. Raises Refused, Forbidden."""
    rows = held(session, (one, other))
    with unscoped("a pair of organizations that is compared again"):
        pair = session.get(ToldApart, ordered(one, other))
        if pair is None:
            raise Refused(_("These two are compared already."))
        session.delete(pair)
        session.flush()
    audit.record(session, "organization.compared_again", rows[min(rows)], {"organization": max(rows)})


def held(session: Session, ids: Iterable[int]) -> dict[int, Organization]:
    """The organizations by id, all of them the actor's to edit. Raises Refused, Forbidden."""
    wanted = set(ids)
    if len(wanted) < 2:
        raise Refused(_("Choose at least two organizations."))
    rows = {row.id: row for row in session.scalars(select(Organization).where(Organization.id.in_(wanted)))}
    if len(rows) < len(wanted):
        raise Refused(_("One of the organizations is gone, or outside your part."))
    for row in rows.values():
        guard.require(Permission.ORGANIZATION_EDIT, row)
    return rows
