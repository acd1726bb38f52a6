"""The report page as it opens: the contract of its cells, the menu line, the contents; who doesn't see it."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from admin_app.reporting.pulled import Origin
from models import Report, ReportState
from tests.page import Page
from tests.people import Cast
from tests.reports import FILLED, arrange, period, save
from views import report_words

FOLDED: dict[str, Any] = {
    "form": "ФОРМЫ",
    "title": "С разделом не для всех",
    "periodicity": "school_year",
    "version": "первая",
    "variants": {"evening": "1 очное обучение\n2 заочное обучение | {[1][1][3]} = 1"},
    "sections": [
        {
            "section": "1",
            "title": "Деятельность",
            "columns": "1 Показатели | name\n2 № | code\n3 Код",
            "rows": "01 Заочное | 3: flag",
        },
        {
            "section": "2",
            "variants": "evening",
            "title": "Классы",
            "columns": "1 Показатели | name\n2 № | code\n3 Всего\n4 Откуда",
            "rows": "01 Классов | 4: text | 4: = card.short_name",
        },
    ],
}


@pytest.fixture
def ids(session: Session, plain: Session, cast: Cast) -> dict[str, int]:
    return arrange(session, plain, cast)


@pytest.fixture
def mine(page_of: Callable[[str], Page], ids: dict[str, int]) -> Page:
    return page_of("school1")


def cell(page: Page, address: str) -> Any:
    found = page.soup.select_one(f'[data-cell="{address}"]')
    assert found is not None, address
    return found


def test_every_cell_says_what_it_is(mine: Page, ids: dict[str, int]) -> None:
    mine.get(f"/reports/{ids['school1']}?section=1")
    kinds = {str(td["data-cell"]): str(td["data-kind"]) for td in mine.soup.select("[data-cell]")}
    assert kinds == {
        **dict.fromkeys(("1/01/3", "1/02/3", "1/03/3"), "computed"),
        **dict.fromkeys(("1/01/4", "1/01/5", "1/02/4", "1/02/5", "1/03/5"), "input"),
        "1/03/4": "blocked",
    }
    field = cell(mine, "1/01/4").input
    assert field["aria-label"] == "строка 01, графа 4: Обучающиеся; Девочки"
    assert cell(mine, "1/03/4").get_text(strip=True) == "х"
    assert cell(mine, "1/03/4").input is None


def test_the_menu_line_has_the_words_people_know(mine: Page, ids: dict[str, int]) -> None:
    mine.get(f"/reports/{ids['school1']}")
    for words in ("Оглавление", "Действия", "Сохранить", "Выполнить проверку", "Отправить отчет", "Приложения", "Комментарии"):
        assert words in mine.text
    status = mine.soup.select_one("[data-status]")
    assert status is not None
    assert (status["data-status"], status.get_text(strip=True)) == ("empty", "Не заполнен")


def test_values_stand_in_the_cells_as_russian_readers_expect(
    session: Session, mine: Page, ids: dict[str, int], as_: Callable[[str], Any]
) -> None:
    with as_("school1"):
        save(session, ids["school1"], {**FILLED, "1/01/4": "1234"})
    mine.get(f"/reports/{ids['school1']}")
    assert cell(mine, "1/01/4").input["value"] == "1\u2009234"
    assert cell(mine, "1/01/3").get_text(strip=True) == "1\u2009294"
    mine.get(f"/reports/{ids['school1']}?section=2")
    assert [cell(mine, f"2/0{row}/3").input["value"] for row in (1, 2, 3)] == ["12,5", "новая", ""]


def test_contents_fold_what_is_not_for_us(
    session: Session, plain: Session, cast: Cast, mine: Page, as_: Callable[[str], Any]
) -> None:
    ids = arrange(session, plain, cast, FOLDED)
    mine.get(f"/reports/{ids['school1']}")
    folded = mine.soup.select_one(".folded")
    assert folded is not None
    assert "1 стр. 1 гр. 3 = 1" in " ".join(folded.get_text(" ").split())
    assert [str(item["data-code"]) for item in folded.select("li")] == ["2.2"]
    with as_("school1"):
        save(session, ids["school1"], {"1/01/3": "1"})
    assert mine.get(f"/reports/{ids['school1']}").soup.select_one(".folded") is None


def test_a_pulled_cell_says_where_its_value_comes_from(session: Session, plain: Session, cast: Cast, mine: Page) -> None:
    ids = arrange(session, plain, cast, FOLDED)
    td = cell(mine.get(f"/reports/{ids['school1']}?section=2.1"), "2.1/01/4")
    assert (td["data-kind"], td.get_text(strip=True)) == ("pulled", "МБОУ «СОШ № 1»")
    assert "карточки" in str(td["title"])


def test_what_does_not_exist_or_belongs_to_others_is_a_404(mine: Page, ids: dict[str, int]) -> None:
    for address in (f"/reports/{ids['school2']}", "/reports/99999999", f"/reports/{ids['school1']}?section=9.9"):
        mine.get(address, status=404)
        assert "Traceback" not in mine.text
    for path in ("values", "section/1", "panel/comments", "rows"):
        mine.get(f"/reports/{ids['school2']}/{path}", status=404)
    mine.get(f"/reports/{ids['school1']}/section/9.9", status=404)
    mine.get(f"/reports/{ids['school1']}/panel/secrets", status=404)
    mine.get(f"/reports/{ids['school1']}/files/1", status=404)
    mine.get(f"/reports/{ids['school1']}/lists/nothing", status=404)
    mine.get("/forms/js/nothing.js", status=404)


def test_support_reads_no_values(page_of: Callable[[str], Page], ids: dict[str, int]) -> None:
    page_of("support").get(f"/reports/{ids['school1']}", status=403)


def test_the_compiled_form_is_kept_by_browsers(mine: Page, plain: Session, ids: dict[str, int]) -> None:
    version = plain.get_one(Report, ids["school1"]).campaign.form_version
    mine.get(f"/forms/js/{version.digest}.js")
    assert mine.response.mimetype == "text/javascript"
    assert "immutable" in mine.response.headers["Cache-Control"]
    assert "export function calc" in mine.response.get_data(as_text=True)


def test_the_browser_starts_from_typed_and_pulled_numbers(
    session: Session, mine: Page, ids: dict[str, int], as_: Callable[[str], Any]
) -> None:
    with as_("school1"):
        save(session, ids["school1"], FILLED)
    stored = json.loads(mine.get(f"/reports/{ids['school1']}/values").response.get_data())
    assert stored["revision"] == 1
    assert stored["known"][1::2] == [40, 60, 10, 20, 3, 12.5]
    assert stored["texts"] == {"2/02/3": "новая"}


def test_long_answers_are_compressed(mine: Page, ids: dict[str, int]) -> None:
    answer = mine.client.get(f"/reports/{ids['school1']}", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(answer.get_data()) < 12_000


def test_the_whole_report_for_paper(session: Session, mine: Page, ids: dict[str, int], as_: Callable[[str], Any]) -> None:
    with as_("school1"):
        save(session, ids["school1"], FILLED)
    mine.get(f"/reports/{ids['school1']}/print")
    assert [str(table["data-section"]) for table in mine.soup.select("table.g")] == ["1", "2"]
    assert mine.soup.select_one("input") is None
    assert cell(mine, "1/01/3").get_text() == "100"


def test_the_period_before_stands_beside(
    session: Session, plain: Session, cast: Cast, mine: Page, ids: dict[str, int], as_: Callable[[str], Any]
) -> None:
    with as_("central"):
        earlier = period(session, date(2024, 9, 1), date(2025, 8, 31))
    before = arrange(session, plain, cast, during=earlier)
    with as_("school1"):
        save(session, before["school1"], FILLED)
    told = json.loads(mine.get(f"/reports/{ids['school1']}/previous/1").response.get_data())
    assert told["period"] == "2024/2025"
    typed = {cell: text for cell, text in FILLED.items() if cell.startswith("1/")}
    assert told["cells"] == {**typed, "1/01/3": "100", "1/02/3": "30", "1/03/3": "3"}
    assert json.loads(mine.get(f"/reports/{before['school1']}/previous/1").response.get_data()) == {"period": "", "cells": {}}


def test_colleagues_edits_and_the_parts_of_a_total(
    session: Session, mine: Page, ids: dict[str, int], as_: Callable[[str], Any]
) -> None:
    with as_("clerk"):
        save(session, ids["school1"], {"1/01/4": "14"})
    told = json.loads(mine.get(f"/reports/{ids['school1']}/since/0").response.get_data())
    assert (told["revision"], told["others"]) == (1, {"1/01/4": {"shown": "14", "who": "Двухместная З."}})
    assert json.loads(mine.get(f"/reports/{ids['school1']}/since/1").response.get_data())["others"] == {}
    parts = json.loads(mine.get(f"/reports/{ids['school1']}/trace?cell=1/01/3").response.get_data())
    assert parts == ["1/01/4", "1/01/5"]
    assert json.loads(mine.get(f"/reports/{ids['school1']}/trace?cell=no/such/cell").response.get_data()) == []


def test_a_period_before_that_is_not_there_is_told_by_its_name(app: Flask) -> None:
    with app.test_request_context():
        assert "этой же формы за предыдущий период" in report_words.origin([Origin("1/06/3", "1/05/3")])


def test_the_parts_of_a_sum_over_another_form_are_told_together(app: Flask) -> None:
    facts: dict[str, Any] = {
        "form": "ОО-1",
        "period": "2025",
        "state": ReportState.DRAFT,
        "report_id": 7,
        "at": datetime.now(UTC),
    }
    parts = [Origin(f"ОО-1:{code}/10/3", f"{code}/10/3", **facts) for code in ("2.1.1.1", "2.1.1.2")]
    with app.test_request_context():
        words = report_words.origin(parts)
    assert "2.1.1.1 стр. 10 гр. 3; 2.1.1.2 стр. 10 гр. 3" in words
    assert words.count("ОО-1") == 1
