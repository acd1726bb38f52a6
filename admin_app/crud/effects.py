"""What a change opens and closes, in words."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from flask import g, request
from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _
from sqlalchemy import select
from wtforms import Form

from admin_app.crud import mistakes
from admin_app.extensions import db
from admin_app.reporting import audit, consequences
from admin_app.reporting.actor import Actor, Reach, actor_of, quietly
from admin_app.reporting.consequences import Change, Numbers
from models import Membership, Organization, RoleName


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


@dataclass(frozen=True)
class Effect:
    """What an attachment opens, or its end closes: as the log keeps it, in words, and the mark of who has read them."""

    data: dict[str, Any]
    words: str
    mark: str = ""


def of_attachment(user_id: int, organization_id: int | None, role: str) -> Effect:
    """What attaching the person would open. The form has found the organization to be one that the actor sees."""
    place = db.session.scalars(select(Organization).where(Organization.id == organization_id)).one()
    before = actor_for(user_id)
    opens = consequences.opened(db.session, before, consequences.with_reach(before, Reach(RoleName(role), place.id, place.path)))  # type: ignore[call-arg]  # a look-up
    words = _("Opens: %(what)s.", what=counted(opens)) if opens else _("Opens nothing that the person does not see already.")
    return Effect(kept(opens), words, f"{place.id}-{role}-{'-'.join(map(str, vars(opens).values()))}")


def of_ending(membership: Membership) -> Effect:
    """What ending the attachment closes."""
    before = actor_for(membership.user_id)
    reach = Reach(membership.role.name, membership.organization_id, membership.organization.path)
    closes = consequences.opened(db.session, consequences.without_reach(before, reach), before)
    words = (
        _("Closes: %(what)s.", what=counted(closes))
        if closes
        else _("Closes nothing: the person sees it all otherwise, or not yet.")
    )
    return Effect(kept(closes), words)


def actor_for(user_id: int) -> Actor:
    """The person with what they may see now; somebody switched off with nothing but their own."""
    with quietly("whose rights change"):
        return replace(actor_of(user_id, db.session), user_id=user_id)


def kept(numbers: Numbers) -> dict[str, int]:
    """What is not nothing."""
    return {name: value for name, value in vars(numbers).items() if value}


@dataclass(frozen=True)
class Asked:
    """What a move or a closing would do, for the form that asks to confirm it."""

    lines: "list[Line]"
    mark: str


def weigh(view: Any, form: Form, row: Organization) -> bool:
    """Save a card whose organization moves or closes: only once this very change has been read and confirmed.

    Else nothing is kept, and the form asks (`asked`) with everything typed still in it. Was it saved?
    """
    before = consequences.standing(db.session, row)
    try:
        view.write(form, row, False)
        db.session.flush()
        change = consequences.of_change(db.session, before, row)
        if change and request.form.get("confirmed") != change.digest:
            g.asked = Asked(lines(change), change.digest)
            db.session.rollback()
            return False
        if change:
            audit.record(db.session, "organization.moved" if change.moved else "organization.closed", row, data(change))
        db.session.commit()
    except mistakes.KINDS as error:
        db.session.rollback()
        mistakes.place(error, form, Organization)
        return False
    return True


def asked() -> Asked | None:
    """What is to be confirmed in this request, if anything."""
    found: Asked | None = g.get("asked")
    return found


def stirs(form: Form, row: Organization) -> bool:
    """Does the form move or close the organization?"""

    def differs(name: str) -> bool:
        return name in form and form[name].data != getattr(row, name)

    return differs("parent_id") or differs("level") or (differs("closed_on") and bool(form["closed_on"].data))


@dataclass(frozen=True)
class Line:
    """A heading and what stands beside it."""

    words: str
    text: str


def lines(change: Change) -> list[Line]:
    """What a move or a closing does, for the page that asks. Only what the current actor may see is named."""
    made = [
        (_("Concerned"), counted(change.numbers)),
        (_("Will see it"), named(change.gain)),
        (_("Will no longer see it"), named(change.lose)),
        (_("Reports under review that go to another reviewer"), shown(change.handed_over)),
        (_("Reports that are no longer owed"), shown(change.no_longer_owed)),
    ]
    return [Line(words, text) for words, text in made if text]


def shown(count: int) -> str:
    """The number; empty for none."""
    return format_decimal(count) if count > 0 else ""


def named(ids: Iterable[int]) -> str:
    """The people by name, ten at most."""
    found = consequences.people(db.session, ids)
    more = [_("and %(count)s more", count=found.more)] if found.more else []
    return ", ".join([*found.names, *more])


def data(change: Change) -> dict[str, Any]:
    """What the log keeps of it: flat, so that its card reads it."""
    more = {name: value for name, value in vars(change).items() if name not in {"moved", "numbers"} and value}
    return {**kept(change.numbers), **more}
