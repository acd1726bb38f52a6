"""A real browser before the real server, which runs as a process of its own on a database of its own."""

import itertools
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

from admin_app import migrations
from admin_app.extensions import db
from admin_app.reporting import days, scope
from tests import reports as made
from tests.browser import walk_region
from tests.browser.walk_region import Region
from tests.needs import chromium
from tests.people import PASSWORD, Cast

ROOT = Path(__file__).resolve().parents[2]
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
YEARS = itertools.count(2000)
T = TypeVar("T")


@dataclass
class Site:
    """The running product: its address, its database, its people."""

    url: str
    engine: Engine
    cast: Cast

    @contextmanager
    def acting(self, person: str) -> Iterator[Session]:
        """A scoped session in which this person acts; committed at the end."""
        with Session(self.engine) as plain:
            actor = scope.actor_of(self.cast.users[person], plain)
        with scope.acting(actor), scope.ScopedSession(self.engine) as session:
            yield session
            session.commit()

    def reports(self, document: dict[str, Any] = made.DOCUMENT, **filled: str) -> dict[str, int]:
        """Fresh reports of a form, of a school year of their own: ids by organization."""
        year = next(YEARS)
        with self.acting("central") as session, Session(self.engine) as plain:
            during = made.period(session, date(year, 9, 1), date(year + 1, 8, 31))
            ids = made.arrange(session, plain, self.cast, document, during=during, deadline=date(year, 10, 15))
        if filled:
            self.save("school1", ids["school1"], **filled)
        return ids

    def save(self, person: str, report: int, base: int = 0, **cells: str) -> None:
        """A save by a person, past the browser; cells are named like c1_01_4."""
        with self.acting(person) as session:
            made.save(session, report, {name[1:].replace("_", "/"): value for name, value in cells.items()}, base)

    def scalar(self, query: str, **values: Any) -> Any:
        """One value from the database."""
        with self.engine.connect() as connection:
            return connection.scalar(text(query), values)


@pytest.fixture(scope="package")
def site(app: Flask, cast: Cast, server_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The product on a copy of the committed database; the process is ended by its id."""
    aside(leave, app)  # a template must have no other users
    admin = create_engine(server_url.replace("/postgres?", "/template1?"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text("CREATE DATABASE browser TEMPLATE postgres"))
    engine = create_engine(server_url.replace("/postgres?", "/browser?"))
    with served(engine, tmp_path_factory.mktemp("served")) as url:
        yield Site(url, engine, cast)
    engine.dispose()
    with admin.connect() as connection:
        connection.execute(text("DROP DATABASE browser WITH (FORCE)"))
    admin.dispose()


def aside(do: Callable[..., T], *args: Any) -> T:
    """What it returns, done in another thread: Flask's contexts can't end in the one where Playwright's event loop runs."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(do, *args).result()


def leave(app: Flask) -> None:
    """Close the application's connections in this process."""
    with app.app_context():
        db.engine.dispose()


@contextmanager
def served(engine: Engine, data: Path, whole: bool = False) -> Iterator[str]:
    """The web server that `make run` starts, on a free port, from its first answer to its end; ``whole``: the worker too."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    environment = {
        **os.environ,
        "PORT": str(port),
        "HOST": "127.0.0.1",
        "DATABASE_URL": address,
        "MODO_DATA_DIR": str(data),
        "MODO_DEMO": "",
    }
    web = ["granian", "--interface", "asginl", "--no-ws", "--port", str(port), "--log-level", "warning"]
    command = ["admin_app.serve"] if whole else [*web, "--factory", "admin_app.gateway:web"]
    process = subprocess.Popen([sys.executable, "-m", *command], cwd=ROOT, env=environment)
    try:
        url = f"http://127.0.0.1:{port}"
        wait_for(f"{url}/login", process)
        yield url
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def wait_for(address: str, process: "subprocess.Popen[bytes]", seconds: float = 60) -> None:
    """Until the server answers. Fails if it has ended, or after a minute."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        assert process.poll() is None, "the server ended"
        try:
            urllib.request.urlopen(address, timeout=5).close()  # noqa: S310  # our own address
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError(f"{address} did not answer in {seconds:.0f} s")


@pytest.fixture(scope="package")
def region(app: Flask, server_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Region]:
    """The whole product, worker included, with the real ОО-1 in a small region of its own (tests/browser/walk_region.py)."""
    admin = create_engine(server_url.replace("/postgres?", "/template1?"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text("CREATE DATABASE region TEMPLATE template0"))  # the usual one has users: others like this one
    engine = create_engine(server_url.replace("/postgres?", "/region?"))
    migrations.upgrade(engine)
    sample = aside(walk_region.make, app, engine, days.today())
    data = tmp_path_factory.mktemp("region")
    with served(engine, data, whole=True) as url:
        yield Region(url, data / "outbox", sample)
    engine.dispose()
    with admin.connect() as connection:
        connection.execute(text("DROP DATABASE region WITH (FORCE)"))
    admin.dispose()


@pytest.fixture(scope="package")
def browser(cast: Cast) -> Iterator[Browser]:  # is made before the event loop runs
    """One Chromium for all tests here. It is closed before other tests run: its event loop would be in their way."""
    program = chromium()
    if program is None:
        pytest.skip("there is no Chromium: python -m tests.needs gets one")
    expect.set_options(timeout=15_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def cookies(site: Site, browser: Browser) -> Callable[[str], Any]:
    """Each person signs in once, through the real window."""
    kept: dict[str, Any] = {}

    def signed_in(person: str) -> Any:
        if person not in kept:
            with closing(browser.new_context(base_url=site.url)) as context:
                sign_in(context.new_page(), person)
                kept[person] = context.storage_state()
        return kept[person]

    return signed_in


def sign_in(page: Page, person: str) -> None:
    """Through the real window."""
    page.goto("/login")
    page.locator("input[name=identity]").fill(person)
    page.locator("input[type=password]").fill(PASSWORD)
    page.locator("form:has(input[type=password]) button[type=submit], form:has(input[type=password]) button").last.click()
    page.wait_for_url(lambda url: "/login" not in url)


@pytest.fixture
def context_of(site: Site, browser: Browser, cookies: Callable[[str], Any]) -> Iterator[Callable[..., BrowserContext]]:
    """`context_of("school1")`: a browser window of that person; closed after the test. Mistakes on its pages fail the test."""
    opened: list[BrowserContext] = []
    wrong: list[str] = []

    def make(person: str, **options: Any) -> BrowserContext:
        context = browser.new_context(
            base_url=site.url, storage_state=cookies(person), **{"viewport": {"width": 1600, "height": 1000}, **options}
        )
        context.on("weberror", lambda error: wrong.append(str(error.error)))
        context.on(
            "console",
            lambda message: message.type == "error" and "Content Security Policy" in message.text and wrong.append(message.text),
        )
        context.set_default_timeout(10_000)
        opened.append(context)
        return context

    yield make
    for context in opened:
        context.close()
    assert not wrong, wrong


@pytest.fixture
def open_report(context_of: Callable[..., BrowserContext]) -> Callable[..., Page]:
    """`open_report(id, section="2.1")`: the page, ready to type."""

    def go(report: int, section: str = "", person: str = "school1", **options: Any) -> Page:
        page = context_of(person, **options).new_page()
        page.goto(f"/reports/{report}" + (f"?section={section}" if section else ""))
        ready(page)
        return page

    return go


def ready(page: Page) -> None:
    """Until the page's scripts have taken over the table."""
    page.locator("html[data-ready]").wait_for()
