"""Rows that the texts of a file name: a whole piece of lines is looked up at once, and what was found is remembered.

Items of lists go by code or title, organizations by INN, short or full name, whatever their case, ё and quotation marks. What
the actor may not see or choose is not found.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from admin_app.crud import relations, values
from admin_app.crud.fields import SEVERAL, FieldSpec
from admin_app.reporting.exchange import columns
from models import Base, ClassifierItem, Organization

LATER = 2_000_000_000  # + a line of the file: a row that this line adds
Key = tuple[type[Base], str | None]


@dataclass
class Refs:
    """What the texts mean, for one import."""

    session: Session
    specs: tuple[FieldSpec, ...]
    lists: dict[Key, dict[str, set[int]]] = field(default_factory=dict)
    nodes: dict[str, set[int]] = field(default_factory=dict)
    lines: dict[str, set[int]] = field(default_factory=dict)  # organizations that lines above add, by name and INN
    titles: dict[tuple[type[Base], int], str] = field(default_factory=dict)
    paths: dict[int, str] = field(default_factory=dict)

    def learn(self, lines: Iterable[dict[str, str]]) -> None:
        """Look up what these lines name."""
        texts: set[str] = set()
        for line in lines:
            for spec in self.specs:
                if spec.target is Organization and line.get(spec.name):
                    texts.add(line[spec.name].strip())
        if fresh := {text for text in texts if word(text) not in self.nodes}:
            self.learn_nodes(fresh)

    def learn_nodes(self, texts: set[str]) -> None:
        """Organizations by any of these texts."""
        for text in texts:
            self.nodes[word(text)] = set()
        codes = {one for text in texts for one in re.findall(r"\b(?:\d{10}|\d{12})\b", text)}
        found = or_(
            Organization.inn.in_(codes),
            Organization.sort_key.in_([func.sort_key(text) for text in texts]),
            func.lower(Organization.full_name).in_([text.lower() for text in texts]),
        )
        known = (Organization.id, Organization.inn, Organization.short_name, Organization.full_name, Organization.path)
        for key, inn, short, full, path in self.session.execute(select(*known).where(found)):
            self.titles[Organization, key], self.paths[key] = short, path
            for text in texts:
                if word(text) in {word(short), word(full)} or (inn and re.search(rf"\b{inn}\b", text)):
                    self.nodes[word(text)].add(key)

    def promise(self, line: int, texts: dict[str, str]) -> None:
        """Let later lines name the organization that this line adds."""
        for name in ("short_name", "full_name", "inn"):
            if text := texts.get(name):
                self.lines.setdefault(word(text), set()).add(LATER + line)
        self.titles[Organization, LATER + line] = texts.get("short_name", "")

    def one(self, spec: FieldSpec, text: str, within: int | None = None) -> int:
        """The row that the text means. Raises ValueError with a sentence: none, or several."""
        found = self.organizations(text) if spec.target is Organization else self.items(spec, text, within)
        if len(found) == 1:
            return next(iter(found))
        if found:
            raise ValueError(_("“%(text)s” may mean several: choose one, or type its exact name or code.", text=text))
        raise ValueError(_("Nothing is called “%(text)s” among what you may choose.", text=text))

    def many(self, spec: FieldSpec, text: str) -> list[int]:
        """The rows that the parts of the text mean. Raises ValueError."""
        return list(dict.fromkeys(self.one(spec, part) for part in re.split(r"[;\n]", text) if part.strip()))

    def organizations(self, text: str) -> set[int]:
        """By name or INN: those that are there, else those that lines above add."""
        text = word(text)
        return self.nodes.get(text) or self.lines.get(text) or set()

    def items(self, spec: FieldSpec, text: str, within: int | None) -> set[int]:
        """Rows of a small list, by code or title, or by a code before a title."""
        known = self.listed(spec, within)
        head = re.match(r"\s*([\w.]+)[\s:.–—-]", text)
        return known.get(word(text)) or (known.get(word(head[1])) if head else None) or set()

    def said(self, spec: FieldSpec, text: str) -> bool:
        """Are these, one by one, words by which items of the list are called? So an export says them."""
        known = self.listed(spec, None)
        parts = re.split(r"[;\n]", text) if spec.kind in SEVERAL else [text]
        return all(word(part) in known for part in parts if part.strip())

    def listed(self, spec: FieldSpec, within: int | None) -> dict[str, set[int]]:
        """The rows that the field may name, by their words, asked once."""
        model: Any = spec.target
        key = (model, spec.classifier or (str(within) if within else None))
        if key not in self.lists:
            query = relations.choosable(spec).with_only_columns(model.id, relations.title_of(model), *by_names(model))
            if within:
                query = query.where(ClassifierItem.classifier_id == within)
            self.lists[key] = {}
            for row, title, *names in self.session.execute(query):
                self.titles[model, row] = relations.worded(model, title)
                for text in {word(name or "") for name in (self.titles[model, row], *names)} - {""}:
                    self.lists[key].setdefault(text, set()).add(row)
        return self.lists[key]

    def name(self, wanted: dict[type[Base], set[int]]) -> None:
        """Learn what these rows are called, as far as the actor sees them."""
        unknown = {model: {one for one in ids if (model, one) not in self.titles} for model, ids in wanted.items()}
        self.titles |= relations.titles(self.session, unknown)

    def title(self, model: type[Base] | None, key: int) -> str:
        """What the row is called, "" if that is not known."""
        return self.titles.get((model, key), "") if model else ""

    def worded(self, spec: FieldSpec, value: Any) -> str:
        """A value as people read it."""
        return str(values.words(spec, value, self.titles))


def by_names(model: Any) -> tuple[Any, ...]:
    """By what else than its title a row is named."""
    return (model.code, model.title) if model is ClassifierItem else (relations.hint_of(model),)


def word(text: str) -> str:
    """What is compared of a name or a code: codes as they are, names as their words."""
    text = text.strip()
    return text.lower() if re.fullmatch(r"[\w.]{1,20}", text) and re.search(r"\d", text) else columns.key(text)
