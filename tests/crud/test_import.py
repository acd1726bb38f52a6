"""Files into registries: matched, checked, shown line by line, done as a whole, taken back; never beyond the person's reach."""

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from admin_app.reporting.imports import background, runs
from models import ClassifierItem, Event, ImportRun, Level, Organization
from tests.page import Page
from tests.people import Cast

PageOf = Callable[[str], Page]
START = "/admin/imports/"
HEAD = "Краткое наименование;Полное наименование;ИНН;КПП;Телефон;Вышестоящая организация"
NEW = "Лицей № 9;Лицей номер девять;7707083893;389901001;+7 (3952) 12-34-56;Управление образования Иркутска"
OLD = "МБОУ «СОШ № 1»;;3899000019;389901001;+7 (3952) 90-00-00;"


def table(*lines: str) -> bytes:
    """A CSV as Russian spreadsheets save it."""
    return "\r\n".join([HEAD, *lines]).encode("cp1251")


def upload(page: Page, data: bytes, name: str = "реестр.csv", table: str = "organization") -> Page:
    """Send the file."""
    page.get(START)
    return page.post(START, {"file": (io.BytesIO(data), name), "table": table})


def checked(page: Page, *lines: str, **typed: Any) -> Page:
    """Upload, agree to the columns as they are proposed, look at the preview."""
    upload(page, table(*lines))
    return page.submit("form:has(table)", **typed)


def do(page: Page, what: str, **typed: Any) -> Page:
    """Press the button."""
    return page.submit(f"form:has(input[value={what}])", **typed)


def one(plain: Session, inn: str) -> Organization | None:
    """The organization with this INN."""
    plain.expire_all()
    return plain.scalar(select(Organization).where(Organization.inn == inn))


def test_a_registry_is_added_and_changed(page_of: PageOf, plain: Session, cast: Cast) -> None:
    page = checked(page_of("irkutsk"), NEW, OLD)
    assert "Добавлено: 1" in page.text
    assert "Изменено: 1" in page.text
    assert one(plain, "7707083893") is None
    do(page, "run")
    assert page.soup.select_one("[data-status=done]") is not None
    made, changed = one(plain, "7707083893"), one(plain, "3899000019")
    assert made is not None
    assert changed is not None
    assert (made.full_name, made.level, made.parent_id) == (
        "Лицей номер девять",
        Level.ORGANIZATION,
        cast.organizations["irkutsk"],
    )
    assert (changed.full_name, changed.phone) == ("МБОУ «СОШ № 1»", "+7 (3952) 90-00-00")
    run = plain.scalars(select(ImportRun)).one()
    origins = plain.scalars(select(Event.origin).where(Event.batch == run.batch)).all()
    assert set(origins) == {f"import:{run.id}"}


def test_old_and_new_stand_side_by_side(page_of: PageOf) -> None:
    page = checked(page_of("irkutsk"), OLD)
    assert page.soup.select_one("ins").get_text() == "+7 (3952) 90-00-00"
    assert "Сокращенное" not in page.soup.select_one("dl.details").get_text()
    assert len(page.soup.select("dl.details dt")) == 1


def test_a_mistake_is_told_with_its_line_and_put_right_in_place(page_of: PageOf, plain: Session) -> None:
    page = checked(page_of("irkutsk"), OLD, NEW.replace("7707083893", "7707083894"))
    row = page.soup.select_one("#line-3")
    assert "Контрольная цифра" in row.get_text()
    assert page.soup.select_one("form:has(input[value=run]) input[name=without]") is not None
    page.submit("#line-3 form", **{"cell-inn": "7707083893"})
    assert "С ошибкой" not in page.text
    do(page, "run")
    assert one(plain, "7707083893") is not None


def test_a_file_with_mistakes_is_imported_only_without_them(page_of: PageOf, plain: Session) -> None:
    page = checked(page_of("irkutsk"), OLD, NEW.replace("7707083893", "7707083894"))
    do(page, "run")
    assert "есть ошибки" in page.text
    do(page, "run", without="1")
    assert one(plain, "3899000019").phone == "+7 (3952) 90-00-00"
    assert plain.scalar(select(func.count(Organization.id)).where(Organization.short_name == "Лицей № 9")) == 0


def test_the_refused_lines_are_a_file_with_reasons(page_of: PageOf) -> None:
    page = checked(page_of("irkutsk"), OLD, NEW.replace("7707083893", "7707083894"))
    address = page.soup.select_one("a[href$='refused.xlsx']")["href"]
    rows = list(openpyxl.load_workbook(io.BytesIO(page.client.get(address).get_data())).worksheets[0].values)
    assert rows[0][0] == "Строка"
    assert rows[0][-1] == "Причина"
    assert (rows[1][0], rows[1][3]) == (3, "7707083894")
    assert "Контрольная цифра" in rows[1][-1]
    assert len(rows) == 2


def test_the_same_row_twice_in_the_file(page_of: PageOf) -> None:
    page = checked(page_of("irkutsk"), NEW, OLD, NEW)
    assert "Строка 2 файла" in page.soup.select_one("#line-4").get_text()
    page.get(page.response.request.path + "?show=all")
    page.submit("#line-4 form", skip="1")
    assert "С ошибкой" not in page.text


@pytest.mark.parametrize(
    "line",
    [
        "СОШ;;3899000026;389901001;+7 (3953) 1;",
        "Новая;Новая;7707083893;389901001;;Управление образования Братска",
    ],
)
def test_foreign_rows_are_a_mistake_and_nothing_is_told_of_them(page_of: PageOf, plain: Session, line: str) -> None:
    page = checked(page_of("irkutsk"), line)
    assert page.soup.select_one("#line-2 .wrong") is not None
    assert page.soup.select_one("form:has(input[value=run])") is None
    assert "СОШ № 2" not in page.text


def test_somebody_was_quicker(page_of: PageOf, plain: Session, cast: Cast) -> None:
    page = checked(page_of("irkutsk"), NEW, OLD)
    plain.get_one(Organization, cast.organizations["school1"]).phone = "+7 (3952) 11-11-11"
    plain.commit()
    do(page, "run")
    assert "Ничего не загружено" in page.text
    assert one(plain, "7707083893") is None
    assert page.soup.select_one("#line-3 .wrong") is not None


def test_an_import_is_taken_back_as_a_whole(page_of: PageOf, plain: Session) -> None:
    page = do(checked(page_of("irkutsk"), NEW, OLD), "run")
    do(page, "reverse")
    assert page.soup.select_one("[data-status=reversed]") is not None
    made = one(plain, "7707083893")
    assert made is None or made.closed_on is not None
    assert one(plain, "3899000019").phone is None


def test_an_import_that_was_touched_stays(page_of: PageOf, plain: Session, cast: Cast) -> None:
    page = do(checked(page_of("irkutsk"), OLD), "run")
    preview = page.response.request.path
    page.get(f"/admin/organization/edit/?id={cast.organizations['school1']}").submit("form.sheet", site="school1.ru")
    do(page.get(preview), "reverse")
    assert "изменены после" in page.text
    assert one(plain, "3899000019").phone == "+7 (3952) 90-00-00"


def test_a_move_says_what_it_opens_and_closes(page_of: PageOf) -> None:
    page = checked(page_of("central"), "СОШ 1;;3899000019;389901001;;Управление образования Братска")
    note = page.soup.select_one(".note.warn").get_text()
    assert "другую вышестоящую организацию: 1" in note
    assert "перестанут их видеть: 1" in note
    assert "будут их видеть: 1" in note


def test_columns_are_remembered(page_of: PageOf) -> None:
    page = page_of("irkutsk")
    upload(page, table(NEW))
    page.submit("form:has(table)", **{"column-4": "site"})
    upload(page, table(OLD))
    assert page.soup.select_one("select[name=column-4] option[selected]")["value"] == "site"


def test_a_superior_may_stand_above_in_the_file(page_of: PageOf, plain: Session) -> None:
    head = "Краткое наименование;Полное наименование;Вышестоящая организация;Место в иерархии"
    lines = [
        "Отдел Ясного;Отдел образования Ясного;Иркутская область;Муниципальный орган управления образованием",
        "Школа Ясного;Школа;Отдел Ясного;Организация",
    ]
    page = page_of("central")
    upload(page, "\n".join([head, *lines]).encode())
    page.submit("form:has(table)")
    assert "Добавлено: 2" in page.text
    do(page, "run")
    office, school = (
        plain.scalar(select(Organization).where(Organization.short_name == name)) for name in ("Отдел Ясного", "Школа Ясного")
    )
    assert (school.parent_id, school.path) == (office.id, f"{office.path}{school.id}/")


@pytest.mark.parametrize(
    ("data", "name"),
    [(b"", "a.csv"), (b"\x00\x01\x02", "a.xlsx"), (b"PK\x03\x04rubbish", "a.xlsx"), (b"%PDF-1.4", "a.pdf"), (b"one", "a.csv")],
)
def test_a_file_that_is_none_is_refused_in_a_sentence(page_of: PageOf, plain: Session, data: bytes, name: str) -> None:
    page = upload(page_of("irkutsk"), data, name)
    assert page.soup.select_one("[role=alert]") is not None
    assert plain.scalar(select(func.count(ImportRun.id))) == 0


def test_items_of_a_list(page_of: PageOf, plain: Session) -> None:
    page = page_of("central")
    data = "Классификатор;Код;Наименование\nТип организации;7;детский сад\nТип организации;1;школа".encode()
    upload(page, data, "items.csv", "classifier_item")
    page.submit("form:has(table)")
    do(page, "run")
    found = plain.execute(select(ClassifierItem.code, ClassifierItem.title).order_by(ClassifierItem.code)).all()
    assert [tuple(row) for row in found] == [
        ("1", "школа"), ("2", "профессиональная образовательная организация"), ("7", "детский сад"),
    ]  # fmt: skip


def test_a_long_file_is_a_job(
    page_of: PageOf, session: Session, plain: Session, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "SMALL", 1)
    page = checked(page_of("irkutsk"), NEW, OLD)
    assert page.soup.select_one("[data-busy]") is not None
    run_id = plain.scalars(select(ImportRun.id)).one()
    jobs = "SELECT args->>'step' FROM jobs.procrastinate_jobs WHERE task_name = 'modo:import' ORDER BY id"
    assert plain.scalars(text(jobs)).all() == ["check"]
    background.step(session, plain, run_id, "check", app.extensions["settings"].imports)
    do(page.get(page.response.request.path), "run")
    assert plain.scalars(text(jobs)).all() == ["check", "execute"]
    background.step(session, plain, run_id, "execute", app.extensions["settings"].imports)
    assert page.get(page.response.request.path).soup.select_one("[data-status=done]") is not None
    assert one(plain, "7707083893") is not None


def test_a_job_that_was_given_up_changes_nothing(
    page_of: PageOf, session: Session, plain: Session, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = checked(page_of("irkutsk"), NEW)
    monkeypatch.setattr(runs, "SMALL", 0)
    do(page, "run")
    do(page, "cancel")
    background.step(session, plain, plain.scalars(select(ImportRun.id)).one(), "execute", app.extensions["settings"].imports)
    assert one(plain, "7707083893") is None
    assert page.get(page.response.request.path).soup.select_one("[data-status=cancelled]") is not None


@pytest.mark.parametrize("name", ["auditor", "support", "school1", "newcomer"])
def test_not_everybody_brings_files(page_of: PageOf, name: str) -> None:
    page_of(name).get(START, status=403)


def test_an_import_is_its_owners(page_of: PageOf) -> None:
    address = checked(page_of("irkutsk"), NEW).response.request.path
    for name in ("bratsk", "central"):
        page_of(name).get(address, status=404)
