"""Registration: every field required, nothing typed is lost, and a stranger never learns who is registered."""

import re

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin_app.reporting import consent
from models import Consent, Event, Letter, User
from tests.page import Page
from tests.people import Cast

TYPED = {
    "surname": "Сидорова",
    "name": "Вера",
    "patronymic": "Павловна",
    "position": "секретарь",
    "phone": "+7 (3952) 12-34-56",
    "username": "sidorova",
    "email": "sidorova@school9.example",
    "password": "тридцать три коровы",
    "again": "тридцать три коровы",
    "consent": "y",
}


def send(page: Page, **changes: str | None) -> Page:
    data = {name: value for name, value in {**TYPED, **changes}.items() if value is not None}
    page.get("/register").post("/register", data)
    return page


def value(page: Page, name: str) -> object:
    field = page.soup.find("input", {"name": name})
    assert field is not None
    return field.get("value", "")


def test_makes_an_account_that_waits_for_activation(page: Page, plain: Session) -> None:
    send(page)
    user = plain.scalars(select(User).where(User.username == "sidorova")).one()
    assert (user.surname, user.email, user.confirmed_at, user.active) == ("Сидорова", "sidorova@school9.example", None, True)
    assert user.password is not None
    assert user.password.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    letter = plain.scalars(select(Letter).where(Letter.recipient == user.email)).one()
    assert re.search(r"http://localhost/confirm/\S+", letter.text)
    assert plain.scalar(select(func.count(Event.id)).where(Event.kind == "account.registered", Event.subject_id == user.id)) == 1


def test_keeps_the_consent_with_text_version_time_and_address(page: Page, plain: Session) -> None:
    send(page)
    row = plain.scalars(select(Consent).join(User, User.id == Consent.user_id).where(User.username == "sidorova")).one()
    assert (row.version, row.text_sha256, row.address) == (consent.VERSION, consent.digest(), "127.0.0.1")
    assert row.given_at is not None


def test_consent_is_a_box_of_its_own_and_unticked(page: Page, plain: Session) -> None:
    box = page.get("/register").soup.find("input", {"name": "consent"})
    assert box is not None
    assert not box.has_attr("checked")
    send(page, consent=None)
    assert page.soup.select_one("#consent-wrong") is not None
    assert plain.scalar(select(func.count(User.id)).where(User.username == "sidorova")) == 0


@pytest.mark.parametrize("name", ["surname", "name", "patronymic", "position", "phone", "username", "email", "password", "again"])
def test_every_field_is_required_and_says_so_itself(page: Page, plain: Session, name: str) -> None:
    send(page, **{name: ""})
    assert page.soup.select_one(f"#{name}-wrong") is not None
    for other in TYPED.keys() - {name, "password", "again", "consent"}:
        assert value(page, other) == TYPED[other]
    assert plain.scalar(select(func.count(User.id)).where(User.username == "sidorova")) == 0


def test_a_person_without_a_patronymic_ticks_a_box(page: Page, plain: Session) -> None:
    send(page, patronymic="", no_patronymic="y")
    assert plain.scalars(select(User).where(User.username == "sidorova")).one().patronymic == ""


def test_passwords_never_come_back(page: Page) -> None:
    send(page, phone="нет")
    assert "коровы" not in page.response.get_data(as_text=True)
    assert "введите их еще раз" in page.text.lower().replace("ё", "е")


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("username", "a b"),
        ("username", "ivan@school"),
        ("email", "без собаки"),
        ("email", "a@b@c.example"),
        ("phone", "позвоните мне"),
        ("password", "короткий"),
        ("password", "пароль12345"),
        ("password", "sidorova2026"),
        ("again", "тридцать три козы"),
        ("surname", "Ж" * 101),
    ],
)
def test_a_wrong_value_is_explained_at_its_field(page: Page, name: str, typed: str) -> None:
    send(page, **{name: typed})
    assert page.soup.select_one(f"#{name}-wrong") is not None


def answer(page: Page) -> str:
    """What a stranger reads, without what they typed themselves and the token."""
    text = re.sub(r'value="[^"]*"', "", page.response.get_data(as_text=True))
    return re.sub(r"[\w.]+@[\w.]+", "", text)


def test_a_taken_login_or_address_gives_the_same_page(page: Page, cast: Cast, plain: Session) -> None:
    fresh = answer(send(page, username="free", email="free@modo.example"))
    before = plain.scalar(select(func.count(User.id)))
    assert answer(send(page, email="SCHOOL1@modo.example")) == fresh
    assert value(page, "email") == "SCHOOL1@modo.example"
    assert answer(send(page, username="School1")) == fresh
    assert value(page, "surname") == TYPED["surname"]
    assert plain.scalar(select(func.count(User.id))) == before


def test_the_owner_of_a_taken_address_gets_the_explaining_letter(page: Page, cast: Cast, plain: Session) -> None:
    send(page, email="school1@modo.example")
    letter = plain.scalars(select(Letter).where(Letter.recipient == "school1@modo.example")).one()
    assert "school1" in letter.text
    assert "/reset/" in letter.text
    assert "/confirm/" not in letter.text


def test_with_a_taken_login_the_mailbox_learns_what_to_do(page: Page, cast: Cast, plain: Session) -> None:
    send(page, username="school1")
    letter = plain.scalars(select(Letter).where(Letter.recipient == TYPED["email"])).one()
    assert "http://localhost/register" in letter.text
    page.submit("main details form", username="sidorova", password=TYPED["password"], again=TYPED["again"], consent="y")
    assert plain.scalars(select(User).where(User.username == "sidorova")).one().email == TYPED["email"]


def test_an_unfinished_registration_is_finished_by_a_password_not_by_the_strangers_one(page: Page, plain: Session) -> None:
    send(page, password="пароль чужого человека", again="пароль чужого человека")
    send(page, username="sidorova2")
    letters = plain.scalars(select(Letter).where(Letter.recipient == TYPED["email"]).order_by(Letter.id)).all()
    assert ["/confirm/" in letter.text for letter in letters] == [True, False]
    assert "/reset/" in letters[1].text


def test_a_stolen_host_name_gets_into_no_letter(page: Page, plain: Session) -> None:
    page.get("/register")
    token = page.soup.find("input", {"name": "csrf_token"})
    assert token is not None
    answer = page.client.post("/register", data={**TYPED, "csrf_token": token["value"]}, headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert plain.scalar(select(func.count(Letter.id)).where(Letter.text.contains("evil"))) == 0


def test_signs_that_no_database_takes_are_not_an_error_of_ours(page: Page, plain: Session) -> None:
    send(page, surname="Сидо\0рова", username="sidorova")
    assert plain.scalars(select(User).where(User.username == "sidorova")).one().surname == "Сидо рова"
