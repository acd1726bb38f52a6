"""What pickers offer: found like in a list's search box, best first, and walked down level by level."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Classifier, ClassifierItem, Level, Organization, User
from tests.page import Page
from tests.people import Cast, organization

PageOf = Callable[[str], Page]
SUPERIOR = "/admin/organization/lookup/parent_id"


def answer(page: Page, address: str = SUPERIOR, **asked: object) -> dict[str, Any]:
    """What the look-up says."""
    said = page.client.get(address, query_string=asked)
    assert said.status_code == 200
    return dict(said.get_json())


def titles(page: Page, text: str, address: str = SUPERIOR) -> list[str]:
    """The titles found."""
    return [one["title"] for one in answer(page, address, q=text)["rows"]]


@pytest.fixture
def garden(plain: Session, cast: Cast) -> Organization:
    """A kindergarten of Иркутск with all its numbers."""
    office = plain.get_one(Organization, cast.organizations["irkutsk"])
    numbers = {"inn": "3812000017", "ogrn": "1023800000017", "okpo": "12345678", "phone": "+7 (3952) 11-22-33"}
    return organization(plain, "Детский сад № 7 «Ёлочка»", Level.ORGANIZATION, office, **numbers)


@pytest.mark.parametrize(
    "text",
    [
        "ёлочка сад",
        "ЕЛОЧКА 7",
        "tkjxrf",
        "ltncrbq cfl",
        "38 12 000017",
        "1023800000017",
        "12 34 56 78",
        "8 3952 112233",
        "112233",
    ],
)
def test_a_picker_understands_what_the_list_does(page_of: PageOf, garden: Organization, text: str) -> None:
    page = page_of("irkutsk")
    assert titles(page, text) == [garden.short_name]
    assert len(page.get(f"/admin/organization/?q={text}").soup.select("tbody tr")) == 1


def test_a_login_in_the_other_layout_is_found(page_of: PageOf) -> None:
    page = page_of("support")
    found = answer(page, "/admin/membership/lookup/user_id", q="туцсщьук")
    assert [one["title"] for one in found["rows"]] == ["Новикова Ирина"]
    assert "newcomer" in found["said"]


@pytest.mark.parametrize("text", ["yjdbrjdf", "8 (902) 111-22-33", "ирина новик", "NEWCOMER@modo"])
def test_a_newcomer_is_found_however_it_is_typed(page_of: PageOf, plain: Session, cast: Cast, text: str) -> None:
    plain.get_one(User, cast.users["newcomer"]).phone = "+7 902 1112233"
    plain.flush()
    page = page_of("support").get("/admin/user/newcomers/?q=" + text.replace(" ", "%20"))
    assert [one.get_text() for one in page.soup.select("tbody th")] == ["Новикова Ирина"]


def test_nobody_else_is_a_newcomer(page_of: PageOf) -> None:
    page = page_of("support")
    for text in ("school1", "100%25", "нет такой"):
        assert page.get(f"/admin/user/newcomers/?q={text}").soup.select("tbody th") == []


@pytest.mark.parametrize("person", ["central", "irkutsk"])
def test_the_best_come_first_and_closed_ones_last(page_of: PageOf, plain: Session, cast: Cast, person: str) -> None:
    office = plain.get_one(Organization, cast.organizations["irkutsk"])
    for name, card in {
        "Аврора": {"address": "ул. Лесная, 1"},
        "Школа «Лесная»": {},
        "Лесная школа": {"closed_on": date(2020, 1, 1)},
        "Лесная сказка": {},
    }.items():
        organization(plain, name, Level.ORGANIZATION, office, **card)
    found = answer(page_of(person), q="лесная")["rows"]
    assert [one["title"] for one in found] == ["Лесная сказка", "Лесная школа", "Школа «Лесная»", "Аврора"]
    assert [bool(one["closed"]) for one in found] == [False, True, False, False]


def test_an_office_comes_before_what_is_under_it(page_of: PageOf) -> None:
    assert titles(page_of("central"), "братск") == ["Управление образования Братска", "МБОУ «СОШ № 2» Братска"]


def test_a_number_that_is_the_very_one_comes_first(page_of: PageOf, plain: Session, cast: Cast) -> None:
    office = plain.get_one(Organization, cast.organizations["irkutsk"])
    organization(plain, "А", Level.ORGANIZATION, office, ogrn="1123456780000")
    organization(plain, "Б", Level.ORGANIZATION, office, okpo="12345678")
    assert titles(page_of("central"), "12345678") == ["Б", "А"]


def test_a_name_that_begins_so_is_not_lost_among_thousands(
    page_of: PageOf, plain: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("admin_app.crud.relations.ENOUGH", 3)
    office = plain.get_one(Organization, cast.organizations["irkutsk"])
    for number in range(9):
        organization(plain, f"МБДОУ сад {number}", Level.ORGANIZATION, office)
    organization(plain, "Сад Победы", Level.ORGANIZATION, office)
    assert titles(page_of("central"), "сад")[0] == "Сад Победы"


def test_that_there_are_more_is_said(page_of: PageOf, plain: Session, cast: Cast) -> None:
    office = plain.get_one(Organization, cast.organizations["irkutsk"])
    for number in range(20):
        organization(plain, f"Сад {number}", Level.ORGANIZATION, office)
    page = page_of("irkutsk")
    assert answer(page, q="сад")["said"] == ""
    organization(plain, "Сад 20", Level.ORGANIZATION, office)
    found = answer(page, q="сад")
    assert len(found["rows"]) == 20
    assert found["said"] == "Это не все: продолжайте вводить."


def test_an_organization_shows_its_place_as_far_as_one_sees_it(page_of: PageOf, plain: Session, cast: Cast) -> None:
    for person in ("central", "irkutsk"):
        found = answer(page_of(person), q="филиал")["rows"]
        assert [one["place"] for one in found] == ["Управление образования Иркутска › МБОУ «СОШ № 1»"]
    assert answer(page_of("central"), q="3899000019")["rows"][0]["hint"].startswith("3899000019")


# ── The tree ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_empty_picker_shows_the_beginning_of_the_tree(page_of: PageOf) -> None:
    found = answer(page_of("central"))["rows"]
    assert [(one["level"], one["title"], one["opens"]) for one in found] == [
        (1, "Иркутская область", True),
        (2, "Управление образования Братска", True),
        (2, "Управление образования Иркутска", True),
    ]
    own = answer(page_of("irkutsk"))["rows"]
    assert [(one["level"], one["title"]) for one in own] == [
        (1, "Управление образования Иркутска"),
        (2, "МБОУ «СОШ № 1»"),
        (2, "МБОУ «СОШ № 3»"),
    ]


def test_a_node_is_opened_by_who_sees_what_is_under_it(page_of: PageOf, cast: Cast) -> None:
    page, places = page_of("irkutsk"), cast.organizations
    assert [one["title"] for one in answer(page, under=places["school1"])["rows"]] == ["Филиал СОШ № 1"]
    assert answer(page, under=places["bratsk"])["rows"] == []
    assert answer(page, under="nonsense")["rows"] == answer(page)["rows"]


def test_above_a_branch_only_organizations_may_be_chosen(page_of: PageOf, cast: Cast) -> None:
    page, address = page_of("irkutsk"), "/admin/organization/tree/superiors/branch/parent_id"
    found = answer(page, address)["rows"]
    assert [(one["title"], one["may"], one["opens"]) for one in found] == [
        ("Управление образования Иркутска", False, True),
        ("МБОУ «СОШ № 1»", True, False),
        ("МБОУ «СОШ № 3»", True, False),
    ]
    recent = f"{cast.organizations['irkutsk']},{cast.organizations['school3']}"
    assert [one["title"] for one in answer(page, address, recent=recent)["recent"]] == ["МБОУ «СОШ № 3»"]


def test_lately_chosen_ones_come_if_they_are_still_seen(page_of: PageOf, cast: Cast) -> None:
    places = cast.organizations
    recent = f"{places['branch1']},{places['school2']},{places['school1']},999999,x"
    found = answer(page_of("irkutsk"), recent=recent)
    assert [one["title"] for one in found["recent"]] == ["Филиал СОШ № 1", "МБОУ «СОШ № 1»"]
    assert len(found["rows"]) == 3


def test_what_is_no_tree_is_a_list(page_of: PageOf, cast: Cast) -> None:
    found = answer(page_of("irkutsk"), "/admin/membership/lookup/user_id", recent=cast.users["clerk"])
    assert [one["title"] for one in found["recent"]] == ["Двухместная Зоя"]
    assert [one["title"] for one in found["rows"]] == ["Двухместная Зоя", "Иркутская Анна", "Первая Мария"]
    assert not any(one["opens"] for one in found["rows"])


@pytest.fixture
def okved(plain: Session) -> None:
    """A list as a tree, one of whose items has ended."""
    okved = Classifier(code="okved", title="ОКВЭД")
    plain.add(okved)
    plain.flush()
    above: dict[str, int] = {}
    for position, (code, title, parent) in enumerate(
        [
            ("85", "Образование", ""),
            ("85.1", "Общее", "85"),
            ("85.11", "Дошкольное", "85.1"),
            ("85.2", "Высшее", "85"),
            ("86", "Медицина", ""),
        ]
    ):
        row = ClassifierItem(classifier_id=okved.id, code=code, title=title, parent_id=above.get(parent), position=position)
        row.valid_to = date(2020, 1, 1) if code == "86" else None
        plain.add(row)
        plain.flush()
        above[code] = row.id


@pytest.mark.usefixtures("okved")
def test_an_item_shows_its_code_and_what_it_is_part_of(page_of: PageOf, plain: Session) -> None:
    page, address = page_of("central"), "/admin/organization/lookup/okved_main_id"
    found = answer(page, address, q="85.1")["rows"]
    assert [(one["title"], one["hint"], one["place"]) for one in found] == [
        ("85.1 Общее", "", "85 Образование"),
        ("85.11 Дошкольное", "", "85 Образование › 85.1 Общее"),
    ]
    assert titles(page, address=address, text="ljirjkmyjt") == ["85.11 Дошкольное"]
    top = answer(page, address)["rows"]
    assert [(one["title"], one["opens"]) for one in top] == [("85 Образование", True)]
    under = plain.scalars(select(ClassifierItem.id).where(ClassifierItem.code == "85")).one()
    assert [one["title"] for one in answer(page, address, under=under)["rows"]] == ["85.1 Общее", "85.2 Высшее"]


@pytest.mark.usefixtures("okved")
def test_a_short_list_that_is_a_tree_looks_like_one(page_of: PageOf) -> None:
    page = page_of("central").get("/admin/organization/new/")
    lines = [one.get_text() for one in page.soup.select("#okved_main_id option")][1:]
    assert lines == ["85 Образование", "\u200385.1 Общее", "\u2003\u200385.11 Дошкольное", "\u200385.2 Высшее"]
    boxes = [one.get_text() for one in page.soup.select("[data-many=okved_additional] label")]
    assert boxes == lines
    flat = [one.get_text() for one in page.soup.select("#type_id option")][1:]
    assert flat == ["общеобразовательная организация", "профессиональная образовательная организация"]
