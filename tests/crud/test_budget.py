"""How many statements a page of the generated screens may cost, whatever it shows and whoever reads it.

Each is read once before: the lists that everybody sees and the region's name are then kept (`reporting.lists`).
"""

from collections.abc import Callable

import pytest
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from models import Level, Organization
from tests.budgets import counted
from tests.page import Page
from tests.people import Cast, organization

PageOf = Callable[[str], Page]
FRAME = 1  # the person, their rights, their organizations, unread messages and the stamp of the lists, all in one


@pytest.mark.parametrize("person", ["central", "irkutsk"])
@pytest.mark.parametrize(
    ("address", "budget"),
    [
        ("/admin/organization/", 1),
        ("/admin/organization/?q=школа&sort=-parent_id&last=1", 2),
        ("/admin/organization/?parent_id=2&level=organization", 3),
        ("/admin/user/", 1),
        ("/admin/membership/", 1),
        ("/admin/report/", 1),
        ("/admin/event/", 1),
        ("/admin/organization/new/", 0),
        ("/admin/organization/edit/?id={school1}", 2),
        ("/admin/organization/details/?id={school1}", 5),
        ("/admin/user/edit/?id={clerk}", 3),
        ("/admin/user/details/?id={clerk}", 4),
        ("/admin/organization/lookup/parent_id?q=школа", 1),
        ("/admin/organization/lookup/parent_id?recent=1,2,3", 1),
        ("/admin/organization/lookup/parent_id?under=1", 1),
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
    page.get(address)
    with counted(connection) as statements:
        page.get(address)
    assert len(statements) <= FRAME + budget, "\n".join(statements)
