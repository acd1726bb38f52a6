"""Organizations, and the further fields that operators give them."""

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar

from flask import flash, g, redirect, request
from flask_admin import expose
from flask_babel import format_date, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_
from wtforms import Form

from admin_app.crud import attributes as further
from admin_app.crud import card, duplicates, effects, filters, mistakes, pickers, when
from admin_app.crud.base import Answer, SchemaView
from admin_app.crud.classifiers import ClassifierView
from admin_app.crud.organization_tree import OrganizationTree
from admin_app.crud.reorganizing import Reorganizing
from admin_app.extensions import db
from admin_app.reporting import attributes, consequences, dated, hanging, organizations, planned, reorganizations, restoring
from admin_app.reporting.guard import Permission
from admin_app.reporting.refusal import Refused
from models import Attribute, Level, Organization


class OrganizationView(OrganizationTree, Reorganizing, SchemaView):
    """The tree of organizations. One that has worked is not deleted: it is closed by a date."""

    rights: ClassVar = {
        "list": Permission.ORGANIZATION_READ,
        "create": Permission.ORGANIZATION_CREATE,
        "edit": Permission.ORGANIZATION_EDIT,
        "delete": Permission.ORGANIZATION_DELETE,
    }
    note = N_("An organization that no longer works is not deleted: give the date from which it files no reports.")
    bulk = ("parent_id", "closed_on")
    dated = True
    card_template = "admin/organization.html"

    def write(self, form: Form, row: Organization, created: bool) -> None:
        """The card, and what follows from it: its reports, and who reviews them."""
        super().write(form, row, created)
        organizations.settle(db.session, row)

    def save(self, form: Form, row: Organization, created: bool) -> bool:
        """A move in the tree and a closing are confirmed first, by whoever has read what they open and close."""
        if created:
            return not effects.twice(form) and super().save(form, row, created)
        counts = when.asked()
        if not counts.validate():
            form.form_errors.append(" ".join([f"{counts.since.label.text}:", *counts.since.errors, *counts.counts.errors]))
            return False
        if counts.planned is not None:
            return self.plan(form, row, counts.planned)
        with dated.from_day(counts.day):
            return effects.weigh(self, form, row) if effects.stirs(form, row) else super().save(form, row, created)

    def archive(self, row: Organization) -> str | None:
        """The closing, confirmed as on the form: one way to close."""
        key = row.id
        try:
            return "" if effects.carried_out(row, lambda: hanging.archive(db.session, row)) else None
        except mistakes.KINDS as error:
            db.session.rollback()
            return mistakes.sentence(error, Organization, (key,))[1]

    def plan(self, form: Form, row: Organization, day: date) -> bool:
        """Keep the form for a day that is still to come: what it would do is done, looked at and taken back. Was it kept?"""
        key, before = row.id, consequences.standing(db.session, row)
        with mistakes.at_fields(form, Organization, (key,)):
            changes = planned.differences(db.session, [row], lambda: self.bulk_write(form, row))[key]
            organizations.settle(db.session, row)
            if effects.unread(consequences.of_change(db.session, before, row)):
                return False
            db.session.rollback()
            planned.plan(db.session, db.session.get_one(Organization, key), changes, day)
            db.session.commit()
            g.planned = day
            return True
        return False

    def done_words(self, row: Organization) -> str:
        """What was saved, or planned."""
        if "planned" not in g:
            return super().done_words(row)
        return _("Planned for %(day)s: until then the card stays as it is.", day=format_date(g.planned, "dd.MM.yyyy"))

    def form_page(self, form: Form, row: Organization | None, **facts: Any) -> str:
        """The form's page, with what is to be confirmed, and from which day a change counts."""
        counts = None if row is None else when.asked()
        if counts is not None and request.method == "POST":
            counts.validate()
        more = {"asked": effects.asked(), "when": counts, "template": "admin/organization_form.html"}
        return super().form_page(form, row, **{**more, **facts})

    def bulk_write(self, form: Any, row: Organization, created: bool = False) -> None:
        """The card alone: what follows is done for all together."""
        super().write(form, row, created)

    def bulk_settle(self, rows: Sequence[Organization], names: set[str]) -> None:
        """The reports and reviewers of all of them."""
        if rows and names & restoring.PLACING:
            organizations.settle_many(db.session, rows, "parent_id" in names)

    def list_actions(self) -> list[tuple[str, str]]:
        """Many at once, from a file."""
        address = self.get_url("imports.index", table="organization")
        found = super().list_actions()
        if not self.refusal("edit"):
            found = [(_("Look-alikes"), self.get_url("duplicates.index")), *found]
        return found if self.refusal("create") else [(_("Import from files"), address), *found]

    def sections(self, row: Organization) -> list[card.Section]:
        """The card, with what is filled in of further fields that have ended; as it was on a day, if the address asks for one."""
        row = dated.then(db.session, row, when.day_seen())
        old = [spec for spec in further.ended(self.model, db.session) if spec.get(row)]
        return card.read(row, (*self.specs, *old), db.session, self.address_of)

    def beside(self, row: Organization) -> dict[str, Any]:
        """What is planned, what was when, whom it follows."""
        plans, past = when.history(db.session, row, {spec.name: spec for spec in self.specs})
        kin, day = reorganizations.kin(db.session, row), when.day_seen()
        was = {"name": dated.then(db.session, row, day).short_name} if day else {}
        return super().beside(row) | was | {"plans": plans, "past": past, "kin": kin, "day": day}

    @expose("/plan/cancel/", methods=("POST",))
    def cancel_plan_view(self) -> Answer:
        """Take back what was planned."""
        row = self.row()
        try:
            planned.cancel(db.session, row, pickers.number(request.form.get("plan", "")) or 0)
            db.session.commit()
        except Refused as refused:
            db.session.rollback()
            flash(refused.sentence, "error")
        else:
            flash(_("The planned change is taken back."), "success")
        return redirect(self.card_address(row))

    def actions(self, row: Organization) -> list[tuple[str, str]]:
        """Its cabinet, and a new organization under it."""
        found = [(_("Cabinet of the organization"), f"/organizations/{row.id}"), self.in_tree(row)]
        if not self.refusal("create"):
            found.append((_("Add an organization below"), str(self.get_url(".create_view", parent_id=row.id))))
        if row.level is not Level.REGION and not self.refusal("edit", row):
            found.append((_("Reorganization…"), str(self.get_url(".reorganize_view", id=row.id))))
            found += duplicates.ways(row)
        return found


class AttributeView(SchemaView):
    """Further fields of organizations: what is added here is on every screen and in every file like a field of the schema."""

    rights: ClassVar = ClassifierView.rights
    note = N_("A field added here is at once in the card, the form, the list and its filters, in files and in the history.")

    def fixed(self, row: Attribute | None) -> set[str]:
        """The code stays; once organizations have filled the field in, its kind and its list stay too."""
        if row is None:
            return set()
        return {"code", "kind", "classifier_id"} if attributes.uses(db.session, row) else {"code"}

    def write(self, form: Form, row: Attribute, created: bool) -> None:
        """The field, if it makes sense."""
        super().write(form, row, created)
        attributes.judge(db.session, row)

    def actions(self, row: Attribute) -> list[tuple[str, str]]:
        """Where it is filled in."""
        count = attributes.uses(db.session, row)
        words = ngettext("Filled in at %(num)s organization", "Filled in at %(num)s organizations", count)
        return (
            [(words, self.get_url("organization.index_view", **{attributes.PREFIX + row.code + filters.OP: filters.SOME}))]
            if count
            else []
        )

    def remove(self, row: Attribute) -> str:
        """Delete the field, unless an organization has it filled in."""
        try:
            attributes.removable(db.session, row)
        except Refused as refused:
            return refused.sentence
        return super().remove(row)
