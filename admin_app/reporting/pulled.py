"""White cells that come from elsewhere: another report of the organization, its card, the period before.

Read when a report that can still change is opened, saved or checked; a report under review or accepted keeps what it had.
Where a number came from is told cell by cell (`Origin`).
"""

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import copysign, isnan
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from admin_app.reporting import classifiers, dated, forms, storage
from admin_app.reporting.formula import Cell, CellError, External, Program, Source, Values
from admin_app.reporting.storage import Packed
from models import Campaign, ClassifierItem, Form, FormVersion, Organization, Period, Report, ReportState

LISTED = {name: key for key in classifiers.COLUMNS for name in (key, key.removesuffix("_id"))}  # what forms may call them
GAP = timedelta(days=31)  # the period before may end that much before this one starts (a holiday month)
BEST = (ReportState.ACCEPTED, ReportState.SUBMITTED, ReportState.RETURNED, ReportState.REJECTED, ReportState.DRAFT)


@dataclass(frozen=True)
class Origin:
    """Where a pulled cell's value came from: a field of the card, or a cell of a report, in which state and of when.

    ``report_id`` is None for the card and where there is no such report (``state`` is None then too).
    """

    cell: str
    source: str
    card: bool = False
    form: str = ""
    period: str = ""
    state: ReportState | None = None
    report_id: int | None = None
    at: datetime | None = None


def fill(session: Session, report: Report, program: Program, values: Values, shown: bool = True) -> list[Origin]:
    """Put what comes from elsewhere into ``values`` (before ``calc``) and say where each value comes from.

    A cell made of several (a sum over another form) has an origin for each, under the names that ``Program.trace`` gives them.

    ``shown=False`` leaves the cells as they are and fetches only the operands of checks that show nowhere. At most two
    statements, none for a form that takes nothing from elsewhere.
    """
    if not program.externals:
        return []
    sources = {external.source for external in program.externals}
    found = answers(session, report, sources)
    for external in program.externals:
        if shown or external.address is None:
            put(program, values, external, found[external.source][0])
    return [origin(program, external, found[external.source][1]) for external in program.externals]


Answer = tuple[float | str | None, Report | None]


def answers(session: Session, report: Report, sources: Iterable[Source]) -> dict[Source, Answer]:
    """The value of each source and the report that it was read in."""
    found: dict[Source, Answer] = {}
    wanted: dict[int, tuple[Report, list[Source]]] = {}
    candidates = reports(session, report, sources)
    of_card = any(source.kind == "card" for source in sources)
    organization = dated.of_report(session, report) if of_card else report.organization
    for source in sources:
        if source.kind == "card":
            found[source] = (card(session, organization, source.name), None)
            continue
        other = choose(report.campaign.period, candidates, source.form or form_code(report), source.previous)
        found[source] = (None, other)
        if other is not None:
            wanted.setdefault(other.id, (other, []))[1].append(source)
    for source, value in read(session, wanted):
        found[source] = (value, found[source][1])
    return found


def form_code(report: Report) -> str:
    """The code of a report's form."""
    return report.campaign.form_version.form.code


def reports(session: Session, report: Report, sources: Iterable[Source]) -> list[Report]:
    """The organization's other reports of the forms that are asked for: one statement, or none."""
    codes = {source.form or form_code(report) for source in sources if source.kind == "report"}
    if not codes:
        return []
    query = (
        select(Report)
        .join(Report.campaign)
        .join(Campaign.form_version)
        .join(FormVersion.form)
        .where(Report.organization_id == report.organization_id, Report.id != report.id, Form.code.in_(codes))
        .where(Report.revision > 0)
        .options(joinedload(Report.campaign).joinedload(Campaign.period))
        .options(joinedload(Report.campaign).joinedload(Campaign.form_version).joinedload(FormVersion.form))
    )
    return list(session.scalars(query))


def choose(period: Period, candidates: Iterable[Report], form: str, previous: bool) -> Report | None:
    """The report of that form whose period is this one, covers it or, failing that, holds its last day; accepted first."""
    mine = [other for other in candidates if form_code(other) == form]
    near = [other for other in mine if (before if previous else covers)(period, other.campaign.period)]
    if not near and not previous:
        near = [other for other in mine if holds(other.campaign.period, period.ends_on)]
    return min(near, key=lambda other: preference(period, other), default=None)


def covers(period: Period, other: Period) -> bool:
    """Whether the other period is this one or has it inside."""
    return other.starts_on <= period.starts_on and period.ends_on <= other.ends_on


def holds(period: Period, day: date) -> bool:
    """Whether a day is in a period."""
    return period.starts_on <= day <= period.ends_on


def before(period: Period, other: Period) -> bool:
    """Whether the other period is of the same kind and ends just before this one starts."""
    return other.kind is period.kind and other.ends_on < period.starts_on <= other.ends_on + GAP + timedelta(days=1)


def preference(period: Period, other: Report) -> tuple[int, int, int]:
    """Smaller is better: the closest period, then accepted before submitted before drafts, then the newest edition."""
    theirs = other.campaign.period
    length = abs((theirs.ends_on - theirs.starts_on).days - (period.ends_on - period.starts_on).days)
    return length, BEST.index(other.state), -other.campaign.form_version.number


def read(session: Session, wanted: dict[int, tuple[Report, list[Source]]]) -> Iterator[tuple[Source, float | str | None]]:
    """The values of cells of other reports, all in one statement; only the sections that are needed."""
    cells: list[tuple[int, Source, Cell, Program]] = []
    for other, sources in wanted.values():
        program = forms.program(other.campaign.form_version)
        for source in sources:
            cell = program.resolve(source.address)
            if cell is not None:
                cells.append((other.id, source, cell, program))
    kept = storage.read_many(session, {(report_id, cell.section) for report_id, _, cell, _ in cells})
    for report_id, source, cell, program in cells:
        section = kept.get((report_id, cell.section))
        yield source, value_in(program, section, cell) if section else untouched(program, cell)


def value_in(program: Program, section: Packed, cell: Cell) -> float | str | None:
    """One cell's value out of a kept section, without unpacking the others; an impossible number counts as a blank."""
    if cell.slot is None:
        return section.texts.get(f"{cell.row}/{cell.column}")
    (scaled,) = struct.unpack_from("<d", section.numbers, 8 * (cell.slot - program.section_slots[cell.section].start))
    blank = isnan(scaled) or (scaled == 0.0 and copysign(1.0, scaled) < 0.0)
    return None if blank else float(scaled) / 10.0**cell.decimals


def untouched(program: Program, cell: Cell) -> float | str | None:
    """What the cell holds in a section that nobody has filled in."""
    return program.get(storage.untouched(program), cell)


def card(session: Session, organization: Organization, name: str) -> str | None:
    """A field of the organization's card as text; a list's position by its title. None if empty or unknown."""
    value: Any = getattr(organization, LISTED.get(name, name), None)
    if name in LISTED:
        item = session.get(ClassifierItem, value) if value is not None else None
        return None if item is None else item.title
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, str | int) and value != "" else None


def put(program: Program, values: Values, external: External, value: float | str | None) -> None:
    """Set a pulled cell or a hidden slot; what doesn't fit the cell (a text for a number) leaves it blank."""
    if external.address is not None:
        cell = program.cells[external.address]
        program.put(values, cell, fitting(program, cell, value))
    elif external.slot is not None:
        values.numbers[external.slot] = value if isinstance(value, float) else 0.0
        values.known[external.slot] = isinstance(value, float)


def fitting(program: Program, cell: Cell, value: float | str | None) -> float | str | None:
    """The value as this cell can hold it: a code of the card becomes a number, a number a text, where the cell asks for it."""
    if value is None or isinstance(value, float) is cell.numeric:
        return value
    if isinstance(value, float):
        return str(int(value) if value.is_integer() else value)
    try:
        return program.parse(cell, value)
    except CellError:
        return None


def origin(program: Program, external: External, other: Report | None) -> Origin:
    """Where one value came from, ready to be told."""
    source, cell = external.source, external.address
    if cell is None:
        cell = "" if external.slot is None else program.slot_cells[external.slot].address
    if source.kind == "card":
        return Origin(cell, source.name, card=True)
    if other is None:
        return Origin(cell, source.address, form=source.form)
    moment = {ReportState.ACCEPTED: other.accepted_at, ReportState.SUBMITTED: other.submitted_at}.get(other.state)
    campaign = other.campaign
    return Origin(
        cell,
        source.address,
        form=campaign.form_version.form.code,
        period=campaign.period.title,
        state=other.state,
        report_id=other.id,
        at=moment or other.updated_at,
    )
