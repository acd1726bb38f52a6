"""What makes a password good enough here: long, and not made of words that anybody would try first. No network is asked."""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from flask_babel import gettext as _
from flask_babel import lazy_gettext

SHORTEST, LONGEST = 10, 128
LEFT = 4  # so many letters must be left when everything guessable is taken out
LONG_NUMBER = 16  # digits alone are fine from here on
OURS = ("модо", "modo", "цопмкимко", "коко", "coko", "иркутск", "irkutsk")
EASY = lazy_gettext("This password is easy to guess: well-known words, your name or login, numbers in a row. Choose another one.")
COMMON = Path(__file__).with_name("common_passwords.txt")


def weakness(password: str, about: Iterable[str] = ()) -> str:
    """What is wrong with a new password, as a sentence; empty if nothing is.

    ``about``: what is known of the person (login, address, names), which a stranger would try too.
    """
    if len(password) < SHORTEST:
        return str(_("A password has at least %(count)s signs. A short sentence is easy to remember.", count=SHORTEST))
    if len(password) > LONGEST:
        return str(_("A password has at most %(count)s signs.", count=LONGEST))
    if any(unicodedata.category(sign) in {"Cc", "Cs"} for sign in password):
        return str(_("This password has a sign that cannot be typed everywhere. Choose another one."))
    if guessable(password, about):
        return str(EASY)
    return ""


def guessable(password: str, about: Iterable[str]) -> bool:
    """Is it one well-known word (or one of the person's own) with numbers around it, or nothing but a few numbers?

    Two words side by side are already more than the lists of a guesser hold.
    """
    pieces = {piece for piece in re.split(r"[\W\d_]+", plain(password)) if len(piece) >= 3}
    if len(set(password.casefold())) < 5:
        return True
    if len(pieces) >= 2:
        return False
    if not re.search(r"[^\W\d_]", password):
        return len(password) < LONG_NUMBER
    return len(rest(password, about)) < LEFT


def rest(password: str, about: Iterable[str]) -> str:
    """The letters left when well-known words and the person's own are taken out."""
    left = plain(password)
    for word in sorted({*well_known(), *words(about)}, key=len, reverse=True):
        left = left.replace(word, " ")
    return re.sub(r"[\W\d_]", "", left)


def normal(password: str) -> str:
    """The same signs as the same bytes, whatever keyboard they come from; what is hashed and compared."""
    return unicodedata.normalize("NFKC", password)


def words(about: Iterable[str]) -> set[str]:
    """The words of what is known of a person, each of at least three letters."""
    return {word for text in about for word in re.split(r"[\W\d_]+", plain(text)) if len(word) >= 3}


@cache
def well_known() -> frozenset[str]:
    """Words that people make passwords of, and our own."""
    return frozenset(plain(word) for word in (*COMMON.read_text(encoding="utf-8").split(), *OURS) if len(word) >= 3)


def plain(text: str) -> str:
    """Small letters, ё as е, one form of each sign."""
    return unicodedata.normalize("NFKC", text).casefold().replace("ё", "е")
