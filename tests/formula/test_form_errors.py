"""A form that can't be is told why, at the place and with the position."""

from typing import Any

import pytest

from admin_app.reporting.formula import FormError, compile_form
from tests.formula import small


def problems(document: Any) -> list[str]:
    with pytest.raises(FormError) as caught:
        compile_form(document)
    assert caught.value.problems
    assert all(str(problem).count("%(") == 0 for problem in caught.value.problems)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("formula", "sentence"),
    [
        ("{[1][1][3]} +", "1/02/3: The formula ends too early. (position 14 of «{[1][1][3]} +»)"),
        ("{[1][1][3]} ^ 2", "1/02/3: “^ 2” can't be understood here. (position 13 of «{[1][1][3]} ^ 2»)"),
        ("9**9**9", "1/02/3: Powers (**) are not part of the language. (position 2 of «9**9**9»)"),
        ("(1 + 2", "1/02/3: The formula ends where “)” is needed. (position 7 of «(1 + 2»)"),
        ("1 2", "1/02/3: “2” is not expected here. (position 3 of «1 2»)"),
        ("EXP(1)", "There is no function “EXP”. Functions: SUM, ABS"),
        ("__import__('os')", "can't be understood here"),
        ("open", "There is no function “open”"),
        ("ROUND(1)", "ROUND is given 1 values."),
        ("ROUND({[1][1][3]}, {[1][1][4]})", "ROUND needs a whole number of digits from 0 to 9."),
        ("{[1][1][3]} = 1", "A number is needed here, not a condition."),
        ("IF({[1][1][3]}, 1, 2)", "A condition is needed here"),
        ("{[1][1][3-5]}", "names several"),
        ("{[1][1][3-4]} + {[1][1-3][3]}", "names several"),
        ("{[1][2][3]} + 1", "The formulas go round in a circle: 1/02/3 → 1/02/3."),
        ("1234567890123456", "has more than 15 digits"),
        ("1.2.3", "can't be understood here"),
        ("1e9", "can't be understood here"),
        ("{[1][3][5]}", "All cells named here are crossed out."),
        ("{[1][4][4]}", "Cells with text can't be calculated with."),
        ("card.inn + 1", "A field of the card can only be taken as it is"),
        ("", "The formula ends too early."),
        ("NOT 1", "A condition is needed here"),
        ("{[1][1][3]} AND 1 = 1", "A condition is needed here"),
        ("SUM()", "“)” is not expected here."),
        ("'строка'", "can't be understood here"),
    ],
)  # fmt: skip
def test_formulas(formula: str, sentence: str) -> None:
    rows = f"01  А\n02  Б | 3: = {formula}\n03  В | 5: x\n04  Г | 4: text"
    (found,) = problems(small.document(small.section(rows=rows)))
    assert sentence in found


def test_a_circle_is_told_by_its_path() -> None:
    rows = "01  А | 3: = {[][2][]}\n02  Б | 3: = {[][3][]} + 1\n03  В | 3: = {[][1][]}\n04  Г | 3: = {[][1][]}"
    (found,) = problems(small.document(small.section(rows=rows)))
    assert found == "1/01/3: The formulas go round in a circle: 1/01/3 → 1/02/3 → 1/03/3 → 1/01/3."


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ("{[1][1-3][3]} = {[1][1-2][3]}", "Here 2 cells meet 3 cells."),
        ("{[1][1][3]}", "A condition is needed here"),
        ("1 = 1", "The rule names no cell."),
        ("IF {[1][1][3]} = 1", "“(” is needed before “{[1][1][3]}”"),
        ("IF {[1][1][3]} = 1 THEN", "ends too early"),
        ("card.inn = 1", "Rules can't name fields of the card."),
        ("{[1][1][3]} = 1 = 1 OR", "ends too early"),
        ("{[1][3][5]} > {[1][1][5]}", "All cells named here are crossed out."),
    ],
)
def test_rules(rule: str, sentence: str) -> None:
    rows = "01  А\n02  Б\n03  В | 5: x"
    found = problems(small.document(small.section(rows=rows, checks=f"1 error {rule}")))
    assert len(found) == 1
    assert found[0].startswith("check 1:1: ")
    assert sentence in found[0]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"rows": ""}, "1: “rows” is empty or missing."),
        ({"columns": ""}, "“columns” is empty or missing."),
        ({"rows": "01"}, "needs a code (or -- for a header) and a name"),
        ({"rows": "01  А\n1  Б"}, "Row 1 stands twice."),
        ({"columns": "1  И | name\n3  А\n3  Б"}, "Column 3 stands twice."),
        ({"columns": "1  И | name\n2  № | code"}, "The section has no column to fill in."),
        ({"rows": "01  А | чушь"}, "“чушь” is not an option of a row or column."),
        ({"rows": "01  А | 9: x"}, "names a row or column that is not there"),
        ({"rows": "01  А | decimal 99"}, "“decimal” needs the number of digits, from 0 to 6."),
        ({"rows": "01  А | decimal"}, "“decimal” needs the number of digits"),
        ({"rows": "01  А | choice"}, "“choice” needs the name of a list."),
        ({"rows": "01  А | choice нет"}, "There is no list “нет”."),
        ({"rows": "01  А | min 1e999"}, "is not a limit"),
        ({"rows": "01-99999999  А"}, "is not a range of at most 500 codes"),
        ({"rows": "01  А | 1-99999999: x"}, "is not a range of at most 500 codes"),
        ({"rows": "а/б  А"}, "The code “а/б”"),
        ({"checks": "ошибка"}, "A rule is written “number severity rule”"),
        ({"checks": "1 fatal {[1][1][3]} = 1"}, "The severity is error, query or hint, not “fatal”."),
        ({"checks": "1 error {[1][1][3]} = 1\n1 error {[1][1][3]} = 2"}, "Check 1 stands twice."),
        ({"checks": "  слова"}, "words before the first rule"),
        ({"variants": "нет"}, "There are no variants “нет”."),
        ({"type": "чушь"}, "“чушь” is not an option"),
        ({"section": "a/b"}, "A section's code is at most 40 signs"),
        ({"section": ""}, "“section” is empty or missing."),
        ({"rows": {"01": "А"}}, "“rows” must be text: put it in quotes."),
        ({"section": 2.1}, "“section” must be text: put it in quotes."),
        ({"condition": "{[1][1][3]} +"}, "condition 1: The formula ends too early."),
        ({"condition": "{[1][1-3][3]} > 1"}, "A section's condition is about single cells."),
    ],
)  # fmt: skip
def test_sections(change: dict[str, Any], sentence: str) -> None:
    assert any(sentence in found for found in problems(small.document(small.section() | change)))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"sections": []}, "“sections” must be a list of at least one section."),
        ({"sections": "много"}, "“sections” must be a list"),
        ({"sections": ["раз"]}, "section 1: A section must be a mapping."),
        ({"form": ""}, "“form” is empty or missing."),
        ({"totals": "как-нибудь"}, "“totals” is either “compute” or “type”."),
        ({"dictionaries": ["а"]}, "“dictionaries” must be a mapping"),
        ({"dictionaries": {"а": "1 раз\n1 два"}}, "dictionaries а: The code 1 stands twice."),
        ({"dictionaries": {"а": ""}}, "dictionaries а: The list is empty."),
        ({"variants": {"а": "1 раз\n1 два"}}, "A variant's number stands twice."),
    ],
)
def test_documents(change: dict[str, Any], sentence: str) -> None:
    assert any(sentence in found for found in problems(small.document() | change))


def test_everything_is_told_at_once() -> None:
    bad = small.section("1", rows="01  А | 3: = {[1][9][3]}", checks="1 error {[2][1][3]} = 0\n2 error (")
    assert len(problems(small.document(bad))) == 3


def test_the_same_mistake_in_a_column_is_told_once() -> None:
    (found,) = problems(small.document(small.section(columns="1  И | name\n3  А\n4  Б | = {[][][9]}")))
    assert found.startswith("1/01/4 (+2): There is no column 9 in section 1.")


def test_section_codes_are_unique() -> None:
    assert "1: Section 1 stands twice." in problems(small.document(small.section("1"), small.section("1")))
