"""One change for many rows: of a whole list as it is filtered, or of the ticked ones. Choose, look, then do; all or nothing.

The page carries the ids of the rows that were chosen, so that what is previewed is what is changed, whatever the filter finds by
then. Every row is judged again at each step. The change is one transaction and one batch: one undo takes it back.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from flask import abort, flash, redirect, request
from flask_admin import expose
from flask_babel import LazyString, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_
from sqlalchemy import select
from wtforms import BooleanField, Field, Form, SelectField
from wtforms.fields.core import UnboundField

from admin_app.crud import bulk_plan, inputs, mistakes, pickers, relations, values
from admin_app.crud.bulk_plan import Outcome, Several, Wishes
from admin_app.crud.fields import SEVERAL, FieldSpec, Kind
from admin_app.crud.past import Answer
from admin_app.crud.pickers import PickerOfMany
from admin_app.extensions import db
from admin_app.reporting import undo
from models import Event

MOST = 4000  # rows of one change, done while the person waits: some milliseconds each
SHOWN = 50
ADD, OFF, CLEAR = "--add", "--off", "--clear"
OURS = {"frozen", "csrf_token", "do", "back"}
KEEP = N_("— leave as it is —")


@dataclass(frozen=True)
class Part:
    """One field of the form: what it becomes (one input), or what is added and removed (two); and the tick that empties it."""

    spec: FieldSpec
    fields: list[Field]
    clear: Field | None


@dataclass(frozen=True)
class Row:
    """One row of the preview: what it is called, its card, each field's old and new value."""

    title: str
    address: str
    pairs: list[tuple[LazyString | str, Any, Any]]


class Bulk:
    """A part of `SchemaView`. `bulk`: the fields that make sense for many rows; beside them all classification fields."""

    bulk: ClassVar[tuple[str, ...]] = ()

    def bulk_specs(self: Any) -> list[FieldSpec]:
        """The fields that many rows may get at once; none where the table has no such thing."""
        if not self.bulk or self.refusal("edit"):
            return []
        return [spec for spec in self.typed() if spec.name in self.bulk or spec.section == "classification"]

    @expose("/bulk/", methods=("GET", "POST"))
    def bulk_view(self: Any) -> Answer:
        """Choose what changes, look at what that does, do it."""
        self.demand("edit")
        specs = self.bulk_specs()
        if not specs:
            abort(404)
        ids = self.bulk_rows()
        if len(ids) > MOST:
            words = _("At most %(most)s rows are changed at once: narrow the list with a filter.", most=MOST)
            flash(words, "error")
            return redirect(self.get_url(".index_view"))
        form = bulk_form(specs, request.form if request.method == "POST" else None, self.get_url(".index_view") + "lookup/")
        parts = parts_of(form, specs)
        if request.method == "POST" and form.validate() and (wishes := wishes_of(parts, form)) and "back" not in request.form:
            return self.bulk_change(ids, wishes, form)
        return str(self.render("admin/bulk.html", form=form, parts=parts, count=len(ids), frozen=bulk_plan.freeze(ids)))

    def bulk_write(self: Any, form: Any, row: Any) -> None:
        """Write one row."""
        self.write(form, row, False)

    def bulk_settle(self, rows: Sequence[Any], names: set[str]) -> None:
        """Do what follows from the change of these fields, if `bulk_write` has not."""

    def bulk_rows(self: Any) -> list[int]:
        """The chosen rows, by id: those that the page carries, those that are ticked, or all that the list finds."""
        if "frozen" in request.form:
            try:
                return bulk_plan.thaw(request.form["frozen"], MOST)
            except ValueError:
                return abort(400, _("The page has lost which rows were chosen: choose them again in the list."))
        ticked = {key for key in map(pickers.number, request.args.getlist("row")) if key is not None}
        query = (
            select(self.model.id).where(self.model.id.in_(ticked))
            if ticked or "ticked" in request.args
            else self.asked().narrow(select(self.model.id))
        )
        return sorted(db.session.scalars(query.limit(MOST + 1)))

    def bulk_change(self: Any, ids: Sequence[int], wishes: Wishes, form: Form) -> Answer:
        """The preview, or the change itself."""
        sentence = ""
        if "do" in request.form:
            try:
                batch, count = bulk_plan.apply(self, ids, wishes)
                db.session.commit()
            except mistakes.KINDS as error:
                db.session.rollback()
                sentence = _("Nothing was changed. %(why)s", why=mistakes.sentence(error, self.model)[1])
            else:
                flash(ngettext("%(num)s row is changed.", "%(num)s rows are changed.", count), "success")
                return redirect(self.bulk_result(batch))
        found = bulk_plan.rehearse(self, ids, wishes)
        db.session.rollback()
        ready = [one for one in found if one.pairs and not one.refused]
        refused = [one for one in found if one.refused]
        facts = {
            "count": len(ids), "ready": len(ready), "refused": len(refused),
            "same": len(found) - len(ready) - len(refused), "lost": len(ids) - len(found), "form": form,
            "rows": self.bulk_shown(ready[:SHOWN]), "reasons": self.bulk_reasons(refused), "sentence": sentence,
            "frozen": bulk_plan.freeze(ids), "frozen_ready": bulk_plan.freeze([one.key for one in ready]),
            "sent": [pair for pair in request.form.items(multi=True) if pair[0] not in OURS],
        }  # fmt: skip
        return str(self.render("admin/bulk_preview.html", **facts))

    def bulk_result(self: Any, batch: Any) -> str:
        """Where what was changed is shown: in the log, or for those who don't read it the list."""
        told = undo.read(db.session, select(Event.id).where(Event.batch == batch).limit(1))
        log = next((one for one in self.siblings() if one.model is Event), None) if told else None
        return str(log.get_url(".batch_view", batch=batch) if log else self.get_url(".index_view"))

    def bulk_shown(self: Any, outcomes: Sequence[Outcome]) -> list[Row]:
        """The first rows in words."""
        wanted: dict[Any, set[int]] = {self.model: {one.key for one in outcomes}}
        for one in outcomes:
            for spec, old, new in one.pairs:
                if spec.target is not None:
                    wanted.setdefault(spec.target, set()).update((*values.ids(old), *values.ids(new)))
        titles = relations.titles(db.session, wanted)
        return [
            Row(
                titles.get((self.model, one.key), f"№ {one.key}"),
                str(self.get_url(".details_view", id=one.key)),
                [(spec.label, said(spec, old, titles), said(spec, new, titles)) for spec, old, new in one.pairs],
            )
            for one in outcomes
        ]

    def bulk_reasons(self: Any, outcomes: Sequence[Outcome]) -> list[tuple[str, int, list[tuple[str, str]]]]:
        """Why rows are refused: the sentence, how many, the first of them with their cards."""
        counted = Counter(one.refused for one in outcomes)
        first = {why: [one.key for one in outcomes if one.refused == why][:10] for why in counted}
        titles = relations.titles(db.session, {self.model: {key for keys in first.values() for key in keys}})
        return [
            (
                why,
                count,
                [(titles.get((self.model, key), f"№ {key}"), str(self.get_url(".details_view", id=key))) for key in first[why]],
            )
            for why, count in counted.most_common()
        ]


def said(spec: FieldSpec, value: Any, titles: relations.Titles) -> Any:
    """A value of the preview in words."""
    return _("no") if value is False else values.words(spec, value, titles)


# ── The form ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def bulk_form(specs: Sequence[FieldSpec], sent: Any, address: str) -> Form:
    """The form: every field begins at “leave as it is”."""
    made: dict[str, Any] = {}
    for spec in specs:
        if spec.kind in SEVERAL:
            made[spec.name + ADD] = UnboundField(PickerOfMany, spec=spec, label=_("%(label)s: add", label=spec.label))
            made[spec.name + OFF] = UnboundField(PickerOfMany, spec=spec, label=_("%(label)s: take away", label=spec.label))
            continue
        made[spec.name] = input_of(spec)
        if spec.kind is not Kind.FLAG and not spec.required and (spec.nullable or spec.blank == ""):
            made[spec.name + CLEAR] = UnboundField(BooleanField, label=_("Empty it: %(label)s", label=spec.label))
    form: Form = type("BulkForm", (Form,), {name.replace("-", "_"): one for name, one in named(made).items()})(sent)
    pickers.ready(form, db.session, address)
    for one in form:
        if hasattr(one, "spec"):
            one.address = address + one.spec.name
    return form


def named(made: dict[str, Any]) -> dict[str, Any]:
    """The unbound fields, each with its name in the form: attributes of a class have no dashes."""
    for name, one in made.items():
        one.name = name
    return made


def input_of(spec: FieldSpec) -> UnboundField:
    """The input of one field."""
    choices = [("y", _("yes")), ("n", _("no"))] if spec.kind is Kind.FLAG else list(spec.choices)
    if choices:
        lines = [("", KEEP), *((str(key), str(title)) for key, title in choices)]
        return UnboundField(SelectField, label=spec.label, choices=lines, default="")
    made = inputs.input_of(spec)
    made.kwargs["validators"] = [one for one in made.kwargs.get("validators", ()) if not isinstance(one, inputs.Filled)]
    return made


def parts_of(form: Form, specs: Sequence[FieldSpec]) -> list[Part]:
    """The form's fields, one part for each field of the table."""
    fields = {one.name: one for one in form}
    found = []
    for spec in specs:
        names = [spec.name + ADD, spec.name + OFF] if spec.kind in SEVERAL else [spec.name]
        found.append(Part(spec, [fields[name] for name in names], fields.get(spec.name + CLEAR)))
    return found


def wishes_of(parts: Sequence[Part], form: Form) -> Wishes:
    """What was asked for. Says in the form what makes no sense; then, and where nothing is asked for, there are none."""
    found: dict[FieldSpec, Any] = {}
    for part in parts:
        spec, first = part.spec, part.fields[0]
        if spec.kind in SEVERAL:
            added, removed = (tuple(one.data or ()) for one in part.fields)
            if set(added) & set(removed):
                part.fields[1].errors = [*part.fields[1].errors, _("The same cannot be both added and taken away.")]
            if added or removed:
                found[spec] = Several(added, removed)
            continue
        empties = part.clear is not None and part.clear.data
        if first.data not in (None, "") and empties:
            first.errors = [*first.errors, _("Either a value, or “empty it”.")]
        elif first.data not in (None, "") or empties:
            found[spec] = None if empties else first.data == "y" if spec.kind is Kind.FLAG else first.data
    wrong = any(one.errors for one in form)
    if not found and not wrong:
        form.form_errors.append(_("Say what is to be changed: everything stands at “leave as it is”."))
    return {} if wrong else found
