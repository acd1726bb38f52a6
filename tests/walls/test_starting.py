"""Starting, as an administrator does it: each mistake is one sentence; the embedded server ends with its users."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from admin_app import keeper, postgres

ROOT = Path(__file__).parents[2]


def start(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own, which must end by itself."""
    command = [sys.executable, "-m", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, timeout=60, check=False
    )


def refused(done: subprocess.CompletedProcess[str], *words: str) -> None:
    """It failed with one sentence that has these words, and no trace."""
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert all(word in done.stderr for word in words), done.stderr


# ── Starting ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_busy_port_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        refused(start("admin_app.serve", PORT=port, MODO_DATA_DIR=str(tmp_path)), port, "make run PORT=")
    assert not (tmp_path / "postgres").exists()


@pytest.mark.parametrize("port", ["abc", "0", "65536", "-1", "٣"])
def test_a_port_that_is_none(tmp_path: Path, port: str) -> None:
    refused(start("admin_app.serve", PORT=port, MODO_DATA_DIR=str(tmp_path)), "PORT", port)


@pytest.mark.parametrize(
    "address", ["postgresql://modo:secret-word@127.0.0.1:9/none", "nonsense", "mysql://localhost/modo", "postgresql://[/x"]
)
def test_a_database_that_does_not_answer(tmp_path: Path, address: str) -> None:
    done = start("admin_app.serve", PORT=free_port(), MODO_DATA_DIR=str(tmp_path), DATABASE_URL=address)
    refused(done, "database")
    assert "secret-word" not in done.stderr


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    refused(start("admin_app.serve", PORT=free_port(), MODO_DATA_DIR=str(tmp_path / "file")), "file")


def test_a_flask_command_without_its_database(tmp_path: Path) -> None:
    address = "postgresql://modo@127.0.0.1:9/none"
    refused(start("flask", "load-lists", MODO_DATA_DIR=str(tmp_path), DATABASE_URL=address), "database")


def test_a_time_zone_that_is_none(tmp_path: Path) -> None:
    wrong = {"MODO_DATA_DIR": str(tmp_path), "MODO_TIME_ZONE": "Asia/Irkutks"}
    refused(start("admin_app.serve", PORT=free_port(), **wrong), "MODO_TIME_ZONE", "Asia/Irkutks")
    refused(start("flask", "load-lists", **wrong), "MODO_TIME_ZONE", "Asia/Irkutks")


def free_port() -> str:
    """A port that nobody has just now."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return str(found.getsockname()[1])


# ── The embedded server ──────────────────────────────────────────────────────────────────────────────────────────────

HOLD = """
import pathlib, sys
from admin_app import postgres
postgres.embedded(pathlib.Path(sys.argv[1]))
print("up", flush=True)
input()
"""


def test_the_embedded_server_ends_with_its_last_user(tmp_path: Path) -> None:
    folder = tmp_path / "postgres"
    first, second = (
        subprocess.Popen([sys.executable, "-c", HOLD, folder], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    )
    for process in (first, second):
        assert process.stdout
        assert process.stdout.readline() == "up\n"
    first.kill()  # leaves nothing that a later one could stumble over
    first.communicate()
    assert postgres.answers(folder)
    second.communicate("\n", timeout=60)
    assert not postgres.answers(folder)


def test_the_embedded_server_outlives_no_killed_user(tmp_path: Path) -> None:
    folder = tmp_path / "postgres"
    user = subprocess.Popen(
        [sys.executable, "-c", HOLD, folder], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert user.stdout
    assert user.stdout.readline() == "up\n"
    assert keeper.server(folder)
    user.kill()
    user.communicate()
    end = time.monotonic() + 30
    while (processes := left(folder)) and time.monotonic() < end:
        time.sleep(0.1)
    assert not processes
    assert not postgres.answers(folder)


def left(folder: Path) -> list[str]:
    """The command lines of processes that name this folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            found.append(path.read_text().replace("\0", " "))
    return [line for line in found if str(folder) in line]


def test_a_dead_servers_number_may_belong_to_another_program(tmp_path: Path) -> None:
    folder = tmp_path / "postgres"
    postgres.embedded(folder)
    postgres.leave(folder, os.getpid())
    (folder / "postmaster.pid").write_text(f"{os.getpid()}\n{folder}\n1\n5432\n{folder}\n\n1 1\nready\n")
    postgres.embedded(folder)
    assert postgres.answers(folder)
    postgres.leave(folder, os.getpid())


def test_a_folder_too_deep_for_a_socket(tmp_path: Path) -> None:
    folder = tmp_path / "a-long-name" / ("x" * 100) / "postgres"
    address = postgres.with_driver(postgres.embedded(folder))
    engine = create_engine(address)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT lower('ЁЛКА')")) == "ёлка"
    engine.dispose()
    postgres.leave(folder, os.getpid())
