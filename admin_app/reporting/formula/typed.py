"""Between what a person types or reads and what a cell holds. Both decimal marks, all minus signs and all spaces are accepted."""

import math
import re
from datetime import date

from .errors import N_, CellError
from .form import Cell
from .runtime import rnd
from .values import Mark

SPACES = re.compile(r"[\s\u00a0\u2009\u202f\u2007\u200b-\u200d\u2060\ufeff]+")  # also those that pasted text hides
NUMBER = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
MINUSES = str.maketrans({"\u2212": "-", "\u2013": "-", "\u2014": "-", "\u2010": "-", "\u2011": "-", ",": "."})
NOT_APPLICABLE = re.compile(r"(?:н[/.\\]?п|n[/.\\]?a)\.?")  # in the Russian layout the key of the slash types a full stop
NOT_AVAILABLE = re.compile(r"(?:н[/.\\]?д|n[/.\\]?d|nodata)\.?")
THIN = "\u2009"
MINUS = "\u2212"
LONGEST = 15
TEXT_LIMIT = 2000


def parse(cell: Cell, text: str, choices: dict[str, str] | None) -> float | str | None:
    """The value of what was typed into ``cell``; blank text is None. Raises CellError with a sentence for the person."""
    if cell.kind == "blocked":
        raise CellError("closed", N_("This cell is crossed out: nothing is written here."))
    stripped = SPACES.sub(" ", text).strip()
    if not stripped:
        return None
    if not cell.numeric:
        return _word(cell, stripped, choices)
    number = _number(cell, SPACES.sub("", stripped).translate(MINUSES), _short(stripped))
    if choices is not None and f"{number:g}" not in choices:
        raise CellError("list", N_("“%(text)s” is not in the list of this cell."), text=_short(text))
    return number


def mark(cell: Cell, text: str) -> Mark | None:
    """The mark that stands in place of a number: «н/п», «н.д.», «нп», n/a, in any case; None for any other text."""
    word = SPACES.sub("", text).lower() if cell.numeric else ""
    if NOT_APPLICABLE.fullmatch(word):
        return "na"
    return "nd" if NOT_AVAILABLE.fullmatch(word) else None


def _number(cell: Cell, text: str, typed: str) -> float:
    if not NUMBER.fullmatch(text):
        raise CellError("letters", N_("“%(text)s” is not a number: only digits are accepted here."), text=typed)
    whole, _, fraction = text.lstrip("+-").partition(".")
    fraction = fraction.rstrip("0")
    if len(fraction) > cell.decimals:
        raise _decimals(cell, typed)
    if len(whole.lstrip("0")) + cell.decimals > LONGEST:
        raise CellError("too-long", N_("The number “%(text)s” is too long."), text=typed)
    value = rnd(float(text), 10.0**cell.decimals) + 0.0
    _bounds(cell, value)
    return value


def _decimals(cell: Cell, typed: str) -> CellError:
    if cell.decimals == 0:
        return CellError("decimals", N_("Only a whole number is accepted here, not “%(text)s”."), text=typed)
    return CellError(
        "decimals",
        N_("At most %(digits)s digits after the decimal point are accepted here, not “%(text)s”."),
        digits=cell.decimals,
        text=typed,
    )


def _bounds(cell: Cell, value: float) -> None:
    if cell.type == "flag" and value not in (0.0, 1.0):
        raise CellError("flag", N_("Only 1 (yes) or 0 (no) is accepted here."))
    if cell.minimum is not None and value < cell.minimum:
        if cell.minimum == 0:
            raise CellError("negative", N_("A negative number is not accepted here."))
        raise CellError("range", N_("The number must not be less than %(limit)s."), limit=show(cell, cell.minimum))
    if cell.maximum is not None and value > cell.maximum:
        raise CellError("range", N_("The number must not be greater than %(limit)s."), limit=show(cell, cell.maximum))


def _word(cell: Cell, text: str, choices: dict[str, str] | None) -> str:
    if cell.type == "date":
        return _date(text)
    if cell.type == "choice" and choices is not None and text not in choices:
        raise CellError("list", N_("“%(text)s” is not in the list of this cell."), text=_short(text))
    if len(text) > TEXT_LIMIT:
        raise CellError("too-long", N_("The text is longer than %(limit)s characters."), limit=TEXT_LIMIT)
    return text


def _date(text: str) -> str:
    """Accepts 05.09.2025 and 2025-09-05; keeps the second."""
    match = re.fullmatch(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})", text)
    try:
        if match:
            day, month, year = map(int, match.groups())
            return date(year, month, day).isoformat()
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise CellError("date", N_("“%(text)s” is not a date: write it as 31.12.2025."), text=_short(text)) from None


def _short(text: str) -> str:
    text = text.strip()
    return text if len(text) <= 40 else text[:39] + "…"


def show(cell: Cell, value: float | str | None) -> str:
    """The value as Russian readers expect it: decimal comma, thin spaces between thousands; "" for a blank."""
    if value is None:
        return ""
    if isinstance(value, str):
        return _shown_word(cell, value)
    if math.isnan(value):
        return "#ДЕЛ/0!"
    if cell.type == "year":
        return f"{value:.0f}"
    return f"{value:,.{cell.decimals}f}".replace(",", THIN).replace(".", ",").replace("-", MINUS)


def _shown_word(cell: Cell, value: str) -> str:
    if cell.type != "date":
        return value
    year, month, day = value.split("-")
    return f"{day}.{month}.{year}"
