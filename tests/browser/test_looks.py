"""The report page for everybody: no violations of WCAG in any view, nothing the strict policy blocks, a phone, large letters."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Site, ready
from tests.browser.grid import cell, field, saved

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text("utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WRONG = {"c1_01_4": "40", "c1_01_5": "2000", "c1_02_4": "50", "c1_03_5": "0"}


def violations(page: Page) -> list[str]:
    """What axe finds, each with the first element concerned. Run as the debugger: the page's policy blocks no tests."""
    page.evaluate(AXE)
    found: list[dict[str, Any]] = page.evaluate("async tags => (await axe.run(document, {runOnly: tags})).violations", RULES)
    return [f"{one['id']}: {one['help']}: {one['nodes'][0]['html'][:160]} ×{len(one['nodes'])}" for one in found]


@pytest.fixture
def report(site: Site) -> int:
    return site.reports(**WRONG)["school1"]


@pytest.mark.parametrize("view", ["light", "dark", "large"])
def test_axe_finds_nothing(site: Site, report: int, view: str, context_of: Callable[..., BrowserContext]) -> None:
    context = context_of("school1")
    context.add_cookies([{"name": "view", "value": view, "url": site.url}])
    page = context.new_page()
    page.goto(f"/reports/{report}")
    ready(page)
    field(page, "1/02/5").fill("много")
    page.keyboard.press("Enter")
    field(page, "1/01/4").click()
    expect(page.locator("#cell-note")).to_be_visible()
    assert violations(page) == []
    page.locator("#contents > summary").click()
    assert violations(page) == []
    page.locator("#actions > summary").click()
    for name in ("history", "files", "comments"):
        if name != "history":
            page.locator(f"[data-opens={name}]").first.click()
        else:
            page.locator("#actions [data-opens=history]").click()
        expect(page.locator(f"[data-panel={name}] h2")).to_be_visible()
        assert violations(page) == [], name


def test_every_field_has_a_name_of_row_and_column(report: int, context_of: Callable[..., BrowserContext]) -> None:
    page = context_of("school1").new_page()
    page.goto(f"/reports/{report}")
    ready(page)
    page.get_by_role("textbox", name="строка 01, графа 4: Обучающиеся; Девочки").fill("8")
    page.keyboard.press("Tab")
    expect(cell(page, "1/01/3")).to_have_text("2\u2009008")


def test_a_phone_keeps_the_table_in_reach(report: int, context_of: Callable[..., BrowserContext]) -> None:
    page = context_of("school1", viewport={"width": 375, "height": 740}, has_touch=True, is_mobile=True).new_page()
    page.goto(f"/reports/{report}")
    ready(page)
    expect(page.locator("#side")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    box = cell(page, "1/01/4").bounding_box()
    assert box is not None
    assert box["height"] >= 44
    field(page, "1/01/4").tap()
    page.keyboard.type("5")
    saved(page)
    page.locator("#actions > summary").tap()
    page.locator("#actions").get_by_role("button", name="Выполнить проверку").tap()
    expect(page.locator("#side .finding").first).to_be_visible()
    page.locator("#side [data-closes]").first.tap()
    expect(page.locator("#side")).to_be_hidden()


def test_wide_tables_scroll_their_cells_clear_of_the_heads(site: Site, context_of: Callable[..., BrowserContext]) -> None:
    columns = "1 Показатели | name\n2 № | code\n" + "\n".join(f"{number} Графа {number}" for number in range(3, 43))
    rows = "\n".join(f"{row:02} Строка" for row in range(1, 61))
    section = {"section": "1", "title": "Таблица", "columns": columns, "rows": rows}
    wide = {"form": "ШИРОКАЯ", "title": "Широкая", "periodicity": "school_year", "version": "1", "sections": [section]}
    page = context_of("school1", viewport={"width": 1280, "height": 700}).new_page()
    page.goto(f"/reports/{site.reports(wide)['school1']}")
    ready(page)
    field(page, "1/01/3").click()
    page.keyboard.press("Control+End")
    for key in ("Control+ArrowUp", "Control+ArrowLeft", "Control+ArrowDown", "Control+ArrowRight"):
        page.keyboard.press(key)
        covered = page.evaluate(
            """() => { const box = document.activeElement.getBoundingClientRect();
                const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
                return top !== document.activeElement && top?.outerHTML.slice(0, 80); }"""
        )
        assert not covered, (key, covered)


def test_a_large_zoom_leaves_room_for_the_table(report: int, open_report: Callable[..., Page]) -> None:
    page = open_report(report, viewport={"width": 683, "height": 384})  # 1366 × 768 at 200 %
    field(page, "1/02/5").click()
    page.keyboard.type("7")
    expect(field(page, "1/02/5")).to_be_in_viewport(ratio=1)
    pane = page.locator("#pane").bounding_box()
    assert pane is not None
    assert pane["height"] >= 384 / 2


def test_the_button_that_sends_stays_in_the_window(report: int, open_report: Callable[..., Page]) -> None:
    page = open_report(report, viewport={"width": 1366, "height": 768})
    page.context.set_offline(True)
    field(page, "1/02/5").fill("7")
    expect(page.locator("#save")).to_contain_text("На этом компьютере: 1")
    expect(page.locator(".quick[data-do=submit]")).to_be_in_viewport(ratio=1)
