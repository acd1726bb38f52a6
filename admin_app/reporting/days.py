"""Which day it is where MODO's people live, in Python and in SQL.

The machine's own zone means nothing here: a deadline on 1 December ends at midnight in the product's zone (`MODO_TIME_ZONE`). One
clock, `now`, says it for both: a statement gets `today()` as a value, so nothing that holds one is kept past the day. (The
database's own `current_date` agrees, see `postgres.url`: a column's default uses it.)
"""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from admin_app.config import TIME_ZONE

KEPT = {"zone": ZoneInfo(TIME_ZONE)}


def keep(name: str) -> None:
    """The product's zone from here on, by its IANA name, checked already (`config.Settings.time_zone`)."""
    KEPT["zone"] = ZoneInfo(name)


def zone() -> str:
    """Its name."""
    return KEPT["zone"].key


def now() -> datetime:
    """This moment, in UTC with zone."""
    return datetime.now(UTC)


def today() -> date:
    """The day in the product's zone."""
    return day_of(now())


def day_of(moment: datetime) -> date:
    """The day of a moment (with zone) in the product's zone."""
    return local(moment).date()


def local(moment: datetime) -> datetime:
    """The moment (with zone) as the product's clocks show it."""
    return moment.astimezone(KEPT["zone"])
