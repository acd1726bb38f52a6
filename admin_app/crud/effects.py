"""What a move in the tree or a closing does, in words. (`reporting.opening`: attachments.)"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flask import g, request
from flask_babel import LazyString, format_decimal
from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_
from wtforms import Form

from admin_app.crud import mistakes, values
from admin_app.extensions import db
from admin_app.reporting import audit, consequences, namesakes
from admin_app.reporting.consequences import Change
from admin_app.reporting.opening import counted, kept
from models import Organization

OPENS = N_("Nothing is saved yet. Read what this change opens and closes, and save again:")
TWICE = N_("Nothing is saved yet: an organization of this name stands there already. Save again if this is another one:")


@dataclass(frozen=True)
class Asked:
    """What a move or a closing would do, for the form that asks to confirm it; ``lead`` stands above it."""

    lines: "list[Line]"
    mark: str
    lead: LazyString = OPENS


def weigh(view: Any, form: Form, row: Organization) -> bool:
    """Save a card whose organization moves or closes: only once this very change has been read and confirmed.

    Else nothing is kept, and the form asks (`asked`) with everything typed still in it. Was it saved?
    """
    with mistakes.at_fields(form, Organization, (row.id,)):
        return carried_out(row, lambda: view.write(form, row, False))
    return False


def carried_out(row: Organization, write: Callable[[], object]) -> bool:
    """Do ``write()``, which moves or closes the organization, tell it in the log and commit; or ask. Raises what is refused."""
    before = consequences.standing(db.session, row)
    write()
    db.session.flush()
    change = consequences.of_change(db.session, before, row)
    if unread(change):
        return False
    if change:
        audit.record(db.session, "organization.moved" if change.moved else "organization.closed", row, data(change))
    db.session.commit()
    return True


def unread(change: Change | None) -> bool:
    """Has whoever sent the form not yet read what it does? Then nothing is kept, and the form asks (`asked`)."""
    if change is None or request.form.get("confirmed") == change.digest:
        return False
    g.asked = Asked(lines(change), change.digest)
    db.session.rollback()
    return True


def twice(form: Form) -> bool:
    """Is the organization there already, by its name under the same superior, and was that not confirmed? Then the form asks."""
    found = namesakes.under(db.session, form["short_name"].data or "", form["parent_id"].data)
    mark = consequences.mark_of([row.id for row in found])
    if not found or request.form.get("confirmed") == mark:
        return False
    lines = [Line(row.short_name, _("registered %(when)s", when=values.at(row.created_at))) for row in found]
    g.asked = Asked(lines, mark, TWICE)
    db.session.rollback()
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
