"""The verbs of a task that a person says. A task is its owner's own (`Task.__scope__`): whoever finds its row may say them."""

from collections.abc import Callable, Collection
from typing import Any, Protocol

from flask_babel import gettext as _
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from admin_app.reporting import bookkeeping, days, queueing
from admin_app.reporting.actor import current
from admin_app.reporting.bookkeeping import require, save
from admin_app.reporting.refusal import Refused
from models import Task, TaskKind, TaskState

S = TaskState
SMALL = 500  # rows below which everything is done while the person waits
MOST = 150_000  # rows of a task at most
OPEN = (S.LOOKING, S.READY, S.RUNNING)
BUSY = (S.LOOKING, S.RUNNING)
Tell = Callable[[int], bool]  # so many rows are done; is the task still wanted?


class Doer(Protocol):
    """What a kind of task does to rows. Both run as the task's owner, in their language, and stop when `tell` says no."""

    def look(self, session: Session, task: "Given", tell: Tell) -> dict[str, Any] | None:
        """What it would do, as `Task.found` keeps it: the number of rows under ``ready``, of those looked at under ``of``; None
        if stopped. The caller rolls back. Raises Refused."""

    def do(self, session: Session, task: "Given", tell: Tell) -> int | None:
        """Do it in the session's transaction: how many rows; None if stopped. Raises what stands in the way."""

    def say(self, error: Exception, table: str) -> str:
        """The sentence for what stood in the way."""

    def touches(self, session: Session, task: "Given", table: str, keys: Collection[int]) -> bool:
        """Is one of these rows among those that it changes?"""


class Given:
    """A task as its doer reads it: a copy that outlives transactions."""

    def __init__(self, task: Task) -> None:
        self.id, self.kind, self.table, self.title, self.batch = task.id, task.kind, task.table_name, task.title, task.batch
        self.asked, self.found, self.owner_id = dict(task.asked), dict(task.found), task.owner_id


DOERS: dict[TaskKind, Doer] = {}


def begin(session: Session, kind: TaskKind, title: str, asked: dict[str, Any], total: int, table: str = "") -> Task:
    """A task over so many rows; its rows are looked through as soon as this is committed. Flushes."""
    task = Task(owner_id=current().user_id, kind=kind, title=title[:250], asked=asked, total=total, table_name=table)
    bookkeeping.add(session, task)
    queue(session, task)
    return task


def queue(session: Session, task: Task) -> None:
    """A job for what the task waits for."""
    queueing.defer(session, "modo:task", f"task:{task.id}", task_id=task.id)


def open_one(session: Session, kind: TaskKind, asked: dict[str, Any]) -> Task | None:
    """The owner's task of the same kind about the same, if it is not over."""
    same = select(Task).where(Task.owner_id == current().user_id, Task.kind == kind, Task.state.in_(OPEN))
    return session.scalar(same.where(Task.asked.contains(asked)).order_by(Task.id.desc()).limit(1))


def decide(session: Session, task: Task, **asked: Any) -> None:
    """Do what was shown, with these changes to what is asked; as a job. Raises Refused: nothing is ready."""
    require(task, S.READY)
    if not task.found.get("ready"):
        raise Refused(_("There is nothing here that could be done."))
    save(session, task, state=S.RUNNING, done=0, total=task.found["ready"], error="", asked={**task.asked, **asked})
    queue(session, task)


def look_again(session: Session, task: Task, **asked: Any) -> None:
    """Look through the rows anew, with these changes to what is asked. Raises Refused."""
    require(task, S.READY, S.FAILED)
    total = task.found.get("of", task.total)
    save(session, task, state=S.LOOKING, done=0, total=total, error="", asked={**task.asked, **asked}, finished_at=None)
    queue(session, task)


def cancel(session: Session, task: Task) -> None:
    """Give the task up; a job under way stops at its next rows. Raises Refused: it is over."""
    require(task, *OPEN)
    save(session, task, state=S.CANCELLED, finished_at=days.now())


def sweep(session: Session, older: int = 30) -> None:
    """Give up tasks that nobody has decided upon for `older` days, and forget what those that are over would have done."""
    old = Task.created_at < func.now() - func.make_interval(0, 0, 0, older)
    stale = update(Task).where(old, Task.state == S.READY).values(state=S.CANCELLED, finished_at=days.now())
    over = update(Task).where(old, Task.state.not_in(OPEN), Task.found != {}).values(found={}, asked={})
    for told in (stale, over):
        bookkeeping.execute(session, told)
