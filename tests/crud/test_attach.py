"""Attaching a person to an organization, and ending it: with a trace, and the person is told."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Event, Membership, Message, User
from tests.page import Page
from tests.people import Cast

PageOf = Callable[[str], Page]


def card(page: Page, user_id: int) -> Page:
    """The person's card."""
    return page.get(f"/admin/user/details/?id={user_id}")


def test_support_attaches_a_newcomer_on_the_card(page_of: PageOf, plain: Session, cast: Cast) -> None:
    user_id, place = cast.users["newcomer"], cast.organizations["school3"]
    page = card(page_of("support"), user_id)
    page.submit("form.attach", organization_id=place, **{"organization_id-text": "МБОУ «СОШ № 3»"})
    assert "СОШ № 3" in page.soup.select_one("#attachments").parent.parent.get_text()
    made = plain.scalars(select(Membership).where(Membership.user_id == user_id)).one()
    assert (made.organization_id, made.made_by_id) == (place, cast.users["support"])
    assert plain.scalar(select(Event.id).where(Event.kind == "user.attached", Event.subject_id == user_id))
    assert plain.scalar(select(Message.id).where(Message.recipient_id == user_id))


def test_the_organization_may_be_typed(page_of: PageOf, plain: Session, cast: Cast) -> None:
    page = card(page_of("support"), cast.users["newcomer"])
    page.submit("form.attach", **{"organization_id-text": "3899000033"})
    assert (
        plain.scalar(select(Membership.organization_id).where(Membership.user_id == cast.users["newcomer"]))
        == (cast.organizations["school3"])
    )


def test_twice_is_said_and_changes_nothing(page_of: PageOf, plain: Session, cast: Cast) -> None:
    page = card(page_of("support"), cast.users["school1"])
    page.submit("form.attach", organization_id=cast.organizations["school1"], **{"organization_id-text": "МБОУ «СОШ № 1»"})
    assert page.soup.select_one("#errors") is not None
    assert len(plain.scalars(select(Membership.id).where(Membership.user_id == cast.users["school1"])).all()) == 1


@pytest.mark.parametrize("typed", [{"organization_id": ""}, {"organization_id": "x"}, {"role": "admin"}, {"role": ""}])
def test_mistakes_are_said_on_the_card(page_of: PageOf, plain: Session, cast: Cast, typed: dict[str, str]) -> None:
    page = card(page_of("support"), cast.users["newcomer"])
    data = {"user_id": cast.users["newcomer"], "organization_id": cast.organizations["school1"], "role": "organization"}
    page.post("/admin/user/attach/", data | typed)
    assert page.soup.select_one("#errors") is not None
    assert plain.scalar(select(Membership.id).where(Membership.user_id == cast.users["newcomer"])) is None


def test_a_supervisor_finds_a_newcomer_and_attaches_within_their_part(page_of: PageOf, plain: Session, cast: Cast) -> None:
    user_id, page = cast.users["newcomer"], page_of("irkutsk")
    page.get(f"/admin/user/details/?id={user_id}", status=404)
    page.get("/admin/user/newcomers/?q=новикова")
    page.get(next(str(link["href"]) for link in page.soup.select("tbody a")))
    page.submit("form.attach", organization_id=cast.organizations["school2"], **{"organization_id-text": "СОШ № 2"})
    assert page.soup.select_one("#errors") is not None
    page.submit("form.attach", organization_id=cast.organizations["school1"], **{"organization_id-text": "МБОУ «СОШ № 1»"})
    assert plain.scalar(select(Membership.organization_id).where(Membership.user_id == user_id)) == cast.organizations["school1"]
    assert "Новикова" in page.soup.h1.get_text()


def test_people_of_others_cannot_be_attached_by_their_number(page_of: PageOf, plain: Session, cast: Cast) -> None:
    data = {"user_id": cast.users["school2"], "organization_id": cast.organizations["school1"], "role": "organization"}
    page_of("irkutsk").get("/admin/user/").post("/admin/user/attach/", data, status=404)
    assert len(plain.scalars(select(Membership.id).where(Membership.user_id == cast.users["school2"])).all()) == 1


def test_an_attachment_is_ended_after_a_question(page_of: PageOf, plain: Session, cast: Cast) -> None:
    page = card(page_of("irkutsk"), cast.users["clerk"])
    assert "Братск" not in page.soup.select_one("main").get_text()
    page.get(str(page.soup.select_one("td a.no")["href"])).submit("main form")
    left = plain.scalars(
        select(Membership.organization_id).where(Membership.user_id == cast.users["clerk"], Membership.valid_to.is_(None))
    )
    assert left.all() == [cast.organizations["school2"]]
    assert plain.scalar(select(Event.id).where(Event.kind == "user.detached"))


def test_auditors_attach_nobody(page_of: PageOf, cast: Cast) -> None:
    page = card(page_of("auditor"), cast.users["newcomer"])
    assert page.soup.select_one("form.attach") is None
    page.get("/admin/user/newcomers/", status=403)
    data = {"user_id": cast.users["newcomer"], "organization_id": cast.organizations["school1"], "role": "organization"}
    page.post("/admin/user/attach/", data)
    assert page.soup.select_one("#errors") is not None


def test_a_person_switched_off_is_signed_out(page_of: PageOf, plain: Session, cast: Cast) -> None:
    clerk, page = page_of("school1"), page_of("support")
    clerk.get("/messages")
    address = f"/admin/user/edit/?id={cast.users['school1']}"
    page.get(address)
    row = plain.get_one(User, cast.users["school1"])
    names = ("username", "email", "surname", "name", "locale")
    page.post(address, {name: getattr(row, name) for name in names})
    clerk.get("/messages", status=302, follow=False)
