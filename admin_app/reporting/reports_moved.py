"""Whose a report is after two organizations were merged, or separated again. Nothing else of a report changes.

In each campaign the report that is filed goes to the one that stays; where both are filed, or both filled in, each stays.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_
from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session, joinedload

from admin_app.reporting.actor import unscoped
from admin_app.reporting.refusal import Refused
from models import Campaign, Organization, Report, ReportState, Titled

S = ReportState
RANK = {S.EMPTY: 0, S.DRAFT: 1, S.REJECTED: 1, S.RETURNED: 1, S.SUBMITTED: 2, S.ACCEPTED: 2}


class Outcome(Titled):
    """What becomes of a report of the duplicate."""

    GOES = "goes", N_("Goes over: the other one has none in this campaign.")
    WINS = "wins", N_("Goes over, because more is done in it; the other one goes to the duplicate.")
    EMPTY = "empty", N_("Nothing is filled in: it stays with the duplicate and is no longer owed.")
    BEHIND = "behind", N_("Stays with the duplicate: the other one is filed already.")
    BOTH = "both", N_("Both are filed or filled in: each stays as it is, this one with the duplicate.")


@dataclass(frozen=True)
class Fate:
    """A report of the duplicate, the report of the one that stays in the same campaign, and what becomes of the first."""

    report: Report
    other: Report | None
    outcome: Outcome

    @property
    def moves(self) -> bool:
        """Does it go over?"""
        return self.outcome in {Outcome.GOES, Outcome.WINS}

    def places(self, kept: Organization, closed: Organization) -> Iterator[tuple[int, int]]:
        """Whose reports these are afterwards: report and organization."""
        yield self.report.id, kept.id if self.moves else closed.id
        if self.other is not None:
            yield self.other.id, closed.id if self.moves else kept.id


def fates(session: Session, kept: Organization, closed: Organization, lock: bool) -> list[Fate]:
    """The reports of the duplicate, the latest campaign first."""
    query = select(Report).where(Report.organization_id.in_((kept.id, closed.id))).order_by(Report.campaign_id.desc())
    query = query.options(joinedload(Report.campaign).joinedload(Campaign.period))
    if lock:
        query = query.with_for_update(of=Report).execution_options(populate_existing=True)
    rows = session.scalars(query).all()
    others = {row.campaign_id: row for row in rows if row.organization_id == kept.id}
    mine = [row for row in rows if row.organization_id == closed.id]
    return [Fate(row, others.get(row.campaign_id), outcome(row, others.get(row.campaign_id))) for row in mine]


def outcome(report: Report, other: Report | None) -> Outcome:
    """What becomes of a report beside that of the one that stays."""
    if other is None:
        return Outcome.GOES
    if report.state is S.EMPTY:
        return Outcome.EMPTY
    if RANK[report.state] > RANK[other.state]:
        return Outcome.WINS
    return Outcome.BOTH if RANK[report.state] == RANK[other.state] else Outcome.BEHIND


def carry_out(session: Session, decided: list[Fate], kept: Organization, closed: Organization) -> list[list[int]]:
    """Give the reports to whom they go: [report, from, to] of each that has changed hands."""
    ways = []
    for fate in decided:
        if not fate.moves:
            continue
        ways.append([fate.report.id, closed.id, kept.id])
        if fate.other is not None:
            ways.append([fate.other.id, kept.id, closed.id])
        give(session, fate.report, kept.id, fate.other)
    return ways


def give(session: Session, report: Report, organization_id: int, other: Report | None) -> None:
    """Give a report to an organization; ``other``, which that one has in the campaign, goes the other way.

    An organization has one report in a campaign at any moment: between two that change places the first waits with a third one.
    """
    home = report.organization_id
    with unscoped("reports follow their organization when two are merged or separated"):
        if other is not None:
            place(session, other, waiting_place(session, report.campaign_id))
        place(session, report, organization_id)
        if other is not None:
            place(session, other, home)


def place(session: Session, report: Report, organization_id: int) -> None:
    """Write whose it is, and nothing else: when it was changed last stays."""
    query = update(Report).where(Report.id == report.id)
    query = query.values(organization_id=organization_id, updated_at=Report.updated_at)
    session.execute(query.execution_options(synchronize_session=False))
    session.expire(report)


def waiting_place(session: Session, campaign_id: int) -> int:
    """An organization without a report in the campaign. Raises Refused if all have one."""
    there = exists(select(Report.id).where(Report.campaign_id == campaign_id, Report.organization_id == Organization.id))
    found = session.scalar(select(Organization.id).where(~there).order_by(Organization.id).limit(1))
    if found is None:
        raise Refused(_("Every organization of the region files in this campaign: two reports cannot change places."))
    return found


# ── Back ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Return:
    """A report that a merger has moved. ``refused`` says why it stays where it is; ``other`` goes the other way."""

    report: Report
    home: int
    other: Report | None
    refused: str = ""


def returns(session: Session, ways: list[list[int]], kept_id: int, closed_id: int, lock: bool = False) -> list[Return]:
    """What goes back of what `carry_out` has moved: the reports that came to the one that stays, with those that made room."""
    came = [key for key, _home, now in ways if now == kept_id]
    went = {key for key, _home, now in ways if now == closed_id}
    query = select(Report).where(Report.id.in_([*came, *went])).options(joinedload(Report.campaign)).order_by(Report.id)
    if lock:
        query = query.with_for_update(of=Report).execution_options(populate_existing=True)
    moved = {row.id: row for row in session.scalars(query)}
    campaigns = {row.campaign_id for row in moved.values()}
    there = select(Report).where(Report.organization_id == closed_id, Report.campaign_id.in_(campaigns or {0}))
    rivals = {row.campaign_id: row for row in session.scalars(there)}
    return [back(moved[key], rivals.get(moved[key].campaign_id), went, kept_id, closed_id) for key in came if key in moved]


def back(report: Report, rival: Report | None, went: set[int], kept_id: int, closed_id: int) -> Return:
    """One report's way back."""
    if report.organization_id != kept_id:
        return Return(report, closed_id, None, _("It is no longer where the merger had put it: it stays."))
    if rival is not None and rival.id not in went and rival.state is not S.EMPTY:
        return Return(report, closed_id, None, _("The other one has filled in a report of its own meanwhile: it stays."))
    return Return(report, closed_id, rival)
