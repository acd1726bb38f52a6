"""Where every cell is: addresses, slots, and the lists and ranges by which rules name them."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from .errors import N_, Stop
from .form import External, Source
from .grid import Grid, Spec
from .tree import Ref

CROSSED = -1
TEXT = -2
ELSEWHERE = 400  # cells of another form that one reference may name


def plain(code: str) -> str:
    """Row "01" and row "1" are one name."""
    return code.lstrip("0") or "0"


@dataclass
class Place:
    """One section's cells; ``slots`` runs row by row, CROSSED and TEXT where there is no number."""

    code: str
    variant: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    specs: tuple[Spec, ...]
    slots: list[int]
    first: int
    row_at: dict[str, int] = field(init=False)
    column_at: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self.row_at = {plain(code): at for at, code in enumerate(self.rows)}
        self.column_at = {plain(code): at for at, code in enumerate(self.columns)}

    def slot(self, row: int, column: int) -> int:
        return self.slots[row * len(self.columns) + column]

    def spec(self, row: int, column: int) -> Spec:
        return self.specs[row * len(self.columns) + column]

    def address(self, at: int) -> str:
        """The address of the ``at``-th cell of the section."""
        row, column = divmod(at, len(self.columns))
        return f"{self.code}/{self.rows[row]}/{self.columns[column]}"


@dataclass(frozen=True)
class Here:
    """Where a formula or rule stands: what its empty brackets and ``~`` mean."""

    section: Place
    row: int | None = None
    column: int | None = None


Index = tuple[int, ...]
NO_ROW = N_("There is no row %(code)s in section %(section)s.")
NO_COLUMN = N_("There is no column %(code)s in section %(section)s.")


@dataclass(frozen=True)
class Missing:
    """What to say about a row or column that isn't there."""

    message: str
    section: str
    at: int


class Places:
    """All sections, and the hidden slots behind them for values from elsewhere."""

    def __init__(self, grids: list[Grid], variants: dict[str, str]) -> None:
        self.sections: list[Place] = []
        size = 0
        for grid in grids:
            slots = []
            for spec in grid.specs:
                numeric = spec.numeric and not spec.blocked
                slots.append(size if numeric else TEXT if not spec.blocked else CROSSED)
                size += numeric
            first = size - sum(slot >= 0 for slot in slots)
            variant = variants[grid.section]
            self.sections.append(Place(grid.section, variant, grid.rows, grid.columns, grid.specs, slots, first))
        self.by_code = {place.code: at for at, place in enumerate(self.sections)}
        self.visible = size
        self.hidden: dict[Source, int] = {}
        self.decimals = [spec.decimals for place in self.sections for spec in self._numeric(place)]
        self.bounds: dict[int, str] = {}

    @staticmethod
    def _numeric(place: Place) -> Iterator[Spec]:
        return (spec for spec, slot in zip(place.specs, place.slots, strict=True) if slot >= 0)

    @property
    def size(self) -> int:
        return self.visible + len(self.hidden)

    def address(self, slot: int) -> str:
        """The address of a slot, for messages."""
        for place in self.sections:
            if slot in place.slots:
                return place.address(place.slots.index(slot))
        return next(str(source) for source, hidden in self.hidden.items() if hidden == slot)

    def externals(self) -> Iterator[External]:
        return (External(slot, None, source) for source, slot in self.hidden.items())

    def outside(self, source: Source, decimals: int | None) -> int:
        """The hidden slot of a value from elsewhere."""
        if source not in self.hidden:
            self.hidden[source] = self.size
            self.decimals.append(6 if decimals is None else decimals)
        return self.hidden[source]

    # ── Names → positions ────────────────────────────────────────────────────────────────────────────────────────────

    def find(self, ref: Ref, here: Here) -> tuple[Index, Index, Index]:
        """The sections, rows and columns that a reference to this form names. Raises Stop."""
        sections = tuple(self._sections(ref, here))
        first = self.sections[sections[0]]
        rows = self._lines(ref.rows, first.rows, first.row_at, here.row, Missing(NO_ROW, first.code, ref.at))
        columns = self._lines(ref.columns, first.columns, first.column_at, here.column, Missing(NO_COLUMN, first.code, ref.at))
        for at in sections[1:]:
            if self.sections[at].rows != first.rows or self.sections[at].columns != first.columns:
                raise Stop(N_("Sections named together must have the same rows and columns."), ref.at)
        return sections, rows, columns

    def _sections(self, ref: Ref, here: Here) -> Iterator[int]:
        if not ref.sections:
            yield self.by_code[here.section.code]
            return
        for item in ref.sections.replace("~", here.section.variant or "~").split(","):
            code = item.strip()
            if code.endswith(".*"):
                found = [at for name, at in self.by_code.items() if _copy_of(name, code[:-2])]
            else:
                found = [self.by_code[code]] if code in self.by_code else []
            if not found:
                raise Stop(N_("There is no section %(code)s."), ref.at, code=code or "—")
            yield from found

    def _lines(self, text: str, codes: tuple[str, ...], at: dict[str, int], here: int | None, missing: "Missing") -> Index:
        if text == "*":
            return tuple(range(len(codes)))
        if not text:
            if here is None:
                raise Stop(N_("Empty brackets mean “this row” or “this column”: only a cell's formula has them."), missing.at)
            return (here,)
        found: list[int] = []
        for item in text.split(","):
            first, dash, last = (part.strip() for part in item.partition("-"))
            ends = [at.get(plain(code)) for code in ((first, last) if dash else (first,))]
            for end, code in zip(ends, (first, last), strict=False):
                if end is None:
                    raise Stop(missing.message, missing.at, code=code or "—", section=missing.section)
            found.extend(self._between(codes, *ends) if dash else ends)  # type: ignore[arg-type]
        return tuple(dict.fromkeys(found))

    @staticmethod
    def _between(codes: tuple[str, ...], first: int, last: int) -> Iterator[int]:
        """By number where codes are numbers, in printed order where they aren't."""
        low, high = codes[first], codes[last]
        if low.isdecimal() and high.isdecimal():
            return (at for at, code in enumerate(codes) if code.isdecimal() and int(low) <= int(code) <= int(high))
        return iter(range(first, last + 1))

    # ── Cells of other forms and periods ─────────────────────────────────────────────────────────────────────────────

    def elsewhere(self, ref: Ref, here: Here) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
        """The sections, rows and columns of another form or of the previous period, by name. Raises Stop."""
        if not ref.form:
            sections, rows, columns = self.find(ref, here)
            first = self.sections[sections[0]]
            return (
                tuple(self.sections[at].code for at in sections),
                tuple(first.rows[at] for at in rows),
                tuple(first.columns[at] for at in columns),
            )
        named = tuple(tuple(self._named(text, ref)) for text in (ref.sections, ref.rows, ref.columns))
        if len(named[0]) * len(named[1]) * len(named[2]) > ELSEWHERE:
            raise Stop(N_("A reference to another form names at most %(limit)s cells."), ref.at, limit=ELSEWHERE)
        return named[0], named[1], named[2]

    def _named(self, text: str, ref: Ref) -> Iterator[str]:
        if not text or "*" in text or "~" in text:
            raise Stop(N_("Cells of another form are named one by one or as ranges of numbers."), ref.at)
        for item in text.split(","):
            first, dash, last = (part.strip() for part in item.partition("-"))
            if not dash or not (first.isdecimal() and last.isdecimal()):
                yield item.strip()
            elif max(len(first), len(last)) > 6 or int(last) - int(first) > ELSEWHERE:
                raise Stop(N_("A reference to another form names at most %(limit)s cells."), ref.at, limit=ELSEWHERE)
            else:
                yield from map(str, range(int(first), int(last) + 1))

    def decimals_of(self, address: str) -> int | None:
        """The decimals of a cell of this form by its address; None if it isn't a number here."""
        section, row, column = address.split("/")
        place = self.sections[self.by_code[section]]
        slot = place.slot(place.row_at[plain(row)], place.column_at[plain(column)])
        return self.decimals[slot] if slot >= 0 else None


def _copy_of(code: str, base: str) -> bool:
    """Whether "2.1.1.3" is a copy of "2.1.1": one more number."""
    head, _, tail = code.rpartition(".")
    return head == base and tail.isdecimal()
