"""Organizations of one name under one superior: mostly one that has been entered twice, by «Back» and «Save» or by two people."""

from collections.abc import Sequence

from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session

from models import Organization


def under(session: Session, name: str, parent_id: int | None) -> Sequence[Organization]:
    """Those within sight, oldest first. Whoever asks the same until this transaction ends waits for it."""
    name = " ".join(name.split())
    place = literal(f"{parent_id}/").concat(func.sort_key(name))
    session.connection().execute(select(func.pg_advisory_xact_lock(func.hashtextextended(place, 0))))
    there = Organization.parent_id == parent_id, Organization.sort_key == func.sort_key(name)
    return session.scalars(select(Organization).where(*there).order_by(Organization.id)).all()
