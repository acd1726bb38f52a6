"""Organizations and the reference lists they are classified by."""

from typing import ClassVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_
from sqlalchemy import select
from wtforms import Form

from admin_app.crud.base import SchemaView
from admin_app.extensions import db
from admin_app.reporting import organizations
from admin_app.reporting.guard import Permission
from admin_app.reporting.refusal import Refused
from models import Classifier, ClassifierItem, Organization


class OrganizationView(SchemaView):
    """The tree of organizations. Nothing is deleted: an organization is closed by a date."""

    rights: ClassVar = {
        "list": Permission.ORGANIZATION_READ,
        "create": Permission.ORGANIZATION_CREATE,
        "edit": Permission.ORGANIZATION_EDIT,
    }
    note = N_("An organization that no longer works is not deleted: give the date from which it files no reports.")

    def write(self, form: Form, row: Organization, created: bool) -> None:
        """The card, and what follows from it: its reports, and who reviews them."""
        super().write(form, row, created)
        organizations.settle(db.session, row)

    def actions(self, row: Organization) -> list[tuple[str, str]]:
        """Its cabinet, and a new organization under it."""
        found = [(_("Cabinet of the organization"), f"/organizations/{row.id}")]
        if not self.refusal("create"):
            found.append((_("Add an organization below"), str(self.get_url(".create_view", parent_id=row.id))))
        return found


class ClassifierView(SchemaView):
    """The reference lists."""

    rights: ClassVar = {
        "list": Permission.FORM_READ,
        "create": Permission.CLASSIFIER_EDIT,
        "edit": Permission.CLASSIFIER_EDIT,
        "delete": Permission.CLASSIFIER_EDIT,
    }

    def fixed(self, row: Classifier | None) -> set[str]:
        """Fields and imports find a list by its code, so the code of one that is there stays."""
        return set() if row is None else {"code"}


class ClassifierItemView(SchemaView):
    """The items of the lists. One that is in use cannot be deleted; it ends by a date."""

    rights: ClassVar = ClassifierView.rights
    note = N_("An item that is in use cannot be deleted: give the last day on which it may be chosen.")

    def fixed(self, row: ClassifierItem | None) -> set[str]:
        """An item stays in its list: whoever has chosen it has chosen it there."""
        return set() if row is None else {"classifier_id"}

    def write(self, form: Form, row: ClassifierItem, created: bool) -> None:
        """The item, if what it is part of makes sense."""
        super().write(form, row, created)
        db.session.flush()
        judge(row)


def judge(item: ClassifierItem) -> None:
    """Raises Refused if the item is part of itself or of an item of another list."""
    above, seen = item.parent_id, {item.id}
    while above is not None:
        if above in seen:
            raise Refused(_("An item cannot be part of itself."), "parent_id")
        seen.add(above)
        of_list, up = db.session.execute(select(ClassifierItem.classifier_id, ClassifierItem.parent_id).filter_by(id=above)).one()
        if of_list != item.classifier_id:
            raise Refused(_("An item is part of an item of the same list."), "parent_id")
        above = up
