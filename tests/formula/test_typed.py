"""What a person types, and how it is shown again."""

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin_app.reporting.formula import CellError, Program
from tests.formula import small

COLUMNS = """
1   Имя | name
3   Целое
4   Десятые | decimal 2
5   Признак | flag
6   Код | choice codes
7   Дата | date
8   Год | year
9   Слова | text
10  Номер из списка | in yesno
11  Температура | decimal 1 | min -50 | max 50
12  Закрыто | x
"""
LISTS = {"codes": "001 один\n21 двадцать один", "yesno": "1 да\n2 нет"}


@pytest.fixture(scope="module")
def program() -> Program:
    """A form with a cell of every type."""
    return small.form("01  А", COLUMNS, dictionaries=LISTS)


def typed(program: Program, column: str, text: str) -> Any:
    return program.parse(program.cells[f"1/01/{column}"], text)


@pytest.mark.parametrize(
    ("column", "text", "value"),
    [
        ("3", "1234", 1234), ("3", "1 234", 1234), ("3", "1\u00a0234", 1234), ("3", "1\u2009234", 1234),
        ("3", "1\u202f234", 1234),
        ("3", " 007 ", 7), ("3", "5,0", 5), ("3", "", None), ("3", " \t ", None), ("3", "+5", 5),
        ("3", "999999999999", 999999999999),
        ("4", "0,1", 0.1), ("4", "0.10", 0.1), ("4", ",5", 0.5), ("4", "5.", 5), ("4", "1 234 567,89", 1234567.89),
        ("5", "1", 1), ("5", "0", 0),
        ("6", "001", "001"), ("6", " 21 ", "21"),
        ("7", "05.09.2025", "2025-09-05"), ("7", "5.9.2025", "2025-09-05"), ("7", "2025-09-05", "2025-09-05"),
        ("8", "1998", 1998), ("9", "  два   слова ", "два слова"), ("10", "2", 2),
        ("11", "-5,5", -5.5), ("11", "\u22125,5", -5.5), ("11", "–5,5", -5.5), ("11", "-0", 0), ("11", "\u200b7\ufeff", 7),
    ],
)  # fmt: skip
def test_accepted(program: Program, column: str, text: str, value: Any) -> None:
    found = typed(program, column, text)
    assert found == value
    assert str(found) != "-0.0"


@pytest.mark.parametrize(
    ("column", "text", "code"),
    [
        ("3", "abc", "letters"), ("3", "12a", "letters"), ("3", "1e5", "letters"), ("3", "NaN", "letters"),
        ("3", "Infinity", "letters"),
        ("3", "٣", "letters"), ("3", "१२", "letters"), ("3", "1_000", "letters"), ("3", "0x10", "letters"),
        ("3", "=1+1", "letters"),
        ("3", "1,2,3", "letters"), ("3", "--5", "letters"), ("3", "5-", "letters"), ("3", "½", "letters"), ("3", "²", "letters"),
        ("3", ".", "letters"), ("3", "-", "letters"), ("3", "1.234,5", "letters"), ("3", "\x00", "letters"),
        ("3", "5,5", "decimals"), ("4", "0,123", "decimals"), ("3", "-5", "negative"),
        ("3", "1" * 40, "too-long"), ("3", "9999999999999", "range"), ("4", "1" * 14, "too-long"),
        ("5", "2", "flag"), ("5", "да", "letters"), ("6", "1", "list"), ("10", "3", "list"),
        ("7", "31.02.2025", "date"), ("7", "вчера", "date"), ("7", "2025-13-01", "date"), ("8", "98", "range"),
        ("9", "я" * 2001, "too-long"), ("11", "51", "range"), ("11", "-50,1", "range"), ("12", "1", "closed"),
    ],
)  # fmt: skip
def test_refused_with_a_sentence(program: Program, column: str, text: str, code: str) -> None:
    with pytest.raises(CellError) as caught:
        typed(program, column, text)
    assert caught.value.code == code
    assert str(caught.value) == caught.value.message % caught.value.params
    assert len(str(caught.value)) < 150
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize(
    ("column", "value", "shown"),
    [
        ("3", 1234567.0, "1\u2009234\u2009567"), ("3", 0.0, "0"), ("3", None, ""), ("4", 1234.5, "1\u2009234,50"),
        ("8", 1998.0, "1998"),
        ("11", -5.5, "\u22125,5"), ("7", "2025-09-05", "05.09.2025"), ("9", "слова", "слова"), ("4", float("nan"), "#ДЕЛ/0!"),
    ],
)  # fmt: skip
def test_shown(program: Program, column: str, value: Any, shown: str) -> None:
    assert program.show(program.cells[f"1/01/{column}"], value) == shown


@given(st.integers(-5000, 5000))
def test_what_is_shown_can_be_typed_again(tenths: int) -> None:
    program = small.form("01  А", "1  Имя | name\n3  А | decimal 1 | min none")
    cell = program.cells["1/01/3"]
    assert program.parse(cell, program.show(cell, tenths / 10)) == tenths / 10


@pytest.mark.parametrize("text", ["1,5", "1.234,5", "1,x"])
def test_a_refusal_quotes_what_was_typed(program: Program, text: str) -> None:
    with pytest.raises(CellError) as error:
        typed(program, "3", text)
    assert error.value.params["text"] == text


@given(st.text(max_size=60))
def test_any_text_is_taken_or_refused(text: str) -> None:
    program = small.form("01  А", COLUMNS, dictionaries=LISTS)
    for cell in program.cells.values():
        with contextlib.suppress(CellError):
            program.show(cell, program.parse(cell, text))
