"""Patience: guessing is slowed down alike for names that exist and names that don't; a classroom is not locked out."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from admin_app.reporting import attempts
from models import Attempt, Letter
from tests.page import Page
from tests.people import PASSWORD, Cast

MOST = attempts.SIGN_IN_HERE.count


def guess(page: Page, identity: str, times: int) -> None:
    for _time in range(times):
        page.get("/login").submit(identity=identity, password="guess")


@pytest.mark.parametrize("identity", ["school1", "no-such-person"])
def test_after_too_many_guesses_one_waits(page: Page, cast: Cast, identity: str) -> None:
    guess(page, identity, MOST)
    page.get("/login").submit(identity=identity, password="guess", status=429)
    assert 0 < int(page.response.headers["Retry-After"]) <= attempts.SIGN_IN_HERE.minutes * 60 + 1
    assert "Подождите 15 мин" in page.text
    assert page.soup.find("input", {"name": "identity"})["value"] == identity  # type: ignore[index]


def test_even_the_right_password_waits(page: Page, cast: Cast) -> None:
    guess(page, "school1", MOST)
    page.get("/login").submit(identity="School1", password=PASSWORD, status=429)


def test_others_at_the_same_place_sign_in(page: Page, cast: Cast, page_of: Callable[[str], Page]) -> None:
    guess(page, "school1", MOST)
    for name in ("school2", "clerk", "newcomer"):
        assert page_of(name).response.request.path == "/cabinet"


def test_a_classroom_of_signed_in_people_is_not_counted(page_of: Callable[[str], Page], plain: Session, cast: Cast) -> None:
    for _time in range(MOST + 2):
        page_of("school1")
    assert plain.scalar(select(func.count(Attempt.id))) == 0


def test_the_right_password_in_time_forgets_the_guesses(page: Page, cast: Cast, page_of: Callable[[str], Page]) -> None:
    guess(page, "school1", MOST - 1)
    page_of("school1")
    guess(page, "school1", 2)


def test_letters_to_new_addresses_are_limited(page_of: Callable[[str], Page], plain: Session) -> None:
    """However many mailboxes a person thinks of; what was typed stays."""
    mine = page_of("school1")
    for number in range(attempts.LETTER_OF.count):
        mine.get("/profile/email").submit("main form", email=f"new{number}@modo.example", current=PASSWORD)
    mine.get("/profile/email").submit("main form", email="last@modo.example", current=PASSWORD, status=429)
    assert "Подождите" in mine.text
    assert mine.soup.find("input", {"name": "email"})["value"] == "last@modo.example"  # type: ignore[index]
    assert plain.scalar(select(func.count(Letter.id)).where(Letter.recipient == "last@modo.example")) == 0


def test_waiting_helps(page: Page, cast: Cast, plain: Session) -> None:
    guess(page, "school1", MOST)
    plain.execute(update(Attempt).values(at=datetime.now(UTC) - timedelta(minutes=attempts.SIGN_IN_HERE.minutes)))
    plain.commit()
    page.sign_in("school1", PASSWORD)


def test_letters_to_one_mailbox_are_counted(page: Page, cast: Cast, plain: Session) -> None:
    for _time in range(attempts.LETTER_TO.count):
        page.get("/reset").submit(identity="school1")
    page.get("/reset").submit(identity="school1", status=429)
    assert plain.scalar(select(func.count(Letter.id))) == attempts.LETTER_TO.count


def test_the_profile_is_no_way_round(page_of: Callable[[str], Page]) -> None:
    page = page_of("school1")
    for _time in range(MOST):
        page.get("/profile/password").submit("main form", current="guess", password="x" * 12, again="x" * 12)
    page.get("/profile/password").submit("main form", current=PASSWORD, password="x" * 12, again="x" * 12)
    assert "Слишком много попыток" in page.text


def test_what_was_tried_is_not_kept_in_plain_words(page: Page, cast: Cast, plain: Session) -> None:
    guess(page, "a password typed by mistake", 1)
    assert not plain.scalars(select(Attempt.key).where(Attempt.key.contains("password"))).all()
