"""Exports: what goes in comes out, never as a formula, in constant memory."""

import io
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from admin_app.reporting import days
from admin_app.reporting.exchange import tables, workbook, writer
from admin_app.reporting.exchange.cellxml import Value

MOMENT = datetime(2026, 9, 1, 6, 30, tzinfo=UTC)
ABOUT = writer.About("Организации", "Иванова А. А.", MOMENT, [("Район", "Братск")])
HEADS = ["Наименование", "ИНН", "Учеников"]
ROW: list[Value] = ["МБОУ «СОШ № 1» <&>", "0038990000", 672]
FORMULAS = ["=1+1", "+7 (3952) 00-00-01", "-5", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0", "＝1+1", "'=1", "''=1"]


def xlsx(rows: Sequence[Sequence[Value]], heads: Sequence[str] = HEADS, about: writer.About = ABOUT) -> io.BytesIO:
    return io.BytesIO(b"".join(writer.xlsx(heads, rows, about)))


def csv(rows: Sequence[Sequence[Value]], heads: Sequence[str] = HEADS) -> io.BytesIO:
    return io.BytesIO(b"".join(writer.csv(heads, rows)))


def back(file: io.BytesIO, name: str) -> list[tuple[str, ...]]:
    return [row.cells for row in tables.open_table(file, name).sheets[0].rows()]


def test_codes_stay_text_numbers_numbers_and_dates_dates() -> None:
    row = ["0038990000", 672, -1.5, Decimal("2.50"), date(2026, 9, 1), MOMENT, True, None, 10**16]
    sheet = openpyxl.load_workbook(xlsx([row], [str(at) for at in range(9)])).worksheets[0]
    moment = days.local(MOMENT).replace(tzinfo=None)
    assert [one.value for one in sheet[2]] == [
        "0038990000",
        672,
        -1.5,
        2.5,
        datetime(2026, 9, 1),
        moment,
        "yes",
        None,
        "1" + "0" * 16,
    ]
    assert [sheet[2][at].number_format for at in (0, 4, 5)] == ["@", r"dd\.mm\.yyyy", r"dd\.mm\.yyyy\ hh:mm"]


def test_the_heading_stays_and_filters_and_columns_are_wide_enough() -> None:
    sheet = openpyxl.load_workbook(xlsx([ROW] * 3)).worksheets[0]
    assert (sheet.freeze_panes, sheet.auto_filter.ref, sheet.print_title_rows) == ("A2", "A1:C4", "$1:$1")
    assert sheet["A1"].font.bold
    assert sheet.column_dimensions["A"].width > len(str(ROW[0]))


def test_a_sheet_says_who_when_which_filter_and_how_many() -> None:
    book = openpyxl.load_workbook(xlsx([ROW] * 3))
    assert book.sheetnames == ["Организации", "About this export"]
    said = {row[0]: row[1] for row in book.worksheets[1].iter_rows(values_only=True)}
    assert said["What was exported"] == "Организации"
    assert said["Who exported it"] == "Иванова А. А."
    assert said["When"] == days.local(MOMENT).replace(tzinfo=None)
    assert (said["Район"], said["Number of rows"]) == ("Братск", 3)


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_a_text_in_a_workbook(text: str) -> None:
    cell = openpyxl.load_workbook(xlsx([[text, "", ""]])).worksheets[0]["A2"]
    assert cell.data_type == "s"
    assert cell.value.replace("_x000D_", "\r") == text
    assert cell.quotePrefix or text.startswith("'")


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_a_text_in_a_csv(text: str) -> None:
    cells = b"".join(writer.csv(["a", "b"], [["x", text]])).decode("utf-8-sig").split("\r\n", 1)[1].split(";", 1)[1]
    assert cells.lstrip('"').startswith("'")
    assert back(csv([["x", text]], ["a", "b"]), "a.csv")[1] == ("x", text.strip())


def test_a_csv_is_as_russian_spreadsheets_open_it() -> None:
    data = b"".join(writer.csv(["Имя", "Доля"], [["Школа; № 1", 0.5], ["x", -3], [date(2026, 9, 1), MOMENT]]))
    moment = f"{days.local(MOMENT):%d.%m.%Y %H:%M}"
    assert data.decode("utf-8") == f'\ufeffИмя;Доля\r\n"Школа; № 1";0,5\r\nx;-3\r\n01.09.2026;{moment}\r\n'


def test_a_table_without_rows_is_a_table() -> None:
    book = openpyxl.load_workbook(xlsx([]))
    assert [one.value for one in book.worksheets[0][1]] == HEADS
    assert book.worksheets[0].auto_filter.ref == "A1:C1"


def test_more_rows_than_a_sheet_holds_go_on_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MAX_ROWS", 1_200)
    book = openpyxl.load_workbook(xlsx([[str(at), "", at] for at in range(2_500)]))
    assert book.sheetnames == ["Организации", "Организации 2", "Организации 3", "About this export"]
    assert [sheet.max_row for sheet in book.worksheets[:3]] == [1001, 1001, 501]
    assert book.worksheets[2]["C501"].value == 2_499


@pytest.mark.parametrize("title", ["", "a/b:c?*[d]\\e", "'quoted'", "x" * 50, "About this export", "History"])
def test_any_title_makes_a_sheet_name(title: str) -> None:
    names = openpyxl.load_workbook(xlsx([ROW], about=writer.About(title, "x", MOMENT))).sheetnames
    assert len({name.lower() for name in names}) == 2
    assert all(0 < len(name) <= 31 for name in names)


def test_what_no_cell_can_hold_is_left_out_or_cut() -> None:
    rows = [["a\x00b\x0bc\ud800d", "x" * 40_000, "😀" * 20_000], [float("nan"), float("inf"), date(1812, 9, 7)]]
    sheet = openpyxl.load_workbook(xlsx(rows)).worksheets[0]
    assert [one.value for one in sheet[2]] == ["abcd", "x" * 32_767, "😀" * 16_383]
    assert [one.value for one in sheet[3]] == ["nan", "inf", "07.09.1812"]


def test_nothing_is_read_before_it_is_asked_for_and_bytes_leave_early() -> None:
    read: list[int] = []

    def rows() -> Iterator[list[Value]]:
        for at in range(5_000):
            read.append(at)
            yield [f"{at}", f"текст {at * 7919}", at]

    pieces = writer.xlsx(HEADS, rows(), ABOUT)
    assert not read
    assert next(pieces)
    assert len(read) < 1_500


CHILD = """
import resource
from datetime import UTC, datetime
from admin_app.reporting.exchange import writer
def rows(count):
    return ([f"МБОУ СОШ № {at}", f"38{at:08}", at, *(f"текст {at} {more}" for more in range(12))] for at in range(count))
def write(count):
    heads = [str(at) for at in range(15)]
    for piece in writer.xlsx(heads, rows(count), writer.About("a", "b", datetime.now(UTC))): pass
    for piece in writer.csv(heads, rows(count)): pass
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(write(2_000), write(40_000))
"""


def test_memory_does_not_grow_with_the_rows() -> None:
    done = subprocess.run([sys.executable, "-c", CHILD], capture_output=True, text=True, timeout=300, check=True)
    few, many = map(int, done.stdout.split())
    assert many - few < 4 * 1024, "kB more for twenty times the rows"


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"], include_characters="\t\n\r"), max_size=30)
VALUES = st.one_of(TEXTS, st.integers(-(10**14), 10**14), st.dates(date(1900, 3, 1), date(2999, 1, 1)), st.sampled_from(FORMULAS))


def seen(value: Value) -> str:
    """The value as a reader shows it."""
    return f"{value:%d.%m.%Y}" if isinstance(value, date) else str(value).strip()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(VALUES, min_size=1, max_size=5), max_size=8))
def test_what_is_written_is_read(rows: list[list[Value]]) -> None:
    heads = ["a", "b", "c", "d", "e"]
    wanted = [tuple(map(seen, row)) for row in rows]
    wanted = [tuple(heads), *[row for row in map(trimmed, wanted) if row]]
    assert [trimmed(row) for row in back(xlsx(rows, heads), "a.xlsx")] == wanted
    assert [trimmed(row) for row in back(csv(rows, heads), "a.csv")] == wanted


def trimmed(row: tuple[str, ...]) -> tuple[str, ...]:
    """Without empty cells at the end."""
    while row and not row[-1]:
        row = row[:-1]
    return row


def test_every_part_is_sound() -> None:
    with zipfile.ZipFile(xlsx([ROW])) as archive:
        assert archive.testzip() is None
        assert archive.namelist()[-1] == "[Content_Types].xml"
