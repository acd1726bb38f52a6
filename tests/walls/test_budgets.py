"""No page costs more statements than tests/budgets.py allows."""

from collections.abc import Callable

import pytest
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from tests.budgets import BUDGETS, counted
from tests.page import Page
from tests.people import Cast
from tests.reports import FILLED, arrange, save


@pytest.mark.parametrize(("person", "address", "budget"), BUDGETS, ids=lambda value: str(value) or "stranger")
def test_a_page_keeps_its_budget(  # noqa: PLR0917  # fixtures
    session: Session,
    plain: Session,
    cast: Cast,
    as_: Callable,
    page: Page,
    page_of: Callable[[str], Page],
    connection: Connection,
    person: str,
    address: str,
    budget: int,
) -> None:
    report = arrange(session, plain, cast)["school1"]
    with as_("school1"):
        save(session, report, FILLED)
    session.commit()
    reader = page_of(person) if person else page
    address = address.format(organization=cast.organizations["school1"], report=report)
    reader.get(address)  # the lists that everybody sees are kept from now on
    with counted(connection) as statements:
        reader.get(address)
    assert len(statements) <= budget, f"{len(statements)} statements, {budget} allowed:\n" + "\n".join(statements)
