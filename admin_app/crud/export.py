"""A list as a file, as it is shown: the same filters, search, order and columns, in XLSX or CSV; a sheet says what it is.

The ids are fetched with the request; the rows follow in chunks, each in an application context of its own that acts for the same
person, so that nothing of the ended request is used.
"""

from collections.abc import Callable, Iterator
from typing import Any

from flask import Flask, Response, current_app
from flask_babel import force_locale, get_locale
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import ARRAY, Integer, any_, literal, select

from admin_app.crud import listing, relations, values
from admin_app.crud.fields import FieldSpec, Kind
from admin_app.crud.listing import Listing
from admin_app.extensions import db
from admin_app.reporting import days, scope
from admin_app.reporting.exchange import writer

CHUNK = 2000
MARKED = {Kind.CHOICE, Kind.JSON}  # whose words may have markup
AS_THEY_ARE = {Kind.INTEGER, Kind.NUMBER, Kind.FLAG, Kind.DATE, Kind.MOMENT}
TYPES = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def download(asked: Listing, name: str, title: str, format: str) -> Response:
    """The file, as it is being read. The name carries the day."""
    ids = list(db.session.scalars(asked.ids()))
    heads = [str(spec.label) for spec in asked.columns]
    app: Any = current_app
    rows = chunks(app._get_current_object(), asked, ids, str(get_locale()), scope.current())
    about = writer.About(title, scope.current().name, days.now(), said(asked))
    body = writer.xlsx(heads, rows, about) if format == "xlsx" else writer.csv(heads, rows)
    disposition = f"attachment; filename={name}-{days.today().isoformat()}.{format}"
    return Response(body, mimetype=TYPES[format], headers={"Content-Disposition": disposition, "Cache-Control": "no-store"})


def said(asked: Listing) -> list[tuple[str, str]]:
    """The search, the filters and the order, in words."""
    pairs = [(_("Search"), asked.text)] if asked.text else []
    pairs += [(chip.label, chip.value) for chip in (flt.chip() for flt in asked.filters if flt.used)]
    label = next((str(spec.label) for spec in asked.columns if spec.name == asked.sort), "")
    return pairs + ([(_("Sorted by"), f"{label} ↓" if asked.down else label)] if label else [])


def chunks(app: Flask, asked: Listing, ids: list[int], locale: str, actor: scope.Actor) -> Iterator[list[Any]]:
    """The rows. `actor` sees what it sees when each part is read."""
    for start in range(0, len(ids), CHUNK):
        with app.app_context(), force_locale(locale), scope.acting(actor):
            part = chunk(asked, ids[start : start + CHUNK])
        yield from part  # never inside a context: the consumer would run in it


def chunk(asked: Listing, ids: list[int]) -> list[list[Any]]:
    """The rows with these ids, in this order."""
    columns = [listing.shown(asked.model, spec) for spec in asked.columns]
    own = [place for place, spec in enumerate(asked.columns) if relations.told_by_row(asked.model, spec.name)]
    columns += [relations.title_beside(asked.model, asked.columns[place].name) for place in own]
    some = asked.model.id == any_(literal(ids, ARRAY(Integer)))
    rows = db.session.execute(select(asked.model.id, *columns).where(some)).all()
    titles = listing.titles_of(asked.columns, rows, db.session)
    readers = [reader(spec, titles) for spec in asked.columns]
    found = {row[0]: [read(value) for read, value in zip(readers, row[1:], strict=False)] for row in rows}
    for row in rows:
        for at, place in enumerate(own, 1 + len(readers)):
            found[row[0]][place] = row[at] or found[row[0]][place]
    return [found[key] for key in ids if key in found]


def reader(spec: FieldSpec, titles: relations.Titles) -> Callable[[Any], Any]:
    """How a column is read: numbers, dates and flags as such, everything else in words without markup."""
    if spec.kind in AS_THEY_ARE:
        return lambda value: value
    said = values.speaker(spec, titles)
    return (lambda value: text(said(value))) if spec.kind in MARKED else said


def text(value: str | Markup) -> str:
    """Words without markup."""
    return value.striptags() if isinstance(value, Markup) else str(value)
