"""The generic-plan trap: after some repetitions on one connection PostgreSQL may stop looking at what is asked for.

psycopg prepares a statement at its sixth run, PostgreSQL tries a plan that fits any value at the twelfth or so; a search that
took 2 ms then takes 600. Every SELECT of every page is sent 20 times over one connection of the application's own kind.
"""

import time
from dataclasses import dataclass
from statistics import median
from typing import Any

from admin_app.extensions import db

RUNS, EDGE = 20, 5
HEAVY = ("export CSV",)


@dataclass(frozen=True)
class Repeated:
    """One statement: whose page sent it, milliseconds of the first five runs and of the last five (their medians), its text."""

    who: str
    what: str
    first: float
    last: float
    text: str

    @property
    def ratio(self) -> float:
        """How many times slower the last runs are."""
        return self.last / self.first


def repeat(door: Any) -> list[Repeated]:
    """In MODO's process: all hot statements, each once per person, the worst first."""
    found: dict[tuple[str, str], tuple[str, Any]] = {}
    for (who, what), action in door.actions.items():
        door.statements.clear()
        if what not in HEAVY:
            action()
        for text, values in door.statements:
            if text.lstrip("(").startswith(("SELECT", "WITH")):
                found.setdefault((who, text), (what, values))
    with door.app.app_context():
        timed = [Repeated(who, what, *times(text, values), text) for (who, text), (what, values) in found.items()]
    return sorted(timed, key=lambda one: one.last - one.first, reverse=True)


def times(text: str, values: Any) -> tuple[float, float]:
    """The middle of the first runs and of the last on a fresh connection, in milliseconds. The very first run warms the cache."""
    connection = db.engine.raw_connection()
    taken = []
    try:
        with connection.cursor() as cursor:
            for _run in range(RUNS):
                started = time.perf_counter()
                cursor.execute(text, values)
                cursor.fetchall()
                taken.append((time.perf_counter() - started) * 1000)
    finally:
        connection.invalidate()
    return median(taken[:EDGE]), median(taken[-EDGE:])


def report(found: list[Repeated], shown: int = 8) -> None:
    """Print the statements that lose most."""
    print(f"\n{len(found)} statements of the pages, each {RUNS} times on one connection; those that lose most:\n")
    print("| page | first five, ms | last five, ms | ratio | statement |\n|---|---|---|---|---|")
    for one in found[:shown]:
        print(
            f"| {one.who}: {one.what} | {one.first:.2f} | {one.last:.2f} | {one.ratio:.1f} | {' '.join(one.text.split())[:70]}… |"
        )
    worst = max(one.ratio for one in found if one.last > 1)
    print(f"\nThe worst ratio among statements that take more than 1 ms at the end: {worst:.1f}.")
