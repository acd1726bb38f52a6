"""Every day is in exactly one period of each kind."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from admin_app.reporting import scope
from models import PeriodKind
from seed.periods import bounds, period, title


@pytest.mark.parametrize(
    ("kind", "day", "start", "end", "words"),
    [
        (PeriodKind.SCHOOL_YEAR, date(2026, 11, 24), date(2026, 9, 1), date(2027, 8, 31), "2026/2027 учебный год"),
        (PeriodKind.SCHOOL_YEAR, date(2027, 8, 31), date(2026, 9, 1), date(2027, 8, 31), "2026/2027 учебный год"),
        (PeriodKind.YEAR, date(2026, 12, 31), date(2026, 1, 1), date(2026, 12, 31), "2026 год"),
        (PeriodKind.HALF_YEAR, date(2026, 7, 1), date(2026, 7, 1), date(2026, 12, 31), "II полугодие 2026 года"),
        (PeriodKind.QUARTER, date(2026, 9, 30), date(2026, 7, 1), date(2026, 9, 30), "III квартал 2026 года"),
        (PeriodKind.MONTH, date(2028, 2, 29), date(2028, 2, 1), date(2028, 2, 29), "февраль 2028 года"),
    ],
)
def test_known_periods(kind: PeriodKind, day: date, start: date, end: date, words: str) -> None:
    assert bounds(kind, day) == (start, end)
    assert title(kind, start) == words


@given(st.sampled_from(PeriodKind), st.dates(date(1990, 1, 1), date(2100, 1, 1)))
def test_periods_follow_each_other(kind: PeriodKind, day: date) -> None:
    start, end = bounds(kind, day)
    assert start <= day <= end
    assert bounds(kind, start) == bounds(kind, end) == (start, end)
    assert bounds(kind, end + timedelta(days=1))[0] == end + timedelta(days=1)


def test_a_period_is_made_once(session: Session) -> None:
    with scope.acting(scope.everything("test")):
        assert period(session, PeriodKind.MONTH, date(2031, 3, 1)) is period(session, PeriodKind.MONTH, date(2031, 3, 31))
