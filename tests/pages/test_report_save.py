"""Saving from the page: by its scripts in JSON, and as a plain form. Nothing typed is lost, nothing gives a 500."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app.reporting import reports
from models import Report, ReportRevision
from tests.page import Page
from tests.people import Cast
from tests.reports import FILLED, arrange, save


@pytest.fixture
def ids(session: Session, plain: Session, cast: Cast) -> dict[str, int]:
    return arrange(session, plain, cast)


@pytest.fixture
def mine(page_of: Callable[[str], Page], ids: dict[str, int]) -> Page:
    return page_of("school1").get(f"/reports/{ids['school1']}")


def send(page: Page, report_id: int, body: Any, status: int = 200, **headers: str) -> Any:
    """What the page's scripts send; the JSON of the answer."""
    token = page.soup.select_one("input[name=csrf_token]")
    sent = {"Accept": "application/json", "X-CSRFToken": str(token["value"]) if token else "", **headers}
    answer = page.client.post(f"/reports/{report_id}/cells", json=body, headers=sent)
    assert answer.status_code == status, answer.get_data(as_text=True)[:500]
    return answer.get_json()


def cells(base: int = 0, **typed: str) -> dict[str, Any]:
    """A save of cells named like c1_01_4."""
    return {"base": base, "key": str(uuid.uuid4()), "cells": {name[1:].replace("_", "/"): text for name, text in typed.items()}}


def test_typed_cells_are_kept(mine: Page, ids: dict[str, int], plain: Session) -> None:
    saved = send(mine, ids["school1"], cells(c1_01_4="40", c1_01_5=" 1\u00a0060 "))
    assert (saved["revision"], saved["rejected"], saved["filled"]) == (1, [], {"1": 2})
    assert plain.get_one(Report, ids["school1"]).state == "draft"
    assert mine.get(f"/reports/{ids['school1']}").soup.select_one('[data-cell="1/01/3"]').get_text() == "1\u2009100"  # type: ignore[union-attr]


def test_the_same_request_twice_is_one_save(mine: Page, ids: dict[str, int], plain: Session) -> None:
    body = cells(c1_01_4="40")
    assert send(mine, ids["school1"], body) | {"at": ""} == send(mine, ids["school1"], body) | {"at": ""}
    assert len(plain.scalars(select(ReportRevision).where(ReportRevision.report_id == ids["school1"])).all()) == 1


BAD = {
    "1/01/4": "двенадцать",
    "1/01/5": "1,5",
    "1/02/4": "-3",
    "1/02/5": "9" * 40,
    "1/03/5": "NaN",
    "2/01/3": "1,25",
    "2/03/3": "вчера",
    "1/01/3": "7",
    "1/03/4": "7",
    "7/77/7": "7",
}


def test_each_bad_cell_gets_its_sentence_and_the_good_ones_are_kept(mine: Page, ids: dict[str, int]) -> None:
    saved = send(mine, ids["school1"], {"base": 0, "key": str(uuid.uuid4()), "cells": {**BAD, "2/02/3": "новая"}})
    assert saved["accepted"] == {"2/02/3": "новая"}
    said = {one["cell"]: one["sentence"] for one in saved["rejected"]}
    assert said.keys() == BAD.keys()
    assert len(set(said.values())) == len(BAD), said
    assert "двенадцать" in said["1/01/4"]


@pytest.mark.parametrize(
    "body",
    [None, [], 7, {}, {"cells": {}}, {"cells": [], "base": 0, "key": "x"},
     {"cells": {"a": 1}, "base": 0, "key": str(uuid.uuid4())},
     {"cells": {}, "base": -1, "key": str(uuid.uuid4())}, {"cells": {}, "base": True, "key": str(uuid.uuid4())},
     {"cells": {}, "base": 0, "key": "not a key"}, {"cells": {}, "base": 10**30, "key": str(uuid.uuid4())}],
)  # fmt: skip
def test_nonsense_is_answered_with_a_sentence(mine: Page, ids: dict[str, int], body: Any) -> None:
    assert "обновите" in send(mine, ids["school1"], body, status=422)["sentence"]


def test_two_people_in_one_cell_see_both_numbers(
    mine: Page, ids: dict[str, int], session: Session, as_: Callable[[str], Any]
) -> None:
    with as_("clerk"):
        save(session, ids["school1"], {"1/01/4": "14", "1/01/5": "5"})
        session.commit()
    saved = send(mine, ids["school1"], cells(c1_01_4="12", c1_02_4="3"))
    [conflict] = saved["conflicts"]
    assert (conflict["cell"], conflict["mine"], conflict["theirs"]) == ("1/01/4", "12", "14")
    assert conflict["who"].startswith("Двухместная")
    assert saved["accepted"] == {"1/02/4": "3"}
    assert saved["others"]["1/01/5"]["shown"] == "5"


def test_a_save_after_submission_is_refused_in_words(
    mine: Page, ids: dict[str, int], session: Session, as_: Callable[[str], Any]
) -> None:
    with as_("school1"):
        save(session, ids["school1"], FILLED)
        reports.submit(session, ids["school1"])
        session.commit()
    assert send(mine, ids["school1"], cells(1, c1_01_4="1"), status=409)["sentence"]
    mine.get(f"/reports/{ids['school1']}")
    assert mine.soup.select_one("#grid input") is None


def test_anothers_report_and_a_missing_one_are_404(mine: Page, ids: dict[str, int]) -> None:
    for report in (ids["school2"], 99999999):
        send(mine, report, cells(c1_01_4="1"), status=404)


def test_an_ended_session_is_told_apart(mine: Page, ids: dict[str, int]) -> None:
    stranger = Page(mine.client.application.test_client()).get("/login")
    send(stranger, ids["school1"], cells(c1_01_4="1"), status=401)


def test_a_forged_request_changes_nothing(mine: Page, ids: dict[str, int], plain: Session) -> None:
    send(mine, ids["school1"], cells(c1_01_4="1"), status=400, **{"X-CSRFToken": "forged"})
    assert plain.get_one(Report, ids["school1"]).revision == 0


def test_after_signing_in_again_the_page_gets_a_fresh_token(mine: Page, cast: Cast) -> None:
    told = mine.get("/reports/session").response.get_json()
    assert told["user"] == cast.users["school1"]
    assert told["csrf"]


def test_without_scripts_the_open_section_is_a_form(mine: Page, ids: dict[str, int]) -> None:
    mine.submit("#sheet", **{"1/01/4": "40", "1/01/5": "60"})
    assert mine.soup.select_one('[data-cell="1/01/3"]').get_text() == "100"  # type: ignore[union-attr]
    assert "Сохранено." in mine.text


def test_without_scripts_a_bad_text_stays_in_its_cell(mine: Page, ids: dict[str, int]) -> None:
    mine.submit("#sheet", status=422, **{"1/01/4": "сорок", "1/01/5": "60"})
    fields = {str(field["name"]): field["value"] for field in mine.soup.select("#grid input")}
    assert (fields["1/01/4"], fields["1/01/5"]) == ("сорок", "60")
    assert mine.soup.select_one(".note.err li").get_text().startswith("1 стр. 01 гр. 4: «сорок»")  # type: ignore[union-attr]


def test_without_scripts_a_refused_save_brings_everything_back(
    mine: Page, ids: dict[str, int], session: Session, as_: Callable[[str], Any]
) -> None:
    with as_("school1"):
        save(session, ids["school1"], FILLED)
        reports.submit(session, ids["school1"])
        session.commit()
    mine.submit("#sheet", status=409, **{"1/01/4": "41"})
    assert mine.soup.select_one(".note.err") is not None
    assert mine.soup.select_one('[data-cell="1/01/4"]').get_text() == "41"  # type: ignore[union-attr]


def test_brackets_thousands_deep_are_told(mine: Page, ids: dict[str, int]) -> None:
    token = mine.get(f"/reports/{ids['school1']}").soup.select_one("input[name=csrf_token]")["value"]  # type: ignore[index]
    headers = {"X-CSRFToken": str(token), "Content-Type": "application/json", "Accept": "application/json"}
    body = b'{"cells":' * 5000
    answer = mine.client.post(f"/reports/{ids['school1']}/cells", data=body, headers=headers)
    assert answer.status_code == 422
    assert answer.get_json()["sentence"]
