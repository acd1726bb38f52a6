"""The arithmetic that all three languages share, in Python and numpy. ``script.py`` holds the same words in JavaScript.

A number in a cell is the double nearest to its decimal, so equal decimals are equal bits. Only + - * / floor and comparisons are
used: IEEE 754 fixes their every bit, so Python, JavaScript and numpy can't differ.
"""

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Mask = NDArray[np.uint8]
LIMIT = 4503599627370496.0  # 2^52: beyond it every double is whole
FINE = 8796093022208.0  # 2^43: below it the half needs the nudge that makes 1.005 round up as people expect
NUDGE = 1.0 / 1125899906842624.0  # 2^-50
CLOSE = 1.0 / 281474976710656.0  # 2^-48


def rnd(x: float, p: float) -> float:
    """``x`` rounded half away from zero to decimals: ``p`` is 10 to their number (1.0, 10.0, 100.0…). NaN stays NaN."""
    a = abs(x * p)
    if not a < LIMIT:
        return x
    a = ((a + 0.5 + a * NUDGE if a < FINE else a + 0.5) // 1.0) / p
    return -a if x < 0.0 and a != 0.0 else a


def div(a: float, b: float) -> float:
    """IEEE division: nothing divided by nothing is NaN, and so is a number divided by zero (shown as #ДЕЛ/0!)."""
    return a / b if b != 0.0 else math.nan


def floor(x: float) -> float:
    """The whole number below; NaN and infinities stay what they are."""
    return x // 1.0 if abs(x) < LIMIT else x


def rnd_many(x: Floats, p: float) -> Floats:
    """``rnd`` over an array, bit for bit the same."""
    with np.errstate(all="ignore"):
        a = np.abs(x * p)
        small = a < LIMIT
        nudged = np.where(a < FINE, a + 0.5 + a * NUDGE, a + 0.5)
        r = np.floor(nudged) / p
        r = np.where((x < 0.0) & (r != 0.0), -r, r)
        return np.where(small, r, x)


def div_many(a: Floats, b: Floats) -> Floats:
    """``div`` over arrays."""
    with np.errstate(all="ignore"):
        return np.where(b != 0.0, np.divide(a, b), np.nan)


def floor_many(x: Floats) -> Floats:
    """``floor`` over an array."""
    return np.where(np.abs(x) < LIMIT, np.floor(x), x)
