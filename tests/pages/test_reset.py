"""A forgotten password: a letter to the mailbox, a link that works once, and every session ends."""

from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from models import User
from tests.page import Page
from tests.pages.letterbox import letters_to, link
from tests.people import PASSWORD, Cast

NEW = "совсем другой пароль"


@pytest.fixture
def address(page: Page, cast: Cast, plain: Session) -> str:
    page.get("/reset").submit(identity="school1")
    return link(letters_to(plain, "school1@modo.example")[-1])


def test_the_answer_is_the_same_for_known_and_unknown_names(page: Page, cast: Cast, plain: Session) -> None:
    known = page.get("/reset").submit(identity="school1").text.replace("school1", "X")
    assert page.get("/reset").submit(identity="no-such-person").text.replace("no-such-person", "X") == known
    assert len(letters_to(plain, "school1@modo.example")) == 1


def test_a_new_password_by_the_link(page: Page, address: str, plain: Session) -> None:
    page.get(address).submit(password=NEW, again=NEW)
    assert page.response.request.path == "/login"
    page.sign_in("school1", NEW)
    assert "изменен" in letters_to(plain, "school1@modo.example")[-1].subject


def test_the_old_password_is_dead(page: Page, address: str) -> None:
    page.get(address).submit(password=NEW, again=NEW)
    assert "не подходит" in page.get("/login").submit(identity="school1", password=PASSWORD).text


def test_the_link_works_once(page: Page, address: str) -> None:
    page.get(address).submit(password=NEW, again=NEW)
    assert page.get(address).soup.find("input", {"name": "password"}) is None
    assert page.soup.find("input", {"name": "identity"}) is not None


def test_the_link_grows_old(page: Page, address: str) -> None:
    with patch("time.time", return_value=(datetime.now(UTC) + timedelta(hours=3)).timestamp()):
        assert page.get(address).soup.find("input", {"name": "password"}) is None


def test_every_session_ends(page: Page, address: str, page_of: object, cast: Cast) -> None:
    other = page_of("school1")  # type: ignore[operator]
    page.get(address).submit(password=NEW, again=NEW)
    assert other.client.get("/profile").status_code == 302


@pytest.mark.parametrize(
    ("password", "again"), [("короткий", "короткий"), (NEW, "не тот"), ("", ""), ("school1school1", "school1school1")]
)
def test_a_bad_new_password_changes_nothing(page: Page, address: str, password: str, again: str) -> None:
    page.get(address).submit(password=password, again=again)
    assert page.soup.select_one(".wrong") is not None
    page.sign_in("school1", PASSWORD)


def test_reset_activates_an_account_that_waits(page: Page, cast: Cast, plain: Session) -> None:
    plain.execute(update(User).where(User.id == cast.users["school1"]).values(confirmed_at=None))
    plain.commit()
    page.get("/reset").submit(identity="school1@modo.example")
    page.get(link(letters_to(plain, "school1@modo.example")[-1])).submit(password=NEW, again=NEW)
    page.sign_in("school1", NEW)


def test_a_switched_off_account_gets_no_link(page: Page, cast: Cast, plain: Session) -> None:
    plain.execute(update(User).where(User.id == cast.users["school1"]).values(active=False))
    plain.commit()
    page.get("/reset").submit(identity="school1")
    assert "/reset/" not in letters_to(plain, "school1@modo.example")[-1].text


@pytest.mark.parametrize("token", ["nonsense", "a.b.c", "%00", "й" * 300])
def test_a_wrong_link_offers_a_new_letter(page: Page, token: str) -> None:
    page.get(f"/reset/{token}")
    assert page.soup.find("input", {"name": "identity"}) is not None
