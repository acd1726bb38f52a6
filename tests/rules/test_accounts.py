"""Accounts and attachments: who may attach whom, and what they hear of it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta

import pytest
from flask_security.utils import verify_password
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from admin_app.reporting import accounts, days, passwords, registration
from admin_app.reporting.refusal import Refused
from models import Event, Letter, Membership, Message, Organization, RoleName, User
from tests.people import Cast

As = Callable[[str], AbstractContextManager[object]]
PERSON = accounts.Person("petrova", "petrova@x.example", "Петрова", "Анна", "", "директор", "+7 3952 123456")


def school(session: Session, cast: Cast, name: str = "school1") -> Organization:
    return session.get_one(Organization, cast.organizations[name])


@pytest.mark.parametrize("who", ["central", "irkutsk", "support", "admin"])
def test_operators_attach_a_newcomer(session: Session, plain: Session, cast: Cast, as_: As, who: str) -> None:
    with as_(who):
        accounts.attach(session, cast.users["newcomer"], school(session, cast), RoleName.ORGANIZATION)
        session.commit()
    row = plain.scalars(select(Membership).where(Membership.user_id == cast.users["newcomer"])).one()
    assert (row.organization_id, row.made_by_id, row.valid_to) == (cast.organizations["school1"], cast.users[who], None)
    event = plain.scalars(select(Event).where(Event.kind == "user.attached")).one()
    assert (event.actor_id, event.subject_id, event.organization_id) == (cast.users[who], row.user_id, row.organization_id)
    assert (
        plain.scalars(select(Message.link).where(Message.recipient_id == row.user_id)).one()
        == f"/organizations/{row.organization_id}"
    )
    assert plain.scalars(select(Letter.recipient)).one() == "newcomer@modo.example"


@pytest.mark.parametrize(
    ("who", "where", "role"),
    [
        ("school1", "school1", RoleName.ORGANIZATION),
        ("auditor", "school1", RoleName.ORGANIZATION),
        ("irkutsk", "school1", RoleName.SUPERVISOR),
        ("irkutsk", "irkutsk", RoleName.SUPERVISOR),
        ("support", "irkutsk", RoleName.SUPERVISOR),
        ("central", "region", RoleName.ADMIN),
    ],
)
def test_nobody_gives_what_is_not_theirs(
    session: Session, plain: Session, cast: Cast, as_: As, who: str, where: str, role: RoleName
) -> None:
    place = school(plain, cast, where)
    with as_(who), pytest.raises(Refused):
        accounts.attach(session, cast.users["newcomer"], session.get(Organization, place.id) or place, role)
    assert plain.scalar(select(func.count(Membership.id)).where(Membership.user_id == cast.users["newcomer"])) == 0


def test_not_outside_ones_own_part(session: Session, plain: Session, cast: Cast, as_: As) -> None:
    foreign = school(plain, cast, "school2")
    with as_("irkutsk"), pytest.raises(Refused):
        accounts.attach(session, cast.users["newcomer"], foreign, RoleName.ORGANIZATION)


def test_not_oneself(session: Session, cast: Cast, as_: As) -> None:
    with as_("irkutsk"), pytest.raises(Refused):
        accounts.attach(session, cast.users["irkutsk"], school(session, cast), RoleName.ORGANIZATION)


def test_not_twice(session: Session, cast: Cast, as_: As) -> None:
    with as_("irkutsk"), pytest.raises(Refused, match="Первая"):
        accounts.attach(session, cast.users["school1"], school(session, cast), RoleName.ORGANIZATION)


def attachment(session: Session, cast: Cast, name: str) -> Membership:
    found = select(Membership).where(
        Membership.user_id == cast.users[name], Membership.organization_id == cast.organizations["school1"]
    )
    return session.scalars(found).one()


def test_detaching_works_at_once_and_is_told(session: Session, plain: Session, cast: Cast, as_: As) -> None:
    row = attachment(plain, cast, "clerk")
    row.valid_from = days.today() - timedelta(days=100)
    plain.commit()
    with as_("irkutsk"):
        accounts.detach(session, attachment(session, cast, "clerk"))
        session.commit()
    plain.expire_all()
    assert row.valid_to is not None
    assert row.valid_to < days.today() + timedelta(days=1)
    assert plain.scalars(select(Message.kind).where(Message.recipient_id == cast.users["clerk"])).one() == "detached"
    with as_("clerk"):
        assert session.get(Organization, cast.organizations["school1"]) is None


def test_what_has_ended_is_not_ended_again(session: Session, plain: Session, cast: Cast, as_: As) -> None:
    """Neither by a second click nor by an old page: the day on which it ended stays, and nobody is told twice."""
    row = attachment(plain, cast, "clerk")
    row.valid_from, row.valid_to = days.today() - timedelta(days=100), days.today() - timedelta(days=50)
    plain.commit()
    with as_("central"), pytest.raises(Refused):
        accounts.detach(session, attachment(session, cast, "clerk"))
    plain.expire_all()
    assert row.valid_to == days.today() - timedelta(days=50)
    assert plain.scalars(select(Message.kind).where(Message.recipient_id == cast.users["clerk"])).all() == []


def test_an_attachment_of_today_leaves_only_the_log(session: Session, plain: Session, cast: Cast, as_: As) -> None:
    with as_("irkutsk"):
        row = accounts.attach(session, cast.users["newcomer"], school(session, cast), RoleName.ORGANIZATION)
        accounts.detach(session, row)
        session.commit()
    assert plain.scalar(select(func.count(Membership.id)).where(Membership.user_id == cast.users["newcomer"])) == 0
    assert plain.scalars(select(Event.kind).where(Event.kind.like("user.%")).order_by(Event.id)).all() == [
        "user.attached",
        "user.detached",
    ]


def test_who_is_attached_to_nothing_is_found(session: Session, cast: Cast, as_: As) -> None:
    with as_("support"):
        assert [person.username for person in accounts.find_unattached(session)] == ["newcomer"]
        assert accounts.find_unattached(session, [User.username == "school1"]) == []


def test_only_those_who_attach_may_look(session: Session, cast: Cast, as_: As) -> None:
    for who in ("school1", "auditor"):
        with as_(who), pytest.raises(Refused):
            accounts.find_unattached(session)


def test_create_makes_an_active_account(session: Session, plain: Session, as_: As) -> None:
    made = accounts.create(session, PERSON, "тридцать три коровы").id
    session.commit()
    found = plain.get_one(User, made)
    assert found.confirmed_at is not None
    assert verify_password("тридцать три коровы", found.password or "")


@pytest.mark.parametrize("change", [{"username": "School1"}, {"email": "SCHOOL1@modo.example"}])
def test_create_says_what_is_taken(session: Session, cast: Cast, change: dict[str, str]) -> None:
    with pytest.raises(Refused):
        accounts.create(session, accounts.Person(**{**vars(PERSON), **change}), "тридцать три коровы")


@pytest.mark.parametrize(
    ("password", "good"),
    [
        ("Мой кот спит днем", True),
        ("korova-na-lugu", True),
        ("xK9#vLq2!mZ", True),
        ("8392017465019238", True),
        ("короткий", False),
        ("ж" * 129, False),
        ("пароль12345", False),
        ("Школа2026!!", False),
        ("qwertyuiop12", False),
        ("gfhjkm123456", False),
        ("123456789012", False),
        ("petrova2026!", False),
        ("aaaaaaaaaaaa", False),
        ("парольпароль", False),
        ("два\nслова тут", False),
    ],
)
def test_which_passwords_are_good_enough(password: str, good: bool) -> None:
    assert (passwords.weakness(password, ["petrova", "petrova@x.example"]) == "") is good


def test_the_same_signs_from_another_keyboard_are_the_same_password() -> None:
    assert passwords.normal("йод") == passwords.normal("и\u0306од")


def test_unfinished_registrations_are_forgotten_after_a_month(session: Session, plain: Session, cast: Cast) -> None:
    for username in ("old", "young"):
        registration.register(
            session, replace(PERSON, username=username, email=f"{username}@x.example"), "три коровы тут", "127.0.0.1"
        )
    session.commit()
    plain.execute(update(User).where(User.username == "old").values(created_at=func.now() - timedelta(days=31)))
    plain.commit()
    assert registration.forget_unfinished(session) == 1
    session.commit()
    assert plain.scalars(select(User.username).where(User.confirmed_at.is_(None))).all() == ["young"]
