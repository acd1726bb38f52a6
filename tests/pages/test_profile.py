"""«Мой профиль»: data, password, address, and where one is signed in."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Event, LoginSession, User
from tests.page import Page
from tests.pages.letterbox import letters_to, link
from tests.people import PASSWORD, Cast

NEW = "совсем другой пароль"


@pytest.fixture
def mine(page_of: Callable[[str], Page]) -> Page:
    return page_of("school1")


def user(plain: Session, cast: Cast) -> User:
    plain.expire_all()
    return plain.get_one(User, cast.users["school1"])


def test_changes_are_kept_and_logged(mine: Page, plain: Session, cast: Cast) -> None:
    mine.get("/profile").get("/profile/edit")
    mine.submit("main form", surname="Перваяя", patronymic="Ивановна", no_patronymic="", position="завуч", phone="+7 3952 111222")
    assert mine.response.request.path == "/profile"
    assert "Перваяя" in mine.text
    assert (user(plain, cast).position, user(plain, cast).phone) == ("завуч", "+7 3952 111222")
    event = plain.scalars(select(Event).where(Event.kind == "account.profile_changed")).one()
    assert event.actor_id == cast.users["school1"]


def test_a_mistake_keeps_everything_typed(mine: Page, plain: Session, cast: Cast) -> None:
    mine.get("/profile/edit").submit("main form", surname="Другая", position="завуч", phone="позвоните")
    assert mine.soup.select_one("#phone-wrong") is not None
    assert mine.soup.find("input", {"name": "surname"})["value"] == "Другая"  # type: ignore[index]
    assert user(plain, cast).surname == "Первая"


def test_a_new_password_needs_the_old_one(mine: Page, page: Page) -> None:
    mine.get("/profile/password").submit("main form", current="guess", password=NEW, again=NEW)
    assert mine.soup.select_one("#current-wrong") is not None
    page.sign_in("school1", PASSWORD)


def test_a_new_password_ends_the_other_sessions_only(mine: Page, page_of: Callable[[str], Page], plain: Session) -> None:
    other = page_of("school1")
    mine.get("/profile/password").submit("main form", current=PASSWORD, password=NEW, again=NEW)
    assert mine.response.request.path == "/profile"
    assert mine.client.get("/profile").status_code == 200
    assert other.client.get("/profile").status_code == 302
    assert "изменен" in letters_to(plain, "school1@modo.example")[-1].subject


def test_another_browser_is_signed_out_from_here(mine: Page, page_of: Callable[[str], Page], plain: Session, cast: Cast) -> None:
    other, third = page_of("school1"), page_of("school1")
    mine.get("/profile").submit(".browsers form")
    assert sum(page.client.get("/profile").status_code == 200 for page in (mine, other, third)) == 2
    mine.get("/profile").submit(".foot form")
    assert [page.client.get("/profile").status_code for page in (mine, other, third)] == [200, 302, 302]
    living = select(func.count(LoginSession.id)).where(
        LoginSession.ended_at.is_(None), LoginSession.user_id == cast.users["school1"]
    )
    assert plain.scalar(living) == 1


def test_nobody_ends_another_persons_session(mine: Page, page_of: Callable[[str], Page], plain: Session, cast: Cast) -> None:
    other = page_of("school2")
    theirs = plain.scalars(select(LoginSession.id).where(LoginSession.user_id == cast.users["school2"])).one()
    mine.get("/profile").post(f"/profile/sessions/{theirs}")
    assert other.client.get("/profile").status_code == 200


def test_a_new_address_is_confirmed_by_a_letter_to_it(mine: Page, plain: Session, cast: Cast) -> None:
    mine.get("/profile/email").submit("main form", email="new@school1.example", current=PASSWORD)
    assert user(plain, cast).email == "school1@modo.example"
    address = link(letters_to(plain, "new@school1.example")[0])
    mine.get(address)
    assert user(plain, cast).email == "school1@modo.example"
    mine.submit("main form")
    assert user(plain, cast).email == "new@school1.example"
    assert "new@school1.example" in letters_to(plain, "school1@modo.example")[-1].text
    again = mine.get(address).submit("main form")  # a second click
    assert "нельзя" not in again.text
    assert len(letters_to(plain, "school1@modo.example")) == 1


def test_a_taken_address_is_not_given_away(mine: Page, plain: Session, cast: Cast) -> None:
    said = mine.get("/profile/email").submit("main form", email="free@modo.example", current=PASSWORD).text
    again = mine.get("/profile/email").submit("main form", email="central@modo.example", current=PASSWORD).text
    assert again.replace("central@", "free@") == said
    assert "/profile/email/" not in letters_to(plain, "central@modo.example")[-1].text


def test_an_address_link_is_for_its_owner_only(mine: Page, page_of: Callable[[str], Page], plain: Session, cast: Cast) -> None:
    mine.get("/profile/email").submit("main form", email="new@school1.example", current=PASSWORD)
    other = page_of("school2")
    other.get(link(letters_to(plain, "new@school1.example")[0]))
    assert "устарела" in other.text


@pytest.mark.parametrize("address", ["/profile", "/profile/edit", "/profile/password", "/profile/email", "/profile/email/x"])
def test_strangers_sign_in_first(page: Page, address: str) -> None:
    page.get(address)
    assert page.response.request.path == "/login"
