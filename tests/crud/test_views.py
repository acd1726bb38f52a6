"""Saved views: kept, found by whom they are shared with, renamed, pinned, deleted by their owner only."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import SavedView, Sharing
from tests.page import Page
from tests.people import Cast

PageOf = Callable[[str], Page]
LIST = "/admin/organization/"


def keep(page: Page, title: str, shared: str = "private", query: str = "?level=branch&sort=-short_name&after=5.x") -> Page:
    """Save the list of the query."""
    page.get(LIST + query)
    return page.submit("form.chooser[method=post]", title=title, shared=shared)


def tabs(page: Page) -> list[str]:
    """The titles of the tabs."""
    return [link.get_text(strip=True) for link in page.soup.select(".viewtabs a:not(.s)")]


def test_a_view_keeps_search_filters_order_and_columns(page_of: PageOf, plain: Session) -> None:
    page = keep(page_of("irkutsk"), "Филиалы", query="?q=сош&level=branch&sort=-short_name&col=inn&after=5.x")
    assert page.soup.select_one(".viewtabs [aria-current]").get_text(strip=True) == "Филиалы"
    assert [cell.get_text(strip=True) for cell in page.soup.select("tbody th")] == ["Филиал СОШ № 1"]
    view = plain.scalars(select(SavedView)).one()
    assert "after" not in view.query
    page.get(str(page.soup.select(".viewtabs a")[0]["href"]))
    assert page.soup.select_one(".viewtabs [aria-current]").get_text(strip=True) == "Все строки"


def test_the_same_name_is_written_over(page_of: PageOf, plain: Session) -> None:
    page = page_of("irkutsk")
    keep(page, "Мои")
    keep(page, " Мои ", query="?level=municipality")
    assert plain.scalars(select(SavedView.query)).all() == ["level=municipality"]


@pytest.mark.parametrize(
    ("owner", "shared", "readers"),
    [
        ("irkutsk", "private", {"irkutsk"}),
        ("irkutsk", "subtree", {"irkutsk"}),
        ("central", "subtree", {"central", "irkutsk", "bratsk", "support", "auditor"}),
        ("central", "all", {"central", "irkutsk", "bratsk", "support", "auditor"}),
    ],
)
def test_who_finds_a_view(page_of: PageOf, owner: str, shared: str, readers: set[str]) -> None:
    keep(page_of(owner), "Общий вид", shared)
    found = {
        name for name in ("central", "irkutsk", "bratsk", "support", "auditor") if "Общий вид" in tabs(page_of(name).get(LIST))
    }
    assert found == readers


def test_a_shared_view_opens_with_the_readers_own_rows(page_of: PageOf) -> None:
    keep(page_of("central"), "Школы", "all", "?level=organization")
    page = page_of("bratsk").get(LIST)
    page.get(str(next(link["href"] for link in page.soup.select(".viewtabs a") if "Школы" in link.get_text())))
    assert [cell.get_text(strip=True) for cell in page.soup.select("tbody th")] == ["МБОУ «СОШ № 2» Братска"]


@pytest.mark.parametrize(("person", "shared"), [("irkutsk", "all"), ("support", "subtree"), ("auditor", "all")])
def test_sharing_needs_the_right(page_of: PageOf, plain: Session, person: str, shared: str) -> None:
    page = page_of(person).get(LIST)
    page.post(f"{LIST}views/", {"title": "Всем", "query": "level=branch", "shared": shared})
    assert "Вы не можете" in page.soup.select_one(".note.err").get_text()
    assert page.soup.select_one("input[name=title]")["value"] == "Всем"
    assert plain.scalars(select(SavedView)).all() == []


def test_the_owner_renames_shares_and_deletes(page_of: PageOf, plain: Session) -> None:
    page = keep(page_of("irkutsk"), "Раз")
    keep(page, "Два")
    page.get(f"{LIST}views/")
    page.submit("form.viewline", title="Три", shared="subtree")
    view = plain.scalars(select(SavedView).where(SavedView.title == "Три")).one()
    assert view.shared is Sharing.SUBTREE
    page.submit("form.viewline", title="Три")
    assert "уже есть" in page.soup.select_one(".note.err").get_text()
    page.post(f"{LIST}views/change/", {"view": str(view.id), "drop": "1"})
    assert "Три" not in tabs(page.get(LIST))


@pytest.mark.parametrize("title", ["", "   ", "я" * 101])
def test_a_name_is_needed(page_of: PageOf, title: str) -> None:
    assert keep(page_of("irkutsk"), title).soup.select(".note.err")


@pytest.mark.parametrize("data", [{"drop": "1"}, {"title": "Чужое", "shared": "all"}])
def test_nobody_touches_the_views_of_others(page_of: PageOf, plain: Session, cast: Cast, data: dict[str, str]) -> None:
    keep(page_of("central"), "Школы", "all")
    view = plain.scalars(select(SavedView)).one()
    page = page_of("irkutsk").get(f"{LIST}views/")
    page.post(f"{LIST}views/change/", {"view": str(view.id), **data})
    assert "нет такого вида" in page.soup.select_one(".note.err").get_text()
    plain.expire_all()
    assert plain.scalars(select(SavedView.title)).all() == ["Школы"]
