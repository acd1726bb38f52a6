"""Two people in one card: untouched fields merge, what both changed is shown side by side, nothing typed is lost."""

import json
from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from models import Campaign, Classifier, ClassifierItem, Event, Organization, Period
from tests.crud.test_create import wrong
from tests.crud.test_edit import edit, sent
from tests.page import Page, fields
from tests.people import Cast
from tests.reports import arrange

PageOf = Callable[[str], Page]


@pytest.fixture
def school(cast: Cast) -> str:
    """The address of a school's form."""
    return edit("organization", cast.organizations["school1"])


def save(page: Page, address: str, **typed: object) -> Page:
    """Open the form, change these fields, save."""
    page.get(address)
    return confirm(page.post(address, {**sent(page), **typed}), address)


def confirm(page: Page, address: str) -> Page:
    """Save once more where the form asks whether what a move or a closing opens has been read."""
    return page.post(address, sent(page)) if page.soup.select_one("[name=confirmed]") else page


def beside(page: Page, name: str) -> str:
    """What the page shows beside the field as the other's value."""
    found = page.soup.select_one(f".clash:has([name={name}]) .theirs")
    return found.get_text(" ", strip=True) if found else ""


def test_what_was_not_touched_stays_as_others_left_it(page_of: PageOf, plain: Session, cast: Cast, school: str) -> None:
    page = page_of("irkutsk").get(school)
    opened = sent(page)
    save(page_of("central"), school, phone="8 3952 700700", type_id="1")
    page.post(school, {**opened, "head_name": "Иванова Анна"})
    row = plain.get_one(Organization, cast.organizations["school1"])
    assert (row.phone, row.type_id, row.head_name) == ("8 3952 700700", 1, "Иванова Анна")
    assert "Центральная О. изменил(а) за это время, и это сохранено: Телефон, Тип организации" in page.text


def test_what_both_changed_is_shown_side_by_side(page_of: PageOf, plain: Session, cast: Cast, school: str) -> None:
    page = page_of("irkutsk").get(school)
    opened = sent(page)
    save(page_of("central"), school, head_name="Петрова Вера", phone="8 3952 700700")
    page.post(school, {**opened, "head_name": "Иванова Анна", "address": "ул. Ленина, 1"})
    row = plain.get_one(Organization, cast.organizations["school1"])
    assert (row.head_name, row.address) == ("Петрова Вера", None)
    assert "Центральная О." in wrong(page, "head_name")
    assert "Центральная О." in beside(page, "head_name")
    assert "Петрова Вера" in beside(page, "head_name")
    assert page.soup.select_one("#head_name")["value"] == "Иванова Анна"
    assert page.soup.select_one("#address")["value"] == "ул. Ленина, 1"
    assert page.soup.select_one("#phone")["value"] == "8 3952 700700"


@pytest.mark.parametrize(("ticked", "kept"), [({}, "Иванова Анна"), ({"theirs": "head_name"}, "Петрова Вера")])
def test_saving_again_is_deliberate(
    page_of: PageOf, plain: Session, cast: Cast, school: str, ticked: dict[str, str], kept: str
) -> None:
    page = page_of("irkutsk").get(school)
    opened = sent(page)
    save(page_of("central"), school, head_name="Петрова Вера")
    page.post(school, {**opened, "head_name": "Иванова Анна", "address": "ул. Ленина, 1"})
    page.post(school, {**sent(page), **ticked})
    row = plain.get_one(Organization, cast.organizations["school1"])
    assert (row.head_name, row.address) == (kept, "ул. Ленина, 1")


def test_a_third_value_is_a_conflict_again(page_of: PageOf, plain: Session, cast: Cast, school: str) -> None:
    page, central = page_of("irkutsk").get(school), page_of("central")
    opened = sent(page)
    save(central, school, head_name="Петрова Вера")
    page.post(school, {**opened, "head_name": "Иванова Анна"})
    save(central, school, head_name="Сидорова Нина")
    page.post(school, sent(page))
    assert "Сидорова Нина" in beside(page, "head_name")
    assert plain.get_one(Organization, cast.organizations["school1"]).head_name == "Сидорова Нина"


def test_the_same_value_by_both_is_no_conflict(page_of: PageOf, plain: Session, cast: Cast, school: str) -> None:
    page = page_of("irkutsk").get(school)
    opened = sent(page)
    save(page_of("central"), school, email="info@school1.ru")
    page.post(school, {**opened, "email": "Info@School1.ru ", "phone": "8 3952 700700"})
    row = plain.get_one(Organization, cast.organizations["school1"])
    assert (row.email, row.phone) == ("info@school1.ru", "8 3952 700700")


def test_lists_merge_item_by_item(page_of: PageOf, plain: Session, cast: Cast, school: str) -> None:
    kinds = Classifier(code="okved", title="ОКВЭД")
    plain.add(kinds)
    plain.flush()
    items = [ClassifierItem(classifier_id=kinds.id, code=str(place), title=f"вид {place}") for place in range(4)]
    plain.add_all(items)
    plain.flush()
    keys = [item.id for item in items]
    row = plain.get_one(Organization, cast.organizations["school1"])
    row.okved_main_id, row.okved_additional = keys[0], items[:2]
    plain.commit()
    page = page_of("irkutsk").get(school)
    opened = sent(page)
    save(page_of("central"), school, okved_additional=[keys[1], keys[2]])
    page.post(school, {**opened, "okved_additional": [keys[0], keys[1], keys[3]]})
    plain.expire_all()
    assert {item.id for item in row.okved_additional} == {keys[1], keys[2], keys[3]}


def test_a_superior_chosen_by_both_is_named(page_of: PageOf, plain: Session, cast: Cast) -> None:
    address = edit("organization", cast.organizations["branch1"])
    page = page_of("central").get(address)
    opened = sent(page)
    chosen = {"parent_id": cast.organizations["school2"], "parent_id-text": "МБОУ «СОШ № 2» Братска"}
    save(page_of("admin"), address, **chosen)
    page.post(address, {**opened, "parent_id": cast.organizations["school3"], "parent_id-text": "МБОУ «СОШ № 3»"})
    assert "СОШ № 2» Братска" in beside(page, "parent_id")
    assert page.soup.select_one("#parent_id")["value"] == "МБОУ «СОШ № 3»"
    page.post(address, {**sent(page), "theirs": "parent_id"})
    assert plain.get_one(Organization, cast.organizations["branch1"]).parent_id == cast.organizations["school2"]


def test_a_superior_typed_without_scripts_is_a_change(page_of: PageOf, plain: Session, cast: Cast) -> None:
    address = edit("organization", cast.organizations["branch1"])
    page = page_of("central").get(address)
    confirm(page.post(address, {**sent(page), "parent_id-text": "3899000033"}), address)
    assert plain.get_one(Organization, cast.organizations["branch1"]).parent_id == cast.organizations["school3"]


def test_a_superior_renamed_meanwhile_is_still_the_same(page_of: PageOf, plain: Session, cast: Cast) -> None:
    address = edit("organization", cast.organizations["branch1"])
    page = page_of("irkutsk").get(address)
    opened = sent(page)
    save(page_of("central"), edit("organization", cast.organizations["school1"]), short_name="Гимназия № 1")
    page.post(address, {**opened, "head_name": "Иванова"})
    row = plain.get_one(Organization, cast.organizations["branch1"])
    assert (row.head_name, row.parent_id) == ("Иванова", cast.organizations["school1"])


def test_where_the_other_value_is_out_of_sight_it_is_not_named(page_of: PageOf, cast: Cast) -> None:
    address = edit("organization", cast.organizations["branch1"])
    page = page_of("irkutsk").get(address)
    opened = sent(page)
    chosen = {"parent_id": cast.organizations["school2"], "parent_id-text": "МБОУ «СОШ № 2» Братска"}
    save(page_of("central"), address, **chosen)
    page.post(address, {**opened, "short_name": "Филиал"}, status=404)
    assert "Братска" not in page.soup.select_one("main").get_text()
    assert page.soup.select_one("#short_name")["value"] == "Филиал"


def test_what_is_wrong_and_what_clashes_are_said_together(page_of: PageOf, plain: Session, cast: Cast, school: str) -> None:
    plain.get_one(Organization, cast.organizations["branch1"]).closed_on = date(2026, 1, 31)  # else the school may not close
    plain.commit()
    page = page_of("irkutsk").get(school)
    opened = sent(page)
    save(page_of("central"), school, closed_on="2026-05-31", phone="8 3952 700700")
    page.post(school, {**opened, "closed_on": "31 декабря", "phone": "8 3952 111111"})
    assert page.soup.select_one("#closed_on")["value"] == "31 декабря"
    assert "31.05.2026" in beside(page, "closed_on")
    assert "8 3952 700700" in beside(page, "phone")
    page.post(school, {**sent(page), "closed_on": "31.12.2026"})
    row = plain.get_one(Organization, cast.organizations["school1"])
    assert (str(row.closed_on), row.phone) == ("2026-12-31", "8 3952 111111")


def test_a_line_break_is_no_change(page_of: PageOf, plain: Session) -> None:
    row = plain.scalars(select(Classifier)).one()
    row.note = "первая\nвторая"
    plain.commit()
    page = page_of("central").get(edit("classifier", row.id))
    data = {**fields(page.soup.select_one("form.sheet")), "note": "первая\r\nвторая", "title": "Типы"}
    page.post(edit("classifier", row.id), data)
    made = plain.scalars(select(Event).where(Event.kind == "row.changed")).one()
    assert list(made.data) == ["title"]


@pytest.mark.parametrize("base", ["", "{", "[]", '{"phone": 5}', '{"phone": [5]}', "[" * 100_000, "null", "\x00"])
def test_a_base_that_cannot_be_read_is_said(page_of: PageOf, plain: Session, cast: Cast, school: str, base: str) -> None:
    page = page_of("irkutsk").get(school)
    page.post(school, {**sent(page), "base": base, "phone": "8 3952 700700"})
    assert "сравните и сохраните еще раз" in page.text
    assert page.soup.select_one("#phone")["value"] == "8 3952 700700"
    assert {box["value"] for box in page.soup.select("[name=theirs]")} == {"phone"}
    assert plain.get_one(Organization, cast.organizations["school1"]).phone is None
    page.post(school, sent(page))
    plain.expire_all()
    assert plain.get_one(Organization, cast.organizations["school1"]).phone == "8 3952 700700"


def test_without_a_base_to_read_what_is_locked_is_no_matter(page_of: PageOf, plain: Session, cast: Cast) -> None:
    address = edit("organization", cast.organizations["irkutsk"])
    page = page_of("irkutsk").get(address)
    page.post(address, {**sent(page), "base": "x", "phone": "8 3952 700700"})
    assert [box["value"] for box in page.soup.select("[name=theirs]")] == ["phone"]
    assert not page.soup.select(".said:not([hidden])")


def test_a_script_without_a_base_overwrites(page_of: PageOf, plain: Session, cast: Cast, school: str) -> None:
    page = page_of("irkutsk").get(school)
    data = {name: value for name, value in sent(page).items() if name != "base"}
    save(page_of("central"), school, phone="8 3952 700700")
    page.post(school, {**data, "head_name": "Иванова"})
    assert plain.get_one(Organization, cast.organizations["school1"]).phone is None


def test_nothing_out_of_sight_is_in_the_base(page_of: PageOf, cast: Cast) -> None:
    page = page_of("irkutsk").get(edit("organization", cast.organizations["irkutsk"]))
    assert "parent_id" not in json.loads(str(page.soup.select_one("[name=base]")["value"]))


def test_an_own_second_window_is_called_so(page_of: PageOf, cast: Cast) -> None:
    address = edit("user", cast.users["school1"])
    page = page_of("support").get(address)
    opened = sent(page)
    save(page, address, surname="Первая-Вторая")
    page.post(address, {**opened, "surname": "Первая-Третья"})
    assert "вы, в другом окне" in beside(page, "surname")


def test_a_row_deleted_meanwhile_leaves_what_was_typed(page_of: PageOf, plain: Session) -> None:
    key = plain.scalars(select(ClassifierItem.id).order_by(ClassifierItem.id.desc())).first()
    page = page_of("central").get(edit("classifier_item", int(key or 0)))
    data = {**fields(page.soup.select_one("form.sheet")), "title": "новое имя"}
    page_of("admin").get(f"/admin/classifier_item/delete/?id={key}").submit("main form")
    page.post(edit("classifier_item", int(key or 0)), data, status=404)
    assert "Админов П." in page.text
    assert page.soup.select_one("#title")["value"] == "новое имя"
    page.submit("form.sheet", classifier_id="1")
    assert plain.scalar(select(ClassifierItem.title).where(ClassifierItem.title == "новое имя")) == "новое имя"


def test_a_row_deleted_by_both_is_said(page_of: PageOf, plain: Session) -> None:
    key = plain.scalars(select(ClassifierItem.id).order_by(ClassifierItem.id.desc())).first()
    page, address = page_of("central"), f"/admin/classifier_item/delete/?id={key}"
    page.get(address)
    page_of("admin").get(address).submit("main form")
    page.post(address, status=404)
    assert "Админов П." in page.text


def test_what_can_no_longer_be_changed_is_said(page_of: PageOf, session: Session, plain: Session, cast: Cast) -> None:
    arrange(session, plain, cast)
    session.commit()
    row = plain.scalars(select(Campaign)).one()
    opened, row.opened_at = row.opened_at, None
    other = Period(kind="year", title="2027", starts_on="2027-01-01", ends_on="2027-12-31")
    plain.add(other)
    plain.commit()
    page = page_of("central").get(edit("campaign", row.id))
    data = fields(page.soup.select_one("form.sheet"))
    plain.execute(text("UPDATE campaign SET opened_at = :at").bindparams(at=opened))
    plain.commit()
    page.post(edit("campaign", row.id), {**data, "period_id": other.id, "title": "Другое имя"})
    assert "Отчетный период" in page.soup.select_one("#errors").get_text()
    page.submit("form.sheet")
    plain.expire_all()
    assert (row.title, row.period_id != other.id) == ("Другое имя", True)
