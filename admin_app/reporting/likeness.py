"""By what two organizations are taken for one: signs, the keys of each in SQL, names that are similar.

A sign is a key that two rows have in common: a number of the state's, a name without its legal form in one municipality, a phone
or a mailbox together with a similar name. A branch has the numbers of its head by law, so it is compared by its name, and by INN
and KPP with organizations only.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as N_
from sqlalchemy import ColumnElement, and_, case, func, or_

from admin_app.reporting import days
from models import Level, Titled

# What names say in full and in short, one after another; of a `sort_key`: small letters, no ё. Of schools first.
SCHOOL = "школа"
SCHOOLS = (
    ("общеобразовательная школа", "ош"),
    ("средняя школа", "сош"),
    ("средняя ош", "сош"),
    ("основная ош", "оош"),
    ("начальная ош", "нош"),
)
SHORT = (("детский сад", "дс"), (" города ", " г "), (" до ", " "))
# Legal forms in front of a name: one word of letters (МБОУ, ГБПОУ), or words, looked for only where a name says «учреждение».
LETTERS = "^(?:фг|ог|го|кг|м|г|ч|н)[бка]?[пдс]?(?:оу|удо|у)$"
INSTITUTION = "учреждени"
FORM = (
    "^(?:(?:муниципальн|государственн|областн|краев|федеральн|бюджетн|казенн|автономн|частн|некоммерческ|дошкольн"
    "|общеобразовательн|образовательн|профессиональн|учреждени)[а-я]* +(?!школ)|дополнительного образования +)+"
)
SIGNS = " .,-–—№()"
SHARED = 12  # more organizations than that behind one phone: an accountants' office, not duplicates
ALIKE = 0.5  # the share of words that similar names have in common
Key = Callable[[Any], tuple[ColumnElement[Any], ...]]


class Sign(Titled):
    """What two organizations have in common, the surest first."""

    OGRN = "ogrn", N_("The same OGRN")
    INN = "inn", N_("The same INN")
    INN_KPP = "inn_kpp", N_("The same INN and KPP, once as an organization and once as a branch")
    NAME = "name", N_("The same name in one municipality")
    EMAIL = "email", N_("The same e-mail and a similar name")
    PHONE = "phone", N_("The same phone and a similar name")


SURE, LIKELY, POSSIBLE = N_("Almost certainly the same"), N_("Probably the same"), N_("Perhaps the same")
STRENGTH: dict[Sign, LazyString] = {
    Sign.OGRN: SURE,
    Sign.INN: SURE,
    Sign.INN_KPP: SURE,
    Sign.NAME: LIKELY,
    Sign.EMAIL: POSSIBLE,
    Sign.PHONE: POSSIBLE,
}
ORDER = {sign: place for place, sign in enumerate(Sign)}


# ── Keys ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def municipality(columns: Any) -> ColumnElement[str]:
    """The id of the municipal office, the second node of the path; empty for what stands directly below the region."""
    return case((func.split_part(columns.path, "/", 4) == "", ""), else_=func.split_part(columns.path, "/", 3))


def bare(columns: Any) -> ColumnElement[str]:
    """The name without legal form, quotes, blanks and signs; what is said in full said in short. The same as `words`.

    Every step reads the one before in one branch only: an expression that stands twice is calculated twice.
    """
    name: Any = columns.sort_key
    first = func.split_part(name, " ", 1).regexp_match(LETTERS)
    key: Any = case((first, func.substr(name, func.strpos(name, " ") + 1)), else_=name)
    key = case((func.strpos(name, INSTITUTION) > 0, func.regexp_replace(key, FORM, "")), else_=key)
    key = case((func.strpos(name, SCHOOL) > 0, shortened(key, SCHOOLS)), else_=key)
    return func.translate(shortened(key, SHORT), SIGNS, "")


def shortened(key: Any, pairs: Iterable[tuple[str, str]]) -> Any:
    """The text with each first replaced by its second."""
    for full, short in pairs:
        key = func.replace(key, full, short)
    return key


def digits(columns: Any) -> ColumnElement[str]:
    """The last ten digits of the phone, however it is written."""
    return func.right(func.translate(columns.phone, " +-().", ""), 10)


def no_branch(columns: Any) -> ColumnElement[bool]:
    """A head and its branches have one INN and one OGRN, and often one phone."""
    return columns.level != Level.BRANCH


@dataclass(frozen=True)
class Rule:
    """How a sign is found: by which keys, and in which rows; ``most``: more rows than that with one key say nothing."""

    keys: Key
    where: Callable[[Any], ColumnElement[bool]]
    most: int = 0


RULES: dict[Sign, Rule] = {
    Sign.OGRN: Rule(lambda c: (c.ogrn,), lambda c: and_(c.ogrn.is_not(None), no_branch(c))),
    Sign.INN: Rule(lambda c: (c.inn,), lambda c: and_(c.inn.is_not(None), no_branch(c))),
    Sign.INN_KPP: Rule(lambda c: (c.inn, c.kpp), lambda c: and_(c.inn.is_not(None), c.kpp.is_not(None))),
    Sign.NAME: Rule(lambda c: (municipality(c), bare(c)), lambda c: c.level != Level.MUNICIPALITY),
    Sign.EMAIL: Rule(lambda c: (func.lower(c.email),), lambda c: and_(c.email != "", no_branch(c)), SHARED),
    Sign.PHONE: Rule(lambda c: (digits(c),), lambda c: and_(c.phone != "", no_branch(c)), SHARED),
}


def working(columns: Any) -> ColumnElement[bool]:
    """Not closed, and not the region itself."""
    return and_(columns.level != Level.REGION, or_(columns.closed_on.is_(None), columns.closed_on > days.today()))


# ── Names ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def similar(one: str, other: str) -> bool:
    """Do two names (as they sort) share their numbers and half of their words?"""
    first, second = words(one), words(other)
    numbers = [{word for word in several if word.isdigit()} for several in (first, second)]
    return numbers[0] == numbers[1] and len(first & second) >= ALIKE * max(len(first | second), 1)


def words(name: str) -> set[str]:
    """The words of a name without its legal form."""
    first, _blank, rest = name.partition(" ")
    key = rest if re.search(LETTERS, first) else name
    key = re.sub(FORM, "", key) if INSTITUTION in name else key
    for full, short in (*(SCHOOLS if SCHOOL in name else ()), *SHORT):
        key = key.replace(full, short)
    return set(re.findall(r"[^\W_]+", key))
