"""The table of one section as HTML: the same markup for the screen, for paper and for a client without scripts.

What depends on the form only is rendered once per edition, section and language, and kept in pieces; a page puts the values of
its report between them. So the widest section costs a fraction of what rendering its 1,650 cells costs each time.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from flask import render_template
from flask_babel import get_locale, pgettext
from markupsafe import Markup, escape

from admin_app.reporting.formula import Cell, Column, Program, Row, Section

MARK = "\x1e"  # a sign that no form can hold: the documents are JSON of printable text
SHORT_LIST = 200  # a longer list of choices is fetched once, when a person first types into such a cell
LABEL = 90


@dataclass(frozen=True)
class Skeleton:
    """``pieces`` of HTML with ``holes`` between them.

    A hole is an address (the value), "@" and an address (where it comes from), or "#" and a row's code (its name by a code).
    """

    pieces: tuple[str, ...]
    holes: tuple[str, ...]

    def fill(self, text: Callable[[str], str]) -> Markup:
        """The table's HTML: ``text`` says what goes into each hole; it is escaped here."""
        out = [self.pieces[0]]
        for hole, piece in zip(self.holes, self.pieces[1:], strict=True):
            out.append(str(escape(text(hole))))
            out.append(piece)
        return Markup("".join(out))  # noqa: S704  # made of a template's own output and escaped texts


def table(
    program: Program,
    section: Section,
    shown: Callable[[Cell], str],
    origins: dict[str, str],
    typed: bool = False,
    paper: bool = False,
) -> Markup:
    """The section's table: ``shown`` gives a cell's text, ``origins`` sentences by address.

    ``typed``: grey cells are fields. ``paper``: one of many tables of a page.
    """

    def text(hole: str) -> str:
        if hole[0] == "@":
            return origins.get(hole[1:], "")
        return name_by_code(program, section, hole[1:], shown) if hole[0] == "#" else shown(program.cells[hole])

    return skeleton(program, section.code, typed, paper, str(get_locale() or "ru")).fill(text)


def name_by_code(program: Program, section: Section, code: str, shown: Callable[[Cell], str]) -> str:
    """The name of a row that a code from a list names; what the form prints there until the code is typed."""
    row = next(row for row in section.rows if row.code == code)
    for _column, cell in places_of(program, section, row):
        words = cell and (program.choices(cell) or {}).get(shown(cell))
        if words:
            return words
    return row.name


@lru_cache(maxsize=1024)
def skeleton(program: Program, code: str, typed: bool, paper: bool, locale: str) -> Skeleton:  # noqa: ARG001  # the locale is in the words
    """The part of the table that is the same in every report of this edition."""
    section = program.form.by_code[code]
    html = render_template("report/table.html", **facts(program, section), typed=typed, paper=paper, hole=hole)
    parts = html.split(MARK)
    return Skeleton(tuple(parts[::2]), tuple(parts[1::2]))


def hole(name: str) -> Markup:
    """Where a value will stand."""
    return Markup(f"{MARK}{name}{MARK}")  # noqa: S704  # an address of the form, cut out again before anybody reads it


def facts(program: Program, section: Section) -> dict[str, object]:
    """What the template needs to know about the section."""
    lines = [(row, places_of(program, section, row)) for row in section.rows]
    limits = common_limits([cell for _row, places in lines for _column, cell in places if cell and cell.numeric])
    return {
        "section": section,
        "lines": lines,
        "limits": limits,
        "titles": {column.number: full_title(column) for column in section.columns},
        "has_codes": any(column.role == "code_of_row" for column in section.columns),
        "label": label,
        "width": width(len(section.data_columns)),
        "sizes": {column.number: size(column.title) for column in section.columns}
        | {column.number: "words" for _row, places in lines for column, cell in places if cell and cell.type == "text"},
        "lists": short_lists(program, section.code),
    }


def places_of(program: Program, section: Section, row: Row) -> list[tuple[Column, Cell | None]]:
    """What stands under each column in this row: a cell, or None under the row's name and code. Nothing in a header row."""
    if row.code is None:
        return []
    start = f"{section.code}/{row.code}/"
    return [(column, program.cells[start + column.number] if column.role == "data" else None) for column in section.columns]


def common_limits(cells: list[Cell]) -> tuple[float | None, float | None]:
    """The bounds that most cells have: said once for the table."""
    pairs = [(cell.minimum, cell.maximum) for cell in cells]
    return max(set(pairs), key=pairs.count, default=(None, None))


def full_title(column: Column) -> str:
    """A column's title with the titles above it."""
    return ", ".join(part.rstrip(" :") for part in (*column.parents, column.title) if part)


def label(row: Row, number: str, title: str) -> str:
    """The accessible name of a field: its row and its column, by number and in words."""
    return pgettext(
        "accessible name of a cell",
        "row %(row)s, column %(column)s: %(name)s; %(title)s",
        row=row.code,
        column=number,
        name=shortened(row.name),
        title=shortened(title),
    )


def shortened(text: str) -> str:
    """Long official names cut at a word."""
    return text if len(text) <= LABEL else text[:LABEL].rsplit(" ", 1)[0] + "…"


def width(columns: int) -> str:
    """How wide the columns can be."""
    return next((name for name, most in (("few", 4), ("some", 9), ("many", 24)) if columns <= most), "vast")


def size(title: str) -> str:
    """How wide a column must be for the longest word of its title, and so that the title doesn't grow a tower."""
    longest = max(map(len, re.split(r"[\s\-–/]+", title)), default=0)
    steps = (("xl", 16, 130), ("l", 12, 80), ("m", 9, 45))
    return next((name for name, letters, signs in steps if longest > letters or len(title) > signs), "s")


def short_lists(program: Program, code: str) -> dict[str, dict[str, str]]:
    """The lists of choices of a section that are short enough to stand in the page."""
    names = {cell.dictionary for cell in program.cells.values() if cell.section == code and cell.dictionary}
    lists = {name: program.form.dictionaries[name] for name in sorted(names)}
    return {name: entries for name, entries in lists.items() if len(entries) <= SHORT_LIST}
