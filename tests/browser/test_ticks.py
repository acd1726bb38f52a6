"""Lists under the thumb and in bulk: a phone's first row, the folded menu, all rows of a page."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

ContextOf = Callable[..., BrowserContext]
PHONE = {"width": 320, "height": 640}


@pytest.mark.parametrize("scripts", [True, False])
def test_a_phone_shows_rows_at_once_and_the_menu_on_demand(context_of: ContextOf, scripts: bool) -> None:
    page = context_of("central", viewport=PHONE, java_script_enabled=scripts).new_page()
    page.goto("/admin/organization/")
    box = page.locator("tbody tr").first.bounding_box()
    assert box is not None
    assert box["y"] < PHONE["height"]
    menu, add = page.get_by_role("navigation", name="Главное меню"), page.get_by_role("link", name="Добавить")
    expect(menu).to_be_hidden()
    expect(add).to_be_hidden()
    page.locator("summary", has_text="Меню").click()
    expect(menu.get_by_role("link").first).to_be_visible()
    page.locator("summary", has_text="Действия").click()
    expect(add).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"] if scripts else True


def test_a_wide_window_shows_menu_and_actions(context_of: ContextOf) -> None:
    page = context_of("central").new_page()
    page.goto("/admin/organization/")
    expect(page.get_by_role("navigation", name="Главное меню")).to_be_visible()
    expect(page.get_by_role("link", name="Добавить")).to_be_visible()
    expect(page.locator("summary", has_text="Действия")).to_be_hidden()


@pytest.mark.parametrize("address", ["/admin/imports/", "/admin/organization/new/", "/admin/organization/tree/"])
def test_nothing_goes_sideways_on_a_narrow_phone(context_of: ContextOf, address: str) -> None:
    page = context_of("central", viewport=PHONE).new_page()
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_all_rows_of_the_page_are_ticked_and_counted(context_of: ContextOf) -> None:
    page = context_of("central", viewport={"width": 1000, "height": 420}).new_page()
    page.goto("/admin/organization/")
    count = page.locator(".tick").count()
    bar = page.locator("#bulk")
    page.locator(".tick").first.check()
    expect(bar).to_contain_text("Выбрано: 1")
    expect(bar).to_be_in_viewport(ratio=1)
    page.get_by_label("Все на странице").check()
    expect(bar).to_contain_text(f"Выбрано: {count}")
    page.locator(".tick").last.uncheck()
    expect(bar).to_contain_text(f"Выбрано: {count - 1}")
    page.get_by_label("Все на странице").check()
    page.get_by_label("Все на странице").uncheck()
    expect(bar).not_to_contain_text("Выбрано")
