"""Telling people: a message in «Мои сообщения» and its letter, both in the transaction of what happened."""

from collections.abc import Iterable

from flask_babel import force_locale
from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app.reporting import letters, memberships, scope
from admin_app.reporting.letters import Text
from models import Membership, Message, Role, RoleName, Titled, User


class Kind(Titled):
    """What a message is about."""

    CAMPAIGN_OPENED = "campaign_opened", _("A report is to be filed")
    DEADLINE = "deadline", _("The deadline is near")
    OVERDUE = "overdue", _("The deadline has passed")
    REPORT_SUBMITTED = "report_submitted", _("A report came in for review")
    REPORT_ACCEPTED = "report_accepted", _("A report is accepted")
    REPORT_REJECTED = "report_rejected", _("A report is rejected")
    REPORT_RETURNED = "report_returned", _("A report is returned for editing")
    REPORT_COMMENT = "report_comment", _("A comment on a report")
    REQUEST_FILED = "request_filed", _("A request is filed")
    REQUEST_DECIDED = "request_decided", _("A request is decided")
    ATTACHED = "attached", _("You are attached to an organization")
    DETACHED = "detached", _("You are detached from an organization")
    PLAN = "plan", _("A planned change of an organization")
    ACCOUNT = "account", _("About your account")
    TASK = "task", _("A task in the background")


def tell(
    session: Session, recipients: Iterable[int], kind: Kind, subject: Text, body: Text, link: str = "", mail: bool = True
) -> int:
    """Write each recipient (user ids, doubles count once) a message and, with ``mail``, a letter. How many were told.

    ``subject`` and ``body`` may be lazy: each reader gets them in their own language; an empty line in ``body`` starts a
    paragraph. ``link`` is an address of ours (``/reports/7``). Switched-off accounts are told nothing.
    """
    told = 0
    with scope.unscoped("notices"):
        people = select(User.id, User.email, User.name, User.patronymic, User.locale, User.confirmed_at)
        for person in session.execute(people.where(User.id.in_(set(recipients)), User.active)).all():
            with force_locale(person.locale):
                words = (str(subject), str(body))
            session.add(
                Message(recipient_id=person.id, kind=kind, subject=" ".join(words[0].split())[:250], body=words[1], link=link)
            )
            if mail and person.confirmed_at is not None:
                greeting = f"{person.name} {person.patronymic}".strip()
                letters.write(session, person.email, person.locale, as_letter(*words, link, greeting))
            told += 1
        session.flush()
    return told


def as_letter(subject: str, body: str, link: str, name: str) -> letters.Words:
    """The letter of a message."""
    return letters.Words(
        subject=subject,
        greeting=_("Hello, %(name)s!", name=name),
        paragraphs=tuple(part for part in body.split("\n\n") if part.strip()),
        link=link,
        action=_("Open in MODO"),
        after=(_("The same message waits for you in «My messages»."),),
    )


def people_of(session: Session, organization_id: int, roles: Iterable[RoleName]) -> list[int]:
    """Who must hear about an organization: ids of the active people attached to it today in one of the roles."""
    with scope.unscoped("notices"):
        return list(
            session.scalars(
                select(Membership.user_id)
                .join(Role, Role.id == Membership.role_id)
                .join(User, User.id == Membership.user_id)
                .where(
                    Membership.organization_id == organization_id,
                    Role.name.in_(list(roles)),
                    memberships.in_force(),
                    User.active,
                )
                .distinct()
            )
        )
