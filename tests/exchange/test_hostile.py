"""Files made to hurt: each is refused with a sentence, in a process that may take little time and memory for it.

The limits are the kernel's (seconds of the processor, address space), not a stopwatch: a file that does harm ends that process,
not the test run.
"""

import io
import re
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from admin_app.reporting.exchange import safety
from tests.exchange.files import BOOK, DOCUMENT, MAIN, WORD, book, book_parts, inline, merged, rows_of, types, zipped

SECONDS = 4  # of the processor
MEMORY = 150  # MB on top of what an idle process has
CHILD = f"""
import resource, sys
from admin_app.reporting.exchange import columns, docx, synonyms, tables
from admin_app.reporting.refusal import Refused
words = columns.Vocabulary(synonyms.ORGANIZATION)
pages = int(open("/proc/self/statm").read().split()[0])
limit = pages * resource.getpagesize() + {MEMORY} * 2**20
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
spent = int(sum(resource.getrusage(resource.RUSAGE_SELF)[:2])) + 1
resource.setrlimit(resource.RLIMIT_CPU, (spent + {SECONDS}, spent + {SECONDS}))
name = sys.argv[1]
try:
    with open(name, "rb") as file:
        if sys.argv[2] == "table":
            sheet = tables.open_table(file, name).sheets[0]
            print("read", len(sheet.heading(words.knows).names), sum(1 for row in sheet.rows()))
        else:
            found = docx.read(file, name)
            print("read", len(found.forms), *(one.sentence for one in found.denied))
except Refused as refused:
    print("refused", refused.sentence)
"""


def told(folder: Path, file: io.BytesIO | bytes, name: str, reader: str = "table") -> str:
    """What the reader says of the file. Fails if the process is ended by a limit or an error."""
    path = folder / name
    path.write_bytes(file if isinstance(file, bytes) else file.getvalue())
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(path), reader], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr[-600:]
    return done.stdout.strip()


def sheet_of(start: bytes, filling: bytes, size: int, end: bytes = b"") -> io.BytesIO:
    """A workbook whose sheet is `start`, then `filling` up to `size` bytes: packed a thousand times smaller, in parts."""
    parts = book_parts("")
    del parts["xl/worksheets/sheet1.xml"]
    file = zipped(parts)
    with zipfile.ZipFile(file, "a", zipfile.ZIP_STORED) as archive, archive.open("xl/worksheets/sheet1.xml", "w") as stream:
        stream.write(start)
        for _piece in range(size // (len(filling) * 1000)):
            stream.write(filling * 1000)
        stream.write(end)
    return file


def swapped(parts: dict[str, str | bytes]) -> io.BytesIO:
    """A workbook with some parts added or exchanged."""
    return zipped(book_parts("<sheetData/>") | parts)


def paper(text: str) -> io.BytesIO:
    """A Word document of this XML, not packed, so that nothing is seen from outside."""
    return zipped({"[Content_Types].xml": types("word/document.xml", DOCUMENT), "word/document.xml": text}, zipfile.ZIP_STORED)


def stored(sheet: str, strings: str = "") -> io.BytesIO:
    """A workbook that is not packed, so that nothing is seen from outside."""
    return zipped(book_parts(sheet, strings), zipfile.ZIP_STORED)


def bomb(name: str = "xl/worksheets/sheet1.xml", size: int = 400 * safety.MB) -> io.BytesIO:
    """A part of zeros that grows a thousand times."""
    parts = book_parts("")
    parts.pop(name, None)
    file = zipped(parts)
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive, archive.open(name, "w", force_zip64=True) as stream:
        for _piece in range(size // safety.MB):
            stream.write(bytes(safety.MB))
    return file


def with_contents(count: int) -> bytes:
    """An archive whose table of contents has so many entries, all for the same part."""
    name = b"a" * 100
    local = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 0, 0, 33, 0, 0, 0, len(name), 0) + name
    entry = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 0, 0, 33, 0, 0, 0, len(name), 0, 0, 0, 0, 0, 0) + name
    end = struct.pack("<4s4H2LH", safety.END, 0, 0, count % 65536, count % 65536, len(entry) * count, len(local), 0)
    return local + entry * count + end


def lying() -> bytes:
    """A bomb whose table of contents says that it is small: what it declares is all that is ever handed out."""
    data = bytearray(bomb(size=50 * safety.MB).getvalue())
    at = data.rfind(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<L", 1000)
    return bytes(data)


def sealed() -> bytes:
    """A workbook in an archive with a password: the flag of each entry in the table of contents says so."""
    data = zipped(book_parts("<sheetData/>"), zipfile.ZIP_STORED).getvalue()
    return re.sub(rb"(PK\x01\x02....)\x00", lambda found: found[1] + b"\x01", data, flags=re.DOTALL)


ENTITY = '<!DOCTYPE a [<!ENTITY x0 "lol">' + "".join(f'<!ENTITY x{at} "{f"&x{at - 1};" * 10}">' for at in range(1, 12)) + "]>"
OUTSIDE = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
GROWING = f"{ENTITY}<worksheet>&x11;</worksheet>"
FETCHING = f"{OUTSIDE}<worksheet>&x;</worksheet>"
HEAD = f'<worksheet xmlns="{MAIN}"><sheetData>'.encode()
LONG = "д" * 32_000
SHARED = '<c t="s"><v>0</v></c>'
XLSX, DOCX = types("xl/workbook.xml", BOOK), types("word/document.xml", DOCUMENT)
OPEN = "application/vnd.oasis.opendocument.spreadsheet"
SHEET = "xl/worksheets/sheet1.xml"

HOSTILE: dict[str, tuple[Callable[[], io.BytesIO | bytes], str, str]] = {
    "a bomb": (bomb, "a.xlsx", "far too big"),
    "a bomb beside the table": (lambda: bomb("xl/media/image1.png", 60 * safety.MB), "a.xlsx", "far too big"),
    "a bomb that lies": (lying, "a.xlsx", "damaged"),
    "a million entries": (lambda: with_contents(200_000), "a.xlsx", "too many files"),
    "thousands of parts": (lambda: zipped({f"{at}.xml": "" for at in range(3000)}), "a.xlsx", "too many files"),
    "a name that wanders": (lambda: swapped({"../../etc/cron.d/x": "x"}), "a.xlsx", "points outside"),
    "a name with a drive": (lambda: swapped({"C:\\Windows\\x": "x"}), "a.xlsx", "points outside"),
    "entities that grow": (lambda: swapped({SHEET: GROWING}), "a.xlsx", "entities"),
    "entities in texts": (
        lambda: swapped({"xl/sharedStrings.xml": f"{ENTITY}<sst><si><t>&x11;</t></si></sst>"}),
        "a.xlsx",
        "entities",
    ),
    "entities from outside": (lambda: swapped({SHEET: FETCHING}), "a.xlsx", "entities"),
    "entities in another encoding": (
        lambda: swapped({SHEET: FETCHING.encode("utf-16")}),
        "a.xlsx",
        "entities",
    ),
    "a code page that hides tags": (
        lambda: swapped({SHEET: b'<?xml version="1.0" encoding="cp037"?>' + OUTSIDE.encode("cp037")}),
        "a.xlsx",
        "office program",
    ),
    "macros": (lambda: swapped({"xl/vbaProject.bin": "x"}), "a.xlsx", "macros"),
    "macros by name": (lambda: book("<sheetData/>"), "a.xlsm", "macros"),
    "a merge over everything": (lambda: book(rows_of({1: ["x"]}) + merged("A1:XFD1048576")), "a.xlsx", "merged cell covers"),
    "merges without end": (lambda: stored(rows_of({1: ["x"]}) + merged(*["A1:B2"] * 60_000)), "a.xlsx", "too many merged"),
    "a far cell": (lambda: book(f'<sheetData><row r="1">{inline("XFD1", "x")}</row></sheetData>'), "a.xlsx", "beyond column"),
    "a million cells in a row": (
        lambda: sheet_of(HEAD + b'<row r="1">', b"<c><v>1</v></c>", 40 * safety.MB),
        "a.xlsx",
        "beyond column",
    ),
    "a tag that never ends": (lambda: sheet_of(HEAD + b'<row r="', b"1" * 100, 45 * safety.MB), "a.xlsx", "office program"),
    "a comment that never ends": (lambda: sheet_of(HEAD + b"<!--", b"x" * 100, 45 * safety.MB), "a.xlsx", "office program"),
    "tags within tags": (lambda: sheet_of(HEAD, b"<a>", 45 * safety.MB), "a.xlsx", "office program"),
    "a text that never ends": (
        lambda: sheet_of(HEAD + b'<row r="1"><c t="inlineStr"><is><t>', b"x" * 100, 45 * safety.MB),
        "a.xlsx",
        "more than 32767 signs",
    ),
    "one long text in every cell": (
        lambda: stored(
            "<sheetData>" + f"<row>{SHARED * 400}</row>" * 500 + "</sheetData>", f"<si><t>{LONG}</t></si>"
        ),
        "a.xlsx",
        "more text than a line",
    ),
    "one long text in many rows": (
        lambda: stored("<sheetData>" + f"<row>{SHARED}</row>" * 100_000 + "</sheetData>", f"<si><t>{LONG}</t></si>"),
        "a.xlsx",
        "too much text",
    ),
    "rows without end": (
        lambda: sheet_of(HEAD, b"<row><c><v>1</v></c></row>", 20 * safety.MB, b"</sheetData></worksheet>"),
        "a.xlsx",
        "filled lines",
    ),
    "a packed table": (lambda: b"\x1f\x8b\x08\x00" + bytes(1000), "a.csv", "archive of a kind"),
    "a sealed workbook": (lambda: safety.OLE + bytes(600) + safety.ENCRYPTED + bytes(600), "a.xlsx", "password"),
    "an old workbook": (lambda: safety.OLE + bytes(1000), "a.xls", "old format"),
    "a web page": (lambda: b"<html><table><tr><td>1</td></tr></table></html>", "a.xls", "web page"),
    "a program": (lambda: b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00" * 50, "a.csv", "no table or document"),
    "a sealed archive": (sealed, "a.xlsx", "password"),
    "half a workbook": (lambda: book("<sheetData/>").getvalue()[:600], "a.xlsx", "damaged"),
    "a workbook without its inside": (lambda: zipped({"[Content_Types].xml": XLSX}), "a.xlsx", "damaged"),
    "nothing": (lambda: b"", "a.xlsx", "empty"),
    "a document for a table": (lambda: zipped({"[Content_Types].xml": DOCX}), "a.xlsx", "Word document"),
    "text for a workbook": (lambda: b"a;b\n1;2\n", "a.xlsx", "text table"),
    "an OpenDocument table": (lambda: zipped({"mimetype": OPEN}), "a.ods", "OpenDocument"),
    "a line without end": (lambda: b"a;b\n" + b";" * (40 * safety.MB), "a.csv", "more text"),
    "a quotation without end": (lambda: b'a;b\n"' + b"1;2\n" * 5_000_000, "a.csv", "quotation mark"),
    "too big a file": (lambda: b"1;2\n" * 14_000_000, "a.csv", "at most 50 are read"),
}  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE)
def test_it_is_refused_before_it_hurts(kind: str, tmp_path: Path) -> None:
    make, name, words = HOSTILE[kind]
    said = told(tmp_path, make(), name)
    assert said.startswith("refused")
    assert words in said


def test_a_sheet_that_claims_to_be_full_is_just_read(tmp_path: Path) -> None:
    rows = rows_of({1: ["x"], 1_048_576: ["", "y"]})
    assert told(tmp_path, book(f'<dimension ref="A1:XFD1048576"/>{rows}'), "a.xlsx") == "read 1 2"


def test_words_that_only_look_like_merges_cost_nothing(tmp_path: Path) -> None:
    cells = f'<row r="1">{inline("A1", "x")}</row>'.encode()
    assert told(tmp_path, sheet_of(HEAD + cells + b"</sheetData>", b"mergeCell ", 20 * safety.MB), "a.xlsx") == "read 1 1"


def test_a_big_registry_needs_little(tmp_path: Path) -> None:
    rows = {line: [f"Муниципальное учреждение {line} {at}" for at in range(26)] for line in range(1, 4_001)}
    assert told(tmp_path, book(rows_of(rows)), "a.xlsx") == "read 26 4000"


FORM = f'<w:document xmlns:w="{WORD}"><w:body>{{}}</w:body></w:document>'
PAPERS: dict[str, tuple[Callable[[], io.BytesIO | bytes], str, str]] = {
    "entities in a form": (lambda: paper(ENTITY + FORM), "a.docx", "entities"),
    "a form with macros": (lambda: zipped({"[Content_Types].xml": DOCX, "word/vbaProject.bin": "x"}), "a.docx", "macros"),
    "a form without end": (lambda: paper(FORM.format("<w:p><w:r><w:t>д</w:t></w:r></w:p>" * 700_000)), "a.docx", "too long"),
    "cells without end": (
        lambda: paper(FORM.format(f"<w:tbl><w:tr>{'<w:tc></w:tc>' * 300_000}</w:tr></w:tbl>")),
        "a.docx",
        "too long",
    ),
    "an archive in an archive": (lambda: zipped({"b.zip": zipped({"c.zip": "PK"}).getvalue()}), "a.zip", "needed is"),
    "a wandering form": (lambda: zipped({"../a.docx": "x"}), "a.zip", "points outside"),
    "old Word": (lambda: safety.OLE + bytes(1000), "a.doc", "old format"),
    "rich text": (lambda: b"{\\rtf1 text}", "a.rtf", "RTF"),
    "a PDF": (lambda: b"%PDF-1.7 text", "a.pdf", "PDF"),
    "a picture": (lambda: b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01", "a.jpg", "no table or document"),
}  # fmt: skip


@pytest.mark.parametrize("kind", PAPERS)
def test_a_paper_is_refused_before_it_hurts(kind: str, tmp_path: Path) -> None:
    make, name, words = PAPERS[kind]
    said = told(tmp_path, make(), name, "form")
    assert re.match("refused|read 0", said)
    assert words in said
