"""The report page on its widest section, ОО-1 2.1.2.1: 33 rows × 50 columns, 1,444 grey cells, each a real field.

The server alone (in process, everything but the network), then a real Chromium before the real server: from the address to a
table that takes keys, from a key to the painted total, the recalculation of the whole form after one edit. Beside them, on the
same table without our scripts: a field in every grey cell against one floating field that moves about, as spreadsheets in the
browser have it. ``python -m bench.page``
"""

import gzip
import json
import os
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page, sync_playwright
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.orm import Session

from admin_app import migrations, postgres
from admin_app.config import Settings
from admin_app.extensions import db
from admin_app.reporting import forms, scope, sheet
from models import Report
from seed.forms import document, sample
from tests import reports as made
from tests.browser.conftest import ARGUMENTS, ready, served, sign_in
from tests.needs import chromium
from tests.page import Page as Client
from tests.people import PASSWORD, cast
from wsgi import create_app

SECTION = "2.1.2.1"
TIMES = 40
EDIT = """async times => {
    const fields = [...document.querySelectorAll("#grid input")], out = [];
    for (let i = 0; i < times; i++) {
        const field = fields[60 + i * 7], start = performance.now();
        field.focus(); field.value = String(i + 1); field.dispatchEvent(new InputEvent("input", {bubbles: true}));
        const typed = performance.now() - start;
        await new Promise(done => requestAnimationFrame(() => setTimeout(done)));
        out.push([typed, performance.now() - start]);
    }
    return out;
}"""
CALCULATE = """async ([address, times]) => {
    const form = await import(address), v = new Float64Array(form.size), m = new Uint8Array(form.size), out = [];
    for (let i = 0; i < times; i++) {
        v[i * 11] = i; m[i * 11] = 1;
        const start = performance.now(); form.calc(v, m); const calculated = performance.now(); form.check(v, m);
        out.push([calculated - start, performance.now() - calculated]);
    }
    return out;
}"""
SAVE = """async ([report, cells, times]) => {
    const token = document.querySelector("input[name=csrf_token]").value, out = [];
    let base = (await (await fetch(`/reports/${report}/values`)).json()).revision;
    for (let i = 0; i < times; i++) {
        const typed = Object.fromEntries(cells.map((cell, at) => [cell, String((at + i) % 9 + 1)]));
        const body = JSON.stringify({base, key: crypto.randomUUID(), cells: typed}), start = performance.now();
        const answer = await fetch(`/reports/${report}/cells`, {
            method: "POST", body,
            headers: {"Content-Type": "application/json", "Accept": "application/json", "X-CSRFToken": token},
        });
        const saved = await answer.json();
        out.push(performance.now() - start);
        if (!answer.ok || saved.rejected.length) throw new Error(JSON.stringify(saved).slice(0, 300));
        base = saved.revision;
    }
    return out;
}"""
FLOATING = """async ([floating, times]) => {
    const table = document.getElementById("grid").cloneNode(true);
    document.getElementById("grid").replaceWith(table);
    const cells = [...table.querySelectorAll("td.in")], total = table.querySelector("td.calc"), out = [];
    if (floating) for (const cell of cells) cell.textContent = cell.firstElementChild.value;
    const editor = document.createElement("input");
    await new Promise(done => requestAnimationFrame(() => setTimeout(done)));
    for (let i = 0; i < times; i++) {
        const cell = cells[60 + i * 7], start = performance.now();
        if (floating) cell.replaceChildren(editor);
        const field = floating ? editor : cell.firstElementChild;
        field.focus(); field.value = String(i + 1); total.textContent = String(i);
        await new Promise(done => requestAnimationFrame(() => setTimeout(done)));
        if (floating) cell.textContent = editor.value;
        out.push(performance.now() - start);
    }
    return out;
}"""


@dataclass
class Stage:
    """The product with one filled report."""

    app: Flask
    engine: Engine
    report: int
    script: str


@contextmanager
def stage(folder: Path) -> Iterator[Stage]:
    """A database of its own with the cast, ОО-1, and the sample report typed in by school1."""
    address = postgres.with_driver(postgres.embedded(folder / "postgres"))
    engine = create_engine(address)
    migrations.upgrade(engine)
    app = create_app(Settings(data_dir=folder, database_url=address, secret_key="bench-" * 8))
    with app.app_context():
        report, digest = arrange(engine)
    yield Stage(app, engine, report, f"/forms/js/{digest}.js")
    engine.dispose()
    with app.app_context():
        db.engine.dispose()
    postgres.leave((folder / "postgres").resolve(), os.getpid())


def arrange(engine: Engine) -> tuple[int, str]:
    """The id of the filled report, the digest of its form."""
    with scope.ScopedSession(engine) as session, Session(engine) as plain:
        people = cast(plain)
        plain.commit()
        report_id = made.arrange(session, plain, people, document("oo1"))["school1"]
        with scope.acting(scope.actor_of(people.users["school1"], plain)):
            version = session.get_one(Report, report_id).campaign.form_version
            cells = forms.program(version).cells
            typed = {cell: f"{value:g}" for cell, value in sample("oo1").items() if cells[cell].kind == "input"}
            sheet.save(session, report_id, typed, 0, uuid.uuid4())
            session.commit()
            return report_id, version.digest


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory(prefix="modo-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o711)
        with stage(folder) as made_stage:
            server(made_stage)
            with served(made_stage.engine, folder) as url:
                in_the_browser(made_stage, url)


def server(of: Stage) -> None:
    """The whole request in process: session, person, scope, values, table, compression."""
    address = f"/reports/{of.report}?section={SECTION}"
    client = Client(of.app.test_client()).sign_in("school1", PASSWORD).client
    with of.app.app_context():
        statements = counted(db.engine)
    figures, computing = [], []
    for _ in range(TIMES):
        statements.clear()
        start, busy = time.perf_counter(), time.process_time()
        answer = client.get(address, headers={"Accept-Encoding": "gzip"})
        figures.append(1e3 * (time.perf_counter() - start))
        computing.append(1e3 * (time.process_time() - busy))
        assert answer.status_code == 200
    data = answer.get_data()
    row("page, server alone", figures)
    row("  of it computing (the rest is the database)", computing)
    print(f"{'':44}statements: {len([one for one in statements if not one.startswith('SAVEPOINT')])}")
    print(f"{'':44}markup {len(gzip.decompress(data)) / 1024:.0f} kB, on the wire {len(data) / 1024:.0f} kB")
    row("section alone (changing sections)", [timed(client, f"/reports/{of.report}/section/{SECTION}") for _ in range(TIMES)])
    row("values of the whole form", [timed(client, f"/reports/{of.report}/values") for _ in range(TIMES)])


def counted(engine: Engine) -> list[str]:
    """The statements sent from now on."""
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    return statements


def timed(client: FlaskClient, address: str) -> float:
    """Milliseconds of one answer."""
    start = time.perf_counter()
    answer = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200, address
    return 1e3 * (time.perf_counter() - start)


def in_the_browser(of: Stage, url: str) -> None:
    """What a person waits for."""
    program = chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        page = browser.new_context(base_url=url, viewport={"width": 1600, "height": 1000}).new_page()
        sign_in(page, "school1")
        address = f"/reports/{of.report}?section={SECTION}"
        row("from the address to a table that takes keys", [opened(page, address) for _ in range(8)])
        row("from a click in the contents to a typed number", [changed_and_typed(page) for _ in range(8)])
        opened(page, address)
        edits = page.evaluate(EDIT, TIMES)
        row("a key: total computed, checks run, cells marked", [one[0] for one in edits])
        row("a key: painted", [one[1] for one in edits])
        parts = page.evaluate(CALCULATE, [of.script, TIMES])
        row("recalculation of the whole form (25,609 slots)", [one[0] for one in parts])
        row("all 620 checks", [one[1] for one in parts])
        opened(page, address)
        grey = page.evaluate("() => [...document.querySelectorAll('td.in')].slice(100, 150).map(cell => cell.dataset.cell)")
        row("50 cells saved over HTTP, with history and checks", saved(page, of.report, grey, TIMES))
        opened(page, address)
        row("  the same by the page itself, in Chromium", page.evaluate(SAVE, [of.report, grey, TIMES]))
        for floating in (False, True):
            opened(page, address)
            name = "one floating field" if floating else "a field in every grey cell"
            row(f"bare table, {name}: painted", page.evaluate(FLOATING, [floating, TIMES]))
        browser.close()


def changed_and_typed(page: Page) -> float:
    """Milliseconds from leaving section 1.1 by a click to a number that stands in the widest table."""
    page.goto(page.url.partition("?")[0] + "?section=1.1")
    ready(page)
    page.locator("summary.mi").first.click()
    link = page.locator(f'a[href*="section={SECTION}"]').first
    link.scroll_into_view_if_needed()
    start = time.perf_counter()
    link.click()
    page.locator(f'[data-cell="{SECTION}/01/4"] input').press_sequentially("7")
    return 1e3 * (time.perf_counter() - start)


def saved(page: Page, report: int, cells: list[str], times: int) -> list[float]:
    """Milliseconds of saves by a plain client with the page's session, over one connection that stays open; the page is shut."""
    url, token = urlsplit(page.url), page.locator("input[name=csrf_token]").first.input_value()
    jar = "; ".join(f"{one['name']}={one['value']}" for one in page.context.cookies())
    heads = {"Content-Type": "application/json", "Accept": "application/json", "X-CSRFToken": token, "Cookie": jar}
    base = page.request.get(f"/reports/{report}/values").json()["revision"]
    page.goto("about:blank")
    connection = HTTPConnection(url.netloc)
    figures = []
    for turn in range(times):
        typed = {cell: str((at + turn) % 9 + 1) for at, cell in enumerate(cells)}
        body = json.dumps({"base": base, "key": str(uuid.uuid4()), "cells": typed})
        start = time.perf_counter()
        connection.request("POST", f"/reports/{report}/cells", body, heads)
        answer = connection.getresponse()
        data = answer.read()
        figures.append(1e3 * (time.perf_counter() - start))
        assert answer.status == 200, data[:300]
        base = json.loads(data)["revision"]
    connection.close()
    return figures


def opened(page: Page, address: str) -> float:
    """Milliseconds until the page's scripts have taken over."""
    start = time.perf_counter()
    page.goto(address)
    ready(page)
    return 1e3 * (time.perf_counter() - start)


def row(what: str, figures: list[float]) -> None:
    """One line: median and 95th percentile, ms."""
    print(f"{what:<52}p50 {median(figures):7.2f} ms   p95 {quantiles(figures, n=20)[-1]:7.2f} ms", flush=True)


if __name__ == "__main__":
    main()
