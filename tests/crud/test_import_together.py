"""An import writes its lines together: statements by the piece, not by the line; what is refused is still said at its line."""

from datetime import date

import pytest
from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from models import Level, Organization, Report
from tests.budgets import counted
from tests.crud.test_import import PageOf, checked, do, upload
from tests.people import Cast, organization
from tests.reports import arrange

OFFICE = "Управление образования Иркутска"


def line(number: int, name: str = "") -> str:
    """A school; organizations of one piece may have one INN with different KPP."""
    return f"{name or f'Школа {number}'};Полное {number};7707083893;38990{number:04};;{OFFICE}"


@pytest.mark.parametrize("person", ["central", "irkutsk"])
def test_its_statements_do_not_grow_with_its_lines(page_of: PageOf, connection: Connection, plain: Session, person: str) -> None:
    page = page_of(person)
    costs = []
    for first, count in ((1, 3), (100, 60)):
        checked(page, *(line(number) for number in range(first, first + count)))
        with counted(connection) as statements:
            do(page, "run")
        assert page.soup.select_one("[data-status=done]") is not None
        costs.append(len(statements))
    assert plain.scalar(select(func.count(Organization.id)).where(Organization.inn == "7707083893")) == 63
    assert costs[1] <= costs[0] + 5


def test_new_organizations_get_the_reports_of_open_campaigns(
    page_of: PageOf, session: Session, plain: Session, cast: Cast
) -> None:
    arrange(session, plain, cast)
    session.commit()
    before = plain.scalar(select(func.count(Report.id))) or 0
    do(checked(page_of("central"), *(line(number) for number in range(1, 6))), "run")
    assert plain.scalar(select(func.count(Report.id))) == before + 5


def test_a_line_that_is_refused_as_it_is_written_is_named(page_of: PageOf, plain: Session, cast: Cast) -> None:
    """The superior of one of the lines is closed between the check and the import."""
    region = plain.get_one(Organization, cast.organizations["region"])
    office = organization(plain, "Отдел А", Level.MUNICIPALITY, region, inn="7707083893", kpp="770700001")
    plain.commit()
    page = checked(page_of("central"), line(1), line(3).replace(OFFICE, "Отдел А"), line(2))
    assert page.soup.select_one(".wrong") is None
    office.closed_on = date(2026, 1, 15)
    plain.commit()
    do(page, "run", without="1")
    assert "Ничего не загружено" in page.text
    assert page.soup.select_one("#line-3 .wrong") is not None
    assert plain.scalar(select(Organization).where(Organization.short_name == "Школа 1")) is None


def test_a_school_and_its_branches_in_one_file(page_of: PageOf, plain: Session) -> None:
    head = "Краткое наименование;Полное наименование;Вышестоящая организация;Место в иерархии"
    lines = [f"Школа {n};Школа;{OFFICE};Организация\nФилиал {n};Филиал;Школа {n};Филиал" for n in range(5)]
    page = page_of("irkutsk")
    upload(page, "\n".join([head, *lines]).encode())
    page.submit("form:has(table)")
    do(page, "run")
    assert page.soup.select_one("[data-status=done]") is not None
    branches = select(Organization).where(Organization.short_name.startswith("Филиал "), Organization.full_name == "Филиал")
    found = {row.short_name: row.parent.short_name for row in plain.scalars(branches)}
    assert found == {f"Филиал {n}": f"Школа {n}" for n in range(5)}
