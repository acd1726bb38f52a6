"""Ctrl+K: the screens and records that one may open, and nothing else."""

from collections.abc import Callable

import pytest
from sqlalchemy import Connection

from tests.budgets import counted
from tests.page import Page

PageOf = Callable[[str], Page]


def offered(page: Page, text: str) -> list[str]:
    """The titles offered."""
    answer = page.client.get("/admin/palette", query_string={"q": text})
    assert answer.status_code == 200
    return [one["title"] for one in answer.get_json()]


def test_screens_are_those_of_the_person(page_of: PageOf) -> None:
    assert "Справочники" in offered(page_of("central"), "справочн")
    assert "Справочники" not in offered(page_of("irkutsk"), "справочн")
    assert "Ход сдачи" in offered(page_of("irkutsk"), "ход")


def test_records_are_those_that_one_sees(page_of: PageOf) -> None:
    assert offered(page_of("irkutsk"), "сош") == ["МБОУ «СОШ № 1»", "МБОУ «СОШ № 3»", "Филиал СОШ № 1"]
    assert offered(page_of("irkutsk"), "братск") == []
    assert "МБОУ «СОШ № 2» Братска" in offered(page_of("bratsk"), "3899000026")
    assert offered(page_of("irkutsk"), "abkbfk") == ["Филиал СОШ № 1"]


@pytest.mark.parametrize("person", ["school1", "newcomer"])
def test_clerks_are_offered_no_records(page_of: PageOf, person: str) -> None:
    assert "МБОУ «СОШ № 1»" not in offered(page_of(person), "сош")


def test_strangers_sign_in_first(page: Page) -> None:
    page.get("/admin/palette?q=сош", status=302, follow=False)


def test_what_it_offers_can_be_opened_and_costs_little(page_of: PageOf, connection: Connection) -> None:
    page = page_of("irkutsk")
    with counted(connection) as statements:
        found = page.client.get("/admin/palette?q=иркутск").get_json()
    assert len(statements) <= 8, statements
    for one in found:
        page.get(one["address"])
