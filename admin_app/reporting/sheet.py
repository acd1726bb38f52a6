"""A report as a grid: reading it, and the save.

A save sends cells with the revision that the client saw. In one transaction, with the report's row locked: what others have
changed since is merged cell by cell, values are quantised, white cells recomputed, checks run, changed sections and one revision
stored. The same request sent twice is stored once and answered the same, so a client may repeat it until it hears something.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from admin_app.reporting import entries, findings, forms, guard, pulled, replay, storage, workflow
from admin_app.reporting.actor import current, unscoped
from admin_app.reporting.entries import Rejected, Sent
from admin_app.reporting.findings import Finding
from admin_app.reporting.formula import Cell, Program, Values
from admin_app.reporting.guard import Permission
from admin_app.reporting.merge import Content, Merged, Step, since
from admin_app.reporting.pulled import Origin
from admin_app.reporting.refusal import Refused
from admin_app.reporting.workflow import Move
from models import Report, ReportRevision, ReportState


@dataclass
class Sheet:
    """A report open as a grid. ``stored`` is what the database has, ``values`` the same with white cells brought up to date."""

    report: Report
    program: Program
    stored: Values
    values: Values
    origins: list[Origin] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def content(self, cell: Cell) -> Content:
        """What a cell holds."""
        return storage.content(self.program, self.values, cell)

    def shown(self, address: str) -> str:
        """What stands in a cell, for the screen."""
        return storage.shown(self.program, address, self.content(self.program.cells[address]))


@dataclass(frozen=True)
class Conflict:
    """A cell that two people changed to different things: both as shown, and who the other is."""

    cell: str
    mine: str
    theirs: str
    who: str
    at: datetime


@dataclass(frozen=True)
class Change:
    """A cell that somebody else has changed since: as shown now, by whom, when."""

    shown: str
    who: str
    at: datetime


@dataclass(frozen=True)
class Saved:
    """The answer to a save. Cells by address, as shown; ``revision`` is the base of the client's next save.

    ``computed``: white cells that differ from those of the base revision. ``others``: what others have typed since it.
    ``filled``: typed cells per section (sections with none are left out).
    """

    revision: int
    accepted: dict[str, str]
    computed: dict[str, str]
    rejected: list[Rejected]
    conflicts: list[Conflict]
    others: dict[str, Change]
    findings: list[Finding]
    filled: dict[str, int]
    state: ReportState


# ── Reading ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def load(session: Session, report: Report, only: str | None = None) -> Sheet:
    """The report with all its values, white cells up to date; with ``only`` that one section's, as they were last stored.

    A report under review or accepted shows what it had then. The report's row must have been read before its sections are:
    so a save in between makes the client's base too old, never too new.
    """
    program = forms.program(report.campaign.form_version)
    stored = storage.values(program, storage.read(session, report.id, only))
    sheet = Sheet(report, program, stored, stored)
    if only is None and program.externals:  # without them, what is stored is up to date
        sheet.values = stored.copy()
        live = report.state in workflow.EDITABLE
        sheet.origins = pulled.fill(session, report, program, sheet.values, shown=live)
        if live:
            program.calc(sheet.values)
    return sheet


# ── Checking ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def check(session: Session, report_id: int) -> list[Finding]:
    """Everything that doesn't add up, errors first. Raises Refused if the actor doesn't see the report.

    Done by somebody who may fill the report in now, white cells are brought up to date and the counts that lists show are kept.
    """
    report = session.get(Report, report_id)
    if report is None:
        raise workflow.Unseen
    guard.require(Permission.REPORT_READ, report)
    if report.state not in workflow.EDITABLE or not guard.may(current(), Permission.REPORT_FILL, report):
        sheet = load(session, report)
        return findings.of(session, report, sheet.program, sheet.values)
    return settle_allowed(session, load(session, workflow.lock(session, report_id)))


def explain(session: Session, report_id: int, key: str, text: str) -> list[Finding]:
    """Say why a query is right as it is (blank text takes that back); what is found after it. Raises Refused."""
    report = workflow.lock(session, report_id)
    workflow.require(session, report, Move.FILL)
    sheet = load(session, report)
    asked = {finding.key for finding in findings.of(session, report, sheet.program, sheet.values) if finding.severity == "query"}
    if key not in asked:
        raise Refused(_("There is nothing to explain here any more: check the report again."))
    findings.keep_explanation(session, report, key, entries.words(text))
    return settle_allowed(session, sheet)


# ── Saving ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def save(
    session: Session,
    report_id: int,
    changes: Mapping[str, str | None],
    base: int,
    key: uuid.UUID,
    marks: Mapping[str, str | None] | None = None,
) -> Saved:
    """Store what was typed (``{address: text}``; blank or None empties a cell) and answer with what has become of it.

    ``base`` is the revision that the client saw, ``key`` names this request for ever. ``marks``: "na" or "nd" in place of a
    value, None takes the mark off. Raises Refused if the report can't be edited now, and what ``guard.require`` raises.
    """
    report = workflow.lock(session, report_id)
    guard.require(Permission.REPORT_FILL, report)
    with unscoped("a save that guard allows"):  # the row was asked for with the rule on; its children need no rule of their own
        steps = replay.steps(session, report.id, base, key)
        made = next((step for step in steps if step.key == key), None)
        if made is None:
            workflow.require(session, report, Move.FILL)
        sheet = load(session, report)
        sent = entries.read(sheet.program, changes, marks or {})
        decided = replay.decide(sheet.program, sheet.values, sent.typed, steps, made)
        before = sheet.values
        if decided.apply and made is None:
            write(session, sheet, decided.apply, key)
        else:
            sheet.findings = findings.of(session, report, sheet.program, sheet.values)
    return answer(sheet, before, sent, decided, [step for step in steps if step.number > base], key)


def write(session: Session, sheet: Sheet, contents: Mapping[str, Content], key: uuid.UUID) -> None:
    """Apply, recompute, store one revision. Unscoped, as `settle`."""
    report, program = sheet.report, sheet.program
    values = sheet.values = sheet.values.copy()
    delta = []
    for address, content in contents.items():
        cell = program.cells[address]
        delta.append([address, storage.content(program, values, cell), content])
        storage.put(program, values, cell, content)
    program.calc(values)
    workflow.fill(session, report)
    actor = current()
    made = {"number": report.revision, "user_id": actor.user_id, "user_name": actor.name, "key": key, "delta": delta}
    session.add(ReportRevision(report_id=report.id, **made))
    settle(session, sheet)


def settle(session: Session, sheet: Sheet) -> list[Finding]:
    """Store, unscoped, the sections that have changed and the counts that lists show; what does not add up."""
    program, report = sheet.program, sheet.report
    with session.no_autoflush:
        sheet.findings = findings.of(session, report, program, sheet.values)
        findings.count(report, sheet.findings)
        codes = storage.changed(program, sheet.stored, sheet.values)
        if codes:
            report.filled = storage.filled(program, sheet.values)
        storage.keep(session, report.id, (storage.pack(program, sheet.values, code) for code in codes))
        session.flush()
    return sheet.findings


def settle_allowed(session: Session, sheet: Sheet) -> list[Finding]:
    """`settle` for a report that guard has just allowed to fill in."""
    with unscoped("a check that guard allows"):
        return settle(session, sheet)


def answer(sheet: Sheet, before: Values, sent: Sent, decided: Merged, steps: list[Step], key: uuid.UUID) -> Saved:
    """What the client needs to hear: its own cells, white cells that changed, what others did since its base."""
    program, now = sheet.program, sheet.values
    others = since(step for step in steps if step.key != key)
    return Saved(
        revision=sheet.report.revision,
        state=sheet.report.state,
        accepted={cell: storage.shown(program, cell, sent.typed[cell]) for cell in [*decided.apply, *decided.same]},
        computed=recomputed(sheet, before, steps),
        rejected=sent.rejected,
        conflicts=[
            Conflict(
                cell,
                mine=storage.shown(program, cell, sent.typed[cell]),
                theirs=storage.shown(program, cell, other.now),
                who=other.who,
                at=other.at,
            )
            for cell, other in decided.conflicts.items()
        ],
        others={cell: Change(storage.shown(program, cell, other.now), other.who, other.at) for cell, other in others.items()},
        findings=sheet.findings,
        filled=storage.filled(program, now),
    )


def recomputed(sheet: Sheet, before: Values, steps: list[Step]) -> dict[str, str]:
    """The white cells that differ from those at the client's base, or from what was stored before this save."""
    program = sheet.program
    then = before
    if steps:
        then = before.copy()
        for step in reversed(steps):
            replay.undo(program, then, step)
        program.calc(then)
    cells = list(storage.differences(program, then, sheet.values))
    if then is not sheet.stored:
        cells += storage.differences(program, sheet.stored, sheet.values)
    return {cell.address: sheet.shown(cell.address) for cell in cells if cell.kind in ("computed", "pulled")}
