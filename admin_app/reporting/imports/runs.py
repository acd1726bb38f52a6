"""The verbs of an import that a person says: begin, match, amend a line, cancel. The work itself is in `work`.

An import is its owner's own (`ImportRun.__scope__`): whoever asked for the run's row may have its lines, which are bookkeeping,
read and written by these verbs only.
"""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from admin_app.reporting import attachments, bookkeeping, days, queueing
from admin_app.reporting.actor import current, unscoped
from admin_app.reporting.bookkeeping import WHY, require, save
from admin_app.reporting.exchange import columns
from admin_app.reporting.exchange.columns import Match, Vocabulary
from admin_app.reporting.imports import files
from admin_app.reporting.imports.kinds import Texts, kind_of
from admin_app.reporting.planned import TODAY, FromDay
from admin_app.reporting.refusal import Refused
from models import ColumnMemory, ImportRow, ImportRun, ImportState

S = ImportState
RECENT = 3600  # seconds in which a file may have no import yet
OPEN = (S.MAPPING, S.CHECKING, S.READY, S.RUNNING)


def begin(session: Session, table: str, name: str, data: bytes, directory: Path) -> ImportRun:
    """Keep the file and read its heading; flushes. Raises Refused in plain words for a file that is none or may hurt."""
    words = Vocabulary(kind_of(table).names())
    digest = attachments.keep(data, directory)
    run = ImportRun(owner_id=current().user_id, table_name=table, file_name=name[-250:], sha256=digest, mapping={})
    run.mapping = files.look(run, directory, words)
    if not run.mapping["examples"]:
        raise Refused(_("Under the heading there is not a single line."))
    run.mapping |= {"fields": proposed(session, table, run.mapping["names"], words), "defaults": {}, "clears": False}
    bookkeeping.add(session, run)
    return run


def proposed(session: Session, table: str, names: Sequence[str], words: Vocabulary) -> list[str | None]:
    """The field of each column: as the last time with such a heading, else by its words."""
    with unscoped("how such columns were matched the last time"):
        memory = session.get(ColumnMemory, (table, columns.signature(names)))
    found = columns.match(names, words, memory.fields if memory else None)
    return [one.field for one in found]


def matches(run: ImportRun) -> list[Match]:
    """How the columns are matched now, with how sure that is and what else they might be."""
    words = Vocabulary(kind_of(run.table_name).names())
    guessed = columns.match(run.mapping["names"], words)
    return [
        one if one.field == field else Match(at, one.name, field, 1.0, "remembered" if field else "", others=one.others)
        for at, (one, field) in enumerate(zip(guessed, run.mapping["fields"], strict=True))
    ]


def turn_to(session: Session, run: ImportRun, sheet: int, directory: Path, line: int | None = None) -> None:
    """Read another sheet of the file, or the same with its heading ending at this line (0: without one). Raises Refused."""
    require(run, S.MAPPING, S.READY, S.FAILED)
    words = Vocabulary(kind_of(run.table_name).names())
    seen = files.look(run, directory, words, sheet, line)
    fields = proposed(session, run.table_name, seen["names"], words)
    save(session, run, state=S.MAPPING, mapping={**run.mapping, **seen, "fields": fields})


def match(
    session: Session,
    run: ImportRun,
    fields: Sequence[str | None],
    defaults: Texts,
    clears: bool,
    directory: Path,
    since: FromDay = TODAY,
) -> bool:
    """Say which column is which field; the lines are now to be checked. Is the file small enough to do it at once?

    ``since``: from which day changes of what is there count.
    Raises Refused: a field given twice, none at all, an unknown one.
    """
    require(run, S.MAPPING, S.READY, S.FAILED)
    words = Vocabulary(kind_of(run.table_name).names())
    given = [one for one in fields if one]
    if not given:
        raise Refused(_("Say of at least one column which field it is."))
    if unknown := set(given) - set(words.labels):
        raise Refused(_("There is no field “%(name)s”.", name=sorted(unknown)[0]))
    if double := next((one for one in given if given.count(one) > 1), ""):
        label = next(iter(words.labels[double]))
        raise Refused(_("Two columns are “%(label)s”: leave one of them out.", label=label))
    mapping = {**run.mapping, "fields": list(fields), "defaults": defaults, "clears": clears, "since": since.kept}
    save(session, run, state=S.CHECKING, mapping=mapping, total=0, done=0, counts={}, error="", finished_at=None)
    remember(session, run)
    return files.small(run, directory, words, SMALL)


SMALL = 500  # lines up to which an import is checked and done while the person waits
MOST = 200_000  # lines of a file at most (`exchange.cells`)


def remember(session: Session, run: ImportRun) -> None:
    """Keep the matching for the next file with such a heading."""
    key = {"table_name": run.table_name, "signature": columns.signature(run.mapping["names"])}
    made = insert(ColumnMemory).values(**key, fields=run.mapping["fields"])
    told = made.on_conflict_do_update(index_elements=list(key), set_={"fields": made.excluded.fields, "used_at": func.now()})
    bookkeeping.execute(session, told)


def queue(session: Session, run: ImportRun, step: str) -> None:
    """A job for this step (`check`, `execute`), in the session's transaction."""
    queueing.defer(session, "modo:import", f"import:{run.id}", run_id=run.id, step=step)


def cancel(session: Session, run: ImportRun) -> None:
    """Give the import up; a job under way stops at its next line. Raises Refused: nothing is under way."""
    require(run, *OPEN)
    save(session, run, state=S.CANCELLED, finished_at=days.now())


def rows(session: Session, run: ImportRun, outcome: Any = None, after: int = 0, most: int = 50) -> list[ImportRow]:
    """The lines from after a line on, of one outcome or all."""
    query = select(ImportRow).where(ImportRow.run_id == run.id, ImportRow.line > after).order_by(ImportRow.line).limit(most)
    with unscoped(WHY):
        return list(session.scalars(query if outcome is None else query.where(ImportRow.outcome == outcome)))


def row_of(session: Session, run: ImportRun, line: int) -> ImportRow:
    """One line. Raises Refused: there is no such line."""
    with unscoped(WHY):
        row = session.get(ImportRow, (run.id, line))
    if row is None:
        raise Refused(_("There is no such line."))
    return row


def sweep(session: Session, directory: Path, older: int = 30) -> int:
    """Forget files of imports that are over, and imports nobody went on with for `older` days; how many files went."""
    with unscoped("tidying imports"):
        kept = set(session.scalars(select(ImportRun.sha256).where(ImportRun.state.in_(OPEN), fresh(older))))
    stale = update(ImportRun).where(ImportRun.state.in_(OPEN), ~fresh(older))
    bookkeeping.execute(session, stale.values(state=S.CANCELLED, finished_at=days.now()))
    old = time.time() - RECENT
    found = [path for path in directory.glob("*/*") if path.name not in kept and path.stat().st_mtime < old]
    for path in found:
        path.unlink(missing_ok=True)
    return len(found)


def fresh(older: int) -> Any:
    """Begun within so many days."""
    return ImportRun.created_at > func.now() - func.make_interval(0, 0, 0, older)
