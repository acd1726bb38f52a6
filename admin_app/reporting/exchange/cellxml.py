"""A cell of an exported workbook as XML: text is never a formula, dates are dates, nothing that XML or Excel can't hold."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from admin_app.reporting import days

Value = str | int | float | Decimal | bool | date | datetime | None

MAX_TEXT = 32_767  # signs of a cell, counted as UTF-16
WIDTHS = (8, 60)  # narrowest and widest column, in digits
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
SPECIAL = re.compile(r"[&<>\r\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]|_x[0-9A-Fa-f]{4}_")
FORMULA = frozenset("=+-@\t\r＝＋－＠")
EMPTY = (None, "")
EPOCH = date(1899, 12, 30)
TEXT, TYPED, DAY, MOMENT, HEAD, NUMBER = 1, 2, 3, 4, 5, 0  # cell formats, in the order of STYLES
EXACT = 10**15  # whole numbers from here on lose digits in a double


@dataclass(frozen=True)
class Words:
    """The words of a workbook: the sheets' titles, the pairs of the sheet about the export, its last label."""

    title: str
    about: str
    said: Sequence[tuple[str, Value]]
    rows: str
    yes: str
    no: str


def cell(place: str, value: Value, words: Words) -> str:
    """One cell's XML; text is never a formula."""
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr" s="{TYPED if value[:1] in FORMULA else TEXT}">{said(value)}</c>'
    if isinstance(value, bool):
        return cell(place, words.yes if value else words.no, words)
    if isinstance(value, int | float | Decimal):
        if not -EXACT < (value if isinstance(value, int) else float(value)) < EXACT:  # nor NaN, which is in no order
            return cell(place, f"{value}", words)
        return f'<c r="{place}"><v>{value}</v></c>'
    if isinstance(value, date):
        return calendar(place, value, words)
    return cell(place, f"{value}", words)


def calendar(place: str, value: date, words: Words) -> str:
    """A day or a moment, counted in days; one that Excel doesn't know is text."""
    moment = local(value) if isinstance(value, datetime) else None
    day = moment or value
    if not dated(day):
        return cell(place, f"{day:%d.%m.%Y %H:%M}" if moment else f"{day:%d.%m.%Y}", words)
    count = day.toordinal() - EPOCH.toordinal()
    if not moment:
        return f'<c r="{place}" s="{DAY}"><v>{count}</v></c>'
    seconds = moment.hour * 3600 + moment.minute * 60 + moment.second
    return f'<c r="{place}" s="{MOMENT}"><v>{count + seconds / 86_400}</v></c>'


def dated(day: date) -> bool:
    """Does Excel know the day? It begins in 1900, with a day too many in February."""
    return (day.year, day.month) >= (1900, 3)


def local(moment: datetime) -> datetime:
    """The moment as the product's clocks show it, without a zone; without a zone it is one already."""
    return days.local(moment).replace(tzinfo=None) if moment.tzinfo else moment


def said(text: str) -> str:
    """A text as XML: with its outer spaces, without what XML can't hold, no longer than a cell."""
    if len(text) > MAX_TEXT // 2:
        text = text.encode("utf-16-le", "surrogatepass")[: 2 * MAX_TEXT].decode("utf-16-le", "ignore")
    if SPECIAL.search(text):
        text = SPECIAL.sub(special, text)
    return f'<is><t xml:space="preserve">{text}</t></is>'


def special(found: re.Match[str]) -> str:
    """What XML can't hold as it is."""
    sign = found[0]
    if sign.startswith("_"):
        return f"_x005F{sign}"
    return {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "_x000D_"}.get(sign, "")


def attribute(text: str) -> str:
    """A text inside quotation marks."""
    return SPECIAL.sub(special, text).replace('"', "&quot;")


def widths(heads: Sequence[str], sample: Sequence[Sequence[Value]]) -> list[int]:
    """Each column as wide as the longest of its first texts, within `WIDTHS`; a heading may wrap between its words."""
    wide = [max([len(head) // 2, *map(len, head.split())]) for head in heads]
    for row in sample:
        for at, value in enumerate(row[: len(wide)]):
            wide[at] = max(wide[at], breadth(value))
    return [min(max(one + 3, WIDTHS[0]), WIDTHS[1]) for one in wide]


def breadth(value: Value) -> int:
    """Signs that the value takes on screen."""
    if isinstance(value, datetime):
        return 16
    return 10 if isinstance(value, date) else len(str(value or ""))


def letters(column: int) -> str:
    """«A» for 0, «AB» for 27."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name
