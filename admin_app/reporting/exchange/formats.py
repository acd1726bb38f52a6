"""Numbers of a workbook as the person who made it sees them: dates, leading zeros, no exponents.

A workbook stores a date as a number and says by the cell's format that it is one; day 60 of the 1900 system never was.
"""

import re
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation

BUILT_IN_DATES = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
DECORATION = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')  # words, escapes, fillers, colours in a format's code
EPOCH = datetime(1899, 12, 30)
EPOCH_1904 = datetime(1904, 1, 1)
EXACT = 15  # digits that a double keeps
LAST_DAY = 2_958_465  # 31.12.9999


def pattern(number: int, code: str) -> str:
    """What the format means here: "date", "000…" (that many digits), or "" (as it is). `number` is its id, `code` its text."""
    if number in BUILT_IN_DATES:
        return "date"
    bare = DECORATION.sub("", code.partition(";")[0]).lower()
    if re.search(r"[dmyhsдмгчс]", bare.replace("general", "").replace("основной", "")):
        return "date"
    return bare if re.fullmatch(r"0{2,32}", bare) else ""


def shown(raw: str, meaning: str, since_1904: bool) -> str:
    """The number `raw` of a cell whose format means `meaning`: «31.12.2025», «0032537», «3808023117», «0.5»."""
    try:
        number = Decimal(raw)
    except InvalidOperation:
        return raw
    if not number.is_finite() or abs(number.adjusted()) > 300:
        return raw
    if meaning == "date":
        return day(float(number), since_1904) or plain(number)
    text = plain(number)
    return text.zfill(len(meaning)) if meaning and text.isdigit() else text


def plain(number: Decimal) -> str:
    """Without an exponent and with no more digits than a double keeps."""
    if number == number.to_integral_value():
        return f"{number:.0f}" if number else "0"
    digits = Decimal(repr(float(number)))
    return f"{digits:f}" if -EXACT <= digits.adjusted() <= EXACT else str(digits)


def day(serial: float, since_1904: bool) -> str:
    """A serial number of days as «31.12.2025», with «14:30» if it has a time; a time alone below 1; "" if it is no date."""
    if not 0 <= serial <= LAST_DAY:
        return ""
    if not since_1904 and serial < 61:
        serial += 1 if serial >= 1 else 0
    moment = (EPOCH_1904 if since_1904 else EPOCH) + timedelta(seconds=round(serial * 86_400))
    clock = f"{moment:%H:%M:%S}" if moment.second else f"{moment:%H:%M}"
    if serial < 1:
        return clock
    return f"{moment:%d.%m.%Y}" if moment.time() == moment.time().min else f"{moment:%d.%m.%Y} {clock}"


def iso(text: str) -> str:
    """A cell of the ISO date type («2025-12-31T00:00:00») as «31.12.2025»."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return f"{moment:%d.%m.%Y}" if moment.time() == moment.time().min else f"{moment:%d.%m.%Y %H:%M}"
