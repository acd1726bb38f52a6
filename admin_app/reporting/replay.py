"""A report's revisions put to use: what has happened since a client looked, what was decided on a request that comes again."""

import uuid
from collections.abc import Iterable, Mapping

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from admin_app.reporting import storage
from admin_app.reporting.formula import Program, Values
from admin_app.reporting.merge import Content, Merged, Others, Step, merge, since
from models import ReportRevision


def steps(session: Session, report_id: int, base: int, key: uuid.UUID) -> list[Step]:
    """The revisions since the one that the client saw, oldest first, and the one that this very request made, if it did."""
    row = ReportRevision
    query = (
        select(row.number, row.user_name, row.at, row.delta, row.key)
        .where(row.report_id == report_id, or_(row.number > base, row.key == key))
        .order_by(row.number)
    )
    return [Step(*found) for found in session.execute(query)]


def undo(program: Program, values: Values, step: Step) -> None:
    """Put a revision's cells back to what they were before it."""
    for address, was, _now in step.delta:
        storage.put(program, values, program.cells[address], was)


def decide(program: Program, values: Values, typed: Mapping[str, Content], steps: Iterable[Step], made: Step | None) -> Merged:
    """What to do with each cell; for a request that was stored before (``made``), what was done with it then.

    Nothing needs to be kept for that: undoing the later revisions gives back the state in which it was decided.
    """
    then = values
    earlier = [step for step in steps if made is None or step.number < made.number]
    if made is not None:
        then = values.copy()
        for step in reversed([step for step in steps if step.number >= made.number]):
            undo(program, then, step)
    merged = merge(typed, lambda cell: storage.content(program, then, program.cells[cell]), since(earlier))
    return merged if made is None else only_stored(program, values, merged, made)


def only_stored(program: Program, values: Values, merged: Merged, made: Step) -> Merged:
    """What a repeated request says differently than the first time was never stored: it comes back, whatever else holds."""
    stored = {cell: now for cell, _was, now in made.delta}
    for cell in [cell for cell, content in merged.apply.items() if cell not in stored or stored[cell] != content]:
        present = storage.content(program, values, program.cells[cell])
        merged.conflicts[cell] = Others(merged.apply.pop(cell), present, made.who, made.at)
    return merged
