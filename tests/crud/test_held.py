"""Rows that others hold: after a short patience the page says who changes them, with everything typed still in it."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

from admin_app import gateway, postgres
from admin_app.crud import bulk_plan
from admin_app.extensions import Database, db
from admin_app.reporting import scope
from models import Event, ImportRow, ImportRun, ImportState, Organization, RowOutcome, Task, TaskKind, TaskState
from tests.crud.test_edit import edit, sent
from tests.page import Page
from tests.people import PASSWORD, Cast
from tests.reports import arrange
from wsgi import create_app

PageOf = Callable[[str], Page]
Hold = Callable[..., AbstractContextManager[None]]
SCHOOLS = ("school1", "school3")


@pytest.fixture
def page_of(app: Flask, database: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[PageOf]:
    """Clients of a committed database that wait for others for a moment only."""
    engine = create_engine(postgres.with_option(database.url, "-clock_timeout=200ms"))
    monkeypatch.setattr(Database, "engine", property(lambda _: engine))
    yield lambda name: Page(app.test_client()).sign_in(name, PASSWORD)
    engine.dispose()


@pytest.fixture
def hold(database: Engine, cast: Cast) -> Hold:
    """`with hold("school1"):` another transaction has changed the phone of these; it is committed at the end."""

    @contextmanager
    def held(*names: str) -> Iterator[None]:
        with database.begin() as connection:
            ids = [cast.organizations[name] for name in names]
            connection.execute(text("UPDATE organization SET phone = '+7 3952 700700' WHERE id = ANY(:ids)"), {"ids": ids})
            yield

    return held


@pytest.fixture
def task(database: Engine, cast: Cast) -> Callable[..., int]:
    """`task("central", "school1")`: that person's change of these is under way; its number."""

    def begun(owner: str, *names: str, kind: TaskKind = TaskKind.BULK, **more: object) -> int:
        rows = bulk_plan.freeze(sorted(cast.organizations[name] for name in names))
        about = {"table_name": "organization", "asked": {"rows": rows}, "found": {"chosen": rows}, "total": 12000} | more
        with Session(database) as plain, plain.begin():
            row = Task(owner_id=cast.users[owner], kind=kind, title="Школы", state=TaskState.RUNNING, **about)
            plain.add(row)
            plain.flush()
            return row.id

    return begun


def said(page: Page) -> str:
    """What stands at the head of the form."""
    found = page.soup.select_one("#errors, .note.err")
    assert found is not None
    return found.get_text(" ", strip=True)


# ── A card ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_card_says_who_changes_it_and_keeps_what_was_typed(
    page_of: PageOf, hold: Hold, task: Callable[..., int], database: Engine, cast: Cast
) -> None:
    task("central", *SCHOOLS)
    address = edit("organization", cast.organizations["school1"])
    page = page_of("irkutsk").get(address)
    with hold(*SCHOOLS):
        page.post(address, {**sent(page), "head_name": "Иванова Анна"}, status=409)
        assert "12000 записей" in said(page)
        assert "Центральная О." in said(page)
        assert page.soup.select_one("#head_name")["value"] == "Иванова Анна"  # type: ignore[index]
    page.submit("form.sheet")
    with Session(database) as plain:
        row = plain.get_one(Organization, cast.organizations["school1"])
        assert (row.head_name, row.phone) == ("Иванова Анна", "+7 3952 700700")


def test_ones_own_change_is_led_to(page_of: PageOf, hold: Hold, task: Callable[..., int], cast: Cast) -> None:
    key = task("irkutsk", "school1")
    address = edit("organization", cast.organizations["school1"])
    page = page_of("irkutsk").get(address)
    with hold("school1"):
        page.post(address, sent(page), status=409)
    assert "ваша собственная" in said(page)
    assert page.soup.select_one("#errors a")["href"] == f"/admin/tasks/{key}/"  # type: ignore[index]


def test_a_change_of_other_rows_is_nobodys_business(page_of: PageOf, hold: Hold, task: Callable[..., int], cast: Cast) -> None:
    task("bratsk", "school2")
    address = edit("organization", cast.organizations["school1"])
    page = page_of("irkutsk").get(address)
    with hold("school1"):
        page.post(address, sent(page), status=409)
    assert "Это сейчас изменяет кто-то другой" in said(page)
    assert "12000" not in page.text


def test_a_change_is_found_by_its_batch_and_an_import_by_its_lines(
    page_of: PageOf, hold: Hold, task: Callable[..., int], database: Engine, cast: Cast
) -> None:
    batch, key = uuid.uuid4(), cast.organizations["school1"]
    about = {"subject_type": "organization", "subject_id": key, "subject": "x", "organization_id": key}
    address = edit("organization", key)
    page = page_of("irkutsk").get(address)
    with Session(database) as plain:
        plain.add(Event(kind="row.changed", batch=batch, actor_name="x", data={}, **about))
        plain.commit()
        undo = task("central", kind=TaskKind.UNDO, asked={"batch": str(batch)}, total=777)
        with hold("school1"):
            page.post(address, sent(page), status=409)
        assert "777" in said(page)
        plain.get_one(Task, undo).state = TaskState.DONE
        run = {"table_name": "organization", "file_name": "x.xlsx", "sha256": "0" * 64, "mapping": {}, "total": 888}
        made = ImportRun(owner_id=cast.users["central"], state=ImportState.RUNNING, **run)
        plain.add(made)
        plain.flush()
        plain.add(ImportRow(run_id=made.id, line=2, cells={}, outcome=RowOutcome.CHANGE, changes={}, errors={}, row_id=key))
        plain.commit()
    with hold("school1"):
        page.post(address, sent(page), status=409)
    assert "888" in said(page)


def test_a_deletion_says_it_too(page_of: PageOf, hold: Hold, task: Callable[..., int], cast: Cast) -> None:
    task("central", "school1")
    page = page_of("central").get(address := f"/admin/organization/delete/?id={cast.organizations['school1']}")
    with hold("school1"):
        page.post(address, {"do": "archive"})
    assert "12000 записей" in said(page)


# ── Several at once ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("do", [{}, {"do": "1"}])
def test_a_change_of_several_comes_back_with_its_form(
    page_of: PageOf, hold: Hold, task: Callable[..., int], cast: Cast, do: dict[str, str]
) -> None:
    task("central", *SCHOOLS)
    rows = bulk_plan.freeze(sorted(cast.organizations[name] for name in SCHOOLS))
    page = page_of("irkutsk")
    with hold("school3"):
        page.post("/admin/organization/bulk/", {"frozen": rows, "closed_on": "2030-12-31", **do})
    assert "12000 записей" in said(page)
    assert page.soup.select_one("#closed_on")["value"] == "2030-12-31"  # type: ignore[index]
    page.submit("form.sheet")
    assert "31.12.2030" in page.text


def test_a_move_comes_back_with_its_form(page_of: PageOf, hold: Hold, task: Callable[..., int], cast: Cast) -> None:
    task("central", "school1")
    page, bratsk = page_of("central"), cast.organizations["bratsk"]
    with hold("school1"):
        page.post("/admin/organization/tree/move/", {"id": cast.organizations["school1"], "parent_id": bratsk})
    assert "12000 записей" in said(page)
    page.submit("form.sheet")
    assert "Пока ничего не перемещено" in page.text


def test_a_merger_comes_back_with_its_choices(page_of: PageOf, hold: Hold, task: Callable[..., int], cast: Cast) -> None:
    task("central", "school3")
    one, other = (cast.organizations[name] for name in SCHOOLS)
    page = page_of("irkutsk").get(f"/admin/duplicates/merge/?id={one}&id={other}&keep={one}")
    with hold("school3"):
        page.submit("main form[method=post]", status=409, **{"take-short_name": "closed"})
    assert "12000 записей" in page.text
    assert page.soup.select_one("input[name=take-short_name][value=closed]").has_attr("checked")  # type: ignore[union-attr]


# ── A report ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def report(app: Flask, database: Engine, cast: Cast, page_of: PageOf) -> int:
    """school1's report, committed."""
    with app.app_context(), Session(database) as plain, scope.ScopedSession(database) as session:
        found = arrange(session, plain, cast)["school1"]
        session.commit()
    return found


@contextmanager
def locked(database: Engine, report: int) -> Iterator[None]:
    """Another transaction holds the report."""
    with database.begin() as connection:
        connection.execute(text("SELECT FROM report WHERE id = :id FOR UPDATE"), {"id": report})
        yield


def test_a_save_is_told_to_come_again_and_is_stored_then(
    page_of: PageOf, task: Callable[..., int], database: Engine, report: int
) -> None:
    task("central", "school1")
    page = page_of("school1").get(f"/reports/{report}")
    head = {"X-CSRFToken": str(page.soup.select_one("[name=csrf_token]")["value"])}  # type: ignore[index]
    body = {"base": 0, "key": str(uuid.uuid4()), "cells": {"1/01/4": "41"}}
    with locked(database, report):
        told = page.client.post(f"/reports/{report}/cells", json=body, headers=head)
    assert (told.status_code, "Центральная О." in told.json["sentence"]) == (423, True)
    again = page.client.post(f"/reports/{report}/cells", json=body, headers=head)
    assert (again.status_code, again.json["revision"]) == (200, 1)


def test_a_table_sent_as_a_form_comes_back_as_typed(
    page_of: PageOf, task: Callable[..., int], database: Engine, report: int
) -> None:
    task("central", "school1")
    page = page_of("school1").get(f"/reports/{report}")
    with locked(database, report):
        page.post(f"/reports/{report}/section/1", {"base": "0", "key": str(uuid.uuid4()), "1/01/4": "41"}, status=409)
    assert "Центральная О." in page.text
    assert page.soup.select_one("[data-cell='1/01/4'] input")["value"] == "41"  # type: ignore[index]


# ── Where there is no patience ───────────────────────────────────────────────────────────────────────────────────────


def test_pages_wait_for_seconds_and_jobs_as_long_as_it_takes(
    database: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database.url.render_as_string(hide_password=False))
    monkeypatch.setenv("MODO_DATA_DIR", str(tmp_path))
    found = []
    for made in (gateway.application(), create_app()):
        assert isinstance(made, Flask)
        with made.app_context():
            with db.engine.connect() as connection:
                found.append(connection.scalar(text("SHOW lock_timeout")))
            db.engine.dispose()
    assert found == ["3s", "0"]
