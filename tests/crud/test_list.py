"""Lists: who opens which, what is in them, how they are searched, filtered, sorted and paged."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from admin_app.crud import SCREENS
from models import Level, Organization
from tests.page import Page
from tests.people import Cast, organization

NAMES = [model.__tablename__ for _view, model, _category in SCREENS]
STAFF = ("central", "irkutsk", "support", "auditor", "admin")
CLOSED = {
    "irkutsk": {"attribute", "classifier", "classifier_item", "form", "form_version"},
    "support": {"attribute", "classifier", "classifier_item", "form", "form_version"},
}
PageOf = Callable[[str], Page]


@pytest.mark.parametrize("person", STAFF)
def test_operators_open_their_screens_and_only_those(page_of: PageOf, person: str) -> None:
    page = page_of(person)
    for name in NAMES:
        closed = name in CLOSED.get(person, ())
        page.get(f"/admin/{name}/", status=403 if closed else 200)
        assert not closed or "«" in page.text or "“" in page.text  # the permission that is missing, by name


@pytest.mark.parametrize("person", ["school1", "newcomer"])
def test_clerks_are_sent_to_their_cabinet(page_of: PageOf, person: str) -> None:
    page = page_of(person)
    for address in ["/admin/", *(f"/admin/{name}/" for name in NAMES)]:
        assert "кабинет" in page.get(address, status=403).text


def test_strangers_sign_in_first(page: Page) -> None:
    page.get("/admin/organization/", status=302, follow=False)
    assert "/login" in page.response.location


def test_a_supervisor_sees_their_part_only(page_of: PageOf) -> None:
    text = page_of("irkutsk").get("/admin/organization/").text
    assert "СОШ № 1" in text
    assert "СОШ № 3" in text
    assert "Братск" not in text


def names(page: Page) -> list[str]:
    """The first cells of the list."""
    return [cell.get_text(strip=True) for cell in page.soup.select("tbody th")]


def test_search_knows_letters_and_numbers(page_of: PageOf, plain: Session, cast: Cast) -> None:
    root = plain.get_one(Organization, cast.organizations["irkutsk"])
    for number, name in enumerate(("Ёлочка", "СОШ №11", "Лицей № 100")):
        organization(plain, name, Level.ORGANIZATION, root, inn=f"990000000{number}", kpp="123456789", phone="+7 (3952) 70-11-22")
    page = page_of("irkutsk")
    for asked, found in {
        "елоч": ["Ёлочка"],
        "ЁЛОЧКА": ["Ёлочка"],
        "сош 11": ["СОШ №11"],
        "№11 сош": ["СОШ №11"],
        "лицей 10": [],
        "9900000002": ["Лицей № 100"],
        "99000000": ["Ёлочка", "Лицей № 100", "СОШ №11"],
        "8 3952 70 11 22": ["Ёлочка", "Лицей № 100", "СОШ №11"],
        "99 0000 0001": ["СОШ №11"],
        "99-0000-0001 сош": ["СОШ №11"],
        "70-11-22 лицей": ["Лицей № 100"],
        "+73952701122 сош №11": ["СОШ №11"],
        "0000002": ["Лицей № 100"],
        "лоч": ["Ёлочка"],
        "ицей ЛИЦ": ["Лицей № 100"],
        "%": None,
        "\x00": None,
        "'; drop": [],
    }.items():
        page.get("/admin/organization/", status=200) if asked is None else None
        page.response = page.client.get("/admin/organization/", query_string={"q": asked})
        page._read(page.response, 200)
        assert found is None or names(page) == found, asked


def test_filters_say_what_they_do_and_can_be_taken_away(page_of: PageOf, cast: Cast) -> None:
    page = page_of("central")
    page.get(f"/admin/organization/?level=organization&parent_id={cast.organizations['irkutsk']}")
    assert names(page) == ["МБОУ «СОШ № 1»", "МБОУ «СОШ № 3»"]
    chips = {chip.get_text(" ", strip=True): chip["href"] for chip in page.soup.select(".summary .tag")}
    assert any("Управление образования Иркутска" in words for words in chips)
    page.get(next(address for words, address in chips.items() if "Место" in words))
    assert "Филиал СОШ № 1" in names(page)


@pytest.mark.parametrize(
    "query",
    ["level=foo", "parent_id=abc", "parent_id=1,2", "closed_on-from=31.02.2026", "type_id=99999999999", "created_at-to=вчера"],
)
def test_a_filter_that_makes_no_sense_is_said(page_of: PageOf, query: str) -> None:
    page = page_of("central").get(f"/admin/organization/?{query}")
    assert len(names(page)) == 7
    assert page.soup.select(".note.warn")


def test_a_filter_by_a_foreign_row_tells_nothing(page_of: PageOf, cast: Cast) -> None:
    page = page_of("irkutsk")
    foreign = page.get(f"/admin/organization/?parent_id={cast.organizations['bratsk']}").soup.select_one(".note.warn")
    absent = page.get("/admin/organization/?parent_id=99999").soup.select_one(".note.warn")
    assert foreign is not None
    assert foreign == absent


@pytest.mark.parametrize(
    "query",
    [
        "after=999999999999",
        "after=-1",
        "before=x",
        "sort=password",
        "sort=-nothing",
        "sort=path",
        "after=5.%00я",
        "last=1",
        "sort=level&after=5.nothing",
        "sort=closed_on&after=5",
        "sort=-closed_on&before=5",
        "sort=-closed_on&before=5.2026-13-01",
        "col=password",
        "col=nothing&col=path",
        "col=extra",
        "exact=1",
        "exact=x",
        "add=password",
        "full_name-op=foo&full_name=x",
    ],
)
def test_odd_addresses_make_clean_pages(page_of: PageOf, query: str) -> None:
    page_of("central").get(f"/admin/organization/?{query}")


def test_sorting_turns_round(page_of: PageOf) -> None:
    page = page_of("central").get("/admin/organization/?sort=short_name")
    up = names(page)
    head = page.soup.select_one("th[aria-sort=ascending] a")
    assert head is not None
    assert names(page.get(str(head["href"]))) == up[::-1]
    for column in ("parent_id", "level", "type_id", "inn", "phone"):
        assert sorted(names(page.get(f"/admin/organization/?sort=-{column}"))) == sorted(up)


def test_pages_lose_and_repeat_nothing(page_of: PageOf, plain: Session, cast: Cast) -> None:
    root = plain.get_one(Organization, cast.organizations["irkutsk"])
    for number in range(60):
        organization(plain, "Одно имя", Level.ORGANIZATION, root, inn=f"88000000{number:02}", kpp="123456789")
    page = page_of("irkutsk").get("/admin/organization/?q=одно имя&sort=type_id")
    cards = [link["href"] for link in page.soup.select("tbody th a")]
    assert "60" in page.soup.select_one(".summary").get_text()
    onward = page.soup.select_one("a[rel=next]")
    page.get(str(onward["href"]))
    cards += [link["href"] for link in page.soup.select("tbody th a")]
    assert len(cards) == len(set(cards)) == 60


@pytest.mark.parametrize("name", NAMES)
def test_every_column_sorts_and_every_list_is_a_file(page_of: PageOf, name: str) -> None:
    page = page_of("central").get(f"/admin/{name}/")
    for link in page.soup.select("thead a"):
        page.get(str(link["href"]))
    page.get(f"/admin/{name}/export/csv/")
    assert page.response.get_data().startswith("\ufeff".encode())


@pytest.mark.parametrize("name", NAMES)
def test_every_filter_can_be_used(page_of: PageOf, name: str) -> None:
    page = page_of("central").get(f"/admin/{name}/?filters=1")
    for field in page.soup.select("#add option[value]:not([value=''])"):
        page.get(f"/admin/{name}/?add={field['value']}")
        for part in page.soup.select("fieldset.filter"):
            for option in part.select("option[value]:not([value=''])")[:4]:
                name_of = part.select_one("select")
                page.get(f"/admin/{name}/?{name_of['name']}={option['value']}")
            for box in part.select("input[type=checkbox]")[:1]:
                page.get(f"/admin/{name}/?{box['name']}={box['value']}")
                assert page.soup.select(".summary .tag")


@pytest.mark.parametrize("sent", ["--5", "5-", "1.2.3", "٣", "-", "1e9"])
def test_an_end_of_a_span_that_is_no_number_is_said(page_of: PageOf, sent: str) -> None:
    page = page_of("central").get(f"/admin/classifier_item/?position-from={sent}")
    warning = page.soup.select_one("main .note.warn")
    assert warning is not None
    assert sent in warning.get_text()
    assert "invalid" not in page.text
