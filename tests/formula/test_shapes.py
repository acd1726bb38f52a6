"""Forms of other shapes: continuous row numbers, lists of codes, columns with letters, prepared rows, copies."""

import pytest

from admin_app.reporting.formula import CellError, FormError, compile_form
from tests.formula import small

YES = {
    "yesno": "1 да\n2 нет",
    "speed": "3 ниже 256 Кбит/с\n18 512–999 Кбит/с\n13 нет доступа",
    "languages": "001 абазинский\n012 алтайский",
}


CHECKS_OF_COPIES = """
1 error {[][1][3]} >= {[][2][3]}
2 error [2] {[2.~][1][3]} = {[2.1][1][3]}
  Заочно (2.~) как очно
"""


def test_row_numbers_go_on_through_the_form() -> None:
    first = small.section("7", "34  Всего | = SUM{[][35,39][]}\n35  Руководители\n39  Педагоги")
    second = small.section("8", "44  Всего\n45  Руководители\n49  Педагоги", checks="1 error {[8][44-49][3]} = {[7][34-39][3]}")
    program = compile_form(small.document(first, second))
    values = small.put(program, program.blank(), {"7/35/3": 1, "7/39/3": 5, "8/44/3": 6, "8/45/3": 1, "8/49/3": 4})
    assert small.failed(program, values) == ["8:1@8/49/3"]


def test_codes_from_lists_are_numbers_that_rules_can_use() -> None:
    rows = "97  Телефон | in yesno\n101  Скорость | in speed"
    program = small.form(rows, "1  Имя | name\n3  Код", "1 error IF {[1][97][3]} = 2 THEN {[1][101][3]} = 13", dictionaries=YES)
    cell = program.cells["1/101/3"]
    assert program.choices(cell) == {"3": "ниже 256 Кбит/с", "18": "512–999 Кбит/с", "13": "нет доступа"}
    assert program.parse(cell, "18") == 18
    with pytest.raises(CellError):
        program.parse(cell, "4")
    assert small.failed(program, small.put(program, program.blank(), {"1/97/3": 2, "1/101/3": 18})) == ["1:1@1/101/3"]


def test_letters_as_column_numbers_and_hundreds_as_row_codes() -> None:
    columns = "А  Имя | name\nБ  № | code\n3  Всего | = SUM{[][][4-5]}\n4  до года\n5  1 год"
    program = small.form(
        "701  Воспитанники\n702    девочки\n--    Из строки 701:\n703    с ОВЗ",
        columns,
        "1 error {[1][702,703][*]} <= {[1][701][*]}",
    )
    values = small.put(program, program.blank(), {"1/701/4": 2, "1/703/4": 3})
    assert small.failed(program, values) == ["1:1@1/703/3", "1:1@1/703/4"]


def test_prepared_rows_are_keyed_by_a_code() -> None:
    columns = "1  Язык | name\n2  № | code\n3  Код | choice languages\n4  Обучающихся"
    program = small.form("01  Всего | 3: x | 4: = SUM{[][2-40][]}\n02-40  (по коду) | dynamic", columns, dictionaries=YES)
    rows = program.form.sections[0].rows
    assert [rows[0].kind, rows[0].total, rows[1].kind, rows[39].code] == ["data", True, "dynamic", "40"]
    values = small.put(program, program.blank(), {"1/02/3": "012", "1/02/4": 30, "1/40/4": 2})
    assert small.at(program, values, "1/01/4") == 32
    assert values.texts == {"1/02/3": "012"}


def test_printed_codes_are_not_changed() -> None:
    program = small.form("01  Абазинский | 3: preset 001\n02  Иной", "1  Язык | name\n3  Код | text\n4  Обучающихся")
    cell = program.cells["1/01/3"]
    assert (cell.kind, cell.preset, small.at(program, program.blank(), "1/01/3")) == ("blocked", "001", "001")
    with pytest.raises(CellError):
        program.parse(cell, "002")


def test_copies_of_a_section() -> None:
    variants = {"forms": "1 очно\n2 заочно | {[1][1][3]} = 1"}
    mark = small.section("1")
    copies = small.section(
        "2",
        "01  А\n02  Б | [2] 4: x", checks=CHECKS_OF_COPIES,
        variants="forms",
    )  # fmt: skip
    program = compile_form(small.document(mark, copies, variants=variants))
    sections = program.form.sections
    assert [(section.code, section.base, section.variant) for section in sections] == [
        ("1", "", ""),
        ("2.1", "2", "очно"),
        ("2.2", "2", "заочно"),
    ]
    assert [program.cells[f"2.{copy}/02/4"].kind for copy in "12"] == ["input", "blocked"]
    assert [(check.id, check.rule) for check in program.form.checks][1:] == [
        ("2.2:1", "{[2.2][1][3]} >= {[2.2][2][3]}"), ("2.2:2", "{[2.2][1][3]} = {[2.1][1][3]}"),
    ]  # fmt: skip
    assert program.form.checks[2].text == "Заочно (2.2) как очно"
    assert not program.applies(program.blank(), "2.2")
    assert program.applies(small.put(program, program.blank(), {"1/01/3": 1}), "2.2")


def test_totals_can_be_typed_and_compared() -> None:
    rows = "01  А\n02  Б\n03  Итого | = SUM{[][1-2][]}\n04  Было | = {{[][1][]}}"
    program = small.form(rows, checks="1 error {[1][3][*]} = SUM{[1][1-2][*]}", totals="type")
    assert [program.cells[f"1/0{row}/3"].kind for row in range(1, 5)] == ["input", "input", "input", "pulled"]
    values = small.filled(program, r01c3=1, r02c3=2, r03c3=4)
    assert [small.sides(failure) for failure in program.check(values)] == [(4, "=", 3)]
    with pytest.raises(CellError):
        program.parse(program.cells["1/03/3"], "-1")


def test_options_of_the_cell_win() -> None:
    columns = "1  Имя | name\n3  А | decimal 2 | 02: count\n4  Б | 01: x"
    program = small.form("01  А | 3: decimal 1\n02  Б | decimal 3\n03  В | min 5 | max 9 | ? Подсказка | total", columns)
    found = [(cell.type, cell.decimals, cell.kind) for cell in program.cells.values()]
    assert found == [
        ("decimal", 1, "input"), ("count", 0, "blocked"), ("count", 0, "input"), ("decimal", 3, "input"),
        ("decimal", 2, "input"), ("count", 0, "input"),
    ]  # fmt: skip
    assert (program.cells["1/03/3"].minimum, program.cells["1/03/3"].maximum) == (5, 9)
    assert (program.form.sections[0].rows[2].hint, program.form.sections[0].rows[2].total) == ("Подсказка", True)


def test_text_cells_are_not_computed() -> None:
    with pytest.raises(FormError, match="only taken as it is from elsewhere"):
        small.form("01  А | text | 3: = 1 + 1")
