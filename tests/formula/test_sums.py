"""SUM adapts to what it is compared with."""

import pytest

from tests.formula import small

GRID = {f"1/0{row}/{column}": 10 * row + column for row in (1, 2, 3) for column in (3, 4, 5)}


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        pytest.param("{[1][3][3-5]} = SUM{[1][1-2][3-5]}", [(33, 36), (34, 38), (35, 40)], id="rows added, column by column"),
        pytest.param("{[1][1-3][3]} = SUM{[1][1-3][4-5]}", [(13, 29), (23, 49), (33, 69)], id="columns added, row by row"),
        pytest.param("{[1][1][3]} = SUM{[1][2-3][4,5]}", [(13, 118)], id="everything against one cell"),
        pytest.param(
            "SUM{[1][1][3-5]} = SUM{[1][2-3][3-5]}", [(13, 56), (14, 58), (15, 60)], id="two sums over the same columns"
        ),
        pytest.param("SUM{[1][1-3][3]} = SUM{[1][1-3][4-5]}", [(13, 29), (23, 49), (33, 69)], id="two sums over the same rows"),
        pytest.param("SUM{[1][1][3-4]} = SUM{[1][2][4-5]}", [(27, 49)], id="two sums of other cells"),
        pytest.param("SUM{[1][*][*]} = 0", [(216, 0)], id="all cells against a number"),
        pytest.param("SUM({[1][1][3]}, {[1][2][3]}) = 0", [(36, 0)], id="a list of cells"),
        pytest.param("SUM(ISNULL({[1][1-3][3]}, 0)) = 0", [(69, 0)], id="the habit of isnull(…, 0)"),
        pytest.param("SUM{[1][1-2][3]}|=|1", [(36, 1)], id="the bar is ignored"),
        pytest.param("MAX({[1][1-3][3-5]}) = MIN({[1][1-2][4]})", [(35, 14)], id="extremes of many"),
        pytest.param("{[1][1-3][3]} + 1 = {[1][1-3][4]} + 1", [(14, 15), (24, 25), (34, 35)], id="no sum: cell by cell"),
    ],
)
def test_sides(rule: str, found: list[tuple[float, float]]) -> None:
    program = small.form(checks=f"1 error {rule}")
    values = small.put(program, program.blank(), GRID)
    assert [(failure.left, failure.right) for failure in program.check(values)] == found


def test_a_chain_is_its_pairs() -> None:
    program = small.form(checks="1 error {[1][1][3]} = {[1][2][3]} < {[1][3][3]}")
    values = small.filled(program, r01c3=5, r02c3=6, r03c3=6)
    assert [small.sides(failure) for failure in program.check(values)] == [(5, "=", 6), (6, "<", 6)]


def test_several_sections_as_one_axis() -> None:
    variants = {"forms": "1 очно\n2 заочно"}
    copies = small.section("2", variants="forms")
    total = small.section("3", checks="1 error {[][1-3][3]} = SUM{[2.*][1-3][3]}")
    program = small.compile_form(small.document(copies, total, variants=variants))
    values = small.put(program, program.blank(), {"2.1/01/3": 2, "2.2/01/3": 3, "3/01/3": 6})
    assert [small.sides(failure) for failure in program.check(values)] == [(6, "=", 5)]


def test_a_formula_adds_up_everything() -> None:
    program = small.form(rows="01  А\n02  Б\n03  Итого | = SUM{[][1-2][3-4]}")
    values = small.filled(program, r01c3=1, r01c4=2, r02c3=4)
    assert small.at(program, values, "1/03/3") == small.at(program, values, "1/03/5") == 7


def test_a_columns_formula_wins_over_a_rows() -> None:
    """So the row's sum can fail as a check."""
    columns = "1  Имя | name\n3  Всего | = SUM{[][][4-5]}\n4  А\n5  Б"
    program = small.form("01  А\n02  Б\n03  Итого | = SUM{[][1-2][]}", columns, "1 error {[1][3][*]} = SUM{[1][1-2][*]}")
    assert program.cells["1/03/3"].source == "SUM{[][][4-5]}"
    assert program.cells["1/03/4"].source == "SUM{[][1-2][]}"
    assert program.trace("1/3/3") == ("1/03/4", "1/03/5")
    assert program.trace("1/01/4") == ()
