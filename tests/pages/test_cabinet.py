"""The first page after signing in: five blocks, what is owed, what a newcomer does next."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from admin_app.reporting import days, reports
from models import Membership, Role, RoleName
from tests.page import Page
from tests.people import Cast
from tests.reports import FILLED, arrange, save

BLOCKS = ("Мои отчеты", "Мои сообщения", "Мои организации", "Мои заявки", "Мой профиль")


def headings(page: Page) -> list[str]:
    return [heading.get_text(strip=True) for heading in page.soup.select("main h2")]


@pytest.mark.parametrize("name", ["school1", "clerk", "irkutsk", "central", "newcomer", "support", "auditor", "admin"])
def test_everybody_has_the_five_blocks(page_of: Callable[[str], Page], name: str) -> None:
    page = page_of(name).get("/cabinet")
    assert page.soup.h1 is not None
    assert page.soup.h1.get_text(strip=True) == "Личный кабинет пользователя"
    assert set(headings(page)) == set(BLOCKS)


def test_the_surname_and_the_breadcrumb_lead_here(page_of: Callable[[str], Page]) -> None:
    page = page_of("school1").get("/messages")
    assert page.soup.select_one("header a.me").get_text(" ", strip=True).endswith("Первая")  # type: ignore[union-attr]
    assert page.soup.select_one("header a.me")["href"] == "/cabinet"  # type: ignore[index]
    first = page.soup.select_one(".crumbs a")
    assert first is not None
    assert (first.get_text(strip=True), first["href"]) == ("Мой профиль", "/cabinet")


def test_the_profile_can_be_changed_and_left(page_of: Callable[[str], Page]) -> None:
    profile = page_of("school1").get("/cabinet").soup.select_one("#profile")
    assert profile is not None
    assert profile.find("a", string=lambda text: bool(text) and "Изменить" in str(text)) or "Изменить" in profile.get_text()
    assert "Выйти" in profile.select_one("form[action='/logout'] button").get_text()  # type: ignore[union-attr]


def test_a_newcomer_is_told_what_to_do_next(page_of: Callable[[str], Page]) -> None:
    page = page_of("newcomer").get("/cabinet")
    assert "8(3952)500-287 (286)" in page.soup.select_one("#reports").get_text()  # type: ignore[union-attr]
    assert page.soup.select("#reports a[href='/requests/new?kind=attach_user']")


def test_every_role_at_an_organization_is_named(page_of: Callable[[str], Page], plain: Session, cast: Cast) -> None:
    role = plain.scalars(select(Role.id).where(Role.name == RoleName.SUPPORT)).one()
    plain.add(Membership(user_id=cast.users["irkutsk"], organization_id=cast.organizations["irkutsk"], role_id=role))
    plain.commit()
    tile = page_of("irkutsk").get("/cabinet").soup.select_one("#organizations a.tile .x")
    assert tile is not None
    assert tile.get_text() == "Вышестоящий оператор, Поддержка"


def test_what_is_owed_stands_with_its_deadline(
    page_of: Callable[[str], Page], session: Session, plain: Session, cast: Cast
) -> None:
    ids = arrange(session, plain, cast, deadline=days.today() + timedelta(days=3))
    page = page_of("school1").get("/cabinet")
    assert page.soup.select(f"#reports a[href='/reports/{ids['school1']}']")
    assert not page.soup.select(f"#reports a[href='/reports/{ids['school2']}']")
    assert "осталось 3 дня" in page.text
    assert page.soup.select("#reports svg[role=img]")


def test_an_overdue_report_says_so(page_of: Callable[[str], Page], session: Session, plain: Session, cast: Cast) -> None:
    arrange(session, plain, cast, deadline=days.today() - timedelta(days=2))
    assert "просрочено на 2 дня" in page_of("school1").get("/cabinet").text


def test_a_returned_report_shows_why(
    page_of: Callable[[str], Page], session: Session, plain: Session, cast: Cast, as_: Any
) -> None:
    ids = arrange(session, plain, cast, deadline=days.today() + timedelta(days=30))
    with as_("school1"):
        save(session, ids["school1"], FILLED)
        reports.submit(session, ids["school1"])
    with as_("irkutsk"):
        reports.reject(session, ids["school1"], "Проверьте строку 02.")
    text = page_of("school1").get("/cabinet").text
    assert "Отклонено" in text
    assert "Проверьте строку 02." in text


def test_an_operator_sees_what_waits(
    page_of: Callable[[str], Page], session: Session, plain: Session, cast: Cast, as_: Any
) -> None:
    ids = arrange(session, plain, cast, deadline=days.today() + timedelta(days=30))
    with as_("school1"):
        save(session, ids["school1"], FILLED)
        reports.submit(session, ids["school1"])
    assert "1 отчет ждет вашего решения" in page_of("irkutsk").get("/cabinet").text
    assert "Вашего решения ничто не ждет" in page_of("bratsk").get("/cabinet").text


def test_the_frame_asks_the_database_once(page_of: Callable[[str], Page], session: Session) -> None:
    page = page_of("clerk").get("/help")
    said: list[str] = []
    session.connection()
    event.listen(session.get_bind(), "before_cursor_execute", lambda *call: said.append(str(call[2])))
    page.get("/help")
    framed = [text for text in said if "FROM message" in text or ("FROM organization" in text and "membership" in text)]
    assert len(framed) == 1, framed


def test_a_stranger_is_sent_to_sign_in_and_back(page: Page) -> None:
    page.get("/cabinet")
    assert page.response.request.path == "/login"
    assert "next" in page.response.request.args or "/cabinet" in page.response.get_data(as_text=True)
