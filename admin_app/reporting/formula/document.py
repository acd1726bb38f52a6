"""A document → the form as printed, and for every section a grid that says what each of its cells is.

The document is what YAML or JSON gives: see docs/forms.md. Whatever is wrong with it becomes a Problem; reading goes on, so that
its author sees everything at once.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from . import lines
from .errors import N_, FormError, Problem
from .form import Check, Form, Section
from .grid import Grid
from .reading import Reading, Variant
from .section import SectionReader

SECTIONS = 500
CELLS = 200_000
CHECKS = 5_000


@dataclass
class Draft:
    """A document that has been read: the form, one grid per section, the checks with their section and variant."""

    form: Form
    grids: list[Grid] = field(default_factory=list)
    variants: dict[str, str] = field(default_factory=dict)


def read(document: Any) -> Draft:
    """The form and its grids. Raises FormError."""
    if not isinstance(document, dict):
        raise FormError([Problem(N_("The document must be a mapping with “form”, “title” and “sections”."))])
    reading = Reading(document)
    _lists(reading)
    _variants(reading)
    sections: list[Section] = []
    draft_grids: list[Grid] = []
    checks: list[Check] = []
    variants: dict[str, str] = {}
    for place, holder in enumerate(_holders(reading), 1):
        if isinstance(holder, dict):
            _section(reading, holder, place, sections, draft_grids, checks, variants)
        else:
            reading.wrong(f"section {place}", N_("A section must be a mapping."))
    _limits(reading, sections, draft_grids, checks)
    if reading.problems:
        raise FormError(reading.problems)
    return Draft(_form(reading, sections, checks), draft_grids, variants)


def _form(reading: Reading, sections: list[Section], checks: list[Check]) -> Form:
    texts = {key: reading.text(reading.document, key, "form") for key in ("okud", "periodicity", "version", "note")}
    return Form(
        code=reading.text(reading.document, "form", "form", needed=True),
        title=reading.text(reading.document, "title", "form", needed=True),
        sections=tuple(sections),
        dictionaries=reading.dictionaries,
        checks=tuple(checks),
        **texts,
    )


def _holders(reading: Reading) -> list[Any]:
    for key in ("form", "title"):
        reading.text(reading.document, key, "form", needed=True)
    if reading.document.get("totals", "compute") not in ("compute", "type"):
        reading.wrong("form", N_("“totals” is either “compute” or “type”."))
    holders = reading.document.get("sections")
    if not isinstance(holders, list) or not holders:
        reading.wrong("form", N_("“sections” must be a list of at least one section."))
        return []
    return holders[:SECTIONS]


def _mapping(reading: Reading, key: str) -> Iterator[tuple[str, str]]:
    value = reading.document.get(key) or {}
    if not isinstance(value, dict):
        reading.wrong(key, N_("“%(key)s” must be a mapping of names to lines of text."), key=key)
        return
    for name in value:
        yield str(name), reading.text(value, name, f"{key} {name}")


def _lists(reading: Reading) -> None:
    for name, text in _mapping(reading, "dictionaries"):
        items = list(lines.pairs(text))
        reading.dictionaries[name] = dict(items)
        if not items:
            reading.wrong(f"dictionaries {name}", N_("The list is empty."))
        elif len(items) != len(reading.dictionaries[name]):
            codes = [code for code, _ in items]
            twice = next(code for at, code in enumerate(codes) if code in codes[:at])
            reading.wrong(f"dictionaries {name}", N_("The code %(code)s stands twice."), code=twice)


def _variants(reading: Reading) -> None:
    for name, text in _mapping(reading, "variants"):
        found = []
        for number, words in lines.pairs(text):
            title, _, condition = words.partition("|")
            found.append(Variant(number, title.strip(), condition.strip()))
        reading.variants[name] = found
        if len({variant.number for variant in found}) != len(found):
            reading.wrong(f"variants {name}", N_("A variant's number stands twice."))


def _section(
    reading: Reading,
    holder: dict[str, Any],
    place: int,
    sections: list[Section],
    grids: list[Grid],
    checks: list[Check],
    variants: dict[str, str],
) -> None:
    base = reading.text(holder, "section", f"section {place}", needed=True)
    where = base or f"section {place}"
    if base and (set(base) & set("/[]{}~*,: ") or len(base) > 40):
        reading.wrong(where, N_("A section's code is at most 40 signs without spaces and /[]{}~*,:."))
    for copy in _copies(reading, holder, where):
        code = f"{base}.{copy.number}" if copy.number else base
        printed = SectionReader(reading, holder, where, code, base, copy)
        section, grid = printed.read()
        sections.append(section)
        grids.append(grid)
        checks.extend(printed.checks())
        variants[code] = copy.number


def _copies(reading: Reading, holder: dict[str, Any], where: str) -> list[Variant]:
    name = holder.get("variants")
    condition = reading.text(holder, "condition", where)
    if name is None:
        return [Variant("", "", condition)]
    if name not in reading.variants:
        reading.wrong(where, N_("There are no variants “%(name)s”."), name=name)
        return [Variant("", "", condition)]
    return reading.variants[name]


def _limits(reading: Reading, sections: list[Section], grids: list[Grid], checks: list[Check]) -> None:
    codes = [section.code for section in sections]
    for code in dict.fromkeys(code for code in codes if codes.count(code) > 1):
        reading.wrong(code, N_("Section %(code)s stands twice."), code=code)
    if sum(len(grid.specs) for grid in grids) > CELLS:
        reading.wrong("form", N_("The form has more than %(limit)s cells."), limit=CELLS)
    if len(checks) > CHECKS:
        reading.wrong("form", N_("The form has more than %(limit)s checks."), limit=CHECKS)
