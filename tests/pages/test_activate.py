"""Activation: by a button on the linked page, never by fetching it."""

from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Message, User
from tests.page import Page
from tests.pages.letterbox import letters_to, link
from tests.pages.test_register import TYPED, send
from tests.people import Cast


@pytest.fixture
def address(page: Page, plain: Session) -> str:
    """The path of the link that a fresh registration got by mail."""
    send(page)
    return link(letters_to(plain, TYPED["email"])[0])


def user(plain: Session) -> User:
    plain.expire_all()
    return plain.scalars(select(User).where(User.username == TYPED["username"])).one()


def test_fetching_the_link_changes_nothing(page: Page, plain: Session, address: str) -> None:
    assert page.client.head(address).status_code == 200
    page.get(address)
    assert "Активировать" in page.text
    assert user(plain).confirmed_at is None


def test_the_button_activates_and_says_what_to_do_next(page: Page, plain: Session, address: str) -> None:
    page.get(address).submit()
    assert user(plain).confirmed_at is not None
    assert "прикрепить" in page.text
    assert "8(3952)500-287" in page.text
    page.sign_in(TYPED["username"], TYPED["password"])
    assert plain.scalars(select(Message).where(Message.recipient_id == user(plain).id)).one().kind == "account"


def test_without_the_token_of_the_page_nothing_is_activated(page: Page, plain: Session, address: str) -> None:
    assert page.client.post(address).status_code == 400
    assert user(plain).confirmed_at is None


def test_a_second_time_does_no_harm(page: Page, plain: Session, address: str) -> None:
    page.get(address).submit()
    first = user(plain).confirmed_at
    page.get(address)
    assert "уже активирована" in page.text
    page.post(address)
    assert user(plain).confirmed_at == first


@pytest.mark.parametrize("token", ["nonsense", "WyJ4IiwieSJd.Zz.sig", "%00", "а" * 500])
def test_a_wrong_link_offers_a_new_letter(page: Page, token: str) -> None:
    page.get(f"/confirm/{token}")
    assert page.soup.find("input", {"name": "identity"}) is not None


def test_an_old_link_offers_a_new_letter(page: Page, plain: Session, address: str) -> None:
    later = (datetime.now(UTC) + timedelta(days=4)).timestamp()
    with patch("time.time", return_value=later):
        page.get(address)
    assert "устарела" in page.text
    assert user(plain).confirmed_at is None


@pytest.mark.parametrize("identity", ["sidorova", "Sidorova@School9.example"])
def test_the_letter_can_be_sent_again(page: Page, plain: Session, address: str, identity: str) -> None:
    page.get("/confirm").submit(identity=identity)
    found = letters_to(plain, TYPED["email"])
    assert len(found) == 2
    page.get(link(found[1])).submit()
    assert user(plain).confirmed_at is not None


def test_asking_again_says_the_same_of_known_and_unknown_names(page: Page, cast: Cast, plain: Session) -> None:
    known = page.get("/confirm").submit(identity="newcomer").text
    assert page.get("/confirm").submit(identity="nobody-at-all").text == known
    assert "Вы уже зарегистрированы" in letters_to(plain, "newcomer@modo.example")[0].subject


def test_the_link_cannot_sign_in_or_activate_after_a_change_of_address(page: Page, plain: Session, address: str) -> None:
    user(plain).email = "other@school9.example"
    plain.commit()
    page.get(address).post(address)
    assert user(plain).confirmed_at is None
