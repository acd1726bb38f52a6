"""The uploaded file, kept by its checksum until the import is over, and what stands in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from flask_babel import gettext as _

from admin_app.reporting import attachments
from admin_app.reporting.exchange import columns, tables
from admin_app.reporting.exchange.columns import Match, Vocabulary
from admin_app.reporting.exchange.tables import Sheet
from admin_app.reporting.refusal import Refused
from models import ImportRun

SHOWN = 3  # lines that stand as examples under the headings
OFFERED = 12  # first lines among which a person says which one is the heading
GLANCE = 100  # signs of such a line


@contextmanager
def sheets(run: ImportRun, directory: Path) -> Iterator[tuple[Sheet, ...]]:
    """The sheets of the run's file. Raises Refused: gone, or not readable."""
    path = attachments.place(directory, run.sha256)
    if not path.exists():
        raise Refused(_("The file is no longer kept. Upload it again."))
    with path.open("rb") as file:
        yield tables.open_table(file, run.file_name).sheets


def look(run: ImportRun, directory: Path, words: Vocabulary, sheet: int | None = None, line: int | None = None) -> dict[str, Any]:
    """What the file says of itself: its sheets, the one to read, its heading and some lines; as `ImportRun.mapping` keeps it.

    `line`: where the heading ends, as a person says; 0 for none.
    """
    with sheets(run, directory) as found:
        at = best(found, words) if sheet is None else min(max(sheet, 0), len(found) - 1)
        heading = found[at].heading(words.knows, line)
        if not heading.names and line is None:
            heading = found[at].heading(words.knows, 0)
        if not heading.names:
            raise Refused(_("The sheet has no heading that could be read: no line with the names of columns."))
        top = [[row.line, glance(row.cells)] for row in islice(found[at].rows(), OFFERED)]
        examples = [row.cells for row in islice(found[at].rows(heading.first), SHOWN)]
    titles = [one.title for one in found]
    about = {"sheet": at, "sheets": titles, "lines": list(heading.lines), "names": list(heading.names), "first": heading.first}
    about |= {"known": heading.known, "top": top}
    return {**about, "examples": [list(cells) for cells in examples]}


def glance(cells: tuple[str, ...]) -> str:
    """A line as one sees it at a glance."""
    return " · ".join(one for one in cells if one)[:GLANCE]


def best(found: tuple[Sheet, ...], words: Vocabulary) -> int:
    """The sheet to offer first: visible, with most known words in its heading."""
    ranks = [(not one.hidden, one.heading(words.knows).known if len(found) > 1 else 0) for one in found]
    return ranks.index(max(ranks))


def lines(run: ImportRun, directory: Path, words: Vocabulary) -> Iterator[tuple[int, dict[str, str]]]:
    """The file's lines: number, texts by field. Raises Refused, also in the middle."""
    matches = chosen(run.mapping, words)
    with sheets(run, directory) as found:
        for row in found[run.mapping["sheet"]].rows(run.mapping["first"]):
            texts = columns.taken(matches, row.cells)
            if any(texts.values()):
                yield row.line, texts


def chosen(mapping: dict[str, Any], words: Vocabulary) -> list[Match]:
    """The columns as the person has matched them."""
    return columns.match(mapping["names"], words, mapping["fields"])


def small(run: ImportRun, directory: Path, words: Vocabulary, most: int) -> bool:
    """Has the file at most so many lines?"""
    return sum(1 for _line in islice(lines(run, directory, words), most + 1)) <= most
