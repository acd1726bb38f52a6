"""What a generated screen does with a form: fills it, shows it again with everything typed, saves it."""

from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_
from werkzeug.datastructures import MultiDict
from wtforms import Form

from admin_app.crud import attributes, card, inputs, merging, mistakes, pickers
from admin_app.crud.fields import is_ref
from admin_app.extensions import db
from admin_app.reporting.writes import Held

NO_ROW = N_("There is no such row, or it belongs to an organization that you are not attached to.")


class Forming:
    """A part of `SchemaView`."""

    def form_class(self: Any) -> type[Form]:
        """The form of today's fields."""
        further = attributes.further(self.model, db.session)
        return inputs.form_of(self.typed(), self.rules) if further else self._create_form_class

    def ready_form(self: Any, row: Any, sent: Any = None) -> Form:
        """The form, filled with what was sent or else with the row, its pickers knowing what may be chosen."""
        sent = request.form if sent is None and request.method == "POST" else sent
        form: Form = self.form_class()(sent, obj=row, **self.preset(row))
        for name in self.fixed(row):
            del form[name]
        pickers.ready(form, db.session, self.get_url(".index_view") + "lookup/")
        return form

    def merged_form(self: Any, row: Any, sent: MultiDict[str, str]) -> tuple[Form, dict[str, Any], bool]:
        """The form with what others have changed meanwhile (`admin_app.crud.merging`), what its page says of it (`base`, `told`),
        and whether it may be saved."""
        merged = merging.merge(self.form_class(), self.typed(), row, sent, self.fixed(row))
        form = self.ready_form(row, merged.data)
        base, valid = merging.base_of(form), form.validate()
        told = merging.tell(merged, form, row, db.session)
        return form, {"base": base, "told": told}, valid and merged.clear

    def fixed(self: Any, row: Any) -> set[str]:  # noqa: ARG002  # for tables whose rows settle
        """The fields that can no longer be changed in this row."""
        return set()

    def preset(self: Any, row: Any) -> dict[str, Any]:
        """What a new row's form is filled with: the database's own values, and what the address names (?parent_id=5)."""
        if row is not None:
            return {spec.name: spec.get(row) for spec in self.typed() if spec.extra}
        found = {spec.name: card.default(spec) for spec in self.typed() if spec.default}
        asked = {name: pickers.number(value) for name, value in request.args.items() if is_ref(self.model, name)}
        return found | {name: key for name, key in asked.items() if key is not None}

    def form_page(self: Any, form: Form, row: Any, **facts: Any) -> str:
        """The form's page. `base`: what its fields showed, if asked already; `told`: what was taken in from others."""
        sections = card.sections([spec for spec in self.typed() if spec.name in form], self.model)
        back = self.get_url(".index_view") if row is None else self.card_address(row)
        base = "" if row is None or "base" in facts else merging.base_of(form)
        about = {"row": row, "name": "" if row is None else self.title(row), "back": back, "action": here(), "base": base}
        template = str(facts.pop("template", "admin/form.html"))
        return str(self.render(template, form=form, columns=card.columns(sections), **{**about, **facts}))

    def lost_page(self: Any) -> tuple[str, int]:
        """The row is gone: what was typed stays on the page, to be copied, or to be added anew if the row was deleted."""
        form, end = self.ready_form(None), self.ending()
        again = bool(end) and not self.refusal("create")
        form.form_errors.append(_("Nothing was saved: %(why)s What you typed is still here.", why=end or NO_ROW))
        action = self.get_url(".create_view") if again else ""
        return self.form_page(form, None, action=action, lost=True), 404

    def held_page(self: Any, held: Held) -> tuple[str, int]:
        """Others hold the row: the form again with everything typed, on the same base, to be saved when they are done."""
        row = self.sought(look=True) or self.nothing()
        self.demand("edit", row)
        form = self.ready_form(row)
        form.form_errors.append(mistakes.led(held))
        return self.form_page(form, row, base=request.form.get(merging.BASE, "")), 409

    def save(self: Any, form: Form, row: Any, created: bool) -> bool:
        """Write the form into the row and commit; what the rules or the database refuse is said at the field. Was it saved?"""
        keys = () if created else (card.key_of(row),)
        with mistakes.at_fields(form, self.model, keys):
            self.write(form, row, created)
            db.session.commit()
            return True
        return False

    def write(self: Any, form: Form, row: Any, created: bool) -> None:
        """Write the form into the row. Every flush records who changed what (`admin_app.reporting.audit`)."""
        with db.session.no_autoflush:
            card.fill(row, self.typed(), form, db.session, created)
        if created:
            db.session.add(row)

    def done_words(self: Any, row: Any) -> str:
        """What is said when a row has been saved."""
        return _("“%(name)s” is saved.", name=self.title(row))


def here() -> str:
    """The address of this page, where its form is sent to."""
    return request.full_path.rstrip("?")
