"""Small forms for the tests of the calculation, and ways to fill them."""

from typing import Any

from admin_app.reporting.formula import Failure, Program, Values, compile_form

COLUMNS = """
1   Показатель | name
2   № | code
3   Всего
4   в том числе
5   прочее
"""
ROWS = """
01  Первая
02  Вторая
03  Третья
"""


def section(code: str = "1", rows: str = ROWS, columns: str = COLUMNS, checks: str = "", **more: Any) -> dict[str, Any]:
    """One section of a document."""
    return {"section": code, "title": f"Раздел {code}", "rows": rows, "columns": columns, "checks": checks, **more}


def document(*sections: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A document of these sections; without any, of one plain section."""
    return {"form": "Проба", "title": "Проба", "sections": list(sections) or [section()], **more}


def form(rows: str = ROWS, columns: str = COLUMNS, checks: str = "", **more: Any) -> Program:
    """A compiled form of one section "1"."""
    return compile_form(document(section("1", rows, columns, checks), **more))


def filled(program: Program, **cells: Any) -> Values:
    """Values with cells of section "1" put by name: r01c3=5; computed."""
    return put(program, program.blank(), {f"1/{name[1:3]}/{name[4:]}": value for name, value in cells.items()})


def put(program: Program, values: Values, cells: dict[str, Any]) -> Values:
    """Put values by address, then compute."""
    for address, value in cells.items():
        cell = program.resolve(address)
        assert cell is not None, address
        program.put(values, cell, value)
    program.calc(values)
    return values


def at(program: Program, values: Values, address: str) -> float | str | None:
    """What a cell holds."""
    cell = program.resolve(address)
    assert cell is not None, address
    return program.get(values, cell)


def failed(program: Program, values: Values) -> list[str]:
    """The failures' keys."""
    return [failure.key for failure in program.check(values)]


def sides(failure: Failure) -> tuple[float | None, str, float | None]:
    """Left, comparison, right."""
    return failure.left, failure.op, failure.right
