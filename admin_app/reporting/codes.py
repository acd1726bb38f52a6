"""Codes and addresses of organizations and people: what is well formed, and what is wrong with what is not.

Pure rules: text in, a reason out. `views/static/js/admin/codes.js` says the same as one types; tests/rules compares the two.
Check digits follow the Federal Tax Service (INN, OGRN) and Rosstat (OKPO: weights 1 to 10 in a circle and,
at remainder 10, once more from 3).
"""

import re
from collections.abc import Callable, Iterable

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

INN_10 = (2, 4, 10, 3, 5, 9, 4, 6, 8)
INN_11 = (7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
INN_12 = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
OKPO = (1, 2, 3, 4, 5, 6, 7, 8, 9)
OKPO_AGAIN = (3, 4, 5, 6, 7, 8, 9, 10, 1)

SENTENCES: dict[str, dict[str, LazyString]] = {
    "inn": {
        "shape": _("An INN has 10 digits (a legal entity) or 12 (an entrepreneur)."),
        "digit": _("The check digit of the INN does not fit: one of the digits is mistyped."),
    },
    "kpp": {"shape": _("A KPP has 9 signs: four digits, two digits or Latin capitals, three digits.")},
    "ogrn": {
        "shape": _("An OGRN has 13 digits, an entrepreneur's OGRNIP 15."),
        "digit": _("The check digit of the OGRN does not fit: one of the digits is mistyped."),
    },
    "okpo": {
        "shape": _("An OKPO code has 8 digits, an entrepreneur's 10, a separate unit's 14."),
        "digit": _("The check digit of the OKPO code does not fit: one of the digits is mistyped."),
    },
    "oktmo": {"shape": _("An OKTMO code has 8 or 11 digits.")},
    "email": {"shape": _("This does not look like an e-mail address. An example: ivanova@school1.ru")},
    "phone": {"shape": _("A telephone number has 5 to 15 digits, for example +7 (3952) 12-34-56.")},
    "site": {"shape": _("A site's address looks like school.ru or https://school.ru.")},
}


def reason(kind: str, text: str) -> str | None:
    """Why `text` is no code of this kind: a key of `SENTENCES[kind]`, or None if it is well formed. KeyError: no such kind."""
    return RULES[kind](text)


def problem(kind: str, text: str) -> LazyString | None:
    """The sentence for a person who typed `text`, or None if all is well."""
    why = reason(kind, text)
    return SENTENCES[kind][why] if why else None


def clean(kind: str, text: str) -> str:
    """What was meant by what was typed: without spaces and dashes in codes, addresses in small letters."""
    text = text.strip()
    if kind == "email":
        return text.lower()
    if kind in {"phone", "site"}:
        return re.sub(r"\s+", " ", text)
    return re.sub(r"[\s\u2010-\u2015-]", "", text).upper()


def digits_of(text: str) -> str:
    """The digits of a telephone number or code, in order."""
    return re.sub(r"[^0-9]", "", text)


def inn(text: str) -> str | None:
    """10 digits with one check digit, or 12 with two."""
    if not re.fullmatch(r"[0-9]{10}|[0-9]{12}", text):
        return "shape"
    weights = (INN_10,) if len(text) == 10 else (INN_11, INN_12)
    return None if all(weighted(text, row) % 11 % 10 == int(text[len(row)]) for row in weights) else "digit"


def ogrn(text: str) -> str | None:
    """13 digits (remainder of 11) or 15 (remainder of 13); the last digit is the remainder's last."""
    if not re.fullmatch(r"[0-9]{13}|[0-9]{15}", text):
        return "shape"
    return None if int(text[:-1]) % (len(text) - 2) % 10 == int(text[-1]) else "digit"


def okpo(text: str) -> str | None:
    """8 or 10 digits with a check digit; for the 14 digits of a separate unit no rule is published."""
    if not re.fullmatch(r"[0-9]{8}|[0-9]{10}|[0-9]{14}", text):
        return "shape"
    if len(text) == 14:
        return None
    rest = weighted(text[:-1], OKPO) % 11
    if rest == 10:
        rest = weighted(text[:-1], OKPO_AGAIN) % 11 % 10
    return None if rest == int(text[-1]) else "digit"


def weighted(text: str, weights: Iterable[int]) -> int:
    """The sum of digit × weight, as many as there are weights."""
    return sum(int(digit) * weight for digit, weight in zip(text, weights, strict=False))


def shaped(pattern: str) -> Callable[[str], str | None]:
    """A rule that knows the shape only."""
    compiled = re.compile(pattern)
    return lambda text: None if compiled.fullmatch(text) else "shape"


def phone(text: str) -> str | None:
    """Any usual way to write a number, several of them after commas, an extension in words."""
    numbers = re.split(r"[,;]", text)
    return None if all(re.fullmatch(PHONE, one.strip()) and 5 <= len(digits_of(one)) <= 15 for one in numbers) else "shape"


PHONE = r"\+?[0-9 ()\u2010-\u2015-]+((доб|ext)?\.? ?[0-9]+)?"
ATOM = r"[0-9a-z!#$%&'*+/=?^_`{|}~-]+"  # before the @ only what every mail server takes
LABEL = r"[0-9a-zа-яё]([0-9a-zа-яё-]{0,61}[0-9a-zа-яё])?"
EMAIL = rf"(?=.{{1,64}}@){ATOM}(\.{ATOM})*@({LABEL}\.)+[0-9a-zа-яё-]{{0,61}}[a-zа-яё]{{2}}"
SITE = r"(https?://)?([0-9A-Za-zА-Яа-яЁё]([0-9A-Za-zА-Яа-яЁё-]*[0-9A-Za-zА-Яа-яЁё])?\.)+[0-9A-Za-zА-Яа-яЁё-]{2,}(:[0-9]+)?([/?#]\S*)?"
RULES: dict[str, Callable[[str], str | None]] = {
    "inn": inn,
    "kpp": shaped(r"[0-9]{4}[0-9A-Z]{2}[0-9]{3}"),
    "ogrn": ogrn,
    "okpo": okpo,
    "oktmo": shaped(r"[0-9]{8}|[0-9]{11}"),
    "email": shaped(EMAIL),
    "phone": phone,
    "site": shaped(SITE),
}
