"""One section of a document → the section as printed, its grid and its checks."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, Literal, cast

from . import lines
from .errors import N_, Stop
from .form import Check, Column, Row, Section, Severity
from .grid import Grid, GridMaker
from .reading import Reading, Variant

ROWS = 2000
COLUMNS = 200
SEVERITIES = ("error", "query", "hint")


class SectionReader:
    """Reads one copy of one section."""

    def __init__(self, reading: Reading, holder: dict[str, Any], where: str, code: str, base: str, variant: Variant) -> None:
        self.reading = reading
        self.holder = holder
        self.where = where
        self.code = code
        self.base = base
        self.variant = variant

    def read(self) -> tuple[Section, Grid]:
        column_lines = self._table("columns", COLUMNS)
        row_lines = self._table("rows", ROWS)
        columns = _columns(column_lines)
        rows = tuple(map(_row, row_lines))
        self._twice([column.number for column in columns], N_("Column %(code)s stands twice."))
        self._twice([row.code for row in rows if row.code], N_("Row %(code)s stands twice."))
        self._shape(columns, rows)
        text = self.text
        section = Section(
            code=self.code,
            title=text("title"),
            short=text("short") or text("title"),
            columns=columns,
            rows=rows,
            units=text("units"),
            base=self.base if self.variant.number else "",
            variant=self.variant.title,
            group=text("group"),
            condition=self.variant.condition,
            notes=tuple(note for note in text("notes").split("\n") if note),
        )
        return section, self._grid(column_lines, row_lines)

    def _grid(self, column_lines: tuple[lines.Line, ...], row_lines: tuple[lines.Line, ...]) -> Grid:
        """Copies of a section have the same grid unless an option is for some of them only."""
        differs = any(option.variants for line in (*column_lines, *row_lines) for option in line.options)
        key = (self.base, self.variant.number if differs else "")
        if key not in self.reading.grids:
            maker = GridMaker(self.code, self.variant.number, self.reading.dictionaries, self.type_totals)
            self.reading.grids[key] = maker.make(self.text("type") or "count", column_lines, row_lines, self._wrong)
        return replace(self.reading.grids[key], section=self.code)

    @property
    def type_totals(self) -> bool:
        return self.reading.document.get("totals") == "type"

    def text(self, key: str) -> str:
        return self.reading.text(self.holder, key, self.where)

    def checks(self) -> Iterator[Check]:
        found = self._stopping("checks", lines.checks) or []
        self._twice([line.number for line in found], N_("Check %(code)s stands twice."))
        for line in found:
            if line.variants and self.variant.number not in line.variants:
                continue
            if line.severity not in SEVERITIES:
                self._wrong(N_("The severity is error, query or hint, not “%(severity)s”."), severity=line.severity)
                continue
            rule = self._here(line.rule)
            severity = cast(Severity, line.severity)
            yield Check(f"{self.code}:{line.number}", self.code, severity, rule, self._here(line.text) or rule, line.source)

    def _here(self, text: str) -> str:
        """A rule or its words for this copy: ``{[]`` is this section, ``~`` the number of this variant."""
        return text.replace("{[]", f"{{[{self.code}]").replace("~", self.variant.number or "~")

    def _table(self, key: str, most: int) -> tuple[lines.Line, ...]:
        found: tuple[lines.Line, ...] = self._stopping(key, lines.table) or ()
        if not found:
            self._wrong(N_("“%(key)s” is empty or missing."), key=key)
        if len(found) > most:
            self._wrong(N_("“%(key)s” has more than %(limit)s lines."), key=key, limit=most)
        return found[:most]

    def _stopping(self, key: str, read: Any) -> Any:
        try:
            return read(self.text(key))
        except Stop as stop:
            self._wrong(stop.message, **stop.params)
            return None

    def _twice(self, codes: list[str], message: str) -> None:
        plain = [code.lstrip("0") or "0" for code in codes]
        for code in dict.fromkeys(code for code in plain if plain.count(code) > 1):
            self._wrong(message, code=code)

    def _shape(self, columns: tuple[Column, ...], rows: tuple[Row, ...]) -> None:
        if columns and not any(column.role == "data" for column in columns):
            self._wrong(N_("The section has no column to fill in."))
        for code in [column.number for column in columns] + [row.code for row in rows if row.code]:
            if set(code) & set("/[]{}~*,:") or len(code) > 20:
                self._wrong(N_("The code “%(code)s” is longer than 20 signs or has one of /[]{}~*,:."), code=code)

    def _wrong(self, message: str, place: str = "", **params: object) -> None:
        self.reading.wrong(f"{self.code}{place and '/'}{place}", message, **params)


def _columns(found: Iterable[lines.Line]) -> tuple[Column, ...]:
    """A header line ("--") is the parent of the deeper lines under it."""
    parents: list[tuple[int, str]] = []
    columns = []
    for line in found:
        while parents and parents[-1][0] >= line.indent:
            parents.pop()
        if line.code is None:
            parents.append((line.indent, line.name))
            continue
        words = [option.words for option in line.options]
        role: Literal["name", "code_of_row", "data"]
        role = "name" if "name" in words else "code_of_row" if "code" in words else "data"
        columns.append(Column(line.code, line.name, tuple(title for _, title in parents), role))
    return tuple(columns)


def _row(line: lines.Line) -> Row:
    words = [option.words for option in line.options]
    kind: Literal["data", "header", "dynamic"]
    kind = "header" if line.code is None else "dynamic" if "dynamic" in words else "data"
    hint = next((word[1:].strip() for word in words if word.startswith("?")), "")
    total = "total" in words or any(word.startswith("=") for word in words)
    return Row(line.code, line.name, line.indent, kind, total, hint)
