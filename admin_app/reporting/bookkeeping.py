"""What an import and a task keep of themselves: a row whose state the person and the worker both move on.

Each moves it on from the state that it was read in only, so that neither undoes what the other has just done. Whoever found the
row with the rule on may have it written.
"""

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Executable, update
from sqlalchemy.orm import Session

from admin_app.reporting import rowlevel
from admin_app.reporting.actor import unscoped
from admin_app.reporting.refusal import Refused
from models import ImportRun, Task

WHY = "an import's or a task's own bookkeeping"
Book = ImportRun | Task


def execute(session: Session, statement: Executable, values: Any = None) -> Any:
    """One statement over rows that are bookkeeping: its result."""
    with unscoped(WHY):
        rowlevel.bind(session)
        return session.connection().execute(statement, values)


def add(session: Session, row: Book) -> None:
    """Keep a new one; flushes."""
    with unscoped(WHY):
        session.add(row)
        session.flush()


def end(session: Session, book: type[Book], key: int, before: Any, **values: Any) -> bool:
    """Write into the row if it is still in the state ``before``. Was it?"""
    told = update(book).where(book.id == key, book.state == before).values(**values)
    return bool(execute(session, told).rowcount)


def save(session: Session, row: Book, **values: Any) -> None:
    """Write into the row; it is loaded again. Raises Refused if its state is not what it was when it was read."""
    if not end(session, type(row), row.id, row.state, **values):
        raise Refused(_("It has gone on meanwhile: look at it again."))
    session.refresh(row)


def require(row: Book, *states: Any) -> None:
    """Raises Refused unless the row is in one of these states."""
    if row.state not in states:
        raise Refused(_("That can't be done now: the state is “%(state)s”.", state=row.state.title))
