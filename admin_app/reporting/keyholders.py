"""Nobody locks themselves out, and the region is never without somebody who runs it: judged in every flush, whoever writes."""

from flask_babel import gettext as _
from sqlalchemy import inspect, or_, select
from sqlalchemy.orm import Session

from admin_app.reporting import memberships
from admin_app.reporting.actor import current, quietly
from admin_app.reporting.guard import Forbidden
from admin_app.reporting.refusal import Refused
from models import Membership, Role, RoleName, User

KEYS = (RoleName.CENTRAL, RoleName.ADMIN)  # somebody who may sign in holds each of them


def judge(session: Session, _context: object) -> None:
    """After the flush, in its transaction; a statement where somebody leaves, else none. Raises Forbidden, Refused."""
    off = [row for row in session.dirty if isinstance(row, User) and switched_off(row)]
    if current().user_id in {row.id for row in off}:
        raise Forbidden(_("You cannot switch off your own account: ask a colleague."), "active")
    ended = [row for row in [*session.dirty, *session.deleted] if isinstance(row, Membership)]
    if not off and not ended:
        return
    with quietly("whether somebody still holds the keys"):
        people, roles = [row.id for row in off], {row.role_id for row in ended}
        concerned = select(Membership.role_id).where(Membership.user_id.in_(people), memberships.lasting())
        held = select(Membership.role_id).join(Membership.user).where(memberships.lasting(), User.active)
        missing = select(Role).where(Role.name.in_(KEYS), Role.id.not_in(held), or_(Role.id.in_(roles), Role.id.in_(concerned)))
        role = session.scalars(missing.order_by(Role.id)).first()
    if role is not None:
        words = _("Nobody else has the role “%(role)s”: give it to somebody before this.", role=role.name.title)
        raise Refused(words, "active" if off else "")


def switched_off(row: User) -> bool:
    """Does this flush switch the account off?"""
    history = inspect(row).attrs.active.load_history()
    return bool(history.has_changes()) and not row.active
