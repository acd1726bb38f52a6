"""Files made for a test: workbooks, documents and archives, sound ones and such as no program would write."""

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from xml.sax.saxutils import escape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SHEET = '<sheet name="Лист1" r:id="rId1"/>'
BOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
DOCUMENT = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def zipped(parts: Mapping[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> io.BytesIO:
    """An archive of these parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return file


def types(part: str, kind: str) -> str:
    """The list of content types."""
    return f'<Types xmlns="{PACKAGE}/content-types"><Override PartName="/{part}" ContentType="{kind}"/></Types>'


def links(*named: tuple[str, str]) -> str:
    """A part of relations: kind and target."""
    lines = "".join(
        f'<Relationship Id="rId{at}" Type="{OFFICE}/{kind}" Target="{to}"/>' for at, (kind, to) in enumerate(named, 1)
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{lines}</Relationships>'


def book_parts(sheet: str, strings: str = "", **more: str | bytes) -> dict[str, str | bytes]:
    """The parts of a workbook with one sheet; `sheet`: the XML inside `<worksheet>`, `strings`: that inside `<sst>`."""
    return {
        "[Content_Types].xml": types("xl/workbook.xml", BOOK),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{SHEET}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": links(("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml")),
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}">{sheet}</worksheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{strings}</sst>',
        **{name.replace("__", "/"): data for name, data in more.items()},
    }


def book(sheet: str, strings: str = "") -> io.BytesIO:
    """A workbook with one sheet."""
    return zipped(book_parts(sheet, strings))


def inline(place: str, text: str) -> str:
    """A cell with its text in it."""
    return f'<c r="{place}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'


def rows_of(lines: Mapping[int, Sequence[str]]) -> str:
    """Rows of texts by line number, as `<sheetData>`; columns A to Z."""
    text = ""
    for line, cells in lines.items():
        inside = "".join(inline(f"{chr(65 + at)}{line}", one) for at, one in enumerate(cells) if one)
        text += f'<row r="{line}">{inside}</row>'
    return f"<sheetData>{text}</sheetData>"


def merged(*areas: str) -> str:
    """The list of merged cells."""
    inside = "".join(f'<mergeCell ref="{one}"/>' for one in areas)
    return f"<mergeCells>{inside}</mergeCells>"


def paragraph(text: str, look: str = "") -> str:
    """A paragraph of one run; `look`: its properties as XML."""
    lines = escape(text).replace("\n", "</w:t><w:br/><w:t>").replace("\t", "</w:t><w:tab/><w:t>")
    return f'<w:p><w:r><w:rPr>{look}</w:rPr><w:t xml:space="preserve">{lines}</w:t></w:r></w:p>'


def cell(text: str, properties: str = "") -> str:
    """A table's cell; `text` may be XML of paragraphs already."""
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{text if text.startswith('<w:') else paragraph(text)}</w:tc>"


def table(rows: Iterable[Sequence[str]]) -> str:
    """A table of texts."""
    text = ""
    for row in rows:
        text += f"<w:tr>{''.join(one if one.startswith('<w:tc>') else cell(one) for one in row)}</w:tr>"
    return f"<w:tbl>{text}</w:tbl>"


def document(*blocks: str) -> io.BytesIO:
    """A Word document of these blocks."""
    body = f'<w:document xmlns:w="{WORD}"><w:body>{"".join(blocks)}<w:sectPr/></w:body></w:document>'
    return zipped({"[Content_Types].xml": types("word/document.xml", DOCUMENT), "word/document.xml": body})
