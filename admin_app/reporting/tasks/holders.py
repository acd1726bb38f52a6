"""Who holds rows that a page has waited for in vain: the tasks and imports under way that change them, as far as is known."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TypeVar

from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app.reporting import actor
from admin_app.reporting.actor import unscoped
from admin_app.reporting.imports.work import DOES
from admin_app.reporting.refusal import Refused
from admin_app.reporting.tasks.verbs import BUSY, DOERS, Given
from admin_app.reporting.writes import Held
from models import Base, ImportRow, ImportRun, ImportState, Organization, Report, Task, User

R = TypeVar("R", bound=Refused)
PERSON = User.surname, User.name, User.patronymic


@dataclass(frozen=True)
class Holder:
    """A background change: of so many rows, whose, and its page if it is the reader's own."""

    count: int
    owner_id: int
    name: str
    page: str

    @property
    def is_own(self) -> bool:
        """Is it the reader's own?"""
        return self.owner_id == actor.current().user_id

    @property
    def who(self) -> str:
        """What is said of it to the person who waited."""
        if self.is_own:
            return ngettext(
                "Your own change of %(num)s row in the background holds this just now.",
                "Your own change of %(num)s rows in the background holds this just now.",
                self.count,
            )
        return ngettext(
            "A change of %(num)s row in the background, started by %(name)s, holds this just now.",
            "A change of %(num)s rows in the background, started by %(name)s, holds this just now.",
            self.count,
            name=self.name,
        )


class Known(Held):
    """It is known who holds it; ``page`` is the address of the task or the import if that is the reader's own."""

    def __init__(self, holder: Holder) -> None:
        super().__init__(holder.who)
        self.page = holder.page if holder.is_own else ""


def named(session: Session, error: Held, model: type[Base], keys: Collection[int]) -> Held:
    """The same with who holds one of these rows, if that is known. To be asked after the rollback."""
    found = next(holders(session, str(model.__tablename__), keys), None) if keys else None
    return error if found is None else Known(found)


def of_report(session: Session, refused: R, report_id: int) -> R | Held:
    """The same for what a report's verb refused, if that is why; a report follows what is changed of its organization."""
    if not isinstance(refused, Held):
        return refused
    place = session.scalar(select(Report.organization_id).where(Report.id == report_id))
    return named(session, refused, Organization, () if place is None else (place,))


def holders(session: Session, table: str, keys: Collection[int]) -> Iterator[Holder]:
    """The tasks and imports under way that change one of these rows; their owners are no secret to who may change it too."""
    with unscoped("who holds a row that its editor waits for"):
        tasks = select(Task, *PERSON).join(User, User.id == Task.owner_id).where(Task.state.in_(BUSY))
        for task, *name in session.execute(tasks).all():
            if DOERS[task.kind].touches(session, Given(task), table, keys):
                yield Holder(task.total, task.owner_id, actor.short_name(*name), f"/admin/tasks/{task.id}/")
        lines = select(ImportRow.run_id).where(ImportRow.row_id.in_(keys), ImportRow.outcome.in_(DOES))
        runs = select(ImportRun, *PERSON).join(User, User.id == ImportRun.owner_id)
        runs = runs.where(ImportRun.state == ImportState.RUNNING, ImportRun.table_name == table, ImportRun.id.in_(lines))
        for run, *name in session.execute(runs).all():
            yield Holder(run.total, run.owner_id, actor.short_name(*name), f"/admin/imports/{run.id}/")
