"""Text tables: CSV as Russian and other spreadsheets, registries and mail programs write it."""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import BinaryIO

from flask_babel import gettext as _

from admin_app.reporting.exchange import safety
from admin_app.reporting.exchange.cells import CONTROL, MAX_CELL, MAX_COLUMNS, MAX_LINE, MAX_ROWS, Row
from admin_app.reporting.refusal import Refused

SEPARATORS = (";", "\t", ",", "|")
SAMPLE = 40  # records that show the separator
RUSSIAN = ("cp1251", "cp866", "koi8-r")
COMMON = frozenset("оеаинтсрвлкмд")  # three quarters of any Russian text
GUARDED = re.compile(r"'+[=+\-@\t\r＝＋－＠]")  # an apostrophe that keeps a spreadsheet from calculating, see `writer`


@dataclass
class TextTable:
    """A CSV file that `safety.expect` has let through. The file stays open as long as this is used."""

    file: BinaryIO

    @cached_property
    def encoding(self) -> str:
        """The file's encoding, as Python names it. Reads all of it once."""
        self.file.seek(0)
        head = self.file.read(safety.CHUNK)
        if wide := safety.utf_16(head):
            return wide
        self.file.seek(0)
        return "utf-8-sig" if is_utf_8(self.file) else russian(head)

    @cached_property
    def separator(self) -> str:
        """What stands between the cells: the sign that divides the first records most and most evenly."""
        first = next(self.lines(), "")
        if found := re.fullmatch(r"sep=(.)\s*", first):
            return found[1]
        return max(SEPARATORS, key=self.evenness)

    def evenness(self, separator: str) -> float:
        """How well this sign divides: columns × share of records that have as many as the most common record."""
        try:
            widths = Counter(
                len(record) for record in islice(csv.reader(self.lines(), delimiter=separator), SAMPLE) if any(record)
            )
        except csv.Error:
            return 0
        width, times = max(widths.items(), key=lambda one: (one[0] > 1) * one[0] * one[1], default=(1, 0))
        return (width - 1) * times / max(sum(widths.values()), 1)

    def rows(self) -> Iterator[Row]:
        """The records that hold something; a record's line is the one it begins in. Raises Refused."""
        reader = csv.reader(self.lines(), delimiter=self.separator)
        count, line = 0, 1
        try:
            for record in reader:
                cells = tuple(cell(one) for one in record)
                if any(cells) and not (line == 1 and re.fullmatch(r"sep=.?", cells[0])):
                    count += 1
                    yield checked(Row(line, cells), count)
                line = reader.line_num + 1
        except csv.Error as error:
            sentence = _("Line %(line)s can't be read: a quotation mark in it isn't closed.", line=line)
            raise Refused(sentence) from error

    def lines(self) -> Iterator[str]:
        """The file's lines with their ends, decoded. Raises Refused for a line without end."""
        encoding = self.encoding  # found by reading: the place in the file is set after that
        self.file.seek(0)
        text = io.TextIOWrapper(self.file, encoding, errors="replace", newline="")
        try:
            while line := text.readline(MAX_LINE):
                if len(line) == MAX_LINE:
                    raise Refused(_("A line holds more text than a line of a registry."))
                yield CONTROL.sub("", line)
        finally:
            text.detach()


def checked(row: Row, count: int) -> Row:
    """The row without empty cells at its end, if it is within the limits."""
    cells = row.cells
    while not cells[-1]:
        cells = cells[:-1] if len(cells) < MAX_COLUMNS else cells[: last_filled(cells)]
    if len(cells) > MAX_COLUMNS:
        raise Refused(_("Line %(line)s has a cell beyond column %(most)s.", line=row.line, most=MAX_COLUMNS))
    if count > MAX_ROWS:
        raise Refused(_("The table has more than %(most)s filled lines. Divide it.", most=MAX_ROWS))
    if max(map(len, cells)) > MAX_CELL:
        raise Refused(_("A cell holds more than %(most)s signs.", most=MAX_CELL))
    return Row(row.line, cells)


def last_filled(cells: tuple[str, ...]) -> int:
    """How many cells there are up to the last that holds something."""
    return max((at for at, one in enumerate(cells, 1) if one), default=0)


def cell(text: str) -> str:
    """The cell's text without outer spaces and without the guard against formulas."""
    return (text[1:] if GUARDED.match(text) else text).strip()


def is_utf_8(file: BinaryIO) -> bool:
    """Is it all valid UTF-8?"""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while piece := file.read(safety.MB):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def russian(head: bytes) -> str:
    """The one-byte encoding in which the text looks most like Russian."""
    return max(RUSSIAN, key=lambda name: likeness(head.decode(name, "replace")))


def likeness(text: str) -> int:
    """Common letters count for, signs that no registry holds against."""
    signs = Counter(text)
    common = sum(times for sign, times in signs.items() if sign.lower() in COMMON)
    strange = sum(
        times for sign, times in signs.items() if sign > "\x7f" and not sign.isalpha() and sign not in "«»„“”–—№°§ \xa0…•’"
    )
    mixed = len(re.findall(r"[а-яё][А-ЯЁ]", text))
    return common - 3 * strange - 2 * mixed
