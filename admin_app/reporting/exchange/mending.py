"""Digits that a spreadsheet has lost, told apart from digits that are wrong.

A column of codes typed as numbers loses leading zeros («00032537» → «32537») and, when saved as text, whole digits
(«3808023117» → «3,80802E+09»). The first can be put right where a check digit agrees; the second only by whoever has the
original.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from admin_app.reporting import codes

LENGTHS = {"inn": (10, 12), "kpp": (9,), "ogrn": (13, 15), "okpo": (8, 10), "oktmo": (8, 11)}
PADDING = {"inn": 1, "kpp": 1, "okpo": 5, "oktmo": 1}  # zeros that such a code can begin with; an OGRN begins with none
EXPONENT = re.compile(r"([0-9](?:[.,][0-9]+)?)[EeЕе]\+?([0-9]{1,2})")
WHOLE = re.compile(r"([0-9]+)[.,]0+")

PADDED = _("Leading zeros, lost in a spreadsheet, were put back.")
LOST = _("The spreadsheet has shortened this number: its last digits are lost. Format the column as text and type it anew.")


@dataclass(frozen=True)
class Mended:
    """`text`: the code as it was meant. `note`: what was done, `loss`: why nothing could be done; None: nothing to say."""

    text: str
    note: LazyString | None = None
    loss: LazyString | None = None


def mend(kind: str, text: str) -> Mended:
    """The code that was typed before a spreadsheet got hold of it. `kind`: a column's `check`; other texts stay as they are."""
    if kind not in LENGTHS:
        return Mended(text)
    clean = codes.clean(kind, text)
    if found := EXPONENT.fullmatch(clean):
        exact = expanded(found[1], int(found[2]))
        return Mended(exact) if exact else Mended(text, loss=LOST)
    if found := WHOLE.fullmatch(clean):
        clean = found[1]
    return padded(kind, clean)


def expanded(mantissa: str, power: int) -> str:
    """The number without its exponent; "" if fewer digits are written than it has."""
    digits = mantissa.replace(",", ".")
    if len(digits.partition(".")[2]) < power:
        return ""
    return f"{Decimal(digits).scaleb(power):.0f}"


def padded(kind: str, text: str) -> Mended:
    """Zeros put before a number that is too short, if its check digit then fits or if it has none."""
    if not text.isascii() or not text.isdigit() or len(text) in LENGTHS[kind]:
        return Mended(text)
    for length in LENGTHS[kind]:
        longer = text.zfill(length)
        if 0 < length - len(text) <= PADDING.get(kind, 0) and not codes.reason(kind, longer):
            return Mended(longer, note=PADDED)
    return Mended(text)
