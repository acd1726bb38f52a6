"""Further fields, conditional fields and the tree of a list's items in a real browser: shown, hidden, moved, axe, a phone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Position, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Attribute, AttributeKind, Classifier, ClassifierItem
from tests.browser.conftest import Site
from tests.browser.test_looks import violations

ContextOf = Callable[..., BrowserContext]


@pytest.fixture
def okved(site: Site) -> int:
    """A list with a small tree, and further fields; the list's id."""
    with site.acting("central") as session:
        found = session.scalar(select(Classifier.id).where(Classifier.code == "okved"))
        return found or made(session)


def made(session: Session) -> int:
    """85 > 85.1, 85.4; 86. A field required for the first type of organization."""
    session.add(listed := Classifier(code="okved", title="ОКВЭД"))
    session.flush()
    first = ClassifierItem(classifier_id=listed.id, code="85", title="Образование")
    session.add_all([first, ClassifierItem(classifier_id=listed.id, code="86", title="Здравоохранение")])
    session.flush()
    for code, title in (("85.1", "Образование общее"), ("85.4", "Образование дополнительное")):
        session.add(ClassifierItem(classifier_id=listed.id, code=code, title=title, parent_id=first.id))
        session.flush()
    kind = session.scalars(select(ClassifierItem.id).join(Classifier).where(Classifier.code == "organization_type")).first()
    session.add(Attribute(code="shift", title="Сменность", kind=AttributeKind.TEXT, required_types=[kind], help="Смен в день."))
    session.flush()
    return listed.id


def order(page: Page) -> list[str]:
    """The codes as they stand."""
    return page.locator(".tree .code").all_inner_texts()


@pytest.mark.parametrize("view", ["light", "dark", "large"])
def test_axe_finds_nothing(site: Site, context_of: ContextOf, okved: int, view: str) -> None:
    context = context_of("central")
    context.add_cookies([{"name": "view", "value": view, "url": site.url}])
    page = context.new_page()
    for address in (
        "/admin/attribute/",
        "/admin/attribute/new/",
        f"/admin/classifier/tree/?id={okved}",
        f"/admin/classifier/tree/?id={okved}&q=общее",
        f"/admin/organization/edit/?id={site.cast.organizations['school3']}",
    ):
        page.goto(address)
        assert violations(page) == [], address


def test_fields_appear_as_the_ones_they_depend_on_are_filled_in(site: Site, context_of: ContextOf, okved: int) -> None:
    page = context_of("central").new_page()
    page.goto("/admin/organization/new/")
    more, superior = page.locator("#okved_additional"), page.locator(".field:has([name=parent_id])")
    expect(more).to_be_hidden()
    page.locator("#okved_main_id").select_option(index=1)
    expect(more).to_be_visible()
    expect(superior).to_be_visible()
    page.locator("#level").select_option("region")
    expect(superior).to_be_hidden()
    page.locator("#level").select_option("branch")
    expect(superior).to_be_visible()
    needed = page.get_by_text("Обязательно для организаций этого типа.")
    expect(needed).to_be_hidden()
    page.locator("#type_id").select_option(index=1)
    expect(needed).to_be_visible()
    expect(page.locator("#extra_shift")).to_have_attribute("aria-required", "true")


def drag(page: Page, target: Locator, place: Position | None) -> None:
    """Drag 86 there; a browser tells of what lies under the pointer at the second move only."""
    page.locator(".node", has_text="86").hover()
    page.mouse.down()
    target.hover(position=place)
    target.hover(position=place)
    page.mouse.up()


def test_an_item_is_moved_by_keys_and_by_dragging(site: Site, context_of: ContextOf, okved: int) -> None:
    page = context_of("central").new_page()
    page.goto(f"/admin/classifier/tree/?id={okved}")
    assert order(page) == ["85", "85.1", "85.4", "86"]
    page.get_by_label("85.4 Образование дополнительное").focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator(".tree .code").nth(1)).to_have_text("85.4")
    expect(page.get_by_label("85.4 Образование дополнительное")).to_be_focused()
    page.keyboard.press("Alt+ArrowDown")
    expect(page.locator(".tree .code").nth(1)).to_have_text("85.1")
    drag(page, page.locator(".node", has_text="85.1"), None)
    expect(page.locator(".tree .code").nth(2)).to_have_text("86")
    drag(page, page.locator(".node").first, {"x": 60, "y": 2})
    expect(page.locator(".tree .code").first).to_have_text("86")
    page.get_by_role("button", name="Ниже").click()
    expect(page.locator(".tree .code").last).to_have_text("86")


def test_the_tree_on_a_phone_needs_no_scrolling_sideways(context_of: ContextOf, okved: int) -> None:
    page = context_of("central", viewport={"width": 360, "height": 740}).new_page()
    for address in (f"/admin/classifier/tree/?id={okved}", "/admin/attribute/new/"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
