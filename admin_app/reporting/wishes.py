"""What each kind of request needs when it is filed, and what granting it does at once."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from admin_app.reporting import accounts, entries, memberships, opening, scope, workflow
from admin_app.reporting.actor import full_name
from admin_app.reporting.refusal import Refused
from admin_app.reporting.workflow import Move
from models import Level, Membership, Organization, Report, ReportState, Request, RequestKind, RoleName, User

LONGEST_NAME = 500


class Unfit(Refused):
    """Something that was typed does not fit: the name of its field, beside the sentence."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence, field)


@dataclass(frozen=True)
class Wish:
    """What a person asks for. Which parts are needed depends on the kind.

    ``place``: an organization as the person calls it (INN or name), where they can't choose it from their own.
    """

    kind: RequestKind
    text: str = ""
    organization_id: int | None = None
    report_id: int | None = None
    user_id: int | None = None
    place: str = ""


# ── Needs: check the wish, put what was found into the request ───────────────────────────────────────────────────────


def about_own_organization(session: Session, request: Request, wish: Wish) -> None:
    """An organization that the author sees, and what is asked about it."""
    organization = session.get(Organization, wish.organization_id) if wish.organization_id else None
    if organization is None:
        raise Unfit("organization_id", _("Choose one of your organizations."))
    request.organization_id = organization.id
    text_needed(request)


def about_report(session: Session, request: Request, wish: Wish) -> None:
    """A report that has left the author's hands, and what is wrong in it."""
    report = session.get(Report, wish.report_id) if wish.report_id else None
    if report is None:
        raise Unfit("report_id", _("Choose one of your reports."))
    if report.state not in (ReportState.SUBMITTED, ReportState.ACCEPTED):
        raise Unfit("report_id", open_already(report))
    request.report_id, request.organization_id = report.id, report.organization_id
    text_needed(request)


def about_attachment(session: Session, request: Request, wish: Wish) -> None:
    """The organization that the author works for, by INN or name."""
    place = place_needed(wish)
    with scope.unscoped("an organization that a person asks to be attached to"):
        found = find(session, place)
        attached = len(found) == 1 and session.scalar(current_membership(request.author_id, found[0].id).limit(1))
    if attached:
        raise Unfit("place", _("You are attached to this organization already."))
    request.organization_id = found[0].id if len(found) == 1 else None
    request.details = {"place": place}


def about_person(session: Session, request: Request, wish: Wish) -> None:
    """A person that the author sees, or the author; and why."""
    user = session.get(User, wish.user_id) if wish.user_id else None
    if user is None:
        raise Unfit("user_id", _("Choose a person."))
    request.organization_id = session.scalar(workplaces(user.id).limit(1))
    request.details = {"user_id": user.id, "person": full_name(user)}
    text_needed(request)


def workplaces(user_id: int) -> Select[int]:
    """Where a person works now: the actor's own organizations first, then the lowest in the tree, then the latest."""
    own = Organization.id.in_(scope.current().organization_ids)
    found = select(Organization.id).join(Membership, Membership.organization_id == Organization.id)
    found = found.where(Membership.user_id == user_id, memberships.in_force())
    return found.order_by(own.desc(), func.length(Organization.path).desc(), Membership.id.desc())


def about_new_organization(session: Session, request: Request, wish: Wish) -> None:
    """An organization that is not in the system yet: its name or INN, and its data."""
    place = place_needed(wish)
    with scope.unscoped("whether an organization is registered already"):
        known = inn_of(place) and find(session, place)
    if known:
        name = known[0].short_name
        raise Unfit("place", _("This INN is in the system already: %(name)s. Ask to be attached to it.", name=name))
    request.details = {"place": place}
    text_needed(request)


def open_already(report: Report) -> str:
    """Why a report can't be given back."""
    return str(_("This report is open for editing already: its state is “%(state)s”.", state=report.state.title))


def text_needed(request: Request) -> None:
    """Raise Unfit if nothing is said."""
    if not request.text:
        raise Unfit("text", _("Say what is asked for and why."))


def place_needed(wish: Wish) -> str:
    """The organization's name or INN as typed, white space folded."""
    place = " ".join(entries.clean(wish.place).split())
    if not place:
        raise Unfit("place", _("Type the INN or the name of the organization."))
    if len(place) > LONGEST_NAME:
        raise Unfit("place", _("Please say it in at most %(count)s signs.", count=LONGEST_NAME))
    return place


NEEDS: dict[RequestKind, Callable[[Session, Request, Wish], None]] = {
    RequestKind.EDIT_CARD: about_own_organization,
    RequestKind.DELETE_ORGANIZATION: about_own_organization,
    RequestKind.RETURN_REPORT: about_report,
    RequestKind.ATTACH_USER: about_attachment,
    RequestKind.REMOVE_USER: about_person,
    RequestKind.ADD_ORGANIZATION: about_new_organization,
}


# ── Effects: what granting does ──────────────────────────────────────────────────────────────────────────────────────


def attach(session: Session, request: Request, place: str, role: RoleName) -> None:
    """Attach the author to the organization in the role."""
    organization = organization_of(session, request, place)
    opens = opening.of_attachment(session, request.author_id, organization, role).data
    accounts.attach(session, request.author_id, organization, role, opens=opens)
    request.organization_id = organization.id


def organization_of(session: Session, request: Request, place: str) -> Organization:
    """The organization that the operator named, else the one of the request; the operator must see it."""
    if place := entries.clean(place):
        found = find(session, place)
        if len(found) != 1:
            raise Unfit("place", several(found))
        return found[0]
    organization = session.get(Organization, request.organization_id) if request.organization_id else None
    if organization is None:
        raise Unfit("place", _("Say which organization it is: type its INN, or its name as it stands in the registry."))
    return organization


def several(found: list[Organization]) -> str:
    """Why a place is not one organization."""
    if not found:
        return str(_("There is no such organization in your part. Type its INN, or its name as it stands in the registry."))
    names = "; ".join(
        _("%(name)s (INN %(inn)s, KPP %(kpp)s)", name=one.short_name, inn=one.inn or "—", kpp=one.kpp or "—") for one in found[:5]
    )
    return str(_("Several organizations fit: %(names)s. Type the INN and the KPP, or the whole name.", names=names))


def give_back(session: Session, request: Request, _place: str, _role: RoleName) -> None:
    """Open the report for editing: one under review is rejected, an accepted one returned, with the request's words as reason."""
    report = session.get(Report, request.report_id) if request.report_id else None
    if report is None:
        raise Refused(_("The report of this request is gone."))
    if report.state not in (ReportState.SUBMITTED, ReportState.ACCEPTED):
        raise Refused(open_already(report))
    accepted = report.state is ReportState.ACCEPTED
    workflow.move(session, report.id, Move.RETURN if accepted else Move.REJECT, request.text, granted=True)


EFFECTS: dict[RequestKind, Callable[[Session, Request, str, RoleName], None]] = {
    RequestKind.ATTACH_USER: attach,
    RequestKind.RETURN_REPORT: give_back,
}


# ── Finding ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def find(session: Session, place: str) -> list[Organization]:
    """The organizations that a person may mean: by INN (and KPP, if nine more signs follow), else by their whole name."""
    statement = select(Organization).where(Organization.level != Level.REGION).order_by(Organization.sort_key).limit(6)
    if inn := inn_of(place):
        statement = statement.where(Organization.inn == inn)
        kpp = re.search(r"\b\d{4}[0-9A-Z]{2}\d{3}\b", place.upper().replace(inn, " "))
        return list(session.scalars(statement.where(Organization.kpp == kpp[0]) if kpp else statement))
    key = func.sort_key(" ".join(place.split()))
    return list(session.scalars(statement.where(or_(Organization.sort_key == key, func.sort_key(Organization.full_name) == key))))


def inn_of(place: str) -> str:
    """The INN in what was typed; empty if there is none."""
    found = re.search(r"(?<!\d)(\d{12}|\d{10})(?!\d)", place)
    return found[0] if found else ""


def current_membership(user_id: int, organization_id: int) -> Select[int]:
    """The person's attachments to the organization that have not ended."""
    return select(Membership.id).where(
        Membership.user_id == user_id,
        Membership.organization_id == organization_id,
        memberships.lasting(),
    )
