"""The form of a bulk edit: every field begins at “leave as it is”; what was asked for as wishes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_
from wtforms import BooleanField, Field, Form, SelectField
from wtforms.fields.core import UnboundField

from admin_app.crud import inputs, pickers, when
from admin_app.crud.bulk_plan import Several, Wishes
from admin_app.crud.fields import SEVERAL, FieldSpec, Kind
from admin_app.crud.pickers import PickerOfMany
from admin_app.crud.when import When
from admin_app.extensions import db
from admin_app.reporting import planned

ADD, OFF, CLEAR = "--add", "--off", "--clear"
KEEP = N_("— leave as it is —")


@dataclass(frozen=True)
class Part:
    """One field of the form: what it becomes (one input), or what is added and removed (two); and the tick that empties it."""

    spec: FieldSpec
    fields: list[Field]
    clear: Field | None


def bulk_form(specs: Sequence[FieldSpec], sent: Any, address: str, dated: bool = False) -> Form:
    """The form: every field begins at “leave as it is”. ``dated``: it asks from which day the change counts."""
    made: dict[str, Any] = {}
    for spec in specs:
        if spec.kind in SEVERAL:
            made[spec.name + ADD] = UnboundField(PickerOfMany, spec=spec, label=_("%(label)s: add", label=spec.label))
            made[spec.name + OFF] = UnboundField(PickerOfMany, spec=spec, label=_("%(label)s: take away", label=spec.label))
            continue
        made[spec.name] = input_of(spec)
        if spec.kind is not Kind.FLAG and not spec.required and (spec.nullable or spec.blank == ""):
            made[spec.name + CLEAR] = UnboundField(BooleanField, label=_("Empty it: %(label)s", label=spec.label))
    fields = {name.replace("-", "_"): one for name, one in named(made).items()}
    sent = when.counting(sent) if dated and sent is not None else sent
    form: Form = type("BulkForm", (When if dated else Form,), fields)(sent)
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
    late = [part for part in parts if part.spec in found] if when.from_day(form).planned else []
    for part in late:
        if why := planned.unplannable(part.spec.name):
            part.fields[0].errors = [*part.fields[0].errors, why]
    wrong = any(one.errors for one in form)
    if not found and not wrong:
        form.form_errors.append(_("Say what is to be changed: everything stands at “leave as it is”."))
    return {} if wrong else found
