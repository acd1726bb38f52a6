"""Items of lists as a tree: what an item may be part of, and moving it."""

from collections.abc import Iterable
from functools import cache
from itertools import pairwise
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import case, select
from sqlalchemy.orm import Session, aliased

from admin_app.reporting.refusal import Refused
from models import ClassifierItem, Organization

COLUMNS = tuple(  # of an organization, each with one item of a list
    column.key
    for column in Organization.__table__.c
    if any(key.column.table is ClassifierItem.__table__ for key in column.foreign_keys)
)
STEPS = frozenset({"up", "down", "in", "out", "put"})


@cache
def coded() -> Any:
    """The lists whose items are called by their codes too, as a SELECT of ids: those that are trees. There a title alone may
    stand on several levels («Обучение профессиональное» is both 85.3 and 85.30 of ОКВЭД).
    """
    item = aliased(ClassifierItem)
    return select(item.classifier_id).where(item.parent_id.is_not(None)).correlate(None)


def called(item: Any) -> Any:
    """The SQL text by which an item is called: its title, in a tree after its code. `item`: the model or an alias of it."""
    return case((item.classifier_id.in_(coded()), item.code.concat(" ").concat(item.title)), else_=item.title)


def names(session: Session, ids: Iterable[int]) -> dict[int, str]:
    """What these items are called."""
    rows = session.execute(select(ClassifierItem.id, called(ClassifierItem)).where(ClassifierItem.id.in_(ids)))
    return {key: name for key, name in rows}  # noqa: C416  # a row is no pair to the type checker


def judge(session: Session, item: ClassifierItem) -> None:
    """Raises Refused if the item is part of itself or of an item of another list."""
    above, seen = item.parent_id, {item.id}
    while above is not None:
        if above in seen:
            raise Refused(_("An item cannot be part of itself."), "parent_id")
        seen.add(above)
        found = session.execute(select(ClassifierItem.classifier_id, ClassifierItem.parent_id).filter_by(id=above)).first()
        if found is None or found.classifier_id != item.classifier_id:
            raise Refused(_("An item is part of an item of the same list."), "parent_id")
        above = found.parent_id


def move(session: Session, item: ClassifierItem, parent_id: int | None, after_id: int | None) -> None:
    """Put the item under another one (None: to the top), right after a neighbour (None: first). Raises Refused.

    Only the places that have to change are written, so the log has no more than was done.
    """
    item.parent_id = parent_id
    session.flush()
    judge(session, item)
    rows = [row for row in neighbours(session, item) if row.id != item.id]
    ids = [row.id for row in rows]
    if after_id is not None and after_id not in ids:
        raise Refused(_("The neighbour is no longer there: look at the tree again."), "after_id")
    place(item, rows, 0 if after_id is None else ids.index(after_id) + 1)
    session.flush()


def step(session: Session, item: ClassifierItem, how: str, parent_id: int | None = None, after_id: int | None = None) -> None:
    """Move the item up or down among its neighbours, in (under the one before it), out (behind what it is part of), or put it.

    A step that is not possible changes nothing. Raises Refused; ValueError for no such step.
    """
    if how not in STEPS:
        raise ValueError(how)
    if how == "put":
        move(session, item, parent_id, after_id)
        return
    rows = neighbours(session, item)
    at = rows.index(item)
    if how == "up" and at:
        move(session, item, item.parent_id, rows[at - 2].id if at > 1 else None)
    elif how == "down" and at + 1 < len(rows):
        move(session, item, item.parent_id, rows[at + 1].id)
    elif how == "in" and at:
        inside = list(session.scalars(select(ClassifierItem).filter_by(parent_id=rows[at - 1].id)))
        move(session, item, rows[at - 1].id, max(inside, key=key).id if inside else None)
    elif how == "out" and item.parent_id is not None:
        above = session.get_one(ClassifierItem, item.parent_id)
        move(session, item, above.parent_id, above.id)


def place(item: ClassifierItem, rows: list[ClassifierItem], at: int) -> None:
    """Number the item, and of its neighbours only those that would not come after it."""
    if at:
        item.position = rows[at - 1].position
    elif rows:
        item.position = max(rows[0].position - (key(item) > key(rows[0])), 0)
    ordered = [*rows[:at], item, *rows[at:]]
    for before, row in pairwise(ordered):
        if key(row) <= key(before):
            row.position = before.position + 1


def key(row: ClassifierItem) -> tuple[int, str, int]:
    """What neighbours are ordered by."""
    return row.position, row.code, row.id


def neighbours(session: Session, item: ClassifierItem) -> list[ClassifierItem]:
    """The items under the same one, in their order, the item itself among them."""
    query = select(ClassifierItem).filter_by(classifier_id=item.classifier_id, parent_id=item.parent_id)
    return sorted(session.scalars(query), key=key)
