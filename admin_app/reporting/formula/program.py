"""A compiled form: the one object through which everyone else calculates, checks, reads and keeps values."""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from . import document as documents
from . import python_code, typed
from .cells import Cells, SlotCells
from .compiler import build
from .document import Draft
from .errors import N_, FormError, Problem
from .form import Cell, Check, External, Form
from .matrix import Matrix
from .places import Places
from .runtime import Floats, Mask, rnd
from .unit import ENGINE, Unit, keep, load
from .values import Failure, Values

PARTS = 200_000
SIGNS = 20_000_000


class Program:
    """See ``docs/forms.md``. Immutable and safe to share between threads; all methods are pure but for ``values`` in place.

    ``size`` is the number of slots; ``slot_cells[slot]`` the cell (or, behind the last section, what a rule takes from
    elsewhere); ``section_slots`` the slots of each section, in form order.
    """

    def __init__(self, draft: Draft, unit: Unit, digest: str) -> None:
        self.form: Form = draft.form
        self.size = unit.size
        self.digest = digest
        self.externals: tuple[External, ...] = unit.externals
        self._unit = unit
        places = Places(draft.grids, draft.variants)
        self._cells = Cells(places, unit.pulled)
        self.cells: Mapping[str, Cell] = self._cells
        self.slot_cells: Sequence[Cell] = SlotCells(self._cells, unit.externals, unit.size)
        self.section_slots: dict[str, range] = {
            place.code: range(place.first, place.first + sum(slot >= 0 for slot in place.slots)) for place in places.sections
        }
        self._calc, self._check, self._applies = python_code.load(unit.python)
        self._powers = np.array([10.0**decimals for decimals in unit.decimals])
        self._conditional = [section.code for section in self.form.sections if section.condition]

    # ── Cells ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def resolve(self, address: str) -> Cell | None:
        """The cell of "2.1.1.1/01/3"; leading zeros of the row and column don't matter."""
        return self._cells.resolve(address)

    def choices(self, cell: Cell) -> dict[str, str] | None:
        """The cell's list ``{code: words}``, if it has one."""
        return self.form.dictionaries[cell.dictionary] if cell.dictionary else None

    def parse(self, cell: Cell, text: str) -> float | str | None:
        """The value of what a person typed; None if blank. Raises CellError."""
        return typed.parse(cell, text, self.choices(cell))

    def show(self, cell: Cell, value: float | str | None) -> str:
        """The value for Russian readers."""
        return typed.show(cell, value)

    # ── Values ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def blank(self) -> Values:
        """An empty report."""
        return Values([0.0] * self.size, bytearray(self.size))

    def get(self, values: Values, cell: Cell) -> float | str | None:
        """What the cell holds; None if blank (or marked)."""
        if cell.slot is None:
            return values.texts.get(cell.address, cell.preset)
        return values.numbers[cell.slot] if values.known[cell.slot] else None

    def put(self, values: Values, cell: Cell, value: float | str | None) -> None:
        """Set the cell; a number is quantised to the cell's decimals, None blanks it. Raises ValueError if it is crossed out."""
        if cell.kind == "blocked":
            raise ValueError(f"{cell.address} is crossed out")
        if cell.slot is not None:
            number = float(value) if value is not None else 0.0
            values.numbers[cell.slot] = rnd(number, 10.0**cell.decimals) + 0.0
            values.known[cell.slot] = value is not None
        elif value is None:
            values.texts.pop(cell.address, None)
        else:
            values.texts[cell.address] = str(value)

    def pack(self, values: Values, section: str) -> bytes:
        """The section's slots as little-endian float64 of value × 10^decimals, blank = -0.0."""
        slots = self.section_slots[section]
        window = slice(slots.start, slots.stop)
        numbers = np.array(values.numbers[window], dtype="<f8") * self._powers[window]
        known = np.frombuffer(values.known, dtype=np.uint8)[window]
        return np.where(known, np.rint(numbers) + 0.0, -0.0).astype("<f8").tobytes()

    def unpack(self, values: Values, section: str, data: bytes) -> None:
        """Read ``pack``ed numbers into ``values``. Raises ValueError if the length isn't the section's."""
        slots = self.section_slots[section]
        window = slice(slots.start, slots.stop)
        if len(data) != 8 * len(slots):
            raise ValueError(f"section {section} has {len(slots)} numbers, not {len(data) / 8:g}")
        packed = np.frombuffer(data, dtype="<f8")
        blank = (packed == 0.0) & np.signbit(packed)
        values.numbers[window] = (packed / self._powers[window] + 0.0).tolist()
        values.known[window] = (~blank).astype(np.uint8).tobytes()

    # ── Calculation ──────────────────────────────────────────────────────────────────────────────────────────────────

    def calc(self, values: Values) -> None:
        """Recompute every computed cell in place. Externals must have been put before."""
        self._calc(values.numbers, values.known)

    def check(self, values: Values) -> list[Failure]:
        """Every instance of every rule that doesn't hold. ``calc`` must have run."""
        return [self._failure(*found) for found in self._check(values.numbers, values.known)]

    def applies(self, values: Values, section: str) -> bool:
        """Whether the section is to be filled in (its condition holds, or it has none)."""
        if section not in self._conditional:
            return True
        return self._applies(values.numbers, values.known)[self._conditional.index(section)]

    def matrix_calc(self, v: Floats, m: Mask) -> None:
        """``calc`` over many reports: ``v`` and ``m`` are (reports, size), changed in place."""
        self._matrix.calc(v, m)

    def matrix_check(self, v: Floats, m: Mask) -> list[tuple[int, Failure]]:
        """``check`` over many reports: (index of the report, failure), by report."""
        return [(report, self._failure(block, at, a, b)) for report, block, at, a, b in self._matrix.check(v, m)]

    def javascript(self) -> str:
        """The ES module: ``export {size, calc, check, applies…}``; no eval, immutable for this digest."""
        return self._unit.script

    @cached_property
    def _matrix(self) -> Matrix:
        return Matrix(self._unit.matrix)

    def _failure(self, block_at: int, at: int, left: float | None, right: float | None) -> Failure:
        block = self._unit.rules[block_at]
        _condition, sign, _left, _right, jump, _flags, _count = block.form
        slots = block.slots(at)
        check: Check = self.form.checks[block.owner]
        cell = self.slot_cells[slots[jump]]
        cells = tuple(dict.fromkeys(self.slot_cells[slot].address for slot in slots))
        uncomputable = any(side is not None and math.isnan(side) for side in (left, right))
        return Failure(
            check.id, check.severity, check.text, cell.section, cell.row, cell.column, left, sign, right, cells, uncomputable
        )

    # ── Where a number comes from ────────────────────────────────────────────────────────────────────────────────────

    def trace(self, address: str) -> tuple[str, ...]:
        """The addresses that a computed cell is made of, in the order of its formula; () if it isn't computed."""
        cell = self.resolve(address)
        if cell is None or cell.slot is None:
            return ()
        operands = self._operands.get(cell.slot, ())
        return tuple(dict.fromkeys(self.slot_cells[slot].address for slot in operands))

    @cached_property
    def _operands(self) -> dict[int, tuple[int, ...]]:
        found = {}
        for block in self._unit.formulas:
            for at in range(block.inner * block.outer):
                target, *operands = block.slots(at)
                found[target] = tuple(operands)
        return found


def compile_form(document: dict[str, Any], cache: str | Path | None = None) -> Program:
    """Compile a form's document. Raises FormError with everything that is wrong with it.

    ``cache``: a directory where the generated code is kept by the document's digest, so that a server starts at once.
    """
    digest = digest_of(document)
    draft = documents.read(document)
    unit = load(Path(cache), digest) if cache else None
    if unit is None:
        unit = build(draft, digest)
        if cache:
            keep(Path(cache), digest, unit)
    return Program(draft, unit, digest)


def digest_of(document: Any) -> str:
    """32 hexadecimal digits that name a document (and this compiler). Raises FormError if it isn't plain data."""
    _measure(document)
    try:
        text = json.dumps(document, sort_keys=True, ensure_ascii=False, allow_nan=False)
        return hashlib.sha256(f"{ENGINE}\n{text}".encode()).hexdigest()[:32]
    except (TypeError, ValueError, RecursionError, UnicodeEncodeError):
        raise FormError([Problem(N_("The document must be plain data: mappings, lists, texts and numbers."))]) from None


def _measure(document: Any) -> None:
    """Refuse what grows when it is written out: YAML can say a thing once and mean it a million times."""
    parts, signs, stack = 0, 0, [document]
    while stack:
        thing = stack.pop()
        parts += 1
        signs += len(thing) if isinstance(thing, str) else 0
        if parts > PARTS or signs > SIGNS:
            raise FormError([Problem(N_("The document is too large."))])
        if isinstance(thing, dict):
            stack.extend((*thing.keys(), *thing.values()))
        elif isinstance(thing, list | tuple):
            stack.extend(thing)
