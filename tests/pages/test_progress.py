"""«Ход сдачи»: the numbers are true, each leads to what it counts, everybody sees their own part."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from babel.dates import format_date
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from admin_app.reporting import days, reports
from models import Campaign, Report
from tests.page import Page
from tests.people import Cast
from tests.reports import DOCUMENT, FILLED, arrange, save


@pytest.fixture
def ids(session: Session, plain: Session, cast: Cast, as_: Any) -> dict[str, int]:
    """school1 is accepted, school2 under review, school3 not begun."""
    found = arrange(session, plain, cast)
    for name in ("school1", "school2"):
        with as_(name):
            save(session, found[name], FILLED)
            reports.submit(session, found[name])
    with as_("irkutsk"):
        reports.accept(session, found["school1"])
    return found


def rows(page: Page) -> dict[str, list[str]]:
    lines = page.soup.select("main tbody tr")
    return {line.th.get_text(strip=True): [cell.get_text(strip=True) for cell in line.select("td")] for line in lines}  # type: ignore[union-attr]


def test_the_region_is_counted_by_municipality(page_of: Callable[[str], Page], ids: dict[str, int]) -> None:
    assert rows(page_of("central").get("/progress")) == {
        "Управление образования Братска": ["1", "", "–", "1", "–", "–", "–", "0\xa0%"],
        "Управление образования Иркутска": ["2", "", "1", "–", "–", "–", "1", "50\xa0%"],
    }


def test_every_number_leads_to_the_reports_it_counts(page_of: Callable[[str], Page], ids: dict[str, int]) -> None:
    page = page_of("central").get("/progress")
    numbers = [(str(link["href"]), int(link.get_text())) for link in page.soup.select("tbody td a")]
    assert len(numbers) == 3
    for address, count in numbers:
        assert len(page.get(address).soup.select("tbody tr")) == count


def test_an_offices_own_report_is_counted_without_those_below(
    page_of: Callable[[str], Page], session: Session, plain: Session, cast: Cast
) -> None:
    arrange(session, plain, cast, filing_levels=["municipality", "organization"])
    page = page_of("irkutsk").get("/progress")
    assert len(rows(page)) == 3
    plain.execute(update(Report).where(Report.organization_id == cast.organizations["school1"]).values(state="draft"))
    arrange(session, plain, cast, {**DOCUMENT, "form": "ВТОРАЯ"}, filing_levels=["municipality", "organization", "branch"])
    for campaign in plain.scalars(select(Campaign.id)):
        links = page.get(f"/progress?campaign={campaign}").soup.select("tbody td.num a:not(.btn)")
        for address, count in [(str(link["href"]), int(link.get_text())) for link in links]:
            assert len(page.get(address).soup.select("tbody tr")) == count, address


def test_a_municipality_is_shown_by_organization(page_of: Callable[[str], Page], ids: dict[str, int]) -> None:
    page = page_of("irkutsk").get("/progress")
    assert {name: cells[0] for name, cells in rows(page).items()} == {
        "МБОУ «СОШ № 3»": "Не заполнен",
        "МБОУ «СОШ № 1»": "Принято",
    }
    assert "1 из 2" in page.text


def test_one_goes_down_and_not_aside(page_of: Callable[[str], Page], ids: dict[str, int], cast: Cast) -> None:
    central, irkutsk = page_of("central"), page_of("irkutsk")
    central.get(f"/progress?under={cast.organizations['bratsk']}")
    assert list(rows(central)) == ["МБОУ «СОШ № 2» Братска"]
    irkutsk.get(f"/progress?under={cast.organizations['bratsk']}", status=404)
    irkutsk.get(f"/progress?under={cast.organizations['region']}", status=404)


def test_without_campaigns_it_says_so(page_of: Callable[[str], Page]) -> None:
    page = page_of("central")
    assert "Сбор отчетов еще не открыт" in page.get("/progress").text
    page.get("/progress?campaign=1", status=404)


def test_it_is_for_those_who_oversee(page_of: Callable[[str], Page]) -> None:
    page_of("school1").get("/progress", status=403)
    for name in ("support", "auditor", "admin"):
        page_of(name).get("/progress")


def test_the_curve_goes_on_to_today(page_of: Callable[[str], Page], ids: dict[str, int], plain: Session) -> None:
    earlier = days.now() - timedelta(days=20)
    plain.execute(update(Report).where(Report.id == ids["school1"]).values(submitted_at=earlier, accepted_at=earlier))
    page = page_of("irkutsk").get("/progress")
    assert f"на {format_date(days.today(), 'd MMMM', locale='ru')}" in str(page.soup.select_one("svg.chart")["aria-label"])  # type: ignore[index]
