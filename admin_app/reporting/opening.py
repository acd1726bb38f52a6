"""What an attachment opens, and its end closes, in words: asked before it is made or ended."""

from dataclasses import dataclass, replace
from typing import Any

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from admin_app.reporting import consequences
from admin_app.reporting.actor import Actor, Reach, actor_of, quietly
from admin_app.reporting.consequences import Numbers
from models import Membership, Organization, RoleName


@dataclass(frozen=True)
class Effect:
    """What an attachment opens, or its end closes: as the log keeps it, in words, and the mark of who has read them."""

    data: dict[str, Any]
    words: str
    mark: str = ""


def of_attachment(session: Session, user_id: int, place: Organization, role: RoleName) -> Effect:
    """What attaching the person would open."""
    before = actor_for(session, user_id)
    opens = consequences.opened(session, before, consequences.with_reach(before, Reach(role, place.id, place.path)))
    words = _("Opens: %(what)s.", what=counted(opens)) if opens else _("Opens nothing that the person does not see already.")
    return Effect(kept(opens), words, f"{place.id}-{role}-{'-'.join(map(str, vars(opens).values()))}")


def of_ending(session: Session, membership: Membership) -> Effect:
    """What ending the attachment closes."""
    before = actor_for(session, membership.user_id)
    reach = Reach(membership.role.name, membership.organization_id, membership.organization.path)
    closes = consequences.opened(session, consequences.without_reach(before, reach), before)
    words = (
        _("Closes: %(what)s.", what=counted(closes))
        if closes
        else _("Closes nothing: the person sees it all otherwise, or not yet.")
    )
    return Effect(kept(closes), words)


def actor_for(session: Session, user_id: int) -> Actor:
    """The person with what they may see now; somebody switched off with nothing but their own."""
    with quietly("whose rights change"):
        return replace(actor_of(user_id, session), user_id=user_id)


def counted(numbers: Numbers) -> str:
    """«1 241 организация, 8 400 отчетов, 3 заявки на рассмотрении, 12 пользователей»; empty where there is nothing."""
    told = {key: format_decimal(value) for key, value in vars(numbers).items()}
    several = [
        (
            numbers.organizations,
            ngettext("%(n)s organization", "%(n)s organizations", numbers.organizations, n=told["organizations"]),
        ),
        (numbers.reports, ngettext("%(n)s report", "%(n)s reports", numbers.reports, n=told["reports"])),
        (numbers.requests, ngettext("%(n)s open request", "%(n)s open requests", numbers.requests, n=told["requests"])),
        (numbers.people, ngettext("%(n)s user", "%(n)s users", numbers.people, n=told["people"])),
    ]
    return ", ".join(words for count, words in several if count)


def kept(numbers: Numbers) -> dict[str, int]:
    """What is not nothing."""
    return {name: value for name, value in vars(numbers).items() if value}
