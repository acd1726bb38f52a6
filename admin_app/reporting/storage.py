"""A report's values at rest: rows of ``ReportSection``, snapshots, and what differs between two states.

Only sections that differ from an untouched report have a row. Columns are read, never ``ReportSection`` objects: the identity
map would hand out the bytes of an earlier read.
"""

import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import isnan
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from admin_app.reporting.formula import Cell, Program, Values
from admin_app.reporting.merge import Content
from models import Base, ReportSection


@dataclass(frozen=True)
class Packed:
    """One section as kept: numbers as bytes, texts and marks by "row/column"."""

    code: str
    numbers: bytes
    texts: dict[str, str]
    marks: dict[str, Any]


def read(session: Session, report_id: int, only: str | None = None) -> list[Packed]:
    """The kept sections of a report, or one of them."""
    row = ReportSection
    query = select(row.code, row.numbers, row.texts, row.marks).where(row.report_id == report_id)
    if only is not None:
        query = query.where(row.code == only)
    return [Packed(*found) for found in session.execute(query)]


def read_many(session: Session, places: Iterable[tuple[int, str]]) -> dict[tuple[int, str], Packed]:
    """The kept sections (report, code) of several reports in one statement; none for none."""
    row = ReportSection
    wanted = list(places)
    if not wanted:
        return {}
    query = select(row.report_id, row.code, row.numbers, row.texts, row.marks).where(tuple_(row.report_id, row.code).in_(wanted))
    return {(found[0], found[1]): Packed(*found[1:]) for found in session.execute(query)}


@lru_cache(maxsize=64)
def untouched(program: Program) -> Values:
    """What a report of this form holds before anybody has typed: computed cells over blanks. Copy before changing it."""
    values = program.blank()
    program.calc(values)
    return values


def values(program: Program, packed: Iterable[Packed]) -> Values:
    """The values of a report from its kept sections. Raises ValueError if they are of another form."""
    found = untouched(program).copy()
    for section in packed:
        unpack(program, found, section)
    return found


def unpack(program: Program, into: Values, section: Packed) -> None:
    """Put one kept section into a report's values, over what an untouched one has there."""
    program.unpack(into, section.code, section.numbers)
    into.texts.update({f"{section.code}/{place}": text for place, text in section.texts.items()})
    into.marks.update({f"{section.code}/{place}": mark for place, mark in section.marks.items()})


def pack(program: Program, of: Values, code: str) -> Packed:
    """One section ready to be kept."""
    return Packed(code, program.pack(of, code), inside(of.texts, code), inside(of.marks, code))


def inside(cells: dict[str, Any], code: str) -> dict[str, Any]:
    """The entries of one section by "row/column"."""
    start = f"{code}/"
    return {address[len(start) :]: entry for address, entry in cells.items() if address.startswith(start)}


def changed(program: Program, before: Values, after: Values) -> list[str]:
    """The sections in which two states of a report differ, in the order of the form."""
    touched = {address.split("/", 1)[0] for address in different(before.texts, after.texts)}
    touched |= {address.split("/", 1)[0] for address in different(before.marks, after.marks)}
    return [
        code
        for code, slots in program.section_slots.items()
        if code in touched
        or before.numbers[slots.start : slots.stop] != after.numbers[slots.start : slots.stop]
        or before.known[slots.start : slots.stop] != after.known[slots.start : slots.stop]
    ]


def different(one: dict[str, Any], other: dict[str, Any]) -> set[str]:
    """The keys whose entries differ or that only one has."""
    return {key for key, _ in one.items() ^ other.items()} if one != other else set()


FRESH = insert(Base.metadata.tables[ReportSection.__tablename__])
UPSERT = FRESH.on_conflict_do_update(
    index_elements=["report_id", "code"], set_={name: FRESH.excluded[name] for name in ("numbers", "texts", "marks")}
)


def keep(session: Session, report_id: int, sections: Iterable[Packed]) -> None:
    """Write sections over what was kept of them: one statement, which the scope engine lets pass only `unscoped`."""
    rows = [{"report_id": report_id, **vars(section)} for section in sections]
    if rows:
        session.execute(UPSERT, rows)


def content(program: Program, of: Values, cell: Cell) -> Content:
    """What a revision keeps of a cell; whole numbers as int, so that the record is short."""
    mark = of.marks.get(cell.address)
    if mark:
        return {"mark": mark}
    value = program.get(of, cell)
    return int(value) if isinstance(value, float) and value.is_integer() else value


def put(program: Program, into: Values, cell: Cell, what: Content) -> None:
    """Set a cell to the content of a revision; a mark takes the place of the value."""
    into.marks.pop(cell.address, None)
    if isinstance(what, dict):
        program.put(into, cell, None)
        into.marks[cell.address] = "na" if what["mark"] == "na" else "nd"
    else:
        program.put(into, cell, float(what) if isinstance(what, int) else what)


def shown(program: Program, address: str, what: Content) -> str:
    """A content as it stands on the screen; "" for a blank."""
    if isinstance(what, dict):
        return _("n/a") if what["mark"] == "na" else _("no data")
    return program.show(program.cells[address], float(what) if isinstance(what, int) else what)


@lru_cache(maxsize=64)
def typing_slots(program: Program) -> dict[str, int]:
    """Per section, which of its slots a person types into: one bit in eight per slot, as ``known`` has its bytes."""
    return {
        code: int.from_bytes(bytes(program.slot_cells[slot].kind == "input" for slot in slots))
        for code, slots in program.section_slots.items()
    }


@lru_cache(maxsize=64)
def fillable(program: Program) -> dict[str, int]:
    """How many cells of each section a person types into."""
    found = {code: slots.bit_count() for code, slots in typing_slots(program).items()}
    for cell in program.cells.values():
        if cell.kind == "input" and cell.slot is None:
            found[cell.section] = found.get(cell.section, 0) + 1
    return found


def filled(program: Program, of: Values) -> dict[str, int]:
    """How many of them are filled in (a mark counts); sections with none are left out."""
    found = {}
    for code, slots in program.section_slots.items():
        known = int.from_bytes(of.known[slots.start : slots.stop])
        found[code] = (known & typing_slots(program)[code]).bit_count()
    for address in [*of.texts, *of.marks]:
        cell = program.cells[address]
        found[cell.section] = found.get(cell.section, 0) + (cell.kind == "input")
    return {code: count for code, count in found.items() if count}


def differences(program: Program, before: Values, after: Values) -> Iterator[Cell]:
    """The cells that differ between two states, of any kind, in the order of the form's sections."""
    texts = different(before.texts, after.texts) | different(before.marks, after.marks)
    for code in changed(program, before, after):
        for slot in program.section_slots[code]:
            if before.known[slot] == after.known[slot] and same(before.numbers[slot], after.numbers[slot]):
                continue
            cell = program.slot_cells[slot]
            texts.discard(cell.address)
            yield cell
    yield from (program.cells[address] for address in sorted(texts))


def same(one: float, other: float) -> bool:
    """Equal, or both impossible (a division by zero)."""
    return one == other or (isnan(one) and isnan(other))


# ── Snapshots ────────────────────────────────────────────────────────────────────────────────────────────────────────


def freeze(packed: Iterable[Packed]) -> bytes:
    """All kept sections in one compressed piece: a line of JSON that says what follows, then the numbers one after another."""
    sections = list(packed)
    head = [[section.code, len(section.numbers), section.texts, section.marks] for section in sections]
    line = json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode()
    return zlib.compress(line + b"\n" + b"".join(section.numbers for section in sections), 6)


def thaw(data: bytes) -> list[Packed]:
    """The sections of a snapshot."""
    line, _, numbers = zlib.decompress(data).partition(b"\n")
    sections = []
    for code, length, texts, marks in json.loads(line):
        sections.append(Packed(code, numbers[:length], texts, marks))
        numbers = numbers[length:]
    return sections
