"""The report page's sentences: those that its scripts say, and those that explain conditions and origins."""

import re
from datetime import datetime

from flask_babel import format_date, format_datetime
from flask_babel import gettext as _

from admin_app.reporting import findings
from admin_app.reporting.pulled import Origin
from models import Organization

REFERENCE = re.compile(r"\{\[([^\]]+)\]\[([^\]]+)\]\[([^\]]+)\]\}")
NAMED = 4  # cells of another form in one sentence


def sentences() -> dict[str, str]:
    """What the page's scripts say; ``%(name)s`` is filled in by them. The first ones are the words of `formula.typed`."""
    return {
        "letters": _("“%(text)s” is not a number: only digits are accepted here."),
        "whole": _("Only a whole number is accepted here, not “%(text)s”."),
        "decimals": _("At most %(digits)s digits after the decimal point are accepted here, not “%(text)s”."),
        "too-long": _("The number “%(text)s” is too long."),
        "text-long": _("The text is longer than %(limit)s characters."),
        "flag": _("Only 1 (yes) or 0 (no) is accepted here."),
        "negative": _("A negative number is not accepted here."),
        "less": _("The number must not be less than %(limit)s."),
        "greater": _("The number must not be greater than %(limit)s."),
        "date": _("“%(text)s” is not a date: write it as 31.12.2025."),
        **saving(),
        **finding(),
        **cells(),
    }


def saving() -> dict[str, str]:
    """What stands beside the status, and what is said when saving goes wrong."""
    return {
        "saved": _("saved at %(time)s"),
        "saving": _("saving…"),
        "offline": _("not saved: no connection"),
        "kept": _("not saved: no connection. Kept on this computer: %(count)s"),
        "waiting": _("not saved. Kept on this computer: %(count)s"),
        "unsaved": _("not saved: cells with mistakes: %(count)s"),
        "conflicts": _("differences with a colleague: %(count)s"),
        "failed": _(
            "not saved: the server does not answer as it should. Everything typed is kept on this computer and is sent again."
        ),
        "held": _("Not saved yet: everything typed is kept on this computer and is sent again by itself."),
        "signed-out": _(
            "Your session has ended. Nothing is lost: sign in in a new tab, come back here, and what you typed will be saved."
        ),
        "other-person": _(
            "Somebody else is signed in in this browser now. What you typed is kept for you; sign in as yourself to save it."
        ),
        "closed": _("The report can no longer be changed. What you typed and could not be saved is kept on this computer."),
        "fleeting": _("This browser keeps nothing of what you type: do not close the page until everything is saved."),
        "loading-failed": _("The section could not be opened: no connection. What you typed is kept."),
        "panel-failed": _("There was no answer: check the connection and try again. What you typed is kept."),
        "submit-unsaved": _("The report is not submitted: some cells are not saved yet. Put them right first."),
        "start-failed": _("The calculation did not load: check the connection and reload the page. “Save” works without it."),
    }


def finding() -> dict[str, str]:
    """The side panel."""
    return {
        "place": _("%(section)s row %(row)s col. %(column)s"),
        "uncomputable": _("%(place)s: cannot be computed, a division by zero"),
        "group-error": _("Errors: %(count)s — they hinder submission"),
        "group-query": _("Queries: %(count)s — correct or explain"),
        "group-hint": _("Hints: %(count)s"),
        "all-right": _("No discrepancies were found."),
        "all-right-here": _("In this section everything adds up."),
        "more": _("And %(count)s more: put these right first."),
        "errors": _("there are errors"),
        "empty": _("nothing yet"),
        "checked": _("Checked at %(time)s."),
    }


def cells() -> dict[str, str]:
    """The table and its surroundings."""
    return {
        "address": _("row %(row)s, column %(column)s"),
        "filled": _("Filled in here: %(count)s of %(total)s cells"),
        "sum": _("selected: %(count)s, sum: %(sum)s"),
        "white": _("This cell is computed from others and is not typed."),
        "pulled": _("This cell is filled in from elsewhere and is not typed."),
        "conflict": _("You: %(mine)s. %(who)s at %(at)s: %(theirs)s. Whose number stays?"),
        "blank": _("empty"),
        "pasted": _("pasted: %(count)s"),
        "closed-cells": _("skipped white and closed cells: %(count)s"),
        "outside": _("did not fit into the table: %(count)s"),
        "not-numbers": _("not numbers: %(count)s"),
        "row-short": _("row"),
        "before": _("in %(period)s: %(text)s"),
        "compare": _("Compare with %(period)s"),
        "mark-na": _("n/a"),
        "mark-nd": _("no data"),
        "on-cell": _("About the cell: %(place)s"),
        "no-problems": _("There are no problems in this section."),
    }


def keys() -> list[tuple[tuple[str, ...], str]]:
    """The help on keys."""
    return [
        (("←", "↑", "→", "↓"), _("to the neighbouring cell; with Ctrl to the edge, with Shift selecting")),
        (("Enter",), _("down to the next grey cell; with Shift up")),
        (("Tab",), _("to the next grey cell, over white and closed ones; with Shift back")),
        (("F2",), _("edit the text of the cell; a double click does the same")),
        (("Esc",), _("back to what stood there before")),
        (("Delete",), _("empty the cell or the selection")),
        (("Ctrl", "C"), _("copy; Ctrl V pastes a block from Excel")),
        (("Ctrl", "Z"), _("take the last action back; Ctrl Y does it again")),
        (("Ctrl", "D"), _("fill down; Ctrl Enter fills the selection")),
        (("=12+7",), _("a small sum is computed in the cell")),
        ((_("n/a"),), _("not applicable, in place of a number; %(mark)s: not available", mark=_("no data"))),
        (("Alt", "PgDn"), _("the next section; Alt PgUp the previous one")),
        (("F8",), _("the next remark of the check; with Shift the previous one")),
        (("Ctrl", "S"), _("save now")),
        (("F6",), _("out of the table, to the side panel")),
    ]


def condition(rule: str) -> str:
    """A section's condition in words: «Заполняется, если 1.2 стр. 4 гр. 3 = 1 или …»."""
    words = REFERENCE.sub(
        lambda found: _("%(section)s row %(row)s col. %(column)s", section=found[1], row=found[2], column=found[3]), rule
    )
    both, either = _("and"), _("or")  # not inside the texts below: there Babel does not find them
    words = words.replace(" AND ", f" {both} ").replace(" OR ", f" {either} ")
    return _("Filled in if: %(condition)s.", condition=words)


def origin(sources: list[Origin]) -> str:
    """Where a pulled cell's value comes from; a sum's parts that lie in one report are told together."""
    together: dict[tuple[object, ...], list[Origin]] = {}
    for source in sources:
        together.setdefault((source.card, source.form, source.period, source.report_id), []).append(source)
    return " ".join(origin_of(parts) for parts in together.values())


def origin_of(parts: list[Origin]) -> str:
    """The sentence for cells of one report, or for one field of the card."""
    source = parts[0]
    if source.card:
        return _("From the card of the organization: “%(field)s”.", field=card_field(source.source))
    place = "; ".join(findings.place(one.source) for one in parts[:NAMED]) + ("…" if len(parts) > NAMED else "")
    if source.state is None and not source.form:
        return _("From this form for the period before, %(place)s: there is no such report yet.", place=place)
    if source.state is None or source.at is None:
        return _("From the form %(form)s, %(place)s: there is no such report yet.", form=source.form, place=place)
    return _(
        "From the form %(form)s for %(period)s, %(place)s; that report: “%(state)s”, %(day)s.",
        form=source.form,
        period=source.period,
        place=place,
        state=source.state.title,
        day=format_date(source.at, "d.MM.y"),
    )


def card_field(name: str) -> str:
    """The label of a field of the card."""
    columns = Organization.__table__.columns
    column = columns.get(name) if name in columns else columns.get(f"{name}_id")
    return str(column.info["label"]) if column is not None and "label" in column.info else name


def moment(at: datetime | None) -> str:
    """A date and a time as people write them."""
    return format_datetime(at, "d.MM.y, HH:mm") if at else ""


def clock(at: datetime | None) -> str:
    """The time of day."""
    return format_datetime(at, "HH:mm") if at else ""
