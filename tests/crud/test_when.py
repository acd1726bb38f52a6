"""«С какого дня»: a change from today, from another day, as a correction, for a day to come; the card as it was."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from admin_app.extensions import db
from admin_app.reporting import dated, days, planned, scope
from models import Message, Organization, OrganizationFact, Report, User
from tests.crud.test_edit import edit, sent
from tests.page import Page
from tests.people import Cast
from tests.reports import arrange, period

PageOf = Callable[[str], Page]
TODAY = days.today()
SPRING = TODAY - timedelta(days=200)
SOON = TODAY + timedelta(days=3)


@pytest.fixture(autouse=True)
def old(plain: Session, cast: Cast) -> None:
    """The organizations have been there for years."""
    plain.execute(update(Organization).values(created_at=TODAY - timedelta(days=900)))
    plain.commit()


@pytest.fixture
def at_day(monkeypatch: pytest.MonkeyPatch) -> Callable[[date], None]:
    """From here on it is noon of that day."""
    return lambda day: monkeypatch.setattr(days, "now", lambda: datetime.combine(day, time(5), UTC))


def save(page: Page, key: int, **typed: Any) -> Page:
    """Open the form, change these fields, save; once more if it asks to confirm."""
    address = edit("organization", key)
    page.get(address)
    page.post(address, {**sent(page), **typed})
    return page.post(address, sent(page)) if page.soup.select_one("[name=confirmed]") else page


def card(page: Page, key: int, on: date | None = None) -> str:
    page.get(f"/admin/organization/details/?id={key}" + (f"&on={on}" if on else ""))
    return page.text


def test_a_past_day_has_the_name_of_then_on_top(page_of: PageOf, cast: Cast) -> None:
    key, page = cast.organizations["school1"], page_of("central")
    save(page, key, short_name="Лицей имени Пушкина")
    assert "Пушкина" in card(page, key)
    page.get(f"/admin/organization/details/?id={key}&on=2024-01-01")
    assert page.soup.h1.get_text(strip=True) == "МБОУ «СОШ № 1»"
    assert "Пушкина" not in page.soup.title.get_text()


def test_a_report_is_listed_by_the_name_of_its_time(page_of: PageOf, plain: Session, session: Session, cast: Cast) -> None:
    report = arrange(session, plain, cast, deadline=SPRING)["school1"]
    session.commit()
    key, page = cast.organizations["school1"], page_of("central")
    due = dated.reference_day(plain.get_one(Report, report).campaign)
    for since, name in ((due, "Гимназия № 1"), (due + timedelta(days=1), "Лицей № 1")):
        plain.add(OrganizationFact(organization_id=key, field="short_name", since=since, value=name))
    plain.get_one(Organization, key).short_name = "Лицей № 1"
    plain.commit()
    for address in (f"/admin/report/details/?id={report}", "/admin/report/", "/admin/report/export/csv/"):
        text = page.client.get(address).get_data(as_text=True)
        assert "Гимназия № 1" in text, address
    with scope.acting(scope.actor_of(cast.users["central"], plain)):
        later = period(session, date(2026, 9, 1), date(2027, 8, 31))
    arrange(session, plain, cast, during=later, deadline=SOON)
    session.commit()
    for address in ("/admin/report/", "/admin/report/export/csv/"):
        text = page.client.get(address).get_data(as_text=True)
        assert {name for name in ("Гимназия № 1", "Лицей № 1") if name in text} == {"Гимназия № 1", "Лицей № 1"}, address


def named(page: Page) -> str:
    """The short name on the card."""
    lines = {line.dt.get_text(): line.dd.get_text(strip=True) for line in page.soup.select(".facts > div")}
    return lines["Краткое наименование"]


def facts(plain: Session) -> list[tuple[str, date | None, Any, bool]]:
    plain.expire_all()
    query = select(OrganizationFact.field, OrganizationFact.since, OrganizationFact.value, OrganizationFact.planned)
    return sorted(map(tuple, plain.execute(query)), key=lambda fact: (fact[0], fact[1] or date.min))


def test_a_new_name_from_a_day_and_the_card_before_it(page_of: PageOf, plain: Session, cast: Cast) -> None:
    key = cast.organizations["school1"]
    page = save(page_of("irkutsk"), key, short_name="Лицей № 1", counts="day", since=f"{SPRING:%d.%m.%Y}")
    assert "Что когда было" in page.text
    assert "Карточка, какой она была" in card(page, key, SPRING - timedelta(days=1))
    assert [named(page) for day in (SPRING - timedelta(days=1), SPRING, None) if card(page, key, day)] == [
        "МБОУ «СОШ № 1»",
        "Лицей № 1",
        "Лицей № 1",
    ]
    assert [fact[:3] for fact in facts(plain)] == [
        ("short_name", None, "МБОУ «СОШ № 1»"),
        ("short_name", SPRING, "Лицей № 1"),
    ]


def test_a_correction_leaves_no_trace_in_time(page_of: PageOf, plain: Session, cast: Cast) -> None:
    save(page_of("irkutsk"), cast.organizations["school1"], full_name="Школа", counts="always")
    assert facts(plain) == []
    save(page_of("irkutsk"), cast.organizations["school1"], full_name="Гимназия")
    assert [fact[1] for fact in facts(plain)] == [None, TODAY]


@pytest.mark.parametrize("typed", ["", "31.02.2026", "01.01.1812", "01.01.3000", "вчера"])
def test_a_day_that_is_none_is_said_and_nothing_is_lost(page_of: PageOf, plain: Session, cast: Cast, typed: str) -> None:
    page = save(page_of("irkutsk"), cast.organizations["school1"], short_name="Лицей № 1", counts="day", since=typed)
    assert page.soup.select_one("#since-wrong")
    assert page.soup.select_one("#since")["value"] in (typed, "1812-01-01", "3000-01-01")
    assert page.soup.select_one("#short_name")["value"] == "Лицей № 1"
    assert facts(plain) == []


def test_a_plan_waits_for_its_day_and_can_be_taken_back(page_of: PageOf, plain: Session, cast: Cast) -> None:
    key = cast.organizations["school1"]
    page = save(page_of("irkutsk"), key, short_name="Лицей № 1", counts="day", since=f"{SOON:%d.%m.%Y}")
    assert plain.get_one(Organization, key).short_name == "МБОУ «СОШ № 1»"
    assert "Запланировано" in page.text
    button = page.soup.select_one("form[action*='plan/cancel']")
    page.post(button["action"], {"plan": button.select_one("[name=plan]")["value"]})
    assert facts(plain) == []
    again = page.post(button["action"], {"plan": button.select_one("[name=plan]")["value"]})
    assert "уже нет" in again.text


def test_a_phone_is_not_planned(page_of: PageOf, plain: Session, cast: Cast) -> None:
    page = save(page_of("irkutsk"), cast.organizations["school1"], phone="8 3952 700700", counts="day", since=f"{SOON:%d.%m.%Y}")
    assert page.soup.select_one("#phone-wrong")
    assert facts(plain) == []


def test_the_day_comes(page_of: PageOf, plain: Session, cast: Cast, at_day: Callable[[date], None]) -> None:
    """A move that is confirmed today and made on its day by the worker, under the name of who planned it."""
    key, bratsk = cast.organizations["school1"], cast.organizations["bratsk"]
    move = {"parent_id": bratsk, "parent_id-text": "Управление образования Братска"}
    save(page_of("central"), key, **move, counts="day", since=f"{SOON:%d.%m.%Y}")
    assert [fact[0] for fact in facts(plain) if fact[3]] == ["parent_id"]
    assert planned.carry_out(db.session, plain) == (0, 0)
    at_day(SOON)
    assert planned.carry_out(db.session, plain) == (1, 0)
    assert plain.get_one(Organization, key, populate_existing=True).parent_id == bratsk
    assert not any(fact[3] for fact in facts(plain))
    assert {fact[0] for fact in facts(plain)} == {"parent_id", "path"}


def test_a_plan_that_cannot_be_is_told_once(page_of: PageOf, plain: Session, cast: Cast, at_day: Callable[[date], None]) -> None:
    key = cast.organizations["school1"]
    save(page_of("central"), key, inn="3899000040", counts="day", since=f"{SOON:%d.%m.%Y}")
    plain.execute(update(Organization).where(Organization.id == cast.organizations["school3"]).values(inn="3899000040"))
    plain.commit()
    at_day(SOON)
    assert planned.carry_out(db.session, plain) == (0, 1)
    assert planned.carry_out(db.session, plain) == (0, 1)
    told = plain.scalars(select(Message).where(Message.kind == "plan")).all()
    assert [one.recipient_id for one in told] == [cast.users["central"]]
    assert "Не выполнено" in card(page_of("central"), key)


def test_the_region_hears_of_a_plan_whose_maker_has_left(
    page_of: PageOf, plain: Session, cast: Cast, at_day: Callable[[date], None]
) -> None:
    key = cast.organizations["school1"]
    save(page_of("irkutsk"), key, short_name="Лицей № 1", counts="day", since=f"{SOON:%d.%m.%Y}")
    plain.execute(update(User).where(User.id == cast.users["irkutsk"]).values(active=False))
    plain.commit()
    at_day(SOON)
    assert planned.carry_out(db.session, plain) == (0, 1)
    told = plain.scalars(select(Message.recipient_id).where(Message.kind == "plan")).all()
    assert told == [cast.users["central"]]
