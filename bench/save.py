"""The save of a report and what it lies in, on the real ОО-1 with the filled sample, in a real PostgreSQL.

First the product: a save of 50 cells with history, merge, recalculation, all checks and the commit, by `sheet.save`. Then two
layouts of the same values (one row per section, one vector per report), by plain SQL, so that only the layouts differ:
storing 50 changed cells, reading what the page of one section needs, adding up 200 reports.
"""

import json
import os
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from random import Random
from statistics import median, quantiles
from typing import Any

import numpy as np
import psycopg
from sqlalchemy import Engine, create_engine, event, select

from admin_app import migrations, postgres
from admin_app.reporting import forms, reports, scope, sheet, storage
from admin_app.reporting.actor import Actor, Reach, everything
from admin_app.reporting.formula import Program
from models import Campaign, Level, Organization, Period, PeriodKind, Report, RoleName
from seed.forms import document, sample

SAVES = 60
REPORTS = 200
CELLS = 50
Figures = dict[str, list[float]]


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory(prefix="modo-bench-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        address = postgres.embedded(Path(folder) / "postgres")
        engine = create_engine(postgres.with_driver(address))
        migrations.upgrade(engine)
        program = product(engine, Path(folder))
        with psycopg.connect(address) as connection:
            layouts(connection, program)
        engine.dispose()
        postgres.leave(Path(folder).resolve() / "postgres", os.getpid())


# ── The product ──────────────────────────────────────────────────────────────────────────────────────────────────────


def product(engine: Engine, folder: Path) -> Program:
    """Saves through the verb, with the statements counted."""
    forms.keep_in(folder / "compiled")
    start = time.perf_counter()
    report_id, actor = arrange(engine)
    print(f"ОО-1 compiled, loaded, campaign opened: {time.perf_counter() - start:.1f} s")
    with acting(engine, actor) as session:
        report = session.get(Report, report_id)
        assert report is not None
        program = forms.program(report.campaign.form_version)
    typed = {a: text(v) for a, v in filled(program).items()}
    start = time.perf_counter()
    with acting(engine, actor) as session:
        saved = sheet.save(session, report_id, typed, 0, uuid.uuid4())
        session.commit()
    print(f"the filled sample, {len(typed)} cells, saved in {1e3 * (time.perf_counter() - start):.0f} ms")
    print(f"findings on it: {len(saved.findings)}, rejected {len(saved.rejected)}")
    figures, own, statements = saves(engine, actor, report_id, sorted(typed))
    report_figures("save of 50 cells, in process, committed", figures)
    report_figures("  of it: time of this process (not the database's)", own)
    print(f"{'':52}statements: {max(statements)} at most, the transaction's own aside")
    report_figures("open the whole report", [timed(lambda: opened(engine, actor, report_id)) for _ in range(30)])
    report_figures("open one section", [timed(lambda: opened(engine, actor, report_id, "2.1.1.1")) for _ in range(30)])
    parts(program)
    return program


def arrange(engine: Engine) -> tuple[int, Actor]:
    """A region with one school that files ОО-1; its report's id and its clerk."""
    with acting(engine, everything("bench")) as session:
        region = Organization(level=Level.REGION, short_name="Регион", full_name="Регион")
        session.add(region)
        session.flush()
        school = Organization(level=Level.ORGANIZATION, parent_id=region.id, short_name="Школа", full_name="Школа")
        period = Period(kind=PeriodKind.SCHOOL_YEAR, title="2025/26", starts_on=date(2025, 9, 1), ends_on=date(2026, 8, 31))
        session.add_all([school, period])
        version = forms.load_form(session, document("oo1"))
        campaign = Campaign(form_version=version, period=period, title="ОО-1", deadline=date(2026, 10, 15))
        session.add(campaign)
        session.flush()
        reports.open_campaign(session, campaign)
        report_id = session.scalars(select(Report.id)).one()
        session.refresh(school)
        actor = Actor(None, "Первая М. П.", (Reach(RoleName.ORGANIZATION, school.id, school.path),))
        session.commit()
        return report_id, actor


@contextmanager
def acting(engine: Engine, actor: Actor) -> Iterator[scope.ScopedSession]:
    """One request: a session of its own, begun and ended."""
    with scope.acting(actor), scope.ScopedSession(engine) as session:
        yield session


def saves(engine: Engine, actor: Actor, report_id: int, cells: list[str]) -> tuple[list[float], list[float], list[int]]:
    """Seconds of each save of 50 neighbouring cells, by the clock and of this process alone, and the statements it took."""
    random = Random(1)
    counted: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *given: counted.append(given[2]))
    figures, own, statements = [], [], []
    base = 1
    for _ in range(SAVES):
        start = random.randrange(len(cells) - CELLS)
        changes = {cell: str(random.randrange(2)) for cell in cells[start : start + CELLS]}
        counted.clear()
        began, busy = time.perf_counter(), time.process_time()
        with acting(engine, actor) as session:
            base = sheet.save(session, report_id, changes, base, uuid.uuid4()).revision
            session.commit()
        figures.append(time.perf_counter() - began)
        own.append(time.process_time() - busy)
        statements.append(len(counted))
    return figures, own, statements


def opened(engine: Engine, actor: Actor, report_id: int, only: str | None = None) -> None:
    """Read a report as its page does."""
    with acting(engine, actor) as session:
        report = session.get(Report, report_id)
        assert report is not None
        sheet.load(session, report, only)


def filled(program: Program) -> dict[str, float]:
    """The sample as a school files it: sections that would be all zeros are left alone."""
    values = {address: value for address, value in sample("oo1").items() if program.cells[address].kind == "input"}
    used = {address.split("/")[0] for address, value in values.items() if value}
    return {address: value for address, value in values.items() if address.split("/")[0] in used}


def parts(program: Program) -> None:
    """What the calculation alone costs."""
    values = program.blank()
    for address, value in filled(program).items():
        program.put(values, program.cells[address], value)
    report_figures("  of it: calc", [timed(lambda: program.calc(values)) for _ in range(30)])
    report_figures("  of it: all checks", [timed(lambda: program.check(values)) for _ in range(30)])


# ── The layouts ──────────────────────────────────────────────────────────────────────────────────────────────────────

TABLES = """
CREATE TABLE vector (id int PRIMARY KEY, numbers bytea NOT NULL, texts jsonb NOT NULL DEFAULT '{}');
CREATE TABLE vector_external (LIKE vector INCLUDING ALL); ALTER TABLE vector_external ALTER numbers SET STORAGE EXTERNAL;
CREATE TABLE section (id int, code text, numbers bytea NOT NULL, texts jsonb NOT NULL DEFAULT '{}', PRIMARY KEY (id, code));
CREATE TABLE revision (id int, number int, delta jsonb NOT NULL, PRIMARY KEY (id, number));
"""


def layouts(connection: psycopg.Connection, program: Program) -> None:
    """Both layouts side by side."""
    connection.execute(TABLES)
    values = program.blank()
    for address, value in filled(program).items():
        program.put(values, program.cells[address], value)
    program.calc(values)
    empty = storage.untouched(program)
    used = storage.changed(program, empty, values)
    packed = {code: program.pack(values, code) for code in program.section_slots}
    whole = b"".join(packed.values())
    fill(connection, packed, used, whole)
    print(f"\n{len(used)} of {len(packed)} sections are not empty; a vector has {len(whole) / 1e3:.0f} kB")
    delta = json.dumps([[f"2.1.1.1/0{n % 9 + 1}/{n % 14 + 4}", n, n + 1] for n in range(CELLS)])
    for name in ("vector", "vector_external"):
        layout(connection, name, delta, VectorLayout(name, program, whole))
    layout(connection, "section", delta, SectionLayout(program, packed))


def fill(connection: psycopg.Connection, packed: dict[str, bytes], used: list[str], whole: bytes) -> None:
    """The same filled report 200 times in every layout."""
    with connection.cursor() as cursor:
        for name in ("vector", "vector_external"):
            cursor.executemany(f"INSERT INTO {name} (id, numbers) VALUES (%s, %s)", [(n, whole) for n in range(REPORTS)])  # noqa: S608
        rows = [(n, code, packed[code]) for n in range(REPORTS) for code in used]
        cursor.executemany("INSERT INTO section (id, code, numbers) VALUES (%s, %s, %s)", rows)
    connection.commit()
    connection.autocommit = True
    connection.execute("VACUUM ANALYZE")
    connection.autocommit = False


class VectorLayout:
    """One row per report."""

    def __init__(self, table: str, program: Program, whole: bytes) -> None:
        self.table, self.program, self.whole = table, program, whole
        self.size = len(whole)

    def store(self, connection: psycopg.Connection) -> None:
        connection.execute(f"SELECT numbers, texts FROM {self.table} WHERE id = 7").fetchone()  # noqa: S608
        connection.execute(f"UPDATE {self.table} SET numbers = %s WHERE id = 7", (self.whole,))  # noqa: S608

    def open(self, connection: psycopg.Connection) -> None:
        slots = self.program.section_slots["2.1.1.1"]
        query = f"SELECT substr(numbers, %s, %s), texts FROM {self.table} WHERE id = 7"  # noqa: S608
        connection.execute(query, (8 * slots.start + 1, 8 * len(slots))).fetchone()

    def total(self, connection: psycopg.Connection) -> None:
        total = np.zeros(self.size // 8)
        with connection.cursor(binary=True) as cursor:
            for (numbers,) in cursor.execute(f"SELECT numbers FROM {self.table}"):  # noqa: S608
                total += np.frombuffer(numbers)


class SectionLayout:
    """One row per section that is not empty."""

    def __init__(self, program: Program, packed: dict[str, bytes]) -> None:
        self.program, self.packed = program, packed

    def store(self, connection: psycopg.Connection) -> None:
        connection.execute("SELECT code, numbers, texts FROM section WHERE id = 7").fetchall()
        for code in ("2.1.1.1", "3.1"):
            connection.execute("UPDATE section SET numbers = %s WHERE id = 7 AND code = %s", (self.packed[code], code))

    def open(self, connection: psycopg.Connection) -> None:
        connection.execute("SELECT numbers, texts FROM section WHERE id = 7 AND code = '2.1.1.1'").fetchone()

    def total(self, connection: psycopg.Connection) -> None:
        totals = {code: np.zeros(len(numbers) // 8) for code, numbers in self.packed.items()}
        with connection.cursor(binary=True) as cursor:
            for code, numbers in cursor.execute("SELECT code, numbers FROM section"):
                totals[code] += np.frombuffer(numbers)


def layout(connection: psycopg.Connection, name: str, delta: str, of: Any) -> None:
    """The three jobs in one layout."""
    numbers = iter(range(10**6))

    def store() -> None:
        of.store(connection)
        connection.execute("INSERT INTO revision VALUES (%s, %s, %s)", (hash(name) % 1000, next(numbers), delta))
        connection.commit()

    report_figures(f"{name}: store 50 cells, history, commit", [timed(store) for _ in range(40)])
    report_figures(f"{name}: read one section", [timed(lambda: of.open(connection)) for _ in range(40)])
    report_figures(f"{name}: add up {REPORTS} reports", [timed(lambda: of.total(connection)) for _ in range(5)])
    connection.commit()
    size = connection.execute("SELECT pg_total_relation_size(%s)", (name,)).fetchone()
    assert size is not None
    print(f"{'':52}{size[0] / 1e3 / REPORTS:8.0f} kB a report on disk")


def timed(work: Callable[[], object]) -> float:
    """Seconds of one call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def report_figures(name: str, seconds: list[float]) -> None:
    """One line: the best (what a quiet machine does), median and 95th percentile in milliseconds."""
    high = quantiles(seconds, n=20)[-1]
    print(f"{name:52}{1e3 * min(seconds):8.2f} best {1e3 * median(seconds):8.2f} p50 {1e3 * high:8.2f} p95 ms")


def text(value: float) -> str:
    """A number as a person types it."""
    return f"{value:g}".replace(".", ",")


if __name__ == "__main__":
    sys.exit(main())
