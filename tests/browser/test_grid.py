"""Typing into a report with real keys: moving, white cells, what is refused, pasting, taking back."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site
from tests.browser.grid import cell, field, here, paste, reads, saved


@pytest.fixture
def page(site: Site, open_report: Callable[..., Page]) -> Page:
    return open_report(site.reports()["school1"])


def test_white_cells_follow_while_one_types(page: Page) -> None:
    field(page, "1/01/4").click()
    page.keyboard.type("12")
    reads(page, "1/01/3", "12")
    page.keyboard.type("34")
    reads(page, "1/01/3", "1 234")
    page.keyboard.press("Tab")
    page.keyboard.type("6")
    reads(page, "1/01/3", "1 240")
    field(page, "1/02/4").fill("7")
    reads(page, "1/02/3", "7")
    expect(field(page, "1/01/4")).to_have_value("1\u2009234")


def test_keys_move_as_in_excel(page: Page) -> None:
    field(page, "1/01/4").click()
    for key, address in (
        ("ArrowRight", "1/01/5"), ("ArrowDown", "1/02/5"), ("ArrowLeft", "1/02/4"), ("ArrowLeft", "1/02/3"),
        ("ArrowUp", "1/01/3"), ("ArrowRight", "1/01/4"), ("Enter", "1/02/4"), ("Shift+Enter", "1/01/4"),
        ("Tab", "1/01/5"), ("Tab", "1/02/4"),
        ("Shift+Tab", "1/01/5"), ("Control+ArrowDown", "1/03/5"), ("ArrowLeft", "1/03/3"), ("Home", "1/03/3"), ("End", "1/03/5"),
        ("Control+Home", "1/01/3"),
    ):  # fmt: skip
        page.keyboard.press(key)
        assert here(page) == address, key


def test_typing_replaces_f2_edits_escape_takes_back(page: Page) -> None:
    field(page, "1/01/4").fill("15")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowUp")
    page.keyboard.type("7")
    expect(field(page, "1/01/4")).to_have_value("7")
    page.keyboard.press("Escape")
    expect(field(page, "1/01/4")).to_have_value("15")
    page.keyboard.press("F2")
    page.keyboard.type("0")
    page.keyboard.press("ArrowLeft")
    page.keyboard.type("2")
    expect(field(page, "1/01/4")).to_have_value("1520")
    page.keyboard.press("Enter")
    reads(page, "1/01/3", "1 520")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Delete")
    reads(page, "1/01/3", "")


def test_a_second_click_sets_the_caret(page: Page) -> None:
    field(page, "1/01/4").fill("15")
    page.keyboard.press("Tab")
    field(page, "1/01/4").dblclick()
    page.keyboard.press("End")
    page.keyboard.type("5")
    expect(field(page, "1/01/4")).to_have_value("155")


def test_what_can_not_be_kept_stays_with_a_sentence_at_the_cell(page: Page) -> None:
    for typed, part in (("12а", "не число"), ("1,5", "целое"), ("-3", "трицательн"), ("9" * 40, "длинн"), ("NaN", "не число")):
        field(page, "1/01/4").fill(typed)
        page.keyboard.press("Tab")
        expect(field(page, "1/01/4")).to_have_value(typed)
        expect(field(page, "1/01/4")).to_have_attribute("aria-invalid", "true")
        field(page, "1/01/4").click()
        expect(page.locator("#cell-note")).to_contain_text(part)
    expect(page.locator("#save")).to_have_attribute("data-state", "bad")
    field(page, "1/01/4").fill(" 1\u00a0200 ")
    page.keyboard.press("Tab")
    expect(field(page, "1/01/4")).to_have_value("1\u2009200")
    expect(field(page, "1/01/4")).not_to_have_attribute("aria-invalid", "true")
    saved(page)


def test_both_decimal_marks_and_small_sums(page: Page) -> None:
    page.locator('.step a[data-section="2"]').click()
    for typed, shown in (("12,5", "12,5"), ("12.5", "12,5"), ("=12+7*2", "26,0"), ("1,25", "1,25")):
        field(page, "2/01/3").fill(typed)
        page.keyboard.press("Enter")
        expect(field(page, "2/01/3")).to_have_value(shown)
    expect(field(page, "2/01/3")).to_have_attribute("aria-invalid", "true")


def test_ctrl_enter_fills_the_selection_with_a_sum(page: Page) -> None:
    field(page, "1/01/4").click()
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.type("=1+2")
    page.keyboard.press("Control+Enter")
    assert [field(page, f"1/0{row}/4").input_value() for row in (1, 2)] == ["3", "3"]
    page.keyboard.press("ArrowRight")
    assert here(page) != "1/01/4"


def test_alt_and_page_down_lead_to_the_next_section(page: Page) -> None:
    field(page, "1/01/4").click()
    page.keyboard.press("Alt+PageDown")
    expect(page.locator("#grid")).to_have_attribute("data-section", "2")
    page.keyboard.type("5")
    expect(field(page, "2/01/3")).to_have_value("5")
    page.keyboard.press("Alt+PageUp")
    expect(page.locator("#grid")).to_have_attribute("data-section", "1")
    assert here(page) == "1/01/4"


def test_white_cells_are_not_typed_into(page: Page) -> None:
    cell(page, "1/01/3").click()
    page.keyboard.type("7")
    expect(page.locator("#sum")).to_contain_text("не заполняется")
    reads(page, "1/01/3", "")


def test_a_block_from_excel(page: Page) -> None:
    cell(page, "1/01/3").click()
    paste(page, '100\t1\u00a0040\t"60"\r\n5\tх\t2,0\r\n1\t1\tмного\r\n9\t9\t9\r\n')
    values = [field(page, address).input_value() for address in ("1/01/4", "1/01/5", "1/02/4", "1/02/5", "1/03/5")]
    assert values == ["1\u2009040", "60", "", "2", "много"]
    reads(page, "1/01/3", "1 100")
    told = page.locator("#sum")
    for part in ("вставлено: 4", "пропущено белых и «х»: 4", "не поместилось в таблицу: 3", "не числа: 1"):
        expect(told).to_contain_text(part)
    page.keyboard.press("Control+z")
    expect(field(page, "1/01/4")).to_have_value("")
    page.keyboard.press("Control+y")
    expect(field(page, "1/01/4")).to_have_value("1\u2009040")


def test_a_selection_is_summed_copied_filled_and_cleared(page: Page) -> None:
    field(page, "1/01/4").fill("10")
    field(page, "1/01/5").fill("20")
    page.keyboard.press("Enter")
    field(page, "1/01/4").click()
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator("#sum")).to_contain_text("сумма: 30")
    copied = page.evaluate(
        """() => { const clipboardData = new DataTransfer();
            document.activeElement.dispatchEvent(new ClipboardEvent("copy", {clipboardData, bubbles: true, cancelable: true}));
            return clipboardData.getData("text/plain"); }"""
    )
    assert copied == "10\t20"
    field(page, "1/01/4").click()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Control+d")
    assert [field(page, f"1/02/{column}").input_value() for column in (4, 5)] == ["10", "20"]
    page.keyboard.press("Delete")
    assert [field(page, f"1/0{row}/{column}").input_value() for row in (1, 2) for column in (4, 5)] == ["", "", "", ""]


def test_taking_back_reaches_other_sections(page: Page) -> None:
    field(page, "1/01/4").fill("10")
    page.keyboard.press("Enter")
    page.locator('.step a[data-section="2"]').click()
    field(page, "2/01/3").fill("5")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+z")
    expect(field(page, "2/01/3")).to_have_value("")
    page.keyboard.press("Control+z")
    expect(field(page, "1/01/4")).to_have_value("")
    assert here(page) == "1/01/4"


def test_sections_are_steps_of_the_history(page: Page) -> None:
    field(page, "1/01/4").fill("100")
    page.locator("#contents > summary").click()
    page.locator('#contents a[data-section="2"]').click()
    expect(page.locator("h1")).to_contain_text("Прочее")
    field(page, "2/01/3").fill("8")
    reads(page, "2/04/3", "12,50")
    page.go_back()
    expect(field(page, "1/01/4")).to_have_value("100")
    expect(page).to_have_title(
        "1 Численность обучающихся · ТЕСТ, " + page.locator(".rname b").inner_text().split(" · ")[1] + " · МБОУ «СОШ № 1» · МОДО"
    )


def test_sections_leave_no_listeners_behind(page: Page) -> None:
    client = page.context.new_cdp_session(page)

    def listeners() -> int:
        document = client.send("Runtime.evaluate", {"expression": "document"})["result"]["objectId"]
        return len(client.send("DOMDebugger.getEventListeners", {"objectId": document})["listeners"])

    before = listeners()
    for section in ("2", "1", "2"):
        page.locator(f'.step a[data-section="{section}"]').click()
        expect(page.locator("#grid")).to_have_attribute("data-section", section)
        field(page, "1/01/4" if section == "1" else "2/01/3").click()
    assert listeners() == before


def test_contents_find_rows(page: Page) -> None:
    page.locator("#contents > summary").click()
    page.locator("#contents input[type=search]").fill("ставок")
    page.locator("#contents [data-hits] a").first.click()
    expect(page.locator("h1")).to_contain_text("Прочее")
    assert here(page) == "2/01/3"


def test_the_table_is_no_keyboard_trap(page: Page) -> None:
    field(page, "1/03/5").click()
    page.keyboard.press("Tab")
    assert here(page) == ""
    field(page, "1/01/4").click()
    page.keyboard.press("F6")
    assert page.evaluate("document.activeElement.closest('#side') !== null")
