"""«Не применимо» and «нет данных» are typed in place of a number, stay apart from blanks and zeros, and add nothing to totals."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, ready
from tests.browser.grid import field, paste, reads, saved


@pytest.fixture
def page(site: Site, open_report: Callable[..., Page]) -> Page:
    return open_report(site.reports()["school1"])


@pytest.mark.parametrize(("typed", "shown"), [("н/п", "н/п"), ("Н.Д", "н/д"), ("нп", "н/п"), ("n/a", "н/п")])
def test_a_mark_is_typed_and_saved(page: Page, typed: str, shown: str) -> None:
    field(page, "1/01/5").fill("5")
    field(page, "1/01/4").click()
    page.keyboard.type(typed)
    page.keyboard.press("Enter")
    expect(field(page, "1/01/4")).to_have_value(shown)
    expect(field(page, "1/01/4")).not_to_have_attribute("aria-invalid", "true")
    reads(page, "1/01/3", "5")
    saved(page)
    page.reload()
    ready(page)
    expect(field(page, "1/01/4")).to_have_value(shown)
    expect(page.locator("#sum")).to_contain_text("Заполнено ячеек раздела: 2 из")
    field(page, "1/01/4").fill("3")
    reads(page, "1/01/3", "8")
    page.keyboard.press("Control+z")
    saved(page)


def test_marks_are_pasted_copied_and_taken_back(page: Page) -> None:
    field(page, "1/01/4").click()
    paste(page, "н/п\tн/д")
    assert [field(page, f"1/01/{column}").input_value() for column in (4, 5)] == ["н/п", "н/д"]
    expect(page.locator("#sum")).to_contain_text("вставлено: 2")
    page.keyboard.press("Control+z")
    expect(field(page, "1/01/4")).to_have_value("")
    page.keyboard.press("Control+y")
    expect(field(page, "1/01/5")).to_have_value("н/д")


def test_a_colleague_s_mark_comes_in(site: Site, open_report: Callable[..., Page]) -> None:
    ids = site.reports()
    page = open_report(ids["school1"])
    site.save("clerk", ids["school1"], c1_01_4="н/п")
    field(page, "1/01/5").fill("3")
    expect(field(page, "1/01/4")).to_have_value("н/п")
    saved(page)
