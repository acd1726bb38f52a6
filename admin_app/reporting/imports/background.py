"""A step of an import in the worker: done as the import's owner, in the owner's language, with its progress shown meanwhile."""

from pathlib import Path

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from admin_app.reporting import behalf, bookkeeping
from admin_app.reporting.imports import work
from models import ImportRun, ImportState


def step(session: Session, plain: Session, run_id: int, name: str, directory: Path) -> None:
    """Do the step (`check`, `execute`) if the import still waits for it. `plain`: an unscoped session on another connection.

    Whatever goes wrong beyond a sentence is said to the owner as such, and raised for the log.
    """
    awaited = ImportState.CHECKING if name == "check" else ImportState.RUNNING
    owner_id = plain.scalar(select(ImportRun.owner_id).where(ImportRun.id == run_id, ImportRun.state == awaited))
    if owner_id is None:
        return
    with behalf.of(plain, owner_id):
        try:
            if awaited is ImportState.CHECKING:
                work.check(session, run_id, directory)
            else:
                work.execute(session, run_id, lambda done: told(plain, run_id, done))
        except Exception:
            session.rollback()
            sentence = _("Something went wrong on our side; nothing was imported. The log has the details.")
            bookkeeping.end(session, ImportRun, run_id, awaited, state=ImportState.FAILED, error=sentence)
            session.commit()
            raise


def told(plain: Session, run_id: int, done: int) -> bool:
    """Show others how far it is. Has nobody given it up?"""
    plain.execute(update(ImportRun).where(ImportRun.id == run_id, ImportRun.state == ImportState.RUNNING).values(done=done))
    state = plain.scalar(select(ImportRun.state).where(ImportRun.id == run_id))
    plain.commit()
    return state is ImportState.RUNNING
