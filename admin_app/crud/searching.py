"""One box that finds: words in any order, in any letter case, ё as е, their beginnings and insides; whole numbers; codes and
telephones by any run of their digits, however they are written; and what was typed in the other keyboard layout.

Tables with a `search_key` (organizations, people) hold all that in one text, with an index of its three-letter pieces, because
the embedded PostgreSQL has no pg_trgm. The index serves those who see every row; whoever sees a part of them reads that part, for
PostgreSQL judges a row by its policies before it may look into an index of words. Other tables are small: each searched field is
compared by a pattern of letters in both cases.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, String, Text, and_, cast, false, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from admin_app.crud.fields import FieldSpec, fields_of
from admin_app.reporting import scope
from models import Base, Form, FormVersion

NUMBER = r"\+?\d[\d()\s\u2010-\u2015-]*\d|\d"
WORDS = re.compile(rf"{NUMBER}|[^\W\d_]+")
CODES = {"inn", "kpp", "ogrn", "okpo", "phone"}
THROUGH: dict[Any, tuple[str, Any]] = {FormVersion: ("form_id", Form)}  # called after a row of another table, and found by it
LONG = 5  # digits that may be a part of a code; fewer are a number in a name
MOST = 8  # words of one question
GRAM = 3
ENGLISH = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>~"
RUSSIAN = "йцукенгшщзхъфывапролджэячсмитьбюёЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮЁ"
Found = TypeVar("Found")
TO_RUSSIAN, TO_ENGLISH = str.maketrans(ENGLISH, RUSSIAN), str.maketrans(RUSSIAN, ENGLISH)


@dataclass(frozen=True)
class Word:
    """One thing to look for: letters, or digits with what they are if they are no single number (the groups as typed)."""

    text: str
    groups: tuple[str, ...] = ()

    @property
    def is_number(self) -> bool:
        """Digits?"""
        return self.text.isdigit()


def words(text: str) -> list[Word]:
    """The words and numbers to look for, at most eight. Digits with spaces and telephone signs between may be one number."""
    return [word_of(found) for found in WORDS.findall(text)[:MOST]]


def word_of(found: str) -> Word:
    """One match."""
    groups = tuple(re.findall(r"\d+", found))
    return Word("".join(groups), groups) if groups else Word(found)


def other_layout(text: str) -> str:
    """What the same keys mean in the other keyboard layout; empty if there is nothing to look for in it."""
    turned = text.translate(TO_RUSSIAN if re.search("[A-Za-z]", text) else TO_ENGLISH)
    return turned if turned != text and words(turned) else ""


def either(text: str, ask: Callable[[str], Found]) -> tuple[Found, str]:
    """What `ask` finds for the text, or if that is nothing for what the same keys mean in the other layout; and what it was
    asked for.
    """
    found = ask(text)
    other = "" if found else other_layout(text)
    again = ask(other) if other else found
    return (again, other) if other and again else (found, text)


def looks_at(model: type[Base], spec: FieldSpec) -> bool:
    """Is the field one of those that are searched?"""
    return spec.search or spec.name == THROUGH.get(model, ("",))[0]


def clauses(model: Any, text: str) -> list[ColumnElement[bool]]:
    """One condition per word of `text`; all must hold. A text of spaces and signs only asks for nothing.

    Without the index PostgreSQL must not guess how few rows have the word: it would then judge them by the row rules one by one
    (12 s among 20,000 people against 30 ms), so the guess is hidden from it.
    """
    found = [or_(*some) for word in words(text) if (some := list(meanings(model, word)))]
    if found and "code" in model.__mapper__.column_attrs:  # a code is typed from its beginning, with its signs
        found = [or_(and_(*found), func.starts_with(func.lower(model.code), text.strip().lower()))]
    return found if indexed(model) else [func.coalesce(one, false()) for one in found]


def meanings(model: Any, word: Word) -> Iterator[ColumnElement[bool]]:
    """Where in a row the word may stand: in its key, in a searched field, in the row of another table that names it too."""
    covers = covered(model)
    if covers:
        yield or_(*(within(model, pieces) for pieces in readings(word)))
    elif keyed(model):
        yield model.sort_key.contains(func.sort_key(word.text))
    for spec in fields_of(model):
        if spec.search and spec.name not in covers and not (spec.name == model.__title__ and not covers and keyed(model)):
            yield match(model, spec, word)
    if model in THROUGH:
        key, other = THROUGH[model]
        yield getattr(model, key).in_(select(other.id).where(or_(*meanings(other, word))))


def keyed(model: Any) -> bool:
    """Has the table a `sort_key`?"""
    return "sort_key" in model.__mapper__.column_attrs


# ── Tables with a key ────────────────────────────────────────────────────────────────────────────────────────────────


def covered(model: Any) -> tuple[str, ...]:
    """The fields whose words and digits the table's `search_key` holds; none if it has no such column."""
    column = model.__mapper__.columns.get("search_key")
    return () if column is None else tuple(column.info["covers"])


def readings(word: Word) -> Iterator[tuple[str, ...]]:
    """What must stand in a key, in every way that the word may be meant: an inside of a word; a number of its own; digits of a
    code or telephone, where 8 and +7 are the same.
    """
    if not word.is_number:
        yield (word.text.lower().replace("ё", "е"),)
        return
    if len(word.text) >= LONG:
        yield (word.text[1:] if len(word.text) == 11 and word.text[0] in "78" else word.text,)
    if len(word.groups) > 1 or len(word.text) < LONG:
        yield tuple(one if len(one) >= LONG else f" {one} " for one in word.groups)


def numbers(word: Word) -> list[str]:
    """A long number in every way in which it may stand in a key by itself."""
    if len(word.text) < LONG or not word.is_number:
        return []
    is_phone = len(word.text) == 11 and word.text[0] in "78"
    return [first + word.text[1:] for first in ("7", "8")] if is_phone else [word.text]


def within(model: Any, pieces: tuple[str, ...]) -> ColumnElement[bool]:
    """All these pieces stand in the key. Letters and digits only, so there is nothing to escape."""
    return and_(*(model.search_key.like(f"%{piece}%") for piece in pieces))


def hits(model: Any, text: str, most: int) -> Select[Any]:
    """The ids of at most `most` rows that the text means, in no order.

    Use it where it pays to know first whether they are few: an index of pieces finds few rows at once, whatever their order.
    """
    return select(model.id).where(*conditions(model, text)).limit(most)


def among(model: Any, text: str, most: int) -> list[ColumnElement[bool]]:
    """For a short answer: the rows that the text means, for who sees them all the first `most` found by the index.

    Without the index a subquery would be judged by the row rules twice, and badly planned.
    """
    return [model.id.in_(hits(model, text, most))] if indexed(model) else clauses(model, text)


def conditions(model: Any, text: str) -> list[ColumnElement[bool]]:
    """What a row must fulfil, said in the quickest way for the actor of now."""
    found = clauses(model, text)
    if indexed(model):
        found += [or_(*(grams(model, pieces) for pieces in readings(word))) for word in words(text) if long(word)]
    return found


def indexed(model: Any) -> bool:
    """May the index of pieces be asked? Only if the key holds all that is searched, and the actor sees every row."""
    covers = covered(model)
    whole = bool(covers) and all(spec.name in covers for spec in fields_of(model) if spec.search)
    return whole and scope.condition(scope.current(), model) is None


def long(word: Word) -> bool:
    """Does every reading of the word have pieces to look up?"""
    return all(any(len(piece) >= GRAM for piece in pieces) for pieces in readings(word))


def grams(model: Any, pieces: tuple[str, ...]) -> ColumnElement[bool]:
    """The key has all three-letter pieces of these words, in the terms of the index."""
    found = {piece[at : at + GRAM] for piece in pieces for at in range(len(piece) - GRAM + 1)}
    return func.search_grams(model.search_key, type_=ARRAY(Text)).contains(cast(literal(sorted(found), ARRAY(Text)), ARRAY(Text)))


# ── Tables without ───────────────────────────────────────────────────────────────────────────────────────────────────


def match(model: type[Base], spec: FieldSpec, word: Word) -> ColumnElement[bool]:
    """May the field mean the word?"""
    attribute = spec.sql(model)
    if spec.check in CODES and word.is_number:
        return digits(attribute, word)
    short = word.is_number and len(word.text) < LONG
    return cast(attribute, String).regexp_match(rf"(?<!\d){word.text}(?!\d)" if short else folded(word.text))


def digits(attribute: Any, word: Word) -> ColumnElement[bool]:
    """A code or telephone by any run of its digits."""
    found = [pieces[0] for pieces in readings(word) if len(pieces) == 1 and pieces[0].isdigit()]
    return or_(false(), *(func.regexp_replace(attribute, r"\D", "", "g").contains(one) for one in found))


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
