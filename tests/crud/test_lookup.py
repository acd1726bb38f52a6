"""Pickers offer what the actor sees, at most twenty, and are no way round the scope."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from models import Level, Organization
from tests.page import Page
from tests.people import Cast, organization
from tests.reports import arrange

PageOf = Callable[[str], Page]


def offered(page: Page, query: str, address: str = "/admin/organization/lookup/parent_id") -> list[str]:
    """The titles offered."""
    answer = page.client.get(address, query_string={"q": query})
    assert answer.status_code == 200
    return [one["title"] for one in answer.get_json()["rows"]]


def test_only_what_is_seen_is_offered(page_of: PageOf) -> None:
    assert offered(page_of("irkutsk"), "сош") == ["МБОУ «СОШ № 1»", "МБОУ «СОШ № 3»", "Филиал СОШ № 1"]
    assert len(offered(page_of("central"), "сош")) == 4


def test_codes_and_logins_are_found(page_of: PageOf) -> None:
    page = page_of("support")
    assert offered(page, "3899000026") == ["МБОУ «СОШ № 2» Братска"]
    assert offered(page, "newcomer", "/admin/membership/lookup/user_id") == ["Новикова Ирина"]


def test_at_most_twenty(page_of: PageOf, plain: Session, cast: Cast) -> None:
    root = plain.get_one(Organization, cast.organizations["irkutsk"])
    for number in range(25):
        organization(plain, f"Сад {number}", Level.ORGANIZATION, root, inn=f"66000000{number:02}", kpp="123456789")
    assert len(offered(page_of("irkutsk"), "сад")) == 20


@pytest.mark.parametrize("query", ["тест", "ТЕСТ", "небольшая", "тест 2025", "редакция"])
def test_an_edition_is_found_by_its_form(page_of: PageOf, session: Session, plain: Session, cast: Cast, query: str) -> None:
    arrange(session, plain, cast)
    session.commit()
    page = page_of("central")
    assert offered(page, query, "/admin/campaign/lookup/form_version_id") == ["ТЕСТ · редакция 2025 года"]
    assert offered(page, f"{query} другая", "/admin/campaign/lookup/form_version_id") == []
    assert len(page.get(f"/admin/form_version/?q={query}").soup.select("tbody tr")) == 1


@pytest.mark.parametrize("name", ["path", "short_name", "nothing", "password", "level"])
def test_what_is_no_picker_is_no_page(page_of: PageOf, name: str) -> None:
    page_of("central").get(f"/admin/organization/lookup/{name}", status=404)


def test_strangers_and_clerks_look_nothing_up(page: Page, page_of: PageOf) -> None:
    page.get("/admin/organization/lookup/parent_id?q=с", status=302, follow=False)
    page_of("school1").get("/admin/organization/lookup/parent_id?q=с", status=403)
