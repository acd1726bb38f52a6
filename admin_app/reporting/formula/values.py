"""The values of one report, as the compiled calculation reads and writes them."""

from dataclasses import dataclass, field
from typing import Literal

from .form import Severity

Mark = Literal["na", "nd"]


@dataclass(slots=True)
class Values:
    """``numbers`` has one double per slot (0.0 where blank), ``known`` one byte per slot: 0 blank, 1 value.

    Every number is quantised to its cell's decimals: set them with ``Program.put`` (or from ``Program.parse``).
    ``texts`` holds text, choice and date cells by address, ``marks`` "not applicable" and "not available".
    """

    numbers: list[float]
    known: bytearray
    texts: dict[str, str] = field(default_factory=dict)
    marks: dict[str, Mark] = field(default_factory=dict)

    def copy(self) -> "Values":
        return Values(self.numbers.copy(), self.known.copy(), self.texts.copy(), self.marks.copy())


@dataclass(frozen=True, slots=True)
class Failure:
    """One instance of a rule that doesn't hold: at ``address`` (the cell to jump to), ``left`` ``op`` ``right`` is false.

    ``cells`` are the cells the instance is about, ``uncomputable`` says that a division by zero left no verdict.
    ``key`` names the instance (an explanation of a query is kept by it).
    """

    check_id: str
    severity: Severity
    text: str
    section: str
    row: str
    column: str
    left: float | None
    op: str
    right: float | None
    cells: tuple[str, ...]
    uncomputable: bool = False

    @property
    def address(self) -> str:
        return f"{self.section}/{self.row}/{self.column}"

    @property
    def key(self) -> str:
        return f"{self.check_id}@{self.address}"
