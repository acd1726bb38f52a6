"""People from a file: invited by letter, attached by the rules of roles, found again by login or e-mail, taken back whole."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin_app.crud.import_people import PeopleKind
from models import Consent, Event, ImportRun, Letter, Membership, Message, Role, RoleName, User
from tests.page import Page
from tests.people import Cast

PageOf = Callable[[str], Page]
HEAD = "Логин;Электронная почта;Фамилия;Имя;Отчество;Телефон;ИНН;КПП;Организация;Роль"
NEW = "petrova;petrova@modo.example;Петрова;Анна;Ивановна;+7 (3952) 12-34-56;3899000019;389901001;;"


def checked(page: Page, *lines: str, head: str = HEAD, **typed: Any) -> Page:
    """Upload, agree to the columns as they are proposed, look at the preview."""
    page.get("/admin/imports/")
    data = "\r\n".join([head, *lines]).encode("cp1251")
    page.post("/admin/imports/", {"file": (io.BytesIO(data), "люди.csv"), "table": "user"})
    return page.submit("form:has(table)", **typed)


def do(page: Page, what: str, **typed: Any) -> Page:
    """Press the button."""
    return page.submit(f"form:has(input[value={what}])", **typed)


def one(plain: Session, login: str = "petrova") -> User | None:
    """The account."""
    plain.expire_all()
    return plain.scalar(select(User).where(User.username == login))


def seats(plain: Session, user: int) -> list[tuple[int, RoleName]]:
    """Where the person is attached now."""
    query = (
        select(Membership.organization_id, Role.name).join(Role).where(Membership.user_id == user, Membership.valid_to.is_(None))
    )
    return [(place, role) for place, role in plain.execute(query)]


def wrong(page: Page, line: int = 2) -> str:
    """What is said at the line."""
    return str(page.soup.select_one(f"#line-{line} .wrong").get_text())


def test_a_new_person_is_invited_and_attached(page_of: PageOf, plain: Session, cast: Cast) -> None:
    page = checked(page_of("irkutsk"), NEW)
    assert "Добавлено: 1" in page.text
    assert "Пользователь организации" in page.soup.select_one("#line-2").get_text()
    assert one(plain) is None
    do(page, "run")
    made = one(plain)
    assert made is not None
    assert (made.surname, made.name, made.patronymic, made.active) == ("Петрова", "Анна", "Ивановна", True)
    assert seats(plain, made.id) == [(cast.organizations["school1"], RoleName.ORGANIZATION)]
    letters = plain.scalars(select(Letter).where(Letter.recipient == "petrova@modo.example")).all()
    assert any("/reset/" in letter.text for letter in letters)
    assert plain.scalar(select(func.count()).select_from(Consent).where(Consent.user_id == made.id)) == 0
    run = plain.scalars(select(ImportRun)).one()
    assert {origin for (origin,) in plain.execute(select(Event.origin).where(Event.batch == run.batch))} == {f"import:{run.id}"}


def test_taken_back_the_account_is_off_and_the_attachment_gone(page_of: PageOf, plain: Session) -> None:
    page = do(checked(page_of("irkutsk"), NEW), "run")
    do(page, "reverse")
    assert page.soup.select_one("[data-status=reversed]") is not None
    made = one(plain)
    assert made is not None
    assert not made.active
    assert seats(plain, made.id) == []


def test_somebody_who_is_there_is_found_by_login_or_e_mail(page_of: PageOf, plain: Session, cast: Cast) -> None:
    there = plain.get_one(User, cast.users["school1"])
    head = "Логин;Электронная почта;Должность;Организация"
    lines = [f"{there.username.upper()};;Директор;", f";{plain.get_one(User, cast.users['clerk']).email};Секретарь;"]
    page = checked(page_of("central"), *lines, head=head)
    assert "Изменено: 2" in page.text
    do(page, "run")
    plain.expire_all()
    assert [plain.get_one(User, cast.users[name]).position for name in ("school1", "clerk")] == ["Директор", "Секретарь"]
    assert "Без изменений" in checked(page, *lines, head=head).text or "Нечего менять" in page.text


def test_a_newcomer_is_attached_and_nothing_else_is_changed(page_of: PageOf, plain: Session, cast: Cast) -> None:
    there = plain.get_one(User, cast.users["newcomer"])
    before = (there.surname, there.phone, there.email)
    page = checked(page_of("irkutsk"), f"{there.username};{there.email};Другая;Имя;;+79990000000;3899000019;;;")
    do(page, "run")
    plain.expire_all()
    assert (there.surname, there.phone, there.email) == before
    assert seats(plain, there.id) == [(cast.organizations["school1"], RoleName.ORGANIZATION)]
    assert plain.scalar(select(func.count(Message.id)).where(Message.recipient_id == there.id, Message.kind == "attached")) == 1
    do(page, "reverse")
    plain.expire_all()
    assert there.active
    assert seats(plain, there.id) == []


@pytest.mark.parametrize(
    ("who", "line", "said"),
    [
        ("irkutsk", NEW.replace("petrova;", "school2;"), "занят"),
        ("irkutsk", NEW.replace("3899000019", "3899000026"), "не найден"),
        ("irkutsk", NEW.replace(";3899000019;389901001;;", ";;;;"), "перестанете видеть"),
        ("irkutsk", NEW[:-1] + ";Вышестоящий оператор", "нет среди возможных"),
        ("central", NEW[:-1] + ";Администратор", "нет среди возможных"),
        ("irkutsk", NEW.replace("petrova@modo.example", "petrova"), "адрес"),
        ("irkutsk", ";;Петрова;Анна;;;3899000019;;;", "почты или логин"),
        ("central", NEW.replace(";3899000019;389901001;;", ";;;;Пользователь организации"), "в какой организации"),
    ],
)
def test_what_is_wrong_is_said_at_the_line(page_of: PageOf, plain: Session, who: str, line: str, said: str) -> None:
    page = checked(page_of(who), line)
    assert said in wrong(page) or said in page.soup.select_one("#line-2").get_text()
    assert page.soup.select_one("form:has(input[value=run])") is None
    assert "СОШ № 2" not in page.text


def test_a_mistake_is_put_right_in_place(page_of: PageOf, plain: Session) -> None:
    page = checked(page_of("irkutsk"), NEW.replace("3899000019", "3899000018"))
    page.submit("#line-2 form", **{"cell-inn": "3899000019"})
    do(page, "run")
    assert one(plain) is not None


def test_the_same_person_twice(page_of: PageOf) -> None:
    page = checked(page_of("irkutsk"), NEW, NEW.replace("petrova;", "petrova2;"))
    assert "Строка 2 файла" in wrong(page, 3)


def test_a_file_with_passwords_is_refused(page_of: PageOf, plain: Session) -> None:
    page = page_of("irkutsk").get("/admin/imports/")
    data = "Логин;Пароль\nivanov;secret".encode()
    page.post("/admin/imports/", {"file": (io.BytesIO(data), "люди.csv"), "table": "user"})
    assert "Пароль" in page.soup.select_one("[role=alert]").get_text()
    assert "secret" not in page.text
    assert plain.scalar(select(func.count(ImportRun.id))) == 0


def test_organization_and_role_said_once_for_all(page_of: PageOf, plain: Session, cast: Cast) -> None:
    page = page_of("central").get("/admin/imports/")
    data = f"{HEAD}\n{NEW.replace(';3899000019;389901001', ';;')}".encode()
    page.post("/admin/imports/", {"file": (io.BytesIO(data), "люди.csv"), "table": "user"})
    place = {"organization_id": str(cast.organizations["irkutsk"]), "organization_id-text": "Управление образования Иркутска"}
    page.submit("form:has(table)", **place, role="supervisor")
    note = page.soup.select_one(".note.warn").get_text()
    assert "Вышестоящий оператор — 1" in note
    assert "увидят операторы" in note
    do(page, "run")
    made = one(plain)
    assert made is not None
    assert seats(plain, made.id) == [(cast.organizations["irkutsk"], RoleName.SUPERVISOR)]


def test_support_and_auditors_bring_no_people(page_of: PageOf) -> None:
    for name in ("support", "auditor"):
        page_of(name).get("/admin/imports/", status=403)


def test_many_people_are_a_job(page_of: PageOf, plain: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PeopleKind, "at_once", 0)
    page = do(checked(page_of("irkutsk"), NEW), "run")
    assert page.soup.select_one("[data-busy]") is not None
    assert one(plain) is None
