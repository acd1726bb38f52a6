"""The work of an import: judging every line, and doing it all in one transaction.

`tell(done)` is called between pieces: it shows others how far the work is and answers whether to go on.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from admin_app.reporting import audit, bookkeeping, consequences_many, days
from admin_app.reporting.actor import unscoped
from admin_app.reporting.bookkeeping import WHY, end, require, save
from admin_app.reporting.exchange.columns import Vocabulary
from admin_app.reporting.imports import files, runs
from admin_app.reporting.imports.kinds import Judged, Reader, Texts, kind_of
from admin_app.reporting.planned import FromDay
from admin_app.reporting.refusal import Refused
from models import ImportRow, ImportRun, ImportState, RowOutcome

S, R = ImportState, RowOutcome
FIRST, PIECE = 50, 200  # lines judged at once: the first ones are shown soon
DOES = (R.NEW, R.CHANGE)
Tell = Callable[[int], bool]
LONGEST = 5000  # signs of a cell typed in the preview
LINES: Any = ImportRow.__table__


class Differs(Refused):
    """A line would not come out as it was shown, or not at all; nothing has been changed."""

    def __init__(self, line: int, sentence: str, field: str = "") -> None:
        super().__init__(sentence, field)
        self.line = line


def onward(_done: int) -> bool:
    """For work that somebody waits for: nobody else looks, nobody stops it."""
    return True


# ── The check ────────────────────────────────────────────────────────────────────────────────────────────────────────


def check(session: Session, run_id: int, directory: Path, tell: Tell = onward) -> None:
    """Judge every line of the file and keep what becomes of it; commits piece by piece. The import is then READY, or FAILED
    with a sentence if the file turns out to be unreadable."""
    run = session.get_one(ImportRun, run_id)
    require(run, S.CHECKING)
    forget(session, run)
    try:
        found, moves = judged_file(session, run, directory, tell)
    except Refused as refused:
        session.rollback()
        end(session, ImportRun, run_id, S.CHECKING, state=S.FAILED, error=refused.sentence, finished_at=days.now())
        return session.commit()
    if found is not None:
        counts = {**found, "consequences": consequences_many.of(session, moves)}
        end(session, ImportRun, run_id, S.CHECKING, state=S.READY, total=sum(found.values()), counts=counts)
        session.commit()
    return None


def forget(session: Session, run: ImportRun) -> None:
    """Lines of an earlier check go."""
    bookkeeping.execute(session, delete(ImportRow).where(ImportRow.run_id == run.id))
    session.commit()


def judged_file(session: Session, run: ImportRun, directory: Path, tell: Tell) -> tuple[Counter[str] | None, list[Any]]:
    """How many lines come out how (None: given up), and the changes that have consequences."""
    run_id, reader, words = run.id, reader_of(session, run), Vocabulary(kind_of(run.table_name).names())
    counts: Counter[str] = Counter()
    moves: list[Any] = []
    session.expunge(run)  # it is read through the whole file, over many transactions
    for piece in pieces(files.lines(run, directory, words)):
        judged = reader.judge(piece)
        counts.update(one.outcome.value for one in judged)
        moves += consequences_many.moves(judged)
        rows = [{"run_id": run_id, "line": one.line, **values_of(one)} for one in judged]
        bookkeeping.execute(session, insert(ImportRow), rows)
        runs_on = end(session, ImportRun, run_id, S.CHECKING, done=sum(counts.values()), counts=dict(counts))
        session.commit()
        session.expunge_all()
        if not runs_on or not tell(sum(counts.values())):
            return None, moves
    return counts, moves


def reader_of(session: Session, run: ImportRun) -> Reader:
    """A reader as the run's person has set it up."""
    mapping = run.mapping
    since = FromDay.read(mapping.get("since", ""))
    return kind_of(run.table_name).reader(session, mapping["defaults"], mapping["clears"], since)


def pieces(lines: Iterable[tuple[int, Texts]]) -> Iterator[list[tuple[int, Texts]]]:
    """The lines in pieces, a small one first."""
    source, size = iter(lines), FIRST
    while piece := list(islice(source, size)):
        yield piece
        size = PIECE


def values_of(one: Judged) -> dict[str, Any]:
    """What is kept of a line."""
    return {"cells": one.texts, "outcome": one.outcome, "row_id": one.row_id, "changes": one.changes, "errors": one.errors}


def note(session: Session, run_id: int, line: int, **values: Any) -> None:
    """Keep something else of a line."""
    told = update(ImportRow).where(ImportRow.run_id == run_id, ImportRow.line == line).values(**values)
    bookkeeping.execute(session, told)


def asked(session: Session, query: Any) -> list[Any]:
    """What is kept of the import's lines."""
    with unscoped(WHY):
        return list(session.execute(query))


# ── One line put right ───────────────────────────────────────────────────────────────────────────────────────────────


def amend(session: Session, run: ImportRun, line: int, texts: Texts) -> None:
    """Another text for some cells of a line: it is judged anew, and so are the lines about the same row. Raises Refused."""
    require(run, S.READY)
    row = runs.row_of(session, run, line)
    fields = kind_of(run.table_name).names()
    known = {**row.cells, **{name: text[:LONGEST] for name, text in texts.items() if name in fields}}
    reader = reader_of(session, run)
    old = reader.judge([(line, dict(row.cells))])[0].key
    new = reader_of(session, run).judge([(line, known)])[0].key
    again = sorted({line, *twins(session, run, old), *twins(session, run, new)})
    lines = [(one, known if one == line else cells) for one, cells in cells_of(session, run, again)]
    put(session, run, reader_of(session, run).judge(lines))


def leave_out(session: Session, run: ImportRun, line: int) -> None:
    """Leave a line out, or take it in again. Raises Refused."""
    require(run, S.READY)
    row = runs.row_of(session, run, line)
    if row.outcome is R.SKIP:
        return amend(session, run, line, {})
    note(session, run.id, line, outcome=R.SKIP)
    return recount(session, run)


def twins(session: Session, run: ImportRun, key: Texts) -> list[int]:
    """The lines with the same key that are not left out."""
    if not key:
        return []
    same = select(ImportRow.line).where(ImportRow.run_id == run.id, ImportRow.cells.contains(key), ImportRow.outcome != R.SKIP)
    return [one for (one,) in asked(session, same)]


def cells_of(session: Session, run: ImportRun, lines: Sequence[int]) -> list[tuple[int, Texts]]:
    """The texts of these lines, in the file's order."""
    query = select(ImportRow.line, ImportRow.cells).where(ImportRow.run_id == run.id, ImportRow.line.in_(lines))
    return [(line, cells) for line, cells in asked(session, query.order_by(ImportRow.line))]


def put(session: Session, run: ImportRun, judged: Iterable[Judged]) -> None:
    """Keep what has become of these lines."""
    for one in judged:
        note(session, run.id, one.line, **values_of(one))
    recount(session, run)


def recount(session: Session, run: ImportRun) -> None:
    """The counts and the consequences anew."""
    session.expire_all()
    query = select(ImportRow.outcome, func.count(ImportRow.line)).where(ImportRow.run_id == run.id).group_by(ImportRow.outcome)
    counts = {outcome.value: number for outcome, number in asked(session, query)}
    changed = select(ImportRow.line, ImportRow.row_id, ImportRow.changes).where(
        ImportRow.run_id == run.id, consequences_many.heavy(ImportRow)
    )
    moves = [Judged(line, {}, R.CHANGE, row_id, changes) for line, row_id, changes in asked(session, changed)]
    told = consequences_many.of(session, consequences_many.moves(moves))
    save(session, run, counts={**counts, "consequences": told}, error="")


# ── All of it, or nothing ────────────────────────────────────────────────────────────────────────────────────────────


def start(session: Session, run: ImportRun, without_mistakes: bool) -> bool:
    """The person says: do it. Is it small enough to do at once? Raises Refused: mistakes are left, nothing would change."""
    require(run, S.READY)
    doing = sum(run.counts.get(one.value, 0) for one in DOES)
    if run.counts.get(R.ERROR.value) and not without_mistakes:
        raise Refused(_("Some lines have mistakes: put them right, or say that they are left out."))
    if not doing:
        raise Refused(_("There is nothing to add or to change."))
    save(session, run, state=S.RUNNING, done=0, total=doing, error="")
    return doing <= runs.SMALL


def execute(session: Session, run_id: int, tell: Tell = onward) -> None:
    """Do what was shown, in one transaction, and commit; DONE then. If a line does not come out as shown, nothing is done, the
    import is READY again and says so at the line."""
    run = session.get_one(ImportRun, run_id)
    require(run, S.RUNNING)
    try:
        with audit.together(f"import:{run.id}", run.batch):
            finished = write_all(session, run, tell)
    except Refused as refused:
        session.rollback()
        stopped(session, run_id, refused)
    else:
        if not finished or not end(session, ImportRun, run_id, S.RUNNING, state=S.DONE, finished_at=days.now()):
            session.rollback()
    session.commit()


def write_all(session: Session, run: ImportRun, tell: Tell) -> bool:
    """Write every line. Was it let to the end? Raises Differs."""
    run_id, reader, done, at = run.id, reader_of(session, run), 0, 0
    while piece := planned(session, run_id, at):
        shown = {line: (outcome, changes) for line, _cells, outcome, changes in piece}
        judged = reader.judge([(line, cells) for line, cells, *_rest in piece], lock=True)
        for one in judged:
            compare(one, *shown[one.line])
        ids = written(session, reader, judged)
        numbers = [{"at": one.line, "id": key} for one, key in zip(judged, ids, strict=True)]
        bookkeeping.execute(session, NUMBERED.where(LINES.c.run_id == run_id), numbers)
        done, at = done + len(piece), piece[-1][0]
        if not tell(done):
            return False
    return True


NUMBERED = update(LINES).where(LINES.c.line == bindparam("at")).values(row_id=bindparam("id"))


def planned(session: Session, run_id: int, after: int) -> list[Any]:
    """The next lines to be done: line, cells, outcome, changes."""
    columns = (ImportRow.line, ImportRow.cells, ImportRow.outcome, ImportRow.changes)
    query = select(*columns).where(ImportRow.run_id == run_id, ImportRow.line > after, ImportRow.outcome.in_(DOES))
    return asked(session, query.order_by(ImportRow.line).limit(PIECE))


def compare(one: Judged, outcome: RowOutcome, changes: dict[str, Any]) -> None:
    """Raises Differs if the line comes out otherwise than it was shown."""
    if one.errors:
        name, sentence = next(iter(one.errors.items()))
        raise Differs(one.line, sentence, name)
    if one.outcome is not outcome or seen(one.changes) != seen(changes):
        raise Differs(one.line, _("Somebody has changed this row since the check. Look at the line again."))


def seen(changes: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """What a person was shown of the changes."""
    return {name: (pair["was"], pair["now"]) for name, pair in changes.items()}


def written(session: Session, reader: Reader, judged: Sequence[Judged]) -> list[int]:
    """Write the lines, all at once; if that is refused, line by line, to say which. Raises Differs with the line."""
    try:
        with session.begin_nested():
            return reader.write_many(judged)
    except Refused:
        return [written_id(reader, one) for one in judged]


def written_id(reader: Reader, one: Judged) -> int:
    """Write the line; the row's id. Raises Differs with the line."""
    try:
        return reader.write(one)
    except Refused as refused:
        raise Differs(one.line, refused.sentence, refused.field) from refused


def stopped(session: Session, run_id: int, refused: Refused) -> None:
    """Say why nothing was done, at the line that was in the way."""
    if not end(session, ImportRun, run_id, S.RUNNING, state=S.READY):
        return
    run = session.get_one(ImportRun, run_id)
    if isinstance(refused, Differs):
        note(session, run_id, refused.line, outcome=R.ERROR, errors={refused.field: refused.sentence})
        recount(session, run)
        sentence = _("Nothing was imported. Line %(line)s: %(why)s", line=refused.line, why=refused.sentence)
    else:
        sentence = refused.sentence
    save(session, run, error=sentence)
