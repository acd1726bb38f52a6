"""The text of a Word document as a person sees it: paragraphs and tables in their order.

Left out: what was deleted or moved away under tracked changes, struck through («ненужное зачеркнуть») or hidden, placeholders of
content controls, field codes, and the second copy of a text box. A table within a table stands on its own, after it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from flask_babel import gettext as _

from admin_app.reporting.exchange import markup
from admin_app.reporting.exchange.markup import local
from admin_app.reporting.refusal import Refused

MAX_TEXT = 2_000_000  # signs: a form has 1,000, a document with all a region's forms fewer than a million
MAX_CELLS = 200_000
SKIPPED = frozenset({"del", "moveFrom", "Fallback", "instrText", "delText", "pPr"})
OFF = frozenset({"0", "false", "off", "none"})


@dataclass
class Cell:
    """Its paragraphs, joined by line ends. `below`: it is merged with the cell above."""

    text: str = ""
    below: bool = False


@dataclass
class Grid:
    """A table: rows of cells, as many in each as there are; merged ones count once."""

    rows: list[list[Cell]] = field(default_factory=list)


Block = str | Grid  # a paragraph's text or a table


@dataclass
class Run:
    """A piece of text of one look."""

    pieces: list[str] = field(default_factory=list)
    hidden: bool = False


class Document(markup.Walker):
    """Collects the blocks of `word/document.xml`."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.tables: list[Grid] = []  # open ones, the outermost first
        self.paragraphs: list[list[str]] = []  # open ones: a text box has its own inside
        self.runs: list[Run] = []
        self.controls: list[bool] = []  # content controls around here: do they show a placeholder?
        self.skipping = self.signs = self.cells = 0
        self.inside = False

    def open(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        name = local(name)
        if name in SKIPPED:
            self.skipping += 1
        on = next((value for key, value in attributes.items() if local(key) == "val"), "1") not in OFF
        if opened := OPENED.get(name):
            opened(self)
        elif name == "vMerge" and self.cell and "restart" not in attributes.values():
            self.cell.below = True
        elif name in {"strike", "dstrike", "vanish"} and self.runs:
            self.runs[-1].hidden = self.runs[-1].hidden or on
        elif name == "showingPlcHdr" and self.controls:
            self.controls[-1] = on
        self.inside = name == "t" and bool(self.runs)

    def close(self, name: str) -> None:
        self.depth -= 1
        self.inside = False
        name = local(name)
        if name in SKIPPED:
            self.skipping -= 1
        elif closed := CLOSED.get(name):
            closed(self)

    def text(self, data: str) -> None:
        if self.inside and not self.skipping and not any(self.controls):
            self.say(data)

    def say(self, data: str) -> None:
        """Text of the present run."""
        self.signs += len(data)
        if self.signs > MAX_TEXT:
            raise Refused(_("The document is too long to be an application form."))
        if self.runs:
            self.runs[-1].pieces.append(data)

    def end_run(self) -> None:
        """What is seen of the run goes into its paragraph."""
        run = self.runs.pop()
        if self.paragraphs and not run.hidden:
            self.paragraphs[-1] += run.pieces

    def end_paragraph(self) -> None:
        """A paragraph goes into the cell around it or stands for itself."""
        text = "".join(self.paragraphs.pop()).strip()
        if self.skipping or not text:
            return
        if cell := self.cell:
            cell.text = f"{cell.text}\n{text}" if cell.text else text
        else:
            self.blocks.append(text)

    @property
    def cell(self) -> Cell | None:
        """The innermost open table's last cell."""
        row = self.tables[-1].rows[-1:] if self.tables else []
        return row[0][-1] if row and row[0] else None

    def begin_table(self) -> None:
        """Tables stand in the order in which they begin."""
        table = Grid()
        self.tables.append(table)
        self.blocks.append(table)

    def begin_row(self) -> None:
        """One more row."""
        if self.tables:
            self.tables[-1].rows.append([])

    def begin_cell(self) -> None:
        """One more cell."""
        self.cells += 1
        if self.cells > MAX_CELLS:
            raise Refused(_("The document is too long to be an application form."))
        if self.tables and self.tables[-1].rows:
            self.tables[-1].rows[-1].append(Cell())

    def end_table(self) -> None:
        """Back to the table around, if there is one."""
        if self.tables:
            self.tables.pop()


OPENED: dict[str, Callable[[Document], object]] = {
    "p": lambda document: document.paragraphs.append([]),
    "r": lambda document: document.runs.append(Run()),
    "tbl": Document.begin_table,
    "tr": Document.begin_row,
    "tc": Document.begin_cell,
    "sdt": lambda document: document.controls.append(False),
    "tab": lambda document: document.say("\t"),
    "br": lambda document: document.say("\n"),
    "cr": lambda document: document.say("\n"),
    "noBreakHyphen": lambda document: document.say("-"),
}
CLOSED: dict[str, Callable[[Document], object]] = {
    "p": Document.end_paragraph,
    "r": Document.end_run,
    "tbl": Document.end_table,
    "sdt": lambda document: document.controls.pop(),
}


def blocks(pieces: Iterable[bytes]) -> list[Block]:
    """The paragraphs and tables of the part `word/document.xml`, given in pieces. Raises Refused."""
    document = Document()
    markup.read(pieces, document)
    return [joined(one) if isinstance(one, Grid) else one for one in document.blocks]


def joined(table: Grid) -> Grid:
    """The table with rows put together whose first cell is merged downwards: one label, several lines."""
    rows: list[list[Cell]] = []
    for row in table.rows:
        if rows and row and row[0].below and len(row) == len(rows[-1]):
            for above, cell in zip(rows[-1], row, strict=True):
                above.text = "\n".join(one for one in (above.text, cell.text) if one)
        else:
            rows.append(row)
    return Grid(rows)
