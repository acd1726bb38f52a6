"""Russian first, English complete: chosen on any page, kept in a cookie and with the account."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import User
from tests.page import Page
from tests.people import Cast


def test_russian_comes_first(page: Page) -> None:
    page.get("/help")
    assert page.soup.html["lang"] == "ru"  # type: ignore[index]


def test_a_stranger_switches_and_stays_on_the_page(page: Page) -> None:
    page.get("/help/cabinet?a=1").submit("form[action='/language']", locale="en")
    assert page.soup.html["lang"] == "en"  # type: ignore[index]
    assert page.response.request.full_path == "/help/cabinet?a=1"
    assert "User manual" in page.text
    page.submit("form[action='/language']", locale="ru")
    assert "Инструкция пользователя" in page.text


def test_it_is_kept_with_the_account(page_of: Callable[[str], Page], plain: Session, cast: Cast) -> None:
    page_of("school1").get("/cabinet").submit("form[action='/language']", locale="en")
    assert plain.scalars(select(User.locale).where(User.id == cast.users["school1"])).one() == "en"
    assert "My reports" in page_of("school1").get("/cabinet").text  # another browser


def test_only_ones_own_account_changes(page_of: Callable[[str], Page], plain: Session, cast: Cast) -> None:
    page_of("central").get("/cabinet").submit("form[action='/language']", locale="en")
    assert plain.scalars(select(User.locale).where(User.id == cast.users["school1"])).one() == "ru"


def test_a_language_that_there_is_not(page: Page) -> None:
    page.get("/help").post("/language", {"locale": "fr"}, status=400)


@pytest.mark.parametrize(
    "address", ["https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil.example", "javascript:1"]
)
def test_nobody_is_led_away(page: Page, address: str) -> None:
    page.get("/help").post("/language", {"locale": "en", "next": address}, status=302, follow=False)
    assert page.response.headers["Location"] == "/"
