"""The demo's clock: all of it is made in a minute and dated as if it had happened over more than a year.

The log and the snapshots can't be changed afterwards, so rows get their time while they are written.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Insert, Table, Update, event
from sqlalchemy.sql.functions import current_date, now

from admin_app.reporting import days

Rows = list[dict[str, Any]]


class Clock:
    """What time it is in the demo's story."""

    def __init__(self, moment: datetime) -> None:
        self.now = moment

    def stamp(self, statement: Insert | Update, row: dict[str, Any], began: datetime) -> dict[str, Any]:
        """The row with this clock's time where the table's own or a verb's would stand."""
        told = {key: self.now if isinstance(value, datetime) and value >= began else value for key, value in row.items()}
        if not isinstance(statement, Insert):
            return told
        times: dict[str, datetime | date] = dict.fromkeys(moments(statement.table, now), self.now)
        times |= {key: days.day_of(self.now) for key in moments(statement.table, current_date)}
        return times | told


@cache
def moments(table: Table, function: type[Any]) -> list[str]:
    """The columns whose default is this function's."""
    return [column.key for column in table.c if isinstance(getattr(column.server_default, "arg", None), function)]


@contextmanager
def told(connection: Connection, clock: Clock) -> Iterator[None]:
    """What the block writes on this connection bears the clock's time, whoever gives it: a column's default, a verb's
    ``datetime.now(UTC)`` or its ``func.now()``."""
    began = datetime.now(UTC)

    def values(_connection: Connection, statement: Any, rows: Rows, row: dict[str, Any], _options: Any) -> tuple[Any, ...]:
        if not isinstance(statement, Insert | Update):
            return statement, rows, row
        return statement, [clock.stamp(statement, one, began) for one in rows], row and clock.stamp(statement, row, began)

    def words(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> tuple[str, Any]:
        writes = statement.startswith(("INSERT", "UPDATE"))
        return statement.replace("now()", f"'{clock.now.isoformat()}'::timestamptz") if writes else statement, parameters

    event.listen(connection, "before_execute", values, retval=True)
    event.listen(connection, "before_cursor_execute", words, retval=True)
    try:
        yield
    finally:
        event.remove(connection, "before_execute", values)
        event.remove(connection, "before_cursor_execute", words)
