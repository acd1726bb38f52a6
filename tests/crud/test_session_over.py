"""A form that is sent when the session is over leads through the sign-in window back to itself."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import func, update
from sqlalchemy.orm import Session

from models import LoginSession
from tests.page import Page
from tests.people import PASSWORD, Cast

PageOf = Callable[[str], Page]


def end(plain: Session) -> None:
    """All sessions end now."""
    plain.execute(update(LoginSession).values(ended_at=func.now()))
    plain.commit()


@pytest.mark.parametrize("address", ["/admin/organization/edit/?id={school1}", "/admin/organization/new/?parent_id={irkutsk}"])
def test_signing_in_leads_back_to_the_form(page_of: PageOf, plain: Session, cast: Cast, address: str) -> None:
    address = address.format(**cast.organizations)
    page = page_of("irkutsk").get(address)
    end(plain)
    page.post(address, {"short_name": "Лицей"})
    assert page.response.request.path == "/login"
    page.submit("main form", identity="irkutsk", password=PASSWORD)
    assert page.response.request.full_path.rstrip("?") == address
    assert page.soup.select_one(f"form[data-keep='{cast.users['irkutsk']}'][data-fresh]") is not None


def test_from_an_address_that_is_only_sent_to_one_comes_back_to_the_page_before(
    page_of: PageOf, plain: Session, cast: Cast
) -> None:
    page, before = page_of("support"), f"/admin/user/details/?id={cast.users['newcomer']}"
    page.get(before)
    end(plain)
    token = page.soup.select_one("[name=csrf_token]")["value"]
    answer = page.client.post("/admin/user/attach/", data={"csrf_token": token}, headers={"Referer": f"http://localhost{before}"})
    assert parse_qs(urlsplit(answer.location).query) == {"next": [before]}
    foreign = page.client.post("/admin/user/attach/", data={"csrf_token": token}, headers={"Referer": "http://evil.example/x"})
    assert urlsplit(foreign.location).query == ""


def test_a_form_that_came_back_with_mistakes_is_not_filled_anew(page_of: PageOf, cast: Cast) -> None:
    address = f"/admin/organization/edit/?id={cast.organizations['school1']}"
    page = page_of("irkutsk").get(address)
    page.submit("form.sheet", short_name="")
    assert page.soup.select_one("form[data-keep]") is not None
    assert page.soup.select_one("form[data-fresh]") is None
