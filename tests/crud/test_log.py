"""The log in words: states, roles, dates and names, no stored values; and no name that the reader may not see."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app.reporting import accounts, reports
from models import Event, Organization, RoleName, User
from tests.page import Page
from tests.people import Cast
from tests.reports import FILLED, arrange, save

PageOf = Callable[[str], Page]


def details(page: Page, key: int) -> dict[str, str]:
    """What the card of the event says in its details, by label."""
    page.get(f"/admin/event/details/?id={key}")
    terms = page.soup.select("dl.details > dt")
    return {term.get_text(strip=True): term.find_next_sibling("dd").get_text(" ", strip=True) for term in terms}  # type: ignore[union-attr]


def last(plain: Session, kind: str) -> int:
    """The latest event of the kind."""
    return int(plain.scalars(select(Event.id).where(Event.kind == kind).order_by(Event.id.desc())).first() or 0)


def test_a_move_is_told_in_the_words_of_its_states(
    page_of: PageOf, session: Session, plain: Session, cast: Cast, as_: Any
) -> None:
    report = arrange(session, plain, cast)["school1"]
    with as_("school1"):
        save(session, report, FILLED)
        reports.submit(session, report)
    session.commit()
    found = details(page_of("irkutsk"), last(plain, "report.submit"))
    assert found["Было"] == "Черновик"
    assert found["Стало"] == "На проверке в вышестоящей организации"


def test_an_attachment_names_the_person_the_place_the_role_and_the_day(
    page_of: PageOf, session: Session, plain: Session, cast: Cast, as_: Any
) -> None:
    with as_("central"):
        place = session.get_one(Organization, cast.organizations["school1"])
        accounts.attach(session, cast.users["newcomer"], place, RoleName.ORGANIZATION)
    session.commit()
    found = details(page_of("irkutsk"), last(plain, "user.attached"))
    assert found["Пользователь"] == "Новикова Ирина"
    assert found["Организация"] == "МБОУ «СОШ № 1»"
    assert found["Роль"] == "Пользователь организации"
    assert found["Действует с"].count(".") == 2


def test_a_name_out_of_sight_is_not_shown(page_of: PageOf, plain: Session, cast: Cast) -> None:
    facts = {"user": cast.users["school2"], "organization": cast.organizations["school2"], "role": "organization"}
    moved = {"parent_id": [{"id": cast.organizations["bratsk"], "label": "Управление образования Братска"}, None]}
    about = {"organization_id": cast.organizations["school1"], "actor_name": "Центральная О.", "subject": "МБОУ «СОШ № 1»"}
    plain.add(Event(kind="user.attached", subject_type="user", subject_id=1, data=facts, **about))
    plain.add(Event(kind="row.changed", subject_type="organization", subject_id=1, data=moved, **about))
    plain.commit()
    irkutsk, central = page_of("irkutsk"), page_of("central")
    assert set(details(irkutsk, last(plain, "user.attached")).values()) == {"нет доступа", "Пользователь организации"}
    assert details(central, last(plain, "user.attached"))["Пользователь"] == "Вторая Нина"
    assert "Братска" not in str(details(irkutsk, last(plain, "row.changed")))
    assert details(central, last(plain, "row.changed"))["Вышестоящая организация"] == "Управление образования Братска → пусто"


def test_changes_of_lists_dates_and_types_are_read_in_one_line(page_of: PageOf, plain: Session, cast: Cast) -> None:
    data = {
        "filing_levels": [["organization"], ["organization", "branch"]],
        "type_ids": [[], [1, 2]],
        "deadline": ["2026-10-15", "2026-11-01"],
        "title": ["ТЕСТ", "Тест"],
    }
    plain.add(Event(kind="row.changed", subject_type="campaign", subject_id=1, subject="ТЕСТ", actor_name="x", data=data))
    plain.commit()
    found = details(page_of("central"), last(plain, "row.changed"))
    assert found["Кто сдает: место в иерархии"] == "Организация → Организация; Филиал"
    assert found["Срок"] == "15.10.2026 → 01.11.2026"
    assert found["Кто сдает: типы организаций"].startswith("пусто → общеобразовательная организация; профессиональная")


def test_what_a_new_row_was_made_of_has_no_before(page_of: PageOf, plain: Session, cast: Cast) -> None:
    page = page_of("irkutsk").get("/admin/organization/new/")
    typed = {"parent_id": cast.organizations["irkutsk"], "level": "organization", "short_name": "Лицей", "full_name": "Лицей"}
    page.post("/admin/organization/new/", typed)
    found = details(page, last(plain, "row.created"))
    assert found["Краткое наименование"] == "Лицей"
    assert not any("пусто" in value for value in found.values())


def test_fields_of_a_profile_are_called_by_their_labels(page_of: PageOf, plain: Session, cast: Cast) -> None:
    person = plain.get_one(User, cast.users["school1"])
    made = Event(kind="account.profile_changed", subject_type="user", subject_id=person.id, subject="x", actor_name="x")
    made.data = {"fields": ["phone", "surname"]}
    plain.add(made)
    plain.commit()
    assert details(page_of("central"), made.id)["Что изменено"] == "Телефон; Фамилия"
