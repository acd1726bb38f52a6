"""Taking an import back as a whole, while nobody has changed any of it since."""

from flask_babel import gettext as _
from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from admin_app.reporting import bookkeeping, undo
from admin_app.reporting.actor import unscoped
from admin_app.reporting.refusal import Refused
from models import Event, ImportRun, ImportState

NAMED = 3  # rows told by name


def take_back(session: Session, run: ImportRun) -> int:
    """Undo everything that the import has done; how many rows. Flushes.

    Raises Refused, and nothing is undone: rows changed since, rows out of sight, rows that the rules or the database keep.
    """
    untouched(session, run)
    plan = undo.plan(session, undo.of_batch(run.batch))
    if plan.hidden:
        raise Refused(
            _("%(count)s rows of this import lie outside what you may see now; it can't be taken back.", count=plan.hidden)
        )
    for step in plan.steps:
        if step.refused:
            raise Refused(f"{step.title}: {step.refused}")
    _batch, number = undo.perform(session, plan)
    bookkeeping.save(session, run, state=ImportState.REVERSED)
    return number


def untouched(session: Session, run: ImportRun) -> None:
    """Raises Refused if the import can't be taken back as a whole: it is not done, or rows were changed since."""
    bookkeeping.require(run, ImportState.DONE)
    if changed := changed_since(session, run):
        several = ", ".join(changed[:NAMED]) + ("…" if len(changed) > NAMED else "")
        raise Refused(
            _("Rows of this import were changed since, so it can't be taken back as a whole: %(names)s.", names=several)
        )


def changed_since(session: Session, run: ImportRun) -> list[str]:
    """What the rows are called that somebody has changed after the import; some of them."""
    ours = aliased(Event)
    same = (ours.batch == run.batch, ours.subject_type == Event.subject_type, ours.subject_id == Event.subject_id)
    later = exists(select(ours.id).where(*same, ours.id < Event.id))
    found = select(Event.subject).where(undo.DONE, Event.batch != run.batch, later).distinct()
    with unscoped("whether an import was touched since"):
        return list(session.scalars(found.limit(NAMED + 1)))
