"""Changing a row: only what differs is written; what lies outside one's sight stays and is not shown."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Classifier, ClassifierItem, Event, Form, Letter, Organization, User
from tests.crud.test_create import wrong
from tests.page import Page
from tests.people import Cast
from tests.reports import arrange

PageOf = Callable[[str], Page]


def edit(name: str, key: int) -> str:
    """The form's address."""
    return f"/admin/{name}/edit/?id={key}"


def test_one_field_is_changed_and_the_log_tells_which(page_of: PageOf, plain: Session, cast: Cast) -> None:
    key = cast.organizations["school1"]
    page = page_of("irkutsk").get(edit("organization", key))
    page.post(edit("organization", key), {**sent(page), "head_name": "Иванова Анна"})
    assert "Иванова Анна" in page.text
    event = plain.scalars(select(Event).where(Event.subject_type == "organization", Event.kind == "row.changed")).one()
    assert event.data == {"head_name": [None, "Иванова Анна"]}
    row = plain.get_one(Organization, key)
    assert (row.parent_id, row.inn) == (cast.organizations["irkutsk"], "3899000019")


def sent(page: Page) -> dict[str, object]:
    """What the form of this page would send."""
    from tests.page import fields  # noqa: PLC0415

    form = next(form for form in page.soup.select("main form") if form.select_one("#short_name, #username"))
    return fields(form)


def test_the_superior_outside_ones_sight_is_locked_and_kept(page_of: PageOf, plain: Session, cast: Cast) -> None:
    key = cast.organizations["irkutsk"]
    page = page_of("irkutsk").get(edit("organization", key))
    assert page.soup.select_one("#parent_id.locked") is not None
    assert "Иркутская область" not in page.soup.select_one("#parent_id").get_text()
    assert page.soup.select_one("[name=parent_id]") is None
    page.post(edit("organization", key), {**sent(page), "phone": "8 3952 700700"})
    row = plain.get_one(Organization, key)
    assert (row.parent_id, row.phone) == (cast.organizations["region"], "8 3952 700700")


@pytest.mark.parametrize("parent", ["bratsk", "school1"])
def test_a_locked_superior_cannot_be_replaced(page_of: PageOf, plain: Session, cast: Cast, parent: str) -> None:
    key = cast.organizations["irkutsk"]
    page = page_of("irkutsk").get(edit("organization", key))
    page.post(edit("organization", key), {**sent(page), "parent_id": cast.organizations[parent]})
    assert wrong(page, "parent_id")
    assert plain.get_one(Organization, key).parent_id == cast.organizations["region"]


def test_an_organization_cannot_be_below_itself(page_of: PageOf, cast: Cast) -> None:
    key = cast.organizations["school1"]
    page = page_of("central").get(edit("organization", key))
    data = {**sent(page), "parent_id": cast.organizations["branch1"]}
    del data["parent_id-text"]
    page.post(edit("organization", key), data)
    assert wrong(page, "parent_id")


@pytest.mark.parametrize("key", ["abc", "1,2", "", "99999999999999999999", "-1", "0", "1%00"])
@pytest.mark.parametrize("place", ["details", "edit", "delete"])
def test_odd_ids_are_no_pages(page_of: PageOf, place: str, key: str) -> None:
    page_of("central").get(f"/admin/classifier/{place}/?id={key}", status=404)


@pytest.mark.parametrize("place", ["details", "edit"])
def test_foreign_rows_are_no_pages(page_of: PageOf, cast: Cast, place: str) -> None:
    page = page_of("irkutsk")
    page.get(f"/admin/organization/{place}/?id={cast.organizations['school2']}", status=404)
    page.get(f"/admin/user/{place}/?id={cast.users['school2']}", status=404)
    page.get("/admin/organization/").post(edit("organization", cast.organizations["school2"]), {"short_name": "x"}, status=404)


def test_auditors_read_only(page_of: PageOf, cast: Cast) -> None:
    page = page_of("auditor").get(f"/admin/organization/details/?id={cast.organizations['school1']}")
    assert not page.soup.select("a[href*='/edit/']")
    page.get(edit("organization", cast.organizations["school1"]), status=403)
    page.get(edit("user", cast.users["school1"]), status=403)


def test_support_edits_people_below_it_only(page_of: PageOf, plain: Session, cast: Cast) -> None:
    page = page_of("support").get(edit("user", cast.users["school1"]))
    page.post(edit("user", cast.users["school1"]), {**sent(page), "surname": "Первая-Новая"})
    assert "Первая-Новая" in page.text
    page.get(edit("user", cast.users["central"]), status=403)
    assert plain.get_one(User, cast.users["school1"]).username == "school1"


def test_passwords_and_keys_are_on_no_screen(page_of: PageOf, plain: Session, cast: Cast) -> None:
    row = plain.get_one(User, cast.users["school1"])
    page = page_of("admin")
    for address in ("/admin/user/", f"/admin/user/details/?id={row.id}", edit("user", row.id)):
        body = page.get(address).response.get_data(as_text=True)
        assert str(row.password) not in body
        assert row.fs_uniquifier not in body


def test_a_double_login_is_said_at_its_field(page_of: PageOf, cast: Cast) -> None:
    page = page_of("central").get(edit("user", cast.users["school1"]))
    page.post(edit("user", cast.users["school1"]), {**sent(page), "username": "SCHOOL2"})
    assert wrong(page, "username")
    assert page.soup.select_one("#username")["value"] == "SCHOOL2"


def test_an_ended_item_that_is_in_use_stays_choosable(page_of: PageOf, plain: Session, cast: Cast) -> None:
    row, item = plain.get_one(Organization, cast.organizations["school1"]), plain.get_one(ClassifierItem, 1)
    row.type_id, item.valid_to = item.id, date(2020, 1, 1)
    plain.commit()
    page = page_of("irkutsk").get(edit("organization", cast.organizations["school1"]))
    page.post(edit("organization", cast.organizations["school1"]), {**sent(page), "head_name": "Иванова"})
    plain.expire_all()
    assert (row.type_id, row.head_name) == (item.id, "Иванова")


def test_the_old_mailbox_hears_of_a_new_address(page_of: PageOf, plain: Session, cast: Cast) -> None:
    key = cast.users["school1"]
    page = page_of("central").get(edit("user", key))
    page.post(edit("user", key), {**sent(page), "email": "other@modo.example"})
    assert plain.get_one(User, key).email == "other@modo.example"
    letters = plain.scalars(select(Letter.recipient).where(Letter.text.contains("other@modo.example"))).all()
    assert letters == ["school1@modo.example"]


def test_a_date_that_cannot_be_read_stays_in_its_field(page_of: PageOf, cast: Cast) -> None:
    key = cast.organizations["school1"]
    page = page_of("irkutsk").get(edit("organization", key))
    page.post(edit("organization", key), {**sent(page), "closed_on": "31 декабря"})
    assert page.soup.select_one("[name=closed_on]")["value"] == "31 декабря"


def test_codes_by_which_things_are_found_stay(page_of: PageOf, session: Session, plain: Session, cast: Cast) -> None:
    arrange(session, plain, cast)
    session.commit()
    page = page_of("central")
    form = plain.scalars(select(Form)).one()
    for name, key, field in (("classifier", 1, "code"), ("classifier_item", 1, "classifier_id"), ("form", form.id, "code")):
        page.get(edit(name, key))
        assert page.soup.select_one("form.sheet [name=title]") is not None
        assert page.soup.select_one(f"form.sheet [name={field}]") is None
        page.submit("form.sheet", **{field: "other", "title": "Другое имя"})
    plain.expire_all()
    assert (plain.get_one(Classifier, 1).code, form.code, form.title) == ("organization_type", "ТЕСТ", "Другое имя")


def test_an_item_is_part_of_another_of_its_list(page_of: PageOf, plain: Session) -> None:
    other = Classifier(code="legal_form", title="Форма")
    plain.add(other)
    plain.flush()
    stray = ClassifierItem(classifier_id=other.id, code="1", title="чужая")
    plain.add(stray)
    plain.flush()
    key = stray.id
    plain.commit()
    page = page_of("central")
    for above in (1, key):
        page.get(edit("classifier_item", 1)).submit("form.sheet", parent_id=str(above))
        assert wrong(page, "parent_id")
    page.get(edit("classifier_item", 1)).submit("form.sheet", parent_id="2")
    page.get(edit("classifier_item", 2)).submit("form.sheet", parent_id="1")
    assert wrong(page, "parent_id")


def test_nobody_switches_off_their_own_account(page_of: PageOf, plain: Session, cast: Cast) -> None:
    page = page_of("admin").get(f"/admin/user/edit/?id={cast.users['admin']}")
    page.soup.select_one("form.sheet [name=active]").attrs.pop("checked")
    page.submit("form.sheet")
    assert "Свою учетную запись отключить нельзя" in page.soup.select_one("#active-wrong").get_text()
    assert plain.get_one(User, cast.users["admin"]).active
