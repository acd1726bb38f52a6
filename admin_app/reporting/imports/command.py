"""Organizations from a file by command: read, judged, written and undone as an import by the wizard is; no wizard in between.

CSV and XLSX are read as there; JSON is a list of objects, whose place in the list stands for the line. Columns are matched by
their words or by the fields' names, but nothing is guessed: a column that is not known for sure is a mistake.
"""

import json
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from admin_app.extensions import db
from admin_app.reporting import audit, lists
from admin_app.reporting.exchange import columns, tables
from admin_app.reporting.exchange.columns import Match, Vocabulary
from admin_app.reporting.imports import work
from admin_app.reporting.imports.kinds import Judged, Texts, kind_of
from admin_app.reporting.planned import TODAY, FromDay
from admin_app.reporting.refusal import Refused
from models import RowOutcome

TABLE, ORIGIN = "organization", "import:command"
Line = tuple[int, Texts]


class Mistakes(Refused):
    """What is wrong in the file, one sentence each, with the number of its line. Nothing has been changed."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences


def bring(session: Session, path: Path, dry_run: bool, since: FromDay = TODAY) -> tuple[Counter[RowOutcome], uuid.UUID]:
    """All of the file or nothing; flushes. How many lines come out how, and the batch. ``since``: from which day changes count.

    Raises Mistakes with all of them.
    """
    kind = kind_of(TABLE)
    labels = {name: next(iter(words)) for name, words in kind.names().items()}
    words = Vocabulary(kind.names())
    with Session(db.engine) as plain, lists.held(plain):
        found = judged(session, lines(path, words), labels, since)
        with audit.together(ORIGIN) as batch:
            if not dry_run:
                write(session, lines(path, words), since)
    return found, batch


def judged(session: Session, source: Iterable[Line], labels: dict[str, str], since: FromDay) -> Counter[RowOutcome]:
    """How many lines come out how. Raises Mistakes."""
    reader, counts, wrong = kind_of(TABLE).reader(session, {}, False, since), Counter[RowOutcome](), []
    for piece in work.pieces(source):
        found = reader.judge(piece)
        counts.update(one.outcome for one in found)
        wrong += [sentence for one in found for sentence in mistakes_of(one, labels)]
        session.expunge_all()
    if wrong:
        raise Mistakes(wrong)
    return counts


def mistakes_of(one: Judged, labels: dict[str, str]) -> Iterator[str]:
    """What is wrong with a line, in sentences."""
    for name, sentence in one.errors.items():
        where = f"{labels[name]}: " if name in labels else ""
        yield _("Line %(line)s: %(why)s", line=one.line, why=where + sentence)


def write(session: Session, source: Iterable[Line], since: FromDay) -> None:
    """Write what is to be added or changed. Raises Mistakes at the first line that the rules or the database refuse."""
    reader = kind_of(TABLE).reader(session, {}, False, since)
    for piece in work.pieces(source):
        doing = [one for one in reader.judge(piece, lock=True) if one.outcome in work.DOES]
        try:
            work.written(session, reader, doing)
        except work.Differs as refused:
            raise Mistakes([_("Line %(line)s: %(why)s", line=refused.line, why=refused.sentence)]) from refused


# ── The file ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def lines(path: Path, words: Vocabulary) -> Iterator[Line]:
    """The file's lines: number, texts by field. Raises Refused: not readable, or a column that is none."""
    if path.suffix.lower() == ".json":
        yield from from_json(path, words)
        return
    with path.open("rb") as file:
        sheet = tables.open_table(file, path.name).best(words.knows)
        heading = sheet.heading(words.knows)
        matches = matched(heading.names, words)
        for row in sheet.rows(heading.first):
            texts = columns.taken(matches, row.cells)
            if any(texts.values()):
                yield row.line, texts


def from_json(path: Path, words: Vocabulary) -> Iterator[Line]:
    """The same of a list of objects."""
    try:
        found = json.loads(path.read_text("utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise Refused(_("%(name)s can't be read: %(why)s.", name=path.name, why=str(error))) from error
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise Refused(_("%(name)s must be a list of organizations.", name=path.name))
    names = list(dict.fromkeys(str(key) for row in found for key in row))
    matches = matched(names, words)
    for number, row in enumerate(found, 1):
        yield number, columns.taken(matches, [as_text(row.get(name)) for name in names])


def matched(names: Sequence[str], words: Vocabulary) -> list[Match]:
    """Which field each column is. Raises Mistakes for columns that are none."""
    found = columns.match(names, words)
    unknown = [one.name for one in found if one.name and not (one.field and words.knows(one.name))]
    if unknown:
        raise Mistakes([_("There is no column “%(name)s”.", name=name) for name in unknown])
    return found


def as_text(value: Any) -> str:
    """A value as the text of a cell; a list as its parts between semicolons."""
    return ";".join(map(as_text, value)) if isinstance(value, list) else "" if value is None else str(value).strip()
