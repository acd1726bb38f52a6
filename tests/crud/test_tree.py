"""A list's items as a tree: seen, searched, added to, moved; what is in use stays."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Attribute, AttributeKind, Classifier, ClassifierItem, Event, Organization
from tests.page import Page
from tests.people import Cast

PageOf = Callable[[str], Page]


@pytest.fixture
def okved(plain: Session) -> dict[str, int]:
    """85 > 85.1 > 85.11, 85.12; 85.4; 86. Ids by code, the list's as “list”."""
    made = Classifier(code="okved_test", title="ОКВЭД")
    plain.add(made)
    plain.flush()
    found = {"list": made.id}
    for code, title, above in (
        ("85", "Образование", None), ("85.1", "Образование общее", "85"), ("85.11", "Образование дошкольное", "85.1"),
        ("85.12", "Образование начальное", "85.1"), ("85.4", "Дополнительное образование детей", "85"), ("86", "Здоровьё", None),
    ):  # fmt: skip
        row = ClassifierItem(classifier_id=made.id, code=code, title=title, parent_id=found.get(above or ""))
        plain.add(row)
        plain.flush()
        found[code] = row.id
    return found


def tree(page: Page, okved: dict[str, int], query: str = "") -> Page:
    """Open the tree."""
    return page.get(f"/admin/classifier/tree/?id={okved['list']}{query}")


def codes(page: Page) -> list[tuple[int, str]]:
    """The items shown: how deep, their code."""
    return [(len(one.find_parents("ul")) - 1, one.get_text()) for one in page.soup.select(".tree .code")]


def step(page: Page, okved: dict[str, int], code: str, how: str, **more: object) -> list[tuple[int, str]]:
    """Press a button for an item; what is shown then."""
    tree(page, okved)
    data = {"csrf_token": page.soup.select_one("#move [name=csrf_token]")["value"], "item": okved.get(code, ""), "step": how}
    return codes(page.post(f"/admin/classifier/tree/?id={okved['list']}", data | more))


WHOLE = [(0, "85"), (1, "85.1"), (2, "85.11"), (2, "85.12"), (1, "85.4"), (0, "86")]


def test_the_tree_shows_each_item_under_the_one_it_is_part_of(page_of: PageOf, okved: dict[str, int]) -> None:
    page = tree(page_of("central"), okved)
    assert codes(page) == WHOLE
    assert tree(page_of("auditor"), okved).soup.select_one("#move") is None
    page_of("school1").get(f"/admin/classifier/tree/?id={okved['list']}", status=403)
    page_of("central").get("/admin/classifier/tree/?id=99999", status=404)
    page_of("central").get("/admin/classifier/tree/?id=abc", status=404)


def test_an_empty_list_says_what_to_do(page_of: PageOf, plain: Session) -> None:
    plain.add(made := Classifier(code="empty", title="Пустой"))
    plain.flush()
    assert "добавьте" in page_of("central").get(f"/admin/classifier/tree/?id={made.id}").soup.select_one(".nothing").get_text()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("дошкольное", [(0, "85"), (1, "85.1"), (2, "85.11")]),
        ("ДЕТЕЙ дополн", [(0, "85"), (1, "85.4")]),
        ("здоровье", [(0, "86")]),
        ("85.12", [(0, "85"), (1, "85.1"), (2, "85.12")]),
        ("нет такого", []),
    ],
)
def test_the_search_shows_what_is_found_and_what_it_is_under(
    page_of: PageOf, okved: dict[str, int], text: str, shown: list[tuple[int, str]]
) -> None:
    page = tree(page_of("central"), okved, f"&q={text}")
    assert codes(page) == shown
    assert all(one.has_attr("open") for one in page.soup.select(".tree details"))


def test_buttons_move_an_item_among_and_between_its_neighbours(page_of: PageOf, okved: dict[str, int], plain: Session) -> None:
    page = page_of("central")
    swapped = [(0, "85"), (1, "85.4"), (1, "85.1"), (2, "85.11"), (2, "85.12"), (0, "86")]
    assert step(page, okved, "85.4", "up") == swapped
    assert step(page, okved, "85.4", "up") == swapped
    assert step(page, okved, "85.4", "down") == WHOLE
    under = [(0, "85"), (1, "85.1"), (2, "85.11"), (2, "85.12"), (2, "85.4"), (0, "86")]
    assert step(page, okved, "85.4", "in") == under
    assert step(page, okved, "85.4", "out") == WHOLE
    assert step(page, okved, "85.1", "out")[:3] == [(0, "85"), (1, "85.4"), (0, "85.1")]
    kinds = plain.scalars(select(Event.kind).where(Event.subject_type == "classifier_item", Event.subject_id == okved["85.4"]))
    assert "row.changed" in set(kinds)


def test_an_item_is_put_where_it_is_dropped(page_of: PageOf, okved: dict[str, int]) -> None:
    page = page_of("central")
    first = step(page, okved, "86", "put", parent=okved["85.1"], after="")
    assert first == [(0, "85"), (1, "85.1"), (2, "86"), (2, "85.11"), (2, "85.12"), (1, "85.4")]
    between = step(page, okved, "86", "put", parent=okved["85.1"], after=okved["85.11"])
    assert between == [(0, "85"), (1, "85.1"), (2, "85.11"), (2, "86"), (2, "85.12"), (1, "85.4")]
    assert step(page, okved, "86", "put", parent="", after=okved["85"]) == WHOLE


@pytest.mark.parametrize(("code", "above"), [("85", "85.11"), ("85", "85"), ("86", "foreign")])
def test_an_item_is_never_part_of_itself_or_of_another_list(
    page_of: PageOf, okved: dict[str, int], plain: Session, code: str, above: str
) -> None:
    okved["foreign"] = plain.scalars(select(ClassifierItem.id).where(ClassifierItem.classifier_id != okved["list"])).first() or 0
    page = page_of("central")
    assert step(page, okved, code, "put", parent=okved[above], after="") == WHOLE
    assert page.soup.select_one(".says .err")


def test_adding_below_opens_the_form_with_its_place(page_of: PageOf, okved: dict[str, int]) -> None:
    page = page_of("central")
    step(page, okved, "85.1", "add")
    assert page.soup.select_one(f"#parent_id option[value='{okved['85.1']}'][selected]")
    assert page.soup.select_one(f"#classifier_id option[value='{okved['list']}'][selected]")


def test_nonsense_is_answered_and_changes_nothing(page_of: PageOf, okved: dict[str, int]) -> None:
    page = page_of("central")
    assert step(page, okved, "none", "up") == WHOLE
    assert "Выберите" in page.text
    assert step(page, okved, "86", "put", parent="", after="99999") == WHOLE
    tree(page, okved)
    token = page.soup.select_one("#move [name=csrf_token]")["value"]
    address = f"/admin/classifier/tree/?id={okved['list']}"
    page.post(address, {"csrf_token": token, "item": okved["86"], "step": "fly"}, status=400)


def test_who_only_reads_moves_nothing(page_of: PageOf, okved: dict[str, int]) -> None:
    address = f"/admin/classifier/tree/?id={okved['list']}"
    page = page_of("auditor").get(address)
    token = page.soup.select_one("[name=csrf_token]")["value"]
    page.post(address, {"csrf_token": token, "item": okved["86"], "step": "up"}, status=403)


def test_an_items_card_says_where_it_is_used(page_of: PageOf, plain: Session, cast: Cast, okved: dict[str, int]) -> None:
    made = Attribute(code="more", title="Ещё", kind=AttributeKind.CHOICE, classifier_id=okved["list"])
    plain.add(made)
    row = plain.get_one(Organization, cast.organizations["school1"])
    row.extra = {"more": okved["85.11"]}
    kind = plain.scalars(select(ClassifierItem.id).join(Classifier).where(Classifier.code == "organization_type")).first()
    row.type_id = kind
    plain.flush()
    page = page_of("central")
    for item, name in ((okved["85.11"], "extra_more"), (kind, "type_id")):
        page.get(f"/admin/classifier_item/details/?id={item}")
        link = page.soup.select_one(f"main a[href*='{name}={item}']")
        assert link.get_text().endswith("(1)")
        assert "СОШ № 1" in page.get(link["href"]).soup.select_one("tbody").get_text()


def test_ended_items_are_marked_and_not_offered(page_of: PageOf, plain: Session, cast: Cast, okved: dict[str, int]) -> None:
    plain.get_one(ClassifierItem, okved["86"]).valid_to = date(2020, 1, 31)
    made = Attribute(code="more", title="Ещё", kind=AttributeKind.CHOICE, classifier_id=okved["list"])
    plain.add(made)
    plain.flush()
    page = tree(page_of("central"), okved)
    assert "31.01.2020" in page.soup.select_one(".tree .ended").get_text()
    page.get(f"/admin/organization/edit/?id={cast.organizations['school1']}")
    offered = page.soup.select_one("#extra_more").get_text()
    assert "Образование общее" in offered
    assert "Здоровьё" not in offered
