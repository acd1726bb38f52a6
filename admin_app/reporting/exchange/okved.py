"""Activities by ОКВЭД as people write them into one cell: which code is the main one, which are additional.

split("85.14 (основной); 85.12, 85.41 (дополнительные)")
split("Основной – 85.14 Образование среднее общее\\nДополнительные: 85.41; 88.91")
split("85.21")
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

CODE = r"(?<![\d.,])\d{2}\.\d{1,2}(?:\.\d{1,2})?(?!\d|\.\d)"
LONE = r"(?<![\d.,])\d{2}(?!\d|\.\d)"  # a whole class, «85»: only where a piece of text begins with it
# Titles speak of «образование основное общее», «дополнительное», «прочее», marks mostly of an «основной» or «дополнительные».
SAID = r"(?=\s*(?:[):;,–—\n-]|$|\d))"  # what may follow a mark that could also begin a title
MAIN, ADDITIONAL = "main", "additional"
MARK = (
    rf"основн(?:ой|ая|ые|ого|ым)\b|главн(?:ый|ая|ой)\b|осн\b\.?{SAID}|\(\s*основн?ое?\s*\)|основное(?=\s*:)"
    rf"|дополнительн(?:ый|ая|ые|ого|ым|ых)\b|неосновн\w+|доп\b\.?{SAID}|\(\s*дополнительн[оы]е?\s*\)|дополнительн[оы]е?(?=\s*:)"
    r"|(?:иные|прочие|другие)\s+виды"
)


@dataclass(frozen=True)
class Activity:
    """A code with dots, "" if only words were found; the title as written, "" if none."""

    code: str
    title: str = ""


@dataclass(frozen=True)
class Activities:
    """`main`: None if none is named. `rest`: text that holds no code, for a search among the titles."""

    main: Activity | None = None
    additional: tuple[Activity, ...] = ()
    rest: str = ""

    @property
    def codes(self) -> tuple[str, ...]:
        """All codes, the main one first."""
        return tuple(one.code for one in (self.main, *self.additional) if one and one.code)


@dataclass(frozen=True)
class Token:
    """A code or a mark («основной») in the text."""

    start: int
    end: int
    code: str = ""
    mark: str = ""


def split(text: str, mark: str = "") -> Activities:
    """Divide a cell's text. `mark`: what codes are that nothing is said about, "main" or "additional" (by the cell's label).

    Without any mark the first code is the main one.
    """
    text = tidy(text)
    found: list[tuple[Activity, str]] = []
    carried = mark
    for piece in re.split(r"[;\n]+", text):
        told, carried = judged(piece, carried, mark)
        found += told
    if not found:
        return Activities(rest=text.strip())
    return arranged(found)


def tidy(text: str) -> str:
    """Codes in their usual spelling: «85. 14» and, where no dot is used at all, «85,14»."""
    text = re.sub(r"(\d)\s*\.\s+(?=\d)", r"\1.", text.replace("\xa0", " "))
    lone = re.fullmatch(r"\s*(\d{2}),(\d{1,2})\s*", text)
    return f"{lone[1]}.{lone[2]}" if lone else text


def judged(piece: str, carried: str, otherwise: str) -> tuple[list[tuple[Activity, str]], str]:
    """The codes of a piece, each with its mark, and the mark for a following piece that has none."""
    tokens = list(tokens_of(piece))
    coded = [one for one in tokens if one.code]
    marks = [one for one in tokens if one.mark]
    if not marks:
        return [(Activity(one.code, title(piece, one, tokens)), carried) for one in coded], carried
    if not coded:
        return [], marks[-1].mark
    behind = tokens[0].code  # «85.14 (основной)»: a mark speaks of what stands before it
    told = [(Activity(one.code, title(piece, one, tokens)), spoken(one, marks, bool(behind))) for one in coded]
    return told, (ADDITIONAL if told[-1][1] == MAIN else otherwise) if behind else marks[-1].mark


def spoken(code: Token, marks: list[Token], behind: bool) -> str:
    """The mark that speaks of this code: the next one if marks stand behind, else the last one before it."""
    if behind:
        return next((one.mark for one in marks if one.start > code.start), ADDITIONAL)
    return next((one.mark for one in reversed(marks) if one.start < code.start), marks[0].mark)


def tokens_of(piece: str) -> Iterator[Token]:
    """Codes and marks in order."""
    pattern = CODE if re.search(CODE, piece) else rf"(?<!.){LONE}"
    text = piece.lstrip()
    shift = len(piece) - len(text)
    for found in re.finditer(rf"(?P<code>{pattern})|(?P<mark>{MARK})", text, re.IGNORECASE):
        start, end = found.start() + shift, found.end() + shift
        if found["code"]:
            yield Token(start, end, code=found["code"])
        else:
            yield Token(start, end, mark=MAIN if re.match(r"\W*(?:осн|глав)", found["mark"], re.IGNORECASE) else ADDITIONAL)


def title(piece: str, code: Token, tokens: list[Token]) -> str:
    """What is written between the code and the next code or mark."""
    after = min((one.start for one in tokens if one.start >= code.end), default=len(piece))
    return re.sub(r"\s+", " ", piece[code.end : after]).strip(" \t.,:–—-()[]")


def arranged(found: list[tuple[Activity, str]]) -> Activities:
    """One main activity, the others additional, each code once."""
    main = next((one for one, mark in found if mark == MAIN), None)
    if main is None and not any(mark for _one, mark in found):
        main = found[0][0]
    seen = {main.code} if main else set()
    additional = []
    for one, _mark in found:
        if one.code not in seen:
            seen.add(one.code)
            additional.append(one)
    return Activities(main, tuple(additional))
