"""Cells are named as statisticians name them."""

import pytest

from admin_app.reporting.formula import FormError, Program
from tests.formula import small

ROWS = "01  А\n02  Б\n03  В\n10  Г\n--  Заголовок\n11  Д\nА  Е\nБ  Ж"


@pytest.fixture(scope="module")
def program() -> Program:
    """Rows 01–03, 10, 11, А, Б; columns 3–5."""
    return small.form(ROWS)


@pytest.mark.parametrize("address", ["1/01/3", "1/1/3", "1/001/03"])
def test_leading_zeros_do_not_matter(program: Program, address: str) -> None:
    cell = program.resolve(address)
    assert cell is not None
    assert cell.address == "1/01/3"


@pytest.mark.parametrize(
    "address", ["", "1", "1/01", "1/01/9", "2/01/3", "1/99/3", "1/01/3/4", "1//3", "1/01/2", "{[1][1][3]}", "/"]
)
def test_what_is_not_there(program: Program, address: str) -> None:
    assert program.resolve(address) is None
    assert address not in program.cells


@pytest.mark.parametrize(
    ("rows", "named"),
    [
        ("2", ["02"]), ("1-3", ["01", "02", "03"]), ("1,3", ["01", "03"]), ("01-10", ["01", "02", "03", "10"]),
        ("3-11", ["03", "10", "11"]),
        ("*", ["01", "02", "03", "10", "11", "А", "Б"]), ("А-Б", ["А", "Б"]), ("10-А", ["10", "11", "А"]),
        (" 1 , 2 ", ["01", "02"]),
        ("1,1-2", ["01", "02"]),
    ],
)  # fmt: skip
def test_lists_and_ranges(rows: str, named: list[str]) -> None:
    program = small.form(ROWS, checks=f"1 error NOT ISNULL({{[1][{rows}][3]}})")
    assert [failure.row for failure in program.check(program.blank())] == named


@pytest.mark.parametrize(
    ("reference", "sentence"),
    [
        ("{[1][4][3]}", "There is no row 4 in section 1."), ("{[1][1-4][3]}", "There is no row 4 in section 1."),
        ("{[1][1][9]}", "There is no column 9 in section 1."), ("{[1][1][2]}", "There is no column 2 in section 1."),
        ("{[7][1][3]}", "There is no section 7."), ("{[1][][3]}", "Empty brackets mean"), ("{[1][1]}", "A cell is written"),
        ("{[1][1][3][4]}", "A cell is written"), ("{1,1,3}", "A cell is written"), ("{[7.*][1][3]}", "There is no section 7.*."),
        ("{[1][1,,3][3]}", "There is no row —"), ("{[1,~][1][3]}", "There is no section ~."),
        ("{[ИНАЯ]:[1][*][3]}", "named one by one"), ("{[ИНАЯ]:[1][1-99999999][3]}", "at most 400 cells"),
        ("{[ИНАЯ]:[1][1-300][1-300]}", "at most 400 cells"), ("{{[1][4][3]}}", "There is no row 4"),
    ],
)  # fmt: skip
def test_unknown_names(reference: str, sentence: str) -> None:
    with pytest.raises(FormError) as caught:
        small.form(ROWS, checks=f"1 error {reference} = 0")
    (problem,) = caught.value.problems
    assert problem.where == "check 1:1"
    assert sentence in str(problem)


def test_printed_order_of_cells_and_slots(program: Program) -> None:
    assert list(program.cells)[:4] == ["1/01/3", "1/01/4", "1/01/5", "1/02/3"]
    assert program.slot_cells[3].address == "1/02/3"
    assert len(program.cells) == program.size == 21
