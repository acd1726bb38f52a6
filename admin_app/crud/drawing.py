"""The lines of a list as markup: a page has some hundreds of cells, and a template would take five times as long for them."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup, escape

from admin_app.crud.links import Head

TICK = '<input type="checkbox" class="tick" name="row" value="{}" form="bulk" aria-label="{}">'


def lines(rows: Sequence[tuple[int, list[Any]]], heads: Sequence[Head], card: str, many: bool) -> Markup:
    """The rows' <tr>. `card`: the address of a row's card but for its id; `many`: rows can be ticked."""
    first, *rest = [str(head.cell) for head in heads]
    address, words = escape(card), _("Choose: %(name)s") if many else ""
    found = []
    for key, (name, *cells) in rows:
        title = escape(name or f"№ {key}")
        tick = TICK.format(key, escape(words) % {"name": escape(name or key)}) if many else ""
        more = "".join([f"<td{head}>{escape(cell)}</td>" for head, cell in zip(rest, cells, strict=True)])
        link = f'<a href="{address}?id={key}">{title}</a>'
        found.append(f'\n            <tr id="row-{key}"><th scope="row"{first}>{tick}{link}</th>{more}</tr>')
    return Markup("".join(found))  # noqa: S704  # every value in it has been escaped
