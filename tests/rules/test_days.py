"""The product's day: it turns at midnight in Irkutsk (16:00 UTC), whatever the machine's zone and the database's are."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, func, select, text, update
from sqlalchemy.orm import Session

from admin_app import postgres
from admin_app.config import Misset, Settings, from_environment
from admin_app.extensions import db
from admin_app.reporting import accounts, days, jobs, memberships, progress, reminders, reports, scope
from admin_app.reporting.reports import Urgency
from models import Campaign, Membership, Organization, Report, User
from tests.people import Cast
from tests.reports import FILLED, arrange, save

EVE = datetime(2026, 12, 1, 15, 59, 59, tzinfo=UTC)  # a second before 2 December in Irkutsk
MIDNIGHT = datetime(2026, 12, 1, 16, 0, tzinfo=UTC)
FIRST, SECOND = date(2026, 12, 1), date(2026, 12, 2)
Clock = Callable[[datetime], None]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """`at(moment)` stops the clock there."""
    return lambda moment: monkeypatch.setattr(days, "now", lambda: moment)


@pytest.mark.parametrize(("moment", "day"), [(EVE, FIRST), (MIDNIGHT, SECOND)])
def test_the_day_turns_at_the_products_midnight(session: Session, at: Clock, moment: datetime, day: date) -> None:
    at(moment)
    assert days.today() == days.day_of(moment) == day
    assert session.scalar(select(func.max(days.today())).select_from(User)) in {day, None}


def test_a_report_of_the_last_evening_is_in_time(session: Session, plain: Session, cast: Cast, as_: Any, at: Clock) -> None:
    ids = arrange(session, plain, cast, deadline=FIRST)
    at(EVE)
    with as_("school1"):
        save(session, ids["school1"], FILLED)
        assert [(one.urgency, one.days_left) for one in reports.owed(session)] == [(Urgency.AT_RISK, 0)]
        assert not reports.is_late(reports.submit(session, ids["school1"]))
    at(MIDNIGHT)
    with as_("clerk"):
        assert {(one.urgency, one.days_left) for one in reports.owed(session)} == {(Urgency.OVERDUE, -1)}
        save(session, ids["school2"], FILLED)
        assert reports.is_late(reports.submit(session, ids["school2"]))
    assert not reports.is_late(plain.get_one(Report, ids["school1"]))


def test_an_attachment_ends_with_its_last_day(session: Session, plain: Session, cast: Cast, at: Clock) -> None:
    """Also for a person whose rule has been made and kept the day before."""
    person = cast.users["school1"]
    plain.execute(update(Membership).where(Membership.user_id == person).values(valid_from=date(2026, 1, 1), valid_to=FIRST))
    colleagues = select(User.id).where(User.id == person)
    supervisor = scope.actor_of(cast.users["irkutsk"], plain)
    at(EVE)
    assert scope.actor_of(person, plain).reaches
    with scope.acting(supervisor):
        assert session.scalar(colleagues) == person
    at(MIDNIGHT)
    assert not scope.actor_of(person, plain).reaches
    with scope.acting(supervisor):
        assert session.scalar(colleagues) is None
    row = plain.scalars(select(Membership).where(Membership.user_id == person)).one()
    assert memberships.still_lasting([row]) == []


def test_an_attachment_begins_on_the_products_day(session: Session, cast: Cast, as_: Any, at: Clock) -> None:
    at(MIDNIGHT)
    with as_("central"):
        school = session.get_one(Organization, cast.organizations["school1"])
        assert accounts.attach(session, cast.users["newcomer"], school, accounts.RoleName.ORGANIZATION).valid_from == SECOND


def test_reminders_and_acceptances_go_by_the_products_day(
    session: Session, plain: Session, cast: Cast, as_: Any, at: Clock
) -> None:
    ids = arrange(session, plain, cast, deadline=SECOND + timedelta(days=1))
    at(MIDNIGHT)
    with as_("school1"):
        save(session, ids["school1"], FILLED)
        reports.submit(session, ids["school1"])
    with as_("irkutsk"):
        reports.accept(session, ids["school1"])
        node = session.get_one(Organization, cast.organizations["irkutsk"])
        campaign = session.scalars(select(Campaign)).one()
        assert progress.accepted_by_day(session, progress.Place.of(session, campaign, node)) == [(SECOND, 1)]
    with scope.acting(scope.everything("MODO")):
        assert reminders.remind(session) == 2  # a day is left for the two people of the other schools


def test_the_session_lives_in_the_products_zone(session: Session) -> None:
    shown = db.engine.connect() if isinstance(db.engine, Engine) else db.engine
    assert shown.scalar(text("SHOW timezone")) == "Asia/Irkutsk"
    assert session.connection().scalar(text("SELECT current_date")) == days.today()


def test_a_database_with_a_zone_of_its_own_gets_ours(database: Engine) -> None:
    name = database.url.database
    with database.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text(f"ALTER DATABASE {name} SET timezone = 'America/New_York'"))
    address = database.url.update_query_dict({"options": "-c statement_timeout=7s"}).render_as_string(hide_password=False)
    engine = create_engine(postgres.url(Settings(data_dir=postgres.Path(), database_url=address, time_zone="Asia/Omsk")))
    with engine.connect() as connection:
        assert connection.scalar(text("SHOW timezone")) == "Asia/Omsk"
        assert connection.scalar(text("SHOW statement_timeout")) == "7s"
    engine.dispose()
    again = postgres.url(Settings(data_dir=postgres.Path(), database_url=str(engine.url), time_zone="Asia/Omsk"))
    assert again.count("timezone") == 1


def test_the_programs_and_the_queue_read_the_address_too(database: Engine) -> None:
    address = database.url.update_query_dict({"options": "-c statement_timeout=7s -ctimezone=Asia/Omsk"})
    with postgres.psycopg.connect(postgres.libpq(address)) as connection:
        assert connection.execute("SHOW timezone").fetchone() == ("Asia/Omsk",)
    queue = jobs.connector(address)
    with postgres.psycopg.connect(queue._pool_args["conninfo"], **queue._pool_args["kwargs"]) as connection:
        shown = [connection.execute(f"SHOW {name}").fetchone() for name in ("search_path", "timezone", "statement_timeout")]
    assert shown == [("jobs",), ("Asia/Omsk",), ("7s",)]


@pytest.mark.parametrize("name", ["Asia/Irkutks", "Asia", "../../etc/passwd", "+8", "\0"])
def test_an_unknown_zone_is_one_sentence(name: str, tmp_path: Any) -> None:
    with pytest.raises(Misset, match="MODO_TIME_ZONE names no time zone"):
        from_environment({"MODO_DATA_DIR": str(tmp_path), "MODO_TIME_ZONE": name})
    assert from_environment({"MODO_DATA_DIR": str(tmp_path), "MODO_TIME_ZONE": "Europe/Moscow"}).time_zone == "Europe/Moscow"
