"""On which days an attachment of a person to an organization counts: one definition for SQL and for rows.

Its first and its last day are part of it. One that begins later is *lasting* already (it stands in the way of a second one, and
keeps its person out of the hands of those with fewer rights) but not *in force*: it gives nothing yet.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, and_, or_

from admin_app.reporting import days
from models import Membership


def lasting(columns: Any = Membership) -> ColumnElement[bool]:
    """Not ended. ``columns``: the model, its alias, or the columns of its table."""
    return or_(columns.valid_to.is_(None), columns.valid_to >= days.today())


def in_force(columns: Any = Membership) -> ColumnElement[bool]:
    """Begun and not ended."""
    return and_(columns.valid_from <= days.today(), lasting(columns))


def still_lasting(rows: Iterable[Membership]) -> list[Membership]:
    """Those of these rows that have not ended."""
    today = days.today()
    return [row for row in rows if row.valid_to is None or row.valid_to >= today]
