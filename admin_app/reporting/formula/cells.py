"""Cell objects, made when somebody looks: a form has 27,000 of them and a request needs a section's."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from typing import overload

from .form import Cell, External, Kind
from .places import Place, Places, plain


class Cells(Mapping[str, Cell]):
    """address → Cell, in printed order."""

    def __init__(self, places: Places, pulled: frozenset[str]) -> None:
        self.places = places
        self.pulled = pulled
        self.made: dict[str, dict[str, Cell]] = {}

    def section(self, code: str) -> dict[str, Cell]:
        """The cells of one section by address."""
        if code not in self.made:
            place = self.places.sections[self.places.by_code[code]]
            self.made[code] = {cell.address: cell for cell in self._make(place)}
        return self.made[code]

    def resolve(self, address: str) -> Cell | None:
        code, _, rest = address.partition("/")
        row, _, column = rest.partition("/")
        if code not in self.places.by_code:
            return None
        place = self.places.sections[self.places.by_code[code]]
        r, c = place.row_at.get(plain(row)), place.column_at.get(plain(column))
        if r is None or c is None:
            return None
        return self.section(code)[f"{code}/{place.rows[r]}/{place.columns[c]}"]

    def _make(self, place: Place) -> Iterator[Cell]:
        specs = iter(place.specs)
        slots = iter(place.slots)
        for row in place.rows:
            for column in place.columns:
                spec, slot = next(specs), next(slots)
                address = f"{place.code}/{row}/{column}"
                kind: Kind = "input"
                if spec.blocked:
                    kind = "blocked"
                elif spec.formula is not None:
                    kind = "pulled" if address in self.pulled else "computed"
                yield Cell(
                    address, place.code, row, column, kind, spec.type, spec.decimals, slot if slot >= 0 else None,
                    spec.minimum, spec.maximum, spec.dictionary, spec.formula or "", spec.preset,
                )  # fmt: skip

    def __getitem__(self, address: str) -> Cell:
        return self.section(address.partition("/")[0])[address]

    def __contains__(self, address: object) -> bool:
        return (
            isinstance(address, str)
            and address.partition("/")[0] in self.places.by_code
            and (address in self.section(address.partition("/")[0]))
        )

    def __iter__(self) -> Iterator[str]:
        for place in self.places.sections:
            yield from self.section(place.code)

    def __len__(self) -> int:
        return sum(len(place.specs) for place in self.places.sections)


class SlotCells(Sequence[Cell]):
    """slot → Cell; behind the last section what formulas and rules take from elsewhere, under its source's words."""

    def __init__(self, cells: Cells, externals: tuple[External, ...], size: int) -> None:
        self.cells = cells
        self.size = size
        self.firsts = [place.first for place in cells.places.sections]
        self.made: dict[str, list[Cell]] = {}
        self.hidden = {external.slot: _elsewhere(external) for external in externals if external.address is None}

    def section(self, code: str) -> list[Cell]:
        """The section's cells that have slots, in their order."""
        if code not in self.made:
            self.made[code] = [cell for cell in self.cells.section(code).values() if cell.slot is not None]
        return self.made[code]

    @overload
    def __getitem__(self, slot: int) -> Cell: ...

    @overload
    def __getitem__(self, slot: slice) -> list[Cell]: ...

    def __getitem__(self, slot: int | slice) -> Cell | list[Cell]:
        if isinstance(slot, slice):
            return [self[at] for at in range(*slot.indices(self.size))]
        slot = range(self.size)[slot]
        if slot in self.hidden:
            return self.hidden[slot]
        place = self.cells.places.sections[_last_not_after(self.firsts, slot)]
        return self.section(place.code)[slot - place.first]

    def __len__(self) -> int:
        return self.size


def _last_not_after(firsts: list[int], slot: int) -> int:
    """The section of a slot; of sections without slots, which start where the next does, the last one has it."""
    return bisect_right(firsts, slot) - 1


def _elsewhere(external: External) -> Cell:
    source = external.source
    section, row, column = source.address.split("/")
    name = f"{source.form}{'@previous' if source.previous else ''}:{section}"
    return Cell(f"{name}/{row}/{column}", name, row, column, "pulled", "decimal", 6, external.slot, source=str(source))
