"""Two people in one report: whose number stands where, while one rests, types on, or has gone to another section."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Site, ready
from tests.browser.grid import cell, field, hold, saved, state


@pytest.fixture
def ids(site: Site) -> dict[str, int]:
    return site.reports()


@pytest.fixture
def watched(ids: dict[str, int], context_of: Callable[..., BrowserContext]) -> Page:
    """The report, on a page whose clock the test moves."""
    page = context_of("school1").new_page()
    page.clock.install()
    page.goto(f"/reports/{ids['school1']}")
    ready(page)
    return page


def test_a_colleague_s_number_under_a_resting_cursor(site: Site, ids: dict[str, int], watched: Page) -> None:
    page = watched
    field(page, "1/01/4").click()
    site.save("clerk", ids["school1"], c1_01_4="14")
    page.clock.fast_forward(31_000)
    expect(field(page, "1/01/4")).to_have_value("14")
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    expect(field(page, "1/01/4")).to_have_value("14")
    site.save("clerk", ids["school1"], 1, c1_01_4="15")
    page.clock.fast_forward(31_000)
    expect(field(page, "1/01/4")).to_have_value("15")
    page.keyboard.type("7")  # typing replaces, as everywhere
    expect(field(page, "1/01/4")).to_have_value("7")
    page.clock.fast_forward(2_000)
    saved(page)


def test_a_colleague_s_date_comes_and_goes(site: Site, ids: dict[str, int], watched: Page) -> None:
    page = watched
    site.save("clerk", ids["school1"], c2_03_3="05.09.2025")
    page.clock.fast_forward(31_000)
    page.wait_for_timeout(300)
    page.locator('.step a[data-section="2"]').click()
    expect(field(page, "2/03/3")).to_have_value("2025-09-05")
    site.save("clerk", ids["school1"], 1, c2_03_3="06.09.2025")
    page.clock.fast_forward(31_000)
    expect(field(page, "2/03/3")).to_have_value("2025-09-06")


@pytest.mark.parametrize(("button", "stays"), [("Оставить мое", "2025-09-01"), ("Взять другое", "2025-09-05")])
def test_two_dates_in_one_cell(
    site: Site, ids: dict[str, int], open_report: Callable[..., Page], button: str, stays: str
) -> None:
    page = open_report(ids["school1"], "2")
    site.save("clerk", ids["school1"], c2_03_3="05.09.2025")
    field(page, "2/03/3").fill("2025-09-01")
    state(page, "conflict")
    page.reload()
    ready(page)
    state(page, "conflict")
    expect(field(page, "2/03/3")).to_have_value("2025-09-01")
    field(page, "2/03/3").click()
    page.locator("#cell-note").get_by_role("button", name=button).click()
    saved(page)
    expect(field(page, "2/03/3")).to_have_value(stays)
    page.reload()
    ready(page)
    expect(field(page, "2/03/3")).to_have_value(stays)


def test_a_conflict_while_one_types_on(site: Site, ids: dict[str, int], open_report: Callable[..., Page]) -> None:
    page = open_report(ids["school1"])
    site.save("clerk", ids["school1"], c1_01_4="14")
    held = hold(page, "**/cells", 1)
    field(page, "1/01/4").click()
    with page.expect_request("**/cells"):
        page.keyboard.type("1")
    page.keyboard.type("2")
    held[0].continue_()
    page.keyboard.type("3", delay=300)
    state(page, "conflict")
    expect(field(page, "1/01/4")).to_have_value("123")
    expect(page.locator("#cell-note")).to_contain_text("У вас: 123. Двухместная З. в")
    assert site.scalar("SELECT revision FROM report WHERE id = :id", id=ids["school1"]) == 1


def test_a_conflict_in_another_section_is_still_there_after_a_reload(
    site: Site, ids: dict[str, int], open_report: Callable[..., Page]
) -> None:
    page = open_report(ids["school1"])
    site.save("clerk", ids["school1"], c1_01_4="14")
    field(page, "1/01/4").fill("12")
    state(page, "conflict")
    page.goto(f"/reports/{ids['school1']}?section=2")
    ready(page)
    state(page, "conflict")
    page.locator('.step a[data-section="1"]').click()
    expect(cell(page, "1/01/4")).to_contain_class("conflict")
    field(page, "1/01/4").click()
    expect(field(page, "1/01/4")).to_have_value("12")
    expect(page.locator("#cell-note")).to_contain_text("У вас: 12. Двухместная З. в")


def test_a_third_number_over_both_is_the_choice(site: Site, ids: dict[str, int], open_report: Callable[..., Page]) -> None:
    page = open_report(ids["school1"])
    site.save("clerk", ids["school1"], c1_01_4="14")
    field(page, "1/01/4").fill("12")
    state(page, "conflict")
    field(page, "1/01/4").fill("20")
    saved(page)
    page.reload()
    ready(page)
    expect(field(page, "1/01/4")).to_have_value("20")
