"""What an event says, in words: labels, dates, names of rows, states.

Names are shown by what the reader may see today: an organization or a person out of sight is not named, though the log keeps
the name of that moment.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_

from admin_app.crud import attributes, card, relations, values
from admin_app.crud.fields import FieldSpec, Kind, field_of
from admin_app.crud.relations import Titles
from admin_app.extensions import db
from admin_app.reporting import planned, undo_plans
from models import Base, Comment, Everyone, Membership, Organization, Report, Role, Succession, User

FACTS: dict[str, LazyString] = {
    "answer": N_("Answer"),
    "asked": N_("Requests"),
    "below": N_("Went over to the successor"),
    "cell": N_("Cell"),
    "comment": N_("Comment"),
    "day": N_("From which day"),
    "fields": N_("What was changed"),
    "from": N_("Before"),
    "gain": N_("Will see it"),
    "handed_over": N_("Reports under review that go to another reviewer"),
    "kind": N_("What happened"),
    "lose": N_("Will no longer see it"),
    "merged_from": N_("Duplicate"),
    "merged_into": N_("The one that stays"),
    "name": N_("Name"),
    "no_longer_owed": N_("Reports that are no longer owed"),
    "organization": N_("Organization"),
    "organizations": N_("Organizations"),
    "people": N_("Users"),
    "reason": N_("Reason"),
    "reports": N_("Reports"),
    "requests": N_("Open requests"),
    "role": N_("Role"),
    "size": N_("Size, bytes"),
    "successor": N_("Successor"),
    "text": N_("Text"),
    "to": N_("After"),
    "unfiled": N_("Reports not filed"),
    "user": N_("User"),
}
MODELS: dict[str, type[Base]] = {str(one.local_table): one.class_ for one in Base.registry.mappers}
NAMED: dict[str, type[Base]] = {
    "organization": Organization,
    "user": User,
    "comment": Comment,
    "gain": User,
    "lose": User,
    "merged_from": Organization,
    "merged_into": Organization,
}  # facts that are a row's id
KEPT = frozenset({"ids", planned.INSTEAD})  # facts for a way back, not for people
STATE, ROLE, SINCE = field_of(Report, "state"), field_of(Role, "name"), field_of(Membership, "valid_from")
HOW = field_of(Succession, "kind")


class Details:
    """What an event's data says, in words. One statement for all the rows that it names, unless their `titles` are given."""

    def __init__(self, row: Any, model: type[Base] | None, titles: Titles | None = None) -> None:
        self.row = row
        self.specs = {spec.name: spec for spec in attributes.ever(model, db.session)} if model else {}
        self.titles: Titles = titles_of([self]) if titles is None else titles

    @property
    def of_row(self) -> bool:
        """Is it one of the events of `history`, `{"field": [old, new]}`, or one that tells of plans like that?"""
        return self.row.kind.startswith("row.") or self.row.kind in undo_plans.KINDS

    def references(self) -> Iterator[tuple[type[Base], int]]:
        """The rows that the data names: model and id."""
        for name, value in self.row.data.items():
            model = self.target(name)
            for one in flat(value) if model else ():
                key = one.get("id") if isinstance(one, dict) else one
                if isinstance(key, int) and model:
                    yield model, key

    def target(self, name: str) -> type[Base] | None:
        """The model whose rows the value of this name is about."""
        if self.of_row:
            return self.specs[name].target if name in self.specs else None
        return NAMED.get(name)

    def line(self, line: card.Line, ways: Mapping[str, str]) -> card.Line:
        """The line of the details in words, the name of who did it with the way to the person; any other line as it is."""
        if line.spec.name == "actor_name":
            return replace(line, address=ways.get("actor_id", ""))
        if line.spec.kind is not Kind.JSON:
            return line
        told = {self.label(name): self.value(name, value) for name, value in self.row.data.items() if name not in KEPT}
        return card.Line(line.spec, values.words(line.spec, told, {}))

    def label(self, name: str) -> str:
        """A field's label; of the verbs' own facts the word here, or the name as it was recorded."""
        if self.of_row and name in self.specs:
            return str(self.specs[name].label)
        return str(SINCE.label if self.since(name) else FACTS.get(name, name))

    def since(self, name: str) -> bool:
        """Is it the day from which somebody is attached?"""
        return name == "from" and self.row.kind == "user.attached"

    def value(self, name: str, value: Any) -> Any:
        """What stands beside the label."""
        if self.of_row and isinstance(value, list) and len(value) == 2:
            old, new = (self.words(name, one) for one in value)
            return new if self.row.kind == "row.created" else old if self.row.kind == "row.deleted" else [old, new]
        return self.words(name, value)

    def words(self, name: str, value: Any) -> Any:
        """A recorded value as people read it; several in one line."""
        if isinstance(value, list):
            return "; ".join(str(self.words(name, one)) for one in value)
        model = self.target(name)
        if model is not None and value is not None:
            return self.named(model, value)
        if name == "fields" and value in self.specs:
            return str(self.specs[value].label)
        return said(self.spec(name), value)

    def spec(self, name: str) -> FieldSpec | None:
        """The field whose words the value takes."""
        if name == "day":
            return SINCE
        if self.of_row:
            return self.specs.get(name)
        if name == "kind":
            return HOW
        moved = name in {"from", "to"} and self.row.subject_type == "report"
        return STATE if moved else ROLE if name == "role" else SINCE if self.since(name) else None

    def named(self, model: type[Base], value: Any) -> str:
        """What a row is called: for whoever sees it, by its title of that moment where the log has kept it."""
        key, label = (value.get("id"), value.get("label")) if isinstance(value, dict) else (value, "")
        seen = self.titles.get((model, key)) if isinstance(key, int) else None
        if seen is None and not any(isinstance(scope, Everyone) for scope in model.__scope__):
            return _("outside what you may see")
        return str(label or seen or f"№ {key}")


def titles_of(several: Iterable[Details]) -> Titles:
    """What all the rows that these details name are called, in one statement."""
    wanted: dict[type[Base], set[int]] = {}
    for one in several:
        for named, key in one.references():
            wanted.setdefault(named, set()).add(key)
    return relations.titles(db.session, wanted)


def details_of(rows: Iterable[Any]) -> list[Details]:
    """The details of several events, with one statement for all that they name."""
    found = [Details(row, MODELS.get(row.subject_type), {}) for row in rows]
    titles = titles_of(found)
    for one in found:
        one.titles = titles
    return found


def flat(value: Any) -> Iterable[Any]:
    """The values in lists of lists."""
    return [leaf for one in value for leaf in flat(one)] if isinstance(value, list) else [value]


def said(spec: FieldSpec | None, value: Any) -> Any:
    """A plain value in the words of its field: of vocabularies, of dates."""
    if spec is not None and spec.kind is Kind.NUMBER and isinstance(value, (int, float)):
        return values.number(spec, value)
    if spec is None or not isinstance(value, str):
        return value
    if spec.kind is Kind.DATE:
        try:
            return values.day(spec, date.fromisoformat(value))
        except ValueError:
            return value
    return str(dict(spec.choices).get(value, value))
