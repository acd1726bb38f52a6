"""The header is the same on every page: the person's surname is there to be read, whatever styles a page brings along."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, expect

PAGES = (
    "/cabinet",
    "/profile",
    "/messages",
    "/requests",
    "/help",
    "/review",
    "/progress",
    "/admin/organization/",
    "/admin/user/",
)


def test_the_surname_can_be_read_on_every_page(context_of: Callable[..., BrowserContext]) -> None:
    page = context_of("irkutsk").new_page()
    for address in PAGES:
        page.goto(address)
        name = page.locator("header a.me span").last
        expect(name).to_be_visible()
        assert name.evaluate("(one) => one.offsetWidth") > 40, f"{address}: the surname is cut off"


def test_the_palette_opens_from_every_page_of_an_operator(context_of: Callable[..., BrowserContext]) -> None:
    page = context_of("irkutsk").new_page()
    for address in ("/cabinet", "/review", "/help", "/admin/organization/"):
        page.goto(address)
        page.keyboard.press("Control+k")
        page.locator("#palette-text").fill("СОШ № 1")
        page.locator("#palette-list a", has_text="СОШ № 1").first.click()
        expect(page.locator("h1")).to_contain_text("СОШ № 1")
    clerk = context_of("school1").new_page()
    clerk.goto("/cabinet")
    expect(clerk.locator("#palette")).to_have_count(0)
