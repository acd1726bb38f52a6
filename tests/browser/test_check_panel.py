"""The check, explanations, submission and review, as people click them."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, ready
from tests.browser.grid import cell, field, here, saved

FILLED = {"c1_01_4": "40", "c1_01_5": "60", "c1_02_4": "10", "c1_02_5": "20", "c1_03_5": "3"}


@pytest.fixture
def report(site: Site) -> int:
    return site.reports(**FILLED)["school1"]


def act(page: Page, words: str) -> None:
    """An action of the menu."""
    page.locator("#actions > summary").click()
    page.locator("#actions").get_by_role("button", name=words).click()


def test_findings_come_and_go_while_one_types(report: int, open_report: Callable[..., Page]) -> None:
    page = open_report(report)
    expect(page.locator(".finding")).to_have_count(0)
    field(page, "1/02/4").fill("50")
    error = page.locator('.finding[data-check="1:1"]')
    expect(error).to_contain_text("40 < ")
    expect(cell(page, "1/01/4")).to_have_class(re.compile(r"\berr\b"))
    saved(page)
    expect(error).to_contain_text("40 < 1 стр. 02 гр. 4: 50")
    field(page, "1/02/4").fill("5")
    expect(error).to_have_count(0)


def test_a_finding_leads_to_its_cell_from_another_section(report: int, open_report: Callable[..., Page]) -> None:
    page = open_report(report)
    field(page, "1/02/4").fill("50")
    page.locator('.step a[data-section="2"]').click()
    expect(page.locator("[data-note]")).to_have_text("В этом разделе все сходится.")
    act(page, "Выполнить проверку")
    expect(page.get_by_role("button", name="Весь отчет")).to_have_attribute("aria-pressed", "true")
    page.locator('.finding[data-check="1:1"] a').click()
    expect(page.locator("h1")).to_contain_text("Численность")
    assert here(page) == "1/01/4"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("F8")
    assert here(page) == "1/01/4"


def test_submission_waits_for_errors_and_explanations(site: Site, report: int, open_report: Callable[..., Page]) -> None:
    page = open_report(report)
    field(page, "1/02/4").fill("50")
    field(page, "1/01/5").fill("2000")
    act(page, "Отправить отчет")
    expect(page.locator("#trouble")).to_be_visible()
    field(page, "1/02/4").fill("10")
    query = page.locator('.finding[data-check="1:2"]')
    query.locator("summary").click()
    query.locator("textarea").fill("Школа-комплекс")
    query.get_by_role("button").click()
    expect(query.locator("[data-explanation]")).to_have_text("Школа-комплекс")
    act(page, "Отправить отчет")
    expect(page.locator("[data-status]")).to_have_attribute("data-status", "submitted")
    expect(page.locator("#grid input")).to_have_count(0)
    assert site.scalar("SELECT state FROM report WHERE id = :id", id=report) == "submitted"


def test_review_from_the_first_comment_to_acceptance(site: Site, report: int, open_report: Callable[..., Page]) -> None:
    mine = open_report(report)
    act(mine, "Отправить отчет")
    expect(mine.locator("[data-status]")).to_have_attribute("data-status", "submitted")
    theirs = open_report(report, person="irkutsk")
    cell(theirs, "1/01/4").click()
    theirs.locator("[data-opens=comments]").click()
    expect(theirs.locator("[data-about]")).to_contain_text("1 стр. 01 гр. 4")
    theirs.locator(".say textarea").fill("Проверьте")
    theirs.locator(".say button").click()
    expect(cell(theirs, "1/01/4")).to_have_class(re.compile(r"\bnoted\b"))
    act(theirs, "Отклонить")
    theirs.locator("#ask-reject textarea").fill("Мало девочек")
    theirs.locator("#ask-reject").get_by_role("button", name="Отклонить").click()
    expect(theirs.locator("[data-status]")).to_have_attribute("data-status", "rejected")
    mine.reload()
    ready(mine)
    expect(mine.locator(".notices").first).to_contain_text("Мало девочек")
    field(mine, "1/01/4").fill("45")
    act(mine, "Отправить отчет")
    expect(mine.locator("[data-status]")).to_have_attribute("data-status", "submitted")
    theirs.reload()
    ready(theirs)
    theirs.locator("#actions > summary").click()
    theirs.locator("[data-opens=changes]").click()
    expect(theirs.locator('[data-changed="1/01/4"]')).to_contain_text("40 → 45")
    expect(cell(theirs, "1/01/4")).to_have_class(re.compile(r"\bchanged\b"))
    act(theirs, "Принять")
    expect(theirs.locator("[data-status]")).to_have_attribute("data-status", "accepted")


def test_a_file_beside_the_report(report: int, open_report: Callable[..., Page]) -> None:
    page = open_report(report)
    page.locator("[data-opens=files]").click()
    page.locator(".say input[type=file]").set_input_files({"name": "Приказ.txt", "mimeType": "text/plain", "buffer": b"hello"})
    page.locator(".say button").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Приказ.txt").click()
    assert download.value.suggested_filename == "Приказ.txt"
    page.locator(".say input[type=file]").set_input_files({"name": "a.exe", "mimeType": "text/plain", "buffer": b"MZ"})
    page.locator(".say button").click()
    expect(page.locator(".side [role=alert]")).not_to_be_empty()


def test_the_first_save_makes_a_draft(site: Site, open_report: Callable[..., Page]) -> None:
    page = open_report(site.reports()["school1"])
    expect(page.locator("[data-status]")).to_have_text("Не заполнен")
    field(page, "1/01/4").fill("5")
    expect(page.locator("[data-status]")).to_have_text("Черновик")
    expect(page.locator("[data-status]")).to_have_attribute("data-status", "draft")


def test_unsaved_cells_hinder_submission(report: int, open_report: Callable[..., Page]) -> None:
    page = open_report(report)
    field(page, "1/02/4").fill("много")
    act(page, "Отправить отчет")
    expect(page.locator("#trouble")).to_contain_text("не сохранены")
    assert here(page) == "1/02/4"
    expect(page.locator("[data-status]")).to_have_attribute("data-status", "draft")


def test_the_period_before_is_compared(site: Site, open_report: Callable[..., Page]) -> None:
    before, now = site.reports(**FILLED)["school1"], site.reports()["school1"]
    assert before < now
    page = open_report(now)
    field(page, "1/01/4").fill("45")
    field(page, "1/01/5").fill("60")
    expect(page.locator("#ref [data-aside]")).to_contain_text(": 60")
    page.locator("#compare").click()
    expect(cell(page, "1/01/4")).to_have_attribute("data-was", "40")
    expect(page.locator("td[data-differs]")).not_to_have_count(0)
    assert cell(page, "1/01/5").get_attribute("data-differs") is None


def test_a_total_frames_its_parts(report: int, open_report: Callable[..., Page]) -> None:
    page = open_report(report)
    cell(page, "1/01/3").click()
    expect(page.locator("td.part")).to_have_count(2)
    field(page, "1/02/4").click()
    expect(page.locator("td.part")).to_have_count(0)
