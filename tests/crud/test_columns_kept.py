"""The columns that a person has chosen last are those of the list, until the usual ones are asked for."""

from collections.abc import Callable

from tests.page import Page

PageOf = Callable[[str], Page]
LIST = "/admin/organization/"


def heads(page: Page) -> list[str]:
    """The headings of the list."""
    return [one.get_text(" ", strip=True).strip(" ▾▴") for one in page.soup.select("thead th")]


def test_chosen_columns_stay_and_the_address_wins(page_of: PageOf) -> None:
    page = page_of("irkutsk").get(LIST)
    usual = heads(page)
    choose = "form.chooser:has(input[name=keep])"
    names = [str(one["value"]) for one in page.soup.select(f"{choose} input[name=col]")]
    assert "kpp" in names
    page.get(f"{LIST}?keep=1&col=short_name&col=kpp&col=nonsense")
    assert page.response.request.full_path == f"{LIST}?col=short_name&col=kpp&col=nonsense"
    assert heads(page) == heads(page.get(LIST)) == ["Краткое наименование", "КПП"]
    assert (
        page.soup.select_one(".viewtabs [aria-current]") is None or "Все" in page.soup.select_one(".viewtabs [aria-current]").text
    )  # type: ignore[union-attr]
    assert heads(page.get(f"{LIST}?col=short_name&col=inn")) == ["Краткое наименование", "ИНН"]
    assert heads(page.get(f"{LIST}?q=СОШ")) == ["Краткое наименование", "КПП"]
    page.get(f"{LIST}export/csv/")
    assert page.response.get_data().decode("utf-8-sig").splitlines()[0].count(";") == 1
    way = next(str(one["href"]) for one in page.get(LIST).soup.select(".chooser a") if "keep=1" in str(one["href"]))
    assert heads(page.get(way)) == heads(page.get(LIST)) == usual


def test_the_columns_are_of_this_list_and_this_person(page_of: PageOf) -> None:
    page = page_of("irkutsk")
    page.get(f"{LIST}?keep=1&col=short_name&col=kpp")
    assert "КПП" not in heads(page.get("/admin/user/"))
    cookie = page.client.get_cookie("columns-organization", path=LIST)
    assert cookie is not None
    other = page_of("bratsk")
    other.client.set_cookie("columns-organization", cookie.value, path=LIST)
    assert "КПП" not in heads(other.get(LIST))
