"""Where a table's heading is: below titles and empty lines, in one to three lines, merged or not, above a line of numbers.

The heading with most known words wins. Without any, it is the first line that is about as full as the fullest and holds words.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from admin_app.reporting.exchange.cells import Row
from admin_app.reporting.exchange.merges import Merge

LOOKED_AT = 50  # rows among which the heading is sought
TALLEST = 3  # lines of a heading
JOINT = " / "  # between the levels of a heading's words


@dataclass(frozen=True)
class Heading:
    """`lines`: its line numbers in the file, empty if the table has none. `names`: one for each column, "" for a nameless one;
    levels are joined by « / ». `first`: the line at which the data begins. `known`: how many names were known words."""

    lines: tuple[int, ...]
    names: tuple[str, ...]
    first: int
    known: int = 0


def guess(rows: Sequence[Row], merges: Sequence[Merge], known: Callable[[str], bool]) -> Heading:
    """The most likely heading among a table's first rows; `known` tells whether a name is the word of a field."""
    blocks = [
        one for at in range(len(rows)) for height in range(1, TALLEST + 1) if (one := block(rows, at, height, merges, known))
    ]
    best = max(blocks, key=lambda one: (one.known, -len(one.lines), -one.lines[0]), default=None)
    if best is None or not best.known:
        best = by_looks(rows, merges, known)
    return best if best else Heading((), (), rows[0].line if rows else 1)


def chosen(rows: Sequence[Row], merges: Sequence[Merge], known: Callable[[str], bool], line: int) -> Heading:
    """The heading that ends at this line of the file, as a person says; 0: there is none, and every line is data."""
    blocks = [
        one
        for height in range(1, TALLEST + 1)
        for at in range(len(rows) - height + 1)
        if rows[at + height - 1].line == line and (one := block(rows, at, height, merges, known))
    ]
    none = Heading((), ("",) * max((len(row.cells) for row in rows), default=0), rows[0].line if rows else 1)
    return max(blocks, key=lambda one: (one.known, -len(one.lines)), default=none)


def block(rows: Sequence[Row], at: int, height: int, merges: Sequence[Merge], known: Callable[[str], bool]) -> Heading | None:
    """The heading that these rows would make, None if they can't."""
    lines = rows[at : at + height]
    if len(lines) < height or lines[-1].line - lines[0].line > TALLEST:
        return None
    table = spread(lines, merges)
    if height > 1 and not layered(lines, table):
        return None
    names = tuple(name_of(levels) for levels in zip(*table, strict=True))
    count = sum(1 for name in names if name and known(name))
    return Heading(tuple(one.line for one in lines), names, after(rows, at + height), count)


def spread(lines: Sequence[Row], merges: Sequence[Merge]) -> list[list[str]]:
    """The rows as a rectangle in which merged cells repeat their text."""
    width = max(len(row.cells) for row in lines)
    table = {row.line: [*row.cells, *[""] * (width - len(row.cells))] for row in lines}
    for merge in merges:
        if merge.top in table and merge.left < width:
            text = table[merge.top][merge.left]
            for line in range(merge.top, min(merge.bottom, lines[-1].line) + 1):
                for column in range(merge.left, min(merge.right + 1, width)):
                    if line in table and not table[line][column]:
                        table[line][column] = text
    return carried(list(table.values()))


def carried(table: list[list[str]]) -> list[list[str]]:
    """A group's title over all its columns, where a file has no merges to say so: blank above, filled below."""
    for above, below in pairwise(table):
        for column in range(1, len(above)):
            if not above[column] and below[column] and above[column - 1] and below[column - 1]:
                above[column] = above[column - 1]
    return table


def layered(lines: Sequence[Row], table: list[list[str]]) -> bool:
    """Do the lower rows divide the upper ones? Then they hold words, no codes, and leave columns alone that are whole."""
    for upper, lower, row in zip(table, table[1:], lines[1:], strict=False):
        own = [one for one in row.cells if one]
        if not own or any(re.search(r"\d{4}|@", one) for one in own):
            return False
        filled = {at for at, one in enumerate(row.cells) if one}
        groups = len({upper[at] for at in filled}) < len(filled) or any(not upper[at] for at in filled)
        whole = any(upper[at] and at not in filled for at in range(len(upper))) or not any(
            upper[at] == lower[at] for at in filled
        )
        if not (groups and whole):
            return False
    return True


def name_of(levels: Sequence[str]) -> str:
    """A column's name out of its levels, without repetitions."""
    words = [re.sub(r"\s+", " ", one).strip() for one in levels]
    return JOINT.join(word for at, word in enumerate(words) if word and word not in words[:at])


def after(rows: Sequence[Row], at: int) -> int:
    """The line of the first data row: the next, unless it only numbers the columns."""
    while at < len(rows) and numbering(rows[at]):
        at += 1
    return rows[at].line if at < len(rows) else rows[-1].line + 1


def numbering(row: Row) -> bool:
    """1, 2, 3, …"""
    cells = [one for one in row.cells if one]
    return len(cells) > 1 and cells == [str(at) for at in range(1, len(cells) + 1)]


def by_looks(rows: Sequence[Row], merges: Sequence[Merge], known: Callable[[str], bool]) -> Heading | None:
    """The first row that is nearly as full as the fullest and holds different words without codes."""
    fullest = max((filled(row) for row in rows), default=0)
    for at, row in enumerate(rows):
        if filled(row) >= 0.6 * fullest and worded(row):
            taller = [block(rows, at, height, merges, known) for height in range(TALLEST if merges else 1, 0, -1)]
            return next((one for one in taller if one), None)
    return None


def filled(row: Row) -> int:
    """How many cells hold something."""
    return sum(1 for one in row.cells if one)


def worded(row: Row) -> bool:
    """Different texts with letters, none of them an address or a long number."""
    cells = [one for one in row.cells if one]
    words = [one for one in cells if re.search(r"[^\W\d_]", one) and not re.search(r"\d{5}|@", one) and len(one) < 200]
    return len(words) >= 0.8 * len(cells) and len(set(cells)) == len(cells)
