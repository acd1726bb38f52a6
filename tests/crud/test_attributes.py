"""Further fields that an operator adds at run time behave like fields of the schema, everywhere, at once."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Connection, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from admin_app.reporting import days
from models import Attribute, AttributeKind, Classifier, ClassifierItem, Event, Organization
from tests.budgets import counted
from tests.crud.test_create import school as typed_school
from tests.crud.test_create import send, wrong
from tests.crud.test_edit import edit, sent
from tests.page import Page
from tests.people import Cast

PageOf = Callable[[str], Page]


def items(plain: Session, code: str = "shift", *titles: str) -> list[int]:
    """A list with items; their ids."""
    made = Classifier(code=code, title=code)
    plain.add(made)
    plain.flush()
    rows = [ClassifierItem(classifier_id=made.id, code=str(n), title=title) for n, title in enumerate(titles or ("одна", "две"))]
    plain.add_all(rows)
    plain.flush()
    return [row.id for row in rows]


def add(plain: Session, code: str, kind: AttributeKind, **about: object) -> Attribute:
    """A further field."""
    made = Attribute(code=code, title=f"Поле {code}", kind=kind, **about)
    plain.add(made)
    plain.flush()
    return made


@pytest.fixture
def chosen(plain: Session) -> list[int]:
    """One field of each kind; the ids of the items of their list."""
    found = items(plain)
    listed = plain.scalar(select(Classifier.id).where(Classifier.code == "shift"))
    add(plain, "shift", AttributeKind.CHOICE, classifier_id=listed, in_list=True)
    add(plain, "shifts", AttributeKind.CHOICES, classifier_id=listed, in_list=True)
    add(plain, "motto", AttributeKind.TEXT, help="Как на вывеске.", in_list=True)
    add(plain, "area", AttributeKind.NUMBER, in_list=True)
    add(plain, "opened", AttributeKind.DATE, in_list=True)
    add(plain, "rural", AttributeKind.FLAG, in_list=True)
    return found


def row_of(plain: Session, cast: Cast, name: str = "school1") -> Organization:
    """The organization as the database has it."""
    plain.expire_all()
    return plain.get_one(Organization, cast.organizations[name])


def fill(page: Page, cast: Cast, **typed: object) -> Page:
    """Open a school's form, change these fields, save."""
    address = edit("organization", cast.organizations["school1"])
    page.get(address)
    return page.post(address, {**sent(page), **typed})


VALUES: dict[str, object] = {
    "extra_motto": "Знание — сила", "extra_area": "1 234,5", "extra_opened": "01.09.1975", "extra_rural": "y",
}  # fmt: skip


def filled(page: Page, cast: Cast, chosen: list[int], **typed: object) -> Page:
    """A school's further fields, all filled in."""
    return fill(page, cast, **{"extra_shift": chosen[0], "extra_shifts": chosen, **VALUES, **typed})


# ── Form, card, list, filters, files ─────────────────────────────────────────────────────────────────────────────────


def test_all_kinds_are_typed_kept_and_shown(page_of: PageOf, plain: Session, cast: Cast, chosen: list[int]) -> None:
    page = filled(page_of("irkutsk"), cast, chosen)
    kept = {"shift": chosen[0], "shifts": chosen, "motto": "Знание — сила", "area": 1234.5, "opened": "1975-09-01", "rural": True}
    assert row_of(plain, cast).extra == kept
    facts = {
        dt.get_text(): dt.find_next("dd").get_text() for dt in page.soup.select("[aria-labelledby=section-classification] dt")
    }
    assert facts["Поле shift"] == "одна"
    assert facts["Поле shifts"] == "одна; две"
    assert facts["Поле area"].replace("\xa0", " ") == "1 234,5"
    assert facts["Поле opened"] == "01.09.1975"
    assert facts["Поле rural"] == "да"
    again = page.get(edit("organization", cast.organizations["school1"]))
    assert again.soup.select_one("#extra_area")["value"] == "1234,5"
    fill(page, cast, extra_shifts=chosen)
    assert row_of(plain, cast).extra == kept
    fill(page, cast, extra_shifts=chosen, extra_motto="", extra_shift="", extra_area="")
    assert row_of(plain, cast).extra.keys() == {"shifts", "opened", "rural"}


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"extra_area": "много"}, "extra_area"),
        ({"extra_area": "1" * 40}, "extra_area"),
        ({"extra_opened": "вчера"}, "extra_opened"),
        ({"extra_shift": "1"}, "extra_shift"),
        ({"extra_shift": "99999999999999"}, "extra_shift"),
        ({"extra_shifts": ["1"]}, "extra_shifts"),
        ({"extra_motto": "x" * 501}, "extra_motto"),
    ],
)
def test_what_cannot_be_read_is_said_at_its_field(
    page_of: PageOf, plain: Session, cast: Cast, chosen: list[int], typed: dict[str, object], field: str
) -> None:
    page = fill(page_of("irkutsk"), cast, **typed)
    assert wrong(page, field)
    assert row_of(plain, cast).extra == {}


def test_a_new_organization_has_them_too(page_of: PageOf, plain: Session, cast: Cast, chosen: list[int]) -> None:
    send(page_of("irkutsk"), typed_school(cast, extra_motto="Первые", extra_shift=chosen[1]))
    row = plain.scalars(select(Organization).where(Organization.short_name == "Лицей № 9")).one()
    assert row.extra == {"motto": "Первые", "shift": chosen[1]}


def test_a_field_is_required_for_the_types_named(page_of: PageOf, plain: Session, cast: Cast) -> None:
    kinds = list(plain.scalars(select(ClassifierItem.id).order_by(ClassifierItem.id)))[:2]
    add(plain, "motto", AttributeKind.TEXT, required_types=[kinds[0]])
    page = fill(page_of("irkutsk"), cast, type_id=kinds[0])
    assert "Поле motto" in wrong(page, "extra_motto")
    assert page.soup.select_one(f"[data-needed='type_id={kinds[0]}'] #extra_motto")
    fill(page, cast, type_id=kinds[1])
    assert row_of(plain, cast).type_id == kinds[1]
    fill(page, cast, type_id=kinds[0], extra_motto="Знание — сила")
    assert row_of(plain, cast).type_id == kinds[0]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("extra_shift={0}", True),
        ("extra_shift={1}", False),
        ("extra_shift-op=some", True),
        ("extra_shift-op=none", False),
        ("extra_motto=знание", True),
        ("extra_motto=сила", False),
        ("extra_opened-from=1975-01-01&extra_opened-to=1975-12-31", True),
        ("extra_shifts={1}", True),
        ("extra_area-from=1000&extra_area-to=1234,5", True),
        ("extra_area-to=1000", False),
        ("extra_opened-from=1976-01-01", False),
        ("extra_rural=1", True),
        ("extra_rural=0", False),
    ],
)
def test_the_list_is_filtered_by_them(page_of: PageOf, cast: Cast, chosen: list[int], query: str, found: bool) -> None:
    page = filled(page_of("irkutsk"), cast, chosen)
    page.get("/admin/organization/?" + query.format(*chosen))
    assert any("СОШ № 1»" in head.get_text() for head in page.soup.select("tbody th")) is found


@pytest.mark.parametrize("name", ["shift", "motto", "area", "opened", "rural"])
def test_the_list_shows_and_sorts_them(page_of: PageOf, cast: Cast, chosen: list[int], name: str) -> None:
    page = filled(page_of("irkutsk"), cast, chosen)
    for sign in ("", "-"):
        page.get(f"/admin/organization/?sort={sign}extra_{name}")
        heads = [head.get_text(strip=True) for head in page.soup.select("thead th")]
        assert any(f"Поле {name}" in head for head in heads)
        cells = [row.get_text(" ", strip=True) for row in page.soup.select("tbody tr")]
        filled_in = [place for place, cell in enumerate(cells) if "Знание — сила" in cell]
        assert filled_in == ([len(cells) - 1] if (name, sign) == ("rural", "") else [0])
    assert "1975" in page.text


def test_they_are_exported_under_their_titles(page_of: PageOf, cast: Cast, chosen: list[int]) -> None:
    page = filled(page_of("irkutsk"), cast, chosen)
    text = page.client.get("/admin/organization/export/csv/").get_data(as_text=True)
    head, *lines = text.splitlines()
    assert "Поле shift;Поле shifts;Поле motto" in head
    assert any("одна;одна; две" in line.replace('"', "") and "Знание — сила" in line for line in lines)


def test_the_database_keeps_used_fields_and_items_whoever_deletes(
    page_of: PageOf, plain: Session, cast: Cast, chosen: list[int]
) -> None:
    filled(page_of("central"), cast, chosen[:1])
    used = [plain.scalars(select(Attribute).where(Attribute.code == "motto")).one(), plain.get_one(ClassifierItem, chosen[0])]
    for row in used:
        point = plain.begin_nested()
        plain.delete(row)
        with pytest.raises(IntegrityError):
            plain.flush()
        point.rollback()
    plain.delete(plain.get_one(ClassifierItem, chosen[1]))
    plain.flush()


def test_an_item_that_a_further_field_holds_is_not_deleted(
    page_of: PageOf, plain: Session, cast: Cast, chosen: list[int]
) -> None:
    page = page_of("central")
    filled(page, cast, chosen, extra_shift="", extra_shifts=[chosen[1]])
    page.get(f"/admin/classifier_item/delete/?id={chosen[1]}").submit()
    assert "Организации" in page.text
    assert plain.get(ClassifierItem, chosen[1])


# ── History, two people, time ────────────────────────────────────────────────────────────────────────────────────────


def test_the_log_has_each_field_with_its_words(page_of: PageOf, plain: Session, cast: Cast, chosen: list[int]) -> None:
    page = filled(page_of("irkutsk"), cast, chosen[:1])
    fill(page, cast, extra_shift=chosen[1], extra_opened="")
    query = select(Event).where(Event.subject_id == cast.organizations["school1"], Event.kind == "row.changed")
    newest = plain.scalars(query.order_by(Event.id.desc())).first()
    assert newest
    old, new = ({"id": key, "label": label} for key, label in zip(chosen, ("одна", "две"), strict=True))
    assert newest.data == {"extra_shift": [old, new], "extra_opened": ["1975-09-01", None]}
    page.get(f"/admin/event/details/?id={newest.id}")
    assert "Поле shift" in page.text
    assert "одна → две" in page.text
    assert "01.09.1975" in page.text


def test_two_people_in_one_card_merge_them(page_of: PageOf, plain: Session, cast: Cast, chosen: list[int]) -> None:
    address = edit("organization", cast.organizations["school1"])
    page = page_of("irkutsk").get(address)
    opened = sent(page)
    fill(page_of("central"), cast, extra_motto="Знание — сила", extra_shifts=[chosen[0]])
    page.post(address, {**opened, "extra_area": "10", "extra_shifts": [chosen[1]]})
    assert row_of(plain, cast).extra == {"motto": "Знание — сила", "area": 10, "shifts": chosen}
    assert "Поле motto" in page.text
    opened = sent(page.get(address))
    fill(page_of("central"), cast, extra_motto="Учиться всегда")
    page.post(address, {**opened, "extra_motto": "Только вперёд"})
    assert "Центральная О." in wrong(page, "extra_motto")
    assert page.soup.select_one(".clash:has([name=extra_motto]) .theirs .value").get_text() == "Учиться всегда"


def test_a_field_is_asked_for_only_while_it_is_in_force(page_of: PageOf, plain: Session, cast: Cast) -> None:
    made = add(plain, "motto", AttributeKind.TEXT, in_list=True)
    page = fill(page_of("irkutsk"), cast, extra_motto="Знание — сила")
    made.valid_to = days.today() - timedelta(days=1)
    plain.flush()
    page.get(edit("organization", cast.organizations["school1"]))
    assert not page.soup.select_one("[name=extra_motto]")
    page.get(f"/admin/organization/details/?id={cast.organizations['school1']}")
    assert f"Поле motto (до {made.valid_to:%d.%m.%Y})" in page.text
    assert "Знание — сила" in page.text
    assert "Поле motto" not in page.get("/admin/organization/").text
    fill(page, cast, phone="8 3952 700700")
    assert row_of(plain, cast).extra == {"motto": "Знание — сила"}
    made.valid_from, made.valid_to = days.today() + timedelta(days=1), None
    plain.flush()
    assert not page.get(edit("organization", cast.organizations["school1"])).soup.select_one("[name=extra_motto]")


def test_organization_users_read_them_in_their_card(page_of: PageOf, cast: Cast, chosen: list[int]) -> None:
    filled(page_of("central"), cast, chosen)
    page = page_of("school1").get(f"/organizations/{cast.organizations['school1']}")
    facts = {dt.get_text(strip=True): dt.find_next("dd").get_text(strip=True) for dt in page.soup.select("dt")}
    assert facts["Поле shifts"] == "одна; две"
    assert facts["Поле motto"] == "Знание — сила"
    assert facts["Поле rural"] == "да"


def test_titles_are_text_whatever_is_typed_in_them(page_of: PageOf, plain: Session, cast: Cast) -> None:
    made = add(plain, "motto", AttributeKind.TEXT, in_list=True)
    made.title, made.help = "<b>%(name)s</b> {{ 7 }}", "<script>1</script>"
    plain.flush()
    page = fill(page_of("irkutsk"), cast, extra_motto="<i>x</i>")
    assert "<b>%(name)s</b> {{ 7 }}" in page.soup.get_text()
    assert not page.soup.select_one("dd i, dt b")
    assert not page.get("/admin/organization/").soup.select_one("td i, th b")


def test_they_cost_one_statement_after_a_change_and_then_none_however_many_there_are(
    page_of: PageOf, connection: Connection, plain: Session, cast: Cast, chosen: list[int]
) -> None:
    page = filled(page_of("irkutsk"), cast, chosen)
    page.get("/admin/organization/")
    with counted(connection) as few:
        page.get("/admin/organization/")
    for number in range(10):
        add(plain, f"more_{number}", AttributeKind.TEXT, in_list=True)
    with counted(connection) as first:
        page.get("/admin/organization/")
    with counted(connection) as many:
        page.get("/admin/organization/")
    assert "more_9" in page.text
    assert len([one for one in first if "FROM attribute" in one]) == 1
    assert len(many) == len(few)
