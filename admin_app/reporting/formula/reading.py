"""What is known while a document is being read, and what is wrong with it."""

from dataclasses import dataclass, field
from typing import Any

from .errors import N_, Problem
from .grid import Grid


@dataclass(frozen=True)
class Variant:
    """One of the copies of a section: очное, заочное…"""

    number: str
    title: str
    condition: str


@dataclass
class Reading:
    """What is known while reading: the document and what is wrong with it."""

    document: dict[str, Any]
    problems: list[Problem] = field(default_factory=list)
    dictionaries: dict[str, dict[str, str]] = field(default_factory=dict)
    variants: dict[str, list[Variant]] = field(default_factory=dict)
    grids: dict[tuple[str, str], Grid] = field(default_factory=dict)

    def wrong(self, where: str, message: str, **params: object) -> None:
        self.problems.append(Problem(message, {key: str(value)[:200] for key, value in params.items()}, where))

    def text(self, holder: dict[str, Any], key: str, where: str, *, needed: bool = False) -> str:
        """The text under ``key``, or a whole number. Without quotes YAML takes 2.10 for 2.1: a problem, like anything else."""
        value = holder.get(key, "")
        if isinstance(value, str | int) and not isinstance(value, bool):
            text = str(value).strip("\n")
            if not text.strip() and needed:
                self.wrong(where, N_("“%(key)s” is empty or missing."), key=key)
            return text
        self.wrong(where, N_("“%(key)s” must be text: put it in quotes."), key=key)
        return ""
