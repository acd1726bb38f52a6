"""The second line: with the rules of the application switched off, PostgreSQL still refuses."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given, settings
from sqlalchemy import Connection, Engine, create_engine, func, insert, make_url, select, text, update
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from admin_app import migrations
from admin_app.migrations import row_level
from admin_app.reporting import rowlevel, scope
from models import Attachment, Base, Comment, Message, Organization, Report, Request, RoleName, User
from tests.rules.conftest import BRATSK, SCHOOL1, SCHOOL2, Rig
from tests.rules.test_scope_reads import plans
from tests.rules.world import Plan, World, build

GUARDED: tuple[type[Base], ...] = (Organization, User, Report, Comment, Attachment, Request, Message)
VALUES = {Comment, Attachment}


@contextmanager
def bound(wire: Connection, actor: scope.Actor) -> Iterator[Connection]:
    """The connection with nothing between us and the tables but the database itself."""
    rowlevel.hold(wire, rowlevel.binding(actor))
    yield wire
    rowlevel.hold(wire, rowlevel.FREE)


def ids(wire: Connection, model: type[Base]) -> set[object]:
    return set(wire.scalars(select(model.__table__.c.id)))


def most(world: World, user: int, model: type[Base]) -> set[object]:
    """What the database may let through: the subtrees of the person's organizations, whatever the role, and its own."""
    roles = set(RoleName) - ({RoleName.SUPPORT} if model in VALUES else set())
    nodes = range(len(world.plan.nodes))
    seats = [seat for seat in world.valid(user) if seat.role in roles]
    reached = {node for node in nodes for seat in seats if seat.node in world.above(node)}
    if model is Organization:
        return {world.nodes[node] for node in reached}
    if model is User:
        return {world.users[user]} | {world.users[seat.user] for seat in world.plan.seats if seat.node in reached}
    own = {key for key, owner in world.owner.get(model, {}).items() if owner == user}
    return own | {key for key, home in world.home.get(model, {}).items() if home in reached}


@settings(max_examples=25, deadline=None)
@given(plan=plans())
def test_the_database_shows_what_the_rule_shows_and_nothing_foreign(engine: Engine, plan: Plan) -> None:
    with engine.connect() as wire, Session(wire, join_transaction_mode="create_savepoint") as plain:
        world = build(plain, plan)
        everything = {model: ids(wire, model) for model in GUARDED}
        for number, user in enumerate(world.users):
            actor = scope.actor_of(user, plain)
            whole = rowlevel.binding(actor).role not in (rowlevel.ROWS, rowlevel.AREA)
            with bound(wire, actor):
                for model in GUARDED:
                    shown = ids(wire, model)
                    assert shown >= world.seen(number, model), f"{model.__name__}: the database hides what the rule shows"
                    if not whole or (model in VALUES | {Message} and rowlevel.binding(actor) is not rowlevel.FREE):
                        assert shown <= most(world, number, model), f"{model.__name__}: a foreign row"
            assert {model: ids(wire, model) for model in GUARDED} == everything, "freed, the login role sees all"


@pytest.mark.parametrize("name", ["irkutsk", "school1", "newcomer"])
@pytest.mark.parametrize("model", GUARDED, ids=lambda model: model.__name__)
def test_a_foreign_row_is_neither_read_nor_written(rig: Rig, name: str, model: type[Base]) -> None:
    wire, table = rig.plain.connection(), model.__table__
    foreign = rig.world.nodes[SCHOOL2] if model is Organization else rig.world.users[8] if model is User else None
    if model is User and name == "newcomer":
        foreign = rig.world.users[0]
    if model is Message:
        foreign = next(key for key, owner in rig.world.owner[Message].items() if owner == 4)
    key = foreign or next(
        key
        for key, home in rig.world.home[model].items()
        if home == SCHOOL2 and rig.world.owner.get(model, {}).get(key) not in (1, 3, 8)
    )
    column = next(one for one in table.c if one.name in {"short_name", "surname", "reason", "text", "name", "subject"})
    with bound(wire, rig.actor(name)):
        assert wire.scalar(select(func.count()).select_from(table).where(table.c.id == key)) == 0
        assert wire.execute(update(table).where(table.c.id == key).values({column.name: "x"})).rowcount == 0


def test_nobody_moves_a_row_out_of_reach(rig: Rig) -> None:
    wire, world = rig.plain.connection(), rig.world
    report = next(key for key, home in world.home[Report].items() if home == SCHOOL1)
    moved = update(Report.__table__).where(Report.id == report).values(organization_id=world.nodes[SCHOOL2])
    planted = insert(Organization.__table__).values(
        parent_id=world.nodes[BRATSK], level="organization", short_name="чужая", full_name="чужая"
    )
    for statement in (moved, planted):
        with bound(wire, rig.actor("irkutsk")), pytest.raises(ProgrammingError), wire.begin_nested():
            wire.execute(statement)


def test_support_reads_people_and_cards_but_no_talk(rig: Rig) -> None:
    wire = rig.plain.connection()
    total = {model: len(ids(wire, model)) for model in GUARDED}
    with bound(wire, rig.actor("support")):
        shown = {model: len(ids(wire, model)) for model in GUARDED}
    assert {model for model in GUARDED if shown[model] == total[model]} == {Organization, User, Report, Request}
    assert shown[Comment] == shown[Attachment] == 0


def test_a_binding_ends_with_its_transaction_and_with_unscoped(rig: Rig) -> None:
    everyone = len(rig.world.nodes)
    count = select(func.count()).select_from(Organization)
    with scope.acting(rig.actor("irkutsk")):
        below = rig.scoped.scalar(count)
        with scope.unscoped("the test asks"):
            assert (rig.scoped.scalar(count) or 0) >= everyone
        assert rig.scoped.scalar(count) == below
        with rig.scoped.begin_nested() as point:
            rig.scoped.scalar(count)
            point.rollback()
        assert rig.scoped.scalar(count) == below
        assert rig.scoped.connection().scalar(text("SELECT current_user")) == rowlevel.AREA


def test_a_new_connection_is_bound_before_its_first_statement(engine: Engine) -> None:
    with scope.acting(scope.Actor(7, "Никто Н. Н.")), scope.ScopedSession(engine) as session:
        session.scalar(select(func.count()).select_from(Organization))
        assert session.connection().scalar(text("SELECT current_user")) == rowlevel.ROWS
        session.commit()
        assert session.connection().scalar(text("SELECT current_user")) != rowlevel.ROWS


@pytest.fixture
def modest(server_url: str) -> Iterator[Engine]:
    """A database of a role that may make no roles, as a hosting company gives one."""
    admin = create_engine(server_url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text("CREATE ROLE modest LOGIN PASSWORD 'modest'"))
        connection.execute(text("CREATE DATABASE modest OWNER modest TEMPLATE template0"))
    engine = create_engine(make_url(server_url).set(username="modest", password="modest", database="modest"))
    yield engine
    engine.dispose()
    with admin.connect() as connection:
        connection.execute(text("DROP DATABASE modest WITH (FORCE)"))
        connection.execute(text("DROP ROLE modest"))
    admin.dispose()


def test_without_the_right_to_make_roles_the_first_line_stands_alone(modest: Engine, caplog: pytest.LogCaptureFixture) -> None:
    migrations.upgrade(modest)
    assert "row-level security is off" in caplog.text
    with scope.acting(scope.Actor(7, "Никто Н. Н.")), scope.ScopedSession(modest) as session:
        assert session.scalar(select(func.count()).select_from(Organization)) == 0
        assert session.connection().scalar(text("SELECT current_user")) == "modest"


def test_the_policies_come_with_every_way_to_a_database(engine: Engine) -> None:
    with engine.connect() as wire:
        row_level.make(wire)  # again, as after the restoring of a backup
        found = {
            tuple(row) for row in wire.execute(text("SELECT tablename, policyname FROM pg_policies WHERE schemaname = 'public'"))
        }
        assert found == {(table.strip('"'), role) for table in row_level.POLICIES for role in row_level.ROLES}
        assert {model.__tablename__ for model in GUARDED} <= {table for table, _role in found}
        wire.rollback()
