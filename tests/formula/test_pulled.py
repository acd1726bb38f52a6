"""White cells that come from elsewhere: the card, another form, the period before."""

from admin_app.reporting.formula import Cell, External, Program, Source, Values
from tests.formula import small

COLUMNS = """
1  Имя | name
3  Сейчас
4  Было | = {{[][][3]}}
5  Разность | = {[][][3]} - {[][][4]}
"""
ROWS = """
01  Название | text | 3: = card.short_name | 4,5: x
02  Из другой формы | 3: = {[ОО-1]:[2.1.1.1][10][3]}
03  Сумма из другой формы | 3: = SUM{[ОО-1]:[3.1][1-2][3]} | 4,5: x
04  Было там же | 3: = {{[ОО-1]:[3.1][1][3]}} | 4,5: x
05  Вводится
"""


def source(address: str, form: str = "ОО-1", previous: bool = False) -> Source:
    return Source("report", "", form, previous, address)


def test_externals_say_where_to_fetch() -> None:
    program = small.form(ROWS, COLUMNS)
    found = {
        external.address or program.slot_cells[external.slot or 0].address: external.source for external in program.externals
    }
    assert found == {
        "1/01/3": Source("card", "short_name"),
        "1/02/3": source("2.1.1.1/10/3"),
        "1/02/4": source("1/02/3", form="", previous=True),
        "1/04/3": source("3.1/1/3", previous=True),
        "1/05/4": source("1/05/3", form="", previous=True),
        "ОО-1:3.1/1/3": source("3.1/1/3"),
        "ОО-1:3.1/2/3": source("3.1/2/3"),
    }
    assert [str(item) for item in found.values()][:3] == ["card.short_name", "{[ОО-1]:[2.1.1.1][10][3]}", "{{[1][02][3]}}"]


def test_kinds() -> None:
    program = small.form(ROWS, COLUMNS)
    kinds = {
        address: program.cells[address].kind for address in ("1/01/3", "1/02/3", "1/03/3", "1/02/4", "1/02/5", "1/05/3", "1/03/4")
    }
    assert list(kinds.values()) == ["pulled", "pulled", "pulled", "pulled", "computed", "input", "blocked"]
    assert program.section_slots["1"].stop == program.size - 2


def test_hidden_operands_are_put_like_cells() -> None:
    program = small.form(ROWS, COLUMNS)
    values = program.blank()
    for external in program.externals:
        cell = program.cells[external.address] if external.address else program.slot_cells[external.slot or 0]
        program.put(values, cell, {"card": "Школа"}.get(external.source.kind, 40.0))
    program.calc(values)
    assert [small.at(program, values, f"1/0{row}/3") for row in range(1, 6)] == ["Школа", 40, 80, 40, None]
    assert small.at(program, values, "1/02/5") == 0
    assert program.trace("1/03/3") == ("ОО-1:3.1/1/3", "ОО-1:3.1/2/3")


def test_rules_across_forms_and_periods() -> None:
    program = small.form(checks="1 query {[1][1-2][3]} <= {{[1][1-2][3]}} * 1.5\n2 error {[1][1][3]} = {[ОО-2]:[1.6][1][3]}")
    assert [external.address for external in program.externals] == [None, None, None]
    values = small.filled(program, r01c3=10, r02c3=10)
    for external, number in zip(program.externals, (6, 7, 10), strict=True):
        program.put(values, program.slot_cells[external.slot or 0], number)
    assert small.failed(program, values) == ["1:1@1/01/3"]
    (failure,) = program.check(values)
    assert failure.cells == ("1/01/3", "@previous:1/01/3")


def pulled(passport: Program, oo1: Program, report: Values) -> Values:
    """A passport with what it takes from the filled ОО-1."""
    values = passport.blank()
    for external in passport.externals:
        if external.source.form == "ОО-1":
            other = oo1.resolve(external.source.address)
            assert other is not None, external
            passport.put(values, slot_cell(passport, external), oo1.get(report, other))
    return values


def test_the_passport_of_a_school(passport: Program, oo1: Program, report: Values) -> None:
    values = pulled(passport, oo1, report)
    small.put(
        passport,
        values,
        {"3/01/3": 600, "3/02/3": 4200.5, "3/03/3": 2688, "3/04/3": 60, "3/05/3": 48, "2/01/4": 640, "3/06/3": 20},
    )
    shown = {address: passport.show(passport.cells[address], small.at(passport, values, address)) for address in (
        "2/01/3", "2/01/5", "2/01/6", "4/01/3", "4/02/3", "4/03/3", "4/04/3", "4/05/3", "4/05/5")}  # fmt: skip
    assert list(shown.values()) == ["672", "32", "5,0", "23,2", "15,3", "112,0", "4,0", "14,0", ""]
    assert passport.check(values) == []


def test_without_this_years_report_there_is_no_change(passport: Program) -> None:
    values = small.put(passport, passport.blank(), {"2/01/4": 640})
    assert [small.at(passport, values, address) for address in ("2/01/3", "2/01/5", "2/01/6")] == [None, None, None]
    assert small.failed(passport, values) == ["3:3@3/01/3"]


def test_the_passports_checks_have_all_severities(passport: Program, oo1: Program, report: Values) -> None:
    cells = {"3/02/3": 10, "3/03/3": 11, "3/04/3": 0, "3/07/3": 1990, "3/08/3": 1980, "2/01/4": 100}
    failures = passport.check(small.put(passport, pulled(passport, oo1, report), cells))
    assert {failure.severity for failure in failures} == {"error", "query", "hint"}
    assert {failure.check_id for failure in failures} == {"2:4", "3:1", "3:3", "3:4", "3:5", "3:7"}


def test_an_empty_passport_only_asks_for_what_must_be_there(passport: Program) -> None:
    assert small.failed(passport, passport.blank()) == ["3:3@3/01/3"]


def slot_cell(program: Program, external: External) -> Cell:
    return program.cells[external.address] if external.address else program.slot_cells[external.slot or 0]
