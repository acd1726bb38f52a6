"""How far a campaign is: how many reports are in which state, node by node and in all.

Of a running campaign it tells of the organizations where they are now, and scope restricts it like any list. Of a closed one it
tells of the tree as it was on the reference day: what was below a node then is counted there for ever, also what has moved on.
"""

from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Date, Select, Subquery, cast, func, select
from sqlalchemy.orm import Session, joinedload

from admin_app.reporting import dated, days, owing, tree
from admin_app.reporting.actor import quietly
from models import Campaign, FormVersion, Organization, Report, ReportState

Q = TypeVar("Q", bound=Select[*tuple[Any, ...]])
S = ReportState
SHARES = (S.ACCEPTED, S.SUBMITTED, S.REJECTED, S.RETURNED, S.DRAFT, S.EMPTY)  # in the order in which a bar shows them
NEED = (S.REJECTED, S.RETURNED, S.EMPTY, S.DRAFT, S.SUBMITTED, S.ACCEPTED)  # who needs help first


@dataclass
class Line:
    """One node of the tree: how many reports at and below it are in each state.

    ``below`` is false for the node asked about, ``seen`` for one that is no longer in the actor's sight; ``report_id`` is the
    latest of the reports, of use where there is only one.
    """

    organization_id: int
    name: str
    sort_key: str = ""
    report_id: int = 0
    counts: dict[ReportState, int] = field(default_factory=lambda: dict.fromkeys(SHARES, 0))
    below: bool = True
    seen: bool = True

    @property
    def total(self) -> int:
        """All reports."""
        return sum(self.counts.values())

    @property
    def state(self) -> ReportState:
        """The state of the largest part; of the only report, where there is only one."""
        return max(NEED, key=lambda state: self.counts[state])

    @property
    def back(self) -> int:
        """Reports that came back: rejected, or returned for editing."""
        return self.counts[S.REJECTED] + self.counts[S.RETURNED]

    @property
    def done(self) -> float:
        """The share of accepted reports, 0–1; 0 where there are none at all."""
        return self.counts[S.ACCEPTED] / self.total if self.total else 0.0


def campaigns(session: Session) -> list[Campaign]:
    """The campaigns that have been opened, running ones first, the nearest deadline before others."""
    statement = (
        select(Campaign)
        .where(Campaign.opened_at.is_not(None))
        .options(joinedload(Campaign.period), joinedload(Campaign.form_version).joinedload(FormVersion.form))
        .order_by(Campaign.closed_at.is_not(None), func.abs(Campaign.deadline - days.today()), Campaign.id.desc())
    )
    return list(session.scalars(statement))


@dataclass(frozen=True)
class Place:
    """A node of the tree as a campaign's reports saw it: its path then, and how to find what was below it.

    ``day`` is None while the campaign runs. ``path`` is the column of the organizations' paths.
    """

    campaign_id: int
    day: date | None
    node_id: int
    node: str
    path: ColumnElement[str]
    moved: Subquery | None = None

    @staticmethod
    def of(session: Session, campaign: Campaign, node: Organization) -> "Place":
        """Where the node was."""
        if campaign.closed_at is None:
            return Place(campaign.id, None, node.id, node.path, Organization.path.expression)
        day = dated.reference_day(campaign)
        moved = dated.on("path", day)
        path = func.coalesce(moved.c.value, Organization.path)
        return Place(campaign.id, day, node.id, dated.then(session, node, day).path, path, moved)

    def below(self, query: Q) -> Q:
        """The query over organizations, of those at and below the node."""
        low, high = tree.edges(self.node)
        if self.moved is None:
            return query.where(self.path >= low, self.path < high)
        path = self.path.collate("C")
        return query.outerjoin(self.moved, self.moved.c.id == Organization.id).where(path >= low, path < high)

    def read(self, session: Session, query: Select[*tuple[Any, ...]]) -> list[Any]:
        """The rows of a query over reports, of those of the campaign at and below the node. Scope holds unless all is past."""
        query = query.join(Organization, Organization.id == Report.organization_id).where(Report.campaign_id == self.campaign_id)
        with quietly("what was below a node that the actor sees") if self.day else nullcontext():
            return list(session.execute(self.below(query)))


def lines(session: Session, place: Place) -> list[Line]:
    """A line for each node right under the place that has reports in its subtree, and one for the place itself if it files.

    Those with the smallest share of accepted reports come first: they need help.
    """
    step = func.split_part(place.path, "/", place.node.count("/") + 1)
    query = select(step, Report.state, func.count(Report.id), func.max(Report.id)).where(owing.counted())
    rows = place.read(session, query.group_by(step, Report.state))
    names = names_of(session, {int(key) if key else place.node_id for key, *_rest in rows}, place.day)
    here = None if place.day is None else set(session.scalars(select(Organization.id).where(Organization.id.in_(names))))
    found: dict[int, Line] = {}
    for key, state, count, report_id in rows:
        organization_id = int(key) if key else place.node_id
        line = found.setdefault(organization_id, Line(organization_id, *names.get(organization_id, ("", ""))))
        line.counts[state] += count
        line.below, line.report_id, line.seen = bool(key), report_id, here is None or organization_id in here
    return sorted(found.values(), key=lambda line: (line.done, -line.total, NEED.index(line.state), line.sort_key))


def names_of(session: Session, ids: set[int], day: date | None = None) -> dict[int, tuple[str, str]]:
    """The organizations' short names, of that day if one is given, and how they sort."""
    columns = select(Organization.id, Organization.short_name.label("name"), Organization.sort_key)
    if day is not None:
        then = dated.on("short_name", day)
        name = func.coalesce(then.c.value, Organization.short_name).label("name")
        columns = columns.with_only_columns(Organization.id, name, func.sort_key(name).label("sort_key"))
        columns = columns.outerjoin(then, then.c.id == Organization.id)
    with quietly("what the nodes of a part of the tree are called"):
        return {row.id: (row.name, row.sort_key) for row in session.execute(columns.where(Organization.id.in_(ids)))}


def total(of: Iterable[Line], name: str = "") -> Line:
    """Many lines as one."""
    whole = Line(0, name)
    for line in of:
        for state, count in line.counts.items():
            whole.counts[state] += count
    return whole


def accepted_by_day(session: Session, place: Place) -> list[tuple[date, int]]:
    """For each day on which reports were accepted: how many had been by its end."""
    day = cast(func.timezone(days.zone(), Report.accepted_at), Date)
    query = select(day, func.count(Report.id)).where(Report.state == S.ACCEPTED).group_by(day).order_by(day)
    rows = place.read(session, query)
    found, so_far = [], 0
    for when, count in rows:
        so_far += count
        found.append((when, so_far))
    return found
