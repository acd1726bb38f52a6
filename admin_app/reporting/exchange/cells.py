"""The cells of a workbook's sheet: rows as they are read, within limits that no registry reaches.

Nothing is sized by what the file says of itself (dimension, counts): two cells in opposite corners are two cells. Memory holds
the shared texts, packed, and the rows of one 64 kB piece.
"""

import re
from array import array
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from flask_babel import gettext as _

from admin_app.reporting.exchange import formats, markup
from admin_app.reporting.exchange.markup import local
from admin_app.reporting.refusal import Refused

MAX_ROWS = 200_000  # filled rows of one sheet; a region has 5,000 organizations
MAX_COLUMNS = 500  # the widest real table, section 2.1.2 of ОО-1, has 52
MAX_CELL = 32_767  # signs; Excel's own limit
MAX_LINE = 1_000_000  # signs in one row: 30 cells full to the brim
MAX_TEXT = 300_000_000  # signs in a sheet: one long shared text can stand in every cell
LAST_LINE, LAST_COLUMN = 1_048_576, 16_384  # Excel's own limits
DIGITS = "0123456789"
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # no text: a database refuses the first of them


class Row(NamedTuple):
    """One line of a table. `line`: its number in the file, from 1. `cells`: texts without outer spaces, "" for an empty one."""

    line: int
    cells: tuple[str, ...]


class Texts(markup.Walker):
    """The shared texts, packed into one block: 60 bytes of Python for each would be more than most texts have."""

    def __init__(self) -> None:
        self.block = bytearray()
        self.ends = array("Q", [0])
        self.pieces: list[str] = []
        self.inside = False
        self.aloud = 0  # inside a reading aid of East Asian texts

    def open(self, name: str, _attributes: dict[str, str]) -> None:
        self.depth += 1
        name = local(name)
        self.inside = name == "t" and not self.aloud
        if name == "rPh":
            self.aloud += 1

    def close(self, name: str) -> None:
        self.depth -= 1
        self.inside = False
        name = local(name)
        if name == "si":
            text = unescaped("".join(self.pieces))
            if len(text) > MAX_CELL:
                raise too_long()
            self.block += text.encode("utf-8", "replace")
            self.ends.append(len(self.block))
            self.pieces = []
        elif name == "rPh":
            self.aloud -= 1

    def text(self, data: str) -> None:
        if self.inside:
            self.pieces.append(data)
            check_length(self.pieces)

    def get(self, number: str) -> str:
        """The text of that number. Raises Refused if there is none."""
        at = int(number) if re.fullmatch("[0-9]{1,9}", number) else -1
        if not 0 <= at < len(self.ends) - 1:
            raise Refused(_("The file is damaged: a cell points to a text that isn't there."))
        return self.block[self.ends[at] : self.ends[at + 1]].decode()


class Cells(markup.Walker):
    """Collects a sheet's rows. The one place where speed counts: 300,000 cells in half a second."""

    def __init__(self, texts: Texts, patterns: Mapping[str, str], since_1904: bool) -> None:
        self.texts, self.patterns, self.since_1904 = texts, patterns, since_1904
        self.rows: list[Row] = []
        self.done = False
        self.line = self.column = self.signs = self.total = self.aloud = 0
        self.cells: list[str] = []
        self.kind = self.style = self.formula = ""
        self.pieces: list[str] = []
        self.inside = ""

    def open(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        name = local(name) if ":" in name else name
        if name == "c":
            self.column = column(attributes["r"].rstrip(DIGITS)) if "r" in attributes else self.column + 1
            self.kind, self.style = attributes.get("t", "n"), attributes.get("s", "")
            self.pieces, self.formula = [], ""
        elif name in ("v", "f") or (name == "t" and not self.aloud):
            self.inside = name
        elif name == "row":
            self.line = whole(attributes.get("r", ""), self.line + 1)
            self.cells, self.column, self.signs = [], -1, 0
        elif name == "rPh":
            self.aloud += 1

    def close(self, name: str) -> None:
        self.depth -= 1
        self.inside = ""
        name = local(name) if ":" in name else name
        if name == "c":
            if self.pieces or self.formula:
                self.keep(self.value().strip())
        elif name == "row":
            if self.cells:
                self.rows.append(Row(self.line, tuple(self.cells)))
                self.cells = []
        elif name == "rPh":
            self.aloud -= 1
        elif name == "sheetData":
            self.done = True

    def text(self, data: str) -> None:
        if self.inside == "f":
            self.formula = (self.formula + data)[:MAX_CELL]
        elif self.inside:
            self.pieces.append(data)
            check_length(self.pieces)

    def keep(self, value: str) -> None:
        """Put the value into its column, within the limits."""
        if not value:
            return
        gap = self.column - len(self.cells)
        if self.column >= MAX_COLUMNS:
            raise Refused(_("Line %(line)s has a cell beyond column %(most)s.", line=self.line, most=MAX_COLUMNS))
        if gap < 0:
            self.cells[self.column] = value
            return
        self.signs += len(value)
        self.total += len(value)
        if len(value) > MAX_CELL or self.signs > MAX_LINE:
            raise too_long(self.line)
        if self.total > MAX_TEXT:
            raise Refused(_("The table holds too much text to be a registry."))
        if gap:
            self.cells.extend([""] * gap)
        self.cells.append(value)

    def value(self) -> str:
        """The cell's text. A formula that was never calculated shows itself."""
        raw = self.pieces[0] if len(self.pieces) == 1 else "".join(self.pieces)
        kind = self.kind
        if kind == "s" and raw:
            return self.texts.get(raw)
        if not raw:
            return f"={self.formula}" if self.formula else ""
        if kind == "n":
            meaning = self.patterns.get(self.style, "")
            simple = not meaning and len(raw) < formats.EXACT and raw.isdigit()
            return raw if simple else formats.shown(raw.strip(), meaning, self.since_1904)
        if kind == "d":
            return formats.iso(raw)
        return unescaped(raw) if kind in {"inlineStr", "str"} else raw


@cache
def column(letters: str) -> int:
    """The column of «AB», from 0. Raises Refused for what is no column's name."""
    number = 0
    for sign in letters[:4]:
        number = number * 26 + "ABCDEFGHIJKLMNOPQRSTUVWXYZ".find(sign) + 1
    if not re.fullmatch("[A-Z]{1,3}", letters) or number > LAST_COLUMN:
        raise Refused(_("The file is damaged: a cell has an impossible place."))
    return number - 1


def whole(text: str, otherwise: int) -> int:
    """A line's number as written; `otherwise` if it isn't written. Raises Refused if no sheet has such a line."""
    if not text:
        return otherwise
    if not re.fullmatch("[0-9]{1,7}", text) or int(text) > LAST_LINE:
        raise Refused(_("The file is damaged: a cell has an impossible place."))
    return int(text)


def unescaped(text: str) -> str:
    """Signs that XML can't hold, written as _x000D_, as themselves, as far as they are text."""
    if "_x" in text:
        text = CONTROL.sub("", ESCAPED.sub(lambda found: chr(int(found[1], 16)), text))
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def check_length(pieces: list[str]) -> None:
    """Refuse a cell that holds too much, as soon as it does: pieces have up to 8,000 signs."""
    if len(pieces) > 3 and not len(pieces) % 4 and sum(map(len, pieces)) > MAX_CELL:
        raise too_long()


def too_long(line: int = 0) -> Refused:
    """A cell or line with more text than a spreadsheet can hold."""
    if line:
        return Refused(_("Line %(line)s holds more text than a line of a registry.", line=line))
    return Refused(_("A cell holds more than %(most)s signs.", most=MAX_CELL))
