"""Pages by key, further columns, exact counts, the other keyboard layout, and filters by any field with operators."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from admin_app.crud import listing
from models import Level, Organization
from tests.page import Page
from tests.people import Cast, organization

PageOf = Callable[[str], Page]
LIST = "/admin/organization/"


def names(page: Page) -> list[str]:
    """The first cells of the list."""
    return [cell.get_text(strip=True) for cell in page.soup.select("tbody th")]


def onward(page: Page, rel: str) -> Page:
    """Follow the link to another page."""
    return page.get(str(page.soup.select_one(f"a[rel={rel}]")["href"]))


@pytest.fixture
def many(plain: Session, cast: Cast) -> None:
    """A hundred and twenty schools in Иркутск, some closed, many with the same name."""
    root = plain.get_one(Organization, cast.organizations["irkutsk"])
    for number in range(120):
        row = organization(
            plain, f"Одно имя {number // 40}", Level.ORGANIZATION, root, inn=f"88000000{number:02}"[:10], kpp=f"{number:09}"
        )
        row.closed_on = None if number % 3 else f"2026-01-{number % 28 + 1:02}"
    plain.commit()


@pytest.mark.parametrize(
    "sort", ["", "short_name", "-short_name", "-closed_on", "closed_on", "parent_id", "-type_id", "level", "-inn"]
)
def test_pages_forward_and_backward_lose_and_repeat_nothing(page_of: PageOf, many: None, sort: str) -> None:
    address = f"{LIST}?q=одно имя&col=parent_id&col=type_id&col=level&col=inn&col=closed_on&sort={sort}"
    page = page_of("irkutsk").get(address)
    forward = [row["id"] for row in page.soup.select("tbody tr")]
    while page.soup.select_one("a[rel=next]"):
        forward += [row["id"] for row in onward(page, "next").soup.select("tbody tr")]
    onward(page.get(address), "last")
    backward = [row["id"] for row in page.soup.select("tbody tr")]
    while page.soup.select_one("a[rel=prev]"):
        backward = [row["id"] for row in onward(page, "prev").soup.select("tbody tr")] + backward
    assert len(set(forward)) == len(forward) == 120
    assert backward == forward


def test_beyond_the_cap_one_may_count_exactly(page_of: PageOf, many: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "CAP", 100)
    for query in ("?level=organization", "?q=одно имя"):
        page = page_of("irkutsk").get(LIST + query)
        assert "100+" in page.soup.select_one(".summary").get_text()
        page.get(str(page.soup.select_one(".summary a[rel=nofollow]")["href"]))
        assert any(count in page.soup.select_one(".summary").get_text() for count in ("120", "122"))


def test_the_other_keyboard_layout_is_tried_and_said(page_of: PageOf) -> None:
    page = page_of("irkutsk").get(f"{LIST}?q=aabkbfk")  # nothing
    assert names(page) == []
    for typed in ("abkbfk", "ABKBFK"):
        page.get(f"{LIST}?q={typed}")
        assert names(page) == ["Филиал СОШ № 1"]
        assert "филиал" in page.soup.select_one(".note").get_text().lower()
        assert typed in page.soup.select_one(".note").get_text()
    page.get("/admin/user/?q=ысрщщд1")
    assert names(page)


def test_columns_are_chosen_and_the_name_stays_first(page_of: PageOf) -> None:
    page = page_of("central").get(f"{LIST}?col=okved_additional&col=full_name&sort=full_name")
    heads = [head.get_text(" ", strip=True).strip(" ▾▴") for head in page.soup.select("thead th")]
    assert heads == ["Краткое наименование", "ОКВЭД, дополнительные виды деятельности", "Полное наименование"]
    chosen = [box["value"] for box in page.soup.select(".chooser input[name=col][checked]")]
    assert chosen == ["okved_additional", "full_name"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("short_name=№ 3&short_name-op=has", ["МБОУ «СОШ № 3»"]),
        ("short_name=мбоу", ["МБОУ «СОШ № 1»", "МБОУ «СОШ № 3»"]),
        ("short_name=филиал сош № 1&short_name-op=is", ["Филиал СОШ № 1"]),
        ("short_name=филиал сош № 1&short_name-op=not&level=branch", []),
        ("level=organization&level=branch&level-op=not", ["Управление образования Иркутска"]),
        ("level=branch&level=municipality", ["Управление образования Иркутска", "Филиал СОШ № 1"]),
        ("parent_id={school1}", ["Филиал СОШ № 1"]),
        ("parent_id={irkutsk}&parent_id-op=is", ["МБОУ «СОШ № 1»", "МБОУ «СОШ № 3»"]),
        ("parent_id={school1}&parent_id-op=not&level=branch", []),
        ("closed_on-op=some", []),
        ("site-op=some", []),
        ("created_at-from=01.01.2020&created_at-to=02.01.2020", []),
        ("created_at-from=01.01.2020&created_at-to=02.01.2020&created_at-op=not&level=branch", ["Филиал СОШ № 1"]),
        ("okved_additional-op=some", []),
        ("okved_additional-op=none&level=branch", ["Филиал СОШ № 1"]),
    ],
)
def test_filters_by_any_field_with_operators(page_of: PageOf, cast: Cast, query: str, found: list[str]) -> None:
    page = page_of("irkutsk").get(LIST + "?" + query.format(**cast.organizations))
    assert names(page) == found
    chips = page.soup.select(".summary a.tag")
    assert chips
    bare = page.get(str(chips[0]["href"]))
    assert len(bare.soup.select(".summary a.tag")) == len(chips) - 1


def test_what_is_typed_into_filters_stays_in_the_panel(page_of: PageOf, cast: Cast) -> None:
    page = page_of("irkutsk").get(f"{LIST}?full_name=школа&full_name-op=has&level=branch&closed_on-from=01.09.2026&filters=1")
    form = page.soup.select_one("form.finder")
    assert form.select_one("input[name=full_name]")["value"] == "школа"
    assert form.select_one("select[name=full_name-op] option[selected]")["value"] == "has"
    assert form.select_one("input[name=level][value=branch]").has_attr("checked")
    assert form.select_one("input[name=closed_on-from]")["value"] == "2026-09-01"
