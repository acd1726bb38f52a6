"""Signing in: by login or address; nobody learns from a failure who is registered; only own pages afterwards."""

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models import LoginSession, User
from tests.page import Page
from tests.people import PASSWORD, Cast


@pytest.mark.parametrize("identity", ["school1", "SCHOOL1", "school1@modo.example", " School1@Modo.example "])
def test_by_login_or_address_in_any_case(page: Page, cast: Cast, identity: str) -> None:
    page.sign_in(identity, PASSWORD)
    assert page.response.request.path == "/cabinet"


def test_the_window_has_the_words_people_know(page: Page) -> None:
    page.get("/login")
    assert page.soup.h1 is not None
    assert page.soup.h1.get_text(strip=True) == "Вход в личный кабинет"
    assert page.soup.select_one('main a[href="/register"]') is not None
    button = page.soup.select_one("main form button")
    assert button is not None
    assert button.get_text(strip=True) == "Войти"


def test_a_failure_says_the_same_of_known_and_unknown_names(page: Page, cast: Cast) -> None:
    wrong = page.get("/login").submit(identity="school1", password="not the password").text
    assert "не подходит" in wrong
    assert page.get("/login").submit(identity="no-such-person", password="not the password").text == wrong


def test_what_was_typed_stays_but_the_password(page: Page, cast: Cast) -> None:
    page.get("/login").submit(identity="school1", password="not the password")
    field = page.soup.find("input", {"name": "identity"})
    assert field is not None
    assert field["value"] == "school1"
    assert "not the password" not in page.response.get_data(as_text=True)


@pytest.mark.parametrize(
    ("column", "value", "words"), [("active", False, "отключена"), ("confirmed_at", None, "не активирована")]
)
def test_why_not_is_told_to_the_owner_of_the_password_only(
    page: Page, cast: Cast, plain: Session, column: str, value: object, words: str
) -> None:
    plain.execute(update(User).where(User.id == cast.users["school1"]).values({column: value}))
    plain.commit()
    assert words in page.get("/login").submit(identity="school1", password=PASSWORD).text
    assert words not in page.get("/login").submit(identity="school1", password="not the password").text


@pytest.mark.parametrize(
    ("asked", "arrived"),
    [
        ("/messages", "/messages"),
        ("/profile?x=1", "/profile?x=1"),
        ("https://evil.example/", "/cabinet"),
        ("//evil.example", "/cabinet"),
        ("/\\evil.example", "/cabinet"),
        ("/\t/evil.example", "/cabinet"),
        ("javascript:alert(1)", "/cabinet"),
        ("/logout", "/cabinet"),
    ],
)
def test_afterwards_only_to_pages_of_ours(page: Page, cast: Cast, asked: str, arrived: str) -> None:
    page.get("/login")
    page.soup.find("input", {"name": "next"})["value"] = asked  # type: ignore[index]
    token = page.soup.find("input", {"name": "csrf_token"})["value"]  # type: ignore[index]
    data = {"identity": "school1", "password": PASSWORD, "next": asked, "csrf_token": token}
    answer = page.client.post("/login", data=data)
    assert answer.status_code == 302
    assert answer.headers["Location"] == arrived


def test_a_page_asked_for_comes_after_signing_in(page: Page, cast: Cast) -> None:
    page.get("/messages")
    assert page.response.request.path == "/login"
    page.submit(identity="school1", password=PASSWORD)
    assert page.response.request.path == "/messages"


def test_signing_in_makes_a_new_cookie_and_a_row(page: Page, cast: Cast, plain: Session) -> None:
    page.get("/login")
    before = page.client.get_cookie("session")
    page.submit(identity="school1", password=PASSWORD)
    after = page.client.get_cookie("session")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    assert after.http_only
    assert after.same_site == "Lax"
    row = plain.scalars(select(LoginSession).where(LoginSession.user_id == cast.users["school1"])).one()
    assert (row.address, row.ended_at) == ("127.0.0.1", None)


def test_the_person_hears_of_failures_since_the_last_time(page: Page, cast: Cast, plain: Session) -> None:
    for _time in range(3):
        page.get("/login").submit(identity="school1", password="guess")
    page.sign_in("school1", PASSWORD)
    assert "3 неудачные попытки" in page.text
    assert plain.scalar(select(User.failed_logins).where(User.id == cast.users["school1"])) == 0


def test_no_second_door(page: Page, cast: Cast, plain: Session) -> None:
    token = plain.get_one(User, cast.users["school1"]).fs_uniquifier
    for headers in ({"Authentication-Token": token}, {"Authorization": "Basic c2Nob29sMTpNb2RvLWRlbW8tMjAyNg=="}):
        assert page.client.get("/profile", headers=headers).status_code == 302
    assert page.client.post("/login", json={"identity": "school1", "password": PASSWORD}).status_code == 400


def test_scripts_get_401_not_a_page(page: Page) -> None:
    answer = page.client.get("/profile", headers={"Accept": "application/json"})
    assert answer.status_code == 401
    assert "Войдите снова" in answer.get_json()["error"]


def test_long_and_strange_input_is_a_failure_like_any_other(page: Page, cast: Cast) -> None:
    page.get("/login").submit(identity="\0" * 10 + "school1'", password="\0" * 5000)
    assert "не подходит" in page.text


def test_nobody_signed_in_twice_by_one_row(page: Page, cast: Cast, plain: Session) -> None:
    page.sign_in("school1", PASSWORD)
    page.get("/login")
    assert page.response.request.path == "/cabinet"
    assert plain.scalar(select(func.count()).select_from(LoginSession).where(LoginSession.user_id == cast.users["school1"])) == 1
