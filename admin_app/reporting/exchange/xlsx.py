"""Excel workbooks: the list of sheets, what their formats mean, and a sheet's rows one by one with their own line numbers."""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from posixpath import dirname, join, normpath
from typing import BinaryIO, NamedTuple

from flask_babel import gettext as _

from admin_app.reporting.exchange import formats, markup, safety
from admin_app.reporting.exchange.cells import MAX_ROWS, Cells, Row, Texts, whole
from admin_app.reporting.exchange.markup import Index
from admin_app.reporting.exchange.merges import Merges
from admin_app.reporting.refusal import Refused

MAX_SHEETS = 200


class Named(NamedTuple):
    """A sheet in the workbook's list."""

    title: str
    hidden: bool
    part: str


@dataclass
class Workbook:
    """An XLSX file that `safety.expect` has let through. The file stays open as long as this is used."""

    file: BinaryIO
    zipped: zipfile.ZipFile = field(init=False)

    def __post_init__(self) -> None:
        self.zipped = safety.archive(self.file)

    @cached_property
    def parts(self) -> dict[str, str]:
        """Real names by names in small letters."""
        return {name.lower(): name for name in self.zipped.namelist()}

    @cached_property
    def main(self) -> str:
        """The workbook's part, by the list of content types."""
        index = Index("Override")
        markup.read(self.pieces("[Content_Types].xml"), index)
        kinds = {one.get("ContentType", ""): one.get("PartName", "") for _name, one in index.found}
        found = (part.lstrip("/") for kind, part in kinds.items() if "spreadsheetml" in kind and "main+xml" in kind)
        return next(found, "xl/workbook.xml")

    @cached_property
    def index(self) -> Index:
        """The workbook's sheets and properties."""
        index = Index("sheet", "workbookPr")
        markup.read(self.pieces(self.main), index)
        return index

    @cached_property
    def links(self) -> list[tuple[str, str, str]]:
        """The workbook's relations: id, kind, part."""
        index = Index("Relationship")
        folder, base = dirname(self.main), self.main.rpartition("/")[2]
        markup.read(self.pieces(join(folder, "_rels", f"{base}.rels")), index)
        return [
            (one.get("Id", ""), one.get("Type", "").rpartition("/")[2], resolved(folder, one.get("Target", "")))
            for _name, one in index.found
            if one.get("TargetMode") != "External"
        ]

    @cached_property
    def sheets(self) -> tuple[Named, ...]:
        """All sheets with cells, in the workbook's order."""
        tables = {key: part for key, kind, part in self.links if kind == "worksheet"}
        found = [one for name, one in self.index.found if name == "sheet" and one.get("id") in tables]
        return tuple(
            Named(one.get("name", ""), one.get("state", "visible") != "visible", tables[one["id"]]) for one in found[:MAX_SHEETS]
        )

    @cached_property
    def texts(self) -> Texts:
        """The shared texts."""
        texts = Texts()
        for _id, kind, part in self.links:
            if kind == "sharedStrings" and part.lower() in self.parts:
                markup.read(self.pieces(part), texts)
        return texts

    @cached_property
    def patterns(self) -> dict[str, str]:
        """What each cell format means, by its number as cells write it: see `formats.pattern`."""
        index = Index("numFmt", "cellXfs", "cellStyleXfs", "xf")
        for _id, kind, part in self.links:
            if kind == "styles" and part.lower() in self.parts:
                markup.read(self.pieces(part), index)
        return patterns(index)

    @cached_property
    def since_1904(self) -> bool:
        """Are days counted as on an old Macintosh?"""
        return any(name == "workbookPr" and one.get("date1904", "0") in {"1", "true"} for name, one in self.index.found)

    def pieces(self, part: str) -> Iterator[bytes]:
        """The part's bytes; its name in any case of letters."""
        return safety.chunks(self.zipped, self.parts.get(part.lower(), part))

    def merges(self, part: str) -> Merges:
        """The sheet's merged cells. Reads the whole sheet, at 200 MB a second."""
        return Merges.found(self.pieces(part))

    def rows(self, part: str) -> Iterator[Row]:
        """The sheet's rows that hold something, in the file's order, as they are read."""
        cells = Cells(self.texts, self.patterns, self.since_1904)
        count = 0
        for _piece in markup.walk(self.pieces(part), cells):
            count += len(cells.rows)
            if count > MAX_ROWS:
                raise Refused(_("The table has more than %(most)s filled lines. Divide it.", most=MAX_ROWS))
            yield from cells.rows
            cells.rows.clear()
            if cells.done:
                return


def patterns(index: Index) -> dict[str, str]:
    """The meanings of the formats in `cellXfs`, by their number in order."""
    codes = {one.get("numFmtId", ""): one.get("formatCode", "") for name, one in index.found if name == "numFmt"}
    meanings: list[str] = []
    inside = False
    for name, one in index.found:
        if name in {"cellXfs", "cellStyleXfs"}:
            inside = name == "cellXfs"
        elif name == "xf" and inside:
            number = one.get("numFmtId", "0")
            meanings.append(formats.pattern(whole(number, 0), codes.get(number, "")))
    return {str(at): meaning for at, meaning in enumerate(meanings)}


def resolved(folder: str, target: str) -> str:
    """The part that a relation names, from the archive's root."""
    return normpath(target).lstrip("/") if target.startswith("/") else normpath(join(folder, target))
