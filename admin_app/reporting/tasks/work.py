"""A task in the worker: done as its owner, in the owner's language, with its progress shown meanwhile; its end is a message."""

import time
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from admin_app.reporting import audit, behalf, days, notices
from admin_app.reporting.bookkeeping import end
from admin_app.reporting.refusal import Refused
from admin_app.reporting.tasks.verbs import BUSY, DOERS, Given, Tell
from admin_app.reporting.writes import KINDS
from models import Task, TaskState

S = TaskState
LONG = 60  # seconds of looking through after which its owner is told: who waits on the page sees it there


def step(session: Session, plain: Session, task_id: int) -> None:
    """Do what the task waits for, if it waits. `plain`: an unscoped session on another connection.

    Whatever goes wrong beyond a sentence is said to the owner as such, and raised for the log.
    """
    asked = select(Task.owner_id, Task.state).where(Task.id == task_id, Task.state.in_(BUSY))
    if (found := plain.execute(asked).one_or_none()) is None:
        return
    with behalf.of(plain, found.owner_id):
        try:
            advance(session, plain, task_id, found.state)
        except Exception:
            session.rollback()
            sentence = _("Something went wrong on our side; nothing was changed. The log has the details.")
            fail(session, task_id, found.owner_id, sentence)
            raise


def advance(session: Session, plain: Session, task_id: int, state: TaskState) -> None:
    """Look the rows through; or do it, and if something stands in the way look again."""
    task = session.get_one(Task, task_id)
    given = Given(task)
    session.expunge(task)
    if state is S.RUNNING and run(session, given, teller(plain, task_id, S.RUNNING)):
        return
    look(session, given, teller(plain, task_id, S.LOOKING))


def teller(plain: Session, task_id: int, state: TaskState) -> Tell:
    """Shows others how far it is; has nobody given the task up?"""

    def tell(done: int) -> bool:
        found = plain.execute(update(Task).where(Task.id == task_id, Task.state == state).values(done=done))
        plain.commit()
        return bool(found.rowcount)  # type: ignore[attr-defined]

    return tell


def look(session: Session, given: Given, tell: Tell) -> None:
    """Look through the rows: the task then waits for its owner. Nothing is written."""
    started = time.monotonic()
    try:
        found = DOERS[given.kind].look(session, given, tell)
    except Refused as refused:
        session.rollback()
        return fail(session, given.id, given.owner_id, refused.sentence)
    session.rollback()
    session.expunge_all()
    if found is not None and end(session, Task, given.id, S.LOOKING, state=S.READY, found=found, done=0, total=found["ready"]):
        if time.monotonic() - started > LONG:
            tell_owner(session, given, N_("Look at it, and decide whether it is to be done."))
        session.commit()
    return None


def run(session: Session, given: Given, tell: Tell) -> bool:
    """Do it in one transaction. False: something stood in the way, nothing was changed, and the rows are to be looked at anew."""
    doer = DOERS[given.kind]
    try:
        with audit.together(given.asked.get("origin") or "bulk", given.batch):
            count = doer.do(session, given, tell)
    except KINDS as error:
        session.rollback()
        session.expunge_all()
        sentence = _("Nothing was changed. %(why)s", why=doer.say(error, given.table))
        values: dict[str, Any] = {"state": S.LOOKING, "error": sentence, "done": 0, "total": given.found.get("of", 0)}
        again = end(session, Task, given.id, S.RUNNING, **values)
        session.commit()
        return not again
    done = {"state": S.DONE, "done": count, "total": count, "finished_at": days.now()}
    if count is None or not end(session, Task, given.id, S.RUNNING, **done):
        session.rollback()
    else:
        tell_owner(session, given, N_("Done. Rows: %(count)s.", count=count))
    session.commit()
    return True


def fail(session: Session, task_id: int, owner_id: int, sentence: str) -> None:
    """The task is over with a sentence."""
    for state in BUSY:
        if end(session, Task, task_id, state, state=S.FAILED, error=sentence, finished_at=days.now()):
            message(session, owner_id, task_id, N_("A task has failed"), sentence)
    session.commit()


def tell_owner(session: Session, given: Given, words: Any) -> None:
    """A message about what has become of the task."""
    message(session, given.owner_id, given.id, given.title, words)


def message(session: Session, owner_id: int, task_id: int, subject: Any, words: Any) -> None:
    """A message in «My messages»; no letter."""
    notices.tell(session, [owner_id], notices.Kind.TASK, subject, words, f"/admin/tasks/{task_id}/", mail=False)
