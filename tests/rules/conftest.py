"""The rules need a database and no application: sessions on one connection that is rolled back after each test."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, create_engine, select, text
from sqlalchemy.orm import Session

from admin_app import migrations
from admin_app.reporting import scope
from models import Level, Membership, Role, RoleName
from tests.people import Cast
from tests.rules.twins import Twins
from tests.rules.twins import make as make_twins
from tests.rules.world import Node, Plan, Seat, World, build

SMALL = Plan(
    nodes=(
        Node(None, Level.REGION),
        Node(0, Level.MUNICIPALITY),
        Node(0, Level.MUNICIPALITY),
        Node(1, Level.ORGANIZATION),
        Node(2, Level.ORGANIZATION),
        Node(3, Level.BRANCH),
    ),
    users=9,
    seats=(
        Seat(0, 0, RoleName.CENTRAL),
        Seat(1, 1, RoleName.SUPERVISOR),
        Seat(2, 2, RoleName.SUPERVISOR),
        Seat(3, 3, RoleName.ORGANIZATION),
        Seat(4, 4, RoleName.ORGANIZATION),
        Seat(5, 0, RoleName.SUPPORT),
        Seat(6, 0, RoleName.AUDITOR),
        Seat(7, 0, RoleName.ADMIN),
    ),
)
REGION, IRKUTSK, BRATSK, SCHOOL1, SCHOOL2, BRANCH1 = range(6)
PEOPLE = {
    "central": 0,
    "irkutsk": 1,
    "bratsk": 2,
    "school1": 3,
    "school2": 4,
    "support": 5,
    "auditor": 6,
    "admin": 7,
    "newcomer": 8,
}


@dataclass
class Rig:
    """A scoped and a plain session on one connection, and the small world in it."""

    scoped: scope.ScopedSession
    plain: Session
    world: World

    def actor(self, name: str) -> scope.Actor:
        return scope.actor_of(self.world.users[PEOPLE[name]], self.plain)

    @contextmanager
    def as_(self, name: str) -> Iterator[scope.Actor]:
        """What follows is done by that person, in a session that holds nothing before and after."""
        self.scoped.expunge_all()
        with scope.acting(self.actor(name)) as actor:
            yield actor
            self.scoped.expunge_all()

    def at(self, node: int) -> int:
        return self.world.nodes[node]

    def seat(self, user: str, node: int, role: RoleName) -> Membership:
        """A new membership, not yet in a session."""
        role_id = self.plain.scalars(select(Role.id).where(Role.name == role)).one()
        return Membership(user_id=self.world.users[PEOPLE[user]], organization_id=self.at(node), role_id=role_id)


@pytest.fixture(scope="session")
def engine(server_url: str) -> Iterator[Engine]:
    """A migrated database of its own on the run's server, without the cast."""
    server = create_engine(server_url.replace("/postgres?", "/template1?"), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text("CREATE DATABASE rules TEMPLATE template0"))
    server.dispose()
    engine = create_engine(server_url.replace("/postgres?", "/rules?"))
    migrations.upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def wire(engine: Engine) -> Iterator[Connection]:
    """One connection; whatever is committed on it is rolled back."""
    with engine.connect() as connection, connection.begin() as transaction:
        yield connection
        transaction.rollback()


@pytest.fixture
def rig(wire: Connection) -> Iterator[Rig]:
    plain = Session(wire, join_transaction_mode="create_savepoint")
    world = build(plain, SMALL)
    plain.commit()
    with scope.ScopedSession(wire, join_transaction_mode="create_savepoint") as scoped:
        yield Rig(scoped, plain, world)
    plain.close()


@pytest.fixture
def twins(session: Session, plain: Session, as_: Any, cast: Cast) -> Twins:
    """Two organizations that are one."""
    return make_twins(session, plain, as_, cast)
