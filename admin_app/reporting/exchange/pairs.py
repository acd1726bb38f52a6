"""A form's text as pairs of a label and what stands beside it, however the document is laid out."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from admin_app.reporting.exchange import word
from admin_app.reporting.exchange.columns import Vocabulary, divided, key
from admin_app.reporting.exchange.word import Grid

LONGEST = 300  # signs of a label; the longest of the form has 130
SURE = 0.8  # likeness from which a misspelt label is taken
IGNORED = frozenset(
    {"", "наименование показателя", "показатель", "значение", "наименование поля", "поле", "заполняется организацией"}
)
SEPARATOR = re.compile(r"\s*[:=]\s*|\s+[–—-]\s+|\n|\t+|_{2,}")
MARKED = re.compile(r"[☒☑✓✔✅🗹]|\[[xXхХvV+]\]")
NUMBERED = re.compile(r"\A\s*\d{1,2}(?:\.\d{1,2})*[.)]\s*(?=\D)")
ORDINAL = re.compile(r"(?:\d{1,3}[.)]?|№(?:\s*п/п)?)?")
DUTIES = frozenset({"директор", "руководитель", "заведующий", "заведующая", "начальник"})
UNMARKED = re.compile(r"[☐□]|\[\s*\]")


class Pair(NamedTuple):
    """A label that was understood as `field` ("" if not) and what stands beside it."""

    field: str
    label: str
    text: str


def paired(blocks: Sequence[word.Block], words: Vocabulary) -> Iterator[list[Pair]]:
    """The document's pairs, those of each table and of the paragraphs between tables in a list of their own."""
    for tabled, some in groupby(blocks, lambda one: isinstance(one, Grid)):
        if tabled:
            yield from (list(of_table(one, words)) for one in some if isinstance(one, Grid))
        else:
            yield list(of_paragraphs([one for one in some if isinstance(one, str)], words))


def of_paragraphs(paragraphs: Sequence[str], words: Vocabulary) -> Iterator[Pair]:
    """Lines with a label; its text may be the next paragraph. What stands before the first label is a letter, and passed over."""
    waiting: Pair | None = None
    begun = False
    for text in paragraphs:
        pair = of_text(text, words)
        if waiting and (not pair.field or is_duty(waiting, text)):
            yield from of_pair(waiting.label, text, words)
            waiting = None
            continue
        if waiting:
            yield from of_pair(waiting.label, "", words)
        begun = begun or bool(pair.field)
        waiting = pair if pair.field and not pair.text else None
        if begun and pair.text and pair.label:
            yield from of_pair(pair.label, pair.text, words)
    if waiting:
        yield from of_pair(waiting.label, "", words)


def is_duty(waiting: Pair, text: str) -> bool:
    """«Директор» is also a label, but not below «Должность руководителя»."""
    return waiting.field == "head_position" and key(text) in DUTIES


def of_table(table: Grid, words: Vocabulary) -> Iterator[Pair]:
    """A form's rows, or a list's: one organization in each row below a heading."""
    rows = [[cell.text for cell in row] for row in table.rows]
    heads = [words.find(text) for text in rows[0]] if rows else []
    if sum(1 for one in heads if one) >= 3 and len(rows) > 1:
        for row in rows[1:]:
            yield from (pair for label, text in zip(rows[0], row, strict=False) for pair in of_pair(label, text, words))
    else:
        for row in rows:
            yield from of_row(row, words)


def of_row(cells: Sequence[str], words: Vocabulary) -> Iterator[Pair]:
    """A row: a number, a label, its text, a note; or twice a label and its text; or both in one cell."""
    rest = list(cells[1:] if len(cells) > 1 and ORDINAL.fullmatch(cells[0].strip()) else cells)
    if len(rest) == 4 and is_label(rest[0], words) and is_label(rest[2], words):
        yield from of_pair(rest[0], rest[1], words)
        yield from of_pair(rest[2], rest[3], words)
    elif len(rest) > 1 and (is_label(rest[0], words) or not any(of_text(one, words).field for one in rest)):
        texts = [one for one in rest[1:] if one.strip()] or [""]
        yield from of_pair(rest[0], texts[0], words)
        yield from (Pair("", rest[0].strip(), note.strip()) for note in texts[1:])
    else:
        for one in rest:
            pair = of_text(one, words)
            yield from of_pair(pair.label, pair.text, words)


def is_label(text: str, words: Vocabulary) -> bool:
    """Is the text nothing but the name of a field?"""
    return bool(words.find(unnumbered(text))) or (len(text) < LONGEST and words.knows(unnumbered(text)))


def unnumbered(label: str) -> str:
    """«1.2. ИНН» is «ИНН»."""
    return NUMBERED.sub("", label)


def of_text(text: str, words: Vocabulary) -> Pair:
    """«ИНН: 38…», «ИНН 38…», or a label with its text in the next line. Without a known label, «X: y» is one that isn't."""
    text = unnumbered(text)
    if is_label(text, words):
        return Pair(fields_of(text, words)[0], text.strip(), "")
    for found in SEPARATOR.finditer(text[:LONGEST]):
        label = text[: found.start()].strip()
        if is_label(label, words):
            return Pair(fields_of(label, words)[0], label, text[found.end() :].strip(" \t\n_:"))
    parts = re.split(r"(\s+)", text[:200])
    for count in range(min(len(parts), 15) // 2 * 2, 0, -2):
        label = "".join(parts[: count - 1])
        if words.find(label) and len(key(label)) > 2 and re.match(r"[\d«\"+]", text[len(label) :].strip()):
            return Pair(words.find(label)[0], label, text[len(label) :].strip())
    label, colon, rest = text.partition(":")
    return Pair("", label.strip(), rest.strip()) if colon and len(label) < 100 and "//" not in rest[:2] else Pair("", "", text)


def fields_of(label: str, words: Vocabulary) -> tuple[str, ...]:
    """The field, or two, of a label."""
    label = unnumbered(label)
    return words.find(label) or words.ranked(label, guess=False)[0][0]


def of_pair(label: str, text: str, words: Vocabulary) -> Iterator[Pair]:
    """The pair; two if the label names two fields."""
    text = chosen(text.strip())
    if not is_label(label, words):
        found = words.ranked(unnumbered(label))[:1]
        sure = found and found[0][1] >= SURE and len(label) < LONGEST
        names: tuple[str, ...] = found[0][0] if sure else ("",)
    else:
        names = fields_of(label, words)
    if len(names) == 2:
        yield from (Pair(one, label.strip(), part) for one, part in divided(names, text).items())
    elif names[0] or ((text or label.strip()) and key(label) not in IGNORED):
        yield Pair(names[0], label.strip(), text)


def chosen(text: str) -> str:
    """What is ticked, where a text offers boxes: «☐ город ☒ село» is «село»."""
    if not MARKED.search(text):
        return "" if UNMARKED.search(text) else text
    boxes = re.split(rf"({MARKED.pattern}|{UNMARKED.pattern})", text)
    ticked = [after for box, after in zip(boxes[1::2], boxes[2::2], strict=True) if MARKED.fullmatch(box)]
    return ", ".join(one.strip(" \t\n;,") for one in ticked)
