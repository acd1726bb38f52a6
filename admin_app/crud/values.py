"""Values as people read them: words of vocabularies, dates the Russian way, titles of related rows, the log's details."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

from flask_babel import format_date, format_datetime, format_decimal
from flask_babel import gettext as _
from markupsafe import Markup, escape

from admin_app.crud.fields import FieldSpec, Kind
from admin_app.crud.relations import Titles
from models import Titled

STATES = {
    "accepted": "ok", "rejected": "err", "returned": "warn", "submitted": "info",
    "granted": "ok", "refused": "err", "open": "info", "published": "ok",
}  # fmt: skip


def ids(value: Any) -> tuple[int, ...]:
    """The ids in a reference's value: of one row, of several, of none."""
    if value is None:
        return ()
    return (value,) if isinstance(value, int) else tuple(one if isinstance(one, int) else one.id for one in value)


def words(spec: FieldSpec, value: Any, titles: Titles) -> str | Markup:
    """One value for a list, a card or an export (where `Markup` is stripped)."""
    if value in (None, "", []):
        return ""
    if spec.target is not None:
        return "; ".join(titles.get((spec.target, key)) or _("outside what you may see") for key in ids(value))
    return READERS.get(spec.kind, plain)(spec, value)


def speaker(spec: FieldSpec, titles: Titles) -> Callable[[Any], str | Markup]:
    """`words` for many values of one field: texts as they are, and what repeats itself is worded once."""
    if spec.target is None and spec.kind in {Kind.TEXT, Kind.AREA}:
        return lambda value: value or ""
    known: dict[Any, str | Markup] = {}

    def said(value: Any) -> str | Markup:
        if isinstance(value, (list, dict)):
            return words(spec, value, titles)
        if value not in known:
            known[value] = words(spec, value, titles)
        return known[value]

    return said


def plain(_spec: FieldSpec, value: Any) -> str:
    """A text as it is."""
    return str(value)


def choice(spec: FieldSpec, value: Any) -> str | Markup:
    """A vocabulary's words; a state as a tag."""
    title = str(value.title if isinstance(value, Titled) else dict(spec.choices).get(value, value))
    if spec.name != "state":
        return title
    return Markup('<span class="tag {}" data-status="{}">{}</span>').format(STATES.get(str(value), ""), str(value), title)


def choices(spec: FieldSpec, value: list[str]) -> str:
    """Several words of a vocabulary."""
    titles = dict(spec.choices)
    return ", ".join(str(titles.get(one, one)) for one in value)


def flag(_spec: FieldSpec, value: bool) -> str:
    """Yes or no."""
    return str(_("yes") if value else _("no"))


def number(_spec: FieldSpec, value: float) -> str:
    """1 234,5 as it was typed, to six decimals."""
    return str(format_decimal(value, "#,##0.######"))


def day(_spec: FieldSpec, value: date) -> str:
    """31.12.2026"""
    return str(format_date(value, "dd.MM.yyyy"))


def moment(_spec: FieldSpec, value: datetime) -> str:
    """See `at`."""
    return at(value)


def at(value: datetime) -> str:
    """31.12.2026 23:59 where the reader is."""
    return str(format_datetime(value, "dd.MM.yyyy HH:mm"))


def details(_spec: FieldSpec, value: Any) -> Markup:
    """A JSON value as nested lists of terms and descriptions."""
    return Markup("").join(lines(value))


def lines(value: Any) -> Iterator[Markup]:
    """The parts of a JSON value, depth first."""
    if isinstance(value, dict):
        rows = [Markup("<dt>{}</dt><dd>{}</dd>").format(key, Markup("").join(lines(one))) for key, one in value.items()]
        yield Markup('<dl class="details">{}</dl>').format(Markup("").join(rows))
    elif isinstance(value, list) and len(value) == 2 and not any(isinstance(one, (dict, list)) for one in value):
        yield Markup("{} → {}").format(*(_("empty") if one in (None, "") else one for one in value))
    elif isinstance(value, list):
        yield Markup("<ul>{}</ul>").format(
            Markup("").join(Markup("<li>{}</li>").format(Markup("").join(lines(one))) for one in value)
        )
    else:
        yield escape(_("yes") if value is True else _("no") if value is False else "—" if value is None else value)


READERS: dict[Kind, Callable[[FieldSpec, Any], str | Markup]] = {
    Kind.CHOICE: choice,
    Kind.CHOICES: choices,
    Kind.FLAG: flag,
    Kind.DATE: day,
    Kind.NUMBER: number,
    Kind.MOMENT: moment,
    Kind.JSON: details,
}
