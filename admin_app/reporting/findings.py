"""What does not add up in a report, in the reader's words: «3.3 стр. 22 гр. 3: 89 ≠ 3.1 стр. 01 гр. 3: 88».

An error hinders submission, a query needs an explanation, a hint is free.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app.reporting.actor import current
from admin_app.reporting.formula import Cell, Failure, Program, Values
from admin_app.reporting.formula.form import Severity
from models import Explanation, Report

OPPOSITE = {"=": "≠", "<>": "=", "<": "≥", "<=": ">", ">": "≤", ">=": "<"}
MOST_CELLS = 6  # a sum over more cells is told by its total
ORDER = {"error": 0, "query": 1, "hint": 2}


@dataclass(frozen=True, eq=False)
class Finding:
    """One thing that doesn't add up: a failure of a check, with the explanation that somebody gave.

    Its words are made when they are read: a half-filled ОО-1 has hundreds of findings and a save is asked for their number.
    """

    failure: Failure
    program: Program
    values: Values
    explanation: str = ""

    @property
    def key(self) -> str:
        """Names the finding; explanations hang on it."""
        return self.failure.key

    @property
    def check_id(self) -> str:
        """The rule that failed."""
        return self.failure.check_id

    @property
    def severity(self) -> Severity:
        """ "error", "query" or "hint"."""
        return self.failure.severity

    @property
    def address(self) -> str:
        """The cell to jump to."""
        return self.failure.address

    @property
    def text(self) -> str:
        """The form's own words for the rule."""
        return self.failure.text

    @property
    def op(self) -> str:
        """The relation that does not hold."""
        return self.failure.op

    @property
    def hinders(self) -> bool:
        """Whether the report can't be submitted with it: an error, or a query that nobody has explained."""
        return self.severity == "error" or (self.severity == "query" and not self.explanation)

    @cached_property
    def left(self) -> str:
        """The left side's number, shown."""
        return self.number(self.failure.left)

    @cached_property
    def right(self) -> str:
        """The right side's number, shown."""
        return self.number(self.failure.right)

    @cached_property
    def cells(self) -> tuple[str, ...]:
        """The cells of this report that the finding is about, the one to jump to first."""
        own = (address for address in self.failure.cells if address != self.address and self.program.resolve(address))
        return (self.address, *own)

    @cached_property
    def sentence(self) -> str:
        """Both sides with their numbers and places; where a side is made of several cells, their numbers too."""
        failure, here = self.failure, place(self.address)
        if failure.uncomputable:
            return _("%(place)s: cannot be computed, a division by zero", place=here)
        if failure.left is None or failure.right is None:
            return f"{here}: {failure.text}"
        verdict = f"{here}: {self.left} {OPPOSITE.get(failure.op, failure.op)}"
        others = [address for address in failure.cells if address != failure.address]
        if len(others) == 1 and self.reads(others[0]) in (self.right, ""):
            return f"{verdict} {place(others[0])}: {self.right}"
        if 1 <= len(others) <= MOST_CELLS:
            parts = ", ".join(f"{place(address)}: {self.reads(address) or '—'}" for address in others)
            return f"{verdict} {self.right} ({parts})"
        return f"{verdict} {self.right}"

    def reads(self, address: str) -> str:
        """What stands in a cell of this form; empty for a blank or a cell from elsewhere."""
        cell = self.program.resolve(address)
        return self.program.show(cell, self.program.get(self.values, cell)) if cell else ""

    def number(self, value: float | None) -> str:
        """A side's number with the decimals of the finest cell concerned."""
        if value is None:
            return "—"
        cells = (cell for cell in map(self.program.resolve, self.failure.cells) if cell and cell.numeric)
        decimals = max((cell.decimals for cell in cells), default=0 if value.is_integer() else 2)
        return self.program.show(Cell("", "", "", "", "computed", "decimal", decimals), value)


def place(address: str) -> str:
    """ "3.3/22/3" as statisticians say it: «3.3 стр. 22 гр. 3»; a cell from elsewhere with its form or «прошлый период»."""
    section, row, column = address.split("/")
    elsewhere, _colon, section = section.rpartition(":")
    form, previous, _rest = elsewhere.partition("@previous")
    words = [_("previous period:")] if previous else []
    words += [form] if form else []
    return " ".join([*words, _("%(section)s row %(row)s col. %(column)s", section=section, row=row, column=column)])


def find(program: Program, values: Values) -> list[Finding]:
    """Everything that doesn't add up, errors first, then in the order of the form. ``calc`` must have run."""
    failures = program.check(values)
    failures.sort(key=lambda failure: ORDER[failure.severity])
    return [Finding(failure, program, values) for failure in failures]


def of(session: Session, report: Report, program: Program, values: Values) -> list[Finding]:
    """`find` with the explanations given so far; those are read only if there is a query to explain."""
    found = find(program, values)
    if not any(finding.severity == "query" for finding in found):
        return found
    given = explanations(session, report.id)
    return [Finding(one.failure, program, values, given.get(one.key, "")) for one in found] if given else found


# ── Explanations and counts ──────────────────────────────────────────────────────────────────────────────────────────


def explanations(session: Session, report_id: int) -> dict[str, str]:
    """The explanations of a report by the key of their finding."""
    query = select(Explanation.check_id, Explanation.text).where(Explanation.report_id == report_id)
    return dict(iter(session.execute(query)))


def keep_explanation(session: Session, report: Report, key: str, text: str) -> None:
    """Write, change or (blank) take back the explanation of a finding."""
    kept = session.get(Explanation, (report.id, key))
    if kept is not None and not text:
        session.delete(kept)
    elif text:
        kept = kept or Explanation(report_id=report.id, check_id=key)
        kept.text, kept.user_id = text, current().user_id
        session.add(kept)
    session.flush()


def count(report: Report, found: Iterable[Finding]) -> None:
    """Keep the numbers that lists show: errors, and queries without an explanation, at the present revision."""
    hindering = [finding for finding in found if finding.hinders]
    report.errors = sum(finding.severity == "error" for finding in hindering)
    report.queries = len(hindering) - report.errors
    report.checked_revision = report.revision
