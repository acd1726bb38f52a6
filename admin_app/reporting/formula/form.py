"""What a form is: sections, columns, rows, cells. Built by ``document.py``, read by everyone; never changed afterwards."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

Kind = Literal["input", "computed", "pulled", "blocked"]
Severity = Literal["error", "query", "hint"]
NUMERIC = ("count", "decimal", "flag", "year")
TEXTUAL = ("text", "choice", "date")


@dataclass(frozen=True)
class Column:
    """A printed column; ``number`` is what stands under its title ("3", "А"), ``parents`` the titles above it, top first."""

    number: str
    title: str
    parents: tuple[str, ...] = ()
    role: Literal["name", "code_of_row", "data"] = "data"


@dataclass(frozen=True)
class Row:
    """A printed row; a header row has no code and no cells. ``indent`` counts levels, not spaces."""

    code: str | None
    name: str
    indent: int = 0
    kind: Literal["data", "header", "dynamic"] = "data"
    total: bool = False
    hint: str = ""


@dataclass(frozen=True)
class HeaderCell:
    """One merged cell of a table's head; ``column`` is set where it is the title of that column itself."""

    text: str
    colspan: int
    rowspan: int
    column: Column | None = None


@dataclass(frozen=True)
class Section:
    """One table. ``base`` and ``variant`` name the common definition and what this copy is for ("очное обучение").

    ``condition``: a rule; the section is filled in only if it holds (see ``Program.applies``). ``group`` is the heading of the
    part in the table of contents.
    """

    code: str
    title: str
    short: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    units: str = ""
    base: str = ""
    variant: str = ""
    group: str = ""
    condition: str = ""
    notes: tuple[str, ...] = ()

    @cached_property
    def data_columns(self) -> tuple[Column, ...]:
        """The columns that hold cells."""
        return tuple(column for column in self.columns if column.role == "data")

    def header_rows(self) -> list[list[HeaderCell]]:
        """The table's head, top line first, ready for ``<th colspan rowspan>``."""
        depth = 1 + max((len(column.parents) for column in self.columns), default=0)
        return [list(self._line(level, depth)) for level in range(depth)]

    def _line(self, level: int, depth: int) -> Iterator[HeaderCell]:
        at = 0
        while at < len(self.columns):
            column = self.columns[at]
            if len(column.parents) > level:
                branch = column.parents[: level + 1]
                span = self._span(at, branch)
                yield HeaderCell(branch[-1], span, 1)
                at += span
                continue
            if len(column.parents) == level:
                yield HeaderCell(column.title, 1, depth - level, column)
            at += 1

    def _span(self, at: int, branch: tuple[str, ...]) -> int:
        end = at
        while end < len(self.columns) and self.columns[end].parents[: len(branch)] == branch:
            end += 1
        return end - at


@dataclass(slots=True, eq=False)
class Cell:
    """One place of a table. Numeric cells that aren't blocked have a ``slot``; the others have None.

    ``type``: "count" (whole, not negative), "decimal" (``decimals`` digits), "flag" (0/1), "year"; "text", "choice", "date".
    ``dictionary`` names a list in ``Form.dictionaries`` (also for numeric cells: a list of allowed numbers). ``source`` is the
    formula or where the value is pulled from; ``preset`` a value printed in the form.
    """

    address: str
    section: str
    row: str
    column: str
    kind: Kind
    type: str
    decimals: int = 0
    slot: int | None = None
    minimum: float | None = None
    maximum: float | None = None
    dictionary: str | None = None
    source: str = ""
    preset: str | None = None

    @property
    def numeric(self) -> bool:
        """Whether its value is a number (in ``Values.numbers``) rather than text."""
        return self.type in NUMERIC


@dataclass(frozen=True)
class Check:
    """One rule: its words, the rule as the statisticians write it, and where it is printed."""

    id: str
    section: str
    severity: Severity
    rule: str
    text: str
    source: str = ""


@dataclass(frozen=True)
class Source:
    """Where a pulled value comes from: a field of the organization's card, or a cell of a report.

    ``kind`` "card": ``name`` is the field. ``kind`` "report": ``form`` is the other form's code ("" = this form), ``previous``
    the period before this one, ``address`` the cell as written ("2.1.1.1/10/3": ask that form's ``Program.resolve``).
    """

    kind: Literal["card", "report"]
    name: str = ""
    form: str = ""
    previous: bool = False
    address: str = ""

    def __str__(self) -> str:
        if self.kind == "card":
            return f"card.{self.name}"
        section, row, column = self.address.split("/")
        inner = f"{self.form and f'[{self.form}]:'}[{section}][{row}][{column}]"
        return f"{{{{{inner}}}}}" if self.previous else f"{{{inner}}}"


@dataclass(frozen=True)
class External:
    """A value the caller fetches before ``calc``: into ``slot`` (a number) or, if None, into the text cell ``address``.

    ``address`` is None where the value is only an operand of a formula or a check and shows nowhere.
    """

    slot: int | None
    address: str | None
    source: Source


@dataclass(frozen=True)
class Form:
    """A form version as printed."""

    code: str
    title: str
    okud: str
    periodicity: str
    sections: tuple[Section, ...]
    dictionaries: dict[str, dict[str, str]] = field(default_factory=dict)
    checks: tuple[Check, ...] = ()
    version: str = ""
    note: str = ""

    @cached_property
    def by_code(self) -> dict[str, Section]:
        return {section.code: section for section in self.sections}
