"""The tree of organizations in a real browser: opened in place, led by keys, dragged in, marked; by a phone."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Site
from tests.browser.test_looks import violations

ContextOf = Callable[..., BrowserContext]
TREE = "/admin/organization/tree/"
OFFICE, BRATSK, SCHOOL, BRANCH = (
    "Управление образования Иркутска", "Управление образования Братска", "МБОУ «СОШ № 1»", "Филиал СОШ № 1",
)  # fmt: skip


@pytest.fixture
def page(context_of: ContextOf, site: Site) -> Iterator[Page]:
    """The tree before the central operator; nothing was moved when the test ends."""
    page = context_of("central").new_page()
    page.goto(TREE)
    before = places(site)
    yield page
    assert places(site) == before


def places(site: Site) -> str:
    """Who stands where."""
    return str(site.scalar("SELECT string_agg(path, ' ' ORDER BY id) FROM organization"))


def node(page: Page, name: str) -> object:
    return page.locator(".outline").get_by_role("link", name=name, exact=True)


def test_the_arrows_open_close_and_lead(page: Page) -> None:
    node(page, OFFICE).focus()
    page.keyboard.press("ArrowRight")
    expect(node(page, SCHOOL)).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(node(page, SCHOOL)).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    expect(node(page, BRANCH)).to_be_focused()
    assert violations(page) == []
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(node(page, BRANCH)).to_be_hidden()
    page.keyboard.press("Home")
    expect(node(page, "Иркутская область")).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/organization/details/**")
    page.go_back()
    expect(node(page, SCHOOL)).to_be_visible()  # what was open is open


def test_one_stop_of_the_tab_key_leads_into_the_tree(page: Page) -> None:
    node(page, OFFICE).focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name=f"Переместить… {OFFICE}")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.outline')") is None


def test_marked_ones_are_moved_by_keys(page: Page) -> None:
    node(page, OFFICE).focus()
    for key in ("ArrowRight", "ArrowRight", " ", "ArrowDown", " "):
        page.keyboard.press(key)
    expect(page.get_by_text("Отмечено: 2")).to_be_visible()
    page.keyboard.press("m")
    expect(page.get_by_role("heading", level=1)).to_have_text("Переместить 2 организации")
    box = page.get_by_role("combobox", name="Новая вышестоящая организация")
    box.fill("братск")
    page.get_by_role("option", name=BRATSK).click()
    page.get_by_role("button", name="Показать, что изменится").click()
    expect(page.locator("#errors")).to_contain_text("Братская Вера")
    assert violations(page) == []


def grab(page: Page, name: str) -> None:
    """Take hold of a node."""
    box = node(page, name).bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(box["x"] + 32, box["y"] + 12, steps=3)


def over(page: Page, name: str) -> None:
    """Drag on over another one."""
    box = node(page, name).bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 8, steps=6)


def test_a_drop_asks_for_the_move(page: Page) -> None:
    page.goto(TREE + "?q=СОШ+№+3")
    grab(page, "МБОУ «СОШ № 3»")
    over(page, OFFICE)
    expect(page.locator("[data-drop=no]")).to_have_count(1)  # it stands there
    over(page, BRATSK)
    expect(page.locator("[data-drop=onto]")).to_have_count(1)
    expect(page.locator(".dragsaid")).to_have_text(f"Переместить в «{BRATSK}»: 1")
    page.mouse.up()
    page.wait_for_url("**/tree/move/**")
    expect(page.locator("#errors")).to_contain_text("Братская Вера")
    page.get_by_role("link", name="Отмена").click()
    expect(node(page, "МБОУ «СОШ № 3»")).to_be_focused()


def test_the_way_back_stays_in_sight(page: Page) -> None:
    page.set_viewport_size({"width": 1000, "height": 420})
    page.goto(TREE + "?q=СОШ+№+3")
    node(page, "МБОУ «СОШ № 3»").focus()
    page.keyboard.press("m")
    page.get_by_role("combobox", name="Новая вышестоящая организация").fill("братск")
    page.get_by_role("option", name=BRATSK).click()
    page.get_by_role("button", name="Показать, что изменится").click()
    page.get_by_role("button", name="Подтвердить и переместить").click()
    expect(node(page, "МБОУ «СОШ № 3»")).to_be_focused()
    expect(node(page, "МБОУ «СОШ № 3»")).to_be_in_viewport()
    back = page.locator(".says").get_by_role("link", name="Отменить")
    expect(back).to_be_in_viewport()
    back.click()
    page.locator("main form button[value=undo]").click()
    page.wait_for_url("**/admin/event/batch/**")


def test_a_node_opens_under_what_is_dragged_and_a_wrong_one_takes_nothing(page: Page) -> None:
    grab(page, BRATSK)
    over(page, OFFICE)
    expect(node(page, SCHOOL)).to_be_visible()
    over(page, SCHOOL)
    expect(page.locator("[data-drop=no]")).to_have_count(1)
    page.mouse.up()
    expect(page.locator("[data-drop]")).to_have_count(0)
    expect(page.locator(".dragsaid")).to_be_empty()
    assert page.url.startswith(f"{page.url.split('/admin')[0]}{TREE}")


def test_esc_ends_a_drag(page: Page) -> None:
    grab(page, BRATSK)
    over(page, OFFICE)
    expect(page.locator(".dragged")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator(".dragged, [data-drop]")).to_have_count(0)
    page.mouse.up()
    assert "/move/" not in page.url


def test_a_lost_connection_is_said(page: Page) -> None:
    page.route("**/tree/below/**", lambda route: route.abort())
    node(page, OFFICE).focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".told")).to_have_text("Нет связи: попробуйте еще раз.")
    page.unroute("**/tree/below/**")
    page.keyboard.press("ArrowRight")
    expect(node(page, SCHOOL)).to_be_visible()


def test_a_phone_moves_by_the_button(context_of: ContextOf, site: Site) -> None:
    page = context_of("irkutsk", viewport={"width": 375, "height": 740}, has_touch=True, is_mobile=True).new_page()
    page.goto(TREE)
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    button = page.get_by_role("button", name=f"Переместить… {SCHOOL}")
    expect(button).to_be_visible()
    button.tap()
    page.wait_for_url("**/tree/move/**")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Переместить «{SCHOOL}»")
    assert page.evaluate("document.documentElement.scrollWidth") <= 375


@pytest.mark.parametrize("view", ["light", "dark", "large"])
def test_axe_finds_nothing(site: Site, context_of: ContextOf, view: str) -> None:
    context = context_of("irkutsk")
    context.add_cookies([{"name": "view", "value": view, "url": site.url}])
    page = context.new_page()
    school, office = (site.cast.organizations[name] for name in ("school3", "irkutsk"))
    for address in (f"{TREE}?q=сош", f"{TREE}?on=2025-01-01&id={school}", f"{TREE}move/?id={school}&parent_id={office}"):
        page.goto(address)
        assert violations(page) == [], address
