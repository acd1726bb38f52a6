"""Division by zero is the only thing that can go wrong while calculating."""

import math

from tests.formula import small

COLUMNS = """
1  Имя | name
3  Делимое
4  Делитель
5  Частное | decimal 2 | = {[][][3]} / {[][][4]}
6  Осторожное | decimal 2 | = {[][][3]} / NULLIF({[][][4]}, 0)
7  Дальше | decimal 1 | = {[][][5]} * 2
8  Запас | = COALESCE({[][][5]}, -1)
"""


def test_a_quotient_is_rounded_to_its_decimals() -> None:
    program = small.form("01  А", COLUMNS)
    values = small.filled(program, r01c3=2, r01c4=3)
    assert [small.at(program, values, f"1/01/{column}") for column in "5678"] == [0.67, 0.67, 1.3, 1]


def test_nothing_to_divide_by() -> None:
    program = small.form("01  А", COLUMNS)
    values = small.filled(program, r01c3=2, r01c4=0)
    broken, guarded, further, spare = (small.at(program, values, f"1/01/{column}") for column in "5678")
    assert isinstance(broken, float)
    assert math.isnan(broken)
    assert program.show(program.cells["1/01/5"], broken) == "#ДЕЛ/0!"
    assert guarded is None
    assert isinstance(further, float)
    assert math.isnan(further)
    assert spare == -1


def test_a_check_without_a_verdict_is_told_apart() -> None:
    checks = "1 error {[1][1][5]} <= 1\n2 error {[1][1][3]} / {[1][1][4]} <> 1\n3 error {[1][1][3]} / NULLIF({[1][1][4]}, 0) > 1"
    program = small.form("01  А", COLUMNS, checks)
    failures = program.check(small.filled(program, r01c3=2, r01c4=0))
    assert [(failure.check_id, failure.uncomputable) for failure in failures] == [("1:1", True), ("1:2", True)]


def test_sides_after_a_division_are_compared_to_six_decimals() -> None:
    program = small.form("01  А", COLUMNS, "1 error {[1][1][3]} / {[1][1][4]} = 0.333333")
    assert small.failed(program, small.filled(program, r01c3=1, r01c4=3)) == []
