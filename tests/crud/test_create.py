"""Adding a row: what is typed is judged in sentences at its field, and nothing typed is lost."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Classifier, ClassifierItem, Event, Letter, Organization, User
from tests.page import Page
from tests.people import Cast

PageOf = Callable[[str], Page]
NEW = "/admin/organization/new/"


def school(cast: Cast, **typed: object) -> dict[str, object]:
    """A form's data for a school under Иркутск."""
    place = {"parent_id": cast.organizations["irkutsk"], "level": "organization"}
    return {**place, "short_name": "Лицей № 9", "full_name": "Лицей № 9", "inn": "7707083893", "kpp": "389901001", **typed}


def send(page: Page, typed: dict[str, object], address: str = NEW) -> Page:
    """Send the data without the pickers' visible inputs, as a script would."""
    return page.get(address).post(address, typed)


def wrong(page: Page, name: str) -> str:
    """What is said at the field."""
    said = page.soup.select_one(f"#{name}-wrong")
    return said.get_text(" ", strip=True) if said else ""


def test_a_supervisor_adds_a_school(page_of: PageOf, plain: Session, cast: Cast) -> None:
    page = page_of("irkutsk")
    send(page, school(cast, phone="+7 (3952) 12-34-56", email=" Info@Licey9.RU ", type_id="1", closed_on=""))
    assert "Лицей № 9" in page.soup.h1.get_text()
    row = plain.scalars(select(Organization).where(Organization.short_name == "Лицей № 9")).one()
    assert (row.email, row.okpo, row.type_id) == ("info@licey9.ru", None, 1)
    assert row.path.startswith(f"/{cast.organizations['region']}/{cast.organizations['irkutsk']}/")
    assert (
        plain.scalar(select(Event.kind).where(Event.subject_type == "organization", Event.subject_id == row.id)) == "row.created"
    )


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"inn": "7707083894"}, "inn"),
        ({"inn": "abc"}, "inn"),
        ({"ogrn": "1"}, "ogrn"),
        ({"email": "a@b"}, "email"),
        ({"short_name": "  "}, "short_name"),
        ({"short_name": "x" * 251}, "short_name"),
        ({"level": "galaxy"}, "level"),
        ({"level": ""}, "level"),
        ({"parent_id": "abc"}, "parent_id"),
        ({"parent_id": "99999999999999999999"}, "parent_id"),
        ({"parent_id": ""}, "parent_id"),
        ({"type_id": "7777"}, "type_id"),
        ({"closed_on": "31.02.2026"}, "closed_on"),
        ({"okved_additional": ["5", "x"]}, "okved_additional"),
        ({"inn": "3899000019"}, "inn"),
        ({"short_name": "\x00"}, "short_name"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_kept(page_of: PageOf, cast: Cast, typed: dict[str, object], field: str) -> None:
    page = send(page_of("central"), school(cast, full_name="Сохранится", **typed))
    assert wrong(page, field)
    assert page.soup.select_one(f"#errors a[href='#{field}']") is not None
    assert page.soup.select_one("#full_name")["value"] == "Сохранится"
    assert "psycopg" not in page.text
    assert "INSERT" not in page.text


def test_a_mistyped_code_is_shown_as_it_was_typed(page_of: PageOf, cast: Cast) -> None:
    page = send(page_of("irkutsk"), school(cast, inn="77-07"))
    assert page.soup.select_one("#inn")["value"] in {"77-07", "7707"}


@pytest.mark.parametrize("name", ["bratsk", "region"])
def test_a_foreign_superior_is_an_error_not_a_blank(page_of: PageOf, plain: Session, cast: Cast, name: str) -> None:
    page = send(page_of("irkutsk"), school(cast, parent_id=cast.organizations[name]))
    assert wrong(page, "parent_id")
    assert plain.scalar(select(Organization.id).where(Organization.short_name == "Лицей № 9")) is None


def test_a_superior_may_be_typed_where_no_script_runs(page_of: PageOf, plain: Session, cast: Cast) -> None:
    typed = {"parent_id": "", "level": "branch", "parent_id-text": "3899000019"}
    send(page_of("central"), school(cast, **typed))
    row = plain.scalars(select(Organization).where(Organization.short_name == "Лицей № 9")).one()
    assert row.parent_id == cast.organizations["school1"]


@pytest.mark.parametrize("text", ["СОШ", "Такой школы нет"])
def test_a_typed_superior_that_is_none_or_several_is_said(page_of: PageOf, cast: Cast, text: str) -> None:
    page = send(page_of("central"), school(cast, **{"parent_id": "", "parent_id-text": text}))
    assert wrong(page, "parent_id")
    assert page.soup.select_one("input[name=parent_id-text]")["value"] == text


def test_the_superior_named_by_the_address_is_filled_in(page_of: PageOf, cast: Cast) -> None:
    page = page_of("irkutsk").get(f"{NEW}?parent_id={cast.organizations['school1']}")
    assert page.soup.select_one("input[name=parent_id-text]")["value"] == "МБОУ «СОШ № 1»"


@pytest.mark.parametrize("person", ["auditor", "support"])
def test_those_who_may_not_add_are_told_so(page_of: PageOf, cast: Cast, person: str) -> None:
    page = page_of(person).get("/admin/organization/")
    assert not page.soup.select(f"a[href='{NEW}']")
    page.get(NEW, status=403)
    page.get("/admin/organization/").post(NEW, school(cast), status=403)


def test_a_list_item_and_its_double(page_of: PageOf) -> None:
    page, address = page_of("central"), "/admin/classifier_item/new/"
    item = {"classifier_id": "1", "code": "77", "title": "детский сад", "position": "7"}
    send(page, item, address)
    assert "детский сад" in page.soup.h1.get_text()
    assert wrong(send(page, item, address), "code")
    assert wrong(send(page, item | {"code": "78", "position": "семь"}, address), "position")
    page = send(page, item | {"code": "78", "valid_from": "2026-02-01", "valid_to": "2026-01-01"}, address)
    assert wrong(page, "valid_to")


PERSON = {"username": "petrova", "email": "petrova@modo.example", "surname": "Петрова", "name": "Анна", "locale": "ru"}
ACCOUNT = "/admin/user/new/"


@pytest.mark.parametrize("maker", ["support", "irkutsk", "central"])
def test_a_new_account_waits_for_its_owner(page_of: PageOf, plain: Session, maker: str) -> None:
    page = send(page_of(maker), PERSON, ACCOUNT)
    assert page.soup.find(["h1", "h2"], string="Петрова Анна") is not None
    assert "«Петрова Анна»: запись создана" in page.soup.select_one(".says").get_text()
    row = plain.scalars(select(User).where(User.username == "petrova")).one()
    assert row.password != ""
    assert plain.scalars(select(Letter.recipient)).all() == ["petrova@modo.example"]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"username": "SCHOOL2"}, "username"),
        ({"email": "School2@modo.example"}, "email"),
        ({"username": "petrova@modo"}, "username"),
        ({"username": "анна петрова"}, "username"),
        ({"username": "аб"}, "username"),
        ({"email": "petrova"}, "email"),
        ({"phone": "нет"}, "phone"),
        ({"username": ""}, "username"),
    ],
)
def test_a_refused_account_is_said_at_its_field(
    page_of: PageOf, plain: Session, cast: Cast, typed: dict[str, str], field: str
) -> None:
    page = send(page_of("support"), PERSON | typed, ACCOUNT)
    assert wrong(page, field)
    assert page.soup.select_one("#surname")["value"] == "Петрова"
    assert plain.scalar(select(User.id).where(User.surname == "Петрова")) is None


def test_a_login_that_was_there_before_stays(page_of: PageOf, plain: Session, cast: Cast) -> None:
    row = plain.get_one(User, cast.users["school1"])
    row.username = "старый логин"
    plain.commit()
    page = page_of("central").get(f"/admin/user/edit/?id={row.id}").submit("form.sheet", surname="Иванова")
    assert not page.soup.select("#errors")
    plain.expire_all()
    assert row.surname == "Иванова"


def test_an_item_of_another_list_or_an_ended_one_is_no_choice(page_of: PageOf, plain: Session, cast: Cast) -> None:
    other = Classifier(code="legal_form", title="Форма")
    plain.add(other)
    plain.flush()
    stray = ClassifierItem(classifier_id=other.id, code="1", title="чужая")
    ended = ClassifierItem(classifier_id=1, code="9", title="прежняя", valid_to=date(2020, 1, 1))
    plain.add_all([stray, ended])
    plain.flush()
    keys = (stray.id, ended.id)
    plain.commit()
    page = page_of("irkutsk")
    for key in keys:
        assert wrong(send(page, school(cast, type_id=key)), "type_id")
        assert wrong(send(page, school(cast, okved_additional=[key])), "okved_additional")


def test_what_must_be_filled_in_says_so(page_of: PageOf) -> None:
    page = page_of("central").get("/admin/organization/new/")
    labels = {one["for"]: one.get_text() for one in page.soup.select("form.sheet label[for]")}
    assert labels["short_name"] == "Краткое наименование, обязательно"
    assert labels["level"].endswith(", обязательно")
    assert "обязательно" not in labels["phone"]


# ── The same organization twice ──────────────────────────────────────────────────────────────────────────────────────


def test_back_and_save_does_not_make_it_twice(page_of: PageOf, plain: Session, cast: Cast) -> None:
    """Without an INN only its name under the superior tells; another one of that name is confirmed."""
    page, typed = page_of("irkutsk"), school(cast, inn="", kpp="")
    send(page, typed)
    page.post(NEW, {**typed, "short_name": " лицей  № 9"})
    query = select(Organization).where(Organization.inn.is_(None), Organization.short_name.ilike("%лицей%9"))
    assert "организация с таким названием там уже есть" in page.text
    assert len(plain.scalars(query).all()) == 1
    page.submit("form.sheet")
    assert len(plain.scalars(query).all()) == 2
    send(page_of("bratsk"), {**typed, "parent_id": cast.organizations["bratsk"]})
    assert len(plain.scalars(query).all()) == 3


@pytest.mark.parametrize(("level", "above"), [("municipality", "school1"), ("organization", "branch1"), ("branch", "branch1")])
def test_a_place_that_is_none_is_said_at_the_field(page_of: PageOf, cast: Cast, level: str, above: str) -> None:
    page = send(page_of("irkutsk"), school(cast, level=level, parent_id=cast.organizations[above]))
    assert "не подчиняется" in wrong(page, "parent_id")


def test_closed_before_it_opened_is_said_at_the_field(page_of: PageOf, plain: Session, cast: Cast) -> None:
    page = send(page_of("irkutsk"), school(cast, opened_on="01.01.2025", closed_on="01.01.2020"))
    assert "раньше" in wrong(page, "closed_on")
    assert not plain.scalars(select(Organization).where(Organization.short_name == "Лицей № 9")).all()
