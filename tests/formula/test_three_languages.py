"""Python, JavaScript and numpy agree to the last bit, on sensible reports and on garbage."""

from pathlib import Path

import pytest

from admin_app.reporting.formula import Program, Values, compile_form
from tests.formula import small
from tests.formula.languages import garbage, in_javascript, in_numpy, in_python
from tests.formula.test_checks_against_slow import spoiled

ZOO_COLUMNS = """
1   Показатель | name
2   № | code
3   Целые
4   Десятые | decimal 1
5   Сотые | decimal 2 | min none
6   Сумма | decimal 2 | = SUM{[][][3-5]}
7   Доля | decimal 2 | = {[][][3]} / {[][][4]} * 100
8   Доля или пусто | decimal 3 | = ROUND({[][][5]} / NULLIF({[][][3]}, 0), 2) * 1.5
9   Больше | decimal 2 | = MAX({[][][3]}, {[][][4]}) - MIN({[][][4]}, {[][][5]}) + MAX({[][][3-5]})
10  Если | decimal 1 | = IF({[][][3]} > {[][][4]} AND NOT {[][][5]} <> 0.1, ABS({[][][5]}), FLOOR({[][][4]} * -0.7))
11  Запасное | decimal 2 | = COALESCE({[][][7]}, {[][][8]}, -1)
12  Было | decimal 1 | = {{[][][4]}}
13  Прирост | decimal 1 | = IF(ISNULL({[][][12]}) OR {[][][12]} = 0, NULL, {[][][4]} - {[][][12]})
"""
ZOO_ROWS = """
01  Первая
02  Вторая | 4,7,10,13: x
03  Третья
04  Четвертая | 3,7,8,10: x
05  Итого | 3-5: = SUM{[][1-4][]}
06  Подряд | 3: = {[][5][3]} * {[][1][3]} - {[][2][3]}
"""
ZOO_CHECKS = """
1 error {[][1-6][3]} + {[][1-6][4]} = {[][1-6][6]} - {[][1-6][5]}
2 error {[][*][7]} <= 100
3 query {[][1-4][5]} < {[][1-4][4]} < {[][1-4][3]}
4 query IF {[][1-6][3]} > 3 THEN {[][1-6][8]} <> 0.3 OR ISNULL({[][1-6][8]})
5 hint NOT ISNULL({[][1-6][3]})
6 hint SUM{[][1-4][3-5]} >= SUM{[][5-6][3-5]}
7 error {[][1-6][8]} >= {[][1-6][11]} / NULLIF({[][1-6][3]}, 5)
8 error {[][1-6][4]} * 3 = {[][1-6][5]} * 0.3 + {[ЧУЖАЯ]:[1][1][3]}
"""


@pytest.fixture(scope="module")
def zoo() -> Program:
    """A form with everything the language has."""
    variants = {"forms": "1 первая\n2 вторая | {[2.1][1][3]} > 5"}
    first = small.section("2", ZOO_ROWS, ZOO_COLUMNS, ZOO_CHECKS, variants="forms")
    return compile_form(small.document(first, variants=variants))


@pytest.mark.parametrize("group", range(3))
def test_a_zoo_of_functions(zoo: Program, tmp_path: Path, group: int) -> None:
    reports = [garbage(zoo, seed) for seed in range(group * 100, group * 100 + 100)]
    python = in_python(zoo, reports)
    assert sum(map(len, python[2])) > 1000
    assert in_numpy(zoo, reports) == python
    assert in_javascript(zoo, reports, tmp_path)[0] == python


def test_oo1(oo1: Program, report: Values, tmp_path: Path) -> None:
    reports = [
        report,
        oo1.blank(),
        *(spoiled(oo1, report, seed) for seed in range(8)),
        *(garbage(oo1, seed) for seed in range(10)),
    ]
    python = in_python(oo1, reports)
    assert sum(map(len, python[2])) > 10_000
    assert in_numpy(oo1, reports) == python
    javascript, applied = in_javascript(oo1, reports, tmp_path)
    assert javascript == python
    conditional = [section.code for section in oo1.form.sections if section.condition]
    for done, said in zip(reports, applied, strict=True):
        oo1.calc(done)
        assert said == {code: oo1.applies(done, code) for code in conditional}


def test_the_module_is_a_plain_file(zoo: Program, oo1: Program) -> None:
    """No eval, nothing imported, nothing that a strict CSP forbids; words of a form can't become code."""
    for text in (zoo.javascript(), oo1.javascript()):
        assert "eval(" not in text
        assert "Function(" not in text
        assert "import" not in text
    hostile = small.form(checks="1 error {[][1][3]} > 0\n  </script>\u2028`${alert(1)}` \"'\\")
    assert "</script>" not in hostile.javascript()
    assert "\u2028" not in hostile.javascript()
    assert '`${alert(1)}` \\"\'\\\\"' in hostile.javascript()
