"""Stays beside an embedded PostgreSQL and stops it when nobody uses it any more, however its last user ended.

A program of its own, with the standard library only: ``keeper.py DATA_DIRECTORY``. What a killed process had locked is free.
"""

import fcntl
import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path


def main(directory: Path) -> None:
    """Wait until the last user has left, then end the server unless somebody has come meanwhile."""
    with suppress(FileNotFoundError):  # the folder is gone, and with it the server
        while server(directory):
            with (
                directory.with_name(f"{directory.name}.users").open("a") as users,
                directory.with_name(f"{directory.name}.lock").open("a") as lock,
            ):
                fcntl.flock(users, fcntl.LOCK_EX)
                fcntl.flock(users, fcntl.LOCK_UN)
                fcntl.flock(lock, fcntl.LOCK_EX)  # nobody starts or stops it now
                with suppress(BlockingIOError):
                    fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    stop(directory)


def server(directory: Path) -> int:
    """The process number of the server of this directory; 0 if there is none."""
    try:
        number = int((directory / "postmaster.pid").read_text().split()[0])
        name = Path(f"/proc/{number}/comm").read_text().strip()
    except (OSError, ValueError, IndexError):
        return 0
    return number if name == "postgres" else 0  # after a reboot the number may be another program's


def stop(directory: Path) -> None:
    """End the server as `pg_ctl stop -m fast` does, and wait for it."""
    if number := server(directory):
        os.kill(number, signal.SIGINT)
    while server(directory):
        time.sleep(0.05)


if __name__ == "__main__":
    if os.fork() == 0:  # whoever started this waits for the first process only
        os.setsid()  # no signal of a terminal ends it
        main(Path(sys.argv[1]))
