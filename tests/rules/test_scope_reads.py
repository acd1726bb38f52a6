"""What each person reads: the SQL rule against a plain Python oracle, over random trees, memberships and models."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, inspect, select
from sqlalchemy.orm import Session

from admin_app.reporting import scope
from admin_app.reporting.rules import MODELS
from models import (
    Attempt,
    Attribute,
    Base,
    Campaign,
    Classifier,
    ClassifierItem,
    ColumnMemory,
    Form,
    ImportRow,
    Letter,
    Level,
    LoginSession,
    Organization,
    Period,
    Report,
    Role,
    RoleName,
    Stamp,
)
from tests.rules.conftest import IRKUTSK, REGION, Rig
from tests.rules.world import PRIVATE, Node, Plan, Seat, build, build_kin

OPEN = {Attribute, Campaign, Classifier, ClassifierItem, Form, Period, Role}
HIDDEN = {Attempt, ColumnMemory, ImportRow, Letter, LoginSession, Stamp}
PLACED = [model for model in MODELS.values() if model not in OPEN | HIDDEN]
BELOW = {Level.REGION: (Level.MUNICIPALITY, Level.ORGANIZATION), Level.MUNICIPALITY: (Level.ORGANIZATION, Level.BRANCH)}


@st.composite
def plans(draw: Any) -> Plan:
    """A region of up to nine organizations, three people, seven memberships, some of them over or still to come."""
    nodes = [Node(None, Level.REGION)]
    for size in range(1, draw(st.integers(2, 9))):
        parent = draw(st.integers(0, size - 1))
        level = draw(st.sampled_from(BELOW.get(nodes[parent].level, (Level.BRANCH,))))
        nodes.append(Node(parent, level))
    seat = st.builds(
        Seat,
        user=st.integers(0, 2),
        node=st.integers(0, len(nodes) - 1),
        role=st.sampled_from(RoleName),
        starts=st.sampled_from((-10, -1, 0, 1)),
        ends=st.sampled_from((None, -1, 0, 5)),
    )
    seats = draw(
        st.lists(
            seat.filter(lambda s: s.ends is None or s.starts <= s.ends), max_size=7, unique_by=lambda s: (s.user, s.node, s.role)
        )
    )
    return Plan(tuple(nodes), 3, tuple(seats))


def keys(session: Session, model: type[Base]) -> set[object]:
    """The keys of the rows of the model that the session shows."""
    columns = inspect(model).primary_key
    rows = session.execute(select(*(getattr(model, column.key) for column in columns)))
    return {row[0] if len(row) == 1 else tuple(row) for row in rows}


@settings(max_examples=40, deadline=None)
@given(plan=plans())
def test_everybody_sees_exactly_what_the_oracle_says(engine: Engine, plan: Plan) -> None:
    with engine.connect() as wire, Session(wire, join_transaction_mode="create_savepoint") as plain:
        world = build(plain, plan)
        build_kin(plain, world)
        for number, user in enumerate(world.users):
            with (
                scope.acting(scope.actor_of(user, plain)),
                scope.ScopedSession(wire, join_transaction_mode="create_savepoint") as session,
            ):
                for model in PLACED:
                    assert keys(session, model) == world.seen(number, model), (model.__name__, number)


@pytest.mark.parametrize("model", MODELS.values(), ids=lambda model: model.__name__)
def test_nobody_sees_nothing(rig: Rig, model: type[Base]) -> None:
    assert keys(rig.scoped, model) == set()


@pytest.mark.parametrize("model", OPEN, ids=lambda model: model.__name__)
def test_lists_forms_and_campaigns_are_read_by_everyone_signed_in(rig: Rig, model: type[Base]) -> None:
    everything = keys(rig.plain, model)
    with rig.as_("newcomer"):
        assert keys(rig.scoped, model) == everything


@pytest.mark.parametrize("model", HIDDEN, ids=lambda model: model.__name__)
def test_what_is_the_systems_own_is_read_by_no_role(rig: Rig, model: type[Base]) -> None:
    for name in ("central", "auditor", "admin"):
        assert scope.condition(rig.actor(name), model) is not None


def test_central_operators_get_no_predicate(rig: Rig) -> None:
    for model in set(PLACED) - set(PRIVATE):
        assert scope.condition(rig.actor("central"), model) is None, model.__name__


def test_a_switched_off_account_is_nobody(rig: Rig) -> None:
    person = rig.plain.get_one(MODELS["User"], rig.world.users[0])
    person.active = False
    rig.plain.flush()
    assert rig.actor("central") == scope.NOBODY
    assert scope.actor_of(10**9, rig.plain) == scope.NOBODY


def test_a_role_ends_with_its_last_day(rig: Rig) -> None:
    seat = rig.plain.scalars(select(MODELS["Membership"]).where(MODELS["Membership"].user_id == rig.world.users[1])).one()
    for days, valid in ((0, True), (-1, False)):
        seat.valid_to = seat.valid_from + timedelta(days=10 + days)
        rig.plain.flush()
        assert bool(rig.actor("irkutsk").reaches) is valid


def test_sees_agrees_with_the_session(rig: Rig) -> None:
    for name in ("irkutsk", "school1", "support", "newcomer"):
        with rig.as_(name) as actor:
            for model in PLACED:
                shown = keys(rig.scoped, model)
                for key in keys(rig.plain, model):
                    assert scope.sees(actor, model, key, rig.scoped) is (key in shown)


def test_a_neighbour_whose_number_begins_alike_is_not_below(rig: Rig) -> None:
    for key in (990025, 9900250, 99002501):
        rig.plain.add(
            Organization(id=key, parent_id=rig.at(REGION), level=Level.MUNICIPALITY, short_name="соседи", full_name="соседи")
        )
        rig.plain.flush()
    for key in (990025, 9900250):
        reach = scope.Reach(RoleName.SUPERVISOR, key, f"/{rig.at(REGION)}/{key}/")
        for reaches in ((reach,), (reach, reach)):  # a range, and a list of ranges
            with scope.acting(scope.Actor(1, "", reaches)):
                assert keys(rig.scoped, Organization) == {key}


def test_the_user_of_an_office_fills_its_own_report_and_sees_nothing_below(rig: Rig) -> None:
    rig.plain.add(rig.seat("newcomer", IRKUTSK, RoleName.ORGANIZATION))
    rig.plain.flush()
    with rig.as_("newcomer"):
        assert keys(rig.scoped, Organization) == {rig.at(IRKUTSK)}
        assert keys(rig.scoped, Report) == {rig.world.key(Report, IRKUTSK)}
