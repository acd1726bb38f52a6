"""An organization's cabinet: forms open to periods, a period is a report; the card; nothing of others."""

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from admin_app.reporting import scope
from tests.page import Page
from tests.people import Cast
from tests.reports import DOCUMENT, arrange, campaign, period


def of(cast: Cast, name: str) -> str:
    return f"/organizations/{cast.organizations[name]}"


def test_a_form_opens_to_its_periods(
    page_of: Callable[[str], Page], session: Session, plain: Session, cast: Cast, as_: Any
) -> None:
    ids = arrange(session, plain, cast)
    with as_("central"):
        campaign(session, DOCUMENT, during=period(session, date(2024, 9, 1), date(2025, 8, 31)), title="Прошлый год")
    page = page_of("school1").get(of(cast, "school1"))
    forms = page.soup.select("main details")
    assert len(forms) == 1
    assert "ТЕСТ" in forms[0].summary.get_text()  # type: ignore[union-attr]
    periods = [link.select_one(".p").get_text() for link in forms[0].select("a[href^='/reports/']")]  # type: ignore[union-attr]
    assert periods == ["2025/2026", "2024/2025"]
    assert forms[0].select(f"a[href='/reports/{ids['school1']}'] [data-status=empty]")


def test_the_heading_is_the_contracts(page_of: Callable[[str], Page], cast: Cast) -> None:
    page = page_of("school1").get(of(cast, "school1"))
    assert "Отчеты о деятельности" in [heading.get_text() for heading in page.soup.select("h2")]


def test_the_bar_under_the_header_leads_to_ones_organizations(page_of: Callable[[str], Page], cast: Cast) -> None:
    page = page_of("clerk").get(of(cast, "school2"))
    links = {str(link["href"]) for link in page.soup.select(".orgs a")}
    assert links == {of(cast, "school1"), of(cast, "school2")}
    assert page.soup.select_one(".orgs [aria-current]")["href"] == of(cast, "school2")  # type: ignore[index]


def test_the_card_is_read(page_of: Callable[[str], Page], cast: Cast) -> None:
    text = page_of("school1").get(of(cast, "school1")).text
    assert "3899000019" in text
    assert "Управление образования Иркутска" in text


def test_a_school_asks_an_operator_edits(page_of: Callable[[str], Page], cast: Cast) -> None:
    edit = f"a[href='/admin/organization/edit/?id={cast.organizations['school1']}']"
    own = page_of("school1").get(of(cast, "school1"))
    assert not own.soup.select(edit)
    assert own.soup.select("a[href^='/requests/new?kind=edit_card']")
    assert page_of("irkutsk").get(of(cast, "school1")).soup.select(edit)


def test_a_foreign_organization_is_not_there(page_of: Callable[[str], Page], cast: Cast) -> None:
    page_of("school1").get(of(cast, "school2"), status=404)
    page_of("bratsk").get(of(cast, "school1"), status=404)
    page_of("newcomer").get(of(cast, "school1"), status=404)


def test_an_operator_goes_down_the_tree(page_of: Callable[[str], Page], cast: Cast) -> None:
    page = page_of("irkutsk").get(of(cast, "irkutsk"))
    assert page.soup.select(f"main a[href='{of(cast, 'school1')}']")
    assert not page.soup.select(f"main a[href='{of(cast, 'school2')}']")


def test_the_people_attached_are_named(page_of: Callable[[str], Page], cast: Cast) -> None:
    text = page_of("school1").get(of(cast, "school1")).text
    assert "Двухместная Зоя" in text
    assert "Вторая Нина" not in text


def test_a_number_too_large_is_no_page(page_of: Callable[[str], Page]) -> None:
    page_of("school1").get("/organizations/99999999999999999999", status=404)


def test_nobody_acts_after_the_request(page_of: Callable[[str], Page], cast: Cast) -> None:
    page_of("school1").get(of(cast, "school1"))
    assert scope.current().is_nobody
