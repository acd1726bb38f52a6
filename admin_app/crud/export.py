"""A list as a CSV file that spreadsheets open at once: the rows and columns of the list, in its order.

The ids are fetched with the request; the rows follow in chunks, each in an application context of its own that acts for the same
person, so that nothing of the ended request is used. Cells that a spreadsheet would take for a formula get an apostrophe.
"""

import csv as files
import io
from collections.abc import Iterator
from typing import Any

from flask import Flask, Response, current_app
from flask_babel import force_locale, get_locale
from markupsafe import Markup
from sqlalchemy import select

from admin_app.crud import listing
from admin_app.crud.listing import Listing
from admin_app.extensions import db
from admin_app.reporting import days, scope

CHUNK = 1000
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv(asked: Listing, name: str) -> Response:
    """The file, as it is being read. The name carries the day."""
    ids = list(db.session.scalars(asked.ordered(asked.narrow(select(asked.model.id)))))
    app: Any = current_app
    body = lines(app._get_current_object(), asked, ids, str(get_locale()), scope.current())
    disposition = f"attachment; filename={name}-{days.today().isoformat()}.csv"
    return Response(body, mimetype="text/csv", headers={"Content-Disposition": disposition, "Cache-Control": "no-store"})


def lines(app: Flask, asked: Listing, ids: list[int], locale: str, actor: scope.Actor) -> Iterator[bytes]:
    """The file's parts. `actor` sees what it sees when each part is read."""
    with app.app_context(), force_locale(locale):
        head = "\ufeff".encode() + text([[str(spec.label) for spec in asked.columns]])
    yield head  # never inside a context: the consumer would run in it
    for start in range(0, len(ids), CHUNK):
        with app.app_context(), force_locale(locale), scope.acting(actor):
            part = text(chunk(asked, ids[start : start + CHUNK]))
        yield part


def chunk(asked: Listing, ids: list[int]) -> list[list[str]]:
    """The rows with these ids, in this order."""
    columns = [getattr(asked.model, spec.name) for spec in asked.columns]
    rows = db.session.execute(select(asked.model.id, *columns).where(asked.model.id.in_(ids))).all()
    found = dict(listing.readable(asked.columns, rows, db.session))
    return [[cell(one) for one in found[key]] for key in ids if key in found]


def cell(value: Any) -> str:
    """A cell without markup, and never a formula."""
    written = value.striptags() if isinstance(value, Markup) else str(value)
    return f"'{written}" if written.startswith(FORMULA) else written


def text(rows: list[list[str]]) -> bytes:
    """Rows as Russian spreadsheets expect them: semicolons, UTF-8."""
    buffer = io.StringIO()
    files.writer(buffer, delimiter=";").writerows(rows)
    return buffer.getvalue().encode()
