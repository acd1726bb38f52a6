"""Pickers in a real browser: a tree walked down by keyboard, mouse and finger, the other layout, lately chosen rows."""

from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser.conftest import Site, sign_in
from tests.browser.test_looks import violations

ContextOf = Callable[..., BrowserContext]
LABEL = "Вышестоящая организация"


def new(page: Page) -> Locator:
    """The picker of a new organization's superior."""
    page.goto("/admin/organization/new/")
    return page.get_by_role("combobox", name=LABEL)


def chosen(page: Page) -> str:
    """The id that will be sent."""
    return page.locator("input[type=hidden][name=parent_id]").input_value()


def marked(page: Page) -> Locator:
    """The row that the keyboard stands on."""
    return page.locator(".offer[aria-selected=true] .text")


def press(page: Page, *keys: str) -> None:
    """Press keys one after another."""
    for key in keys:
        page.keyboard.press(key)


def test_a_tree_is_walked_down_by_keyboard(site: Site, context_of: ContextOf) -> None:
    page = context_of("central").new_page()
    box = new(page)
    box.focus()
    press(page, "ArrowDown")
    expect(page.get_by_role("tree")).to_be_visible()
    expect(page.get_by_role("treeitem")).to_have_count(3)
    press(page, "ArrowDown")
    expect(marked(page)).to_contain_text("Иркутская область")
    press(page, "ArrowRight", "ArrowDown", "ArrowRight")
    expect(page.get_by_role("treeitem", name="СОШ № 1")).to_have_attribute("aria-level", "3")
    press(page, "ArrowRight")
    expect(marked(page)).to_contain_text("СОШ № 1")
    press(page, "ArrowLeft")
    expect(marked(page)).to_contain_text("Управление образования Иркутска")
    press(page, "ArrowLeft")
    expect(page.get_by_role("treeitem")).to_have_count(3)
    assert violations(page) == []
    press(page, "Enter")
    expect(box).to_have_value("Управление образования Иркутска")
    assert chosen(page) == str(site.cast.organizations["irkutsk"])


def test_what_is_open_and_not_asked_for_chooses_nothing(context_of: ContextOf) -> None:
    page = context_of("central").new_page()
    box = new(page)
    box.click()
    expect(page.get_by_role("tree")).to_be_visible()
    press(page, "Enter")
    expect(page.get_by_role("tree")).to_be_hidden()
    assert chosen(page) == ""


@pytest.mark.parametrize("touch", [False, True])
def test_a_tree_is_walked_down_by_hand(site: Site, context_of: ContextOf, touch: bool) -> None:
    page = context_of("central", viewport={"width": 320, "height": 640}, has_touch=touch, is_mobile=touch).new_page()
    box = new(page)
    act = Locator.tap if touch else Locator.click
    act(box)
    office = page.get_by_role("treeitem").filter(has_text="Управление образования Иркутска")
    act(office.locator(".twist"))
    expect(page.get_by_role("treeitem", name="СОШ № 3")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    act(office.locator(".twist"))
    expect(page.get_by_role("treeitem", name="СОШ № 3")).to_have_count(0)
    act(office.locator(".text"))
    assert chosen(page) == str(site.cast.organizations["irkutsk"])


def test_the_other_layout_is_said(context_of: ContextOf) -> None:
    page = context_of("central").new_page()
    box = new(page)
    box.press_sequentially(",hfncrf")
    school = page.get_by_role("treeitem").filter(has_text="СОШ № 2")
    expect(school).to_contain_text("3899000026Управление образования Братска")
    expect(page.get_by_text("те же клавиши в другой раскладке").first).to_be_visible()
    assert violations(page) == []


@pytest.fixture
def own_page(site: Site, browser: Browser) -> Iterator[Page]:
    """A window of bratsk's that may sign out: the others share their sessions."""
    with closing(browser.new_context(base_url=site.url)) as context:
        page = context.new_page()
        sign_in(page, "bratsk")
        yield page


def test_lately_chosen_rows_come_first_until_one_signs_out(site: Site, own_page: Page) -> None:
    page = own_page
    box = new(page)
    box.fill("сош")
    page.get_by_role("option", name="СОШ № 2").or_(page.get_by_role("treeitem", name="СОШ № 2")).click()
    box = new(page)
    box.click()
    group = page.get_by_role("group", name="Недавно выбранные")
    expect(group.locator(".offer")).to_have_count(1)
    assert violations(page) == []
    assert str(site.cast.organizations["school2"]) in page.evaluate("localStorage.getItem('modo.recent')")
    assert "СОШ" not in page.evaluate("localStorage.getItem('modo.recent')")
    page.goto("/profile")
    page.get_by_role("button", name="Выйти").first.click()
    expect(page.get_by_label("Пароль")).to_have_count(0)
    assert page.evaluate("localStorage.getItem('modo.recent')") is None


def test_somebody_else_is_not_offered_them(site: Site, context_of: ContextOf) -> None:
    page = context_of("central").new_page()
    page.goto("/admin/organization/new/")
    kept = {"person": "0", "chosen": {"/admin/organization/lookup/parent_id": [str(site.cast.organizations["school2"])]}}
    page.evaluate("kept => localStorage.setItem('modo.recent', JSON.stringify(kept))", kept)
    new(page).click()
    expect(page.get_by_role("tree")).to_be_visible()
    expect(page.get_by_role("group", name="Недавно выбранные")).to_have_count(0)
