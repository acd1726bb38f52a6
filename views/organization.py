"""An organization's cabinet: «Отчеты о деятельности» (form → period → report), its card, its people, what is below it."""

from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

from flask import Flask, abort, g
from flask_admin import Admin
from flask_babel import LazyString, format_date, format_decimal, gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import Select, inspect, select
from sqlalchemy.orm import joinedload

from admin_app.extensions import db
from admin_app.reporting import attributes, classifiers, days, guard, memberships, owing, reorganizations, reports, scope, tree
from admin_app.reporting.guard import Permission
from models import SECTIONS, Campaign, Form, FormVersion, Membership, Organization, Report, Titled
from views import deadlines, paging
from views.base import Screen, expose
from views.shell import ICONS


class Cabinet(Screen):
    """Open to whoever sees the organization."""

    title = _("Organization")
    address = "/organizations"

    @expose("")
    def index(self) -> str:
        """The organizations that the person is attached to, as a list."""
        return str(self.render("organization/mine.html"))

    @expose("/<int:id>")
    def one(self, id: int) -> str:
        """One organization."""
        organization = db.session.get(Organization, id) or abort(404)
        g.organization_id = organization.id
        actor = scope.current()
        return str(
            self.render(
                "organization/one.html",
                organization=organization,
                above=above(organization),
                forms=forms_of(organization),
                card=card(organization),
                people=people(organization),
                below=paging.listing(below(organization), Organization.id, size=30),
                to_page=paging.address,
                may_edit=guard.may(actor, Permission.ORGANIZATION_EDIT, organization),
                may_watch=guard.may(actor, Permission.PROGRESS_READ, organization),
                is_own=organization.id in actor.organization_ids,
                icons=ICONS,
                is_late=reports.is_late,
                left=deadlines.left,
                days=lambda campaign: (campaign.deadline - days.today()).days,
                is_owed=owing.is_owed,
                kin=reorganizations.kin(db.session, organization) if organization.closed_on else [],
            )
        )


@dataclass
class Filing:
    """A form and the organization's reports of it, latest period first."""

    form: Form
    reports: list[Report] = field(default_factory=list)

    @property
    def open(self) -> int:
        """How many of them are still to be filed."""
        return sum(owing.is_owed(report) for report in self.reports)


def forms_of(organization: Organization) -> list[Filing]:
    """The organization's reports by form, in the order of the forms."""
    campaign = joinedload(Report.campaign)
    statement = (
        select(Report)
        .where(Report.organization_id == organization.id)
        .options(campaign.joinedload(Campaign.period), campaign.joinedload(Campaign.form_version).joinedload(FormVersion.form))
    )
    found = sorted(db.session.scalars(statement), key=in_order)
    by_form = groupby(found, key=lambda report: report.campaign.form_version.form)
    return [Filing(form, list(of_form)) for form, of_form in by_form]


def in_order(report: Report) -> tuple[int, str, int, int]:
    """By the form's place and code, then the latest period first."""
    form, period = report.campaign.form_version.form, report.campaign.period
    return form.position, form.code, -period.starts_on.toordinal(), report.id


def above(organization: Organization) -> list[Organization]:
    """The nodes above it that the person sees, from the top."""
    ids = tree.nodes(organization.path)[:-1]
    return list(db.session.scalars(select(Organization).where(Organization.id.in_(ids)).order_by(Organization.path)))


def below(organization: Organization) -> Select[Organization]:
    """The nodes right under it, in Russian order."""
    return select(Organization).where(Organization.parent_id == organization.id).order_by(Organization.sort_key)


def people(organization: Organization) -> list[Membership]:
    """Who is attached to it today."""
    statement = (
        select(Membership)
        .where(Membership.organization_id == organization.id, memberships.in_force())
        .options(joinedload(Membership.user), joinedload(Membership.role))
    )
    found = [row for row in db.session.scalars(statement) if row.user]
    return sorted(found, key=lambda row: row.user.sort_key)


# ── The card: what models.py says about the columns of an organization, with values ──────────────────────────────────


def card(organization: Organization) -> list[tuple[LazyString, list[tuple[LazyString | str, str]]]]:
    """The filled fields of the card by section, in the order of the schema: (section, [(label, value)])."""
    items = classified(organization)
    facts: dict[str, list[tuple[LazyString | str, str]]] = {}
    for attribute in inspect(Organization).attrs:
        info = attribute.columns[0].info if hasattr(attribute, "columns") else attribute.info
        value = said(organization, attribute.key, items) if "section" in info else ""
        if value:
            facts.setdefault(info["section"], []).append((info["label"], value))
    if more := further(organization):
        facts.setdefault("classification", []).extend(more)
    return [(title, facts[name]) for name, title in SECTIONS.items() if name in facts]


def further(organization: Organization) -> list[tuple[LazyString | str, str]]:
    """What is filled in of the fields that operators have added: title and value in words."""
    told = attributes.told(db.session, organization.extra)
    return [(title, "; ".join(plain(one) for one in found)) for title, found in told]


def plain(value: object) -> str:
    """A text, a number, a date, yes."""
    if value is True:
        return str(gettext("yes"))
    if isinstance(value, date):
        return str(format_date(value, "d MMMM y"))
    return str(format_decimal(value, "#,##0.######") if isinstance(value, int | float) else value)


def classified(organization: Organization) -> dict[int, str]:
    """What the items that the classification fields name are called, in one statement."""
    columns = [column for column in inspect(Organization).columns if "classifier" in column.info]
    ids = {getattr(organization, column.key) for column in columns} - {None}
    return classifiers.names(db.session, ids | {item.id for item in organization.okved_additional})


def said(organization: Organization, name: str, items: dict[int, str]) -> str:
    """A field's value in words: of a reference the title, of a list the titles, of a date the date."""
    if name == "parent_id":
        return superior(organization)
    value = getattr(organization, name)
    if isinstance(value, list):
        return "; ".join(items[item.id] for item in value)
    if isinstance(value, date):
        return str(format_date(value, "d MMMM y"))
    return items[value] if name.endswith("_id") and value else str(value.title if isinstance(value, Titled) else value or "")


def superior(organization: Organization) -> str:
    """The name of the superior organization, also for those who see nothing else of it."""
    with scope.unscoped("the name of the superior organization on a card"):
        name = db.session.scalar(select(Organization.short_name).where(Organization.id == organization.parent_id))
    return name or ""


def register(app: Flask, admin: Admin) -> None:  # noqa: ARG001  # every screen is registered alike
    """Add the screen to the one Admin."""
    admin.add_view(Cabinet())
