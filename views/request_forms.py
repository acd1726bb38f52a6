"""The forms of the request service: what each kind asks, and the operator's answer."""

from collections.abc import Iterable
from typing import Any, ClassVar

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from admin_app.extensions import db
from admin_app.reporting import guard, memberships, requests, scope
from admin_app.reporting.actor import full_name
from admin_app.reporting.opening import Effect
from admin_app.reporting.refusal import Refused
from admin_app.reporting.wishes import Unfit
from models import Level, Membership, Organization, Report, ReportState, Request, RequestKind, RoleName, User
from views.base import asked

K = RequestKind
REQUIRED = InputRequired(_("Choose one of the list."))
SAID = DataRequired(_("Say what is asked for and why."))
FITS = Length(max=requests.LONGEST, message=_("This is too long: at most %(max)d signs."))
NAMED = Length(max=500, message=_("This is too long: at most %(max)d signs."))


def number(value: Any) -> int | str:
    """The value of a chosen line: an id, or "" for the line that says to choose."""
    return int(value) if str(value).isascii() and str(value).isdigit() and len(str(value)) < 10 else ""


def picker(label: Any, **options: Any) -> SelectField:
    """A field to choose one row of a short list."""
    return SelectField(label, coerce=number, validators=[REQUIRED], **options)


def choices(field: SelectField, rows: Iterable[tuple[int, str]]) -> None:
    """Offer these rows; a lone one is chosen already."""
    offered = list(rows)
    field.choices = [*([] if len(offered) == 1 else [("", gettext("Choose…"))]), *offered]


class Asking(FlaskForm):
    """What every kind of request asks: what and why."""

    text = TextAreaField(_("What you ask for and why"), [SAID, FITS])
    fields: ClassVar[tuple[str, ...]] = ("text",)

    def offer(self) -> None:
        """Fill the lists of what can be chosen."""


class AboutOrganization(Asking):
    """Something about one of one's organizations."""

    organization_id = picker(_("Organization"))
    fields = ("organization_id", "text")

    def offer(self) -> None:
        choices(self.organization_id, [(row.id, row.short_name) for row in db.session.scalars(own_organizations())])


class AboutReport(Asking):
    """A report to be opened for editing again."""

    report_id = picker(_("Report"), description=_("Reports that are under review or accepted."))
    text = TextAreaField(_("What must be corrected in it"), [DataRequired(_("Say what must be corrected.")), FITS])
    fields = ("report_id", "text")

    def offer(self) -> None:
        choices(self.report_id, [(row.id, title_of(row)) for row in db.session.scalars(own_reports()).unique()])


class AboutAttachment(Asking):
    """An organization that the person works for."""

    place = StringField(
        _("Your organization"),
        [DataRequired(_("Type the INN or the name of the organization.")), NAMED],
        description=_("Its INN (10 digits) is best; otherwise its full name."),
    )
    text = TextAreaField(_("Your position, and anything else that helps"), [FITS])
    fields = ("place", "text")


class AboutPerson(Asking):
    """A person who no longer works with the system."""

    user_id = picker(_("Person"))
    text = TextAreaField(_("Why"), [SAID, FITS])
    fields = ("user_id", "text")

    def offer(self) -> None:
        choices(self.user_id, [(row.id, full_name(row)) for row in db.session.scalars(own_people())])


class AboutNewOrganization(Asking):
    """An organization that is not in the system yet."""

    place = StringField(
        _("Organization"),
        [DataRequired(_("Type the INN or the name of the organization.")), NAMED],
        description=_("Its INN and short name."),
    )
    text = TextAreaField(
        _("Its data"),
        [DataRequired(_("Say what is known about the organization.")), FITS],
        description=_("Full name, address, phone, e-mail, head, superior organization."),
    )
    fields = ("place", "text")


FORMS: dict[RequestKind, type[Asking]] = {
    K.EDIT_CARD: AboutOrganization,
    K.DELETE_ORGANIZATION: AboutOrganization,
    K.RETURN_REPORT: AboutReport,
    K.ATTACH_USER: AboutAttachment,
    K.REMOVE_USER: AboutPerson,
    K.ADD_ORGANIZATION: AboutNewOrganization,
}


class Deciding(FlaskForm):
    """An operator's answer; for an attachment also where and as what."""

    place = StringField(_("Attach to"), [NAMED], description=_("INN, or INN and KPP, or the name as it stands in the registry."))
    role = SelectField(_("As"), coerce=str, default=RoleName.ORGANIZATION)
    effect: Effect | None = None  # what the attachment opens, once it is known what is asked
    again = False  # it has to be read, and the button pressed again
    answer = TextAreaField(_("Answer"), [FITS], description=_("The author reads it. A refusal needs a reason."))

    def fit(self, asked: Request) -> None:
        """Leave only what this kind of request needs, and offer the roles that the operator gives."""
        if asked.kind is not K.ATTACH_USER:
            del self.place, self.role
            return
        given = guard.grants(scope.current())
        self.role.choices = [(role.value, role.title) for role in RoleName if role in given]
        if not self.place.data and request.method == "GET":
            self.place.data = place_of(asked)

    def given(self) -> RoleName:
        """The role that the operator gives."""
        return next((role for role in RoleName if self.role and role == self.role.data), RoleName.ORGANIZATION)


def started() -> dict[str, int | None]:
    """What another page has chosen already: ?organization=, ?report=."""
    return {"organization_id": asked("organization"), "report_id": asked("report")}


def say(form: FlaskForm, refused: Refused) -> None:
    """Put the sentence at its field; above the form if it belongs to none."""
    name = refused.field if isinstance(refused, Unfit) else None
    if name is not None and name in form:
        form[name].errors = [*form[name].errors, refused.sentence]
    else:
        form.form_errors = [*form.form_errors, refused.sentence]


# ── What can be chosen ───────────────────────────────────────────────────────────────────────────────────────────────


def own_organizations() -> Select[Organization]:
    """The organizations that the person is attached to, and their branches."""
    own = scope.current().organization_ids
    branch = Organization.parent_id.in_(own) & (Organization.level == Level.BRANCH)
    return select(Organization).where(or_(Organization.id.in_(own), branch)).order_by(Organization.sort_key)


def own_reports() -> Select[Report]:
    """The reports of these organizations that are out of the person's hands, latest first."""
    mine = own_organizations().with_only_columns(Organization.id).order_by(None)
    return (
        select(Report)
        .where(Report.organization_id.in_(mine), Report.state.in_((ReportState.SUBMITTED, ReportState.ACCEPTED)))
        .options(joinedload(Report.organization), joinedload(Report.campaign))
        .order_by(Report.id.desc())
        .limit(200)
    )


def own_people() -> Select[User]:
    """The people attached to these organizations, the person itself among them."""
    mine = own_organizations().with_only_columns(Organization.id).order_by(None)
    colleagues = select(Membership.user_id).where(Membership.organization_id.in_(mine), memberships.in_force())
    return select(User).where(or_(User.id.in_(colleagues), User.id == scope.current().user_id)).order_by(User.sort_key)


def title_of(report: Report) -> str:
    """A report in a list of reports."""
    return f"{report.campaign.title} — {report.organization.short_name} ({report.state.title})"


def place_of(asked: Request) -> str:
    """The organization of a request to attach, as the operator may type it: the one found, else the author's words."""
    organization = asked.organization
    if organization is None:
        return str(asked.details.get("place", ""))
    return " ".join(part for part in (organization.inn, organization.kpp) if part) or organization.short_name
