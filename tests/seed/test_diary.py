"""The demo's dates: plausible on whatever day it is made, one after another, in working hours, never in the future."""

from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from admin_app.reporting import scope
from models import Organization
from seed.demo.clock import Clock, told
from seed.demo.diary import ZONE, Diary, Span, at, is_working, steps
from seed.demo.seasons import founded, seasons
from seed.periods import bounds
from tests.people import Cast

DAYS = st.dates(date(2026, 1, 1), date(2040, 1, 1))


@given(DAYS)
def test_campaigns_follow_the_calendar(today: date) -> None:
    before, now, last, half = seasons(today)
    for season in (before, now, last, half):
        assert founded(today) < season.opened < min(season.deadline, today)
        assert bounds(season.kind, season.day)[0] <= season.deadline
        assert is_working(season.opened)
    for past, current in ((before, now), (last, half)):
        assert past.closed is not None
        assert past.deadline < past.closed < today <= current.deadline
        assert bounds(past.kind, past.day)[1] < bounds(current.kind, current.day)[0] <= today


@given(DAYS, st.sampled_from(["draft", "submitted", "accepted", "rejected", "returned"]), st.integers(0, 23), st.integers())
def test_what_happens_to_a_report_happens_in_order_and_before_now(today: date, state: str, hour: int, seed: int) -> None:
    now = datetime(today.year, today.month, today.day, hour, tzinfo=UTC)
    for season in seasons(today):
        span = Span(season.opened, min(at(season.deadline), now))
        moments = [span.moment(when) for when in steps(state, Random(seed), span.length)]
        assert moments == sorted(set(moments))
        assert at(season.opened) <= moments[0]
        assert moments[-1] <= now
        assert all(is_working(moment.date()) and 8 <= moment.astimezone(ZONE).hour < 18 for moment in moments)


def test_a_diary_goes_by_time_and_may_be_continued() -> None:
    diary, seen = Diary(Clock(at(date(2026, 9, 1)))), list[datetime]()

    def twice() -> None:
        seen.append(diary.clock.now)
        diary.enter(diary.clock.now + timedelta(hours=1), lambda: seen.append(diary.clock.now))

    for day in (3, 2):
        diary.enter(at(date(2026, 9, day)), twice)
    diary.live()
    assert [moment.day for moment in seen] == [2, 2, 3, 3]
    assert seen == sorted(seen)


@pytest.fixture
def moment() -> datetime:
    """A moment long ago."""
    return datetime(2001, 2, 3, 4, 5, 6, tzinfo=UTC)


def test_rows_bear_the_clocks_time(session: Session, cast: Cast, moment: datetime) -> None:
    with scope.acting(scope.everything("MODO")), told(session.connection(), Clock(moment)):
        school = session.get_one(Organization, cast.organizations["school1"])
        school.short_name = "Школа с часами"
        session.flush()
        child = Organization(level="branch", parent=school, short_name="Филиал с часами", full_name="Филиал")
        session.add(child)
        session.flush()
        session.expire_all()
        assert (school.updated_at, child.created_at, child.updated_at) == (moment, moment, moment)


def test_outside_the_block_it_is_today_again(session: Session, cast: Cast, moment: datetime) -> None:
    with scope.acting(scope.everything("MODO")):
        school = session.get_one(Organization, cast.organizations["school1"])
        with told(session.connection(), Clock(moment)):
            pass
        school.short_name = "Школа без часов"
        session.flush()
        session.refresh(school)
        assert school.updated_at.year > 2001
