"""The side panel: what is half written stays, what is sent goes once, the focus is never lost."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site
from tests.browser.grid import hold


@pytest.fixture
def page(site: Site, open_report: Callable[..., Page]) -> Page:
    page = open_report(site.reports()["school1"])
    page.locator("[data-opens=comments]").click()
    page.locator(".say textarea").fill("Первое")
    page.locator(".say button").click()
    expect(page.locator(".comment")).to_have_count(1)
    expect(page.locator(".say textarea")).to_have_value("")
    return page


def test_a_half_written_comment_stays(page: Page) -> None:
    words = page.locator(".say textarea")
    words.fill("Недописано")
    page.locator(".comment button").click()
    expect(page.locator(".comment.settled")).to_have_count(1)
    expect(words).to_have_value("Недописано")
    page.locator("[data-panel=comments] [data-closes]").click()
    page.locator("[data-opens=comments]").click()
    page.wait_for_load_state("networkidle")
    expect(words).to_have_value("Недописано")


def test_a_half_written_comment_outlives_the_tab(page: Page) -> None:
    page.locator(".say textarea").fill("Недописано")
    page.reload()
    page.locator("[data-opens=comments]").click()
    expect(page.locator(".say textarea")).to_have_value("Недописано")
    page.locator(".say button").click()
    expect(page.locator(".comment")).to_have_count(2)
    page.reload()
    page.locator("[data-opens=comments]").click()
    expect(page.locator(".comment")).to_have_count(2)
    expect(page.locator(".say textarea")).to_have_value("")


def test_a_double_click_sends_once(page: Page) -> None:
    held = hold(page, "**/comments")
    page.locator(".say textarea").fill("Второе")
    page.locator(".say button").dblclick()
    page.wait_for_timeout(300)
    assert len(held) == 1
    held[0].continue_()
    expect(page.locator(".comment")).to_have_count(2)
    assert page.evaluate("document.activeElement.closest('#side') !== null")


def test_who_comes_by_key_stays_at_the_menu(page: Page) -> None:
    page.locator("#actions summary").press("Enter")
    page.locator("#actions [data-opens=history]").press("Enter")
    expect(page.locator("[data-panel=history]")).to_be_visible()
    expect(page.locator("#actions summary")).to_be_focused()
    page.locator("[data-panel=history] [data-closes]").press("Enter")
    assert page.evaluate("document.activeElement !== document.body")
