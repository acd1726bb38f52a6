"""Items of a list that is a tree are called by their codes everywhere, and what a list exports can be imported."""

import io
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Classifier, ClassifierItem, Organization
from tests.crud.test_import import START, upload
from tests.page import Page
from tests.people import Cast

PageOf = Callable[[str], Page]
TWINS = "Обучение профессиональное"


@pytest.fixture(autouse=True)
def okved(plain: Session, cast: Cast) -> dict[str, int]:
    """A tree with one title on two levels; two schools have the two."""
    listed = Classifier(code="okved", title="ОКВЭД")
    plain.add(listed)
    plain.flush()
    found: dict[str, int] = {}
    for code, title, parent in (("85", "Образование", None), ("85.3", TWINS, "85"), ("85.30", TWINS, "85.3")):
        row = ClassifierItem(classifier_id=listed.id, code=code, title=title, parent_id=found[parent] if parent else None)
        plain.add(row)
        plain.flush()
        found[code] = row.id
    for name, code in (("school1", "85.3"), ("school2", "85.30")):
        school = plain.get_one(Organization, cast.organizations[name])
        school.okved_main_id = found[code]
        school.okved_additional = [plain.get_one(ClassifierItem, found[one]) for one in ("85", "85.30")]
    plain.commit()
    return found


def test_the_code_is_on_every_screen(page_of: PageOf, okved: dict[str, int], cast: Cast) -> None:
    page = page_of("central")
    key = cast.organizations["school1"]
    for address in (
        f"/admin/organization/details/?id={key}",
        f"/admin/organization/?col=short_name&col=okved_main_id&okved_main_id={okved['85.3']}",
        f"/organizations/{key}",
    ):
        assert f"85.3 {TWINS}" in page.get(address).soup.select_one("main").get_text(" ", strip=True), address  # type: ignore[union-attr]
    chip = page.get(f"/admin/organization/?okved_main_id={okved['85.3']}").soup.select_one(".summary .tag")
    assert chip is not None
    assert f"85.3 {TWINS}" in chip.get_text()


def test_the_code_with_the_title_is_understood_where_it_is_typed(page_of: PageOf, okved: dict[str, int]) -> None:
    page, address = page_of("central"), "/admin/organization/lookup/okved_main_id"
    for text, key in ((f"85.30 {TWINS}", okved["85.30"]), ("85.30", okved["85.30"]), ("Образование", okved["85"])):
        rows = page.get(f"{address}?q={text}").response.get_json()["rows"]
        assert rows[0]["id"] == key, text


@pytest.mark.parametrize(("text", "code"), [(f"85.30 {TWINS}", "85.30"), ("85.3", "85.3"), ("образование", "85")])
def test_a_file_names_an_item_by_code_title_or_both(
    page_of: PageOf, plain: Session, cast: Cast, okved: dict[str, int], text: str, code: str
) -> None:
    page = page_of("central")
    lines = ["Краткое наименование;ИНН;КПП;ОКВЭД, основной вид деятельности", f"МБОУ «СОШ № 1»;3899000019;389901001;{text}"]
    upload(page, "\r\n".join(lines).encode("cp1251"))
    page.submit("form:has(table)")
    assert "С ошибкой" not in page.text
    if "Изменено: 1" in page.text:
        page.submit("form:has(input[value=run])")
    plain.expire_all()
    assert plain.get_one(Organization, cast.organizations["school1"]).okved_main_id == okved[code]


def test_a_title_that_two_items_have_is_asked_back(page_of: PageOf) -> None:
    lines = ["Краткое наименование;ИНН;КПП;ОКВЭД, основной вид деятельности", f"МБОУ «СОШ № 1»;3899000019;389901001;{TWINS}"]
    page = page_of("central")
    upload(page, "\r\n".join(lines).encode("cp1251"))
    assert "подходит нескольким" in page.submit("form:has(table)").text


def test_an_exported_list_comes_back_without_a_change(page_of: PageOf, plain: Session) -> None:
    page = page_of("central")
    names = [column.key for column in Organization.__mapper__.column_attrs if "label" in column.columns[0].info]  # type: ignore[union-attr]
    page.get("/admin/organization/export/csv/?" + "&".join(f"col={name}" for name in (*names, "okved_additional")))
    data = page.response.get_data()
    count = len(plain.scalars(select(Organization.id)).all())
    page.get(START)
    page.post(START, {"file": (io.BytesIO(data), "список.csv"), "table": "organization"}).submit("form:has(table)")
    assert f"Без изменений: {count}" in page.text, page.soup.select_one("main").get_text(" ", strip=True)  # type: ignore[union-attr]
