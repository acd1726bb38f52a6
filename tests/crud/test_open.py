"""Central opens a campaign, and every organization it concerns has its report; and closes it."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app.reporting import forms, reports
from models import Campaign, Event, Message, Period, Report
from tests.page import Page
from tests.people import Cast
from tests.reports import DOCUMENT, FILLED, arrange, period, save

PageOf = Callable[[str], Page]


@pytest.fixture
def version(session: Session, as_: Callable[[str], AbstractContextManager[object]]) -> int:
    """A published version of a small form, and a school year."""
    with as_("central"):
        made = forms.load_form(session, DOCUMENT)
        period(session)
        key = made.id
        session.commit()
    return key


def made(page: Page, plain: Session, version: int, **typed: object) -> Campaign:
    """A campaign added through the form."""
    data = {
        "form_version_id": version,
        "period_id": plain.scalars(select(Period.id)).one(),
        "title": "ТЕСТ за 2025/26",
        "deadline": "2026-10-15",
        "filing_levels": ["organization"],
        "review_levels": ["municipality"],
        **typed,
    }
    page.get("/admin/campaign/new/").post("/admin/campaign/new/", data)
    return plain.scalars(select(Campaign)).one()


def test_every_organization_concerned_has_its_report(page_of: PageOf, plain: Session, cast: Cast, version: int) -> None:
    page = page_of("central")
    row = made(page, plain, version)
    assert (row.filing_levels, row.review_levels, row.type_ids) == (["organization"], ["municipality"], [])
    page.get(f"/admin/campaign/open/?id={row.id}")
    assert "3 организаци" in page.text
    assert plain.scalar(select(Report.id)) is None
    page.submit("main form")
    schools = {cast.organizations[name] for name in ("school1", "school2", "school3")}
    assert set(plain.scalars(select(Report.organization_id))) == schools
    assert plain.scalar(select(Event.id).where(Event.kind == "campaign.opened", Event.subject_id == row.id))
    assert plain.scalar(select(Message.id).where(Message.recipient_id == cast.users["school1"]))
    page.get("/admin/report/")
    assert len(page.soup.select("tbody tr")) == 3
    page.get(str(page.soup.select_one("tbody th a")["href"]))
    assert page.soup.select("a[href^='/reports/']")


def test_only_organizations_of_the_types_chosen(page_of: PageOf, plain: Session, version: int) -> None:
    page = page_of("central")
    row = made(page, plain, version, type_ids=["1"])
    assert row.type_ids == [1]
    page.get(f"/admin/campaign/open/?id={row.id}").submit("main form")
    assert plain.scalar(select(Report.id)) is None


def test_once_open_it_keeps_what_it_asks_for(page_of: PageOf, plain: Session, version: int) -> None:
    page = page_of("central")
    row = made(page, plain, version)
    page.get(f"/admin/campaign/open/?id={row.id}").submit("main form")
    page.get(f"/admin/campaign/edit/?id={row.id}")
    assert {field.get("name") for field in page.soup.select("main .form [name]")} == {"title", "deadline"}
    page.post(f"/admin/campaign/edit/?id={row.id}", {"title": "Другое имя", "deadline": "2026-11-01", "filing_levels": "branch"})
    plain.expire_all()
    assert (row.title, row.filing_levels) == ("Другое имя", ["organization"])


@pytest.mark.parametrize(
    "typed",
    [
        {"filing_levels": []},
        {"review_levels": []},
        {"filing_levels": ["moon"]},
        {"deadline": ""},
        {"deadline": "2020-01-01"},
        {"review_levels": ["branch"]},
        {"review_levels": ["region", "branch"]},
    ],
)
def test_a_campaign_needs_its_parts(page_of: PageOf, plain: Session, version: int, typed: dict[str, object]) -> None:
    page = page_of("central").get("/admin/campaign/new/")
    year = plain.scalars(select(Period.id)).one()
    data = {"form_version_id": version, "period_id": year, "title": "x", "deadline": "2026-10-15", "filing_levels": "branch"}
    page.post("/admin/campaign/new/", {**data, "review_levels": "region", **typed})
    assert page.soup.select(f"#{next(iter(typed))}-wrong")
    assert plain.scalar(select(Campaign.id)) is None


@pytest.mark.parametrize("person", ["irkutsk", "auditor", "support"])
def test_others_open_nothing(page_of: PageOf, plain: Session, version: int, person: str) -> None:
    row = made(page_of("central"), plain, version)
    page = page_of(person).get(f"/admin/campaign/details/?id={row.id}")
    assert not page.soup.select("a[href*='/open/']")
    page.get(f"/admin/campaign/open/?id={row.id}", status=403)
    page.get(f"/admin/campaign/close/?id={row.id}", status=403)


def test_closing_says_what_is_still_owed_and_can_be_taken_back(
    page_of: PageOf, session: Session, plain: Session, cast: Cast, as_: Callable[[str], AbstractContextManager[object]]
) -> None:
    ids = arrange(session, plain, cast)
    with as_("school1"):
        save(session, ids["school1"], FILLED)
        reports.submit(session, ids["school1"])
    session.commit()
    row = plain.scalars(select(Campaign)).one()
    page = page_of("central").get(f"/admin/campaign/details/?id={row.id}")
    page.get(str(page.soup.select_one("main .head a[href*='/close/']")["href"]))
    assert "Еще не сданы 2 отчета" in page.text
    assert row.closed_at is None
    page.get(str(page.soup.select_one("main dl a")["href"]))
    assert len(page.soup.select("tbody tr")) == 2
    page.get(f"/admin/campaign/close/?id={row.id}").submit("main form")
    assert "Не сданы 2 отчета" in page.text
    plain.expire_all()
    assert row.closed_at is not None
    assert not page.soup.select("a[href*='/close/']")
    page.get(f"/admin/campaign/open/?id={row.id}").submit("main form")
    plain.expire_all()
    assert row.closed_at is None


def test_what_is_not_open_is_not_closed(page_of: PageOf, plain: Session, version: int) -> None:
    page = page_of("central")
    row = made(page, plain, version)
    page.get(f"/admin/campaign/details/?id={row.id}")
    assert not page.soup.select("a[href*='/close/']")
    page.get(f"/admin/campaign/close/?id={row.id}")
    page.post(f"/admin/campaign/close/?id={row.id}")
    assert page.soup.select_one("main .note.err") is not None
