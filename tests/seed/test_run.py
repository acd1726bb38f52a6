"""`make run` as a whole, on a machine that has nothing but the environment: the demo region, the accounts, the end."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from admin_app import keeper, postgres, serve

ROOT = Path(__file__).parents[2]
PATIENCE = 300  # seconds that a loaded machine may take for the demo region; an idle one takes less than 60


@dataclass
class Product:
    """A running MODO in a folder of its own."""

    folder: Path
    port: int
    process: subprocess.Popen[str]

    def end(self) -> str:
        """Ask it to end; what it said."""
        self.process.terminate()
        return self.process.communicate(timeout=60)[0]


def start(folder: Path) -> Product:
    """Start it and wait for the first answer."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    environment = {**os.environ, "PORT": str(port), "MODO_DATA_DIR": str(folder), "MODO_DEMO": "1", "MODO_WORKERS": "1"}
    command = [sys.executable, "-m", "admin_app.serve"]
    product = Product(folder, port, subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True))
    end = time.monotonic() + PATIENCE
    while status(port) != 200:
        if product.process.poll() is not None or time.monotonic() > end:
            pytest.fail(f"it did not come up; it said:\n{product.end()}")
        time.sleep(0.2)
    return product


def status(port: int) -> int:
    """How /healthz answers; 0 if nothing does."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status
    except (OSError, HTTPException):
        return 0
    finally:
        connection.close()


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The product with its demo region."""
    started = start(tmp_path_factory.mktemp("run") / "instance")
    yield started
    started.end()


@pytest.fixture(scope="module")
def demo(product: Product) -> Iterator[Engine]:
    """Its database."""
    engine = create_engine(postgres.with_driver(postgres.address(product.folder / "postgres")))
    yield engine
    engine.dispose()


def rows(engine: Engine, query: str) -> list[tuple[object, ...]]:
    """What the query finds."""
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def test_the_region(demo: Engine) -> None:
    found = dict(rows(demo, "SELECT level, count(*) FROM organization GROUP BY level"))
    assert (found["region"], found["municipality"]) == (1, 42)
    assert found["organization"] > 300
    assert found["branch"] >= 10
    assert rows(demo, "SELECT count(*) FROM organization WHERE type_id IS NULL OR inn IS NULL OR address IS NULL") == [(0,)]


def test_this_years_campaign_has_reports_in_every_state(demo: Engine) -> None:
    query = """
        SELECT DISTINCT report.state FROM report JOIN campaign ON campaign.id = campaign_id JOIN period ON period.id = period_id
        WHERE period.kind = 'school_year' AND current_date BETWEEN starts_on AND ends_on AND closed_at IS NULL
    """
    assert {state for (state,) in rows(demo, query)} == {"empty", "draft", "submitted", "accepted", "rejected", "returned"}


def test_last_years_campaign_is_accepted(demo: Engine) -> None:
    query = """
        SELECT report.state, count(*), bool_and(submitted_at::date <= deadline), bool_and(accepted_at >= submitted_at)
        FROM report JOIN campaign ON campaign.id = campaign_id JOIN period ON period.id = period_id
        WHERE period.kind = 'school_year' AND ends_on < current_date GROUP BY report.state
    """
    [(state, count, in_time, afterwards)] = rows(demo, query)
    assert (state, in_time, afterwards) == ("accepted", True, True)
    assert isinstance(count, int)
    assert count > 100


NOT_LONG_AGO = """
    WITH times AS (
        SELECT at, 'event' AS what FROM event
        UNION ALL SELECT at, 'message' FROM message
        UNION ALL SELECT at, 'comment' FROM comment
        UNION ALL SELECT at, 'revision' FROM report_revision
        UNION ALL SELECT at, 'snapshot' FROM report_snapshot
        UNION ALL SELECT unnest(ARRAY[submitted_at, accepted_at, updated_at]), 'report' FROM report
        UNION ALL SELECT unnest(ARRAY[created_at, decided_at]), 'request' FROM request
        UNION ALL SELECT unnest(ARRAY[opened_at, closed_at]), 'campaign' FROM campaign
        UNION ALL SELECT unnest(ARRAY[created_at, confirmed_at, last_login_at]), 'user' FROM "user"
    )
    SELECT what, at FROM times WHERE at >= pg_postmaster_start_time()
"""


def test_nothing_happened_in_the_future_or_at_the_moment_of_making(demo: Engine) -> None:
    assert rows(demo, NOT_LONG_AGO) == []


def test_no_two_reports_were_filed_at_one_moment(demo: Engine) -> None:
    query = "SELECT count(submitted_at), count(DISTINCT submitted_at), count(DISTINCT submitted_at::date) FROM report"
    [(filed, moments, days)] = rows(demo, query)
    assert filed == moments
    assert isinstance(days, int)
    assert days > 30


def test_the_log_is_in_the_order_of_time(demo: Engine) -> None:
    assert rows(demo, "SELECT later.id FROM event JOIN event AS later ON later.id = event.id + 1 WHERE later.at < event.at") == []
    closed = "SELECT title FROM campaign JOIN event ON subject_type = 'campaign' AND subject_id = campaign.id"
    assert rows(demo, f"{closed} WHERE kind = 'campaign.closed' AND at <> closed_at") == []


def test_every_organization_has_a_name_of_its_own(demo: Engine) -> None:
    assert rows(demo, "SELECT short_name FROM organization GROUP BY short_name HAVING count(*) > 1") == []


def test_the_granted_request_is_on_the_card(demo: Engine) -> None:
    query = """
        SELECT phone FROM organization JOIN request ON request.organization_id = organization.id
        WHERE request.kind = 'edit_card' AND request.state = 'granted' AND strpos(request.text, phone) > 0
    """
    assert len(rows(demo, query)) == 1


def test_school1_has_a_fresh_report_to_fill(demo: Engine) -> None:
    query = """
        SELECT report.state FROM report JOIN campaign ON campaign.id = campaign_id JOIN period ON period.id = period_id
        JOIN membership USING (organization_id) JOIN "user" ON "user".id = membership.user_id
        WHERE username = 'school1' AND period.kind = 'school_year' ORDER BY starts_on
    """
    assert rows(demo, query) == [("accepted",), ("empty",)]


def test_the_accounts(demo: Engine) -> None:
    query = """
        SELECT username, count(membership.id) FROM "user" LEFT JOIN membership ON membership.user_id = "user".id
        WHERE active AND confirmed_at IS NOT NULL GROUP BY username
    """
    found = dict(rows(demo, query))
    assert {name: found.get(name) for name, *_rest in serve.ACCOUNTS} == {
        "central": 1, "irkutsk": 1, "bratsk": 1, "school1": 1, "school2": 1, "clerk": 2, "newcomer": 0,
        "support": 1, "auditor": 1, "admin": 1,
    }  # fmt: skip


def test_no_letters_of_the_demo_wait(demo: Engine) -> None:
    assert rows(demo, "SELECT count(*) FROM letter") == [(0,)]


def test_it_ends_whole_and_starts_again_on_its_data(tmp_path: Path) -> None:
    product = start_without_demo(tmp_path / "instance")
    said = product.end()
    assert product.process.returncode == 0
    assert said.rstrip().endswith("MODO has ended.")
    assert status(product.port) == 0
    assert not postgres.answers(product.folder / "postgres")
    began = time.monotonic()
    again = start(product.folder)
    took = time.monotonic() - began
    assert "Demo region" not in again.end()
    assert took < 60, "an idle machine takes less than 5 s"


def start_without_demo(folder: Path) -> Product:
    """A running MODO whose database has somebody in it, so that no demo region is made."""
    engine = create_engine(postgres.with_driver(postgres.embedded(folder / "postgres")))
    serve.prepare(engine.url.render_as_string(hide_password=False))
    person = "'a', 'a@a.example', 'A', 'A', 'a'"
    insert = f'INSERT INTO "user" (username, email, surname, name, fs_uniquifier) VALUES ({person})'  # noqa: S608
    with engine.begin() as connection:
        connection.execute(text(insert))
    engine.dispose()
    postgres.leave(folder / "postgres", os.getpid())
    return start(folder)


def test_it_ends_at_once_while_it_is_still_starting(tmp_path: Path) -> None:
    """The web server has begun its workers, which hear no signal yet."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    environment = {**os.environ, "PORT": str(port), "MODO_DATA_DIR": str(tmp_path), "MODO_DEMO": "", "MODO_WORKERS": "1"}
    command = [sys.executable, "-m", "admin_app.serve"]
    product = Product(tmp_path, port, subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True))
    while not (workers := [two for one in children(product.process.pid, "granian") for two in children(one, "granian")]):
        assert product.process.poll() is None
        time.sleep(0.01)
    began = time.monotonic()
    assert product.end().rstrip().endswith("MODO has ended.")
    assert time.monotonic() - began < 9, "the web server waits for its workers for 10 s"
    while [one for one in workers if Path(f"/proc/{one}/cmdline").exists()]:
        assert time.monotonic() - began < 30
        time.sleep(0.1)


def children(process: int, program: str) -> list[int]:
    """The processes of this program that the process has started and that are still there."""
    try:
        found = [int(one) for one in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
        return [one for one in found if program in Path(f"/proc/{one}/cmdline").read_text()]
    except OSError:
        return []


def test_a_killed_product_leaves_its_port_and_its_data(tmp_path: Path) -> None:
    product = start_without_demo(tmp_path / "instance")
    product.process.kill()
    product.process.communicate(timeout=60)
    end = time.monotonic() + 30
    while (status(product.port) or keeper.server(product.folder / "postgres")) and time.monotonic() < end:
        time.sleep(0.1)
    assert status(product.port) == 0
    assert not keeper.server(product.folder / "postgres")
    again = start(product.folder)
    assert "MODO has ended." in again.end()
    assert not postgres.answers(product.folder / "postgres")


def test_a_process_whose_parent_is_dead_already_ends_at_once() -> None:
    """It was killed while this one was still starting: the kernel tells nobody of that any more."""
    program = "import os; from admin_app.lifeline import die_with_parent; die_with_parent({}); print('alive')"

    def run(parent: str) -> tuple[int, bytes]:
        done = subprocess.run([sys.executable, "-c", program.format(parent)], check=False, capture_output=True, timeout=60)
        return done.returncode, done.stdout

    assert run("os.getppid()") == (0, b"alive\n")
    assert run("os.getpid()") == (-signal.SIGKILL, b"")
