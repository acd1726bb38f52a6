"""From which day the changes of an import count: chosen with the columns, said in the preview, planned, and taken back whole."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask_babel import force_locale
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin_app.reporting import dated, days, scope, undo
from admin_app.reporting.imports import command
from admin_app.reporting.planned import FromDay
from admin_app.reporting.tasks import verbs, work
from models import Event, ImportRow, Organization, OrganizationFact, RowOutcome, Task
from seed import lists
from tests.crud import test_import_forms
from tests.crud.outline import age
from tests.crud.test_import import do, one, upload
from tests.page import Page
from tests.people import Cast

PageOf = Callable[[str], Page]
TODAY = days.today()
SPRING, SOON = TODAY - timedelta(days=200), TODAY + timedelta(days=3)
HEAD = "Краткое наименование;Полное наименование;ИНН;КПП;Вышестоящая организация;Работает с"
NEW = "Лицей № 9;Лицей номер девять;7707083893;389901001;Управление образования Иркутска;01.09.2026"
OLD = ";Школа номер один;3899000019;389901001;;"
WAS, NOW = "МБОУ «СОШ № 1»", "Школа номер один"


@pytest.fixture(autouse=True)
def old(plain: Session, cast: Cast) -> None:
    age(plain)


def checked(page: Page, *lines: str, head: str = HEAD, **typed: Any) -> Page:
    upload(page, "\r\n".join([head, *lines]).encode("cp1251"))
    return page.submit("form:has(table)", **typed)


def on(day: date) -> dict[str, str]:
    return {"counts": "day", "since": f"{day:%d.%m.%Y}"}


def facts(plain: Session) -> set[tuple[str, date | None, Any, bool]]:
    plain.expire_all()
    query = select(OrganizationFact.field, OrganizationFact.since, OrganizationFact.value, OrganizationFact.planned)
    return set(map(tuple, plain.execute(query)))


def name(plain: Session) -> str:
    plain.expire_all()
    return one(plain, "3899000019").full_name


def test_from_a_past_day_and_back(page_of: PageOf, plain: Session, cast: Cast) -> None:
    page = checked(page_of("irkutsk"), NEW, OLD, **on(SPRING))
    assert f"действует с {SPRING:%d.%m.%Y}" in page.text
    do(page, "run")
    assert name(plain) == NOW
    assert facts(plain) == {("full_name", None, WAS, False), ("full_name", SPRING, NOW, False)}
    assert one(plain, "7707083893").opened_on == date(2026, 9, 1)
    do(page, "reverse")
    assert (name(plain), facts(plain), one(plain, "7707083893")) == (WAS, set(), None)


def test_a_day_to_come_plans_the_changes_and_adds_what_is_new(page_of: PageOf, plain: Session, cast: Cast) -> None:
    page = checked(page_of("irkutsk"), NEW, OLD, **on(SOON))
    assert f"действует с {SOON:%d.%m.%Y}: до тех пор" in page.text
    do(page, "run")
    assert (name(plain), one(plain, "7707083893").opened_on) == (WAS, date(2026, 9, 1))
    assert facts(plain) == {("full_name", None, WAS, False), ("full_name", SOON, NOW, True)}
    rows = plain.scalars(select(ImportRow.row_id).order_by(ImportRow.line)).all()
    assert rows == [one(plain, "7707083893").id, cast.organizations["school1"]]
    do(page, "reverse")
    assert (facts(plain), one(plain, "7707083893")) == (set(), None)
    assert page.soup.select_one("[data-status=reversed]") is not None


def test_a_correction(page_of: PageOf, plain: Session, cast: Cast) -> None:
    do(checked(page_of("irkutsk"), OLD, counts="always"), "run")
    assert (name(plain), facts(plain)) == (NOW, set())


def test_a_superior_that_is_new_in_the_same_file_is_planned(page_of: PageOf, plain: Session, cast: Cast) -> None:
    head = "Краткое наименование;Полное наименование;Место в иерархии;ИНН;КПП;Вышестоящая организация"
    office = "Отдел Ясного;Отдел;municipality;;;Иркутская область"
    school = ";;;3899000019;389901001;Отдел Ясного"
    do(checked(page_of("central"), office, school, head=head, **on(SOON)), "run")
    made = plain.scalars(select(Organization.id).where(Organization.short_name == "Отдел Ясного")).one()
    assert ("parent_id", SOON, made, True) in facts(plain)
    assert one(plain, "3899000019").parent_id == cast.organizations["irkutsk"]


def test_what_has_no_day_is_said_at_its_line(page_of: PageOf, plain: Session, cast: Cast) -> None:
    lines = ["ИНН;КПП;Телефон", "3899000019;389901001;+7 (3952) 90-00-00"]
    page = checked(page_of("irkutsk"), *lines[1:], head=lines[0], **on(SOON))
    assert "запланировать нельзя" in page.soup.select_one("#line-2").get_text()
    page.get(page.response.request.path + "columns")
    assert page.soup.select_one("#since")["value"] == SOON.isoformat()
    assert page.soup.select_one("input[name=counts][checked]")["value"] == "day"
    page.submit("form:has(table)", counts="today")
    assert page.soup.select_one("#line-2 ins") is not None


def test_a_day_that_is_none_keeps_the_columns(page_of: PageOf, plain: Session, cast: Cast) -> None:
    page = checked(page_of("irkutsk"), OLD, counts="day", since="вчера", **{"column-5": ""})
    assert "Дата пишется" in page.soup.select_one("#since-wrong").get_text()
    assert page.soup.select_one("#since")["value"] == "вчера"
    assert page.soup.select_one("[name=column-5] option[selected]") is None
    assert page.soup.select_one("[name=column-4] option[selected]") is not None


def test_reference_lists_are_not_asked_for_a_day(page_of: PageOf, plain: Session, cast: Cast) -> None:
    page = upload(page_of("central"), "Код;Наименование\r\n1;Один".encode("cp1251"), table="classifier_item")
    assert page.soup.select_one("[name=column-0]") is not None
    assert page.soup.select_one("[name=counts]") is None


def test_an_import_whose_plan_was_touched_is_not_taken_back(page_of: PageOf, plain: Session, cast: Cast) -> None:
    page = do(checked(page_of("irkutsk"), NEW, OLD, **on(SOON)), "run")
    other = page_of("central").get(f"/admin/organization/details/?id={cast.organizations['school1']}")
    other.submit("form[action*='plan/cancel']")
    assert "СОШ № 1" in do(page, "reverse").soup.select_one(".says").get_text()
    assert one(plain, "7707083893") is not None


def test_a_line_in_the_way_is_found_among_plans(page_of: PageOf, plain: Session, cast: Cast) -> None:
    """Nothing is kept, and the line that the database refuses is named."""
    page = checked(page_of("central"), OLD, ";Школа три;3899000033;389901001;;", **on(SOON))
    row = plain.get_one(Organization, cast.organizations["school3"])
    row.full_name = "Кто-то был быстрее"
    plain.commit()
    do(page, "run")
    assert "Строка 3" in page.soup.select_one("[role=alert]").get_text()
    assert facts(plain) == set()


def test_a_long_import_of_plans_is_taken_back_in_the_background(
    page_of: PageOf, plain: Session, session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verbs, "SMALL", 2)
    page = do(checked(page_of("irkutsk"), NEW, OLD, **on(SOON)), "run")
    address = page.response.request.path
    do(page, "reverse")
    for _step in range(2):
        work.step(session, plain, plain.scalars(select(func.max(Task.id))).one())
        if page.get(page.response.request.path).soup.select_one("button[value=run]"):
            page.submit("form:has(button[value=run])", what="run")
    assert page.get(address).soup.select_one("[data-status=reversed]") is not None
    assert (facts(plain), one(plain, "7707083893")) == (set(), None)


def test_an_application_form_about_what_is_there_asks_for_the_day_too(page_of: PageOf, plain: Session, cast: Cast) -> None:
    page = test_import_forms.upload(page_of("irkutsk"), test_import_forms.form(ИНН="3899000019"), "заявка.docx")
    page.get(page.soup.select_one("main .links a")["href"])
    page.submit("form.sheet", **on(SOON))
    assert page.soup.select_one("#phone-wrong") is not None
    page.submit("form.sheet", theirs=["phone"], **on(SOON))
    assert f"Запланировано на {SOON:%d.%m.%Y}" in page.soup.select_one(".says").get_text()
    assert ("short_name", SOON, "МБОУ «Лицей № 5»", True) in facts(plain)
    assert one(plain, "3899000019").short_name == WAS


# ── By command ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("since", "kept"),
    [
        (FromDay(SPRING), {("full_name", None, WAS, False), ("full_name", SPRING, NOW, False)}),
        (FromDay(SOON), {("full_name", None, WAS, False), ("full_name", SOON, NOW, True)}),
        (FromDay(dated.ALWAYS), set()),
    ],
)
def test_the_command_too(session: Session, plain: Session, cast: Cast, tmp_path: Path, since: FromDay, kept: set[Any]) -> None:
    path = tmp_path / "x.csv"
    path.write_text("\n".join([HEAD, OLD]), "utf-8")
    with force_locale("ru"), scope.acting(scope.everything("test")):
        lists.load(session)
        found, batch = command.bring(session, path, False, since)
        session.commit()
        assert (found[RowOutcome.CHANGE], facts(plain)) == (1, kept)
        assert plain.scalars(select(Event.origin).where(Event.batch == batch)).first() == command.ORIGIN
        undo.perform(session, undo.plan(session, undo.of_batch(batch)))
        session.commit()
    assert (name(plain), facts(plain)) == (WAS, set())


def test_a_choice_that_is_none_is_said_in_plain_words(page_of: PageOf, plain: Session, cast: Cast) -> None:
    page = checked(page_of("irkutsk"), OLD, counts="zzz")
    assert page.soup.select_one("#counts .wrong").get_text(strip=True) == "Выберите значение из списка."
