"""What a client sent, read cell by cell: contents, and what can't be accepted with the reason."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from flask_babel import gettext as _

from admin_app.reporting.formula import Cell, CellError, Program
from admin_app.reporting.formula.errors import N_
from admin_app.reporting.formula.typed import mark as mark_of
from admin_app.reporting.merge import Content
from admin_app.reporting.refusal import Refused

LONGEST = 4000  # characters of a comment, a reason, an explanation
CLOSED = {
    "computed": N_("This cell is computed from others and is not typed."),
    "pulled": N_("This cell is filled in from elsewhere and is not typed."),
    "blocked": N_("This cell is closed: nothing is reported here."),
}
MARKS = ("na", "nd")


@dataclass(frozen=True)
class Rejected:
    """A cell that was not accepted (by the address that was sent), and why, as a sentence."""

    cell: str
    sentence: str


@dataclass
class Sent:
    """What was typed as contents by address, and what can't be accepted."""

    typed: dict[str, Content] = field(default_factory=dict)
    rejected: list[Rejected] = field(default_factory=list)


def clean(text: str) -> str:
    """What a person wrote without signs that no database keeps (NUL, halves of surrogate pairs) and no reader sees."""
    if text.isprintable():  # nearly always: an import cleans every cell of its file
        return text.strip()
    return "".join(sign for sign in text if sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cf", "Cs")).strip()


def words(text: str) -> str:
    """A comment, a reason or an explanation, clean. Raises Refused if it is too long."""
    text = clean(text)
    if len(text) > LONGEST:
        raise Refused(_("The text is longer than %(limit)s characters.", limit=LONGEST))
    return text


def read(program: Program, changes: Mapping[str, str | None], marks: Mapping[str, str | None]) -> Sent:
    """``changes``: texts as typed, blank or None empties a cell; ``marks``: "na", "nd", None takes the mark off."""
    sent = Sent()
    for address, text in changes.items():
        take(program, sent, address, text, None)
    for address, mark in marks.items():
        take(program, sent, address, None, mark)
    return sent


def take(program: Program, sent: Sent, address: str, text: str | None, mark: str | None) -> None:
    """Read one cell into ``sent``."""
    try:
        cell = open_cell(program, address)
        sent.typed[cell.address] = marked(mark) if mark else typed(program, cell, text or "")
    except CellError as error:
        sent.rejected.append(Rejected(address, _(error.message, **error.params)))


def open_cell(program: Program, address: str) -> Cell:
    """The cell of this address, if a person may type into it. Raises CellError."""
    cell = program.resolve(address)
    if cell is None:
        raise CellError("unknown", N_("There is no cell %(address)s in this form."), address=address[:60])
    if cell.kind != "input":
        raise CellError("closed", CLOSED[cell.kind])
    return cell


def typed(program: Program, cell: Cell, text: str) -> Content:
    """The content that a text stands for, «н/п» and «н/д» too; whole numbers as int, as revisions keep them. Raises CellError."""
    text = clean(text)
    mark = mark_of(cell, text)
    if mark:
        return {"mark": mark}
    value = program.parse(cell, text)
    return int(value) if isinstance(value, float) and value.is_integer() else value


def marked(mark: str) -> Content:
    """The content of a mark. Raises CellError."""
    if mark not in MARKS:
        raise CellError("mark", N_("There is no such mark."))
    return {"mark": mark}
