"""What an application form is about: never the region or an office unless it says so; merged with what others save meanwhile."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import Level, Organization
from seed import lists
from tests.crud.test_import_forms import FILLED, upload
from tests.exchange.files import document, table
from tests.page import Page
from tests.people import Cast, organization

PageOf = Callable[[str], Page]
INN = "7707083893"


def opened(page: Page, **texts: str) -> Page:
    """The card of a file with one form."""
    upload(page, document(table(list((FILLED | texts).items()))).getvalue(), "заявка.docx")
    return page.get(page.soup.select_one("main .links a")["href"])


def numbered(plain: Session, key: int, inn: str = INN) -> Organization:
    """The organization has this INN from now on."""
    row = plain.get_one(Organization, key)
    row.inn = inn
    plain.commit()
    return row


def now(plain: Session, key: int) -> Organization:
    """The organization as it is by now."""
    plain.expire_all()
    return plain.get_one(Organization, key)


def proposed(page: Page) -> str:
    """The superior that the card proposes."""
    return str(page.soup.select_one("input[name=parent_id]")["value"])


# ── What it is about ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["region", "bratsk", "branch1"])
def test_the_inn_of_another_level_is_a_new_card(page_of: PageOf, plain: Session, cast: Cast, name: str) -> None:
    there = numbered(plain, cast.organizations[name]).short_name
    page = opened(page_of("central"))
    assert page.soup.select_one("input[name=theirs]") is None
    page.submit("form.sheet")
    assert now(plain, cast.organizations[name]).short_name == there
    made = plain.scalars(select(Organization).where(Organization.short_name == "МБОУ «Лицей № 5»")).one()
    assert made.level is Level.ORGANIZATION


def test_a_form_that_says_so_is_about_an_office(page_of: PageOf, plain: Session, cast: Cast) -> None:
    numbered(plain, cast.organizations["bratsk"])
    page = opened(page_of("central"), **{"Уровень": "Муниципальный орган управления образованием"})
    assert "short_name" in {box["value"] for box in page.soup.select("input[name=theirs]")}
    page.submit("form.sheet")
    assert now(plain, cast.organizations["bratsk"]).short_name == "МБОУ «Лицей № 5»"


def test_a_branch_is_not_taken_for_what_it_is_part_of(page_of: PageOf, plain: Session, cast: Cast) -> None:
    lists.load(plain)
    plain.commit()
    page = opened(
        page_of("central"), ИНН="3899000019", **{"структурный уровень": "обособленное структурное подразделение/филиал"}
    )
    assert page.soup.select_one("input[name=theirs]") is None
    assert page.soup.select_one("#level option[selected]")["value"] == "branch"
    assert proposed(page) == str(cast.organizations["school1"])


def test_of_several_none_is_taken(page_of: PageOf, plain: Session, cast: Cast) -> None:
    plain.execute(
        update(Organization).where(Organization.id == cast.organizations["school3"]).values(inn="3899000019", kpp="389901002")
    )
    plain.commit()
    page = opened(page_of("central"), ИНН="3899000019")
    assert page.soup.select_one("input[name=theirs]") is None
    assert "соответствует несколько организаций" in page.soup.select_one("section[aria-labelledby=from-form]").get_text()


# ── Two at once ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_others_save_meanwhile_stays(page_of: PageOf, plain: Session, cast: Cast) -> None:
    page = opened(page_of("irkutsk"), ИНН="3899000019")
    row = plain.get_one(Organization, cast.organizations["school1"])
    row.opened_on, row.okpo = date(1975, 9, 1), "98000012"
    plain.commit()
    page.submit("form.sheet")
    assert (row.opened_on, row.okpo) == (date(1975, 9, 1), "98000012")
    saved = now(plain, cast.organizations["school1"])
    assert (saved.opened_on, saved.okpo, saved.short_name) == (date(1975, 9, 1), "98000012", "МБОУ «Лицей № 5»")


def test_what_the_form_changes_too_stands_side_by_side(page_of: PageOf, plain: Session, cast: Cast) -> None:
    page, other = opened(page_of("irkutsk"), ИНН="3899000019"), page_of("central")
    other.get(f"/admin/organization/edit/?id={cast.organizations['school1']}").submit("form.sheet", phone="+7 (3952) 11-11-11")
    page.submit("form.sheet")
    assert now(plain, cast.organizations["school1"]).phone == "+7 (3952) 11-11-11"
    beside = page.soup.select_one(".clash:has(#phone)").get_text()
    assert "+7 (3952) 11-11-11" in beside
    assert "Центральная" in beside
    page.submit("form.sheet")
    assert now(plain, cast.organizations["school1"]).phone == FILLED["Номер телефона"]


def test_one_that_is_registered_meanwhile_is_not_overwritten(page_of: PageOf, plain: Session, cast: Cast) -> None:
    page = opened(page_of("central"))
    irkutsk = plain.get_one(Organization, cast.organizations["irkutsk"])
    made = organization(plain, "Лицей пятый", Level.ORGANIZATION, irkutsk, inn=INN, kpp="389901001").id
    plain.commit()
    page.submit("form.sheet")
    assert "уже внесли" in page.text
    assert (now(plain, made).short_name, now(plain, made).kpp) == ("Лицей пятый", "389901001")
    assert "short_name" in {box["value"] for box in page.soup.select("input[name=theirs]")}
    page.submit("form.sheet", theirs=["short_name", "kpp", "parent_id"])
    assert (now(plain, made).short_name, now(plain, made).kpp) == ("Лицей пятый", "389901001")
    assert now(plain, made).phone == FILLED["Номер телефона"]


def test_one_that_is_gone_meanwhile_is_not_added_unasked(page_of: PageOf, plain: Session, cast: Cast) -> None:
    page = opened(page_of("central"), ИНН="3899000019")
    numbered(plain, cast.organizations["school1"], "3899000040")
    page.submit("form.sheet")
    assert "Такой организации больше нет" in page.text
    assert now(plain, cast.organizations["school1"]).short_name == "МБОУ «СОШ № 1»"
    page.submit("form.sheet")
    assert plain.scalars(select(Organization.level).where(Organization.short_name == "МБОУ «Лицей № 5»")).one() == "organization"


# ── Below whom ───────────────────────────────────────────────────────────────────────────────────────────────────────


def districts(plain: Session, cast: Cast) -> dict[str, int]:
    """Towns, and districts of the same name."""
    region = plain.get_one(Organization, cast.organizations["region"])
    names = ("Управление образования Иркутского муниципального округа", "Управление образования Тулунского района")
    more = ("Управление образования города Тулуна", "Отдел образования Братского района")
    made = {name: organization(plain, name, Level.MUNICIPALITY, region).id for name in (*names, *more)}
    plain.commit()
    return {"Иркутск": cast.organizations["irkutsk"], "Братск": cast.organizations["bratsk"]} | made


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("664511, Иркутская область, Иркутский район, с. Заречное", "Управление образования Иркутского муниципального округа"),
        ("664000, Иркутская обл., г. Иркутск, ул. Братская, 5", "Иркутск"),
        ("665700, г. Братск, ул. Мира, 5", "Братск"),
        ("Братский р-н, п. Озёрный, ул. Тулунская, 1", "Отдел образования Братского района"),
        ("г. Тулун", "Управление образования города Тулуна"),
        ("Тулунский район, с. Гадалей", "Управление образования Тулунского района"),
    ],
)
def test_a_district_is_not_its_town(page_of: PageOf, plain: Session, cast: Cast, address: str, name: str) -> None:
    offices = districts(plain, cast)
    assert proposed(opened(page_of("central"), Адрес=address)) == str(offices[name])


def test_where_several_fit_the_field_says_which(page_of: PageOf, plain: Session, cast: Cast) -> None:
    districts(plain, cast)
    page = opened(page_of("central"), Адрес="г. Иркутск, Иркутский район, с. Хомутово")
    assert proposed(page) == ""
    said = page.soup.select_one("#parent_id-hint").get_text()
    assert "Управление образования Иркутска" in said
    assert "Управление образования Иркутского муниципального округа" in said
    page.submit("form.sheet")
    assert "Управление образования Иркутска" in page.soup.select_one("#parent_id-hint").get_text()
