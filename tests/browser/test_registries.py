"""The generated screens in a real browser: the combobox by keyboard, codes judged while one types, axe, a phone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Site
from tests.browser.test_looks import violations

ContextOf = Callable[..., BrowserContext]


def school(site: Site) -> int:
    """A school of Иркутск."""
    return site.cast.organizations["school3"]


@pytest.mark.parametrize("view", ["light", "dark", "large"])
def test_axe_finds_nothing(site: Site, context_of: ContextOf, view: str) -> None:
    context = context_of("irkutsk")
    context.add_cookies([{"name": "view", "value": view, "url": site.url}])
    page = context.new_page()
    for address in (
        "/admin/",
        "/admin/organization/?q=сош&level=organization",
        f"/admin/organization/details/?id={school(site)}",
        f"/admin/organization/edit/?id={site.cast.organizations['irkutsk']}",
        f"/admin/user/details/?id={site.cast.users['clerk']}",
        "/admin/user/newcomers/",
        "/admin/event/",
    ):
        page.goto(address)
        assert violations(page) == [], address
    page.goto("/admin/organization/new/")
    page.get_by_role("button", name="Сохранить").click()
    expect(page.locator("#errors")).to_be_focused()
    assert violations(page) == []


def choose(page: Page, label: str, text: str) -> None:
    """Type into a combobox and take the first row that is offered."""
    box = page.get_by_role("combobox", name=label, exact=True)
    box.fill(text)
    expect(box).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".offer[aria-selected=true]")).to_be_visible()
    page.keyboard.press("Enter")


def test_a_person_is_attached_by_keyboard(site: Site, context_of: ContextOf) -> None:
    page = context_of("support").new_page()
    page.goto(f"/admin/user/details/?id={site.cast.users['newcomer']}")
    choose(page, "Организация, обязательно", "3899000033")
    page.get_by_role("button", name="Прикрепить к организации").click()
    expect(page.get_by_role("rowheader", name="МБОУ «СОШ № 3»")).to_be_visible()


def test_what_is_typed_after_a_choice_takes_it_back(site: Site, context_of: ContextOf) -> None:
    page = context_of("central").new_page()
    page.goto("/admin/organization/new/")
    choose(page, "Вышестоящая организация", "братска")
    hidden = page.locator("input[type=hidden][name=parent_id]")
    assert hidden.input_value()
    page.get_by_role("combobox", name="Вышестоящая организация").press_sequentially("x")
    assert hidden.input_value() == ""
    page.keyboard.press("Escape")
    expect(page.get_by_role("combobox", name="Вышестоящая организация")).to_have_attribute("aria-expanded", "false")


def test_a_code_is_judged_while_it_is_typed(site: Site, context_of: ContextOf) -> None:
    page = context_of("irkutsk").new_page()
    page.goto(f"/admin/organization/edit/?id={school(site)}")
    box = page.get_by_role("textbox", name="ИНН")
    box.fill("3899000034")
    page.keyboard.press("Tab")
    expect(page.locator("#inn-live")).to_contain_text("Контрольная цифра")
    expect(box).to_have_attribute("aria-invalid", "true")
    box.fill("3899000033")
    expect(page.locator("#inn-live")).to_be_empty()
    expect(box).not_to_have_attribute("aria-invalid", "true")


def test_a_phone_scrolls_nothing_sideways(site: Site, context_of: ContextOf) -> None:
    page = context_of("irkutsk", viewport={"width": 375, "height": 740}, has_touch=True, is_mobile=True).new_page()
    for address in (
        "/admin/organization/",
        f"/admin/organization/edit/?id={school(site)}",
        f"/admin/user/details/?id={site.cast.users['clerk']}",
    ):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 375, address
