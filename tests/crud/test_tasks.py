"""Changes of many rows in the background: looked through, decided, done or undone as a whole; nobody waits, nobody else looks."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from admin_app.reporting.tasks import verbs, work
from models import ClassifierItem, Event, Message, Organization, Task, TaskState
from tests.page import Page
from tests.people import Cast

PageOf = Callable[[str], Page]
FILTER = "/admin/organization/bulk/?q=СОШ"
JOBS = "SELECT args->>'task_id' FROM jobs.procrastinate_jobs WHERE task_name = 'modo:task' ORDER BY id"


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two rows are many here."""
    monkeypatch.setattr(verbs, "SMALL", 2)


def kind(plain: Session, place: int = 0) -> int:
    return plain.scalars(select(ClassifierItem.id).order_by(ClassifierItem.id)).all()[place]


def types(plain: Session, cast: Cast, *names: str) -> list[int | None]:
    plain.expire_all()
    return [plain.get_one(Organization, cast.organizations[name]).type_id for name in names]


def asked(page_of: PageOf, plain: Session, who: str = "central") -> Page:
    """A change of four schools, waiting for the worker."""
    return page_of(who).get(FILTER).submit("form.sheet", type_id=str(kind(plain)))


def press(page: Page, what: str, **typed: Any) -> Page:
    return page.submit(f"form:has(button[value={what}])", what=what, **typed)


def state(page: Page) -> str:
    return str(page.soup.select_one("main [data-status]")["data-status"])


def again(page: Page) -> Page:
    return page.get(page.response.request.path)


SCHOOLS = ("school1", "school2", "school3")


def test_looked_through_decided_done_and_told(page_of: PageOf, plain: Session, cast: Cast, worker: Callable[[], None]) -> None:
    page = asked(page_of, plain)
    assert state(page) == "looking"
    assert page.soup.select_one("[data-busy] progress") is not None
    assert len(plain.scalars(text(JOBS)).all()) == 1
    worker()
    assert state(again(page)) == "ready"
    assert "Будет изменено" in page.text or page.soup.select_one("dl.tally dd").get_text() == "4"
    assert types(plain, cast, *SCHOOLS) == [None] * 3
    assert state(press(page, "run")) == "running"
    worker()
    assert types(plain, cast, *SCHOOLS) == [kind(plain)] * 3
    assert state(again(page)) == "done"
    batch = plain.scalars(select(Task.batch)).one()
    assert set(plain.scalars(select(Event.origin).where(Event.batch == batch))) == {"bulk"}
    assert page.soup.select_one(f"main a[href*='{batch}']") is not None
    told = plain.scalars(select(Message).where(Message.recipient_id == cast.users["central"], Message.kind == "task")).one()
    assert told.link == page.response.request.path
    assert page.get("/admin/tasks/").soup.select_one(f"main a[href='{told.link}']") is not None


def test_the_whole_of_it_is_undone_in_the_background(
    page_of: PageOf, plain: Session, cast: Cast, worker: Callable[[], None]
) -> None:
    page = asked(page_of, plain)
    worker()
    press(again(page), "run")
    worker()
    batch = plain.scalars(select(Task.batch)).one()
    page.get(f"/admin/event/undo/?batch={batch}").submit("main form[method=post]")
    assert state(page) == "looking"
    worker()
    assert page.get(page.response.request.path).soup.select_one("dl.tally dd").get_text() == "4"
    assert types(plain, cast, *SCHOOLS) == [kind(plain)] * 3
    press(page, "run")
    worker()
    assert types(plain, cast, *SCHOOLS) == [None] * 3
    assert state(again(page)) == "done"


def test_what_was_changed_since_stays_unless_all_of_it_is_chosen(
    page_of: PageOf, plain: Session, cast: Cast, worker: Callable[[], None]
) -> None:
    page = asked(page_of, plain)
    worker()
    press(again(page), "run")
    worker()
    other = page_of("irkutsk").get(f"/admin/organization/edit/?id={cast.organizations['school1']}")
    other.submit("form.sheet", type_id=str(kind(plain, 1)))
    batch = plain.scalars(select(Task.batch).order_by(Task.id)).first()
    page.get(f"/admin/event/undo/?batch={batch}").submit("main form[method=post]")
    worker()
    again(page)
    assert [one.get_text() for one in page.soup.select("dl.tally dd")][:2] == ["3", "1"]
    press(page, "look", take="*")
    worker()
    assert page.get(page.response.request.path).soup.select_one("dl.tally dd").get_text() == "4"
    press(page, "run", take="*")
    worker()
    assert types(plain, cast, "school1") == [None]


def test_nothing_of_it_is_done_if_somebody_was_quicker(
    page_of: PageOf, plain: Session, cast: Cast, worker: Callable[[], None]
) -> None:
    page = asked(page_of, plain)
    worker()
    press(again(page), "run")
    other = page_of("irkutsk").get(f"/admin/organization/edit/?id={cast.organizations['school1']}")
    other.submit("form.sheet", type_id=str(kind(plain, 1)))
    worker()
    assert types(plain, cast, *SCHOOLS) == [kind(plain, 1), None, None]
    assert state(again(page)) == "ready"
    assert "Ничего не изменено" in page.soup.select_one("[role=alert]").get_text()
    assert "СОШ № 1" in page.soup.select_one("[role=alert]").get_text()
    press(page, "run")
    worker()
    assert types(plain, cast, *SCHOOLS) == [kind(plain)] * 3


@pytest.mark.parametrize("before", ["looking", "running"])
def test_given_up_it_changes_nothing(
    page_of: PageOf, plain: Session, cast: Cast, worker: Callable[[], None], before: str
) -> None:
    page = asked(page_of, plain)
    if before == "running":
        worker()
        press(again(page), "run")
    press(page, "cancel")
    worker()
    assert state(again(page)) == "cancelled"
    assert types(plain, cast, *SCHOOLS) == [None] * 3


def test_given_up_in_the_middle_it_changes_nothing(
    page_of: PageOf, plain: Session, cast: Cast, worker: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = asked(page_of, plain)
    worker()
    press(again(page), "run")
    monkeypatch.setattr(work, "teller", lambda *_given: lambda _done: False)
    worker()
    assert types(plain, cast, *SCHOOLS) == [None] * 3


def test_rows_that_are_refused_are_named_and_the_others_done(
    page_of: PageOf, plain: Session, cast: Cast, worker: Callable[[], None]
) -> None:
    ids = [cast.organizations[name] for name in ("region", "school1", "irkutsk")]
    page = page_of("central").get("/admin/organization/bulk/?" + "&".join(f"row={one}" for one in ids))
    bratsk = {"parent_id": str(cast.organizations["bratsk"]), "parent_id-text": "Управление образования Братска"}
    page.submit("form.sheet", **bratsk)
    worker()
    assert [one.get_text() for one in again(page).soup.select("dl.tally dd")][:3] == ["1", "0", "2"]
    press(page, "run")
    worker()
    plain.expire_all()
    assert plain.get_one(Organization, ids[1]).parent_id == cast.organizations["bratsk"]
    assert plain.get_one(Organization, ids[0]).parent_id is None


def test_a_task_is_its_owners_and_done_within_their_reach(
    page_of: PageOf, plain: Session, cast: Cast, worker: Callable[[], None]
) -> None:
    page = asked(page_of, plain, "irkutsk")
    address = page.response.request.path
    page_of("central").get(address, status=404)
    for name in ("school1", "auditor", "newcomer"):
        page_of(name).get("/admin/tasks/", status=403)
    plain.execute(
        text("UPDATE membership SET valid_from = current_date - 9, valid_to = current_date - 1 WHERE user_id = :id"),
        {"id": cast.users["irkutsk"]},
    )
    plain.commit()
    worker()
    plain.expire_all()
    assert plain.scalars(select(Task)).one().state is TaskState.FAILED
    assert types(plain, cast, *SCHOOLS) == [None] * 3


def test_an_error_of_ours_is_said_and_raised(
    page_of: PageOf, plain: Session, worker: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = asked(page_of, plain)

    def broken(*_given: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("admin_app.crud.bulk_plan.rehearse", broken)
    with pytest.raises(ZeroDivisionError):
        worker()
    assert state(again(page)) == "failed"
    assert "на нашей стороне" in page.soup.select_one("[role=alert]").get_text()


def test_back_to_the_form_and_nothing_is_lost(page_of: PageOf, plain: Session, worker: Callable[[], None]) -> None:
    page = asked(page_of, plain)
    worker()
    again(page).submit("form:has(button[name=back])", back="1")
    assert page.soup.select_one("[name=type_id] option[selected]")["value"] == str(kind(plain))


def test_a_long_import_is_taken_back_in_the_background(page_of: PageOf, plain: Session, worker: Callable[[], None]) -> None:
    head = "Краткое наименование;Полное наименование;ИНН;КПП;Вышестоящая организация"
    lines = [f"Лицей {inn};Лицей;{inn};389901001;Управление образования Иркутска" for inn in ("7707083893", "7728168971")]
    page = page_of("irkutsk").get("/admin/imports/")
    page.post("/admin/imports/", {"file": (io.BytesIO("\n".join([head, *lines]).encode()), "лицеи.csv"), "table": "organization"})
    page.submit("form:has(table)").submit("form:has(input[value=run])")
    address, made = page.response.request.path, select(func.count(Organization.id)).where(Organization.inn == "7707083893")
    assert plain.scalar(made) == 1
    assert state(page.submit("form:has(input[value=reverse])")) == "looking"
    worker()
    assert again(page).soup.select_one("dl.tally dd").get_text() == "2"
    press(page, "run")
    worker()
    assert state(again(page)) == "done"
    assert page.get(address).soup.select_one("[data-status=reversed]") is not None
    assert plain.scalar(made) == 0
    assert len(plain.scalars(select(Task)).all()) == 1


def test_an_import_that_was_touched_meanwhile_stays_whole(
    page_of: PageOf, plain: Session, worker: Callable[[], None], cast: Cast
) -> None:
    head = "ИНН;КПП;Телефон"
    lines = ["3899000019;389901001;+7 (3952) 90-00-00", "3899000026;389901001;+7 (3953) 90-00-00"]
    page = page_of("central").get("/admin/imports/")
    page.post("/admin/imports/", {"file": (io.BytesIO("\n".join([head, *lines]).encode()), "т.csv"), "table": "organization"})
    page.submit("form:has(table)").submit("form:has(input[value=run])").submit("form:has(input[value=reverse])")
    other = page_of("irkutsk").get(f"/admin/organization/edit/?id={cast.organizations['school1']}")
    other.submit("form.sheet", phone="+7 (3952) 11-11-11")
    worker()
    assert "мешают" in again(page).soup.select_one(".note.warn").get_text()
    assert page.soup.select_one("button[value=run]") is None


def test_tasks_that_nobody_decides_upon_are_given_up(
    page_of: PageOf, plain: Session, session: Session, worker: Callable[[], None]
) -> None:
    asked(page_of, plain)
    worker()
    verbs.sweep(session)
    session.commit()
    assert plain.scalars(select(Task.state)).one() is TaskState.READY
    plain.execute(text("UPDATE task SET created_at = now() - interval '31 days'"))
    plain.commit()
    verbs.sweep(session)
    session.commit()
    plain.expire_all()
    task = plain.scalars(select(Task)).one()
    assert (task.state, task.found, task.asked) == (TaskState.CANCELLED, {}, {})
