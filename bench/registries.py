"""The registries with 100,000 organizations beside stock Flask-Admin and Django admin, then with 1,000,000, then repeated.

``python -m bench.registries`` takes sizes of its own (20000 200000); with one size only the comparison is made. Every side
answers in a process of its own, one after another, over one PostgreSQL and the same tables; p50 of the same number of readings.
"""

import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from statistics import median

from argon2 import PasswordHasher
from sqlalchemy import create_engine, make_url, text

from admin_app import postgres
from bench.peers import plans, region
from bench.peers.side import CENTRAL, OPERATOR, Reading, Side, knows, read
from tests.people import PASSWORD

SIZES = (100_000, 1_000_000)
PEERS = {"flask_admin": "Flask-Admin", "django_admin": "Django"}
WARM, OFTEN, SELDOM = 3, 15, 3
SLOW = 1000  # milliseconds
ACTIONS = ("list", "search hit", "search miss", "search by INN", "filter, sort by name", "filter, sort by INN", "last page",
           "edit form", "edit form (raw)", "export CSV")  # fmt: skip
OWN = ("card", "filter by place", "sort by INN", "look-up of a superior", "people", "people, search hit", "people, search miss",
       "reports")  # fmt: skip
AIMED = ("list", "search hit", "search miss", "search by INN", "edit form")
FASTER, STATEMENTS, GROWTH = 5, 6, 1.3
Figures = dict[tuple[str, str, str], list[Reading]]  # by side, who, what


def main(sizes: Iterable[int] = SIZES) -> None:
    """Print the figures."""
    first, *rest = sizes
    with tempfile.TemporaryDirectory(prefix="modo-bench-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        address = postgres.with_driver(postgres.embedded(Path(folder) / "postgres"))
        found = compared(address, first, Path(folder))
        for size in rest:
            grown(address, size, Path(folder), found, first)


def filled(address: str, size: int) -> tuple[str, region.Region]:
    """A database of its own with a region of this size; its address."""
    name = f"region_{size}"
    server = create_engine(address, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    server.dispose()
    url = make_url(address).set(database=name)
    engine, started = create_engine(url), time.perf_counter()
    hashed = PasswordHasher(memory_cost=19456, time_cost=2, parallelism=1).hash(PASSWORD)
    made = region.fill(engine, size, hashed)
    engine.dispose()
    print(f"{size:,} organizations, {region.USERS:,} people, {time.perf_counter() - started:.0f} s to fill", flush=True)
    return url.render_as_string(hide_password=False), made


# ── Beside the peers ─────────────────────────────────────────────────────────────────────────────────────────────────


def compared(address: str, size: int, folder: Path) -> Figures:
    """All sides on one region, their table, and the trap."""
    url, made = filled(address, size)
    names = ["modo", *(PEERS if peers_are_here() else ())]
    sides = {name: Side(name, url, made, folder) for name in names}
    try:
        found = {**readings(sides, OPERATOR, (*ACTIONS, *OWN)), **readings(sides, CENTRAL, (*ACTIONS, *OWN))}
        for who, count in ((OPERATOR, made.hundredth), (CENTRAL, size)):
            table(found, who, f"As the {who}, who sees {count:,} of {size:,}")
        verdict(found)
        plans.report(sides["modo"].call(in_modo))
    finally:
        for side in sides.values():
            side.close()
    return found


def in_modo() -> list[plans.Repeated]:
    """In MODO's process: repeat its statements."""
    from bench.peers.side import HERE  # noqa: PLC0415  # that process's own

    return plans.repeat(HERE["door"])


def peers_are_here() -> bool:
    """Are Django and Flask-SQLAlchemy installed? (`make bench` does that, into a folder beside the environment's packages.)"""
    folder = str(Path(sys.prefix) / "peers")
    if folder not in sys.path:
        sys.path.append(folder)
    here = bool(find_spec("django") and find_spec("flask_sqlalchemy"))
    if not here:
        print("The peers are not installed (make bench does it): MODO alone.")
    return here


def readings(sides: dict[str, Side], who: str, actions: Iterable[str]) -> Figures:
    """Every action on every side that has it, the sides by turns, so that what else the machine does hits all of them.

    Warm, and as often on every side: seldom if one of them takes a second.
    """
    found: Figures = {}
    for what in actions:
        able = {name: side for name, side in sides.items() if side.call(knows, who, what)}
        if not able:
            continue
        slow = max(side.call(read, who, what).ms for side in able.values()) > SLOW
        for side in able.values():
            for _time in range(0 if slow else WARM):
                side.call(read, who, what)
        found |= {(name, who, what): [] for name in able}
        for _time in range(SELDOM if slow else OFTEN):
            for name, side in able.items():
                found[name, who, what].append(side.call(read, who, what))
        agree(found, who, what)
    return found


def agree(found: Figures, who: str, what: str) -> None:
    """All sides must have shown the same number of rows. Raises AssertionError."""
    if not what.startswith("edit form"):
        rows = {name: some[-1].rows for (name, *_key), some in found.items() if _key == [who, what]}
        assert len(set(rows.values())) == 1, f"{who}: {what}: {rows}"


# ── Tables ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def p50(found: Figures, name: str, who: str, what: str) -> float | None:
    """The middle of the readings, in milliseconds."""
    some = found.get((name, who, what))
    return median(one.ms for one in some) if some else None


def table(found: Figures, who: str, title: str) -> None:
    """One person's table; the raw edit form stands beside MODO's only one. The fastest reading in brackets."""
    sides = [name for name in PEERS if any(key[0] == name for key in found)]
    heads = [
        "action",
        "MODO, ms",
        *(f"{PEERS[name]}, ms" for name in sides),
        *(f"× {PEERS[name]}" for name in sides),
        "statements",
    ]
    print(f"\n{title}\n\n| {' | '.join(heads)} |\n|{'---|' * len(heads)}")
    for what in (*ACTIONS, *OWN):
        own = "edit form" if what == "edit form (raw)" else what
        ours = p50(found, "modo", who, own)
        theirs = [p50(found, name, who, what) for name in sides]
        if ours is None or (own != what and not any(theirs)):
            continue
        times = [cell(found, "modo", who, own), *(cell(found, name, who, what) for name in sides)]
        ratios = [f"{one / ours:.1f}" if one else "" for one in theirs]
        sent = [
            str(some[-1].statements)
            for name in ("modo", *sides)
            if (some := found.get((name, who, own if name == "modo" else what)))
        ]
        print(f"| {what} | {' | '.join([*times, *ratios, ' / '.join(sent)])} |", flush=True)


def cell(found: Figures, name: str, who: str, what: str) -> str:
    """Middle and fastest."""
    some = found.get((name, who, what))
    return f"{median(one.ms for one in some):.1f} ({min(one.ms for one in some):.1f})" if some else ""


def verdict(found: Figures) -> None:
    """What was aimed at, and what misses it."""
    print(f"\nAimed at: {', '.join(AIMED)} at least {FASTER} times faster than either; at most {STATEMENTS} statements a page.")
    for who in (OPERATOR, CENTRAL):
        for what in AIMED:
            ours = p50(found, "modo", who, what) or 0.0
            theirs = [one for name in PEERS if (one := p50(found, name, who, what))]
            if theirs and min(theirs) < FASTER * ours:
                print(f"- missed: {who}, {what}: {min(theirs) / ours:.1f} times")
    for (name, who, what), some in found.items():
        if name == "modo" and what != "export CSV" and some[-1].statements > STATEMENTS:
            print(f"- missed: {who}, {what}: {some[-1].statements} statements")


def grown(address: str, size: int, folder: Path, before: Figures, first: int) -> None:
    """MODO alone on a larger region, beside its figures on the first one."""
    print()
    url, made = filled(address, size)
    side = Side("modo", url, made, folder)
    try:
        heads = ("action", f"{OPERATOR}: {made.hundredth:,}, ms", "times", f"{CENTRAL}: {size:,}, ms", "times")
        print(f"\nBeside {first:,}:\n\n| {' | '.join(heads)} |\n|{'---|' * len(heads)}")
        for what in (*ACTIONS, *OWN):
            people = (OPERATOR,) if what == "export CSV" else (OPERATOR, CENTRAL)  # a million lines take a minute
            found = {key: some for who in people for key, some in readings({"modo": side}, who, [what]).items()}
            cells = []
            for who in (OPERATOR, CENTRAL):
                now, then = p50(found, "modo", who, what), p50(before, "modo", who, what)
                cells += [cell(found, "modo", who, what), f"{now / then:.2f}"] if now and then else ["", ""]
            if any(cells):
                print(f"| {what} | {' | '.join(cells)} |", flush=True)
    finally:
        side.close()
    print(f"\nAimed at: at most {GROWTH} times.")


if __name__ == "__main__":
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=list(SIZES))
    main(parser.parse_args().sizes)
