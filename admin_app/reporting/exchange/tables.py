"""Registries from spreadsheets: XLSX and CSV the same way, row by row, each with its line number in the file.

    table = tables.open_table(file, "реестр.xlsx")
    sheet = table.best(known)
    heading = sheet.heading(known)
    for row in sheet.rows(heading.first): …  # row.line, row.cells

Texts come as the person sees them: dates as «31.12.2025», numbers without exponents and with a point, codes with the leading
zeros that the cell's format gives them, yes and no as «1» and «0»; see `mending` for digits that a spreadsheet has lost.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import BinaryIO, Protocol

from flask_babel import gettext as _

from admin_app.reporting.exchange import heading, safety
from admin_app.reporting.exchange.cells import Row
from admin_app.reporting.exchange.delimited import TextTable
from admin_app.reporting.exchange.heading import Heading
from admin_app.reporting.exchange.merges import Merge, Merges
from admin_app.reporting.exchange.safety import Kind
from admin_app.reporting.exchange.xlsx import Named, Workbook
from admin_app.reporting.refusal import Refused

__all__ = ["Heading", "Row", "Sheet", "Table", "open_table"]


class Sheet(Protocol):
    """One table of a file."""

    title: str
    hidden: bool

    def heading(self, known: Callable[[str], bool], at: int | None = None) -> Heading:
        """The heading; `known` tells whether a name is the word of a field (`columns.Vocabulary.knows`).

        `at`: the line at which it ends, 0 for none at all (`heading.chosen`); guessed if that is not said.
        """

    def rows(self, first: int = 1) -> Iterator[Row]:
        """The filled rows from line `first` on, in the file's order. Raises Refused in the middle for what is found there."""


@dataclass
class TextSheet:
    """The one table of a CSV file."""

    table: TextTable
    title: str = ""
    hidden: bool = False

    def heading(self, known: Callable[[str], bool], at: int | None = None) -> Heading:
        rows = list(islice(self.table.rows(), heading.LOOKED_AT))
        return heading.guess(rows, (), known) if at is None else heading.chosen(rows, (), known, at)

    def rows(self, first: int = 1) -> Iterator[Row]:
        return (row for row in self.table.rows() if row.line >= first)


@dataclass
class BookSheet:
    """One sheet of a workbook."""

    book: Workbook
    named: Named
    title: str = field(init=False)
    hidden: bool = field(init=False)

    def __post_init__(self) -> None:
        self.title, self.hidden = self.named.title, self.named.hidden

    @cached_property
    def merges(self) -> Merges:
        """The sheet's merged cells."""
        return self.book.merges(self.named.part)

    def heading(self, known: Callable[[str], bool], at: int | None = None) -> Heading:
        first = list(islice(self.book.rows(self.named.part), heading.LOOKED_AT))
        merges = self.merges.within(1, first[-1].line) if first else ()
        return heading.guess(first, merges, known) if at is None else heading.chosen(first, merges, known, at)

    def rows(self, first: int = 1) -> Iterator[Row]:
        """Cells merged downwards repeat their text in each row that holds something of its own."""
        running: list[tuple[Merge, str]] = []
        for row in self.book.rows(self.named.part):
            running = [one for one in running if one[0].bottom >= row.line]
            filled = repeated(row, running)
            running += [(one, text) for one in self.merges.by_top.get(row.line, ()) if (text := cell(row, one.left))]
            if row.line >= first:
                yield filled


@dataclass(frozen=True)
class Table:
    """An opened file. `sheets`: at least one, in the file's order, hidden ones too."""

    kind: Kind
    sheets: tuple[Sheet, ...]

    def best(self, known: Callable[[str], bool]) -> Sheet:
        """The sheet to offer first: visible, with most known words in its heading."""
        return max(self.sheets, key=lambda one: (not one.hidden, one.heading(known).known if len(self.sheets) > 1 else 0))


def open_table(file: BinaryIO, name: str) -> Table:
    """Open an XLSX or CSV file, which can seek and stays open while the table is used; `name` is as the person sees it.

    Raises Refused, in plain words, for anything else and for whatever may hurt.
    """
    kind = safety.expect(file, name, (Kind.XLSX, Kind.CSV))
    if kind is Kind.CSV:
        return Table(kind, (TextSheet(TextTable(file)),))
    book = Workbook(file)
    if not book.sheets:
        raise Refused(_("The workbook has no sheets with tables."))
    return Table(kind, tuple(BookSheet(book, one) for one in book.sheets))


def repeated(row: Row, running: list[tuple[Merge, str]]) -> Row:
    """The row with the texts of cells that are merged down into it."""
    cells = list(row.cells)
    for merge, text in running:
        cells.extend([""] * (merge.left + 1 - len(cells)))
        cells[merge.left] = cells[merge.left] or text
    return Row(row.line, tuple(cells)) if running else row


def cell(row: Row, column: int) -> str:
    """The cell in that column, "" beyond the row's end."""
    return row.cells[column] if column < len(row.cells) else ""
