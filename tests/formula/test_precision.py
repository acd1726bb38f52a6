"""Decimals are exact: what a clerk adds up on paper is what is compared."""

from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin_app.reporting.formula.runtime import rnd, rnd_many
from tests.formula import small

PLACES = st.integers(0, 6)
COLUMNS = "1  Имя | name\n3  Итого | decimal 2 | min none\n4  А | decimal 2 | min none\n5  Б | decimal 1 | min none"


@given(st.decimals(-(10**8), 10**8, places=6), PLACES)
def test_rounding_is_what_people_do_on_paper(number: Decimal, places: int) -> None:
    expected = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    assert rnd(float(number), 10.0**places) == float(expected)


@given(st.floats(allow_nan=True, allow_infinity=True), PLACES)
def test_rounding_twice_changes_nothing_and_numpy_agrees(number: float, places: int) -> None:
    once = rnd(number, 10.0**places)
    if abs(number) * 10.0**places < 1e14:
        assert rnd(once, 10.0**places) == once
    assert np.array(once).tobytes() == rnd_many(np.array([number]), 10.0**places)[0].tobytes() or np.isnan(once)


@given(st.lists(st.decimals(-(10**9), 10**9, places=2), min_size=1, max_size=14))
def test_the_right_total_always_passes(parts: list[Decimal]) -> None:
    rows = "\n".join(f"{at:02}  Строка" for at in range(1, len(parts) + 1)) + "\n90  Итого"
    program = small.form(rows, COLUMNS, f"1 error {{[1][90][4]}} = SUM{{[1][1-{len(parts)}][4]}}")
    cells = {f"1/{at:02}/4": float(part) for at, part in enumerate(parts, 1)}
    values = small.put(program, program.blank(), cells | {"1/90/4": float(sum(parts))})
    assert small.failed(program, values) == []
    assert small.failed(program, small.put(program, values, {"1/90/4": float(sum(parts) + Decimal("0.01"))})) == ["1:1@1/90/4"]


@pytest.mark.parametrize(
    ("total", "a", "b"), [(0.3, 0.1, 0.2), (1000000.1, 1000000, 0.1), (-174.21, -174.11, -0.1), (0.0, 0.7, -0.7)]
)
def test_famous_traps(total: float, a: float, b: float) -> None:
    program = small.form(
        "01  А", COLUMNS, "1 error {[1][1][3]} = {[1][1][4]} + {[1][1][5]}\n2 error {[1][1][3]} - {[1][1][4]} = {[1][1][5]}"
    )
    assert small.failed(program, small.filled(program, r01c3=total, r01c4=a, r01c5=b)) == []


def test_a_result_has_the_decimals_of_its_cell() -> None:
    columns = "1  Имя | name\n3  А | decimal 2\n4  Вдвое меньше | decimal 1 | = {[][][3]} * 0.5\n5  Целое | = {[][][3]}"
    program = small.form("01  А", columns)
    values = small.filled(program, r01c3=0.5)
    assert [small.at(program, values, f"1/01/{column}") for column in "345"] == [0.5, 0.3, 1]
