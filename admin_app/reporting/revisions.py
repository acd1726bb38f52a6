"""Who typed what and when in a report, and what has changed since it was submitted."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app.reporting import forms, sheet, storage
from models import Report, ReportRevision, ReportSnapshot


@dataclass(frozen=True)
class Entry:
    """One cell in one revision: from and to as shown."""

    revision: int
    cell: str
    was: str
    now: str
    who: str
    at: datetime


@dataclass(frozen=True)
class Difference:
    """A cell that differs from what it was in a snapshot, both as shown; white cells too."""

    cell: str
    kind: str
    was: str
    now: str


def entries(session: Session, report: Report, cell: str | None = None, limit: int = 200) -> Iterator[Entry]:
    """The cells of the latest ``limit`` revisions, newest first; with ``cell`` only those that changed it."""
    row = ReportRevision
    query = select(row.number, row.delta, row.user_name, row.at).where(row.report_id == report.id)
    if cell is not None:
        query = query.where(row.delta.contains([[cell]]))
    program = forms.program(report.campaign.form_version)
    for number, delta, who, at in session.execute(query.order_by(row.number.desc()).limit(limit)):
        for address, was, now in delta:
            if cell in (None, address):
                before, after = (storage.shown(program, address, content) for content in (was, now))
                yield Entry(number, address, before, after, who, at)


def snapshots(session: Session, report: Report) -> list[ReportSnapshot]:
    """The report's snapshots, newest first."""
    query = select(ReportSnapshot).where(ReportSnapshot.report_id == report.id)
    return list(session.scalars(query.order_by(ReportSnapshot.id.desc())))


def since(session: Session, report: Report, snapshot: ReportSnapshot) -> list[Difference]:
    """What has changed since a snapshot, in the order of the form."""
    now = sheet.load(session, report)
    program = now.program
    then = storage.values(program, storage.thaw(snapshot.sections))
    return [
        Difference(
            cell.address,
            cell.kind,
            storage.shown(program, cell.address, storage.content(program, then, cell)),
            storage.shown(program, cell.address, storage.content(program, now.values, cell)),
        )
        for cell in storage.differences(program, then, now.values)
    ]
