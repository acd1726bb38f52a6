"""«Выполнить проверку», пояснения, «Отправить отчет»."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from models import Explanation, Report
from tests.page import Page
from tests.people import Cast
from tests.reports import FILLED, arrange, save

WRONG = {"1/02/4": "50", "1/01/5": "2000", "1/03/5": "0"}


@pytest.fixture
def ids(session: Session, plain: Session, cast: Cast) -> dict[str, int]:
    return arrange(session, plain, cast)


@pytest.fixture
def mine(page_of: Callable[[str], Page], ids: dict[str, int]) -> Page:
    return page_of("school1")


@pytest.fixture
def filled(session: Session, as_: Callable[[str], Any], ids: dict[str, int]) -> int:
    with as_("school1"):
        save(session, ids["school1"], FILLED)
        session.commit()
    return ids["school1"]


@pytest.fixture
def wrong(session: Session, as_: Callable[[str], Any], filled: int) -> int:
    with as_("school1"):
        save(session, filled, WRONG, base=1)
        session.commit()
    return filled


def test_findings_stand_in_the_panel_with_both_numbers_and_a_way_to_the_cell(mine: Page, wrong: int) -> None:
    mine.get(f"/reports/{wrong}").submit('form[action$="/check"]')
    found = {str(item["data-check"]): item for item in mine.soup.select(".finding[data-check]") if item["data-check"]}
    assert list(found) == ["1:1", "1:2", "1:3"], "errors, then queries, then hints"
    error = found["1:1"]
    assert "40 < 1 стр. 02 гр. 4: 50" in " ".join(error.get_text(" ").split())
    jump = error.find("a")
    assert jump is not None
    mine.get(f"/reports/{wrong}{str(jump['href']).partition('#')[0]}")
    assert mine.soup.select_one("#here")["data-cell"] == "1/01/4"  # type: ignore[index]
    assert found["1:2"].find("textarea") is not None
    assert error.find("textarea") is None


def test_scripts_get_findings_as_json(mine: Page, wrong: int) -> None:
    mine.get(f"/reports/{wrong}")
    token = mine.soup.select_one("input[name=csrf_token]")["value"]  # type: ignore[index]
    answer = mine.client.post(f"/reports/{wrong}/check", headers={"Accept": "application/json", "X-CSRFToken": str(token)})
    told = answer.get_json()["findings"]
    assert [(one["check"], one["severity"]) for one in told] == [("1:1", "error"), ("1:2", "query"), ("1:3", "hint")]


def test_a_report_with_an_error_is_not_submitted(mine: Page, wrong: int, plain: Session) -> None:
    mine.get(f"/reports/{wrong}").submit('form[action$="/submit"]')
    assert mine.soup.select_one(".note.err") is not None
    assert mine.soup.select('.finding[data-check="1:1"]')
    assert plain.get_one(Report, wrong).state == "draft"


def test_a_query_hinders_until_it_is_explained(
    mine: Page, filled: int, session: Session, as_: Callable[[str], Any], plain: Session
) -> None:
    with as_("school1"):
        save(session, filled, {"1/01/5": "2000"}, base=1)
        session.commit()
    mine.get(f"/reports/{filled}").submit('form[action$="/submit"]')
    assert plain.get_one(Report, filled).state == "draft"
    mine.submit('form[action$="/explanations"]', text="Школа-комплекс, десять зданий")
    assert plain.get_one(Explanation, (filled, "1:2@1/01/3")).text == "Школа-комплекс, десять зданий"
    assert "Школа-комплекс" in mine.text
    mine.submit('form[action$="/submit"]')
    plain.expire_all()
    assert plain.get_one(Report, filled).state == "submitted"
    status = mine.soup.select_one("[data-status]")
    assert status is not None
    assert (status["data-status"], status.get_text(strip=True)) == ("submitted", "На проверке в вышестоящей организации")
    assert "Управление образования Иркутска" in mine.text


def test_explaining_what_nobody_asks_is_refused_in_words(mine: Page, filled: int) -> None:
    typed = {"key": "1:1@nowhere", "text": "так и есть"}
    mine.get(f"/reports/{filled}").post(f"/reports/{filled}/explanations", typed, status=409)
    assert mine.soup.select_one(".note.err") is not None
    assert "так и есть" in mine.text, "what was typed is lost"


def test_without_scripts_a_refused_explanation_keeps_its_text(
    mine: Page, wrong: int, session: Session, as_: Callable[[str], Any]
) -> None:
    mine.get(f"/reports/{wrong}").submit('form[action$="/check"]')
    form = 'form[action$="/explanations"]'
    mine.submit(form, status=409, text="слово" * 900)
    assert mine.soup.select_one("[data-failed]").get_text(strip=True)  # type: ignore[union-attr]
    assert mine.soup.select_one(f"{form} textarea").get_text(strip=True) == "слово" * 900  # type: ignore[union-attr]


def test_looking_at_findings_changes_nothing(mine: Page, wrong: int, plain: Session) -> None:
    plain.execute(update(Report).where(Report.id == wrong).values(errors=7))
    plain.commit()
    mine.get(f"/reports/{wrong}?panel=check")
    assert mine.soup.select('.finding[data-check="1:1"]')
    plain.expire_all()
    assert plain.get_one(Report, wrong).errors == 7


def test_submitting_twice_is_told_not_done(mine: Page, filled: int) -> None:
    mine.get(f"/reports/{filled}").submit('form[action$="/submit"]')
    mine.post(f"/reports/{filled}/submit")
    assert mine.soup.select_one(".note.err") is not None
