"""What the person and the worker both move on: nobody undoes what the other has just done."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from admin_app.reporting import bookkeeping
from admin_app.reporting.imports import runs
from admin_app.reporting.refusal import Refused
from admin_app.reporting.tasks import verbs
from models import ImportRun, ImportState, Task, TaskKind, TaskState
from tests.people import Cast

As = Callable[[str], AbstractContextManager[object]]
IMPORT = {"table_name": "organization", "file_name": "реестр.csv", "sha256": "0" * 64, "state": ImportState.RUNNING}
TASK = {"kind": TaskKind.UNDO, "title": "Отмена", "state": TaskState.RUNNING}


@pytest.mark.parametrize(("book", "given", "give_up"), [(ImportRun, IMPORT, runs.cancel), (Task, TASK, verbs.cancel)])
def test_what_was_done_meanwhile_is_not_given_up(
    session: Session, plain: Session, as_: As, cast: Cast, book: Any, given: dict[str, Any], give_up: Callable[..., None]
) -> None:
    with as_("central"):
        bookkeeping.add(session, book(owner_id=cast.users["central"], **given))
        row = session.scalars(select(book)).one()
        plain.execute(update(book).values(state="done"))
        with pytest.raises(Refused):
            give_up(session, row)
        assert plain.scalars(select(book.state)).one() == "done"
