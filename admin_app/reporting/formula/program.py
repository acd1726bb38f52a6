"""A compiled form: the one object through which everyone else calculates, checks, reads and keeps values."""

from collections.abc import Mapping, Sequence

from . import typed
from .form import Cell, External, Form
from .runtime import Floats, Mask
from .values import Failure, Values


class Program:
    """See ``docs/forms.md``. Immutable and safe to share between threads; all methods are pure but for ``values`` in place."""

    form: Form
    size: int
    cells: Mapping[str, Cell]
    slot_cells: Sequence[Cell]
    section_slots: dict[str, range]
    externals: tuple[External, ...]
    digest: str

    def blank(self) -> Values:
        """An empty report."""
        return Values([0.0] * self.size, bytearray(self.size))

    def resolve(self, address: str) -> Cell | None:
        """The cell of "2.1.1.1/01/3"; leading zeros of the row and column don't matter."""
        raise NotImplementedError

    def parse(self, cell: Cell, text: str) -> float | str | None:
        """The value of what a person typed; None if blank. Raises CellError."""
        return typed.parse(cell, text, self.choices(cell))

    def show(self, cell: Cell, value: float | str | None) -> str:
        """The value for Russian readers."""
        return typed.show(cell, value)

    def choices(self, cell: Cell) -> dict[str, str] | None:
        """The cell's list ``{code: words}``, if it has one."""
        return self.form.dictionaries[cell.dictionary] if cell.dictionary else None

    def get(self, values: Values, cell: Cell) -> float | str | None:
        """What the cell holds; None if blank (or marked)."""
        raise NotImplementedError

    def put(self, values: Values, cell: Cell, value: float | str | None) -> None:
        """Set the cell; a number is quantised to the cell's decimals."""
        raise NotImplementedError

    def calc(self, values: Values) -> None:
        """Recompute every computed cell in place. Externals must have been put before."""
        raise NotImplementedError

    def check(self, values: Values) -> list[Failure]:
        """Every instance of every rule that doesn't hold. ``calc`` must have run."""
        raise NotImplementedError

    def applies(self, values: Values, section: str) -> bool:
        """Whether the section is to be filled in (its condition holds, or it has none)."""
        raise NotImplementedError

    def javascript(self) -> str:
        """The ES module: ``export {size, calc, check, applies}``; no eval, immutable for this digest."""
        raise NotImplementedError

    def matrix_calc(self, v: Floats, m: Mask) -> None:
        """``calc`` over many reports: ``v`` and ``m`` are (reports, size), changed in place."""
        raise NotImplementedError

    def matrix_check(self, v: Floats, m: Mask) -> list[tuple[int, Failure]]:
        """``check`` over many reports: (index of the report, failure), by report."""
        raise NotImplementedError

    def pack(self, values: Values, section: str) -> bytes:
        """The section's slots as little-endian float64 of value × 10^decimals, blank = -0.0."""
        raise NotImplementedError

    def unpack(self, values: Values, section: str, data: bytes) -> None:
        """Read ``pack``ed numbers into ``values``. Raises ValueError if the length isn't the section's."""
        raise NotImplementedError

    def trace(self, address: str) -> tuple[str, ...]:
        """The addresses that a computed cell is made of, in the order of its formula."""
        raise NotImplementedError


def compile_form(document: dict[str, object], cache: str | None = None) -> Program:
    """Compile a form's document. Raises FormError with everything that is wrong with it.

    ``cache``: a directory where the generated code is kept by the document's digest, so that a server starts at once.
    """
    raise NotImplementedError
