"""One file with all of MODO in it: the database (pg_dump's own format) and the attachments. It comes back whole or not at all.

The programs come from the wheel, so a backup needs nothing installed; they know every PostgreSQL from 15 on.
"""

import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, cast

from sqlalchemy import URL, Engine, text

from admin_app import migrations, postgres

DUMP = "database.dump"
FILES = "files"
EMPTY = "DROP SCHEMA IF EXISTS jobs CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public;\n"
NEWER = b"SET transaction_timeout = 0;\n"  # pg_restore 18 says this to every server; those before 17 don't know it


class Failed(Exception):
    """The backup or the restoring failed and nothing has changed; the sentence says why."""


def back_up(engine: Engine, files: Path, target: Path) -> int:
    """Write the backup; its size in bytes. The file appears when it is complete. Raises Failed, OSError."""
    partial = target.with_name(f".{target.name}.partial")
    try:
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".modo-backup-") as scratch:
            dump = Path(scratch) / DUMP
            run("pg_dump", engine.url, "--format=custom", "--no-owner", "--no-privileges", f"--file={dump}")
            with tarfile.open(partial, "w") as archive:
                archive.add(dump, DUMP)
                if files.is_dir():
                    archive.add(files, FILES)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return target.stat().st_size


def restore(engine: Engine, files: Path, source: Path, replace: bool = False) -> None:
    """Bring the database and the attachments to what the backup has; an older schema is brought up to date.

    Raises Failed (also if there is something in the database and ``replace`` is not said), OSError.
    """
    if not replace and has_people(engine):
        raise Failed("there are people in this database already: say --replace to throw away what it has")
    with tempfile.TemporaryDirectory(dir=source.parent, prefix=".modo-restore-") as scratch:
        unpack(source, Path(scratch))
        pour(Path(scratch) / DUMP, engine.url)
        if (Path(scratch) / FILES).is_dir():
            shutil.copytree(Path(scratch) / FILES, files, dirs_exist_ok=True)
    migrations.upgrade(engine)
    with engine.begin() as connection:
        migrations.row_level.make(connection)


def unpack(source: Path, folder: Path) -> None:
    """The files of a backup, and nothing outside their folder. Raises Failed."""
    try:
        with tarfile.open(source) as archive:
            for member in archive:
                target = folder / member.name
                if not member.isfile() or ".." in target.parts or not target.is_relative_to(folder):
                    continue
                target.parent.mkdir(parents=True, exist_ok=True)
                content = archive.extractfile(member)
                if content is not None:
                    with content, target.open("wb") as file:
                        shutil.copyfileobj(content, file)
    except tarfile.TarError as error:
        raise Failed(f"{source} is not a backup of MODO: {error}") from error
    if not (folder / DUMP).exists():
        raise Failed(f"{source} is not a backup of MODO: it has no {DUMP}")


def has_people(engine: Engine) -> bool:
    """Is anybody registered in this database?"""
    with engine.connect() as connection:
        if connection.scalar(text("SELECT to_regclass('public.user')")) is None:
            return False
        return bool(connection.scalar(text('SELECT EXISTS (SELECT FROM "user")')))


def pour(dump: Path, url: URL) -> None:
    """Replace everything in the database by what the dump has, in one transaction."""
    command, environment = program("psql", url, "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1")
    with tempfile.TemporaryFile() as said:
        psql = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said)  # noqa: S603
        try:
            with suppress(BrokenPipeError), cast(IO[bytes], psql.stdin) as script:  # broken: psql has stopped and says why
                script.write(EMPTY.encode())
                script.writelines(statements(dump))
        except Failed:
            psql.kill()  # before it commits a part
            raise
        finally:
            psql.wait()
        said.seek(0)
        if psql.returncode != 0:
            raise Failed(last_line(said.read().decode(errors="replace")))


def statements(dump: Path) -> Iterator[bytes]:
    """The dump as SQL, line by line. Raises Failed if it is damaged."""
    command = [str(postgres.programs() / "pg_restore"), "--no-owner", "--no-privileges", "--no-policies", "--file=-", str(dump)]
    with tempfile.TemporaryFile() as said:
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said) as process:  # noqa: S603
            lines = cast(IO[bytes], process.stdout)
            yield from (line for line in lines if line != NEWER and not line.startswith(b"CREATE SCHEMA public"))
        if process.returncode != 0:
            said.seek(0)
            raise Failed(last_line(said.read().decode(errors="replace")))


def run(name: str, url: URL, *arguments: str) -> None:
    """Run a program on the database. Raises Failed with its last words."""
    command, environment = program(name, url, *arguments)
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        raise Failed(last_line(done.stderr))


def program(name: str, url: URL, *arguments: str) -> tuple[list[str], dict[str, str]]:
    """The command and its environment; the password goes where other people of the machine can't read it."""
    address = postgres.libpq(url.set(password=None))
    password = {"PGPASSWORD": url.password} if url.password else {}
    return [str(postgres.programs() / name), *arguments, f"--dbname={address}"], {**os.environ, **password}


def last_line(said: str) -> str:
    """What a program said last."""
    return (said.strip().splitlines() or ["no reason given"])[-1]
