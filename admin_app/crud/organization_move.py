"""A move of organizations in their tree, as a page asks for it: under whom, from which day, what that opens and closes.

It is made to be looked at, and kept only if whoever sent the form has read exactly this; else the edge rolls back.
"""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import flash, request
from flask_babel import format_date, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_
from markupsafe import Markup
from sqlalchemy import and_

from admin_app.crud import effects, mistakes, pickers, relations, undoing
from admin_app.crud.fields import field_of
from admin_app.crud.inputs import Filled
from admin_app.crud.pickers import Picker
from admin_app.crud.ranges import Range
from admin_app.crud.when import When, counting
from admin_app.extensions import db
from admin_app.reporting import audit, days, moving, placing
from admin_app.reporting.outline import RANK, Look
from models import Organization


class MoveForm(When):
    """Under which organization, and from which day that counts."""

    parent_id = Picker(N_("New superior organization"), [Filled()], spec=field_of(Organization, "parent_id"))


@dataclass(frozen=True)
class Named:
    """An organization that is to be moved: its name, its card, under whom it stands; why it cannot be moved."""

    id: int
    name: str
    address: str
    above: str
    refused: str = ""


class Moving:
    """A move that is asked for. `several`: what is moved; `lines`, `mark`: what it would do, once that is known.

    `sent`: an address that names the superior (something was dropped on it) counts as a form that was sent.
    """

    def __init__(self, view: Any, rows: list[Organization], sentence: str = "") -> None:
        self.view, self.rows = view, rows
        self.sent = request.method == "POST" or "parent_id" in request.args
        self.form = MoveForm(counting(request.form if request.method == "POST" else request.args) if self.sent else None)
        levels = ".".join(sorted({row.level.value for row in rows}))
        pickers.ready(self.form, db.session, view.get_url(".tree_superiors_view", levels=levels, field=""))
        self.lines: list[effects.Line] = []
        self.mark = self.target = ""
        self.sentence = sentence
        self.several = self.named({})

    def named(self, refused: Mapping[int, str]) -> list[Named]:
        """The organizations by name, those that cannot be moved first."""
        above = {row.parent_id for row in self.rows if row.parent_id is not None}
        titles = relations.titles(db.session, {Organization: above})
        made = [
            Named(
                row.id,
                row.short_name,
                self.view.card_address(row),
                titles.get((Organization, row.parent_id or 0), ""),
                refused.get(row.id, ""),
            )
            for row in self.rows
        ]
        return sorted(made, key=lambda one: (not one.refused, one.name))

    @property
    def ready(self) -> list[Named]:
        """Those that nothing stands in the way of."""
        return [one for one in self.several if not one.refused]

    def weigh(self) -> bool:
        """Make the move; it is kept only if this very one has been read and confirmed. Was it?"""
        day = self.form.day or days.today()
        try:
            target = db.session.get_one(Organization, self.form.parent_id.data)
            self.target = target.short_name
            self.several = self.named(moving.refusals(db.session, self.rows, target, day))
            ready = {one.id for one in self.ready}
            rows = [row for row in self.rows if row.id in ready]
            if not rows:
                return False
            made = moving.move(db.session, rows, target, min(day, days.today()))
            self.mark = f"{made.digest}-{day.isoformat()}"
            if request.method == "POST" and request.form.get("confirmed") == self.mark:
                self.keep(made, rows, day)
                return True
            self.lines = effects.lines(made.sum)
        except mistakes.KINDS as error:
            db.session.rollback()
            self.sentence = mistakes.sentence(error, Organization, [one.id for one in self.several])[1]
        return False

    def keep(self, made: moving.Move, rows: list[Organization], day: date) -> None:
        """Keep what was made, or plan it for its day, and say so."""
        if day > days.today():
            keys = [row.id for row in rows]
            db.session.rollback()
            target = db.session.get_one(Organization, made.target_id)
            batch = moving.plan(db.session, moving.hold(db.session, keys), target, day)
            words = _("Planned for %(day)s: until then the tree stays as it is.", day=format_date(day, "dd.MM.yyyy"))
            said = self.said(batch, words)
        else:
            with audit.together("move", made.batch):
                for row in rows:
                    audit.record(db.session, "organization.moved", row, effects.data(made.changes[row.id]))
            words = ngettext(
                "%(num)s organization is now under “%(name)s”.",
                "%(num)s organizations are now under “%(name)s”.",
                len(rows),
                name=self.target,
            )
            said = self.said(made.batch, words)
        db.session.commit()
        flash(said, "success")

    def said(self, batch: uuid.UUID, words: str) -> Markup:
        """What was done, with the way back for those who read the log."""
        db.session.flush()
        if not undoing.is_told(batch):
            return Markup("{}").format(words)
        return Markup('{} <a href="{}">{}</a>').format(words, self.view.get_url("event.undo_view", batch=batch), _("Undo"))


def superiors(levels: Collection[str]) -> Range:
    """The organizations at work that may stand above others of all these levels, and those above them."""
    above = [level for level, takes in placing.TAKES.items() if {one.value for one in takes} >= set(levels)]
    lowest = max((RANK[level] for level in above), default=-1)
    shown = [level for level, rank in RANK.items() if rank <= lowest]
    return Range(
        field_of(Organization, "parent_id"),
        lambda row: and_(row.level.in_(shown), Look().standing(row)),
        lambda row: row.level.in_(above),
    )
