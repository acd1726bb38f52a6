"""Cards in a real browser: two people at once, and a session that ends while one types."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select, text

from models import Classifier, ClassifierItem, Organization
from tests.browser.conftest import Site, sign_in
from tests.browser.test_looks import violations
from tests.browser.test_registries import choose

ContextOf = Callable[..., BrowserContext]


@pytest.fixture
def address(site: Site) -> str:
    """The form of a school in Братск."""
    return f"/admin/organization/edit/?id={site.cast.organizations['school2']}"


def head(page: Page, name: str) -> None:
    """Type the head's name."""
    page.get_by_role("textbox", name="ФИО руководителя").fill(name)


def send(page: Page) -> None:
    """Press «Сохранить»."""
    page.get_by_role("button", name="Сохранить").click()


@pytest.mark.parametrize("width", [1600, 375])
def test_both_values_stand_side_by_side(site: Site, context_of: ContextOf, address: str, width: int) -> None:
    mine, theirs = (context_of(name, viewport={"width": width, "height": 900}).new_page() for name in ("bratsk", "central"))
    mine.goto(address)
    theirs.goto(address)
    head(theirs, f"Петрова {width}")
    send(theirs)
    expect(theirs.get_by_role("heading", level=1)).to_contain_text("СОШ № 2")
    head(mine, "Иванова")
    send(mine)
    expect(mine.locator(".theirs")).to_contain_text(f"Петрова {width}")
    assert violations(mine) == []
    assert mine.evaluate("document.documentElement.scrollWidth") <= width
    mine.get_by_role("checkbox", name="Взять это значение").check()
    send(mine)
    expect(mine.locator("dl.facts").filter(has_text="ФИО руководителя")).to_contain_text(f"Петрова {width}")


def over(site: Site, person: str) -> None:
    """The person's latest session ends."""
    latest = "SELECT id FROM login_session WHERE user_id = :id ORDER BY started_at DESC LIMIT 1"
    with site.engine.begin() as connection:
        connection.execute(
            text(f"UPDATE login_session SET ended_at = now() WHERE id = ({latest})"),  # noqa: S608  # constants
            {"id": site.cast.users[person]},
        )


def okved(site: Site) -> None:
    """A list too long to be shown whole; the school has its main activity, so further ones may be given."""
    with site.acting("central") as session:
        kinds = session.scalar(select(Classifier).where(Classifier.code == "okved")) or Classifier(code="okved", title="ОКВЭД")
        session.add(kinds)
        session.flush()
        items = [ClassifierItem(classifier_id=kinds.id, code=f"99.{n}", title=f"Вид {n}") for n in range(300)]
        session.add_all(items)
        session.flush()
        session.get_one(Organization, site.cast.organizations["school2"]).okved_main_id = items[0].id


@pytest.fixture
def stranger(context_of: ContextOf) -> Page:
    """A window where nobody is signed in yet: its session may end without harm to other tests."""
    context = context_of("bratsk")
    context.clear_cookies()
    return context.new_page()


def test_what_was_typed_outlives_the_session(site: Site, stranger: Page, address: str) -> None:
    okved(site)
    page = stranger
    sign_in(page, "bratsk")
    page.goto(address)
    head(page, "Сидорова Нина")
    choose(page, str(page.locator("label[for=okved_additional-more]").inner_text()), "Вид 77")
    over(site, "bratsk")
    send(page)
    page.wait_for_url("**/login?**")
    page.locator("input[name=identity]").fill("bratsk")
    page.locator("input[type=password]").fill("Modo-demo-2026")
    page.locator("input[type=password]").press("Enter")
    expect(page.locator("#kept")).to_be_visible()
    expect(page.get_by_role("textbox", name="ФИО руководителя")).to_have_value("Сидорова Нина")
    expect(page.get_by_role("checkbox", name="Вид 77")).to_be_checked()
    assert violations(page) == []
    send(page)
    expect(page.locator("dl.facts").filter(has_text="ФИО руководителя")).to_contain_text("Сидорова Нина")
    page.goto(address)
    expect(page.locator("#kept")).to_be_hidden()


def test_somebody_else_does_not_get_it(site: Site, stranger: Page, address: str) -> None:
    page = stranger
    sign_in(page, "bratsk")
    page.goto(address)
    head(page, "Секретная Анна")
    over(site, "bratsk")
    send(page)
    page.wait_for_url("**/login?**")
    sign_in(page, "central")
    page.goto(address)
    expect(page.get_by_role("textbox", name="ФИО руководителя")).not_to_have_value("Секретная Анна")
    assert page.evaluate("sessionStorage.length") == 0
