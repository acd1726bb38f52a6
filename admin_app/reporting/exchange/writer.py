"""Exports as they are being read: XLSX and CSV in pieces of bytes, in constant memory, and never a formula in them.

    pieces = writer.xlsx(["Наименование", "ИНН"], rows, About("Организации", "Иванова А. А.", now, [("Район", "Братск")]))

`rows` may be a generator with contexts of its own; it must not yield inside one. Cells are `str` (stays text, with its leading
zeros), `int`, `float`, `Decimal` (numbers), `date`, `datetime` (dates; moments with a zone are shown in the product's), `bool` (a
word), None.
"""

import csv as files
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from flask_babel import gettext as _

from admin_app.reporting import days
from admin_app.reporting.exchange import cellxml, workbook
from admin_app.reporting.exchange.cellxml import Value, Words
from admin_app.reporting.exchange.workbook import BATCH

FORMULA = re.compile(
    rf"'*[{re.escape(''.join(sorted(cellxml.FORMULA)))}]"
)  # calculated when a spreadsheet opens a CSV; or guarded


@dataclass(frozen=True)
class About:
    """What an export is: its title, who made it and when (with zone), the filters as pairs of words."""

    title: str
    who: str
    when: datetime
    filters: Sequence[tuple[str, str]] = field(default=())


def xlsx(heads: Sequence[str], rows: Iterable[Sequence[Value]], about: About) -> Iterator[bytes]:
    """A workbook: the rows under a frozen, filtered heading, and a sheet that says what this is and how many rows it has.

    Needs a context for its words when it is called, none while it is read. Text beyond 32,767 signs is cut, as Excel would.
    """
    said: list[tuple[str, Value]] = [
        (_("What was exported"), about.title),
        (_("Who exported it"), about.who),
        (_("When"), days.local(about.when).replace(tzinfo=None)),
        *([(name, text) for name, text in about.filters] or [(_("Filter"), _("none: all rows that this person sees"))]),
    ]
    words = Words(about.title, _("About this export"), said, _("Number of rows"), yes=_("yes"), no=_("no"))
    return workbook.pieces(list(heads), rows, words)


def csv(heads: Sequence[str], rows: Iterable[Sequence[Value]]) -> Iterator[bytes]:
    """A table as Russian spreadsheets open it at once: UTF-8 with its mark, semicolons, decimal commas, Windows line ends.

    Text that a spreadsheet would calculate gets an apostrophe before it, which `tables` takes away again.
    """
    return lines(list(heads), rows, _("yes"), _("no"))


def lines(heads: list[str], rows: Iterable[Sequence[Value]], yes: str, no: str) -> Iterator[bytes]:
    """The file in pieces of some hundred rows."""
    buffer = io.StringIO()
    out = files.writer(buffer, delimiter=";", lineterminator="\r\n")
    buffer.write("\ufeff")
    out.writerow([guarded(one) for one in heads])
    for number, row in enumerate(rows, 1):
        out.writerow([guarded(one) if type(one) is str else plain(one, yes, no) for one in row])
        if not number % BATCH:
            yield taken(buffer)
    yield taken(buffer)


def taken(buffer: io.StringIO) -> bytes:
    """What has been written since the last time."""
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode("utf-8", "replace")


def guarded(text: str) -> str:
    """Text that stays text."""
    if cellxml.CONTROL.search(text):
        text = cellxml.CONTROL.sub("", text)
    return f"'{text}" if FORMULA.match(text) else text


def plain(value: Value, yes: str, no: str) -> str:
    """Anything but text, the Russian way."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return yes if value else no
    if isinstance(value, float | Decimal):
        return f"{value}".replace(".", ",")
    if isinstance(value, datetime):
        return f"{cellxml.local(value):%d.%m.%Y %H:%M}"
    if isinstance(value, date):
        return f"{value:%d.%m.%Y}"
    return guarded(str(value)) if isinstance(value, str) else str(value)
