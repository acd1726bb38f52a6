"""Lists that each process keeps are never older than the request that reads them."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, select, text, update
from sqlalchemy.orm import Session

from admin_app.config import Settings
from admin_app.extensions import db
from admin_app.reporting import days, lists, scope
from models import Attribute, AttributeKind, Classifier, ClassifierItem, RoleName
from tests.page import Page, Visitor
from tests.people import PASSWORD, Cast
from wsgi import create_app

READER = scope.Actor(1, "Ч И.", (scope.Reach(RoleName.CENTRAL, 1, "/1/"),))


def titles(session: Session) -> list[str]:
    return list(session.scalars(select(ClassifierItem.title).order_by(ClassifierItem.id)))


@pytest.fixture
def item(plain: Session) -> ClassifierItem:
    """An item of a list."""
    made = ClassifierItem(classifier=Classifier(code="kept", title="Список"), code="1", title="Один")
    plain.add(made)
    plain.flush()
    return made


@pytest.fixture
def asked(session: Session, plain: Session, item: ClassifierItem) -> Iterator[Callable[[], int]]:
    """A request that begins now reads the lists; how often they have been asked for so far."""
    times = []

    def ask(some: Session) -> list[str]:
        times.append(1)
        return titles(some)

    def read() -> int:
        lists.begin(plain.scalar(select(lists.stamp())))
        assert lists.kept(session, "titles of a test", ask) == titles(plain)
        return len(times)

    with scope.acting(READER):
        yield read
    lists.begin(None)


def test_they_are_asked_for_once(asked: Callable[[], int]) -> None:
    assert [asked(), asked(), asked()] == [1, 1, 1]


@pytest.mark.parametrize("way", ["flush", "update", "new", "delete"])
def test_whatever_changes_them_is_seen_by_the_next_request(
    asked: Callable[[], int], plain: Session, item: ClassifierItem, way: str
) -> None:
    asked()
    if way == "flush":
        item.title = "Другой"
    elif way == "update":
        plain.execute(update(ClassifierItem).values(title="Другие"))
    elif way == "new":
        plain.add(ClassifierItem(classifier_id=item.classifier_id, code="2", title="Два"))
    else:
        plain.delete(item)
    plain.flush()
    assert [asked(), asked()] == [2, 2]


def test_what_is_taken_back_was_never_there(asked: Callable[[], int], plain: Session, item: ClassifierItem) -> None:
    asked()
    with plain.begin_nested() as point:
        item.title = "Передумали"
        plain.flush()
        asked()
        point.rollback()
    asked()


def test_a_request_sees_what_it_has_itself_changed(asked: Callable[[], int], session: Session, item: ClassifierItem) -> None:
    asked()
    mine = session.get_one(ClassifierItem, item.id)
    mine.title = "Мой"
    session.flush()
    assert "Мой" in lists.kept(session, "titles of a test", titles)
    assert lists.copy() is None


def test_a_copy_is_of_its_day(asked: Callable[[], int], monkeypatch: pytest.MonkeyPatch) -> None:
    asked()
    monkeypatch.setattr(days, "today", lambda: date(2030, 1, 1))
    assert asked() == 2


def test_nobody_gets_nothing_out_of_a_copy(asked: Callable[[], int], session: Session) -> None:
    asked()
    with scope.acting(scope.NOBODY):
        assert lists.kept(session, "titles of a test", titles) == []


def test_rows_are_asked_for_by_name(asked: Callable[[], int], session: Session, item: ClassifierItem) -> None:
    asked()
    wanted: list[set[int]] = []

    def ask(some: Session, names: set[int]) -> dict[int, str]:
        wanted.append(names)
        rows = some.execute(select(ClassifierItem.id, ClassifierItem.title).where(ClassifierItem.id.in_(names)))
        return {row.id: row.title for row in rows}

    for names in ([item.id], [item.id, 10**6], [10**6]):
        assert lists.each(session, "rows of a test", names, ask) == ({item.id: "Один"} if item.id in names else {})
    assert wanted == [{item.id}, {10**6}]


def test_a_job_holds_them(session: Session, plain: Session, item: ClassifierItem) -> None:
    with scope.acting(READER), lists.held(plain):
        assert lists.copy() is not None
    assert lists.copy() is None


def test_two_processes_agree(database: Engine, data_dir: Path, cast: Cast) -> None:
    """Two applications on one database: what one's person saves, the other's next page shows, and no later one forgets."""
    url = database.url.render_as_string(hide_password=False)
    apps = [create_app(Settings(data_dir=data_dir, database_url=url, secret_key=f"test-{n}-" * 8)) for n in (1, 2)]
    try:
        pages = [signed_in(app, name) for app, name in zip(apps, ("central", "irkutsk"), strict=True)]
        for number in range(3):
            pages[1].get("/admin/organization/new/")
            assert f"Смены {number}" not in pages[1].text
            with Session(database) as other, other.begin():
                other.add(Attribute(code=f"shifts_{number}", title=f"Смены {number}", kind=AttributeKind.NUMBER))
            for page in (*pages, *pages):
                page.get(
                    "/admin/organization/new/"
                    if page is pages[1]
                    else f"/admin/organization/edit/?id={cast.organizations['school1']}"
                )
                assert f"Смены {number}" in page.text
    finally:
        for app in apps:
            with app.app_context():
                db.engine.dispose()


def signed_in(app: Flask, name: str) -> Page:
    """A person's client of this application."""
    app.testing = True
    app.test_client_class = Visitor
    return Page(app.test_client()).sign_in(name, PASSWORD)


def test_a_connection_that_lost_its_server_is_not_used(database: Engine, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Connections that have rested are asked whether they live: a page after a restart of the server is a page."""
    monkeypatch.setattr("admin_app.extensions.RESTED", 0.0)
    url = database.url.render_as_string(hide_password=False)
    app = create_app(Settings(data_dir=data_dir, database_url=url, secret_key="test-" * 8))
    page = signed_in(app, "central")
    all_others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with database.connect() as connection:
        assert connection.execute(text("SELECT pg_terminate_backend(pid) " + all_others)).all()
    page.get("/admin/organization/")
    with app.app_context():
        db.engine.dispose()
