"""A blank counts as zero and stays a blank; crossed cells are left out."""

from tests.formula import small


def test_a_sum_of_blanks_is_blank() -> None:
    program = small.form(rows="01  А\n02  Б\n03  Итого | = SUM{[][1-2][]}")
    values = small.filled(program, r01c3=0, r02c4=7)
    assert [small.at(program, values, f"1/03/{column}") for column in "345"] == [0, 7, None]


def test_a_comparison_of_blanks_passes() -> None:
    program = small.form(checks="1 error {[1][1][3]} > 0\n2 error {[1][1][3]} <> {[1][2][3]}\n3 error {[1][1][3]} + 1 = 2")
    assert small.failed(program, program.blank()) == []
    assert small.failed(program, small.filled(program, r01c3=0)) == ["1:1@1/01/3", "1:2@1/01/3", "1:3@1/01/3"]


def test_a_blank_counts_as_zero() -> None:
    program = small.form(checks="1 error {[1][1][3]} <= {[1][1][4]}")
    assert [small.sides(failure) for failure in program.check(small.filled(program, r01c3=5))] == [(5, "<=", 0)]
    assert small.failed(program, small.filled(program, r01c4=5)) == []


def test_isnull_tells_a_blank_from_a_zero() -> None:
    program = small.form(checks="1 error NOT ISNULL({[1][1-3][3]})\n2 query IF ISNULL({[1][1][3]}) THEN {[1][1][4]} = 0")
    values = small.filled(program, r01c3=0, r03c3=5)
    assert small.failed(program, values) == ["1:1@1/02/3"]
    assert "1:2@1/01/4" in small.failed(program, small.filled(program, r01c4=3))


def test_coalesce_and_isnull_take_the_next_value() -> None:
    rows = "01  А | 5: = COALESCE({[][][3]}, {[][][4]}, 7)\n02  Б | 5: = ISNULL({[][][3]}, -1) + 1"
    program = small.form(rows)
    values = small.filled(program, r01c4=4, r02c4=1)
    assert [small.at(program, values, f"1/0{row}/5") for row in (1, 2)] == [4, None]
    values = small.filled(program, r01c3=0, r02c3=5)
    assert [small.at(program, values, f"1/0{row}/5") for row in (1, 2)] == [0, 6]


def test_an_if_that_is_not_true_passes() -> None:
    program = small.form(checks="1 error IF {[1][1][3]} > 0 AND {[1][2][3]} > 0 THEN {[1][3][3]} > 0")
    assert small.failed(program, small.filled(program, r01c3=1, r03c3=0)) == []
    assert small.failed(program, small.filled(program, r01c3=1, r02c3=1)) == ["1:1@1/03/3"]


def test_crossed_cells_are_left_out() -> None:
    checks = """
1 error {[1][1-3][3]} = {[1][1-3][4]}
2 error {[1][1-3][3]} = {[1][1-3][4]} + {[1][1-3][5]}
3 error {[1][1][3-5]} = SUM{[1][2-3][3-5]}
4 error {[1][1-2][4]} = 1 OR {[1][2][3]} = 1
"""
    program = small.form("01  А\n02  Б | 4: x\n03  В | 3,4: x", checks=checks)
    values = small.filled(program, r01c3=1, r01c4=1, r02c3=2, r02c5=9, r03c5=4)
    failures = {failure.key: small.sides(failure) for failure in program.check(values)}
    assert failures == {"1:2@1/02/3": (2, "=", 9), "1:3@1/01/3": (1, "=", 2), "1:3@1/01/5": (0, "=", 13)}
