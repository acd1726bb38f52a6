"""Emailed application forms of organizations: each becomes a prefilled card that an operator looks through and confirms.

An organization that is there already (INN and KPP) becomes a proposal field by field: beside each changed field stands what the
card has now, and a tick keeps that. What was not understood stands beside the card, in the form's own words.
"""

import hashlib
import io
from collections.abc import Iterable, Mapping
from typing import Any

from flask import flash, request
from flask_babel import gettext as _
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from wtforms import Form

from admin_app.crud import card as facts
from admin_app.crud import merging
from admin_app.crud.application_place import superior
from admin_app.crud.base import SchemaView
from admin_app.crud.forming import here
from admin_app.crud.import_kinds import OrganizationRows
from admin_app.crud.import_refs import word
from admin_app.crud.import_rows import stored
from admin_app.extensions import db
from admin_app.reporting import audit, bookkeeping, days, scope
from admin_app.reporting.exchange import docx, synonyms
from admin_app.reporting.imports import work
from admin_app.reporting.imports.kinds import Judged, kind_of
from models import ImportRow, ImportRun, ImportState, Level, Organization, RowOutcome

TABLE = "organization"
BRANCH = "branch"  # the code of a branch in the list of structural levels
LONGEST = 2000  # signs of a text that was not understood


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
    bookkeeping.add(session, run)
    for line, form in enumerate(found.forms, 1):
        reader = OrganizationRows(view, session, {}, False)
        texts = {field: text for field, text in form.values.items() if field in reader.specs}
        unknown = [[one.label, one.text[:LONGEST]] for one in form.unknown]
        kept = {"texts": texts, "unknown": unknown, "source": form.source}
        outcome = RowOutcome.NEW if match(reader, line, texts) is None else RowOutcome.CHANGE
        bookkeeping.execute(session, insert(ImportRow), {"run_id": run.id, "line": line, "cells": kept, "outcome": outcome})
    return run


def further(names: Mapping[str, Iterable[str]]) -> dict[str, Iterable[str]]:
    """The words of fields that the form itself does not know."""
    return {name: words for name, words in names.items() if name not in synonyms.ORGANIZATION}


def match(reader: OrganizationRows, line: int, texts: dict[str, str], lock: bool = False) -> Organization | None:
    """The organization that the form is about, if it is there, and surely that one."""
    found: Organization | None = reader.find([one := told(reader, line, texts)], [one.texts], lock)[0]
    return None if one.errors else found


def told(reader: OrganizationRows, line: int, texts: dict[str, str]) -> Judged:
    """The form as a line: it is about nothing of another level than its own."""
    one = Judged(line, reader.tidied(texts))
    reader.refs.learn([one.texts])
    one.texts["level"] = level(reader, one.texts)
    return one


def level(reader: OrganizationRows, texts: dict[str, str]) -> str:
    """The level that the form says; else a branch is one, and whatever sends a form is an organization."""
    structure = reader.refs.listed(reader.specs["structural_level_id"], None)
    branch = structure.get(word(texts.get("structural_level_id", "")), set()) & structure.get(word(BRANCH), set())
    return reader.level(texts) or (Level.BRANCH if branch else Level.ORGANIZATION).value


# ── The card ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def card(view: SchemaView, run: ImportRun, line: ImportRow) -> str | None:
    """The page of one form; None when what was sent is saved. Raises 403."""
    reader = OrganizationRows(view, db.session, {}, False)
    texts = reader.tidied(line.cells["texts"])
    row = match(reader, line.line, texts, lock=request.method == "POST")
    view.demand("create" if row is None else "edit", row)
    reader.name_stored([row])
    sent, wrong = proposal(reader, line.line, texts, row)
    more: dict[str, Any] = {"unknown": [*wrong, *line.cells["unknown"]], "run": run, "line": line, "action": here()}
    if request.method == "POST":
        form, news, good = fresh(view) if row is None else merged(view, row)
        more |= news
        if good and saved(view, run, line, form, row):
            for words in more.get("told", ()):
                flash(words, "success")
            return None
    else:
        form = view.ready_form(row, sent)
    if row is None:
        advise(form, texts)
    else:
        compare(reader, form, row)
    return view.form_page(form, row, template="admin/import_card.html", **more)


def fresh(view: SchemaView) -> tuple[Form, dict[str, Any], bool]:
    """The form of a new card, what its page says besides, and whether it may be saved: not if it was shown as a change of one."""
    form, shown = view.ready_form(None), merging.BASE not in request.form
    if not shown:
        form.form_errors.append(_("There is no such organization any more: nothing was saved. Save again to enter a new one."))
    return form, {}, form.validate() and shown


def merged(view: SchemaView, row: Any) -> tuple[Form, dict[str, Any], bool]:
    """The same of one that is there, with what others have changed meanwhile; not if it was shown as a new one."""
    shown = merging.BASE in request.form
    data = request.form if shown else MultiDict([*request.form.items(multi=True), (merging.BASE, "{}")])
    form, news, good = view.merged_form(row, data)
    if not shown:
        form.form_errors.append(
            _("Somebody has entered this organization meanwhile. Compare what you have with its card, and save again.")
        )
    return form, news, good and shown


def saved(view: SchemaView, run: ImportRun, line: ImportRow, form: Form, row: Any) -> bool:
    """Save the card as any other, and tick the form off. Was it saved?"""
    written = view.model() if row is None else row
    run_id, at = run.id, line.line
    with audit.together(f"import:{run_id}", run.batch):
        done = view.save(form, written, created=row is None)
    if done:
        flash(view.done_words(written), "success")
        settle(db.session, run_id, at, facts.key_of(written))
    return done


def compare(reader: OrganizationRows, form: Form, row: Any) -> None:
    """Beside each field that the form changes, what the card has now; where others changed it meanwhile, who did stands there."""
    for spec in reader.specs.values():
        if (
            spec.name in form
            and getattr(form[spec.name], "clash", None) is None
            and not facts.same(spec, spec.get(row), stored(spec, form[spec.name].data))
        ):
            form[spec.name].clash = merging.Clash(reader.refs.worded(spec, spec.get(row)), None)


def settle(session: Session, run_id: int, line: int, row_id: int | None) -> None:
    """The form is done with (None: left out); the import too, when it was the last. Commits."""
    outcome = RowOutcome.SKIP if row_id is None else RowOutcome.SAME
    work.note(session, run_id, line, outcome=outcome, row_id=row_id)
    session.expire_all()
    if following(session, run_id) is None:
        bookkeeping.end(session, ImportRun, run_id, ImportState.READY, state=ImportState.DONE, finished_at=days.now())
    session.commit()


def following(session: Session, run_id: int) -> int | None:
    """The first form that waits for its card."""
    waiting = (ImportRow.run_id == run_id, ImportRow.outcome.in_(work.DOES))
    (found,) = work.asked(session, select(func.min(ImportRow.line)).where(*waiting))
    return found[0]


# ── What the form means ──────────────────────────────────────────────────────────────────────────────────────────────


def proposal(reader: OrganizationRows, line: int, texts: dict[str, str], row: Any) -> tuple[MultiDict[str, str], list[list[str]]]:
    """What a browser would send for the form's texts, and what could not be understood: label and text."""
    sent: MultiDict[str, str] = MultiDict()
    wrong: list[list[str]] = []
    reader.refs.learn([texts])
    for spec in reader.specs.values():
        several = reader.kept(spec, row, False)
        if text := texts.get(spec.name, ""):
            try:
                several = reader.sent(spec, text, texts)
            except ValueError as error:
                wrong.append([str(spec.label), f"{text} ({error})"])
        sent.setlist(spec.name, several)
    if row is not None:
        return sent, wrong
    one = told(reader, line, texts)
    reader.find([one], [one.texts], False)
    wrong += [[str(reader.specs[name].label), sentence] for name, sentence in one.errors.items()]
    sent["level"] = sent.get("level") or one.texts["level"]
    if not sent.get("parent_id"):
        above = whole(reader.session, texts) if sent["level"] == Level.BRANCH else superior(reader.session, address(texts))[0]
        sent["parent_id"] = str(above or "")
    return sent, wrong


def whole(session: Session, texts: dict[str, str]) -> int | None:
    """The organization whose branch it is: that with the same INN, if there is just one."""
    same = select(Organization.id).where(Organization.inn == texts.get("inn", ""), Organization.level == Level.ORGANIZATION)
    found = session.scalars(same.limit(2)).all()
    return found[0] if len(found) == 1 else None


def advise(form: Form, texts: dict[str, str]) -> None:
    """Say at the superior, while none is chosen, which ones the address fits."""
    if form["parent_id"].data is None and (names := superior(db.session, address(texts))[1]):
        said = ", ".join(f"«{name}»" for name in names)
        form["parent_id"].description = _("The address fits several offices: %(names)s. Choose one.", names=said)


def address(texts: dict[str, str]) -> str:
    """Where the organization is, in the form's words."""
    return texts.get("address", "")
