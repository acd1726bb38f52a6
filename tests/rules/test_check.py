"""Checking: what does not add up is said with both numbers and a cell to jump to; a query can be explained."""

from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app.reporting import findings, reports, sheet
from admin_app.reporting.formula import compile_form
from admin_app.reporting.refusal import Refused
from models import Report
from tests.people import Cast
from tests.reports import DOCUMENT, FILLED, arrange, save


@pytest.fixture
def ids(session: Session, plain: Session, cast: Cast) -> dict[str, int]:
    return arrange(session, plain, cast)


def report(session: Session, report_id: int) -> Report:
    return session.scalars(select(Report).where(Report.id == report_id)).one()


def test_a_consistent_report_has_no_findings(session: Session, ids: dict[str, int], as_: Any) -> None:
    with as_("school1"):
        save(session, ids["school1"], FILLED)
        assert sheet.check(session, ids["school1"]) == []


def test_an_error_has_both_numbers_and_a_cell(session: Session, ids: dict[str, int], as_: Any) -> None:
    with as_("school1"):
        saved = save(session, ids["school1"], {**FILLED, "1/02/4": "41"})
        [found] = saved.findings
        assert (found.severity, found.address, found.left, found.op, found.right) == ("error", "1/01/4", "40", ">=", "41")
        assert found.cells == ("1/01/4", "1/02/4")
        assert found.text == "Часть не больше целого"
        assert found.hinders
        with force_locale("en"):
            assert found.sentence == "1 row 01 col. 4: 40 < 1 row 02 col. 4: 41"
        assert (report(session, ids["school1"]).errors, report(session, ids["school1"]).queries) == (1, 0)


def test_a_query_is_counted_until_it_is_explained(session: Session, ids: dict[str, int], as_: Any) -> None:
    with as_("school1"):
        [query] = save(session, ids["school1"], {**FILLED, "1/01/4": "2000"}).findings
        assert (query.severity, query.hinders, report(session, ids["school1"]).queries) == ("query", True, 1)
        [explained] = sheet.explain(session, ids["school1"], query.key, " Объединились три школы ")
        assert (explained.explanation, explained.hinders) == ("Объединились три школы", False)
        assert report(session, ids["school1"]).queries == 0
        [again] = sheet.explain(session, ids["school1"], query.key, "")
        assert again.hinders
        assert report(session, ids["school1"]).queries == 1


def test_a_hint_hinders_nothing(session: Session, ids: dict[str, int], as_: Any) -> None:
    with as_("school1"):
        saved = save(session, ids["school1"], {**FILLED, "1/03/5": "0"})
        assert [(one.severity, one.hinders) for one in saved.findings] == [("hint", False)]
        assert report(session, ids["school1"]).errors == 0


def test_only_a_present_query_is_explained(session: Session, ids: dict[str, int], as_: Any) -> None:
    with as_("school1"):
        [error] = save(session, ids["school1"], {**FILLED, "1/02/4": "41"}).findings
        for key in (error.key, "1:2@1/01/3", "nonsense"):
            with pytest.raises(Refused):
                sheet.explain(session, ids["school1"], key, "так надо")


def test_a_reviewer_checks_without_changing_anything(session: Session, ids: dict[str, int], as_: Any) -> None:
    with as_("school1"):
        save(session, ids["school1"], FILLED)
        reports.submit(session, ids["school1"])
    with as_("irkutsk"):
        assert sheet.check(session, ids["school1"]) == []
        with pytest.raises(Refused):
            sheet.explain(session, ids["school1"], "1:2@1/01/3", "так надо")


@pytest.mark.parametrize("who", ["school2", "bratsk", "support", "newcomer"])
def test_strangers_learn_nothing(session: Session, ids: dict[str, int], as_: Any, who: str) -> None:
    with as_(who), pytest.raises(Refused):
        sheet.check(session, ids["school1"])


def test_errors_come_first(app: Flask) -> None:
    program = compile_form(DOCUMENT)
    values = program.blank()
    for address, value in {"1/01/4": 2000.0, "1/02/5": 1.0, "1/03/5": 0.0}.items():
        program.put(values, program.cells[address], value)
    program.calc(values)
    assert [one.severity for one in findings.find(program, values)] == ["error", "query", "hint"]


def test_a_division_by_zero_is_told_as_such(app: Flask) -> None:
    rule = {"section": "3", "title": "т", "columns": "1 П | name\n2 № | code\n3 З", "rows": "01 a\n02 b"}
    document = {**DOCUMENT, "sections": [{**rule, "checks": "1 error {[3][1][3]} / {[3][2][3]} <= 5\n  Не больше пяти"}]}
    program = compile_form(document)
    values = program.blank()
    program.put(values, program.cells["3/01/3"], 1.0)
    program.put(values, program.cells["3/02/3"], 0.0)
    [found] = findings.find(program, values)
    with app.test_request_context(), force_locale("en"):
        assert found.sentence == "3 row 01 col. 3: cannot be computed, a division by zero"


def test_places_of_other_forms_and_periods_are_told(app: Flask) -> None:
    with app.test_request_context(), force_locale("en"):
        assert findings.place("3.3/22/3") == "3.3 row 22 col. 3"
        assert findings.place("ОО-1:1.2/04/3") == "ОО-1 1.2 row 04 col. 3"
        assert findings.place("@previous:3.4/1/12") == "previous period: 3.4 row 1 col. 12"
