"""The log, read only: what happened, in words; what a row was and became.

Names are shown by what the reader may see today: an organization or a person out of sight is not named, though the log keeps
the name of that moment.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, ClassVar

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_

from admin_app.crud import card, relations, values
from admin_app.crud.base import SchemaView
from admin_app.crud.fields import FieldSpec, Kind, field_of, fields_of
from admin_app.crud.relations import Titles
from admin_app.extensions import db
from admin_app.reporting import audit
from admin_app.reporting.guard import Permission
from models import Base, Comment, Event, Everyone, Membership, Organization, Report, Role, User

FACTS: dict[str, LazyString] = {
    "answer": N_("Answer"),
    "cell": N_("Cell"),
    "comment": N_("Comment"),
    "fields": N_("What was changed"),
    "from": N_("Before"),
    "name": N_("Name"),
    "organization": N_("Organization"),
    "reason": N_("Reason"),
    "reports": N_("Reports"),
    "role": N_("Role"),
    "size": N_("Size, bytes"),
    "text": N_("Text"),
    "to": N_("After"),
    "unfiled": N_("Reports not filed"),
    "user": N_("User"),
}
MODELS: dict[str, type[Base]] = {str(one.local_table): one.class_ for one in Base.registry.mappers}
NAMED: dict[str, type[Base]] = {"organization": Organization, "user": User, "comment": Comment}  # facts that are a row's id
STATE, ROLE, SINCE = field_of(Report, "state"), field_of(Role, "name"), field_of(Membership, "valid_from")


class EventView(SchemaView):
    """Who did what when."""

    rights: ClassVar = {"list": Permission.EVENT_READ}
    extra_choices: ClassVar = {
        "kind": tuple(sorted(audit.EVENTS.items())),
        "subject_type": tuple((name, model.__label__) for name, model in sorted(MODELS.items())),
    }

    def own_words(self, spec: FieldSpec) -> FieldSpec:
        """What is called a subject elsewhere is a record here."""
        return replace(super().own_words(spec), label=N_("About what")) if spec.name == "subject" else super().own_words(spec)

    def sections(self, row: Event) -> list[card.Section]:
        """The card: who did it once (by the name of that moment, leading to the person), its details in words."""
        told, made = Details(row, MODELS.get(row.subject_type)), super().sections(row)
        ways = {line.spec.name: line.address for one in made for line in one.parts}
        shown = [[told.line(line, ways) for line in one.parts if line.spec.name != "actor_id"] for one in made]
        return [card.Section(one.name, one.title, parts) for one, parts in zip(made, shown, strict=True)]

    def actions(self, row: Event) -> list[tuple[str, str]]:
        """The row that it happened to."""
        model = MODELS.get(row.subject_type)
        address = self.address_of(model, row.subject_id) if model and row.subject_id else ""
        return [(_("Open the row"), address)] if address else []

    def title(self, row: Event) -> str:
        """What happened to what."""
        return f"{audit.EVENTS.get(row.kind, row.kind)}: {row.subject}"


class Details:
    """What an event's data says, in words. One statement for all the rows that it names."""

    def __init__(self, row: Event, model: type[Base] | None) -> None:
        self.row = row
        self.specs = {spec.name: spec for spec in fields_of(model)} if model else {}
        wanted: dict[type[Base], set[int]] = {}
        for named, key in self.references():
            wanted.setdefault(named, set()).add(key)
        self.titles: Titles = relations.titles(db.session, wanted)

    @property
    def of_row(self) -> bool:
        """Is it one of the events of `history`, `{"field": [old, new]}`?"""
        return self.row.kind.startswith("row.")

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
        told = {self.label(name): self.value(name, value) for name, value in self.row.data.items()}
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
        if self.of_row:
            return self.specs.get(name)
        moved = name in {"from", "to"} and self.row.subject_type == "report"
        return STATE if moved else ROLE if name == "role" else SINCE if self.since(name) else None

    def named(self, model: type[Base], value: Any) -> str:
        """What a row is called: for whoever sees it, by its title of that moment where the log has kept it."""
        key, label = (value.get("id"), value.get("label")) if isinstance(value, dict) else (value, "")
        seen = self.titles.get((model, key)) if isinstance(key, int) else None
        if seen is None and not any(isinstance(scope, Everyone) for scope in model.__scope__):
            return _("outside what you may see")
        return str(label or seen or f"№ {key}")


def flat(value: Any) -> Iterable[Any]:
    """The values in lists of lists."""
    return [leaf for one in value for leaf in flat(one)] if isinstance(value, list) else [value]


def said(spec: FieldSpec | None, value: Any) -> Any:
    """A plain value in the words of its field: of vocabularies, of dates."""
    if spec is None or not isinstance(value, str):
        return value
    if spec.kind is Kind.DATE:
        try:
            return values.day(spec, date.fromisoformat(value))
        except ValueError:
            return value
    return str(dict(spec.choices).get(value, value))
