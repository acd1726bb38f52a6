"""Light, dark and the version for the visually impaired: kept in a cookie, applied by the server, no flash of another look."""

import pytest

from tests.page import Page


@pytest.mark.parametrize(
    ("view", "attributes"), [("dark", {"data-theme": "dark"}), ("large", {"data-view": "large"}), ("light", {})]
)
def test_the_view_is_on_the_page_itself(page: Page, view: str, attributes: dict[str, str]) -> None:
    page.get("/help").submit("form[action='/view']", view=view)
    assert {name: value for name, value in page.soup.html.attrs.items() if name != "lang"} == attributes  # type: ignore[union-attr]
    pressed = [button["value"] for button in page.soup.select("button[name=view][aria-pressed=true]")]
    assert pressed == [view]
    assert page.response.request.path == "/help"


def test_the_words_for_it(page: Page) -> None:
    assert "Версия для слабовидящих" in page.get("/help").text


def test_a_script_keeps_it_without_leaving_the_page(page: Page) -> None:
    page.get("/help")
    token = page.soup.select_one("input[name=csrf_token]")["value"]  # type: ignore[index]
    answer = page.client.post("/view", data={"view": "dark", "csrf_token": token}, headers={"Accept": "application/json"})
    assert answer.status_code == 204
    assert page.get("/help").soup.html["data-theme"] == "dark"  # type: ignore[index]


@pytest.mark.parametrize("value", ["", "pink", 'dark" onload="x'])
def test_an_unknown_view_is_light(page: Page, value: str) -> None:
    page.client.set_cookie("view", value)
    assert set(page.get("/help").soup.html.attrs) == {"lang"}  # type: ignore[union-attr]
    page.post("/view", {"view": value}, status=400)
