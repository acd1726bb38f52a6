"""A step of an import in the worker: done as the import's owner, in the owner's language, with its progress shown meanwhile."""

from pathlib import Path

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from admin_app.reporting import lists, scope
from admin_app.reporting.imports import work
from models import ImportRun, ImportState, User


def step(session: Session, plain: Session, run_id: int, name: str, directory: Path) -> None:
    """Do the step (`check`, `execute`) if the import still waits for it. `plain`: an unscoped session on another connection.

    Whatever goes wrong beyond a sentence is said to the owner as such, and raised for the log.
    """
    awaited = ImportState.CHECKING if name == "check" else ImportState.RUNNING
    asked = select(ImportRun.owner_id, User.locale).join(User, User.id == ImportRun.owner_id)
    found = plain.execute(asked.where(ImportRun.id == run_id, ImportRun.state == awaited)).one_or_none()
    actor = scope.NOBODY if found is None else scope.actor_of(found.owner_id, plain)
    plain.commit()
    if found is None:
        return
    with force_locale(found.locale), scope.acting(actor), lists.held(plain):
        try:
            if awaited is ImportState.CHECKING:
                work.check(session, run_id, directory)
            else:
                work.execute(session, run_id, lambda done: told(plain, run_id, done))
        except Exception:
            session.rollback()
            sentence = _("Something went wrong on our side; nothing was imported. The log has the details.")
            work.end(session, run_id, awaited, state=ImportState.FAILED, error=sentence)
            session.commit()
            raise


def told(plain: Session, run_id: int, done: int) -> bool:
    """Show others how far it is. Has nobody given it up?"""
    plain.execute(update(ImportRun).where(ImportRun.id == run_id, ImportRun.state == ImportState.RUNNING).values(done=done))
    state = plain.scalar(select(ImportRun.state).where(ImportRun.id == run_id))
    plain.commit()
    return state is ImportState.RUNNING
