"""Who sees what, and why: on every card, with what would change it; and what a change opens and closes, before it is made."""

from collections.abc import Callable

import pytest
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from models import Event, Membership, Organization, User
from tests import reports
from tests.budgets import counted
from tests.page import Page
from tests.people import Cast

PageOf = Callable[[str], Page]


def address(table: str, row: int, user: int) -> str:
    return f"/admin/why/{table}/{row}/{user}/"


def marks(page: Page, heading: str) -> list[str]:
    """Yes and no of a list, in words."""
    return [mark.get_text(strip=True) for mark in page.soup.select(f"[aria-labelledby={heading}] .mark")]


def test_a_card_leads_to_the_question_and_the_question_to_the_answer(page_of: PageOf, cast: Cast) -> None:
    page = page_of("central").get(f"/admin/organization/details/?id={cast.organizations['school2']}")
    page.get(next(str(link["href"]) for link in page.soup.select(".acts a") if "/admin/why/" in str(link["href"])))
    page.get(f"/admin/why/organization/{cast.organizations['school2']}/?user_id={cast.users['school1']}&user_id-text=")
    page.get(f"/admin/why/organization/{cast.organizations['school2']}/?user_id={cast.users['school1']}")
    assert page.response.request.path == address("organization", cast.organizations["school2"], cast.users["school1"])
    assert "Первая Мария" in page.text
    assert page.soup.select_one(".said .note.err")
    assert "Управление образования Братска" in page.text


def test_a_remedy_says_what_it_opens_and_leads_to_the_filled_form(page_of: PageOf, plain: Session, cast: Cast) -> None:
    page = page_of("central").get(address("organization", cast.organizations["school3"], cast.users["school1"]))
    way = page.soup.select_one("#ways").find_parent("section").select_one("li")
    assert "1 организация" in way.get_text()
    page.get(str(way.select_one("a")["href"]).split("#")[0])
    page.submit("form.attach")
    made = select(Membership.id).where(
        Membership.user_id == cast.users["school1"], Membership.organization_id == cast.organizations["school3"]
    )
    assert plain.scalar(made)
    page.get(address("organization", cast.organizations["school3"], cast.users["school1"]))
    assert page.soup.select_one(".said .note.ok")


def test_reports_and_requests_of_the_organization_stand_beside_it(
    page_of: PageOf, session: Session, plain: Session, cast: Cast
) -> None:
    reports.arrange(session, plain, cast)
    session.commit()
    page = page_of("support").get(address("organization", cast.organizations["school2"], cast.users["school1"]))
    assert marks(page, "beside") == ["Нет."]
    page.get(str(page.soup.select_one("[aria-labelledby=beside] a")["href"]))
    assert "/admin/why/report/" in page.response.request.path


def test_what_the_person_may_do_is_said_with_the_reasons(page_of: PageOf, session: Session, plain: Session, cast: Cast) -> None:
    report = reports.arrange(session, plain, cast)["school1"]
    session.commit()
    page = page_of("central").get(address("report", report, cast.users["school1"]))
    said = marks(page, "deeds")
    assert "Да." in said
    assert "Нет." in said
    assert "Человек читает" in page.text
    page.get(address("report", report, cast.users["support"]))
    assert marks(page, "deeds")[0] == "Нет."


@pytest.mark.parametrize(("reader", "row", "person"), [("irkutsk", "school2", "school1"), ("irkutsk", "school1", "school2")])
def test_people_and_rows_out_of_sight_are_not_asked_about(
    page_of: PageOf, cast: Cast, reader: str, row: str, person: str
) -> None:
    page_of(reader).get(address("organization", cast.organizations[row], cast.users[person]), status=404)


def test_a_switched_off_account_is_the_reason_and_leads_to_its_form(page_of: PageOf, plain: Session, cast: Cast) -> None:
    plain.get_one(User, cast.users["school1"]).active = False
    plain.commit()
    page = page_of("support").get(address("organization", cast.organizations["school1"], cast.users["school1"]))
    assert page.soup.select_one(".said .note.err")
    assert [link["href"] for link in page.soup.select("[aria-labelledby=ways] a")] == [
        f"/admin/user/edit/?id={cast.users['school1']}"
    ]


def test_attachments_elsewhere_are_not_told(page_of: PageOf, cast: Cast) -> None:
    page = page_of("irkutsk").get(address("organization", cast.organizations["school3"], cast.users["clerk"]))
    assert "Братск" not in page.text
    assert "СОШ № 1" in page.text


def test_clerks_do_not_ask_and_auditors_change_nothing(page_of: PageOf, cast: Cast) -> None:
    page_of("school1").get("/admin/why/", status=403)
    page = page_of("auditor").get(address("organization", cast.organizations["school3"], cast.users["school1"]))
    assert not page.soup.select("[aria-labelledby=ways] a")


@pytest.mark.parametrize("typed", ["?organization_id=&user_id=", "?organization_id=x&user_id=99999999999", "?organization_id=1"])
def test_a_half_filled_question_is_asked_again(page_of: PageOf, typed: str) -> None:
    page = page_of("support").get(f"/admin/why/{typed}")
    assert page.soup.select_one("#errors")


def test_an_answer_keeps_its_budget(
    page_of: PageOf, session: Session, plain: Session, cast: Cast, connection: Connection
) -> None:
    """More than a list may cost: the rule is asked for two people, and the guard for each thing to do."""
    report = reports.arrange(session, plain, cast)["school1"]
    session.commit()
    page = page_of("central")
    for row in (
        ("organization", cast.organizations["school2"]),
        ("organization", cast.organizations["school1"]),
        ("report", report),
    ):
        with counted(connection) as statements:
            page.get(address(*row, cast.users["school1"]))
        assert len(statements) <= 20, statements


# ── Before a change ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_move_is_confirmed_by_who_has_read_what_it_opens(page_of: PageOf, plain: Session, cast: Cast) -> None:
    school, office = cast.organizations["school3"], cast.organizations["bratsk"]
    page = page_of("central").get(f"/admin/organization/edit/?id={school}")
    typed = {"parent_id": office, "parent_id-text": "Управление образования Братска", "site": "school3.example"}
    page.submit("form.sheet", **typed)
    asked = page.soup.select_one("form.sheet #errors").get_text(" ")
    assert "Братская Вера" in asked
    assert "Иркутская Анна" in asked
    assert page.soup.select_one("[name=site]")["value"] == "school3.example"
    assert plain.get_one(Organization, school).parent_id == cast.organizations["irkutsk"]
    page.submit("form.sheet")
    plain.expire_all()
    assert plain.get_one(Organization, school).parent_id == office
    kept = plain.scalars(select(Event).where(Event.kind == "organization.moved", Event.subject_id == school)).one().data
    assert (kept["gain"], kept["lose"]) == ([cast.users["bratsk"]], [cast.users["irkutsk"]])


def test_a_closing_is_confirmed_and_a_plain_change_is_not(page_of: PageOf, plain: Session, cast: Cast) -> None:
    school = cast.organizations["school3"]
    page = page_of("irkutsk").get(f"/admin/organization/edit/?id={school}")
    page.submit("form.sheet", closed_on="2026-01-15")
    assert plain.get_one(Organization, school).closed_on is None
    page.submit("form.sheet")
    plain.expire_all()
    assert plain.get_one(Organization, school).closed_on is not None
    assert plain.scalar(select(Event.id).where(Event.kind == "organization.closed", Event.subject_id == school))
    page.get(f"/admin/organization/edit/?id={school}").submit("form.sheet", site="one.example")
    plain.expire_all()
    assert plain.get_one(Organization, school).site == "one.example"


def test_what_an_attachment_opens_is_said_beside_the_button_and_kept(page_of: PageOf, plain: Session, cast: Cast) -> None:
    page, user = page_of("central"), cast.users["newcomer"]
    asked = {"user_id": user, "organization_id": cast.organizations["irkutsk"], "role": "supervisor"}
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    told = page.client.get(f"/admin/user/effect/?{query}").get_json()
    assert "4 организации" in told["text"]
    page.get(f"/admin/user/details/?id={user}")
    page.submit("form.attach", **asked, **{"organization_id-text": "Управление образования Иркутска"})
    assert told["text"] in page.text
    assert plain.scalar(select(Membership.id).where(Membership.user_id == user)) is None
    page.submit("form.attach")
    assert plain.scalar(select(Membership.id).where(Membership.user_id == user))
    kept = plain.scalars(select(Event).where(Event.kind == "user.attached", Event.subject_id == user)).one().data
    assert kept["organizations"] == 4


def test_what_ending_an_attachment_closes_is_said_before(page_of: PageOf, plain: Session, cast: Cast) -> None:
    seat = plain.scalars(select(Membership.id).where(Membership.user_id == cast.users["school1"])).one()
    page = page_of("irkutsk").get(f"/admin/membership/end/?id={seat}")
    assert "2 организации" in page.soup.select_one(".question").get_text()
