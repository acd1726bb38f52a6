"""A long undo as a task (`reporting.tasks`): planned, rehearsed and done piece by piece, all of it in one batch.

`asked`: the batch, what was chosen where somebody has changed something since (``take``, places as `Step.place` names them, or
``*`` for all), and for an import that is taken back as a whole its number (``import``).
"""

import uuid
from collections.abc import Collection, Container
from dataclasses import asdict
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app.crud import mistakes, undo_words
from admin_app.reporting import bookkeeping, scope, undo, undo_many
from admin_app.reporting.refusal import Refused
from admin_app.reporting.tasks import verbs
from admin_app.reporting.tasks.verbs import Given, Tell
from admin_app.reporting.undo_steps import Step
from models import Event, ImportRun, ImportState, Task, TaskKind

ALL = "*"
SHOWN = 100  # rows of a preview


def begin(session: Session, batch: uuid.UUID, size: int, run: ImportRun | None = None) -> Task:
    """The task of undoing this batch, or the one that is under way already; of an import: of taking it back as a whole."""
    about: dict[str, Any] = {"batch": str(batch)} | ({"import": run.id} if run else {})
    title = _("Taking back: %(name)s", name=run.file_name) if run else title_of(session, batch)
    task = verbs.open_one(session, TaskKind.UNDO, about)
    return task or verbs.begin(session, TaskKind.UNDO, title, {**about, "origin": f"undo:{batch}", "take": []}, size)


def title_of(session: Session, batch: uuid.UUID) -> str:
    """What is undone: one's own task by its title."""
    done = session.scalar(select(Task.title).where(Task.batch == batch, Task.owner_id == scope.current().user_id))
    return _("Undo: %(what)s", what=done) if done else _("Undo of what was changed together")


class UndoDoer:
    """See `verbs.Doer`."""

    def look(self, session: Session, task: Given, tell: Tell) -> dict[str, Any] | None:
        """Every step, rehearsed."""
        asked, chosen = undo.of_batch(uuid.UUID(task.asked["batch"])), taken(task)
        seen, done = Summary(chosen), 0
        for steps in undo_many.rehearse(session, asked, chosen, say):
            seen.take(steps)
            done += len(steps)
            if not tell(done):
                return None
        session.rollback()
        return seen.told(undo_many.hidden(session, asked), whole="import" in task.asked)

    def do(self, session: Session, task: Given, tell: Tell) -> int | None:
        """Every step that was not refused."""
        asked = undo.of_batch(uuid.UUID(task.asked["batch"]))
        done = undo_many.perform(session, asked, taken(task), frozenset(task.found["left_out"]), tell)
        if done is not None and "import" in task.asked:
            own = select(ImportRun).where(ImportRun.id == task.asked["import"])
            if done < task.found["ready"]:
                raise Refused(_("Rows of this import were changed since, so it can't be taken back as a whole."))
            bookkeeping.save(session, session.scalars(own).one(), state=ImportState.REVERSED)
        return done

    def say(self, error: Exception, table: str) -> str:  # noqa: ARG002  # the batch may be of several tables
        """The sentence for what stood in the way."""
        return mistakes.sentence(error, Event)[1]

    def touches(self, session: Session, task: Given, table: str, keys: Collection[int]) -> bool:
        """Does the batch tell of one of these rows?"""
        told = select(Event.id).where(Event.batch == uuid.UUID(task.asked["batch"]))
        return session.scalar(told.where(Event.subject_type == table, Event.subject_id.in_(keys)).limit(1)) is not None


class Summary:
    """What is kept of all the steps: counts, the first ones in words those that need a look first; and what is refused."""

    def __init__(self, chosen: Container[str]) -> None:
        self.chosen = chosen
        self.counts = dict.fromkeys(("of", "ready", "left", "refused"), 0)
        self.heavy: list[dict[str, Any]] = []
        self.light: list[dict[str, Any]] = []
        self.left_out: list[str] = []

    def take(self, steps: list[Step]) -> None:
        """Some steps."""
        idle = [step for step in steps if not step.refused and step.idle(self.chosen)]
        refused = [step for step in steps if step.refused]
        self.left_out += [step.place() for step in refused]
        found = {"of": len(steps), "left": len(idle), "refused": len(refused), "ready": len(steps) - len(idle) - len(refused)}
        self.counts = {name: count + found[name] for name, count in self.counts.items()}
        stirring = [step for step in steps if step.refused or step.parts_in_conflict]
        self.heavy += self.words(stirring, SHOWN - len(self.heavy))
        self.light += self.words([step for step in steps if step not in stirring], SHOWN - len(self.heavy) - len(self.light))

    def words(self, steps: list[Step], room: int) -> list[dict[str, Any]]:
        """As many of the steps as there is room for, in words."""
        return [asdict(one) for one in undo_words.shown(steps[: max(room, 0)], self.chosen)]

    def told(self, hidden: int, whole: bool) -> dict[str, Any]:
        """As `Task.found` keeps it. `whole`: nothing may stay behind."""
        found = {**self.counts, "hidden": hidden, "rows": (self.heavy + self.light)[:SHOWN], "left_out": self.left_out}
        if whole and (hidden or found["left"] or found["refused"]):
            found |= {"ready": 0, "stuck": _("It can't be taken back as a whole: look at the rows that are in the way.")}
        return found


def taken(task: Given) -> Container[str]:
    """What was chosen."""
    chosen = task.asked.get("take", [])
    return undo_many.Everything() if ALL in chosen else frozenset(chosen)


def say(error: Exception, model: Any) -> str:
    """What stood in the way of one row."""
    return mistakes.sentence(error, model)[1]
