"""What a generated screen knows of a row's past and end: its history, what hangs on it, its deletion or archiving."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, request
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_
from werkzeug.wrappers import Response

from admin_app.crud import effects, mistakes, pickers, timeline
from admin_app.extensions import db
from admin_app.reporting import hanging
from admin_app.reporting.writes import Held
from models import Attribute, ClassifierItem, Organization

Answer = str | Response | tuple[str, int]


@dataclass(frozen=True)
class Hanging:
    """Rows that name this one: their table, how many, how many of them out of sight, the list of them if there is one."""

    words: str
    count: int
    unseen: int
    address: str


class Past:
    """A part of `SchemaView`."""

    @expose("/history/")
    def history_view(self: Any) -> Answer:
        """Everything that has happened to a row, a page at a time."""
        row = self.row()
        if not timeline.readable(self.model):
            self.nothing()
        before = pickers.number(request.args.get("before", ""))
        found = timeline.of_row(db.session, row, timeline.ON_PAGE, before)
        facts = {"row": row, "name": self.title(row), "back": self.card_address(row), "first": before is None}
        return str(self.render("admin/history.html", history=found, **facts))

    @expose("/delete/", methods=("GET", "POST"))
    def delete_view(self: Any) -> Answer:
        """The question whether to delete a row, saying what hangs on it; the deletion, or the archiving of what is in use."""
        self.demand("delete")
        row, sentence = self.unless_held()
        if row is None:
            self.nothing()
        self.demand("delete", row)
        name, archives = self.title(row), request.form.get("do") == "archive"
        if request.method == "POST" and not sentence:
            address = self.card_address(row) if archives else self.get_url(".index_view")
            sentence = self.archive(row) if archives else self.remove(row)
            if sentence is None:
                name = self.title(row := self.sought(look=True))
            elif not sentence:
                flash(_("“%(name)s” ends today.", name=name) if archives else _("“%(name)s” is deleted.", name=name), "success")
                return redirect(address)
            else:
                row = self.sought(look=True)
        found = list(self.hanging(row)) if row is not None else []
        ends = ENDS.get(self.model) if found and not getattr(row, hanging.ARCHIVED.get(self.model, "id"), None) else None
        return str(self.question("admin/delete.html", name, sentence, row, hanging=found, ends=ends, asked=effects.asked()))

    def unless_held(self: Any) -> tuple[Any, str]:
        """The row that the address names, and the sentence about others who hold it."""
        try:
            return self.sought(), ""
        except Held as held:
            return self.sought(look=True), mistakes.led(held)

    def hanging(self: Any, row: Any) -> Iterator[Hanging]:
        """What hangs on the row, with the lists that show it."""
        views = {view.model: view for view in self.screens()}
        for use in hanging.uses(db.session, row):
            view = views.get(use.model)
            spec = next((one for one in view.schema if one.name == use.attribute), None) if view else None
            address = view.get_url(f"{view.endpoint}.index_view", **{spec.name: row.id}) if view and spec and spec.filter else ""
            words = f"{use.model.__labels__}: {spec.label}" if spec else str(use.model.__labels__)
            yield Hanging(words, use.count, use.count - use.seen, address if use.seen else "")

    def remove(self, row: Any) -> str:
        """Delete the row. Empty, or the sentence that says why it stays."""
        return done(hanging.remove, row)

    def archive(self, row: Any) -> str | None:
        """Let the row end today. Empty, or the sentence that says why not; None if what it does is first to be confirmed."""
        return done(hanging.archive, row)


ENDS = {
    Organization: N_("Close it today: it files no more reports, its past ones stay."),
    ClassifierItem: N_("End it today: from tomorrow it can no longer be chosen; where it was chosen it stays."),
    Attribute: N_("End it today: from tomorrow the field is no longer asked for; what was filled in stays."),
}


def done(verb: Any, row: Any) -> str:
    """Do it and commit. Empty, or the sentence that says what stood in the way."""
    model, key = type(row), row.id
    try:
        verb(db.session, row)
        db.session.commit()
    except mistakes.KINDS as error:
        db.session.rollback()
        return mistakes.sentence(error, model, (key,))[1]
    return ""
