"""How far a campaign is: how many reports are in which state, node by node and in all. Scope restricts it like any list."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Date, cast, func, select
from sqlalchemy.orm import Session, joinedload

from admin_app.reporting import days, owing, tree
from models import Campaign, FormVersion, Organization, Report, ReportState

S = ReportState
SHARES = (S.ACCEPTED, S.SUBMITTED, S.REJECTED, S.RETURNED, S.DRAFT, S.EMPTY)  # in the order in which a bar shows them
NEED = (S.REJECTED, S.RETURNED, S.EMPTY, S.DRAFT, S.SUBMITTED, S.ACCEPTED)  # who needs help first


@dataclass
class Line:
    """One node of the tree: how many reports at and below it are in each state.

    ``below`` is false for the node asked about; ``report_id`` is the latest of the reports, of use where there is only one.
    """

    organization_id: int
    name: str
    sort_key: str = ""
    report_id: int = 0
    counts: dict[ReportState, int] = field(default_factory=lambda: dict.fromkeys(SHARES, 0))
    below: bool = True

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


def lines(session: Session, campaign_id: int, node: Organization) -> list[Line]:
    """A line for each node right under ``node`` that has reports in its subtree, and one for ``node`` itself if it files.

    Those with the smallest share of accepted reports come first: they need help.
    """
    step = func.split_part(Organization.path, "/", node.path.count("/") + 1)
    rows = session.execute(
        select(step, Report.state, func.count(Report.id), func.max(Report.id))
        .join(Organization, Organization.id == Report.organization_id)
        .where(Report.campaign_id == campaign_id, tree.below(node.path), owing.counted())
        .group_by(step, Report.state)
    ).all()
    names = names_of(session, {int(key) if key else node.id for key, *_rest in rows})
    found: dict[int, Line] = {}
    for key, state, count, report_id in rows:
        organization_id = int(key) if key else node.id
        line = found.setdefault(organization_id, Line(organization_id, *names.get(organization_id, ("", ""))))
        line.counts[state] += count
        line.below, line.report_id = bool(key), report_id
    return sorted(found.values(), key=lambda line: (line.done, -line.total, NEED.index(line.state), line.sort_key))


def names_of(session: Session, ids: set[int]) -> dict[int, tuple[str, str]]:
    """The organizations' short names, and how they sort."""
    columns = select(Organization.id, Organization.short_name, Organization.sort_key)
    return {row.id: (row.short_name, row.sort_key) for row in session.execute(columns.where(Organization.id.in_(ids)))}


def total(of: Iterable[Line], name: str = "") -> Line:
    """Many lines as one."""
    whole = Line(0, name)
    for line in of:
        for state, count in line.counts.items():
            whole.counts[state] += count
    return whole


def accepted_by_day(session: Session, campaign_id: int, node: Organization) -> list[tuple[date, int]]:
    """For each day on which reports were accepted: how many had been by its end."""
    day = cast(func.timezone(days.zone(), Report.accepted_at), Date)
    rows = session.execute(
        select(day, func.count(Report.id))
        .join(Organization, Organization.id == Report.organization_id)
        .where(Report.campaign_id == campaign_id, Report.state == S.ACCEPTED, tree.below(node.path))
        .group_by(day)
        .order_by(day)
    )
    found, so_far = [], 0
    for when, count in rows:
        so_far += count
        found.append((when, so_far))
    return found
