"""The list as a file: the same rows, columns and order; nothing that a spreadsheet would run; a sheet that says what it is."""

import csv
import io
import zipfile
from collections.abc import Callable

from sqlalchemy.orm import Session

from models import Level, Organization
from tests.page import Page
from tests.people import Cast, organization

PageOf = Callable[[str], Page]


def rows(page: Page, query: str = "") -> list[list[str]]:
    """The file's lines."""
    page.get(f"/admin/organization/export/csv/{query}")
    text = page.response.get_data().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def test_the_file_is_the_list(page_of: PageOf) -> None:
    page = page_of("irkutsk").get("/admin/organization/?sort=-short_name")
    heads = [cell.get_text(" ", strip=True).strip(" ▾▴") for cell in page.soup.select("thead th")]
    first = [cell.get_text(strip=True) for cell in page.soup.select("tbody th")]
    found = rows(page, "?sort=-short_name")
    assert found[0] == heads
    assert [line[0] for line in found[1:]] == first
    assert "attachment" in page.response.headers["Content-Disposition"]


def test_filters_and_scope_hold_in_the_file(page_of: PageOf) -> None:
    assert [line[0] for line in rows(page_of("bratsk"), "?level=organization")[1:]] == ["МБОУ «СОШ № 2» Братска"]


def test_chosen_columns_are_those_of_the_file(page_of: PageOf) -> None:
    found = rows(page_of("bratsk"), "?col=full_name&col=inn&col=okved_additional&q=3899000026")
    assert found[0] == ["Краткое наименование", "Полное наименование", "ИНН", "ОКВЭД, дополнительные виды деятельности"]
    assert found[1][2] == "3899000026"


def test_formulas_are_defused(page_of: PageOf, plain: Session, cast: Cast) -> None:
    root = plain.get_one(Organization, cast.organizations["bratsk"])
    for number, name in enumerate(("=1+1", "@sum", "-2", "+7", "\tx")):
        organization(plain, name, Level.ORGANIZATION, root, inn=f"770000000{number}", kpp="123456789")
    assert {line[0][0] for line in rows(page_of("bratsk"), "?q=7700000")[1:]} == {"'"}


def test_a_workbook_says_who_made_it_and_of_what(page_of: PageOf) -> None:
    page = page_of("irkutsk").get("/admin/organization/export/xlsx/?q=сош 3&level=organization")
    with zipfile.ZipFile(io.BytesIO(page.response.get_data())) as book:
        text = "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))
    assert "СОШ № 3" in text
    assert "СОШ № 1" not in text
    for said in ("О выгрузке", "Иркутская", "сош 3", "Место в "):
        assert said in text, said


def test_other_formats_are_no_pages(page_of: PageOf) -> None:
    page_of("central").get("/admin/organization/export/pdf/", status=404)
