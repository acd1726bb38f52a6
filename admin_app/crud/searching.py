"""One box that finds: words in any order, in any letter case, ё as е; whole numbers; codes and telephones by their digits.

Names with a `sort_key` are compared by it; other texts by a pattern of letters in both cases, which needs no locale of the
database and runs some thirty times faster than folding each text (measured on 10,000 organizations: 12 ms against 400).
"""

import re
from typing import Any

from sqlalchemy import ColumnElement, String, cast, false, func, or_, select

from admin_app.crud.fields import FieldSpec, fields_of
from models import Base, Form, FormVersion

TOKENS = re.compile(r"[^\s,;«»\"“”()]*@[^\s,;«»\"“”()]*|\d+|[^\W\d_]+")
CODES = {"inn", "ogrn", "okpo", "phone"}
THROUGH: dict[Any, tuple[str, Any]] = {FormVersion: ("form_id", Form)}  # called after a row of another table, and found by it
LONG = 5  # digits that may be the beginning of a code; fewer are a number in a name


def clauses(model: type[Base], text: str) -> list[ColumnElement[bool]]:
    """One condition per word of `text`; all must hold. A text of spaces and signs only asks for nothing."""
    return [or_(*found) for word in words(text) if (found := meanings(model, word))]


def looks_at(model: type[Base], spec: FieldSpec) -> bool:
    """Is the field one of those that are searched?"""
    return spec.search or spec.name == THROUGH.get(model, ("",))[0]


def meanings(model: Any, word: str) -> list[ColumnElement[bool]]:
    """Where in a row the word may stand: in its name, in a searched field, in the row of another table that names it too."""
    keyed = "sort_key" in model.__mapper__.column_attrs
    specs = [spec for spec in fields_of(model) if spec.search and not (keyed and spec.name == model.__title__)]
    found = [model.sort_key.contains(func.sort_key(word))] if keyed else []
    found += [match(model, spec, word) for spec in specs]
    if model in THROUGH:
        key, other = THROUGH[model]
        found.append(getattr(model, key).in_(select(other.id).where(or_(*meanings(other, word)))))
    return found


def words(text: str) -> list[str]:
    """The words and numbers to look for, at most eight. A text of digits, spaces and telephone signs is one number."""
    if re.fullmatch(r"[\d\s()+-]+", text) and len(digits := re.sub(r"\D", "", text)) >= LONG:
        return [digits]
    return TOKENS.findall(text)[:8]


def match(model: type[Base], spec: FieldSpec, word: str) -> ColumnElement[bool]:
    """May the field mean the word?"""
    attribute: Any = getattr(model, spec.name)
    if spec.check in CODES and word.isdigit():
        return digits(attribute, word, spec.check == "phone")
    pattern = rf"(?<!\d){word}(?!\d)" if word.isdigit() and len(word) < LONG else folded(word)
    return cast(attribute, String).regexp_match(pattern)


def digits(attribute: Any, word: str, phone: bool) -> ColumnElement[bool]:
    """Codes by their beginning; telephones by any run of digits, 8 and +7 being the same."""
    if len(word) < LONG:
        return false()
    if not phone:
        return attribute.startswith(word)
    number = word[1:] if len(word) == 11 and word[0] in "78" else word
    return func.regexp_replace(attribute, r"\D", "", "g").contains(number)


def folded(word: str) -> str:
    """A pattern for the word in either case, е for ё and ё for е."""
    return "".join(letter_class(letter) for letter in word)


def letter_class(letter: str) -> str:
    """One letter in all the ways people type it; a sign as itself."""
    if letter.lower() in "её":
        return "[еЕёЁ]"
    if letter.isalpha() and letter.lower() != letter.upper() and len(letter.lower()) == len(letter.upper()) == 1:
        return f"[{letter.lower()}{letter.upper()}]"
    return re.escape(letter)
