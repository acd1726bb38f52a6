"""The second line of the row rules: PostgreSQL's own policies, for the day on which the first line (`rules.py`) has a hole.

`migrations/row_level.py` makes the policies, for three database roles. Every transaction begins as the login role, which owns the
tables and is bound by nothing; a `ScopedSession` binds it, before its first statement, to the actor of the moment: ``modo_rows``
(what lies in the subtrees of ``modo.paths``, what is ``modo.user``'s own), ``modo_area`` (the same where that is one municipal
office's part: an equality, which PostgreSQL can estimate and walk in order) or ``modo_support`` (everybody, every organization,
no values of reports). Whoever sees the whole region, and the system inside ``unscoped``, is not bound: a predicate there would
only cost the use of search indexes. A binding ends with its transaction, as ``SET LOCAL`` does.

The policies let through a little more than the first line does (an organization's own user: the whole subtree instead of the
branches), never less. Where the server's login role may not make roles, the policies are left out and the log says so.
"""

from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session

from admin_app.reporting import tree
from admin_app.reporting.actor import Actor, current, reason
from models import RoleName, User

ROWS, AREA, SUPPORT = "modo_rows", "modo_area", "modo_support"  # roles of the server, for all its databases
WHOLE = frozenset({RoleName.CENTRAL, RoleName.AUDITOR, RoleName.ADMIN})
BIND = (
    "SELECT set_config('role', %s, true), set_config('modo.user', %s, true), set_config('modo.paths', %s, true), "
    "set_config('modo.values', %s, true), set_config('modo.low', %s, true), set_config('modo.high', %s, true), "
    "set_config('modo.area', %s, true)"
)
MARK = "modo_bound"  # in the connection's info: the transaction, and what it is bound to


@dataclass(frozen=True)
class Binding:
    """What a transaction may see: the role, and the settings its policies read. Paths are separated by commas."""

    role: str = "none"
    user: str = ""
    paths: str = ""
    values: str = ""
    low: str = ""
    high: str = ""
    area: str = ""


FREE = Binding()


@lru_cache(maxsize=4096)
def binding(actor: Actor) -> Binding:
    """The binding of an actor; FREE for who sees the whole region."""
    if any(reach.is_whole and reach.role in WHOLE for reach in actor.reaches):
        return FREE
    user = "" if actor.user_id is None else str(actor.user_id)
    paths = sorted({reach.path for reach in actor.reaches})
    values = sorted({reach.path for reach in actor.reaches if reach.role is not RoleName.SUPPORT})
    area = paths[0] if len(paths) == 1 and tree.is_area(paths[0]) else ""
    whole = any(reach.is_whole and reach.role is RoleName.SUPPORT for reach in actor.reaches)
    role = SUPPORT if whole else AREA if area else ROWS
    low, high = (paths[0], max(tree.edges(path)[1] for path in paths)) if paths else ("", "")
    return Binding(role, user, ",".join(paths), ",".join(values), low, high, area)


def bind(session: Session) -> None:
    """Bind the session's transaction to the actor of now, or free it while the rule is off; nothing if it is so already."""
    hold(session.connection(), FREE if reason() else binding(current()))


def bind_flush(session: Session, _context: object, _instances: object) -> None:
    """The same before a flush. Only one that makes a person is free: they belong nowhere until their attachment follows."""
    person = any(isinstance(row, User) for row in session.new)
    hold(session.connection(), FREE if reason() or person else binding(current()))


def hold(connection: Connection, wanted: Binding) -> None:
    """Make this binding hold on the connection's transaction."""
    if not has_roles(connection.engine):
        return
    transaction = connection.get_transaction()
    marked, bound = connection.info.get(MARK, (None, FREE))
    if (bound if marked is transaction else FREE) == wanted:
        return
    given = (wanted.role, wanted.user, wanted.paths, wanted.values, wanted.low, wanted.high, wanted.area)
    cursor = connection.connection.cursor()
    cursor.execute(BIND, given)
    cursor.close()
    connection.info[MARK] = (transaction, wanted)


@event.listens_for(Engine, "rollback_savepoint")
def forget(connection: Connection, _name: str, _context: object) -> None:
    """Rolling back to a savepoint takes bindings back too: what holds now is not known."""
    if MARK in connection.info:
        connection.info[MARK] = (connection.get_transaction(), None)


@lru_cache(maxsize=16)
def has_roles(engine: Engine) -> bool:
    """Whether the server has the roles and lets us be them; asked once an engine."""
    with engine.connect() as connection:
        found = connection.exec_driver_sql(
            "SELECT count(*) FROM pg_roles WHERE rolname IN ('modo_rows', 'modo_area', 'modo_support') "
            "AND pg_has_role(current_user, oid, 'MEMBER')"
        )
        return bool(found.scalar() == 3)
