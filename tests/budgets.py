"""What each page may cost in SQL statements, whatever it shows: the wall checks it, the benchmark prints it.

An address may name the school of school1 as ``{organization}`` and its open report as ``{report}``.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, event

BUDGETS: tuple[tuple[str, str, int], ...] = (
    ("", "/", 1),
    ("", "/login", 1),
    ("", "/register", 1),
    ("", "/help", 1),
    ("school1", "/cabinet", 14),
    ("clerk", "/cabinet", 14),
    ("irkutsk", "/cabinet", 14),
    ("newcomer", "/cabinet", 12),
    ("school1", "/organizations/{organization}", 12),
    ("school1", "/reports/{report}", 12),
    ("irkutsk", "/reports/{report}", 12),
    ("school1", "/reports/{report}/values", 9),
    ("school1", "/messages", 7),
    ("school1", "/requests", 7),
    ("irkutsk", "/review", 10),
    ("irkutsk", "/progress", 12),
    ("central", "/progress", 12),
    ("central", "/forms", 7),
    ("central", "/admin/organization/", 9),
    ("irkutsk", "/admin/organization/", 9),
    ("central", "/admin/user/", 9),
    ("central", "/admin/report/", 9),
    ("central", "/admin/event/", 9),
    ("irkutsk", "/admin/imports/", 9),
)


@contextmanager
def counted(target: Engine | Connection) -> Iterator[list[str]]:
    """The SELECTs that the block sends (savepoints and settings are not counted)."""
    found: list[str] = []

    def note(*arguments: object) -> None:
        statement = str(arguments[2])
        if statement.lstrip("(").startswith(("SELECT", "WITH", "INSERT", "UPDATE", "DELETE")):
            found.append(statement)

    event.listen(target, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(target, "before_cursor_execute", note)
