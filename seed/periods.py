"""Reporting periods by any day in them: a school year, a year, a half-year, a quarter, a month."""

from datetime import date, timedelta

from babel.dates import format_date
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Period, PeriodKind

MONTHS = {PeriodKind.SCHOOL_YEAR: 12, PeriodKind.YEAR: 12, PeriodKind.HALF_YEAR: 6, PeriodKind.QUARTER: 3, PeriodKind.MONTH: 1}
ROMAN = ("I", "II", "III", "IV")


def bounds(kind: PeriodKind, day: date) -> tuple[date, date]:
    """The first and the last day of the period that holds this day. A school year begins on 1 September."""
    first = 9 if kind is PeriodKind.SCHOOL_YEAR else 1
    number = day.year * 12 + day.month - first  # months; the first one of a year of this kind is divisible by 12
    start = number - number % MONTHS[kind] + first
    return month(start), month(start + MONTHS[kind]) - timedelta(days=1)


def month(number: int) -> date:
    """The first day of a month counted from the year 0, January being 1."""
    return date((number - 1) // 12, (number - 1) % 12 + 1, 1)


def title(kind: PeriodKind, start: date) -> str:
    """What people call the period that begins on this day."""
    match kind:
        case PeriodKind.SCHOOL_YEAR:
            return f"{start.year}/{start.year + 1} учебный год"
        case PeriodKind.YEAR:
            return f"{start.year} год"
        case PeriodKind.HALF_YEAR:
            return f"{ROMAN[(start.month - 1) // 6]} полугодие {start.year} года"
        case PeriodKind.QUARTER:
            return f"{ROMAN[(start.month - 1) // 3]} квартал {start.year} года"
        case PeriodKind.MONTH:
            return f"{format_date(start, 'LLLL', 'ru')} {start.year} года"


def period(session: Session, kind: PeriodKind, day: date) -> Period:
    """The period of this kind that holds this day, made if it is not there."""
    start, end = bounds(kind, day)
    found = session.scalar(select(Period).where(Period.kind == kind, Period.starts_on == start))
    if found is None:
        found = Period(kind=kind, title=title(kind, start), starts_on=start, ends_on=end)
        session.add(found)
        session.flush()
    return found
