"""The tree of organizations as one looks at it: what stands under which node, today or as it was on a day, a part at a time.

One statement reads all that a page shows, however many nodes are open: the parts of their lists are cut in it, and how many
organizations are below each is counted, by ranges of paths, only for those that are shown. On a past day an organization stands
where `dated` says; whoever sees a part of the region sees of that day what belongs to the part now.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    String,
    and_,
    case,
    cast,
    func,
    or_,
    select,
    true,
    union,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from admin_app.reporting import dated, days, rules, tree
from admin_app.reporting.actor import current
from models import Level, Organization, OrganizationFact

PART = 100  # organizations of one list shown at once
RANK = {level: place for place, level in enumerate(Level)}  # in a list offices stand before organizations


@dataclass(frozen=True)
class Look:
    """How the tree is looked at: on which day (None: today), with the closed ones or without. A past day never has them."""

    day: date | None = None
    closed: bool = False

    @property
    def on(self) -> date:
        """The day."""
        return self.day or days.today()

    def standing(self, columns: Any) -> ColumnElement[bool]:
        """Is the organization at work on the day? Who opens later is shown today, but was not there on a past day."""
        open_ = or_(columns.closed_on.is_(None), columns.closed_on > self.on)
        return and_(open_, or_(columns.opened_on.is_(None), columns.opened_on <= self.day)) if self.day else open_


@dataclass(frozen=True)
class Item:
    """A node. ``below``: how many organizations are under it; ``place`` of ``total``: where it stands in its superior's list;
    ``top``: the tree may begin with it; ``seen``: it is in the actor's sight today (`outline_gone`)."""

    id: int
    parent_id: int | None
    path: str
    level: Level
    name: str
    opened_on: date | None
    closed_on: date | None
    place: int
    total: int
    below: int
    top: bool = True
    seen: bool = True
    nodes: list["Item"] = field(default_factory=list)

    @property
    def before(self) -> int:
        """The part of the list before the one in which it stands; 0: there is none."""
        return (self.place - 1) // PART

    @property
    def after(self) -> int:
        """The part after the one in which it stands; 0: there is none."""
        return self.before + 2 if self.total > (self.before + 1) * PART else 0


# ── Columns: as they are, or as they were ────────────────────────────────────────────────────────────────────────────


class Columns:
    """What the tree is made of, as expressions over `Organization`; ``joined`` brings in what they need."""

    def __init__(self, look: Look) -> None:
        self.look = look
        self.parent: Any = Organization.parent_id
        self.path: Any = Organization.path
        self.level: Any = cast(Organization.level, String)
        self.name: Any = Organization.short_name
        self.order: Any = Organization.sort_key
        self.facts: dict[str, Any] = {}  # by field what is kept of it on the day
        self.gone: Any = None  # the paths of who was not at work on the day, or stood elsewhere
        if look.day is not None:
            self.remember()

    def remember(self) -> None:
        """Take what was on the day instead."""
        for name in ("parent_id", "path", "level", "short_name"):
            found = dated.on(name, self.look.on)
            self.facts[name] = select(found.c.id, found.c.value).cte(f"{name}_on").prefix_with("MATERIALIZED")
        self.parent = self.was("parent_id", Organization.parent_id, Integer())
        self.path = self.was("path", Organization.path, String(collation="C"))
        self.level = self.was("level", self.level, String())
        self.name = self.was("short_name", Organization.short_name, String())
        row, day = aliased(Organization), self.look.on
        away = (row.closed_on <= day, row.opened_on > day, row.id.in_(select(self.facts["path"].c.id)))
        self.gone = union(*(select(row.path).where(one) for one in away)).cte("gone").prefix_with("MATERIALIZED")
        self.order = func.coalesce(func.sort_key(self.facts["short_name"].c.value, type_=String(collation="C")), self.order)

    def was(self, name: str, now: Any, kind: Any) -> ColumnElement[Any]:
        """The field on the day: what is kept of it, or if it has never changed what it is."""
        kept = self.facts[name].c
        return case((kept.id.is_not(None), cast(kept.value, kind)), else_=now)

    def joined(self, query: Select[Any]) -> Select[Any]:
        """The query with the fields' past beside it."""
        for kept in self.facts.values():
            query = query.outerjoin(kept, kept.c.id == Organization.id)
        return query

    def under(self, parents: Select[Any] | Collection[int]) -> list[Select[Any]]:
        """The ids of organizations directly under one of these: one SELECT, of a past day a second one for who has moved."""
        child = aliased(Organization)
        now = select(child.id).where(child.parent_id.in_(parents))
        if self.look.day is None:
            return [now]
        kept = self.facts["parent_id"].c
        return [now.where(~moved(child, "parent_id")), select(kept.id).where(cast(kept.value, Integer).in_(parents))]

    def below(self, path: Any) -> list[Select[Any]]:
        """The ids of those at work (or all) somewhere below the path: of a past day also of who has moved."""
        low, high, child = path, func.left(path, -1) + "0", aliased(Organization)
        there = true() if self.look.closed and self.look.day is None else self.look.standing(child)
        now = select(child.id).where(child.path > low, child.path < high, there)
        if self.look.day is None:
            return [now]
        mover, kept = aliased(Organization), self.facts["path"].c
        value = cast(kept.value, String(collation="C"))
        then = select(mover.id).join(self.facts["path"], kept.id == mover.id).where(value > low, value < high)
        return [now.where(~moved(child, "path")), then.where(self.look.standing(mover))]

    def count_below(self, path: Any) -> Any:
        """How many. All paths of the range are counted in the index alone; what must not be counted is few, and taken off."""
        low, high, child = path, func.left(path, -1) + "0", aliased(Organization)
        every = counted(select(child.id).where(child.path > low, child.path < high))
        if self.look.day is not None:
            gone = select(func.count()).select_from(self.gone).where(self.gone.c.path > low, self.gone.c.path < high)
            came = [counted(one) for one in self.below(path)[1:]]
            return sum(came, every - gone.scalar_subquery())
        if self.look.closed:
            return every
        child = aliased(Organization)
        return every - counted(select(child.id).where(child.path > low, child.path < high, child.closed_on <= self.look.on))

    def shown(self, kept: Collection[int]) -> ColumnElement[bool]:
        """At work, or above something that is; or one of those that are asked for."""
        if self.look.closed and self.look.day is None:
            return true()
        return or_(self.look.standing(Organization), Organization.id.in_(kept), *(one.exists() for one in self.below(self.path)))

    def roots(self) -> list[Select[Any]]:
        """The ids of where the actor's tree begins; of a past day also of those whose superior was then out of its sight."""
        top = aliased(Organization)
        if rules.condition(current(), Organization) is None:
            return [select(top.id).where(top.parent_id.is_(None))]
        reaches = current().reaches
        above = [r.organization_id for r in reaches if not any(r.path != o.path and r.path.startswith(o.path) for o in reaches)]
        begins = select(top.id).where(top.id.in_(above))
        if self.look.day is None:
            return [begins]
        kept, seen = self.facts["parent_id"].c, aliased(Organization)
        return [begins, select(kept.id).where(cast(kept.value, Integer).not_in(select(seen.id)))]


def moved(row: Any, name: str) -> ColumnElement[bool]:
    """Has the field of the organization ever changed?"""
    kept = select(OrganizationFact.id).where(OrganizationFact.organization_id == row.id, OrganizationFact.field == name)
    return kept.exists()


def counted(ids: Select[Any]) -> Any:
    """How many rows a SELECT of ids has, as an expression."""
    return ids.with_only_columns(func.count(), maintain_column_froms=True).scalar_subquery()


# ── Reading ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def chain(session: Session, look: Look, organization_id: int) -> list[int]:
    """The ids from the root down to the organization, as far as the day has them; empty if the actor does not see it."""
    columns = Columns(look)
    path = session.scalar(columns.joined(select(columns.path)).where(Organization.id == organization_id))
    return tree.nodes(path) if path else []


def opened(
    session: Session, look: Look, nodes: Collection[int] | None, way: Sequence[int] = (), part: tuple[int, int] = (0, 0)
) -> list[Item]:
    """The tree from where it begins, with these nodes open (None: the first ones) and those on the way to an organization.

    Of a list through which the way leads the part is there in which it does, of others the first one; ``part``: of the list of
    this node that part.
    """
    columns = Columns(look)
    parents = {*(nodes or ()), *way[:-1]}
    wanted = [*columns.roots(), *columns.under(parents)] if parents else columns.roots()
    if nodes is None:
        wanted += [one for root in columns.roots() for one in columns.under(root)]
    tops = Organization.id.in_(union_all(*columns.roots()))
    return grown(rows(session, columns, Organization.id.in_(union_all(*wanted)), way, part, tops))


def under(session: Session, look: Look, node: int, part: int) -> list[Item]:
    """A part of what is directly under a node."""
    columns = Columns(look)
    ids = Organization.id.in_(union_all(*columns.under([node])))
    return rows(session, columns, ids, part=(node, part))


def found(session: Session, look: Look, ways: Sequence[Sequence[int]]) -> list[Item]:
    """The tree of the ways to some organizations, and nothing else."""
    there = {node for way in ways for node in way}
    return grown(rows(session, Columns(look), Organization.id.in_(there), there))


def ways(session: Session, look: Look, wanted: ColumnElement[bool], words: Collection[str], most: int) -> list[list[int]]:
    """The ways (see `chain`) to the first organizations that meet the condition.

    Of a past day to those that were then at work; who was called by all these words then is found by them too.
    """
    columns = Columns(look)
    there: ColumnElement[bool] = true()
    if look.day is not None:
        called = func.sort_key(columns.facts["short_name"].c.value, type_=String(collation="C"))
        wanted = or_(wanted, and_(*(called.contains(func.sort_key(word)) for word in words)))
        there = look.standing(Organization)
    query = columns.joined(select(columns.path)).where(wanted, there).order_by(columns.order, Organization.id)
    return [tree.nodes(path) for path in session.scalars(query.limit(most))]


def rows(
    session: Session,
    columns: Columns,
    wanted: ColumnElement[bool],
    way: Collection[int] = (),
    part: tuple[int, int] = (0, 0),
    tops: ColumnElement[bool] | None = None,
) -> list[Item]:
    """The wanted nodes, each list cut to one part (`opened` says which)."""
    rank = case({level.value: place for level, place in RANK.items()}, value=columns.level, else_=len(RANK))
    one_list = {"partition_by": columns.parent}
    numbered = select(
        Organization.id,
        columns.parent.label("parent_id"),
        columns.path.label("path"),
        columns.level.label("level"),
        columns.name.label("name"),
        Organization.opened_on,
        Organization.closed_on,
        func.row_number().over(**one_list, order_by=(rank, columns.order, Organization.id)).label("place"),
        func.count().over(**one_list).label("total"),
        (true() if tops is None else tops).label("top"),
    )
    sub = columns.joined(numbered).where(wanted, columns.shown(way)).subquery()
    aim = func.max(case((sub.c.id.in_(way), sub.c.place))).over(partition_by=sub.c.parent_id)
    asked = case((sub.c.parent_id == part[0], part[1]), else_=func.coalesce((aim - 1) // PART + 1, 1))
    cut = select(sub, asked.label("part")).subquery()
    query = select(cut, columns.count_below(cut.c.path).label("below"))
    query = query.where((cut.c.place - 1) // PART + 1 == cut.c.part).order_by(cut.c.place)
    return [item(row) for row in session.execute(query)]


def item(row: Any) -> Item:
    """One node."""
    named = row._mapping
    return Item(**{name: named[name] for name in named if name not in {"level", "part"}}, level=Level(row.level))  # type: ignore[call-arg]  # a look-up


def grown(items: Sequence[Item]) -> list[Item]:
    """The nodes, each under its own superior; those with which the tree begins."""
    by_id = {one.id: one for one in items}
    top: list[Item] = []
    for one in items:
        above = by_id.get(one.parent_id) if one.parent_id is not None else None
        if above is not None:
            above.nodes.append(one)
        elif one.top:  # else its superior is closed up: nobody has opened the way to it
            top.append(one)
    return top
