"""`make run`: sets up what is missing, starts the web server and the worker, and ends them with itself."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from functools import partial
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import FrameType

from click import ClickException
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from admin_app import catalogues, migrations, postgres
from admin_app.config import Settings, from_environment
from admin_app.lifeline import die_with_parent

ROOT = Path(__file__).resolve().parent.parent
NEEDED = 300 * 2**20  # bytes: an empty PostgreSQL with its log of changes takes 50 MB, the demo region the rest
PATIENCE = 30  # seconds that a child has to finish what it is doing
ENDING = threading.Event()
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

ACCOUNTS = (
    ("central", "Центральный оператор", "Central operator"),
    ("irkutsk", "Вышестоящий оператор: Иркутск", "Supervising operator of Irkutsk"),
    ("bratsk", "Вышестоящий оператор: Братск", "Supervising operator of Bratsk"),
    ("school1", "Организация в Иркутске", "A school in Irkutsk"),
    ("school2", "Организация в Братске", "A school in Bratsk"),
    ("clerk", "Две организации", "Attached to two organizations"),
    ("newcomer", "Ещё не прикреплён", "Attached to nothing yet"),
    ("support", "Поддержка", "Support"),
    ("auditor", "Аудитор", "Auditor"),
    ("admin", "Администратор", "Administrator"),
)
PASSWORD = "Modo-demo-2026"  # noqa: S105  # the demo's, in the README too


class Refused(Exception):
    """MODO can't start; the sentence says why and what to do."""


class Ended(Exception):
    """Somebody asked this process to end."""


def main(environ: Mapping[str, str] = os.environ) -> int:
    """Set up, serve until asked to end. Returns the exit code: 0 if asked, 1 with one sentence if something failed."""
    for number in ENDINGS:
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup and background jobs want it ignored
            signal.signal(number, end)
    try:
        serve(environ)
    except Ended:
        say("MODO has ended.")
        return 0
    except (Refused, ClickException) as error:
        say(f"MODO can't run: {error}", sys.stderr.fileno())
        return 1
    except OSError as error:
        say(f"MODO can't run: {': '.join(filter(None, (error.filename, error.strerror)))}.", sys.stderr.fileno())
        return 1
    return 0


def serve(environ: Mapping[str, str]) -> None:
    """All of it, in order. Raises Refused, Misset, Unavailable, OSError, Ended."""
    host, port = environ.get("HOST") or "127.0.0.1", port_of(environ.get("PORT") or "8000")
    require_port(host, port)
    settings = settings_of(environ)
    require_space(settings.data_dir)
    say("Database…")
    address = postgres.url(settings)
    prepare(address)
    catalogues.compile_all()
    environment = {**environ, "DATABASE_URL": address, "MODO_DATA_DIR": str(settings.data_dir), "PYTHONPATH": str(ROOT)}
    if settings.demo and is_empty(address):
        make_demo(settings, environment)
    attend(host, port, settings, environment)


def say(sentence: str, stream: int = 1) -> None:
    """A line for the person at the terminal or for the log, at once; a closed terminal is no reason to fail."""
    try:
        os.write(stream, f"{sentence}\n".encode())
    except OSError:
        return


def port_of(value: str) -> int:
    """The port as a number."""
    if not value.isascii() or not value.isdigit() or not 0 < int(value) < 65536:
        raise Refused(f"PORT must be a number from 1 to 65535, not “{value}”.")
    return int(value)


def settings_of(environ: Mapping[str, str]) -> Settings:
    """The settings, or the sentence about the one that is not what it should be. Raises Refused, Misset."""
    try:
        return from_environment(environ)
    except ValueError as error:
        raise Refused(f"a setting in the environment is not a number ({error}).") from error


def require_port(host: str, port: int) -> None:
    """Refuse at once, not after a minute of setting up, if somebody else has the address."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Refused(
                f"port {port} of {host} can't be used ({error.strerror}); choose another: make run PORT={port % 65535 + 1}"
            ) from error


def require_space(folder: Path) -> None:
    """A database that runs out of disk half-way is worse than none."""
    free = shutil.disk_usage(folder).free
    if free < NEEDED:
        raise Refused(f"{folder} has {free // 2**20} MB free, {NEEDED // 2**20} MB are needed; free some or set MODO_DATA_DIR.")


def prepare(address: str) -> None:
    """Reach the database and bring its schema up to date."""
    try:
        url = make_url(address)
    except (ArgumentError, ValueError) as error:
        raise Refused("DATABASE_URL is no address of a database; one looks like postgresql://user:password@host/name.") from error
    if url.get_backend_name() != "postgresql":
        raise Refused(f"DATABASE_URL names a database of the kind {url.get_backend_name()}; MODO works with postgresql only.")
    engine = create_engine(url, connect_args={"connect_timeout": 10})
    try:
        migrations.upgrade(engine)
    except SQLAlchemyError as error:
        where, cause = url.set(drivername="postgresql", query={}), str(getattr(error, "orig", None) or error)
        raise Refused(f"the database at {where} doesn't work: {cause.strip().splitlines()[0]}.") from error
    finally:
        engine.dispose()


def is_empty(address: str) -> bool:
    """Is there no organization and no person yet?"""
    engine = create_engine(address)
    with engine.connect() as connection:
        found = connection.execute(text('SELECT EXISTS (SELECT FROM organization) OR EXISTS (SELECT FROM "user")')).scalar()
    engine.dispose()
    return not found


def make_demo(settings: Settings, environment: Mapping[str, str]) -> None:
    """The demo region, in a process of its own: all of it or, if that is stopped, nothing."""
    say("Demo region (takes about a minute, this first time only)…")
    child = start([sys.executable, "-m", "flask", "demo"], environment)
    try:
        code = child.wait()
    except Ended:
        stop([child])
        raise
    if code != 0:
        require_space(settings.data_dir)
        raise Refused(f"the demo region could not be made (code {code}); what went wrong stands above.")


def attend(host: str, port: int, settings: Settings, environment: Mapping[str, str]) -> None:
    """Run the web server and the worker until one of them ends or somebody ends this process."""
    workers = environment.get("MODO_WORKERS") or str(min(os.cpu_count() or 1, 4))
    web = ["-m", "granian", "--interface", "asginl", "--no-ws", "--host", host, "--port", str(port), "--workers", workers]
    web += ["--log-level", "warning", "--workers-kill-timeout", "10", "--factory", "admin_app.gateway:web"]
    children = {"web server": start([sys.executable, *web], environment)}
    try:
        wait_for_answer(host, port, children["web server"])
        children["worker"] = start([sys.executable, "-m", "flask", "worker"], environment)
        announce(host, port, settings)
        while not (ended := [name for name, child in children.items() if child.poll() is not None]):
            if ENDING.wait(0.5):
                raise Ended
        raise Refused(f"the {ended[0]} has ended by itself (code {children[ended[0]].returncode}); its last words stand above.")
    finally:
        stop(list(children.values()))


def start(command: list[str], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """A child process that is told to end when this one dies, however it dies."""
    bound = partial(die_with_parent, os.getpid())
    return subprocess.Popen(command, cwd=ROOT, env=dict(environment), preexec_fn=bound)  # noqa: S603, PLW1509


def stop(children: list[subprocess.Popen[bytes]]) -> None:
    """End the children by their numbers; they finish what they are doing, within reason."""
    for child in children:
        if child.poll() is None:
            child.terminate()
    for child in children:
        try:
            child.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def wait_for_answer(host: str, port: int, web: subprocess.Popen[bytes]) -> None:
    """Wait until the web server answers; the sooner as the worker does not start beside it.

    If MODO is to end before, the server is killed: it has answered nobody, and would wait for workers that hear nothing so early.
    """
    try:
        ask_until_answered(host, port, web)
    except Ended:
        web.kill()
        raise


def ask_until_answered(host: str, port: int, web: subprocess.Popen[bytes]) -> None:
    """Ask the web server until it answers, or has ended."""
    while web.poll() is None:
        connection = HTTPConnection("127.0.0.1" if host == "0.0.0.0" else host, port, timeout=PATIENCE)  # noqa: S104  # compared
        try:
            connection.request("GET", "/healthz")
            connection.getresponse()
        except (OSError, HTTPException):
            time.sleep(0.05)
        else:
            return
        finally:
            connection.close()


def announce(host: str, port: int, settings: Settings) -> None:
    """Say where MODO is and, in the demo, who may sign in."""
    say(f"\nMODO: http://{f'[{host}]' if ':' in host else host}:{port}\n")
    if settings.demo:
        say("".join(f"  {name:<10}{russian:<32}{english}\n" for name, russian, english in ACCOUNTS))
        say(f"  Пароль у всех / password for all: {PASSWORD}")
    if settings.mail_server is None:
        say(f"  Письма / mail: {settings.outbox}")
    say("  Ctrl+C — остановить / stop\n")


def end(_number: int, _frame: FrameType | None) -> None:
    """The signal handler: unwinds to `main`, ending the children on the way; further signals change nothing."""
    for each in ENDINGS:
        signal.signal(each, signal.SIG_IGN)
    ENDING.set()  # Python drops what a handler raises while it runs inside a finalizer: `attend` looks here too
    raise Ended


if __name__ == "__main__":
    sys.exit(main())
