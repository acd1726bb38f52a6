"""What is typed outlives a browser that forgets, a change of person, a quick hand, a report that was closed meanwhile."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from admin_app.reporting import reports
from tests.browser.conftest import Site, ready, sign_in
from tests.browser.grid import field, here, hold, paste, reads, saved, state

NO_DATABASE = "indexedDB.open = () => { throw new DOMException('private window'); }"
AGAIN_AT_REST = """async ([url, report, token]) => {
    const {Outbox} = await import("/static/js/report/outbox.js"), {Sync} = await import("/static/js/report/sync.js");
    const outbox = await new Outbox("rest", report).load();
    let rests = 0;
    await new Promise((done) => {
        const sync = new Sync({
            url, token, revision: 0, outbox, renew: async () => ({state: "signed-out"}), onSaved: () => {},
            onState: (state) => {
                if (state !== "saved" || ++rests === 2) return rests === 2 && done();
                outbox.put("1/01/5", "6", sync.revision); // as if a key was pressed while the lock is being let go
                sync.flush();
            },
        });
        outbox.put("1/01/4", "5", 0);
        sync.flush();
        setTimeout(done, 3000);
    });
    return outbox.waiting;
}"""
WORDY: dict[str, Any] = {
    "form": "СЛОВА",
    "title": "Много слов",
    "periodicity": "school_year",
    "version": "1",
    "sections": [
        {
            "section": "1",
            "title": "Слова",
            "columns": "1 Показатели | name\n2 № | code\n3 Ответ",
            "rows": "\n".join(f"{row:02} Вопрос | 3: text" for row in range(1, 21)),
        }
    ],
}


@pytest.fixture
def ids(site: Site) -> dict[str, int]:
    return site.reports()


def value(site: Site, report: int, cell: str) -> Any:
    """What the last revision that touched the cell made of it."""
    query = """SELECT step ->> 2 FROM report_revision, jsonb_array_elements(delta) step
        WHERE report_id = :report AND step ->> 0 = :cell ORDER BY number DESC LIMIT 1"""
    return site.scalar(query, report=report, cell=cell)


def submit(site: Site, report: int) -> None:
    """A colleague fills the report in and submits it."""
    site.save("clerk", report, c1_01_4="10", c1_01_5="10", c1_03_5="1")
    with site.acting("clerk") as session:
        reports.submit(session, report)


def test_a_database_that_was_closed_is_opened_anew(site: Site, ids: dict[str, int], open_report: Callable[..., Page]) -> None:
    page = open_report(ids["school1"])
    page.context.new_cdp_session(page).send("Storage.clearDataForOrigin", {"origin": site.url, "storageTypes": "indexeddb"})
    field(page, "1/01/4").fill("43")
    saved(page)
    page.context.set_offline(True)
    field(page, "1/01/5").fill("44")
    state(page, "offline")
    expect(page.locator("#trouble")).to_be_hidden()
    page.context.set_offline(False)
    page.route("**/cells", lambda route: route.abort())
    page.reload()
    ready(page)
    expect(field(page, "1/01/5")).to_have_value("44")


def test_who_types_where_nothing_is_kept_is_told(ids: dict[str, int], context_of: Callable[..., BrowserContext]) -> None:
    context = context_of("school1")
    context.add_init_script(NO_DATABASE)
    page = context.new_page()
    page.goto(f"/reports/{ids['school1']}")
    ready(page)
    context.set_offline(True)
    field(page, "1/01/4").fill("43")
    expect(page.locator("#trouble")).to_contain_text("не хранит набранное")
    context.set_offline(False)
    saved(page)
    expect(page.locator("#trouble")).to_be_hidden()


def test_what_is_typed_as_the_sending_ends_is_sent_too(site: Site, ids: dict[str, int], open_report: Callable[..., Page]) -> None:
    page = open_report(ids["school1"])
    token = page.evaluate("JSON.parse(document.getElementById('report-data').textContent).csrf")
    assert page.evaluate(AGAIN_AT_REST, [f"/reports/{ids['school1']}/cells", ids["school1"], token]) == 0
    assert value(site, ids["school1"], "1/01/5") == "6"


def test_the_last_click_in_the_contents_wins(ids: dict[str, int], open_report: Callable[..., Page]) -> None:
    page = open_report(ids["school1"])
    held = hold(page, "**/section/2")
    page.locator("#contents > summary").click()
    page.locator('#contents a[data-section="2"]').click()
    page.locator("#contents > summary").click()
    page.locator('#contents a[data-section="1"]').click()
    with page.expect_response("**/section/2"):
        held[0].continue_()
    page.wait_for_timeout(200)
    expect(page.locator("#grid")).to_have_attribute("data-section", "1")


def test_a_sum_being_typed_is_kept_when_one_goes_back(site: Site, ids: dict[str, int], open_report: Callable[..., Page]) -> None:
    page = open_report(ids["school1"])
    page.locator('.step a[data-section="2"]').click()
    field(page, "2/01/3").click()
    page.keyboard.type("=12+7")
    page.go_back()
    expect(page.locator("#grid")).to_have_attribute("data-section", "1")
    saved(page)
    assert value(site, ids["school1"], "2/01/3") == "19"


def test_leftovers_of_a_submitted_report_are_a_list(
    site: Site, ids: dict[str, int], context_of: Callable[..., BrowserContext]
) -> None:
    context = context_of("school1")
    page = context.new_page()
    page.goto(f"/reports/{ids['school1']}")
    ready(page)
    context.set_offline(True)
    for address, text in (("1/01/4", "43"), ("1/01/5", "10"), ("1/02/4", "2а")):
        field(page, address).fill(text)
    page.keyboard.press("Enter")
    state(page, "offline")
    page.close()
    submit(site, ids["school1"])
    context.set_offline(False)
    page = context.new_page()
    page.goto(f"/reports/{ids['school1']}")
    ready(page)
    rows = page.locator("#leftovers tbody tr")
    expect(rows).to_have_text(["1 стр. 01 гр. 443", "1 стр. 02 гр. 42а"])  # 10 is what the server has
    reads(page, "1/01/3", "20")
    reads(page, "1/01/4", "10")
    page.wait_for_timeout(1500)
    expect(page.locator("#trouble")).to_be_hidden()
    page.locator("#leftovers [data-drop]").click()
    page.reload()
    ready(page)
    expect(page.locator("#leftovers")).to_be_hidden()


def test_another_person_in_this_browser_is_named_as_the_reason(site: Site, ids: dict[str, int], browser: Browser) -> None:
    context = browser.new_context(base_url=site.url)
    page = context.new_page()
    sign_in(page, "school1")
    page.goto(f"/reports/{ids['school1']}")
    ready(page)
    other = context.new_page()
    other.goto("/cabinet")
    other.locator('form[action="/logout"] button').first.click()
    sign_in(other, "clerk")
    page.bring_to_front()
    field(page, "1/01/4").fill("45")
    state(page, "other-person")
    expect(page.locator("#trouble")).to_contain_text("вошел другой")
    assert value(site, ids["school1"], "1/01/4") is None
    context.close()


def test_eighty_kilobytes_of_words_are_saved(site: Site, open_report: Callable[..., Page]) -> None:
    page = open_report(site.reports(WORDY)["school1"])
    field(page, "1/01/3").click()
    paste(page, "\n".join(["я" * 2000] * 20))
    saved(page)
    page.reload()
    ready(page)
    expect(field(page, "1/20/3")).to_have_value("я" * 2000)


def test_what_can_not_be_taken_back_offline_is_taken_back_later(ids: dict[str, int], open_report: Callable[..., Page]) -> None:
    page = open_report(ids["school1"])
    field(page, "1/01/4").fill("10")
    page.keyboard.press("Enter")
    page.locator('.step a[data-section="2"]').click()
    field(page, "2/01/3").click()
    saved(page)
    page.context.set_offline(True)
    page.keyboard.press("Control+z")
    expect(page.locator("#trouble")).to_contain_text("нет связи")
    assert here(page) == "2/01/3"
    page.context.set_offline(False)
    page.keyboard.press("Control+z")
    expect(field(page, "1/01/4")).to_have_value("")
    assert here(page) == "1/01/4"


def test_a_section_that_can_not_be_opened_is_told_for_longer_than_a_moment(
    ids: dict[str, int], open_report: Callable[..., Page]
) -> None:
    page = open_report(ids["school1"])
    page.context.set_offline(True)
    field(page, "1/01/4").fill("5")
    state(page, "offline")
    page.keyboard.press("Alt+PageDown")
    expect(page.locator("#trouble")).to_contain_text("Раздел не открылся")
    page.wait_for_timeout(4000)  # two attempts to save fail meanwhile
    expect(page.locator("#trouble")).to_contain_text("Раздел не открылся")
    page.context.set_offline(False)
    saved(page)
    expect(page.locator("#trouble")).to_be_hidden()


def test_screen_readers_hear_the_foot_once_typing_pauses(ids: dict[str, int], open_report: Callable[..., Page]) -> None:
    page = open_report(ids["school1"])
    said = page.locator("[role=status]:not([hidden])", has_text="Заполнено ячеек раздела")
    expect(said).to_contain_text("Заполнено ячеек раздела: 0 из")
    said.evaluate("node => { window.times = 0; new MutationObserver(() => times++).observe(node, {childList: true}); }")
    field(page, "1/01/4").click()
    page.keyboard.type("12345", delay=50)
    page.keyboard.press("Tab")
    expect(said).to_contain_text("Заполнено ячеек раздела: 1 из")
    assert page.evaluate("times") == 1
    expect(page.locator("#sum[aria-live]")).to_have_count(0)


def test_a_paste_s_report_stays_until_one_goes_on(ids: dict[str, int], open_report: Callable[..., Page]) -> None:
    page = open_report(ids["school1"])
    field(page, "1/01/4").click()
    paste(page, "1\tмного")
    state(page, "bad")
    expect(page.locator("#sum")).to_contain_text("не числа: 1")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#sum")).to_contain_text("Заполнено ячеек раздела")
