"""One side of the comparison in a process of its own: what it is asked, and what one answer took.

A side's module has a class `Door(address, region, folder)` with `actions` (who, what → a function that reads one page and gives
the status and the body), `ROW` (how a row of a list begins, to count them) and `statements` (every SQL statement, as it is sent).
"""

import gc
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Protocol

from bench.peers.region import Region

OPERATOR, CENTRAL = "operator", "central"
Action = Callable[[], tuple[int, bytes]]


class Door(Protocol):
    """What a side's module offers."""

    ROW: str
    actions: Mapping[tuple[str, str], Action]
    statements: list[tuple[str, Any]]


@dataclass(frozen=True)
class Reading:
    """One answer: milliseconds, SQL statements, bytes, rows of the list (or lines of the file)."""

    ms: float
    statements: int
    size: int
    rows: int


HERE: dict[str, Any] = {}


def prepare(module: str, address: str, region: Region, folder: Path) -> None:
    """In the side's process: make its application."""
    HERE["door"] = import_module(f"bench.peers.{module}").Door(address, region, folder)
    gc.collect()
    gc.freeze()


def knows(who: str, what: str) -> bool:
    """In the side's process: has it such an action?"""
    return (who, what) in HERE["door"].actions


def read(who: str, what: str) -> Reading:
    """In the side's process: read once. Raises AssertionError if the answer is no page."""
    door = HERE["door"]
    door.statements.clear()
    started = time.perf_counter()
    status, body = door.actions[who, what]()
    ms = (time.perf_counter() - started) * 1000
    assert status == 200, f"{type(door)}: {who} {what}: {status}\n{body[:500].decode(errors='replace')}"
    rows = body.count(b"\n") if what == "export CSV" else body.count(door.ROW.encode())
    return Reading(ms, len(door.statements), len(body), rows)


class Side:
    """A side from outside."""

    def __init__(self, module: str, address: str, region: Region, folder: Path) -> None:
        self.pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
        self.call(prepare, module, address, region, folder)

    def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Call a function in the side's process."""
        return self.pool.submit(function, *arguments).result()

    def close(self) -> None:
        """End the process."""
        self.pool.shutdown()
