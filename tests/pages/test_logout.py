"""Signing out ends the session itself, not only this browser's memory of it; so do time and the account's end."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import LoginSession, User
from tests.page import Page
from tests.people import PASSWORD, Cast


@pytest.fixture
def signed_in(page: Page, cast: Cast) -> Page:
    return page.sign_in("school1", PASSWORD)


def is_in(page: Page) -> bool:
    return page.client.get("/profile").status_code == 200


def change(plain: Session, cast: Cast, **values: object) -> None:
    plain.execute(update(LoginSession).where(LoginSession.user_id == cast.users["school1"]).values(values))
    plain.commit()


def test_the_button_signs_out(signed_in: Page) -> None:
    signed_in.get("/logout").submit("main form")
    assert signed_in.response.request.path == "/"
    assert "Вы вышли" in signed_in.text
    assert not is_in(signed_in)


def test_reading_the_page_does_not(signed_in: Page) -> None:
    signed_in.get("/logout")
    assert is_in(signed_in)
    assert signed_in.client.post("/logout").status_code == 400
    assert is_in(signed_in)


def test_a_copied_cookie_dies_with_it(signed_in: Page, app: object) -> None:
    cookie = signed_in.client.get_cookie("session")
    assert cookie is not None
    signed_in.get("/logout").submit("main form")
    signed_in.client.set_cookie("session", cookie.value)
    assert not is_in(signed_in)


def test_idle_too_long(signed_in: Page, cast: Cast, plain: Session) -> None:
    change(plain, cast, seen_at=datetime.now(UTC) - timedelta(minutes=59))
    assert is_in(signed_in)
    change(plain, cast, seen_at=datetime.now(UTC) - timedelta(minutes=61))
    assert not is_in(signed_in)
    assert "Сеанс завершен" in signed_in.get("/login").text


def test_a_page_that_asks_keeps_the_session_alive(signed_in: Page, cast: Cast, plain: Session) -> None:
    change(plain, cast, seen_at=datetime.now(UTC) - timedelta(minutes=30))
    assert is_in(signed_in)
    seen = plain.scalars(select(LoginSession.seen_at).where(LoginSession.user_id == cast.users["school1"])).one()
    assert datetime.now(UTC) - seen < timedelta(minutes=1)


def test_too_old_however_busy(signed_in: Page, cast: Cast, plain: Session) -> None:
    change(plain, cast, started_at=datetime.now(UTC) - timedelta(hours=13))
    assert not is_in(signed_in)


def test_a_switched_off_account_is_out_at_once(signed_in: Page, cast: Cast, plain: Session) -> None:
    plain.execute(update(User).where(User.id == cast.users["school1"]).values(active=False))
    plain.commit()
    assert not is_in(signed_in)
