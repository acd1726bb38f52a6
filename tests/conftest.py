"""One real PostgreSQL and one application for all tests; each test in a transaction that is rolled back.

- `app`, `cast`: made once, committed; `session`: the scoped session as nobody (use `scope.acting` or `as_(name)`);
- `page_of(name)`: a signed-in client that checks the house rules on every page it reads (tests/page.py);
- `database`: a committed database of the test's own, for threads, processes and servers.
"""

import contextlib
import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.orm import ORMExecuteState, Session

from admin_app import migrations, postgres
from admin_app.config import Settings
from admin_app.extensions import Database, db
from admin_app.reporting import days, rowlevel, scope
from tests.page import Page, Visitor
from tests.people import PASSWORD, Cast
from tests.people import cast as make_cast
from wsgi import create_app

NUMBERS = itertools.count(1)


@event.listens_for(Session, "do_orm_execute")
def unbind(state: ORMExecuteState) -> None:
    """Here plain sessions share the one connection with scoped ones, which bind it to their actor."""
    if type(state.session) is Session:
        rowlevel.hold(state.session.connection(), rowlevel.FREE)


@event.listens_for(Session, "before_flush")
def unbind_flush(session: Session, _context: object, _instances: object) -> None:
    """The same for what they write."""
    if type(session) is Session:
        rowlevel.hold(session.connection(), rowlevel.FREE)


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory for the whole run."""
    return tmp_path_factory.mktemp("instance")


@pytest.fixture(scope="session")
def server_url(data_dir: Path) -> str:
    """The address of the run's own embedded PostgreSQL; the server ends with this process. Its day is the product's."""
    return postgres.in_zone(postgres.with_driver(postgres.embedded(data_dir / "postgres")), days.zone())


@pytest.fixture(scope="session")
def app(data_dir: Path, server_url: str) -> Iterator[Flask]:
    """The application on a migrated database."""
    engine = create_engine(server_url)
    migrations.upgrade(engine)
    engine.dispose()
    app = create_app(Settings(data_dir=data_dir, database_url=server_url, secret_key="test-" * 8))
    app.testing = True
    app.test_client_class = Visitor
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="session")
def cast(app: Flask) -> Cast:
    """The people of tests/people.py, committed."""
    with app.app_context(), Session(db.engine) as session, session.begin():
        return make_cast(session)


@pytest.fixture
def connection(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Iterator[Connection]:
    """The one connection of this test: whatever commits on it is rolled back at the end."""
    with app.app_context():
        engine = db.engine
    with engine.connect() as connection:  # closing it rolls back
        connection.begin()
        connection.begin_nested()  # so that sessions on it work in savepoints of their own
        monkeypatch.setattr(Database, "engine", property(lambda _: connection))
        yield connection


@pytest.fixture
def context(app: Flask, connection: Connection) -> Iterator[None]:
    """An application context inside the test's transaction."""
    with app.app_context():
        yield
        if transaction := connection.get_transaction():
            transaction.rollback()  # all savepoints of all sessions at once: they lie inside one another in no known order
    scope.begin(scope.NOBODY)


@pytest.fixture
def session(context: None) -> Session:
    """The scoped session; acts as nobody until told otherwise."""
    return db.session


@pytest.fixture
def plain(context: None) -> Session:
    """The unscoped session that sees everything, to arrange and to look."""
    return db.get_session("auth")


@pytest.fixture
def as_(plain: Session, cast: Cast) -> Callable[[str], contextlib.AbstractContextManager[object]]:
    """`with as_("school1"):` what follows is done by that person."""
    return lambda name: scope.acting(scope.actor_of(cast.users[name], plain))


@pytest.fixture
def page(app: Flask, connection: Connection) -> Page:
    """A stranger's client."""
    return Page(app.test_client())


@pytest.fixture
def page_of(app: Flask, connection: Connection) -> Callable[[str], Page]:
    """`page_of("irkutsk")`: that person's client, signed in through the real window."""
    return lambda name: Page(app.test_client()).sign_in(name, PASSWORD)


@pytest.fixture
def database(server_url: str, app: Flask, cast: Cast) -> Iterator[Engine]:
    """A copy of the committed database, for tests with several connections; dropped at the end."""
    name = f"copy_{next(NUMBERS)}"
    with app.app_context():
        db.engine.dispose()  # a template must have no other users
    admin = create_engine(server_url.replace("/postgres?", "/template1?"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE postgres"))
    engine = create_engine(server_url.replace("/postgres?", f"/{name}?"))
    yield engine
    engine.dispose()
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()
