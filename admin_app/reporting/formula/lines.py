"""The lines in which a document writes rows, columns, variants, lists and checks (see docs/forms.md, “The document”)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from .errors import N_, Stop

HEADER = "--"
LONGEST_LINE = 4000
LONGEST_RANGE = 500
OPTION = re.compile(r"(?:\[(?P<variants>[^\]]*)\]\s*)?(?:(?P<places>[0-9A-Za-zА-Яа-яЁё*,. -]+):\s+)?(?P<words>.+)", re.DOTALL)


@dataclass(frozen=True)
class Option:
    """What stands after a ``|``: for which variants (empty: all), at which rows or columns ("" : the whole line), and what."""

    variants: tuple[str, ...]
    places: str
    words: str
    raw: str


@dataclass(frozen=True)
class Line:
    """One row or column; ``code`` is None for a header line."""

    number: int
    code: str | None
    indent: int
    name: str
    options: tuple[Option, ...]
    raw: str


@lru_cache(512)
def table(text: str) -> tuple[Line, ...]:
    """Rows or columns, one a line: code, two spaces per level of indent, name, options. Raises Stop.

    Kept for the copies of a section, which share their text.
    """
    raws = [(number, raw) for number, raw in enumerate(text.split("\n"), 1) if raw.strip() and not raw.startswith("#")]
    parts = [(number, raw, *_split(raw, number)) for number, raw in raws]
    margin = min((place for _, _, _, place, _ in parts), default=0)
    return tuple(
        _line(number, raw, one, (place - margin) // 2, rest) for number, raw, code, place, rest in parts for one in _several(code)
    )


def _several(code: str) -> Iterator[str]:
    """ "02-60" stands for as many lines, the codes as long as the first one."""
    first, _, last = code.partition("-")
    if not (first.isascii() and last.isascii() and first.isdigit() and last.isdigit()):
        yield code
    elif max(len(first), len(last)) < 7 and 0 <= int(last) - int(first) <= LONGEST_RANGE:
        yield from (str(number).zfill(len(first)) for number in range(int(first), int(last) + 1))
    else:
        raise Stop(N_("“%(code)s” is not a range of at most %(limit)s codes."), code=code, limit=LONGEST_RANGE)


def _split(raw: str, number: int) -> tuple[str, int, str]:
    if len(raw) > LONGEST_LINE:
        raise Stop(N_("Line %(number)s is longer than %(limit)s characters."), number=number, limit=LONGEST_LINE)
    match = re.match(r"(\S+)(\s+)(\S.*)", raw)
    if not match:
        raise Stop(N_("Line %(number)s needs a code (or -- for a header) and a name: “%(line)s”."), number=number, line=raw[:80])
    return match[1], match.start(3), match[3]


def _line(number: int, raw: str, code: str, indent: int, rest: str) -> Line:
    name, *options = re.split(r"(?:^|\s+)\|\s+", rest.strip())
    return Line(number, None if code == HEADER else code, indent, name, tuple(map(option, options)), raw.strip())


def option(raw: str) -> Option:
    """Parse what stands after a ``|``."""
    if raw.startswith(("=", "?")):
        return Option((), "", raw, raw)
    match = OPTION.fullmatch(raw.strip())
    if not match:
        return Option((), "", raw, raw)
    variants = tuple(expand(match["variants"])) if match["variants"] else ()
    return Option(variants, (match["places"] or "").strip(), match["words"].strip(), raw)


def expand(places: str) -> Iterator[str]:
    """ "1,3-5" → "1", "3", "4", "5". Raises Stop at a range that is too long."""
    for item in places.replace(" ", "").split(","):
        if item:
            yield from _several(item)


def pairs(text: str) -> Iterator[tuple[str, str]]:
    """Lines "code words" → (code, words); for lists and variants."""
    for raw in text.split("\n"):
        code, _, words = raw.strip().partition(" ")
        if code and not raw.startswith("#"):
            yield code, words.strip()


@dataclass(frozen=True)
class CheckLine:
    """``7 error [1,2] <rule>`` and, indented under it, the words and (after ``//``) where the rule is printed."""

    number: str
    severity: str
    variants: tuple[str, ...]
    rule: str
    text: str
    source: str


CHECK = re.compile(r"(?P<number>[\w.-]+)\s+(?P<severity>\w+)\s+(?:\[(?P<variants>[\d,\s-]+)\]\s+)?(?P<rule>\S.*)")


def checks(text: str) -> list[CheckLine]:
    """The rules of a section. Raises Stop at a line that isn't one."""
    found: list[tuple[str, list[str]]] = []
    for number, raw in enumerate(text.split("\n"), 1):
        if not raw.strip() or raw.startswith("#"):
            continue
        if not raw[0].isspace():
            found.append((raw.strip(), []))
        elif not found:
            raise Stop(N_("Line %(number)s: words before the first rule: “%(line)s”."), number=number, line=raw[:80])
        else:
            found[-1][1].append(raw.strip())
    return [_check(head, words) for head, words in found]


def _check(head: str, words: list[str]) -> CheckLine:
    match = CHECK.fullmatch(head)
    if not match or len(head) > LONGEST_LINE:
        raise Stop(
            N_("A rule is written “number severity rule” (severity: error, query or hint), not “%(line)s”."), line=head[:80]
        )
    text = " ".join(word for word in words if not word.startswith("//"))
    source = " ".join(word[2:].strip() for word in words if word.startswith("//"))
    variants = tuple(expand(match["variants"])) if match["variants"] else ()
    return CheckLine(match["number"], match["severity"], variants, match["rule"], text, source)
