"""What the rule of who sees what costs: the same statements with and without it, over a region of 3,000 organizations.

Without: a plain session. With: the scoped session as the region's operator (no predicate), a municipality's (a path range) and a
school's own user (a list of ids). Median of many runs, in milliseconds, database included; and how much of it is ours in Python.
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, func, insert, select, text
from sqlalchemy.orm import Session, joinedload

from admin_app import migrations, postgres
from admin_app.reporting import scope
from admin_app.reporting.scope import Actor, Reach
from models import Campaign, Form, FormVersion, Level, Organization, Period, PeriodKind, Report, ReportSection, RoleName

MUNICIPALITIES, SCHOOLS, RUNS = 40, 75, 300

STATEMENTS: dict[str, Callable[[], Any]] = {
    "one report": lambda: select(Report).where(Report.id == 700),
    "its sections": lambda: select(ReportSection).where(ReportSection.report_id == 700),
    "page of organizations": lambda: select(Organization).order_by(Organization.sort_key, Organization.id).limit(50),
    "count of organizations": lambda: select(func.count()).select_from(Organization),
    "page of reports": lambda: select(Report).options(joinedload(Report.organization)).order_by(Report.id).limit(50),
    "count of reports": lambda: select(func.count()).select_from(Report),
}


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        engine = create_engine(postgres.with_driver(postgres.embedded(Path(folder) / "postgres")))
        migrations.upgrade(engine)
        actors = arrange(engine)
        print(f"{'ms':26}{'plain':>8}" + "".join(f"{name:>18}" for name in actors))
        for name, statement in STATEMENTS.items():
            plain = measure(Session(engine), statement)
            line = f"{name:26}{plain:8.2f}"
            for actor in actors.values():
                with scope.acting(actor):
                    cost = measure(scope.ScopedSession(engine), statement)
                line += f"{cost:10.2f} ×{cost / plain:5.2f}"
            print(line)
        overhead(engine, actors)
        engine.dispose()


def arrange(engine: Engine) -> dict[str, Actor]:
    """The region, a campaign, a report of every organization; the three actors."""
    with Session(engine) as session:
        root = add(session, None, Level.REGION)
        for number in range(MUNICIPALITIES):
            office = add(session, root, Level.MUNICIPALITY, number)
            for place in range(SCHOOLS):
                add(session, office, Level.ORGANIZATION, place)
        campaign = open_campaign(session)
        organizations = session.execute(
            select(Organization.id, Organization.path, Organization.level).order_by(Organization.id)
        ).all()
        session.execute(
            insert(Report),
            [{"campaign_id": campaign, "organization_id": row.id} for row in organizations if row.level == Level.ORGANIZATION],
        )
        reports = session.scalars(select(Report.id)).all()
        session.execute(insert(ReportSection), [{"report_id": key, "code": "1", "numbers": bytes(800)} for key in reports])
        home = session.scalars(
            select(Organization).join(Report, Report.organization_id == Organization.id).where(Report.id == 700)
        ).one()
        actors = {
            "region": Actor(1, "", (Reach(RoleName.CENTRAL, root, f"/{root}/"),)),
            "municipality": Actor(2, "", (Reach(RoleName.SUPERVISOR, home.parent_id or 0, f"/{root}/{home.parent_id}/"),)),
            "school": Actor(3, "", (Reach(RoleName.ORGANIZATION, home.id, home.path),)),
        }
        session.commit()
        session.connection(execution_options={"isolation_level": "AUTOCOMMIT"}).execute(text("ANALYZE"))
        return actors


def add(session: Session, parent: int | None, level: Level, number: int = 0) -> int:
    """An organization; its id."""
    row = Organization(parent_id=parent, level=level, short_name=f"Школа № {number}", full_name="Школа")
    session.add(row)
    session.flush()
    return row.id


def open_campaign(session: Session) -> int:
    """A campaign to hang the reports on; its id."""
    form = Form(code="F", title="Форма", periodicity=PeriodKind.YEAR)
    version = FormVersion(form=form, number=1, label="1", document={}, digest="1")
    period = Period(kind=PeriodKind.YEAR, title="год", starts_on=date(2025, 1, 1), ends_on=date(2025, 12, 31))
    campaign = Campaign(form_version=version, period=period, title="кампания", deadline=date(2026, 1, 20))
    session.add(campaign)
    session.flush()
    return campaign.id


def measure(session: Session, statement: Callable[[], Any], runs: int = RUNS) -> float:
    """The median milliseconds of a statement, its rows made into objects."""
    times = []
    with session:
        for _run in range(runs):
            started = time.perf_counter()
            session.execute(statement()).all()
            times.append(time.perf_counter() - started)
            session.expunge_all()
    return statistics.median(times[runs // 5 :]) * 1000


def overhead(engine: Engine, actors: dict[str, Actor]) -> None:
    """What the rule itself does in Python per statement, the database left out: an empty table."""
    statement = lambda: select(ReportSection.code).where(ReportSection.report_id == -1)  # noqa: E731
    plain = measure(Session(engine), statement, 1000)
    for name, actor in actors.items():
        with scope.acting(actor):
            cost = measure(scope.ScopedSession(engine), statement, 1000)
        print(f"per statement, {name}: {cost - plain:+.3f} ms (plain {plain:.3f})")


if __name__ == "__main__":
    main()
