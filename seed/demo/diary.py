"""When things happen in the demo: in working hours, one after another, none in the future."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from heapq import heappop, heappush
from itertools import count
from random import Random

from seed.demo.clock import Clock

ZONE = timezone(timedelta(hours=8))  # Irkutsk
MORNING, EVENING = time(8, 30), time(17, 30)
HOURS = timedelta(hours=9)
HOLIDAYS = {(1, day) for day in range(1, 9)} | {(2, 23), (3, 8), (5, 1), (5, 9), (6, 12), (11, 4)}
SLOW = 30  # working days; in less time than that everybody hurries


def is_working(day: date) -> bool:
    """Do people work on this day?"""
    return day.weekday() < 5 and (day.month, day.day) not in HOLIDAYS


def workday(day: date, step: int = -1) -> date:
    """This day, or the nearest one before (after, if ``step`` is 1) on which people work."""
    while not is_working(day):
        day += timedelta(days=step)
    return day


def at(day: date, hour: time = MORNING) -> datetime:
    """A moment of a day in Irkutsk."""
    return datetime.combine(day, hour, ZONE)


class Span:
    """The working time from a day's morning to a moment, counted in working days. ``length`` is at least a little."""

    def __init__(self, begin: date, end: datetime) -> None:
        last = end.astimezone(ZONE).date()
        self.days = [day for n in range((last - begin).days + 1) if is_working(day := begin + timedelta(days=n))]
        lasted = (end - at(self.days[-1])) / HOURS
        if lasted <= 0:
            del self.days[-1]
            lasted = 1.0
        self.length = len(self.days) - 1 + min(lasted, 0.999)

    def moment(self, when: float) -> datetime:
        """The moment so many working days after the beginning."""
        when = min(max(when, 0.0), self.length)
        return at(self.days[int(when)]) + (when - int(when)) * HOURS


STEPS = {"draft": 1, "submitted": 2, "accepted": 3, "rejected": 3, "returned": 4}


def steps(state: str, luck: Random, length: float) -> list[float]:
    """When a report in this state was typed, submitted, decided on and sent back, as far as it got: working days, rising."""
    gaps = [luck.uniform(0.05, 5), luck.uniform(0.2, 4), luck.uniform(1, 7)][: STEPS[state] - 1]
    hurry = min(1.0, length / SLOW)
    if state in {"submitted", "rejected"}:
        last = length - min(luck.expovariate(1 / 4), SLOW) * hurry  # waiting for somebody since lately
    else:
        last = luck.triangular(0.1 * length, 0.98 * length, 0.75 * length)
    hurry *= min(1.0, 0.9 * last / (sum(gaps) * hurry or 1))
    return [last - hurry * sum(gaps[n:]) for n in range(len(gaps) + 1)]


@dataclass
class Diary:
    """What is still to happen. What happens may enter more."""

    clock: Clock
    entries: list[tuple[datetime, int, Callable[[], object]]] = field(default_factory=list)
    number: "count[int]" = field(default_factory=count)

    def enter(self, moment: datetime, happens: Callable[[], object]) -> None:
        """This will happen then."""
        heappush(self.entries, (moment, next(self.number), happens))

    def live(self) -> None:
        """Let everything happen in its order."""
        while self.entries:
            self.clock.now, _number, happens = heappop(self.entries)
            happens()
