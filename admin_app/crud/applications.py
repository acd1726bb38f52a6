"""Emailed application forms of organizations: each becomes a prefilled card that an operator looks through and confirms.

An organization that is there already (INN and KPP) becomes a proposal field by field: beside each changed field stands what the
card has now, and a tick keeps that. What was not understood stands beside the card, in the form's own words.
"""

import hashlib
import io
import re
from collections.abc import Iterable, Mapping
from typing import Any

from flask import flash, request
from flask_babel import gettext as _
from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from wtforms import Form

from admin_app.crud import card as facts
from admin_app.crud import merging
from admin_app.crud.base import SchemaView, here
from admin_app.crud.import_kinds import OrganizationRows
from admin_app.crud.import_rows import stored
from admin_app.extensions import db
from admin_app.reporting import audit, days, scope
from admin_app.reporting.exchange import columns, docx, synonyms
from admin_app.reporting.imports import runs, work
from admin_app.reporting.imports.kinds import Judged, kind_of
from models import ImportRow, ImportRun, ImportState, Level, Organization, RowOutcome

TABLE = "organization"
LONGEST = 2000  # signs of a text that was not understood
STEM = 6  # letters that the name of a place keeps through its endings
COMMON = frozenset({"управ", "образ", "админ", "муниц", "район", "город", "отдел", "комит", "депар", "округ", "област", "облас"})


# ── The file ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def begin(session: Session, name: str, data: bytes) -> ImportRun:
    """The forms of the file, each a line that waits for its card; flushes. Raises Refused."""
    kind = kind_of(TABLE)
    view = kind.view  # type: ignore[attr-defined]  # screens register `ViewKind`s only
    found = docx.read(io.BytesIO(data), name, further(kind.names()))
    denied = [f"{one.name}: {one.sentence}" for one in found.denied]
    mapping = {"forms": True, "denied": denied}
    digest = hashlib.sha256(data).hexdigest()
    run = ImportRun(owner_id=scope.current().user_id, table_name=TABLE, file_name=name[-250:], sha256=digest, mapping=mapping)
    run.state, run.total, run.counts = ImportState.READY, len(found.forms), {}
    with scope.unscoped(runs.WHY):
        session.add(run)
        session.flush()
    for line, form in enumerate(found.forms, 1):
        reader = OrganizationRows(view, session, {}, False)
        texts = {field: text for field, text in form.values.items() if field in reader.specs}
        unknown = [[one.label, one.text[:LONGEST]] for one in form.unknown]
        kept = {"texts": texts, "unknown": unknown, "source": form.source}
        outcome = RowOutcome.NEW if match(reader, line, texts) is None else RowOutcome.CHANGE
        work.core(session, insert(ImportRow), {"run_id": run.id, "line": line, "cells": kept, "outcome": outcome})
    return run


def further(names: Mapping[str, Iterable[str]]) -> dict[str, Iterable[str]]:
    """The words of fields that the form itself does not know."""
    return {name: words for name, words in names.items() if name not in synonyms.ORGANIZATION}


def match(reader: OrganizationRows, line: int, texts: dict[str, str], lock: bool = False) -> Organization | None:
    """The organization that the form is about, if it is there."""
    one = Judged(line, reader.tidied(texts))
    reader.refs.learn([one.texts])
    found: Organization | None = reader.find([one], [one.texts], lock)[0]
    return found


# ── The card ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def card(view: SchemaView, run: ImportRun, line: ImportRow) -> str | None:
    """The page of one form; None when what was sent is saved. Raises 403."""
    reader = OrganizationRows(view, db.session, {}, False)
    texts = reader.tidied(line.cells["texts"])
    row = match(reader, line.line, texts, lock=request.method == "POST")
    view.demand("create" if row is None else "edit", row)
    reader.name_stored([row])
    sent, wrong = proposal(reader, texts, row)
    if request.method == "POST":
        form = view.ready_form(row, settled(reader, row))
        if form.validate() and saved(view, run, line, form, row):
            return None
    else:
        form = view.ready_form(row, sent)
    if row is not None:
        compare(reader, form, row)
    beside = {"unknown": [*wrong, *line.cells["unknown"]], "run": run, "line": line, "action": here(), "base": ""}
    return view.form_page(form, row, template="admin/import_card.html", **beside)


def settled(reader: OrganizationRows, row: Any) -> MultiDict[str, str]:
    """What was sent, with the card's own values where somebody ticked to keep them."""
    data = MultiDict(request.form)
    for name in request.form.getlist("theirs") if row is not None else ():
        if name in reader.specs:
            merging.put(data, name, merging.sent_of(reader.specs[name].get(row)))
    return data


def saved(view: SchemaView, run: ImportRun, line: ImportRow, form: Form, row: Any) -> bool:
    """Save the card as any other, and tick the form off. Was it saved?"""
    written = view.model() if row is None else row
    run_id, at = run.id, line.line
    with audit.together(f"import:{run_id}", run.batch):
        done = view.save(form, written, created=row is None)
    if done:
        flash(_("“%(name)s” is saved.", name=view.title(written)), "success")
        settle(db.session, run_id, at, facts.key_of(written))
    return done


def compare(reader: OrganizationRows, form: Form, row: Any) -> None:
    """Beside each field that the form changes, what the card has now."""
    for spec in reader.specs.values():
        if spec.name in form and not facts.same(spec, spec.get(row), stored(spec, form[spec.name].data)):
            form[spec.name].clash = merging.Clash(reader.refs.worded(spec, spec.get(row)), None)


def settle(session: Session, run_id: int, line: int, row_id: int | None) -> None:
    """The form is done with (None: left out); the import too, when it was the last. Commits."""
    outcome = RowOutcome.SKIP if row_id is None else RowOutcome.SAME
    about = (ImportRow.run_id == run_id, ImportRow.line == line)
    work.core(session, update(ImportRow).where(*about).values(outcome=outcome, row_id=row_id))
    session.expire_all()
    if following(session, run_id) is None:
        work.end(session, run_id, ImportState.READY, state=ImportState.DONE, finished_at=days.now())
    session.commit()


def following(session: Session, run_id: int) -> int | None:
    """The first form that waits for its card."""
    waiting = (ImportRow.run_id == run_id, ImportRow.outcome.in_(work.DOES))
    (found,) = work.asked(session, select(func.min(ImportRow.line)).where(*waiting))
    return found[0]


# ── What the form means ──────────────────────────────────────────────────────────────────────────────────────────────


def proposal(reader: OrganizationRows, texts: dict[str, str], row: Any) -> tuple[MultiDict[str, str], list[list[str]]]:
    """What a browser would send for the form's texts, and what could not be understood: label and text."""
    sent: MultiDict[str, str] = MultiDict()
    wrong: list[list[str]] = []
    reader.refs.learn([texts])
    if row is None:
        texts = {"level": Level.ORGANIZATION.value, **texts}
    for spec in reader.specs.values():
        several = reader.kept(spec, row, False)
        if text := texts.get(spec.name, ""):
            try:
                several = reader.sent(spec, text, texts)
            except ValueError as error:
                wrong.append([str(spec.label), f"{text} ({error})"])
        sent.setlist(spec.name, several)
    if row is None and not sent.get("parent_id") and (office := superior(reader.session, texts.get("address", ""))):
        sent["parent_id"] = str(office)
    return sent, wrong


def superior(session: Session, address: str) -> int | None:
    """The municipal office that the address speaks of, or the only one in sight, or the operator's own; None if none is sure."""
    offices = select(Organization.id, Organization.short_name).where(Organization.level == Level.MUNICIPALITY)
    known = [(key, stems(name)) for key, name in session.execute(offices.where(Organization.closed_on.is_(None)))]
    if len(known) == 1:
        return known[0][0]
    said = stems(re.sub(r"\w+\s+обл\w*", " ", address, flags=re.IGNORECASE))  # “Иркутская обл.” speaks of no town
    ranked = sorted(((len(said & words), key) for key, words in known if said & words), reverse=True)
    if ranked and (len(ranked) == 1 or ranked[0][0] > ranked[1][0]):
        return ranked[0][1]
    own = scope.current().organization_ids
    return next(iter(own)) if len(own) == 1 and not any(reach.is_whole for reach in scope.current().reaches) else None


def stems(text: str) -> set[str]:
    """The beginnings of the words by which places differ."""
    found = {word[:STEM] for word in columns.key(text).split() if len(word) >= 4}
    return {word for word in found if word[:5] not in COMMON}
