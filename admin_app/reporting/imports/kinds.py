"""What the generated screens tell the imports: how a table's lines are judged and written. They register at start."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from admin_app.reporting.planned import TODAY, FromDay
from admin_app.reporting.refusal import Refused
from models import RowOutcome

Texts = dict[str, str]  # a line's texts by field


@dataclass
class Judged:
    """What becomes of one line. `errors`: field (or "") → sentence. `changes`: field → {"was", "now": as people read them,
    "old", "new": as JSON keeps them}. `key`: the texts by which the row is known, to find the same row in another line."""

    line: int
    texts: Texts
    outcome: RowOutcome = RowOutcome.ERROR
    row_id: int | None = None
    changes: dict[str, dict[str, Any]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    key: Texts = field(default_factory=dict)
    work: Any = field(default=None, compare=False)  # what `Reader.write` needs; lives in one transaction


class Reader(Protocol):
    """Judges and writes the lines of one import, in the order of the file."""

    def judge(self, lines: Sequence[tuple[int, Texts]], lock: bool = False) -> list[Judged]:
        """What becomes of these lines. `lock`: the rows that they change stay as they are until the end of the transaction."""

    def write(self, judged: Judged) -> int:
        """Do it; the row's id. Raises Refused."""

    def write_many(self, piece: Sequence[Judged]) -> list[int]:
        """Do all of these; the rows' ids. Raises Refused, without saying at which line: nothing of it may be kept then, and
        `write` line by line finds it."""


class Kind(Protocol):
    """A table into which files are brought."""

    def refusal(self) -> str:
        """Why the person may not import here; empty if they may."""

    def names(self) -> Mapping[str, Iterable[str]]:
        """The fields that a column may be, with the words for them."""

    def reader(self, session: Session, defaults: Texts, clears: bool, since: FromDay = TODAY) -> Reader:
        """A reader. `defaults`: texts for lines that say nothing of the field; `clears`: an empty cell empties the field;
        `since`: from which day changes count, of tables where they count from one."""


KINDS: dict[str, Kind] = {}


def kind_of(table: str) -> Kind:
    """The kind of that table. Raises Refused: unknown, or not for this person."""
    kind = KINDS.get(table)
    if kind is None:
        raise Refused(_("Nothing is imported into this list."))
    if why := kind.refusal():
        raise Refused(why)
    return kind
