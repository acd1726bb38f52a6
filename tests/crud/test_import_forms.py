"""Emailed application forms: one prefilled card each, looked through and confirmed; what is there becomes a proposal."""

import io
from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Event, ImportRun, ImportState, Level, Organization
from tests.exchange.files import document, table, zipped
from tests.page import Page
from tests.people import Cast

PageOf = Callable[[str], Page]
START = "/admin/imports/"
FILLED = {
    "Сокращенное наименование организации": "МБОУ «Лицей № 5»",
    "Полное наименование организации": "Муниципальное бюджетное учреждение «Лицей № 5»",
    "Адрес": "665700, Иркутская область, г. Братск, ул. Мира, 5",
    "Номер телефона": "8(3952)00-00-01",
    "ИНН": "7707083893",
    "тип организации": "общеобразовательная организация",
    "виды деятельности организации по ОКВЭД (основной и дополнительный)": "85.14 (основной)",
    "Проектная мощность": "500 мест",
}


def form(**changed: str) -> bytes:
    """A filled form."""
    return document(table([(label, changed.get(label, text)) for label, text in FILLED.items()])).getvalue()


def upload(page: Page, data: bytes, name: str) -> Page:
    """Send the file."""
    page.get(START)
    return page.post(START, {"file": (io.BytesIO(data), name), "table": "organization"})


def test_a_form_becomes_a_prefilled_card(page_of: PageOf, plain: Session, cast: Cast) -> None:
    page = upload(page_of("central"), form(), "заявка.docx")
    page.get(page.soup.select_one("main .links a")["href"])
    assert page.soup.select_one("#short_name")["value"] == "МБОУ «Лицей № 5»"
    assert page.soup.select_one("#level option[selected]")["value"] == "organization"
    assert page.soup.select_one("input[name=parent_id]")["value"] == str(cast.organizations["bratsk"])
    beside = page.soup.select_one("section[aria-labelledby=from-form]").get_text(" ", strip=True)
    assert "Проектная мощность 500 мест" in beside
    assert "85.14" in beside
    page.submit("form.sheet")
    made = plain.scalars(select(Organization).where(Organization.inn == "7707083893")).one()
    assert (made.level, made.parent_id) == (Level.ORGANIZATION, cast.organizations["bratsk"])
    assert made.type_id is not None
    run = plain.scalars(select(ImportRun)).one()
    assert run.state is ImportState.DONE
    assert f"import:{run.id}" in plain.scalars(select(Event.origin).where(Event.subject_id == made.id)).all()


def test_what_is_mistyped_is_said_at_its_field(page_of: PageOf) -> None:
    page = upload(page_of("central"), form(ИНН="7707083894"), "заявка.docx")
    page.get(page.soup.select_one("main .links a")["href"])
    page.submit("form.sheet")
    assert page.soup.select_one("#inn-wrong") is not None
    assert page.soup.select_one("section[aria-labelledby=from-form]") is not None


def test_an_organization_that_is_there_becomes_a_proposal(page_of: PageOf, plain: Session, cast: Cast) -> None:
    page = upload(page_of("irkutsk"), form(ИНН="3899000019"), "заявка.docx")
    page.get(page.soup.select_one("main .links a")["href"])
    beside = {box["value"] for box in page.soup.select("input[name=theirs]")}
    assert {"short_name", "phone", "address"} <= beside
    assert "parent_id" not in beside
    page.submit("form.sheet", theirs="short_name")
    plain.expire_all()
    row = plain.get_one(Organization, cast.organizations["school1"])
    assert (row.short_name, row.phone) == ("МБОУ «СОШ № 1»", "8(3952)00-00-01")


def test_several_forms_at_once(page_of: PageOf, plain: Session) -> None:
    other = form(**{"Сокращенное наименование организации": "МБОУ «Лицей № 6»", "ИНН": "7736207543"})
    data = zipped({"один.docx": form(), "два.docx": other, "не то.docx": b"rubbish"}).getvalue()
    page = upload(page_of("central"), data, "заявки.zip")
    assert "не то.docx" in page.soup.select_one(".note.err").get_text()
    assert len(page.soup.select("main .links a")) == 2
    page.get(page.soup.select("main .links a")[0]["href"]).submit("form.sheet")
    assert page.soup.select_one("#short_name") is not None
    page.submit("form:has(button[name=skip])", skip="1")
    assert [tag.get_text() for tag in page.soup.select("main .links .muted")][1].endswith("пропущена")


def test_a_foreign_organization_is_not_told_of(page_of: PageOf, plain: Session) -> None:
    page = upload(page_of("irkutsk"), form(ИНН="3899000026"), "заявка.docx")
    page.get(page.soup.select_one("main .links a")["href"])
    assert page.soup.select_one("input[name=theirs]") is None
    assert "СОШ № 2" not in page.text
