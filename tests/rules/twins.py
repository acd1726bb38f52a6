"""Two organizations that are one, with a report each: for the tests of merging and separating them."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app.reporting import accounts, days, reports, separating, uniting
from models import (
    Comment,
    Level,
    Membership,
    Organization,
    Report,
    ReportSection,
    ReportSnapshot,
    Request,
    RoleName,
    SavedView,
    Succession,
)
from tests.people import Cast, organization
from tests.reports import FILLED, arrange, save

As = Callable[[str], AbstractContextManager[object]]


@dataclass
class Twins:
    """school1, which stays, and its duplicate `twin` in the same municipality; the reports of both in one open campaign."""

    session: Session
    plain: Session
    as_: As
    cast: Cast
    kept: int
    twin: int
    report: int
    other: int

    def unite(self, who: str = "irkutsk", fields: Any = ()) -> None:
        with self.as_(who):
            uniting.unite(self.session, self.kept, self.twin, fields)
            self.session.commit()
        self.plain.expire_all()

    def separate(self, who: str = "irkutsk", **how: Any) -> None:
        with self.as_(who):
            separating.separate(self.session, self.twin, **how)
            self.session.commit()
        self.plain.expire_all()

    def at(self, report: int) -> int:
        return self.plain.get_one(Report, report).organization_id

    def seat(self, user: str, organization_id: int, role: RoleName = RoleName.ORGANIZATION, since: int = 10) -> int:
        with self.as_("central"):
            place = self.session.get_one(Organization, organization_id)
            row = accounts.attach(self.session, self.cast.users[user], place, role, days.today() - timedelta(days=since))
            key = row.id
            self.session.commit()
            return key

    def file(self, report: int, who: str) -> None:
        with self.as_(who):
            save(self.session, report, FILLED)
            reports.submit(self.session, report)
            self.session.commit()

    def accept(self, report: int) -> None:
        with self.as_("irkutsk"):
            reports.accept(self.session, report)
            self.session.commit()


def make(session: Session, plain: Session, as_: As, cast: Cast) -> Twins:
    """The two, with newcomer attached to the duplicate."""
    home = plain.get_one(Organization, cast.organizations["irkutsk"])
    twin = organization(plain, "СОШ 1", Level.ORGANIZATION, home, inn="3899000040", kpp="389901001", address="Мира, 1").id
    plain.commit()
    kept = cast.organizations["school1"]
    found = arrange(session, plain, cast)
    session.commit()
    other = plain.scalars(select(Report.id).where(Report.organization_id == twin)).one()
    made = Twins(session, plain, as_, cast, kept, twin, found["school1"], other)
    made.seat("newcomer", twin)
    return made


def pictures(plain: Session) -> dict[str, Any]:
    """Every row whose place a merger may change, and the values of every report."""
    plain.expire_all()
    made: dict[str, Any] = {}
    for table in (Organization, Membership, Report, Request, SavedView, ReportSection, ReportSnapshot, Comment, Succession):
        skip = {"updated_at", "search_key", "sort_key"}
        columns = [column for column in table.__table__.c if column.key not in skip]
        made[table.__tablename__] = sorted(map(tuple, plain.execute(select(*columns))), key=str)
    return made
