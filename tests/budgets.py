"""What each page may cost in SQL statements, whatever it shows: the wall checks it, the benchmark prints it.

What it costs the second time: the lists that everybody sees are kept by each process (`admin_app.reporting.lists`).

An address may name the school of school1 as ``{organization}`` and its open report as ``{report}``.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, event

BUDGETS: tuple[tuple[str, str, int], ...] = (
    ("", "/", 0),
    ("", "/login", 0),
    ("", "/register", 0),
    ("", "/help", 0),
    ("school1", "/cabinet", 5),
    ("clerk", "/cabinet", 5),
    ("irkutsk", "/cabinet", 7),
    ("newcomer", "/cabinet", 4),
    ("school1", "/organizations/{organization}", 10),
    ("school1", "/reports/{report}", 5),
    ("irkutsk", "/reports/{report}", 6),
    ("school1", "/reports/{report}/values", 3),
    ("school1", "/messages", 3),
    ("school1", "/requests", 3),
    ("irkutsk", "/review", 6),
    ("irkutsk", "/progress", 7),
    ("central", "/progress", 7),
    ("central", "/forms", 3),
    ("central", "/admin/organization/", 2),
    ("irkutsk", "/admin/organization/", 2),
    ("central", "/admin/organization/tree/", 2),
    ("irkutsk", "/admin/organization/tree/", 2),
    ("central", "/admin/organization/tree/?id={organization}", 3),
    ("central", "/admin/user/", 2),
    ("central", "/admin/report/", 2),
    ("central", "/admin/event/", 2),
    ("irkutsk", "/admin/imports/", 2),
    ("irkutsk", "/admin/tasks/", 2),
    ("irkutsk", "/admin/duplicates/", 9),
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
