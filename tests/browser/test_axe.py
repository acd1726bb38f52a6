"""Every kind of screen for everybody: axe finds no violation of WCAG 2.2 AA in any view.

The report page is looked at in test_looks.py, the generated screens in test_registries.py.
"""

from contextlib import closing

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import sign_in
from tests.browser.test_looks import violations
from tests.browser.walk_region import Region

ADDRESSES = {
    "": "/ /login /register /confirm /confirm/old /reset /reset/old /privacy /help /help/reports /nothing",
    "newcomer": "/cabinet /messages /requests /requests/new?kind=attach_user",
    "school1": "/cabinet /organizations /messages /requests /requests/new /profile /profile/edit /profile/password",
    "irkutsk": "/cabinet /review /review?state=accepted /progress /requests /help/review",
    "central": "/forms /admin/campaign/ /admin/user/details/?id=1 /admin/organization/?filters=1 "
    "/admin/organization/details/?id=1 /admin/organization/history/?id=1 /admin/organization/views/ /admin/organization/bulk/ "
    "/admin/organization/tree/ /admin/organization/tree/?q=сош /admin/organization/tree/move/?id=3 "
    "/admin/organization/reorganize/?id=3 /admin/organization/edit/?id=3 "
    "/admin/attribute/ /admin/attribute/new/ /admin/classifier/tree/?id=1 /admin/imports/ /admin/tasks/ "
    "/admin/duplicates/ /admin/duplicates/merge/?id=4 /admin/duplicates/merge/?id=4&id=5 /admin/why/ "
    "/admin/why/organization/1/1/",
}


@pytest.mark.parametrize("view", ["light", "dark", "large"])
@pytest.mark.parametrize("person", list(ADDRESSES))
def test_axe_finds_nothing(region: Region, browser: Browser, person: str, view: str) -> None:
    with closing(browser.new_context(base_url=region.url, viewport={"width": 1440, "height": 900})) as context:
        context.add_cookies([{"name": "view", "value": view, "url": region.url}])
        page = context.new_page()
        if person:
            sign_in(page, person)
        found = []
        for address in ADDRESSES[person].split():
            page.goto(address)
            found += [f"{address}: {one}" for one in violations(page)]
        assert found == []


OPENED = (  # what a click opens on the list
    "summary:has-text('Столбцы')",
    "summary:has-text('Сохранить как вид')",
    "summary:has-text('Скачать')",
)


@pytest.mark.parametrize("view", ["light", "dark"])
def test_axe_finds_nothing_in_what_opens(region: Region, browser: Browser, view: str) -> None:
    with closing(browser.new_context(base_url=region.url, viewport={"width": 1440, "height": 900})) as context:
        context.add_cookies([{"name": "view", "value": view, "url": region.url}])
        page = context.new_page()
        sign_in(page, "central")
        page.goto("/admin/organization/")
        for place in OPENED:
            page.locator(place).click()
            assert violations(page) == [], place
        page.locator(".tick").first.check()
        assert violations(page) == [], "ticked rows"
        page.locator("h1").click()  # letters typed on a box are its own
        page.keyboard.press("Shift+Slash")
        expect(page.locator("dialog#keys")).to_be_visible()
        assert violations(page) == [], "keys"
        page.keyboard.press("Escape")
        page.keyboard.press("Control+k")
        page.keyboard.type("шк")
        expect(page.locator("#palette-list a").first).to_be_visible()
        assert violations(page) == [], "palette"


@pytest.mark.parametrize("view", ["light", "dark"])
def test_axe_finds_nothing_on_a_phone_and_in_an_import(region: Region, browser: Browser, view: str) -> None:
    with closing(browser.new_context(base_url=region.url, viewport={"width": 320, "height": 640})) as context:
        context.add_cookies([{"name": "view", "value": view, "url": region.url}])
        page = context.new_page()
        sign_in(page, "central")
        for address in ("/admin/organization/", "/admin/organization/edit/?id=3", "/admin/organization/details/?id=3"):
            page.goto(address)
            assert violations(page) == [], address
        page.locator(".unfold summary").first.click()
        page.locator(".folds .unfold summary").click()
        assert violations(page) == [], "menu and actions"
        page.goto("/admin/imports/")
        lines = "Краткое наименование;ИНН\nЛицей;123\nШкола;7707083893"
        page.locator("input[type=file]").set_input_files({"name": "реестр.csv", "mimeType": "text/csv", "buffer": lines.encode()})
        page.locator("main form button[type=submit]").first.click()
        page.wait_for_url("**/columns")
        assert violations(page) == [], "columns"
        page.locator("form:has(table) button[type=submit]").first.click()
        page.wait_for_url(lambda url: not url.endswith("/columns"))
        expect(page.locator("table").first).to_be_visible()
        assert violations(page) == [], "preview"


def test_mistakes_in_forms_are_said_to_everybody(region: Region, browser: Browser) -> None:
    with closing(browser.new_context(base_url=region.url)) as context:
        page = context.new_page()
        page.goto("/register")
        page.get_by_role("button", name="Отправить данные").click()
        expect(page.locator(".wrong").first).to_be_visible()
        assert violations(page) == []
        page.goto("/login")
        page.get_by_label("Логин или электронная почта").fill("nobody")
        page.get_by_label("Пароль").fill("wrong")
        page.get_by_role("button", name="Войти").click()
        expect(page.get_by_role("alert")).to_be_visible()
        assert violations(page) == []
