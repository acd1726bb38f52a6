"""What each place of a table is: the options of its column and row, one after the other, the nearer one last."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from .errors import N_, Stop
from .form import NUMERIC, TEXTUAL
from .lines import HEADER, Line, Option, expand

MOST = 999_999_999_999.0  # what the official blanks accept in a cell of counts
DIGITS = 6
PULLED = re.compile(r"card\.|\]\s*:|\{\{")  # what a formula from elsewhere looks like


@dataclass(frozen=True)
class Spec:
    """What a cell is, before it has an address: the same object for all cells that are alike."""

    type: str = "count"
    decimals: int = 0
    minimum: float | None = 0.0
    maximum: float | None = MOST
    dictionary: str | None = None
    formula: str | None = None
    blocked: bool = False
    preset: str | None = None

    @property
    def numeric(self) -> bool:
        return self.type in NUMERIC


@dataclass(frozen=True)
class Grid:
    """A section's cells in printed order: ``specs[row * len(columns) + column]`` over the rows and columns that have cells."""

    section: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    specs: tuple[Spec, ...]


class Wrong(ValueError):
    """An option that can't be understood; ``message`` and ``params`` as in Problem."""

    def __init__(self, message: str, **params: object) -> None:
        super().__init__(message)
        self.message = message
        self.params = params


@dataclass
class GridMaker:
    section: str
    variant: str
    dictionaries: dict[str, dict[str, str]]
    type_totals: bool = False
    seen: dict[tuple[Spec, str], Spec] = field(default_factory=dict)  # options repeat over thousands of cells

    def make(self, default: str, columns: Sequence[Line], rows: Sequence[Line], wrong: Callable[..., None]) -> Grid:
        """All cells of the section; what can't be understood goes to ``wrong(message, place, **params)``."""
        self.wrong = wrong
        data_columns = [line for line in columns if line.code and not {"name", "code"} & _words(line)]
        data_rows = [line for line in rows if line.code]
        row_codes = tuple(line.code or HEADER for line in data_rows)
        column_codes = tuple(line.code or HEADER for line in data_columns)
        start = self._apply(Spec(), default, "")
        wholes = [self._wholes(line) for line in data_columns]
        column_parts = [self._parts(line, row_codes) for line in data_columns]
        plain = [self._spec(start, whole, [], "") for whole in wholes]
        specs: list[Spec] = []
        for at, line in enumerate(data_rows):
            whole = self._wholes(line)
            parts = self._parts(line, column_codes)
            if not whole and not parts and not any(column_parts):
                specs.extend(plain)
                continue
            for column, code in enumerate(column_codes):
                changes = [*_no_formula_over(whole, wholes[column]), *column_parts[column].get(row_codes[at], ())]
                specs.append(self._spec(start, wholes[column], [*changes, *parts.get(code, ())], f"{line.code}/{code}"))
        return Grid(self.section, row_codes, column_codes, tuple(specs))

    def _spec(self, start: Spec, column: list[str], row: list[str], place: str) -> Spec:
        spec = start
        for words in (*column, *row):
            spec = self._apply(spec, words, place)
        return replace(spec, formula=None) if spec.blocked and spec.formula else spec

    def _computed(self, spec: Spec, formula: str) -> Spec:
        """With “totals: type” what this form could compute is typed; what comes from elsewhere is still pulled."""
        if self.type_totals and not PULLED.search(formula):
            return spec
        return replace(spec, formula=formula, minimum=None, maximum=None)

    def _wholes(self, line: Line) -> list[str]:
        return [option.words for option in line.options if not option.places and self._meant(option)]

    def _parts(self, line: Line, codes: tuple[str, ...]) -> dict[str, list[str]]:
        """The options for some cells of the line, by the other coordinate of the cell."""
        found: dict[str, list[str]] = {}
        for option in line.options:
            if option.places and self._meant(option):
                for code in self._codes(option, codes, line.code or ""):
                    found.setdefault(code, []).append(option.words)
        return found

    def _meant(self, option: Option) -> bool:
        return not option.variants or self.variant in option.variants

    def _codes(self, option: Option, codes: tuple[str, ...], place: str) -> Iterable[str]:
        if option.places == "*":
            return codes
        plain = {code.lstrip("0"): code for code in codes}
        try:
            named = list(expand(option.places))
        except Stop as stop:
            self.wrong(stop.message, place, **stop.params)
            return []
        found = [plain.get(code.lstrip("0")) for code in named]
        if None in found:
            self.wrong(N_("“%(option)s” names a row or column that is not there."), place, option=option.raw)
        return [code for code in found if code is not None]

    def _apply(self, spec: Spec, words: str, place: str) -> Spec:
        key = (spec, words)
        if key not in self.seen:
            try:
                self.seen[key] = self._changed(spec, words)
            except Wrong as error:
                self.wrong(error.message, place, **error.params)
                self.seen[key] = spec
        spec = self.seen[key]
        if spec.dictionary is not None and spec.dictionary not in self.dictionaries:
            self.wrong(N_("There is no list “%(name)s”."), place, name=spec.dictionary)
            return replace(spec, dictionary=None)
        return spec

    def _changed(self, spec: Spec, words: str) -> Spec:
        verb, _, rest = words.partition(" ")
        rest = rest.strip()
        if words.startswith("="):
            return self._computed(spec, words[1:].strip())
        if words.startswith("?") or words in ("total", "dynamic"):
            return spec
        if verb in ("x", "input", "preset"):
            return _state(spec, verb, rest)
        if verb in ("min", "max"):
            limit = _limit(rest)
            return replace(spec, minimum=limit) if verb == "min" else replace(spec, maximum=limit)
        if verb == "in" and rest:
            return replace(spec, dictionary=rest)
        if verb in NUMERIC or verb in TEXTUAL:
            return _typed(spec, verb, rest)
        raise Wrong(N_("“%(option)s” is not an option of a row or column."), option=words)


def _words(line: Line) -> set[str]:
    return {option.words for option in line.options}


def _no_formula_over(row: list[str], column: list[str]) -> list[str]:
    """A column's formula is the cell's; the row's formula over it stays a check."""
    if not any(words.startswith("=") for words in column):
        return row
    return [words for words in row if not words.startswith("=")]


def _state(spec: Spec, verb: str, rest: str) -> Spec:
    if verb == "x":
        return replace(spec, blocked=True)
    if verb == "input":
        limits = (0.0, MOST) if spec.formula and spec.type == "count" else (spec.minimum, spec.maximum)
        return replace(spec, blocked=False, formula=None, minimum=limits[0], maximum=limits[1])
    return replace(spec, type="text", blocked=True, preset=rest)


def _limit(text: str) -> float | None:
    if text == "none":
        return None
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not abs(value) <= 1e15:
        raise Wrong(N_("“%(text)s” is not a limit: write a number or “none”."), text=text)
    return value


def _typed(spec: Spec, verb: str, rest: str) -> Spec:
    plain = replace(spec, type=verb, decimals=0, minimum=None, maximum=None, dictionary=None)
    if verb == "decimal":
        if rest not in map(str, range(DIGITS + 1)):
            raise Wrong(N_("“decimal” needs the number of digits, from 0 to %(limit)s."), limit=DIGITS)
        return replace(plain, decimals=int(rest), minimum=0.0, maximum=MOST)
    if verb == "choice":
        if not rest:
            raise Wrong(N_("“choice” needs the name of a list."))
        return replace(plain, dictionary=rest)
    if rest:
        raise Wrong(N_("“%(option)s” is not an option of a row or column."), option=f"{verb} {rest}")
    limits = {"count": (0.0, MOST), "flag": (0.0, 1.0), "year": (1000.0, 2999.0)}.get(verb, (None, None))
    return replace(plain, minimum=limits[0], maximum=limits[1])
