"""The demo's campaigns: which, and when they are opened, due and closed, whatever day the demo is made on."""

from dataclasses import dataclass
from datetime import date, timedelta

from models import PeriodKind
from seed.demo.diary import workday
from seed.periods import bounds

PAST = (4, 0, 0, 96, 0, 0)
NOW = (10, 14, 24, 42, 6, 4)
BEGUN = (84, 4, 5, 5, 1, 1)  # the passport, which has time until the half-year is over
ACCEPTED_ONLY = (0, 0, 0, 1, 0, 0)


@dataclass(frozen=True)
class Season:
    """A campaign. ``weights``: how many of its reports are in each of `seed.demo.reporting.STATES`."""

    form: str
    title: str
    kind: PeriodKind
    day: date
    opened: date
    deadline: date
    closed: date | None
    weights: tuple[int, ...]
    schools_only: bool = True


def seasons(today: date) -> tuple[Season, Season, Season, Season]:
    """Last year's ОО-1, this year's, the half-yearly passport that is closed, the one that is open."""
    year, _end = bounds(PeriodKind.SCHOOL_YEAR, today)
    half, half_ends = bounds(PeriodKind.HALF_YEAR, today)
    oo1, passport = (
        ("ОО-1", "Отчет ОО-1 за {}", PeriodKind.SCHOOL_YEAR),
        ("Паспорт", "Паспорт организации, {}", PeriodKind.HALF_YEAR),
    )
    autumn = date(year.year - 1, 9, 15)
    before = Season(
        *oo1, autumn, workday(autumn), date(year.year - 1, 10, 15), workday(date(year.year - 1, 10, 22)), ACCEPTED_ONLY
    )
    opened = workday(min(date(year.year, 9, 15), today - timedelta(days=21)))
    now = Season(*oo1, today, opened, max(date(year.year, 10, 15), today + timedelta(days=10)), None, NOW)
    closed = workday(min(half + timedelta(days=26), today - timedelta(days=1)))
    due = min(half + timedelta(days=20), closed - timedelta(days=3))
    last = Season(*passport, half - timedelta(days=1), workday(due - timedelta(days=45)), due, closed, PAST)
    opened = workday(min(half + timedelta(days=60), today - timedelta(days=21)))
    open_one = Season(*passport, today, opened, half_ends + timedelta(days=20), None, BEGUN, schools_only=False)
    return before, now, last, open_one


def founded(today: date) -> date:
    """The day on which the registry was filled, before everything else."""
    return workday(date(bounds(PeriodKind.SCHOOL_YEAR, today)[0].year - 1, 8, 20))
