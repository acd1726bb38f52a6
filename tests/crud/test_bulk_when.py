"""From which day a change of many organizations counts: said in the preview, kept by a task, planned and taken back as one."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app.extensions import db
from admin_app.reporting import days, planned
from admin_app.reporting.tasks import verbs
from models import Event, Organization, OrganizationFact, Task
from tests.crud.outline import age
from tests.crud.test_tasks import kind
from tests.page import Page
from tests.people import Cast

PageOf = Callable[[str], Page]
TODAY = days.today()
SPRING, SOON = TODAY - timedelta(days=200), TODAY + timedelta(days=3)
SCHOOLS = ("school1", "school2", "school3", "branch1")


@pytest.fixture(autouse=True)
def old(plain: Session, cast: Cast) -> None:
    age(plain)


@pytest.fixture
def at_day(monkeypatch: pytest.MonkeyPatch) -> Callable[[date], None]:
    """From here on it is noon of that day."""
    return lambda day: monkeypatch.setattr(days, "now", lambda: datetime.combine(day, time(5), UTC))


def types(plain: Session, cast: Cast) -> list[int | None]:
    plain.expire_all()
    return [plain.get_one(Organization, cast.organizations[name]).type_id for name in SCHOOLS]


def facts(plain: Session) -> set[tuple[str, date | None, Any, bool]]:
    plain.expire_all()
    query = select(OrganizationFact.field, OrganizationFact.since, OrganizationFact.value, OrganizationFact.planned)
    return set(map(tuple, plain.execute(query)))


def look(page: Page, plain: Session, **typed: Any) -> Page:
    """The preview of one type for the four schools."""
    return page.get("/admin/organization/bulk/?q=СОШ").submit("form.sheet", type_id=str(kind(plain)), **typed)


def do(page: Page) -> Page:
    return page.submit("main form:has(button[name=do])", do="1")


def on(day: date) -> dict[str, str]:
    return {"counts": "day", "since": f"{day:%d.%m.%Y}"}


def undo(page: Page, plain: Session) -> Page:
    """Undo the newest batch."""
    batch = plain.scalars(select(Event.batch).order_by(Event.id.desc())).first()
    return page.get(f"/admin/event/undo/?batch={batch}").submit("main form[method=post]", do="undo")


def test_from_today_unless_something_else_is_said(page_of: PageOf, plain: Session, cast: Cast) -> None:
    page = look(page_of("central"), plain, counts="today")
    assert "действует с сегодняшнего дня" in page.text
    do(page)
    assert facts(plain) == {("type_id", None, None, False), ("type_id", TODAY, kind(plain), False)}


def test_from_a_past_day_and_back(page_of: PageOf, plain: Session, cast: Cast) -> None:
    page = look(page_of("central"), plain, **on(SPRING))
    assert f"действует с {SPRING:%d.%m.%Y}" in page.text
    assert facts(plain) == set()
    do(page)
    assert types(plain, cast) == [kind(plain)] * 4
    assert facts(plain) == {("type_id", None, None, False), ("type_id", SPRING, kind(plain), False)}
    undo(page, plain)
    assert (types(plain, cast), facts(plain)) == ([None] * 4, set())


def test_a_correction_leaves_no_day(page_of: PageOf, plain: Session, cast: Cast) -> None:
    page = look(page_of("central"), plain, counts="always")
    assert "исправление" in page.text
    do(page)
    assert (types(plain, cast), facts(plain)) == ([kind(plain)] * 4, set())


def test_a_day_to_come_makes_plans_which_the_worker_carries_out(
    page_of: PageOf, plain: Session, cast: Cast, at_day: Callable[[date], None]
) -> None:
    page = look(page_of("central"), plain, **on(SOON))
    assert f"действует с {SOON:%d.%m.%Y}: до тех пор" in page.text
    assert facts(plain) == set()
    do(page)
    assert "Запланировано для 4" in page.soup.select_one(".says").get_text()
    assert "Изменение запланировано" in page.text
    assert types(plain, cast) == [None] * 4
    assert facts(plain) == {("type_id", None, None, False), ("type_id", SOON, kind(plain), True)}
    at_day(SOON)
    assert planned.carry_out(db.session, plain) == (4, 0)
    assert types(plain, cast) == [kind(plain)] * 4


def test_plans_are_taken_back_as_one_and_made_again(page_of: PageOf, plain: Session, cast: Cast) -> None:
    page = do(look(page_of("central"), plain, **on(SOON)))
    batch = plain.scalars(select(Event.batch).order_by(Event.id.desc())).first()
    page.get(f"/admin/event/undo/?batch={batch}")
    assert [one.get_text() for one in page.soup.select("dl.tally dd")] == ["4", "0", "0"]
    assert f"запланировано на {SOON:%d.%m.%Y}" in page.soup.select_one(".steps").get_text()
    page.submit("main form[method=post]", do="undo")
    assert facts(plain) == set()
    undo(page, plain)
    assert ("type_id", SOON, kind(plain), True) in facts(plain)
    assert len(plain.scalars(select(OrganizationFact).where(OrganizationFact.planned)).all()) == 4


def test_a_plan_to_empty_a_field_is_not_taken_for_none(page_of: PageOf, plain: Session, cast: Cast) -> None:
    do(look(page_of("central"), plain, counts="always"))
    page = page_of("central").get("/admin/organization/bulk/?q=СОШ").submit("form.sheet", **{"type_id--clear": "y"}, **on(SOON))
    do(page)
    assert ("type_id", SOON, None, True) in facts(plain)
    batch = plain.scalars(select(Event.batch).order_by(Event.id.desc())).first()
    page.get(f"/admin/event/undo/?batch={batch}")
    cells = [one.get_text(" ", strip=True) for one in page.soup.select(".steps td")]
    assert cells == ["пусто", "плана нет"] * 4
    page.submit("main form[method=post]", do="undo")
    assert facts(plain) == set()


def test_a_plan_that_was_replaced_comes_back(page_of: PageOf, plain: Session, cast: Cast) -> None:
    page = do(look(page_of("central"), plain, **on(SOON)))
    page.get("/admin/organization/bulk/?q=СОШ").submit("form.sheet", type_id=str(kind(plain, 1)), **on(SOON))
    do(page)
    assert {fact[2] for fact in facts(plain) if fact[3]} == {kind(plain, 1)}
    undo(page, plain)
    assert {fact[2] for fact in facts(plain) if fact[3]} == {kind(plain)}


def test_a_plan_that_somebody_has_changed_since_stays(page_of: PageOf, plain: Session, cast: Cast) -> None:
    page = do(look(page_of("central"), plain, **on(SOON)))
    batch = plain.scalars(select(Event.batch).order_by(Event.id.desc())).first()
    other = page_of("irkutsk").get(f"/admin/organization/details/?id={cast.organizations['school1']}")
    other.submit("form[action*='plan/cancel']")
    page.get(f"/admin/event/undo/?batch={batch}")
    assert [one.get_text() for one in page.soup.select("dl.tally dd")] == ["3", "1", "0"]
    page.submit("main form[method=post]", do="undo")
    assert facts(plain) == set()


def test_each_undoes_only_their_own_part_of_the_plans(page_of: PageOf, plain: Session, cast: Cast) -> None:
    do(look(page_of("central"), plain, **on(SOON)))
    batch = plain.scalars(select(Event.batch).order_by(Event.id.desc())).first()
    page = page_of("irkutsk").get(f"/admin/event/undo/?batch={batch}")
    assert [one.get_text() for one in page.soup.select("dl.tally dd")] == ["3", "0", "0", "1"]
    page.submit("main form[method=post]", do="undo")
    left = plain.scalars(select(OrganizationFact.organization_id).where(OrganizationFact.planned)).all()
    assert left == [cast.organizations["school2"]]


@pytest.mark.parametrize(
    ("since", "said"), [("", "Укажите, с какого дня"), ("вчера", "Дата пишется"), ("01.01.3000", "опечатка")]
)
def test_a_day_that_is_none_is_said_and_stays(page_of: PageOf, plain: Session, cast: Cast, since: str, said: str) -> None:
    page = look(page_of("central"), plain, counts="day", since=since)
    assert said in page.soup.select_one("#since-wrong").get_text()
    assert page.soup.select_one("#since")["value"] in (since, "3000-01-01")
    assert page.soup.select_one("[name=type_id] option[selected]")["value"] == str(kind(plain))


def test_what_is_a_day_itself_is_not_planned(page_of: PageOf, plain: Session, cast: Cast) -> None:
    page = page_of("central").get("/admin/organization/bulk/?q=СОШ").submit("form.sheet", closed_on="2027-09-01", **on(SOON))
    assert "не планируется" in page.soup.select_one("#errors").get_text()
    page.submit("form.sheet", closed_on="2027-09-01", counts="today")
    assert page.soup.select_one("button[name=do]") is not None


def test_people_are_not_asked_for_a_day(page_of: PageOf, plain: Session, cast: Cast) -> None:
    page = page_of("irkutsk").get(f"/admin/user/bulk/?row={cast.users['school1']}")
    assert page.soup.select_one("[name=counts]") is None
    assert "действует" not in page.submit("form.sheet", active="n").text


def test_a_plan_out_of_sight_is_refused(page_of: PageOf, plain: Session, cast: Cast) -> None:
    """A superior that the operator does not see, on a day to come."""
    page = page_of("irkutsk").get(f"/admin/organization/bulk/?row={cast.organizations['school1']}")
    there = {"parent_id": str(cast.organizations["bratsk"]), "parent_id-text": "Управление образования Братска"}
    page.submit("form.sheet", **there, **on(SOON))
    assert page.soup.select_one(".bad") is not None
    assert facts(plain) == set()


# ── In the background ────────────────────────────────────────────────────────────────────────────────────────────────


def run(page: Page) -> Page:
    return page.get(page.response.request.path).submit("form:has(button[value=run])", what="run")


@pytest.mark.parametrize(("day", "made"), [(SPRING, True), (SOON, False)])
def test_a_task_keeps_the_day(
    page_of: PageOf,
    plain: Session,
    cast: Cast,
    worker: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
    day: date,
    made: bool,
) -> None:
    monkeypatch.setattr(verbs, "SMALL", 2)
    page = look(page_of("central"), plain, **on(day))
    worker()
    assert f"действует с {day:%d.%m.%Y}" in page.get(page.response.request.path).text
    run(page)
    worker()
    assert types(plain, cast) == [kind(plain) if made else None] * 4
    assert facts(plain) == {("type_id", None, None, False), ("type_id", day, kind(plain), not made)}
    page.get(page.response.request.path)
    assert ("Запланировано" in page.soup.select_one(".note.ok").get_text()) is not made
    batch = plain.scalars(select(Task.batch)).one()
    page.get(f"/admin/event/undo/?batch={batch}").submit("main form[method=post]")
    worker()
    assert page.get(page.response.request.path).soup.select_one("dl.tally dd").get_text() == "4"
    run(page)
    worker()
    assert (types(plain, cast), facts(plain)) == ([None] * 4, set())


def test_a_day_that_has_come_meanwhile_is_the_past(
    page_of: PageOf,
    plain: Session,
    cast: Cast,
    worker: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
    at_day: Callable[[date], None],
) -> None:
    monkeypatch.setattr(verbs, "SMALL", 2)
    page = look(page_of("central"), plain, **on(SOON))
    worker()
    at_day(SOON)
    run(page)
    worker()
    assert types(plain, cast) == [kind(plain)] * 4
    assert facts(plain) == {("type_id", None, None, False), ("type_id", SOON, kind(plain), False)}
