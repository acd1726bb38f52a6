"""Which line of a file names its columns: said on the page, and the person's to say."""

from collections.abc import Callable

import pytest

from tests.crud.test_import import upload
from tests.page import Page

PageOf = Callable[[str], Page]
LINES = ["Лицей девять;Лицей номер девять;Мира", "Лицей десять;Лицей номер десять;Лесная", "Лицей сто;Лицей номер сто;Садовая"]


@pytest.mark.parametrize(("head", "count"), [([], 3), (["а;б;в"], 3)])
def test_no_line_is_lost_unsaid(page_of: PageOf, head: list[str], count: int) -> None:
    page = upload(page_of("irkutsk"), "\n".join([*head, *LINES]).encode())
    assert "Строка 1 принята за заголовок" in page.soup.select_one(".note.warn").get_text()
    assert [one["value"] for one in page.soup.select("#heading option")] == [str(at) for at in range(len(head) + 4)]
    if not head:
        page.submit("form:has(#heading)", heading="0")
        assert "без заголовка" in page.soup.select_one(".note.warn").get_text()
    page.submit("form:has(table)", **{"column-0": "short_name", "column-1": "full_name", "column-2": "address"})
    assert f"Добавлено: {count}" in page.text


def test_codes_alone_are_read_without_a_heading(page_of: PageOf) -> None:
    page = upload(page_of("irkutsk"), b"3899000019;389901001\n3899000033;389901001\n")
    assert "без заголовка" in page.soup.select_one(".note.warn").get_text()
    page.submit("form:has(table)", **{"column-0": "inn", "column-1": "kpp"})
    assert page.soup.select_one("#line-1") is not None
