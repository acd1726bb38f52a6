"""An import of 10,000 rows in the worker: when its first mistakes are seen, its memory, and what others notice of it meanwhile.

Aims: first mistakes within 5 s, at most 120 MB more, other people's saves no more than twice as slow.
"""

import io
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app import migrations, postgres
from admin_app.config import Settings
from admin_app.extensions import db
from admin_app.reporting import codes, days
from admin_app.reporting.exchange import writer
from models import ImportRun
from tests.page import Page
from tests.people import PASSWORD, cast
from wsgi import create_app

ROWS, WRONG = 10_000, 50  # lines; every so many-th has a mistake
SAVES = 60
FIRST, MEMORY, SLOWER = 5.0, 120, 2.0
HEADS = ("Краткое наименование", "Полное наименование", "ИНН", "КПП", "Адрес", "Телефон", "Электронная почта", "ФИО руководителя")


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory(prefix="modo-bench-", ignore_cleanup_errors=True) as folder:
        data_dir = Path(folder)
        url = postgres.with_driver(postgres.embedded(data_dir / "postgres"))
        app = create_app(Settings(data_dir=data_dir, database_url=url, secret_key="bench-" * 8))
        with app.app_context():
            migrations.upgrade(db.engine)
            with Session(db.engine) as session, session.begin():
                made = cast(session)
        page = Page(app.test_client()).sign_in("central", PASSWORD)
        other = Page(app.test_client()).sign_in("bratsk", PASSWORD)
        worker = start_worker(data_dir, url)
        try:
            figures(app, page, lambda number: save(other, made.organizations["school2"], number), worker)
        finally:
            worker.send_signal(signal.SIGTERM)
            worker.wait(60)


def start_worker(data_dir: Path, url: str) -> subprocess.Popen[bytes]:
    """The worker in its own process, as `make run` starts it; ready when it has done nothing for a while."""
    environment = os.environ | {"MODO_DATA_DIR": str(data_dir), "DATABASE_URL": url, "FLASK_APP": "wsgi:create_app"}
    worker = subprocess.Popen([sys.executable, "-m", "flask", "worker"], env=environment | {"SECRET_KEY": "bench-" * 8})
    time.sleep(6)
    return worker


def registry() -> bytes:
    """10,000 organizations as an XLSX, some of them mistyped."""
    lines = [line(number, number % WRONG == WRONG - 1) for number in range(ROWS)]
    about = writer.About("bench", "bench", days.now())
    return b"".join(writer.xlsx([*HEADS, "Вышестоящая организация"], lines, about))


def line(number: int, wrong: bool) -> list[str]:
    """One organization; a wrong one has a mistyped INN."""
    name, base = f"Школа № {number}", f"38{number:07}"
    check = codes.weighted(base, codes.INN_10) % 11 % 10
    inn = f"{base}{(check + 1) % 10 if wrong else check}"
    place = f"665700, Иркутская область, г. Братск, ул. Школьная, д. {number}"
    office = "Управление образования Братска"
    person = "Иванова Анна Андреевна"
    return [name, f"Муниципальное бюджетное учреждение «{name}»", inn, "380501001", place, "+7 (3953) 12-34-56",
            f"school{number}@modo.example", person, office]  # fmt: skip


def save(page: Page, school: int, number: int) -> float:
    """Seconds that somebody else's save of a card takes."""
    address = f"/admin/organization/edit/?id={school}"
    page.get(address)
    started = time.perf_counter()
    page.submit("form.sheet", site=f"school{number}.ru")
    return time.perf_counter() - started


def memory(worker: Any, field: str) -> int:
    """The worker's memory in kB: VmRSS now, VmHWM at most so far."""
    status = Path(f"/proc/{worker.pid}/status").read_text()
    return int(re.search(rf"{field}:\s+(\d+)", status)[1])  # type: ignore[index]


def figures(app: Flask, page: Page, save: Callable[[int], float], worker: Any) -> None:
    """Import the file, while somebody else saves."""
    quiet = [save(number) for number in range(SAVES)]
    before = memory(worker, "VmRSS")
    page.get("/admin/imports/")
    sent = {"file": (io.BytesIO(registry()), "registry.xlsx"), "table": "organization"}
    started = time.perf_counter()
    page.post("/admin/imports/", sent)
    upload = time.perf_counter() - started
    started = time.perf_counter()
    page.submit("form:has(table)")
    first = wait(app, lambda run: bool(run.counts.get("error")))
    first_seen = first - started
    busy = saves_until(app, save, "ready")
    checked = time.perf_counter() - started
    page.get(page.response.request.path)
    started = time.perf_counter()
    page.submit("form:has(input[value=run])", without="1")
    busy_too = saves_until(app, save, "done")
    done = time.perf_counter() - started
    more = (memory(worker, "VmHWM") - before) / 1024
    told(upload, first_seen, checked, done, more)
    slower("the check", quiet, busy)
    slower("the import", quiet, busy_too)


def told(upload: float, first: float, checked: float, done: float, more: float) -> None:
    """The times and the memory."""
    print(f"{ROWS:,} lines: uploaded in {upload:.1f} s, all checked in {checked:.0f} s, imported in {done:.0f} s")
    print(f"first mistakes after {first:.1f} s (aim: {FIRST:.0f}) {verdict(first <= FIRST)}")
    print(f"memory of the worker: {more:.0f} MB more at most (aim: {MEMORY}) {verdict(more <= MEMORY)}")


def slower(what: str, quiet: list[float], busy: list[float]) -> None:
    """How much slower saves are."""
    ratio = median(busy) / median(quiet)
    figures = f"{median(quiet) * 1000:.0f} ms quiet, {median(busy) * 1000:.0f} ms during {what} ({len(busy)} saves)"
    print(f"somebody else's save, p50: {figures}: {ratio:.1f} times (aim: {SLOWER:.0f}) {verdict(ratio <= SLOWER)}")


def verdict(good: bool) -> str:
    """In a word."""
    return "— met" if good else "— MISSED"


def now_of(app: Flask) -> ImportRun:
    """The import as it is."""
    with app.app_context(), Session(db.engine) as session:
        return session.scalars(select(ImportRun)).one()


def wait(app: Flask, until: Callable[[ImportRun], bool]) -> float:
    """The moment at which it is so."""
    while not until(now_of(app)):
        time.sleep(0.05)
    return time.perf_counter()


def saves_until(app: Flask, save: Callable[[int], float], state: str) -> list[float]:
    """Somebody else's saves until the import is so far."""
    found: list[float] = []
    while (run := now_of(app)).state != state:
        if run.state in {"failed", "cancelled"} or run.error:
            raise SystemExit(f"the import stopped: {run.error}")
        found.append(save(len(found)))
        time.sleep(0.2)
    return found
