"""The inside of an exported workbook, written front to back: a ZIP whose parts are sent while the rows are still being read.

Texts stand in their cells (no shared list to keep), formats say what is text, number, date, moment; text that looks like a
formula carries Excel's mark for typed text, so that it stays text when somebody edits the cell. What is known only at the end
(how many sheets, how many rows) comes in the parts at the end.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice

from admin_app.reporting.exchange.cellxml import CONTROL, EMPTY, HEAD, Value, Words, attribute, cell, letters, said, widths

BATCH = 500  # rows between two pieces
MAX_ROWS = 1_048_000  # rows of one sheet, heading included; Excel ends at 1,048,576, further rows go to a further sheet
MAX_BYTES = 1_900_000_000  # of one sheet's XML: beyond 2 GB a ZIP needs an extension that Excel does not read in streamed files
SAMPLE = 200  # rows that say how wide the columns are
LEVEL = 3  # of compression: level 6 takes twice as long for a tenth less
SCHEMA = "http://schemas.openxmlformats.org"
MAIN = f"{SCHEMA}/spreadsheetml/2006/main"
OFFICE = f"{SCHEMA}/officeDocument/2006/relationships"
PACKAGE = f"{SCHEMA}/package/2006"
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
STYLES = (
    f'{DECLARATION}<styleSheet xmlns="{MAIN}">'
    '<numFmts count="2"><numFmt numFmtId="164" formatCode="dd\\.mm\\.yyyy"/>'
    '<numFmt numFmtId="165" formatCode="dd\\.mm\\.yyyy\\ hh:mm"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '<fill><patternFill patternType="solid"><fgColor rgb="FFE3EAF4"/></patternFill></fill></fills>'
    '<borders count="2"><border/><border><bottom style="thin"><color rgb="FF5B6B82"/></bottom></border></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="6"><xf xfId="0"/><xf numFmtId="49" applyNumberFormat="1"/>'
    '<xf numFmtId="49" applyNumberFormat="1" quotePrefix="1"/><xf numFmtId="164" applyNumberFormat="1"/>'
    '<xf numFmtId="165" applyNumberFormat="1"/><xf numFmtId="49" fontId="1" fillId="2" borderId="1" applyNumberFormat="1"'
    ' applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1"><alignment vertical="center" wrapText="1"/></xf></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


class Sink(io.RawIOBase):
    """Collects what the archive writes until it is taken; it can't seek, so the archive never goes back."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]  # narrower than any buffer
        self.parts.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        """What has come since the last time."""
        data = b"".join(self.parts)
        self.parts.clear()
        return data


@dataclass
class Sheet:
    """One sheet of rows. `count`: rows written so far, without the heading."""

    heads: list[str]
    words: Words
    count: int = 0
    size: int = 0
    letters: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.letters = [letters(at) for at in range(len(self.heads))]

    @property
    def full(self) -> bool:
        """Is there no room for another batch?"""
        return self.count + 1 + BATCH > MAX_ROWS or self.size > MAX_BYTES

    def begin(self, sample: Sequence[Sequence[Value]]) -> str:
        """The sheet's XML up to the heading, which stays when one scrolls."""
        cols = "".join(
            f'<col min="{at}" max="{at}" width="{wide}" customWidth="1"/>'
            for at, wide in enumerate(widths(self.heads, sample), 1)
        )
        pane = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/><selection pane="bottomLeft"/>'
        heads = "".join(f'<c r="{letters(at)}1" t="inlineStr" s="{HEAD}">{said(text)}</c>' for at, text in enumerate(self.heads))
        return (
            f'{DECLARATION}<worksheet xmlns="{MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
            f'<sheetViews><sheetView workbookViewId="0">{pane}</sheetView></sheetViews>'
            f'<cols>{cols}</cols><sheetData><row r="1">{heads}</row>'
        )

    def rows(self, batch: Sequence[Sequence[Value]]) -> str:
        """The XML of some more rows."""
        lines: list[str] = []
        for number, row in enumerate(batch, self.count + 2):
            cells = [
                cell(f"{letter}{number}", value, self.words)
                for letter, value in zip(self.letters, row, strict=False)
                if value not in EMPTY
            ]
            lines.append(f'<row r="{number}">{"".join(cells)}</row>')
        self.count += len(batch)
        text = "".join(lines)
        self.size += len(text)
        return text

    def end(self) -> str:
        """The XML after the rows: the filter, a page as wide as the columns, no warnings at codes that are text."""
        area = f"A1:{letters(len(self.heads) - 1)}{self.count + 1}"
        return (
            f'</sheetData><autoFilter ref="{area}"/><pageSetup orientation="landscape" fitToHeight="0"/>'
            f'<ignoredErrors><ignoredError sqref="{area}" numberStoredAsText="1"/></ignoredErrors></worksheet>'
        )


def pieces(heads: list[str], rows: Iterable[Sequence[Value]], words: Words) -> Iterator[bytes]:
    """The workbook's bytes, as the rows come. Raises ValueError for no columns."""
    if not heads:
        raise ValueError("a table needs columns")
    sink = Sink()
    left = iter(rows)
    sample = list(islice(left, SAMPLE))
    batches = batched(chain(sample, left))
    batch = next(batches, [])
    sheets: list[Sheet] = []
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as archive:
        while batch or not sheets:
            sheet = Sheet(heads, words)
            sheets.append(sheet)
            with archive.open(part(len(sheets)), "w") as stream:
                stream.write(sheet.begin(sample).encode())
                while batch and not sheet.full:
                    stream.write(sheet.rows(batch).encode())
                    yield sink.take()
                    batch = next(batches, [])
                stream.write(sheet.end().encode())
        for name, text in closing(sheets, words):
            archive.writestr(name, text)
    yield sink.take()


def batched(rows: Iterator[Sequence[Value]]) -> Iterator[list[Sequence[Value]]]:
    """The rows in lists of `BATCH`."""
    while batch := list(islice(rows, BATCH)):
        yield batch


def closing(sheets: Sequence[Sheet], words: Words) -> Iterator[tuple[str, str]]:
    """The parts that need to know how many sheets and rows there were."""
    about = len(sheets) + 1
    yield part(about), about_sheet(words, sum(one.count for one in sheets))
    yield "xl/workbook.xml", book(sheets, words)
    yield "xl/styles.xml", STYLES
    links = "".join(
        f'<Relationship Id="rId{at}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{at}.xml"/>' for at in range(1, about + 1)
    )
    links += f'<Relationship Id="rId{about + 1}" Type="{OFFICE}/styles" Target="styles.xml"/>'
    yield "xl/_rels/workbook.xml.rels", relations(links)
    yield "_rels/.rels", relations(f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>')
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    types = "".join(f'<Override PartName="/{part(at)}" ContentType="{kind}.worksheet+xml"/>' for at in range(1, about + 1))
    yield (
        "[Content_Types].xml",
        f'{DECLARATION}<Types xmlns="{PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{kind}.styles+xml"/>{types}</Types>',
    )


def book(sheets: Sequence[Sheet], words: Words) -> str:
    """The list of sheets, with the heading repeated on each printed page."""
    names = titles([*sheet_titles(words.title, len(sheets)), words.about])
    listed = "".join(f'<sheet name="{attribute(name)}" sheetId="{at}" r:id="rId{at}"/>' for at, name in enumerate(names, 1))
    defined = ""
    for at, (sheet, name) in enumerate(zip(sheets, names, strict=False)):
        where = "'" + attribute(name).replace("'", "''") + "'!"
        area = f"{where}$A$1:${letters(len(sheet.heads) - 1)}${sheet.count + 1}"
        defined += f'<definedName name="_xlnm._FilterDatabase" localSheetId="{at}" hidden="1">{area}</definedName>'
        defined += f'<definedName name="_xlnm.Print_Titles" localSheetId="{at}">{where}$1:$1</definedName>'
    return (
        f'{DECLARATION}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><bookViews><workbookView/></bookViews>'
        f"<sheets>{listed}</sheets><definedNames>{defined}</definedNames></workbook>"
    )


def about_sheet(words: Words, count: int) -> str:
    """Who, when, what, which filter, how many rows."""
    lines = "".join(
        f'<row r="{at}"><c r="A{at}" t="inlineStr" s="{HEAD}">{said(name)}</c>{cell(f"B{at}", value, words)}</row>'
        for at, (name, value) in enumerate([*words.said, (words.rows, count)], 1)
    )
    cols = '<cols><col min="1" max="1" width="28" customWidth="1"/><col min="2" max="2" width="70" customWidth="1"/></cols>'
    return f'{DECLARATION}<worksheet xmlns="{MAIN}">{cols}<sheetData>{lines}</sheetData></worksheet>'


def relations(links: str) -> str:
    """A part that links parts."""
    return f'{DECLARATION}<Relationships xmlns="{PACKAGE}/relationships">{links}</Relationships>'


def part(number: int) -> str:
    """The name of a sheet's part."""
    return f"xl/worksheets/sheet{number}.xml"


def sheet_titles(title: str, count: int) -> list[str]:
    """«Организации», «Организации 2», …"""
    return [title if at == 1 else f"{title[:25]} {at}" for at in range(1, count + 1)]


def titles(wanted: Sequence[str]) -> list[str]:
    """Sheet names that Excel takes: 1 to 31 signs, without []:*?/\\, no apostrophe outside, each once."""
    names: list[str] = []
    for text in wanted:
        name = re.sub(r"[\[\]:*?/\\]|" + CONTROL.pattern, " ", text).strip("' ")[:31].strip("' ") or "1"
        while name.lower() in [one.lower() for one in names]:
            name = f"{name[:28]} {len(names) + 1}"
        names.append(name)
    return names
