"""Form versions: from a document to a running program, and the designer's drafts on the way.

A published version never changes (a trigger holds that too), so whatever is made of it is kept by its digest: the compiled
program in this process, its code and its JavaScript module under the data directory.
"""

import hashlib
import json
import os
import threading
from collections import OrderedDict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app.reporting import audit, days, guard
from admin_app.reporting.formula import FormError, Problem, Program, compile_form
from admin_app.reporting.formula.errors import N_
from admin_app.reporting.guard import Permission
from admin_app.reporting.refusal import Refused
from models import Form, FormVersion, Organization, PeriodKind, VersionState

PERIODICITY = {kind.value: kind for kind in PeriodKind} | {
    "годовая": PeriodKind.YEAR,
    "полугодовая": PeriodKind.HALF_YEAR,
    "квартальная": PeriodKind.QUARTER,
    "месячная": PeriodKind.MONTH,
}  # as documents write it: our word or that of the printed form
PROGRAMS = 32  # a region has a dozen forms and reads two or three editions of each


class Shelf:
    """The compiled programs of this process by digest, the least used ones put away; and where their code is kept."""

    def __init__(self) -> None:
        self.directory: Path | None = None
        self.programs: OrderedDict[str, Program] = OrderedDict()
        self.lock = threading.Lock()

    def compile(self, document: dict[str, Any]) -> Program:
        """Compile, with the code kept under the directory. Raises FormError."""
        if self.directory is None:
            return compile_form(document)
        self.directory.mkdir(parents=True, exist_ok=True)
        return compile_form(document, str(self.directory))

    def program(self, version: FormVersion) -> Program:
        """The version's program; reads its document at the first need only."""
        with self.lock:
            if version.digest not in self.programs:
                self.programs[version.digest] = self.compile(version.document)
                while len(self.programs) > PROGRAMS:
                    self.programs.popitem(last=False)
            self.programs.move_to_end(version.digest)
            return self.programs[version.digest]


shelf = Shelf()


def keep_in(directory: Path | None) -> None:
    """Where compiled code and JavaScript modules are kept (``MODO_DATA_DIR/compiled``); said once by ``create_app``."""
    shelf.directory = directory


def program(version: FormVersion) -> Program:
    """The compiled program of a version. Raises FormError if it is a draft with mistakes."""
    return shelf.program(version)


def script(version: FormVersion) -> Path:
    """The file of the version's JavaScript module, written at the first need and never again: its name is its content's.

    Raises RuntimeError if nobody said where to keep it.
    """
    if shelf.directory is None:
        raise RuntimeError("Say forms.keep_in(directory) first.")
    compiled = program(version)
    path = shelf.directory / f"{compiled.digest}.js"  # names the compiler too, so that a better one makes another file
    if not path.exists():
        shelf.directory.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}.part")
        fresh.write_text(compiled.javascript(), encoding="utf-8")
        fresh.replace(path)
    return path


def digest(document: dict[str, Any]) -> str:
    """The checksum of a document: of its content, not of its layout."""
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def misplaced(program: Program) -> list[Problem]:
    """What only this side of the formulas knows to be wrong: a periodicity, a field of the card that there is not."""
    word, wrong = program.form.periodicity, []
    if word and word not in PERIODICITY:
        known = ", ".join(PERIODICITY)
        wrong.append(Problem(N_("“%(word)s” is not a periodicity. Known: %(known)s."), {"word": word, "known": known}))
    for external in program.externals:
        name = external.source.name
        if external.source.kind == "card" and name.removesuffix("_id") not in Organization.__mapper__.attrs:
            wrong.append(Problem(N_("The card has no field “%(name)s”."), {"name": name}, external.address or ""))
    return wrong


def astray(session: Session, version: FormVersion, beside: Iterable[FormVersion] = ()) -> list[Problem]:
    """What the version would take from other forms in vain: forms that are not published, cells that they don't have.

    ``beside``: editions that are going to be published with it, whatever the order.
    """
    compiled = program(version)
    editions = {compiled.form.code: version} | {one.form.code: one for one in beside}
    wrong = []
    for external in compiled.externals:
        source, where = external.source, external.address or ""
        code = source.form or compiled.form.code
        if source.kind == "report" and (other := editions.get(code) or newest(session, code)) is None:
            said = N_("It takes a number from the form %(form)s, which is not published: load that form before it, or with it.")
            wrong.append(Problem(said, {"form": code}, where, str(source)))
        elif source.kind == "report" and other is not None and program(other).resolve(source.address) is None:
            said = N_("It takes a number from a cell that the form %(form)s doesn't have: %(cell)s.")
            wrong.append(Problem(said, {"form": code, "cell": source.address}, where, str(source)))
    return wrong


def newest(session: Session, code: str) -> FormVersion | None:
    """The newest published edition of a form."""
    published = FormVersion.state == VersionState.PUBLISHED
    query = select(FormVersion).join(FormVersion.form).where(Form.code == code, published).order_by(FormVersion.number.desc())
    return session.scalar(query.limit(1))


def load_forms(session: Session, documents: Iterable[dict[str, Any]], publish: bool = True) -> list[FormVersion]:
    """The versions of these documents, which may take from one another in any order. Raises FormError."""
    versions = [load_form(session, document, publish=False) for document in documents]
    for version in versions:
        if publish and version.state is VersionState.DRAFT:
            publish_version(session, version, versions)
    return versions


def load_form(session: Session, document: dict[str, Any], publish: bool = True) -> FormVersion:
    """The version of this document: the one that is there, or a new one. Raises FormError with everything that is wrong.

    Loading the same document twice changes nothing. With ``publish`` the version can be used in campaigns at once.
    """
    guard.require(Permission.FORM_EDIT)
    program = shelf.compile(document)
    if wrong := misplaced(program):
        raise FormError(wrong)
    compiled = program.form
    form = session.scalar(select(Form).where(Form.code == compiled.code)) or Form(code=compiled.code)
    form.title, form.okud = compiled.title, compiled.okud
    form.periodicity = PERIODICITY.get(compiled.periodicity, PeriodKind.YEAR)  # where the document says none
    session.add(form)
    session.flush()
    same = select(FormVersion).where(FormVersion.form_id == form.id, FormVersion.digest == digest(document))
    version = session.scalar(same) or draft(session, form, document, compiled.version)
    if publish and version.state is VersionState.DRAFT:
        publish_version(session, version)
    return version


def draft(session: Session, form: Form, document: dict[str, Any], label: str = "") -> FormVersion:
    """A new draft of the form. Its document may still have mistakes; the next number is its own."""
    guard.require(Permission.FORM_EDIT)
    numbers = select(FormVersion.number).where(FormVersion.form_id == form.id).order_by(FormVersion.number.desc())
    last = session.scalar(numbers.limit(1)) or 0
    version = FormVersion(form_id=form.id, number=last + 1, document=document, digest=digest(document))
    version.label = label or _("Edition %(number)s", number=last + 1)
    version.state = VersionState.DRAFT
    session.add(version)
    session.flush()
    audit.record(session, "form.drafted", version)
    return version


def save_draft(session: Session, version: FormVersion, document: dict[str, Any]) -> list[str]:
    """Keep a draft's document as it is; the sentences about what would hinder its publication. Raises Refused."""
    guard.require(Permission.FORM_EDIT)
    if version.state is not VersionState.DRAFT:
        raise Refused(_("This edition is published and cannot be changed any more: make a new one from it."))
    version.document, version.digest = document, digest(document)
    session.flush()
    try:
        shelf.compile(document)
    except FormError as error:
        return sentences(error)
    return []


def sentences(error: FormError) -> list[str]:
    """What is wrong with a document, one translated sentence for each problem, with its place."""
    return [sentence(problem) for problem in error.problems]


def sentence(problem: Problem) -> str:
    """One problem as its author reads it."""
    words = _(problem.message, **problem.params)
    if problem.caret is not None:
        words = _("%(words)s (position %(at)s of “%(source)s”)", words=words, at=problem.caret + 1, source=problem.source)
    return f"{problem.where}: {words}" if problem.where else str(words)


def publish_version(session: Session, version: FormVersion, beside: Iterable[FormVersion] = ()) -> FormVersion:
    """Make a draft immutable and usable. Raises FormError with everything that is wrong, Refused if it isn't a draft.

    ``beside``: editions that are published in the same transaction and from which it may take.
    """
    guard.require(Permission.FORM_PUBLISH)
    if version.state is not VersionState.DRAFT:
        raise Refused(_("This edition is published already."))
    compiled = program(version)
    if compiled.form.code != version.form.code:
        raise Refused(_("The document is of the form %(code)s.", code=compiled.form.code))
    if wrong := astray(session, version, beside):
        raise FormError(wrong)
    version.state, version.published_at = VersionState.PUBLISHED, days.now()
    session.flush()
    if shelf.directory is not None:
        script(version)
    audit.record(session, "form.published", version)
    return version


def retire(session: Session, version: FormVersion) -> None:
    """No new campaign may use the version; its reports stay as they are."""
    guard.require(Permission.FORM_PUBLISH)
    if version.state is not VersionState.PUBLISHED:
        raise Refused(_("Only a published edition can be retired."))
    version.state = VersionState.RETIRED
    session.flush()
    audit.record(session, "form.retired", version)
