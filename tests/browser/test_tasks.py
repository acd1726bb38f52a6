"""A task's page in a real browser: it follows the work by itself, and axe finds nothing at any of its steps."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, expect
from sqlalchemy import update
from sqlalchemy.orm import Session

from models import Task, TaskKind, TaskState
from tests.browser.conftest import Site
from tests.browser.test_looks import violations

ContextOf = Callable[..., BrowserContext]
PAIRS = [["Дата закрытия", "", "31.12.2030"]]
BULK = {"of": 3, "ready": 1, "same": 1, "refused": 1, "lost": 0, "consequences": {"closed": 1, "closed_reports": 2}}
LINE = {"label": "Телефон", "now": "1", "back": "2", "place": "organization.1.phone", "since": "Иванова М. П.", "chosen": False}
STEP = {"table": "organization", "key": 1, "title": "СОШ", "kind": "Организация", "does": "", "refused": "", "lines": [LINE]}
UNDO = {"of": 2, "ready": 1, "left": 1, "refused": 0, "hidden": 0, "rows": [STEP | {"place": "", "chosen": False}]}


def task(site: Site, kind: TaskKind, asked: dict[str, Any]) -> int:
    """A task of the central operator that is being looked through."""
    with Session(site.engine) as plain, plain.begin():
        made = Task(
            owner_id=site.cast.users["central"], kind=kind, title="Школы", table_name="organization", total=3, asked=asked
        )
        plain.add(made)
        plain.flush()
        return made.id


def goes_on(site: Site, key: int, **values: Any) -> None:
    """What the worker has done."""
    with Session(site.engine) as plain, plain.begin():
        plain.execute(update(Task).where(Task.id == key).values(**values))


@pytest.mark.parametrize("view", ["light", "dark"])
@pytest.mark.parametrize("kind", list(TaskKind))
def test_the_page_follows_the_work(site: Site, context_of: ContextOf, kind: TaskKind, view: str) -> None:
    rows = [{"key": site.cast.organizations["school1"], "title": "СОШ № 1", "pairs": PAIRS}]
    reasons = [["Нельзя.", 1, [[site.cast.organizations["region"], "Область"]]]]
    found = BULK | {"rows": rows, "reasons": reasons} if kind is TaskKind.BULK else UNDO
    key = task(site, kind, {"rows": "", "sent": [], "take": []})
    context = context_of("central")
    context.add_cookies([{"name": "view", "value": view, "url": site.url}])
    page = context.new_page()
    page.goto(f"/admin/tasks/{key}/")
    expect(page.locator("progress")).to_be_visible()
    assert violations(page) == []
    goes_on(site, key, state=TaskState.READY, found=found, total=1)
    expect(page.locator("button[value=run]")).to_be_visible()
    expect(page).to_have_title("Школы: Ждет вашего решения · МОДО")
    assert violations(page) == []
    goes_on(site, key, state=TaskState.DONE, done=1)
    page.reload()
    expect(page.locator("[data-status=done]")).to_be_visible()
    page.goto("/admin/tasks/")
    assert violations(page) == []


def test_a_phone_shows_it_whole(site: Site, context_of: ContextOf) -> None:
    key = task(site, TaskKind.UNDO, {"take": []})
    goes_on(site, key, state=TaskState.READY, found=UNDO, total=1)
    page = context_of("central").new_page()
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"/admin/tasks/{key}/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
