"""Documents made to hurt are refused in a moment."""

import contextlib
import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin_app.reporting.formula import FormError, compile_form
from tests.formula import small


@pytest.fixture(autouse=True)
def _in_a_moment() -> Iterator[None]:
    start = time.perf_counter()
    yield
    assert time.perf_counter() - start < 5


def alias_bomb() -> list[Any]:
    """What "&a [*b, *b]" thirty times over makes of YAML."""
    found: list[Any] = ["x"]
    for _ in range(30):
        found = [found, found]
    return found


def deep() -> list[Any]:
    found: list[Any] = []
    for _ in range(100_000):
        found = [found]
    return found


@pytest.mark.parametrize(
    "document", [None, 5, "x", [], {}, {"sections": alias_bomb()}, {"sections": deep()}, {"form": b"x"}, {1: {2}}]
)
def test_not_a_document(document: Any) -> None:
    with pytest.raises(FormError):
        compile_form(document)


@pytest.mark.parametrize(
    "formula",
    [
        "(" * 2000 + "1" + ")" * 2000, "-" * 3000 + "1", "NOT " * 900 + "1 = 1", "+".join(["1"] * 1900), "1" * 4001,
        "ABS(" * 900 + "1" + ")" * 900, "IF(1=1," * 500 + "1", "{" * 3000, "}" * 3000, "\x00", "\ud800",
        "{[" + "9" * 3000 + "][1][3]}",
        "{[1][" + ",".join(["1-3"] * 900) + "][3]}", "{[1][1-" + "9" * 3000 + "][3]}", "{[X]:[1][1-" + "9" * 3000 + "][3]}",
    ],
)  # fmt: skip
def test_formulas(formula: str) -> None:
    with pytest.raises(FormError) as caught:
        small.form(f"01  А | 3: = {formula}\n02  Б\n03  В", checks=f"1 error {formula} = 0")
    assert all(len(str(problem)) < 10_000 for problem in caught.value.problems)


def test_many_big_rules() -> None:
    """Three ranges over a large table, a thousand times."""
    rows = "1-500  Строка"
    columns = "1  Имя | name\n" + "\n".join(f"{number}  Графа" for number in range(3, 103))
    checks = "\n".join(f"{number} error SUM{{[1][*][*]}} = {{[1][*][3]}}" for number in range(200))
    with pytest.raises(FormError, match="name more than"):
        small.form(rows, columns, checks)
    with pytest.raises(FormError, match="compares more than"):
        small.form(rows, columns, "1 error {[1][*][*]} = 1")


def test_too_many_cells() -> None:
    wide = "1  Имя | name\n" + "\n".join(f"{number}  Графа" for number in range(3, 153))
    sections = [small.section(str(number), "1-500  Строка", wide) for number in range(4)]
    with pytest.raises(FormError, match="more than 200000 cells"):
        compile_form(small.document(*sections))


def test_a_long_chain_of_formulas_is_no_problem() -> None:
    rows = "1  Первая\n" + "\n".join(f"{number}  Строка | 3: = {{[][{number - 1}][]}} + 1" for number in range(2, 1500))
    program = small.form(rows)
    values = small.put(program, program.blank(), {"1/1/3": 1})
    assert small.at(program, values, "1/1499/3") == 1499


WORDS = "{[1][1][3]} {[][2][]} SUM IF THEN ( ) + - * / = < AND NOT 1 , 0.5 NULL ABS ROUND ISNULL {[1][*][3-5]}"
KEYS = "form title sections section rows columns checks variants dictionaries type"
DATA = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS.split()), inner, max_size=5),
    max_leaves=20,
)


@given(st.lists(st.sampled_from(WORDS.split()), min_size=1, max_size=12).map(" ".join))
def test_any_formula_compiles_or_is_refused(text: str) -> None:
    for rows, checks in ((f"01  А | 3: = {text}\n02  Б\n03  В", ""), (small.ROWS, f"1 error {text}")):
        with contextlib.suppress(FormError):
            program = small.form(rows, checks=checks)
            program.check(small.filled(program, r02c3=1, r02c4=0))


@given(DATA)
def test_any_data_is_refused(document: Any) -> None:
    with pytest.raises(FormError):
        compile_form(document)
