"""The writing of judged lines: new rows, then those that change, which count from a day where the table's changes do."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from sqlalchemy.orm import Session
from wtforms import Form

from admin_app.crud import card, mistakes
from admin_app.crud.base import SchemaView
from admin_app.crud.fields import FieldSpec
from admin_app.crud.import_refs import LATER
from admin_app.crud.pickers import Relation
from admin_app.reporting.imports.kinds import Judged
from admin_app.reporting.planned import TODAY, FromDay
from admin_app.reporting.refusal import Refused


class Writing:
    """A part of `Rows`. ``together``: many are written by the screen's `bulk_write`, then `bulk_settle` for all; ``since``: from
    which day changes count; ``made``: the rows by their lines."""

    view: SchemaView
    session: Session
    specs: dict[str, FieldSpec]
    made: dict[int, int]
    together = False
    since: FromDay = TODAY

    def write(self, judged: Judged) -> int:
        """See `imports.kinds.Reader`. What the rules or the database refuse is Refused, with its sentence."""
        form, row = judged.work
        created = row is None
        row = self.view.model() if created else row
        self.settle_leaning(form)
        try:
            if created:
                self.view.write(form, row, created)
                self.session.flush()
            else:
                self.since.change(self.session, [row], partial(self.view.write, form, row, created))
        except mistakes.KINDS as error:
            name, sentence = mistakes.sentence(error, self.view.model)
            raise Refused(sentence, name) from error
        return self.keep(judged, row)

    def settle_leaning(self, form: Form) -> None:
        """References to rows that lines above have made get their ids."""
        for field in form:
            if leans(field):
                field.data = self.made[field.data - LATER]

    def keep(self, judged: Judged, row: Any) -> int:
        """Note which row the line is."""
        key = self.made[judged.line] = card.key_of(row)
        return key

    def write_many(self, piece: Sequence[Judged]) -> list[int]:
        """See `imports.kinds.Reader`."""
        leaning = [(field, field.data) for one in piece for field in one.work[0] if leans(field)]
        try:
            return self.write_together(piece) if self.together else [self.write(one) for one in piece]
        except mistakes.KINDS as error:
            for field, data in leaning:
                field.data = data
            raise Refused(mistakes.sentence(error, self.view.model)[1]) from error

    def write_together(self, piece: Sequence[Judged]) -> list[int]:
        """The new cards, then those that change, since the day from which that counts; each time what follows for all of them."""
        made, changed = ([one for one in piece if (one.work[1] is None) is new] for new in (True, False))
        self.add(made)
        for one in changed:
            self.settle_leaning(one.work[0])
        if changed:
            rows = [one.work[1] for one in changed]
            self.made |= {one.line: card.key_of(row) for one, row in zip(changed, rows, strict=True)}
            self.since.change(self.session, rows, partial(self.change, changed))
            if not self.since.planned:
                self.view.bulk_settle(rows, {name for one in changed for name in one.changes})
        return [self.made[one.line] for one in piece]

    def add(self, piece: Sequence[Judged]) -> None:
        """New cards, flushed together as long as no line leans on one that waits."""
        waiting: dict[int, Any] = {}
        rows = []
        for one in piece:
            form, _row = one.work
            if any(leans(field) and field.data - LATER in waiting for field in form):
                self.flush(waiting)
            self.settle_leaning(form)
            rows.append(self.view.model())
            self.view.bulk_write(form, rows[-1], True)
            waiting[one.line] = rows[-1]
        self.flush(waiting)
        self.view.bulk_settle(rows, set(self.specs) - {"parent_id"})  # nothing of theirs can be under review elsewhere

    def change(self, piece: Sequence[Judged]) -> None:
        """Cards that are there."""
        for one in piece:
            self.view.bulk_write(*one.work)

    def flush(self, waiting: dict[int, Any]) -> None:
        """Send the cards that wait; they are known from now on."""
        self.session.flush()
        self.made |= {line: card.key_of(row) for line, row in waiting.items()}
        waiting.clear()


def leans(field: Any) -> bool:
    """Does the field name a row that a line above makes?"""
    return isinstance(field, Relation) and not field.many and bool(field.data) and field.data > LATER
