"""Organizations, and the further fields that operators give them."""

from collections.abc import Sequence
from typing import Any, ClassVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_
from flask_babel import ngettext
from wtforms import Form

from admin_app.crud import attributes as further
from admin_app.crud import card, effects, filters
from admin_app.crud.base import SchemaView
from admin_app.crud.classifiers import ClassifierView
from admin_app.extensions import db
from admin_app.reporting import attributes, organizations, restoring
from admin_app.reporting.guard import Permission
from admin_app.reporting.refusal import Refused
from models import Attribute, Organization


class OrganizationView(SchemaView):
    """The tree of organizations. One that has worked is not deleted: it is closed by a date."""

    rights: ClassVar = {
        "list": Permission.ORGANIZATION_READ,
        "create": Permission.ORGANIZATION_CREATE,
        "edit": Permission.ORGANIZATION_EDIT,
        "delete": Permission.ORGANIZATION_DELETE,
    }
    note = N_("An organization that no longer works is not deleted: give the date from which it files no reports.")
    bulk = ("parent_id", "closed_on")

    def write(self, form: Form, row: Organization, created: bool) -> None:
        """The card, and what follows from it: its reports, and who reviews them."""
        super().write(form, row, created)
        organizations.settle(db.session, row)

    def save(self, form: Form, row: Organization, created: bool) -> bool:
        """A move in the tree and a closing are confirmed first, by whoever has read what they open and close."""
        if created or not effects.stirs(form, row):
            return super().save(form, row, created)
        return effects.weigh(self, form, row)

    def form_page(self, form: Form, row: Organization | None, **facts: Any) -> str:
        """The form's page, with what is to be confirmed."""
        return super().form_page(form, row, **{"asked": effects.asked(), **facts})

    def bulk_write(self, form: Any, row: Organization) -> None:
        """The card alone: what follows is done for all together."""
        super().write(form, row, False)

    def bulk_settle(self, rows: Sequence[Organization], names: set[str]) -> None:
        """The reports and reviewers of all of them."""
        if names & restoring.PLACING:
            organizations.settle_many(db.session, rows, "parent_id" in names)

    def list_actions(self) -> list[tuple[str, str]]:
        """Many at once, from a file."""
        address = self.get_url("imports.index", table="organization")
        found = super().list_actions()
        return found if self.refusal("create") else [(_("Import from files"), address), *found]

    def sections(self, row: Organization) -> list[card.Section]:
        """The card, with what is filled in of further fields that have ended."""
        old = [spec for spec in further.ended(self.model, db.session) if spec.get(row)]
        return card.read(row, (*self.specs, *old), db.session, self.address_of)

    def actions(self, row: Organization) -> list[tuple[str, str]]:
        """Its cabinet, and a new organization under it."""
        found = [(_("Cabinet of the organization"), f"/organizations/{row.id}")]
        if not self.refusal("create"):
            found.append((_("Add an organization below"), str(self.get_url(".create_view", parent_id=row.id))))
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
        further.forget()

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
