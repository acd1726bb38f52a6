"""The log, read only: what happened, in words; what a row was and became."""

from typing import Any, ClassVar

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_

from admin_app.crud import card, values
from admin_app.crud.base import SchemaView
from admin_app.crud.fields import FieldSpec, Kind, fields_of
from admin_app.reporting import audit
from admin_app.reporting.guard import Permission
from models import Base, Event

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
}
MODELS: dict[str, type[Base]] = {str(one.local_table): one.class_ for one in Base.registry.mappers}


class EventView(SchemaView):
    """Who did what when."""

    rights: ClassVar = {"list": Permission.EVENT_READ}
    extra_choices: ClassVar = {
        "kind": tuple(sorted(audit.EVENTS.items())),
        "subject_type": tuple((name, model.__label__) for name, model in sorted(MODELS.items())),
    }

    def sections(self, row: Event) -> list[card.Section]:
        """The card, its details in the words of the table that they are about."""
        made = super().sections(row)
        model = MODELS.get(row.subject_type)
        return [card.Section(one.name, one.title, [in_words(line, row, model) for line in one.parts]) for one in made]

    def actions(self, row: Event) -> list[tuple[str, str]]:
        """The row that it happened to."""
        model = MODELS.get(row.subject_type)
        address = self.address_of(model, row.subject_id) if model and row.subject_id else ""
        return [(_("Open the row"), address)] if address else []

    def title(self, row: Event) -> str:
        """What happened to what."""
        return f"{audit.EVENTS.get(row.kind, row.kind)}: {row.subject}"


def in_words(line: card.Line, row: Event, model: type[Base] | None) -> card.Line:
    """The line of the details with labels for names; any other line as it is."""
    if line.spec.kind is not Kind.JSON or model is None:
        return line
    specs = {spec.name: spec for spec in fields_of(model)}
    told = {label(specs, name): worded(specs.get(name), value) for name, value in row.data.items()}
    return card.Line(line.spec, values.words(line.spec, told, {}))


def label(specs: dict[str, FieldSpec], name: str) -> str:
    """A field's label; of the verbs' own facts the word here, or the name as it was recorded."""
    return str(specs[name].label) if name in specs else str(FACTS.get(name, name))


def worded(spec: FieldSpec | None, value: Any) -> Any:
    """A recorded value as people read it: references by their titles of that moment, vocabularies by their words."""
    if isinstance(value, list):
        return [worded(spec, one) for one in value]
    if isinstance(value, dict) and "label" in value:
        return value["label"]
    return str(dict(spec.choices).get(value, value)) if spec and spec.choices and isinstance(value, str) else value
