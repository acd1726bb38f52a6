"""Signs that no database keeps and no reader sees: what is typed or pasted with them means what it means without."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Organization
from tests.page import Page
from tests.people import Cast

PageOf = Callable[[str], Page]
PASTED = "СОШ\u00ad № 1\u200b\x00"


@pytest.mark.parametrize(
    "address",
    [
        "/admin/organization/?q={}",
        "/admin/organization/?phone={}",
        "/admin/organization/?parent_id-text={}",
        "/admin/organization/tree/?q={}",
    ],
)
def test_where_something_is_looked_for(page_of: PageOf, address: str) -> None:
    clean, pasted = (page_of("central").get(address.format(text)).text for text in ("СОШ № 1", PASTED))
    assert "СОШ" in clean
    assert clean == pasted


@pytest.mark.parametrize("address", ["/admin/organization/lookup/parent_id?q={}", "/admin/palette?q={}"])
def test_while_one_types(page_of: PageOf, address: str) -> None:
    clean, pasted = (page_of("central").get(address.format(text)).response.json for text in ("СОШ № 1", PASTED))
    assert "СОШ № 1" in str(clean)
    assert clean == pasted


def test_in_a_form(page_of: PageOf, plain: Session, cast: Cast) -> None:
    key = cast.organizations["school1"]
    page_of("central").get(f"/admin/organization/edit/?id={key}").submit("form.sheet", address="ул. Лени\u00adна,\u200b 5\x00")
    assert plain.scalar(select(Organization.address).where(Organization.id == key)) == "ул. Ленина, 5"
