"""Error pages say what happened, what was kept and what to do next; the log has the trace."""

import logging
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from admin_app.extensions import db
from admin_app.reporting import guard
from admin_app.reporting.guard import Permission
from admin_app.reporting.refusal import Refused
from models import Message
from tests.page import Page
from views import messages


@pytest.fixture
def quiet(app: Flask) -> Iterator[None]:
    """Errors are answered, as in production, and not raised into the test."""
    app.testing = False
    yield
    app.testing = True


def fail(*_arguments: object) -> None:
    raise RuntimeError("planted")


def test_an_unknown_address(page: Page) -> None:
    page.get("/nowhere", status=404)
    assert "Такой страницы нет" in page.text
    assert page.soup.select("main a[href='/']")


def test_a_signed_in_person_is_led_to_the_cabinet(page_of: Callable[[str], Page]) -> None:
    assert page_of("school1").get("/nowhere", status=404).soup.select("main a.btn[href='/cabinet']")


def test_a_wrong_method(page: Page) -> None:
    page.get("/language", status=405)
    assert "По этому адресу так обратиться нельзя" in page.text
    assert page.response.headers["Allow"]


def test_a_stale_form(page_of: Callable[[str], Page]) -> None:
    page = page_of("school1").get("/cabinet")
    page.post("/messages/read", {"csrf_token": "stale", "newest": "1"}, status=400)
    assert "Страница устарела" in page.text


def test_a_stale_form_is_opened_anew_with_what_was_typed(page_of: Callable[[str], Page]) -> None:
    address = "/admin/user/new/?role=1"
    page = page_of("central").get(address)
    page.post(address, {"csrf_token": "stale", "surname": "Иванов"}, status=400)
    assert page.soup.select_one(f"main a[href='{address}'][rel=noreferrer]") is not None


def test_who_has_signed_out_in_another_tab_is_led_to_the_window_and_back(page_of: Callable[[str], Page]) -> None:
    address = "/admin/organization/new/?parent_id=1"
    page = page_of("central").get(address)
    token = page.soup.select_one("[name=csrf_token]")["value"]  # type: ignore[index]
    page.client.post("/logout", data={"csrf_token": token})
    page.post(address, {"csrf_token": "stale", "short_name": "Лицей"}, status=400)
    assert "вы вышли" in page.text.lower()
    way = page.soup.select_one("main a[href^='/login']")
    assert way is not None
    assert parse_qs(urlsplit(str(way["href"])).query) == {"next": [address]}


def test_a_stale_public_form_says_so(page: Page) -> None:
    page.get("/login").post("/login", {"csrf_token": "stale", "identity": "x"}, status=400)
    assert "Страница устарела" in page.text


def test_the_reason_stands_on_the_page(page_of: Callable[[str], Page], app: Flask) -> None:
    page = page_of("school1").get("/progress", status=403)
    said = page.soup.select_one("main .head p")
    assert said is not None
    with app.test_request_context():
        assert str(Permission.PROGRESS_READ.title) in said.get_text()


def test_a_script_gets_the_same_as_data(page: Page) -> None:
    answer = page.client.get("/nowhere", headers={"Accept": "application/json"})
    assert answer.status_code == 404
    assert "Адрес неверен" in answer.get_json()["error"]


def test_a_mistake_of_ours_has_a_number_that_the_log_knows(
    page_of: Callable[[str], Page], quiet: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    page = page_of("school1")
    monkeypatch.setattr(messages, "own", fail)
    with caplog.at_level(logging.ERROR, "modo.errors"):
        page.get("/messages", status=500)
    assert "planted" not in page.text
    number = page.text.partition("Назовите номер происшествия: ")[2].split()[0]
    record = next(record for record in caplog.records if number in record.getMessage())
    assert record.exc_info is not None
    assert str(record.exc_info[1]) == "planted"


def test_without_a_database_there_is_still_a_page(
    page_of: Callable[[str], Page], quiet: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = page_of("school1")
    monkeypatch.setattr(db, "get_session", fail)
    page.get("/help", status=500)
    assert "Ошибка в системе" in page.text


def test_a_sign_that_no_column_holds_is_no_mistake_of_ours(
    page_of: Callable[[str], Page], quiet: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a screen has let it through."""
    page, own = page_of("school1"), messages.own
    monkeypatch.setattr(messages, "own", lambda: own().where(Message.subject == "\0"))
    page.get("/messages", status=400)
    assert "Запрос не удалось понять" in page.text


@pytest.mark.parametrize(
    ("refusal", "status"), [(Refused("Отчет уже принят."), 409), (guard.Forbidden("Это не ваша часть."), 403)]
)
def test_what_a_verb_refused_is_said(
    page_of: Callable[[str], Page], monkeypatch: pytest.MonkeyPatch, refusal: Refused, status: int
) -> None:
    def refuse() -> None:
        raise refusal

    page = page_of("school1")
    monkeypatch.setattr(messages, "own", refuse)
    page.get("/messages", status=status)
    assert refusal.sentence in page.text


def test_too_much(page: Page, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    page.get("/help")
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 10)
    page.post("/view", {"view": "dark" * 100}, status=413)
    assert "Слишком большой объем" in page.text
