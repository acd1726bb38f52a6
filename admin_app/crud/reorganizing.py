"""«Реорганизация»: a page of the organization's card that joins, merges, divides or spins off, after showing what that does."""

from collections.abc import Iterator
from datetime import date
from typing import Any, cast

from flask import flash, redirect, request
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_
from flask_babel import ngettext
from wtforms import BooleanField, Form, RadioField

from admin_app.crud import effects, mistakes, pickers
from admin_app.crud.effects import Line
from admin_app.crud.fields import FieldSpec, field_of
from admin_app.crud.inputs import DayField, Filled
from admin_app.crud.past import Answer
from admin_app.crud.pickers import Picker
from admin_app.extensions import db
from admin_app.reporting import consequences, days, reorganizations
from admin_app.reporting.guard import Permission
from models import Organization, Succession, SuccessionKind

SUCCESSOR = field_of(Succession, "successor_id")
KINDS = {
    SuccessionKind.JOINED: N_("It joins another one: it closes, the other one goes on"),
    SuccessionKind.MERGED: N_("It merges with others into a new one: it closes, the new one follows all of them"),
    SuccessionKind.DIVIDED: N_("It is divided: it closes, new ones follow it, each entered here in turn"),
    SuccessionKind.SPUN_OFF: N_("A new one is spun off from it: both go on"),
}


class ReorganizeForm(Form):
    """What happens, to whom, when, and what goes over."""

    kind = RadioField(N_("What happens"), [Filled()], choices=[(kind.value, words) for kind, words in KINDS.items()])
    successor_id = Picker(
        N_("Successor"), [Filled()], spec=SUCCESSOR, description=N_("A new organization is added to the registry first.")
    )
    day = DayField(N_("From which day"), [Filled()])
    below = BooleanField(N_("What stands below it goes over to the successor"), default=True)
    people = BooleanField(
        N_("Its people are attached to the successor too"),
        default=True,
        description=N_("They keep the old attachment: past reports are still read and put right."),
    )


class Reorganizing:
    """The page, for the view of organizations."""

    get_url: Any
    row: Any
    require: Any
    render: Any
    card_address: Any
    title: Any

    def more_pickers(self) -> tuple[FieldSpec, ...]:
        """The successor."""
        return (SUCCESSOR,)

    @expose("/reorganize/", methods=("GET", "POST"))
    def reorganize_view(self) -> Answer:
        """The form, then what it would do, then it is done."""
        row: Organization = self.row()
        self.require(Permission.ORGANIZATION_EDIT, row)
        form = ReorganizeForm(request.form if request.method == "POST" else None, day=days.today())
        pickers.ready(form, db.session, self.get_url(".index_view") + "lookup/")
        lines, mark, name = None, "", self.title(row)
        if request.method == "POST" and form.validate():
            key, address = row.id, self.card_address(row)
            lines, mark = self.reorganized(form, row)
            if lines is not None and request.form.get("confirmed") == mark:
                db.session.commit()
                flash(_("The reorganization is entered."), "success")
                return redirect(address)
            db.session.rollback()
            row = db.session.get_one(Organization, key)
        facts = {"row": row, "name": name, "back": self.card_address(row), "lines": lines, "mark": mark}
        new = self.get_url(".create_view", **{spec: getattr(row, spec) for spec in COPIED if getattr(row, spec)})
        return str(self.render("admin/reorganize.html", form=form, new=new, **facts))

    def reorganized(self, form: ReorganizeForm, row: Organization) -> tuple[list[Line] | None, str]:
        """Do it, uncommitted: what it does in words, and the mark of exactly that; None where it can't be done."""
        before = consequences.standing(db.session, row)
        with mistakes.at_fields(form, Organization):
            successor = db.session.get_one(Organization, form.successor_id.data)
            kind, day = SuccessionKind(form.kind.data), cast(date, form.day.data)  # type: ignore[call-arg]  # a look-up
            said = {"day": day, "below": form.below.data, "people": form.people.data}
            done = reorganizations.reorganize(db.session, row, successor, kind, **said)
            change = consequences.of_change(db.session, before, row)
            lines = [*told(done), *(effects.lines(change) if change else ())]
            return lines, consequences.mark_of([kind, successor.id, said, [vars(line) for line in lines]])
        return None, ""


COPIED = (
    "parent_id",
    "type_id",
    "legal_form_id",
    "legal_position_id",
    "settlement_type_id",
    "structural_level_id",
    "okved_main_id",
)


def told(done: reorganizations.Done) -> Iterator[Line]:
    """What goes over, in words."""
    if done.below:
        more = [_("and %(count)s more", count=len(done.below) - 10)] if len(done.below) > 10 else []
        yield Line(_("Goes over to the successor"), ", ".join([*done.below[:10], *more]))
    if done.attached:
        yield Line(_("Attached to the successor too"), effects.named(done.attached))
    if done.there:
        yield Line(_("Attached to the successor already"), effects.named(done.there))
    if done.left_out:
        words = ngettext("%(num)s person", "%(num)s people", len(done.left_out))
        yield Line(_("Not attached, because their role is not yours to give"), words)
    if not (done.below or done.attached or done.there or done.left_out):
        yield Line(_("Goes over"), _("nothing: there are neither people nor organizations below it, or you left them out"))
