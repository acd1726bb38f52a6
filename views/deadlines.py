"""Deadlines in words, and the scale on which the cabinet shows them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import format_date, gettext, ngettext

WIDTH = 792  # of the scale, in its own units
MONTHS = 8


def left(days: int) -> str:
    """How much time is left, or by how much it is late."""
    if days == 0:
        return str(gettext("today is the last day"))
    if days < 0:
        return str(ngettext("overdue by %(num)d day", "overdue by %(num)d days", -days))
    return str(ngettext("%(num)d day left", "%(num)d days left", days))


def kind(days: int) -> str:
    """How a deadline is drawn: "late", "soon" (a week) or "later"."""
    return "late" if days < 0 else "soon" if days <= 7 else "later"


@dataclass(frozen=True)
class Mark:
    """A deadline on the scale: where, whose, how urgent."""

    x: float
    label: str
    kind: str
    middle: bool


@dataclass(frozen=True)
class Scale:
    """From last month's or this month's first day to the month of the last deadline: ticks with names, today, the deadlines."""

    ticks: list[tuple[float, str]]
    now: float
    marks: list[Mark]
    words: str


def scale(deadlines: Iterable[tuple[date, str]], today: date) -> Scale | None:
    """The scale of these deadlines with their form codes; None if none is in its span. Deadlines of one day share a mark."""
    by_day: dict[date, list[str]] = {}
    for day, code in deadlines:
        by_day.setdefault(day, []).append(code)
    start = first_of(min([today, *(day for day in by_day if today - day <= timedelta(days=45))]))
    end = min(after(max([today, *by_day])), after(start, MONTHS))
    seen = sorted((day, ", ".join(sorted(set(codes)))) for day, codes in by_day.items() if start <= day < end)
    if not seen:
        return None
    end = max(end, after(start, 3))

    def x(day: date) -> float:
        return round(4 + (day - start).days / (end - start).days * (WIDTH - 4), 1)

    marks = [Mark(x(day), codes, kind((day - today).days), 30 < x(day) < WIDTH - 60) for day, codes in seen]
    said = "; ".join(f"{codes} — {format_date(day, 'd MMMM')}" for day, codes in seen)
    words = gettext("Scale of deadlines: today is %(today)s; %(deadlines)s", today=format_date(today, "d MMMM"), deadlines=said)
    return Scale([(x(month), format_date(month, "LLLL")) for month in months(start, end)], x(today), marks, words)


def first_of(day: date) -> date:
    """The first day of the month."""
    return day.replace(day=1)


def after(day: date, months: int = 1) -> date:
    """The first day of a month some months later."""
    count = day.year * 12 + day.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def months(start: date, end: date) -> list[date]:
    """The first days of the months from `start` until `end`."""
    found = [start]
    while (following := after(found[-1])) < end:
        found.append(following)
    return found
