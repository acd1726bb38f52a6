"""How many statements a page of the generated screens may cost, whatever it shows and whoever reads it."""

from collections.abc import Callable

import pytest
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from models import Level, Organization
from tests.budgets import counted
from tests.page import Page
from tests.people import Cast, organization

PageOf = Callable[[str], Page]
FRAME = 5  # the person, their rights, their organizations, unread messages, the region's name at first


@pytest.mark.parametrize("person", ["central", "irkutsk"])
@pytest.mark.parametrize(
    ("address", "budget"),
    [
        ("/admin/organization/", 4),
        ("/admin/organization/?q=школа&sort=-parent_id&page=2", 4),
        ("/admin/organization/?parent_id=2&level=organization", 5),
        ("/admin/user/", 4),
        ("/admin/membership/", 4),
        ("/admin/report/", 4),
        ("/admin/event/", 4),
        ("/admin/organization/new/", 3),
        ("/admin/organization/edit/?id={school1}", 6),
        ("/admin/organization/details/?id={school1}", 6),
        ("/admin/user/edit/?id={clerk}", 3),
        ("/admin/user/details/?id={clerk}", 3),
        ("/admin/organization/lookup/parent_id?q=школа", 1),
    ],
)
def test_a_page_keeps_its_budget(
    page_of: PageOf, connection: Connection, plain: Session, cast: Cast, person: str, address: str, budget: int
) -> None:
    root = plain.get_one(Organization, cast.organizations["irkutsk"])
    for number in range(120):
        organization(
            plain, f"Школа {number}", Level.ORGANIZATION, root, inn=f"55000000{number:03}"[:10], kpp=f"{number:03}000000"
        )
    page = page_of(person)
    address = address.format(school1=cast.organizations["school1"], clerk=cast.users["clerk"])
    with counted(connection) as statements:
        page.get(address)
    assert len(statements) <= FRAME + budget, "\n".join(statements)
