"""The user manual, open to everybody."""

from pathlib import Path

import pytest

from tests.page import Page

MANUAL = Path(__file__).parents[2] / "docs" / "manual"
NAMES = [path.stem.partition("-")[2] for path in sorted(MANUAL.glob("[0-9]*.md"))]


def test_the_first_page_lists_every_chapter(page: Page) -> None:
    page.get("/help")
    assert [str(link["href"]) for link in page.soup.select(".chapters a")] == [f"/help/{name}" for name in NAMES]


@pytest.mark.parametrize("name", NAMES)
def test_a_chapter_has_parts_that_can_be_jumped_to(page: Page, name: str) -> None:
    page.get(f"/help/{name}")
    anchors = [str(link["href"])[1:] for link in page.soup.select(".manual nav ul a")]
    assert anchors
    assert all(page.soup.find(id=anchor) for anchor in anchors)


@pytest.mark.parametrize("name", NAMES)
def test_the_pictures_of_a_chapter_are_there(page: Page, name: str) -> None:
    page.get(f"/help/{name}")
    for picture in page.soup.select("article img"):
        assert picture["alt"]
        with page.client.get(str(picture["src"])) as answer:
            assert (answer.status_code, answer.mimetype) == (200, "image/png")


def test_no_other_file_is_read(page: Page) -> None:
    page.get("/help/nonsense", status=404)
    for path in ("/help/img/../01-registration.md", "/help/img/%2e%2e/01-registration.md", "/help/img/nothing.png"):
        assert page.client.get(path).status_code == 404


def test_the_words_on_the_screens_are_the_manuals(page: Page) -> None:
    text = " ".join(page.get(f"/help/{name}").text for name in NAMES)
    for words in (
        "Отправить данные",
        "Личный кабинет",
        "Мои организации",
        "Сервис заявок",
        "Отчеты о деятельности",
        "Выполнить проверку",
    ):
        assert words in text
