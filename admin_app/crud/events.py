"""The log, read only: what happened, in words; what a row was and became."""

from dataclasses import replace
from typing import ClassVar

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from admin_app.crud import card
from admin_app.crud.base import SchemaView
from admin_app.crud.fields import FieldSpec
from admin_app.crud.telling import MODELS, Details
from admin_app.extensions import db
from admin_app.reporting import audit, guard, scope, separating
from admin_app.reporting.guard import Permission
from models import Event


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
        """The row that it happened to; the way back from a merger."""
        model = MODELS.get(row.subject_type)
        address = self.address_of(model, row.subject_id) if model and row.subject_id else ""
        found = [(_("Open the row"), address)] if address else []
        if row.batch is not None and row.kind.startswith("row."):
            found.append((_("Everything changed together"), url_for("event.batch_view", batch=row.batch)))
        return found + separation(db.session, Event.id == row.id)

    def title(self, row: Event) -> str:
        """What happened to what."""
        return f"{audit.EVENTS.get(row.kind, row.kind)}: {row.subject}"


def separation(session: Session, which: ColumnElement[bool]) -> list[tuple[str, str]]:
    """The way back from the merger, or from the separation, that one of these events tells of: words and address."""
    if not guard.may(scope.current(), Permission.ORGANIZATION_EDIT):
        return []
    if (key := separating.duplicate(session, which)) is not None:
        return [(_("Separate again…"), url_for("duplicates.separate", id=key))]
    pair = separating.told(session, which, separating.SEPARATED)
    return [] if pair is None else [(_("Merge again…"), url_for("duplicates.merge", id=pair, keep=pair[0]))]
