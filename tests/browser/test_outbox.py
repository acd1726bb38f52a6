"""Nothing typed is lost: no connection, a closed tab, an ended session, a colleague in the same cell, a submitted report."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from sqlalchemy import text

from admin_app.reporting import reports
from tests.browser.conftest import Site, ready, sign_in
from tests.browser.grid import field, reads, saved, state


@pytest.fixture
def ids(site: Site) -> dict[str, int]:
    return site.reports()


def test_typing_is_saved_by_itself(site: Site, ids: dict[str, int], open_report: Callable[..., Page]) -> None:
    page = open_report(ids["school1"])
    field(page, "1/01/4").click()
    page.keyboard.type("41")
    state(page, "saving")
    saved(page)
    expect(page.locator("#save")).to_contain_text("сохранено в")
    page.reload()
    ready(page)
    expect(field(page, "1/01/4")).to_have_value("41")


def test_ctrl_s_saves_at_once(site: Site, ids: dict[str, int], open_report: Callable[..., Page]) -> None:
    page = open_report(ids["school1"])
    field(page, "1/01/4").click()
    page.keyboard.type("42")
    with page.expect_response("**/cells", timeout=900):
        page.keyboard.press("Control+s")


def test_without_a_connection_the_tab_may_even_be_closed(ids: dict[str, int], context_of: Callable[..., BrowserContext]) -> None:
    context = context_of("school1")
    page = context.new_page()
    page.goto(f"/reports/{ids['school1']}")
    ready(page)
    context.set_offline(True)
    field(page, "1/01/4").fill("43")
    field(page, "1/01/5").fill("12а")
    page.keyboard.press("Enter")
    state(page, "offline")
    expect(page.locator("#save")).to_contain_text("На этом компьютере: 2")
    page.close()
    context.set_offline(False)
    page = context.new_page()
    page.goto(f"/reports/{ids['school1']}")
    ready(page)
    expect(field(page, "1/01/4")).to_have_value("43")
    expect(field(page, "1/01/5")).to_have_value("12а")
    reads(page, "1/01/3", "43")
    state(page, "bad")
    page.reload()
    ready(page)
    expect(field(page, "1/01/5")).to_have_value("12а")


def test_a_lost_answer_does_not_save_twice(site: Site, ids: dict[str, int], open_report: Callable[..., Page]) -> None:
    page = open_report(ids["school1"])
    lost: list[int] = []

    def lose(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch().status)
        route.abort()

    page.route("**/cells", lose)
    field(page, "1/01/4").fill("44")
    saved(page)
    assert lost == [200]
    assert site.scalar("SELECT count(*) FROM report_revision WHERE report_id = :id", id=ids["school1"]) == 1


def test_an_ended_session_keeps_everything_and_goes_on_after_signing_in(
    site: Site, ids: dict[str, int], browser: Browser
) -> None:
    context = browser.new_context(base_url=site.url)
    page = context.new_page()
    sign_in(page, "school1")
    page.goto(f"/reports/{ids['school1']}")
    ready(page)
    context.clear_cookies()
    field(page, "1/01/4").fill("45")
    state(page, "signed-out")
    expect(page.locator("#trouble")).to_contain_text("Ничего не потеряно")
    with context.expect_page() as opened:
        page.locator("[data-sign-in]").click()
    sign_in(opened.value, "school1")
    page.bring_to_front()
    page.locator("[data-again]").click()
    saved(page)
    expect(page.locator("#trouble")).to_be_hidden()
    page.reload()
    ready(page)
    expect(field(page, "1/01/4")).to_have_value("45")
    context.close()


@pytest.mark.parametrize(("button", "stays"), [("Оставить мое", "12"), ("Взять другое", "14")])
def test_two_people_in_one_cell_choose(
    site: Site, ids: dict[str, int], open_report: Callable[..., Page], button: str, stays: str
) -> None:
    page = open_report(ids["school1"])
    site.save("clerk", ids["school1"], c1_01_4="14", c1_02_5="5")
    field(page, "1/01/4").fill("12")
    field(page, "1/02/4").fill("3")
    state(page, "conflict")
    expect(field(page, "1/02/5")).to_have_value("5")
    field(page, "1/01/4").click()
    note = page.locator("#cell-note")
    expect(note).to_contain_text("У вас: 12. Двухместная З. в")
    note.get_by_role("button", name=button).click()
    saved(page)
    expect(field(page, "1/01/4")).to_have_value(stays)
    page.reload()
    ready(page)
    expect(field(page, "1/01/4")).to_have_value(stays)
    expect(field(page, "1/02/4")).to_have_value("3")


def test_an_undecided_conflict_survives_a_reload(site: Site, ids: dict[str, int], open_report: Callable[..., Page]) -> None:
    page = open_report(ids["school1"])
    site.save("clerk", ids["school1"], c1_01_4="14")
    field(page, "1/01/4").fill("12")
    state(page, "conflict")
    page.reload()
    ready(page)
    state(page, "conflict")
    expect(field(page, "1/01/4")).to_have_value("12")


def test_typing_after_the_report_has_gone_is_kept_and_told(
    site: Site, ids: dict[str, int], open_report: Callable[..., Page]
) -> None:
    page = open_report(ids["school1"])
    site.save("clerk", ids["school1"], c1_01_4="10", c1_01_5="10", c1_03_5="1")
    with site.acting("clerk") as session:
        reports.submit(session, ids["school1"])
    field(page, "1/02/4").fill("3")
    state(page, "closed")
    expect(page.locator("#trouble")).to_contain_text("осталось на этом компьютере")
    expect(field(page, "1/02/4")).to_have_value("3")


def test_a_server_that_fails_is_asked_again(ids: dict[str, int], open_report: Callable[..., Page]) -> None:
    page = open_report(ids["school1"])
    failures = iter((500, 503))

    def fail(route: Route) -> None:
        status = next(failures, None)
        if status is None:
            route.continue_()
        else:
            route.fulfill(status=status, body="oops")

    page.route("**/cells", fail)
    field(page, "1/01/4").fill("46")
    state(page, "failed")
    saved(page)


def test_nothing_is_submitted_while_numbers_are_unsent(site: Site, open_report: Callable[..., Page]) -> None:
    ids = site.reports(**{"c1_01_4": "40", "c1_01_5": "60", "c1_02_4": "10", "c1_02_5": "20", "c1_03_5": "3", "c2_01_3": "12,5"})
    page = open_report(ids["school1"])
    page.route("**/cells", lambda route: route.fulfill(status=500, json={"error": "x"}))
    field(page, "1/01/4").fill("41")
    page.locator("#actions summary").click()
    page.get_by_role("button", name="Отправить отчет").click()
    expect(page.locator("#trouble")).to_be_visible()
    assert site.scalar("SELECT state FROM report WHERE id = :id", id=ids["school1"]) == "draft"
    page.unroute("**/cells")


def test_a_report_that_others_hold_is_saved_when_they_are_done(
    site: Site, ids: dict[str, int], open_report: Callable[..., Page]
) -> None:
    page = open_report(ids["school1"])
    with site.engine.begin() as connection:
        connection.execute(text("SELECT FROM report WHERE id = :id FOR UPDATE"), {"id": ids["school1"]})
        field(page, "1/01/4").fill("45")
        page.keyboard.press("Enter")
        state(page, "held")
        expect(page.locator("#trouble")).to_contain_text("Это сейчас изменяет кто-то другой")
        expect(page.locator("#trouble")).to_contain_text("будет отправлено само")
        field(page, "1/01/5").fill("5")
        page.keyboard.press("Enter")
    saved(page)
    expect(page.locator("#trouble")).to_be_hidden()
    reads(page, "1/01/3", "50")
    assert site.scalar("SELECT revision FROM report WHERE id = :id", id=ids["school1"]) == 2
