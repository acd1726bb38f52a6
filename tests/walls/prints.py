"""The fingerprints of the canary rows: equal before and after whatever strangers try. Read from the schema, so that no table is
forgotten: a row counts if it is a canary itself or names one.
"""

from collections.abc import Collection

from sqlalchemy import Table, text
from sqlalchemy.orm import Session

from models import Base
from tests.walls.canaries import Nest

PASSING = {"attempt", "column_memory", "letter", "login_session", "stamp"}  # of the house, not of an organization


def prints(session: Session, nest: Nest, but: Collection[str] = ()) -> dict[str, str | None]:
    """By table, of one statement. `but`: tables that the stranger may write."""
    session.expire_all()
    tables = {table.name: places(table, nest) for table in Base.metadata.tables.values() if table.name not in {*PASSING, *but}}
    parts = [
        f"(SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM \"{name}\" t WHERE {' OR '.join(found)})"  # noqa: S608
        for name, found in tables.items()
        if found
    ]
    answers = session.execute(text(f"SELECT {', '.join(parts)}"), {f"of_{name}": keys for name, keys in nest.ids.items()}).one()
    session.commit()  # its savepoint must not lie around those of the requests
    return dict(zip((name for name, found in tables.items() if found), answers, strict=True))


def places(table: Table, nest: Nest) -> list[str]:
    """Where a canary may stand in the table's rows: in its key, in what refers to others."""
    own = [f"t.{column.name} = ANY(:of_{table.name})" for column in list(table.primary_key)[:1] if table.name in nest.ids]
    targets = [(column.name, key.column.table.name) for column in table.c for key in column.foreign_keys]
    return own + [f"t.{name} = ANY(:of_{target})" for name, target in targets if target in nest.ids]
