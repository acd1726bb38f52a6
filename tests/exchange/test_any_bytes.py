"""Whatever the bytes, the answer is rows, forms or a sentence, never an error."""

import contextlib
import io
import zipfile

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from admin_app.reporting.exchange import docx, tables
from admin_app.reporting.exchange.columns import Vocabulary
from admin_app.reporting.exchange.synonyms import ORGANIZATION
from admin_app.reporting.refusal import Refused
from tests.exchange.files import book_parts, document, inline, merged, table, zipped

WORDS = Vocabulary(ORGANIZATION)
ROWS = f'<row r="1">{inline("A1", "ИНН")}{inline("B1", "Имя")}</row>'
MORE = '<row r="2"><c r="A2" t="s" s="1"><v>0</v></c><c r="B2"><v>1E5</v></c></row>'
BOOK = zipped(
    book_parts(f"<sheetData>{ROWS}{MORE}</sheetData>{merged('A1:B1', 'A2:A3')}", "<si><t>x_x0041_</t></si>"), zipfile.ZIP_STORED
)
FORM = document(table([("ИНН", "1"), ("Адрес", "город 1, дом 2")]))
SNIPPETS = st.sampled_from(
    [b"", b"<", b">", b'"', b"/", b"\x00", b"\xff", b"999999999", b"-1", b"A0", b"\xd0", b"<row>", b"</c>", b"&#0;", b' t="d"']
)
CHANGES = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 12), SNIPPETS), min_size=1, max_size=4)
HARD = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def changed(data: bytes, changes: list[tuple[float, int, bytes]]) -> bytes:
    """The data with pieces cut out and put in, at places given as shares of its length."""
    for place, cut, put in changes:
        at = int(place * len(data))
        data = data[:at] + put + data[at + cut :]
    return data


def inside(file: io.BytesIO, which: int, changes: list[tuple[float, int, bytes]]) -> io.BytesIO:
    """A sound archive with one part changed."""
    with zipfile.ZipFile(file) as archive:
        parts: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    name = list(parts)[which % len(parts)]
    return zipped({**parts, name: changed(bytes(parts[name]), changes)})  # type: ignore[arg-type]  # read as bytes


def look(file: io.BytesIO, name: str) -> None:
    """Read everything there is."""
    with contextlib.suppress(Refused):
        if name.endswith(".docx"):
            docx.read(file, name)
        else:
            for sheet in tables.open_table(file, name).sheets:
                sheet.heading(WORDS.knows)
                assert all(row.line > 0 and row.cells for row in sheet.rows())


@HARD
@given(CHANGES)
def test_a_changed_workbook(changes: list[tuple[float, int, bytes]]) -> None:
    look(io.BytesIO(changed(BOOK.getvalue(), changes)), "a.xlsx")


@HARD
@given(st.integers(0, 20), CHANGES)
def test_a_changed_part_of_a_workbook(which: int, changes: list[tuple[float, int, bytes]]) -> None:
    look(inside(BOOK, which, changes), "a.xlsx")


@HARD
@given(st.integers(0, 20), CHANGES)
def test_a_changed_part_of_a_form(which: int, changes: list[tuple[float, int, bytes]]) -> None:
    look(inside(FORM, which, changes), "a.docx")


@HARD
@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_any_bytes_as_text(data: bytes) -> None:
    look(io.BytesIO(data), "a.csv")


TAGS = st.sampled_from(
    ["p", "r", "t", "tbl", "tr", "tc", "sdt", "sdtPr", "showingPlcHdr", "vMerge", "strike", "tab", "br", "del", "Fallback", "rPr"]
)


def around(made: tuple[str, list[str]]) -> str:
    """An element with others in it."""
    return f"<w:{made[0]}>{''.join(made[1])}</w:{made[0]}>"


def nested(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Elements of elements."""
    return st.tuples(TAGS, st.lists(inner, max_size=4)).map(around)


@HARD
@given(st.recursive(TAGS.map("<w:{}/>".format), nested, max_leaves=25))
@example("<w:tbl><w:vMerge/></w:tbl>")  # a table without rows
def test_tags_in_any_order(xml: str) -> None:
    look(document(table([("ИНН", "1")]), xml), "a.docx")
