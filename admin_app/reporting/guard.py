"""Who may do what to which thing, and why not.

`may(actor, permission, thing)` answers with a sentence a clerk understands; verbs ask `require`, screens show the reason.
`RIGHTS` says which tables a role writes at all: `writes.py` judges every flush by it, so that a screen that forgot to ask
changes nothing.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import object_session

from admin_app.reporting import memberships
from admin_app.reporting.actor import ROOT, Actor, Reach, current
from admin_app.reporting.refusal import Refused
from models import (
    Attachment,
    Attribute,
    Base,
    Campaign,
    Classifier,
    ClassifierItem,
    Comment,
    Consent,
    Explanation,
    Form,
    FormVersion,
    Level,
    Membership,
    Message,
    Organization,
    OrganizationFact,
    Period,
    Report,
    ReportRevision,
    ReportSection,
    ReportSnapshot,
    Request,
    RequestKind,
    Role,
    RoleName,
    SavedView,
    Succession,
    Titled,
    User,
)


class Permission(Titled):
    """The vocabulary of what can be allowed: ``resource:action``, with the words for it."""

    CAMPAIGN_CLOSE = "campaign:close", _("Close campaigns")
    CAMPAIGN_EDIT = "campaign:edit", _("Edit campaigns and periods")
    CAMPAIGN_OPEN = "campaign:open", _("Open campaigns")
    CLASSIFIER_EDIT = "classifier:edit", _("Edit classifiers")
    CONSOLIDATION_READ = "consolidation:read", _("Read consolidations")
    EVENT_READ = "event:read", _("Read the log")
    FORM_EDIT = "form:edit", _("Edit drafts of forms")
    FORM_PUBLISH = "form:publish", _("Publish forms")
    FORM_READ = "form:read", _("Read drafts of forms")
    JOB_RUN = "job:run", _("Run background jobs")
    ORGANIZATION_CREATE = "organization:create", _("Add organizations")
    ORGANIZATION_DELETE = "organization:delete", _("Delete organizations")
    ORGANIZATION_EDIT = "organization:edit", _("Edit the title data of organizations")
    ORGANIZATION_READ = "organization:read", _("Read the title data of organizations")
    PROGRESS_READ = "progress:read", _("See who has filed")
    REPORT_ATTACH = "report:attach", _("Attach files to reports")
    REPORT_COMMENT = "report:comment", _("Comment on reports")
    REPORT_EXPORT = "report:export", _("Download reports")
    REPORT_FILL = "report:fill", _("Fill in reports")
    REPORT_IMPORT = "report:import", _("Fill in reports from files")
    REPORT_READ = "report:read", _("Read reports")
    REPORT_RETURN = "report:return", _("Return accepted reports for editing")
    REPORT_REVIEW = "report:review", _("Accept and reject reports")
    REPORT_SUBMIT = "report:submit", _("Submit reports")
    REQUEST_DECIDE = "request:decide", _("Grant and refuse requests")
    REQUEST_FILE = "request:file", _("File requests")
    REQUEST_READ = "request:read", _("Read requests of others")
    SETTINGS_EDIT = "settings:edit", _("Change the settings")
    USER_ATTACH = "user:attach", _("Attach users to organizations")
    USER_CREATE = "user:create", _("Add users")
    USER_EDIT = "user:edit", _("Edit users")
    USER_READ = "user:read", _("Read the data of users")


P = Permission
READING = frozenset({p for p in P if p.endswith(":read")}) | {P.REPORT_EXPORT}
PEOPLE = frozenset({P.USER_ATTACH, P.USER_CREATE, P.USER_EDIT, P.USER_READ})
REGISTRY = frozenset(p for p in P if p.partition(":")[0] in {"campaign", "classifier", "form", "organization"})
REPORTS = frozenset({P.REPORT_ATTACH, P.REPORT_COMMENT, P.REPORT_EXPORT, P.REPORT_READ})
REVIEWING = frozenset({P.REPORT_REVIEW, P.REPORT_RETURN})
REQUESTS = frozenset({P.REQUEST_DECIDE, P.REQUEST_FILE, P.REQUEST_READ})

TABLE: dict[RoleName, frozenset[Permission]] = {
    RoleName.ORGANIZATION: REPORTS
    | {P.REPORT_FILL, P.REPORT_IMPORT, P.REPORT_SUBMIT, P.ORGANIZATION_READ, P.REQUEST_FILE, P.CONSOLIDATION_READ},
    RoleName.SUPERVISOR: REPORTS
    | REVIEWING
    | REQUESTS
    | PEOPLE
    | {P.ORGANIZATION_CREATE, P.ORGANIZATION_EDIT, P.ORGANIZATION_READ}
    | {P.CONSOLIDATION_READ, P.EVENT_READ, P.PROGRESS_READ},
    RoleName.CENTRAL: READING | REPORTS | REVIEWING | REQUESTS | PEOPLE | REGISTRY,
    RoleName.SUPPORT: PEOPLE | REQUESTS | {P.EVENT_READ, P.ORGANIZATION_READ, P.PROGRESS_READ},
    RoleName.AUDITOR: READING,
    RoleName.ADMIN: READING | REQUESTS | PEOPLE | REGISTRY | {P.JOB_RUN, P.SETTINGS_EDIT},
}

# ── Tables a role writes, roles it gives ─────────────────────────────────────────────────────────────────────────────

Model = type[Base]
KEPT: frozenset[Model] = frozenset({Organization, OrganizationFact, Succession, User, Membership, Request})
LISTS: frozenset[Model] = frozenset({Attribute, Classifier, ClassifierItem, Form, FormVersion, Period, Campaign})
REVIEWED: frozenset[Model] = frozenset({Report, ReportSnapshot, Comment, Attachment})

RIGHTS: dict[RoleName, frozenset[Model]] = {
    RoleName.ORGANIZATION: REVIEWED | {ReportSection, ReportRevision, Explanation},
    RoleName.SUPERVISOR: REVIEWED | KEPT,
    RoleName.CENTRAL: REVIEWED | KEPT | LISTS,
    RoleName.SUPPORT: frozenset({User, Membership, Request}),
    RoleName.AUDITOR: frozenset(),
    RoleName.ADMIN: KEPT | LISTS | {Role},
}
PERSONAL: frozenset[Model] = frozenset({User, Request, Message, Consent, SavedView})  # everybody writes rows of their own

GRANTS: dict[RoleName, frozenset[RoleName]] = {
    RoleName.SUPERVISOR: frozenset({RoleName.ORGANIZATION}),
    RoleName.SUPPORT: frozenset({RoleName.ORGANIZATION}),
    RoleName.CENTRAL: frozenset({RoleName.ORGANIZATION, RoleName.SUPERVISOR, RoleName.SUPPORT}),
    RoleName.ADMIN: frozenset(RoleName),
}


def writers(model: Model) -> frozenset[RoleName]:
    """The roles that write rows of the model within their reach."""
    return frozenset(role for role, models in RIGHTS.items() if model in models)


def grants(actor: Actor) -> frozenset[RoleName]:
    """The roles that the actor gives and takes, and whose holders it edits."""
    return frozenset().union(*(GRANTS.get(role, frozenset()) for role in actor.roles))


# ── Answers ──────────────────────────────────────────────────────────────────────────────────────────────────────────


class Forbidden(Refused):
    """The actor may not do this."""


@dataclass(frozen=True)
class Answer:
    """Whether, and if not, why not: a lazily translated sentence, empty if allowed."""

    allowed: bool
    reason: LazyString | str = ""

    def __bool__(self) -> bool:
        return self.allowed


YES = Answer(True)


def may(actor: Actor, permission: Permission, thing: Any = None) -> Answer:
    """Whether the actor may do this: to anything at all, or to this row.

    With a row, a role that allows it must reach the row's organization, and the permission's own conditions must hold. A row
    that belongs to no organization (a campaign, a form) needs the role only.
    """
    reaches = [reach for reach in actor.reaches if permission in TABLE[reach.role]]
    if not reaches:
        return Answer(False, _("Your role does not allow this: “%(what)s”.", what=permission.title))
    if thing is None:
        return YES
    nodes = places(thing, permission)
    if nodes is not None and not any(covers(reach, node) for reach in reaches for node in nodes):
        if not nodes and any(reach.is_whole for reach in reaches):
            return conditions(actor, permission, thing)
        return Answer(False, _("This is outside your part of the organizations."))
    return conditions(actor, permission, thing)


def require(permission: Permission, thing: Any = None, actor: Actor | None = None) -> None:
    """Raise `Forbidden` with the reason unless the actor (the current one) may do this."""
    answer = may(actor or current(), permission, thing)
    if not answer:
        raise Forbidden(str(answer.reason))


def covers(reach: Reach, node: Organization) -> bool:
    """Whether the organization is in the reach: for its own user itself and its branches, else the subtree."""
    if reach.role is RoleName.ORGANIZATION:
        return node.id == reach.organization_id or (node.parent_id == reach.organization_id and node.level is Level.BRANCH)
    return reach.path == ROOT or node.path.startswith(reach.path)


def places(thing: Any, permission: Permission) -> list[Organization] | None:
    """The organizations that the row belongs to; None if its kind belongs to none. Those out of sight are left out."""
    if isinstance(thing, Organization):
        return [thing]
    if isinstance(thing, User):
        return None if permission is P.USER_ATTACH else [row.organization for row in lasting(thing.memberships)]
    if hasattr(thing, "report_id") and not isinstance(thing, Request):
        session = object_session(thing)
        thing = session.get(Report, thing.report_id) if session else None
        return [thing.organization] if thing else []
    if hasattr(thing, "organization"):
        return [thing.organization] if thing.organization else []
    return None


def lasting(rows: Iterable[Membership]) -> list[Membership]:
    """Those in sight that have not ended."""
    return [row for row in memberships.still_lasting(rows) if row.organization]


# ── Conditions of single permissions ─────────────────────────────────────────────────────────────────────────────────


def conditions(actor: Actor, permission: Permission, thing: Any) -> Answer:
    """What else the permission asks of this row."""
    check = CONDITIONS.get(permission)
    reason = check(actor, thing) if check else None
    return YES if reason is None else Answer(False, reason)


def another_persons_report(actor: Actor, report: Any) -> LazyString | None:
    """Nobody reviews a report of their own organization, or one that they filled in or submitted."""
    if not isinstance(report, Report):
        return None
    if any(reach.role is RoleName.ORGANIZATION and covers(reach, report.organization) for reach in actor.reaches):
        return _("This is a report of your own organization: somebody else must review it.")
    if actor.user_id is not None and actor.user_id in {report.submitted_by_id, last_filler(report)}:
        return _("You filled in or submitted this report yourself: somebody else must review it.")
    return None


def last_filler(report: Report) -> int | None:
    """Who made the latest revision."""
    session = object_session(report)
    latest = select(ReportRevision.user_id).where(ReportRevision.report_id == report.id).order_by(ReportRevision.number.desc())
    return session.scalar(latest.limit(1)) if session else None


def role_to_give(actor: Actor, thing: Any) -> LazyString | None:
    """Nobody attaches themselves, or gives a role above their own gift."""
    if not isinstance(thing, Membership):
        return None
    if actor.user_id is not None and thing.user_id == actor.user_id:
        return _("You cannot attach yourself: ask a colleague.")
    session = object_session(thing)
    role = thing.role or (session.get(Role, thing.role_id) if session else None)
    if role is None or role.name not in grants(actor):
        return _("The role “%(role)s” is given by somebody with more rights.", role=role.name.title if role else "?")
    return None


def equal_or_below(actor: Actor, thing: Any) -> LazyString | None:
    """Nobody edits the account of a person with more rights."""
    if not isinstance(thing, User) or thing.id == actor.user_id:
        return None
    if {row.role.name for row in lasting(thing.memberships)} <= grants(actor):
        return None
    return _("This person has rights that you do not give: ask an administrator.")


def own_place(actor: Actor, thing: Any) -> LazyString | None:
    """Nobody moves, closes or deletes the organization at which they stand themselves; whoever stands above it does."""
    reaches = actor.only(writers(Organization)).reaches if isinstance(thing, Organization) else ()
    if any(reach.organization_id == thing.id for reach in reaches):
        above = [reach for reach in reaches if reach.organization_id != thing.id and covers(reach, thing)]
        return None if above else _("You stand at this organization yourself: somebody above it must do this.")
    return None


def request_to_decide(actor: Actor, request: Any) -> LazyString | None:
    """Nobody decides their own request; support decides about attachments only."""
    if not isinstance(request, Request):
        return None
    if request.author_id == actor.user_id:
        return _("This is your own request: somebody else must decide on it.")
    if actor.roles <= {RoleName.SUPPORT} and request.kind is not RequestKind.ATTACH_USER:
        return _("Support decides only on requests to attach a user.")
    return None


CONDITIONS: dict[Permission, Callable[[Actor, Any], LazyString | None]] = {
    P.ORGANIZATION_DELETE: own_place,
    P.REPORT_REVIEW: another_persons_report,
    P.REPORT_RETURN: another_persons_report,
    P.USER_ATTACH: role_to_give,
    P.USER_EDIT: equal_or_below,
    P.REQUEST_DECIDE: request_to_decide,
}
