"""Registries from workbooks: what the person sees in the cells is what is read, with the line numbers of the file."""

import io
from datetime import date, datetime, time

import openpyxl
import pytest
from openpyxl.styles import numbers

from admin_app.reporting.exchange import tables
from admin_app.reporting.exchange.columns import Vocabulary
from admin_app.reporting.exchange.synonyms import ORGANIZATION
from admin_app.reporting.refusal import Refused
from tests.exchange.files import book, book_parts, inline, merged, rows_of, zipped

WORDS = Vocabulary(ORGANIZATION)


def opened(file: io.BytesIO, name: str = "реестр.xlsx") -> tables.Table:
    return tables.open_table(file, name)


def saved(workbook: openpyxl.Workbook) -> io.BytesIO:
    file = io.BytesIO()
    workbook.save(file)
    return file


def lines(file: io.BytesIO) -> list[tuple[int, tuple[str, ...]]]:
    return [(row.line, row.cells) for row in opened(file).sheets[0].rows()]


def test_numbers_dates_and_codes_read_as_they_look() -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.append(
        [3808023117, 3.808023117e9, 0.1 + 0.2, date(2025, 12, 31), datetime(2025, 12, 31, 14, 30), time(8, 15), True, -5]
    )
    sheet.append([32537, 85.1, "=A1+1", "  школа\xa0", None, "1E5", 1e21, 38080231])
    sheet["A2"].number_format = "00000000"
    sheet["H2"].number_format = numbers.FORMAT_DATE_DATETIME
    first, second = lines(saved(workbook))
    assert first == (
        1,
        ("3808023117", "3808023117", "0.30000000000000004"[:3], "31.12.2025", "31.12.2025 14:30", "08:15", "1", "-5"),
    )
    assert second == (2, ("00032537", "85.1", "=A1+1", "школа", "", "1E5", "1000000000000000000000", "38080231"))


def test_lines_keep_their_numbers_and_empty_ones_are_passed_over() -> None:
    assert lines(book(rows_of({3: ["a"], 4: ["", ""], 7: ["", "b"]}))) == [(3, ("a",)), (7, ("", "b"))]


def test_cells_without_places_follow_each_other() -> None:
    sheet = "<sheetData><row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row></sheetData>"
    assert lines(book(sheet)) == [(1, ("1", "2")), (2, ("3",))]


def test_shared_texts_rich_ones_and_reading_aids() -> None:
    rich = "<si><r><t>из </t></r><r><t>частей</t></r><rPh><t>КАНА</t></rPh></si>"
    strings = f"<si><t>прос&amp;тая</t></si>{rich}<si><t>a_x000D_b_x005F_</t></si>"
    cells = "".join(f'<c t="s"><v>{at}</v></c>' for at in (1, 0, 2))
    assert lines(book(f"<sheetData><row>{cells}</row></sheetData>", strings)) == [(1, ("из частей", "прос&тая", "a\rb_"))]


def test_prefixed_tags_and_other_names_of_parts() -> None:
    parts = book_parts("")
    rows = '<x:sheetData><x:row r="2"><x:c r="B2"><x:v>7</x:v></x:c></x:row></x:sheetData>'
    strict = "http://purl.oclc.org/ooxml/spreadsheetml/main"
    parts["xl/worksheets/Sheet1.xml"] = f'<x:worksheet xmlns:x="{strict}">{rows}</x:worksheet>'
    del parts["xl/worksheets/sheet1.xml"]
    assert lines(zipped(parts)) == [(2, ("", "7"))]


def test_years_counted_from_1904() -> None:
    workbook = openpyxl.Workbook()
    workbook.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    workbook.active["A1"] = date(2025, 9, 1)
    assert lines(saved(workbook)) == [(1, ("01.09.2025",))]


def test_the_days_before_march_1900() -> None:
    workbook = openpyxl.Workbook()
    for at, serial in enumerate([1, 59, 61], 1):
        workbook.active.cell(1, at, serial).number_format = "dd.mm.yyyy"
    assert lines(saved(workbook)) == [(1, ("01.01.1900", "28.02.1900", "01.03.1900"))]


def test_heading_under_titles_in_two_merged_lines_above_numbers() -> None:
    sheet = rows_of({
        1: ["Реестр организаций на 01.09.2026"],
        4: ["№ п/п", "Наименование", "Контакты", "", "ИНН"],
        5: ["", "", "Тел.", "E-mail", ""],
        6: ["1", "2", "3", "4", "5"],
        7: ["1", "МБОУ СОШ № 1", "8(3952)00-00-01", "a@b.example", "3899000019"],
    })  # fmt: skip
    found = opened(book(sheet + merged("A1:E1", "A4:A5", "B4:B5", "C4:D4", "E4:E5"))).sheets[0].heading(WORDS.knows)
    assert found.lines == (4, 5)
    assert found.names == ("№ п/п", "Наименование", "Контакты / Тел.", "Контакты / E-mail", "ИНН")
    assert found.first == 7


def test_heading_of_two_lines_without_merges() -> None:
    sheet = rows_of({1: ["ИНН", "Контакты", ""], 2: ["", "Телефон", "E-mail"], 3: ["3899000019", "1", "2"]})
    found = opened(book(sheet)).sheets[0].heading(WORDS.knows)
    assert (found.names, found.first) == (("ИНН", "Контакты / Телефон", "Контакты / E-mail"), 3)


def test_heading_of_unknown_words_is_the_first_full_line() -> None:
    sheet = rows_of({1: ["Список"], 2: ["Мощность", "Проект", "Очередь"], 3: ["300", "типовой", "первая"], 4: ["5", "6", "7"]})
    found = opened(book(sheet)).sheets[0].heading(WORDS.knows)
    assert (found.lines, found.names, found.first) == ((2,), ("Мощность", "Проект", "Очередь"), 3)


def test_a_table_of_data_only_has_no_heading() -> None:
    found = opened(book(rows_of({2: ["3899000019", "12345"], 3: ["3899000026", "23456"]}))).sheets[0].heading(WORDS.knows)
    assert (found.lines, found.names, found.first) == ((), (), 2)


def test_an_empty_sheet_has_neither_heading_nor_rows() -> None:
    sheet = opened(book("<sheetData/>")).sheets[0]
    assert sheet.heading(WORDS.knows).names == ()
    assert list(sheet.rows()) == []


def test_a_cell_merged_downwards_speaks_for_each_row() -> None:
    sheet = rows_of({1: ["Район", "Школа"], 2: ["Братск", "№ 1"], 3: ["", "№ 2"], 5: ["", "№ 3"], 6: ["", "№ 4"]}) + merged(
        "A2:A5"
    )
    assert [row.cells for row in opened(book(sheet)).sheets[0].rows(2)] == [
        ("Братск", "№ 1"),
        ("Братск", "№ 2"),
        ("Братск", "№ 3"),
        ("", "№ 4"),
    ]


def test_the_sheet_to_offer_is_visible_and_has_most_known_words() -> None:
    workbook = openpyxl.Workbook()
    workbook.active.title = "Пояснения"
    for title, heads, state in (("Старое", ["ИНН", "КПП", "ОГРН"], "hidden"), ("Реестр", ["ИНН", "КПП"], "visible")):
        workbook.create_sheet(title).append(heads)
        workbook[title].sheet_state = state
    table = opened(saved(workbook))
    assert [(one.title, one.hidden) for one in table.sheets] == [("Пояснения", False), ("Старое", True), ("Реестр", False)]
    assert table.best(WORDS.knows).title == "Реестр"


@pytest.mark.parametrize("place", ["A0", "a1", "1", "XFE1", "AAAA1", ""])
def test_an_impossible_place_is_damage(place: str) -> None:
    with pytest.raises(Refused, match="damaged"):
        lines(book(f'<sheetData><row r="{9999999 if place == "A0" else 1}">{inline(place, "x")}</row></sheetData>'))


def test_a_text_that_is_not_there_is_damage() -> None:
    with pytest.raises(Refused, match="points to a text"):
        lines(book('<sheetData><row r="1"><c r="A1" t="s"><v>5</v></c></row></sheetData>', "<si><t>a</t></si>"))
