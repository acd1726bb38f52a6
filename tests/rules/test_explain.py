"""The explanation cannot lie: on random regions it says of every person and row what the scoped session shows."""

from datetime import timedelta
from itertools import product

import pytest
from hypothesis import Phase, given, settings
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from admin_app.reporting import days, explain, rules, scope
from admin_app.reporting.explain import Explained
from models import (
    Base,
    Campaign,
    Comment,
    Event,
    FormVersion,
    Membership,
    Message,
    Organization,
    Report,
    ReportSection,
    Request,
    Role,
    RoleName,
    User,
)
from tests.rules.conftest import BRANCH1, BRATSK, IRKUTSK, PEOPLE, REGION, SCHOOL1, SCHOOL2, Rig
from tests.rules.test_scope_reads import keys, plans
from tests.rules.world import Plan, build

TOLD = (Organization, Report, Request, User, Membership, Event, FormVersion)
SHOWN = (*TOLD, Message, Comment, ReportSection, Campaign)  # every shape that a scope has


@settings(max_examples=10, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(plan=plans())
def test_the_parts_of_the_rule_say_what_the_session_shows(engine: Engine, plan: Plan) -> None:
    with engine.connect() as wire, Session(wire, join_transaction_mode="create_savepoint") as plain:
        world = build(plain, plan)
        every = {model: keys(plain, model) for model in SHOWN}
        for user in world.users:
            actor = scope.actor_of(user, plain)
            with scope.acting(actor), scope.ScopedSession(wire, join_transaction_mode="create_savepoint") as session:
                for model in SHOWN:
                    traces = explain.traces(session, actor, model, every[model])
                    shown = keys(session, model)
                    assert {key for key, trace in traces.items() if trace.sees} == shown, model.__name__
                    assert {key for key, trace in traces.items() if any(trace.arms)} == shown, model.__name__
                    assert {key for key, trace in traces.items() if by_parts(model, trace)} == shown, model.__name__


def by_parts(model: type[Base], trace: explain.Trace) -> bool:
    """Does an attachment alone, or being one's own or everybody's, open the row?"""
    alone = [explain.is_public(arm) or isinstance(arm.scope, explain.Own) for arm in rules.arms(model)]
    return any(trace.opens.values()) or any(held for held, personal in zip(trace.arms, alone, strict=True) if personal)


@settings(max_examples=3, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(plan=plans())
def test_verdicts_are_true_and_remedies_help(engine: Engine, plan: Plan) -> None:
    with engine.connect() as wire, Session(wire, join_transaction_mode="create_savepoint") as plain:
        world = build(plain, plan)
        roles = {role.name: role.id for role in plain.scalars(select(Role))}
        with scope.ScopedSession(wire, join_transaction_mode="create_savepoint") as session:
            for user, model in product(world.users, TOLD):
                for key in sorted(keys(plain, model), key=str)[:2]:
                    sees = scope.sees(scope.actor_of(user, plain), model, key, plain)
                    with scope.acting(scope.everything("reader")):
                        told = explain.explain(session, session.get_one(User, user), session.get_one(model, key))
                    assert told.sees is sees, (model.__name__, told)
                    assert told.steps
                    for remedy in told.remedies:
                        assert remedy.reach is None or helps(plain, roles, remedy.reach, user, model, key), (model, remedy)


def helps(plain: Session, roles: dict[RoleName, int], reach: scope.Reach, user: int, model: type[Base], key: object) -> bool:
    """Would the attachment really open the row?"""
    with plain.begin_nested() as point:
        seat = Membership(user_id=user, organization_id=reach.organization_id, role_id=roles[reach.role], valid_from=days.today())
        seat.valid_to = days.today()
        plain.add(seat)
        plain.flush()
        opened = scope.sees(scope.actor_of(user, plain), model, key, plain)
        point.rollback()
    return opened


# ── One person, one row ──────────────────────────────────────────────────────────────────────────────────────────────


def told(rig: Rig, reader: str, person: str, model: type[Base], key: object) -> Explained:
    """What the reader reads about the person and the row."""
    with rig.as_(reader):
        who = rig.scoped.get_one(User, rig.world.users[PEOPLE[person]])
        return explain.explain(rig.scoped, who, rig.scoped.get_one(model, key))


def name(rig: Rig, node: int, words: str) -> None:
    rig.plain.execute(update(Organization).where(Organization.id == rig.at(node)).values(short_name=words))
    rig.plain.commit()


def test_a_school_does_not_see_the_report_of_another_and_reads_why(rig: Rig) -> None:
    for node, words in ((SCHOOL1, "Школа № 5"), (SCHOOL2, "Школа № 7"), (BRATSK, "Управление Братска"), (IRKUTSK, "Иркутск")):
        name(rig, node, words)
    found = told(rig, "central", "school1", Report, rig.world.key(Report, SCHOOL2))
    said = " ".join(f"{step.what} {step.why}" for step in found.steps)
    assert not found.sees
    assert "Школа № 5" in said
    assert "Школа № 7" in said
    assert "Управление Братска" in said
    assert [(remedy.reach.role, remedy.reach.organization_id) for remedy in found.remedies if remedy.reach] == [
        (RoleName.ORGANIZATION, rig.at(SCHOOL2)),
        (RoleName.SUPERVISOR, rig.at(BRATSK)),
    ]


def test_a_branch_is_seen_through_its_school(rig: Rig) -> None:
    found = told(rig, "irkutsk", "school1", Organization, rig.at(BRANCH1))
    assert found.sees
    assert [step.holds for step in found.steps if step.membership_id] == [True]
    assert not found.remedies


def test_support_reads_that_values_are_not_for_its_role(rig: Rig) -> None:
    found = told(rig, "central", "support", Comment, rig.world.key(Comment, SCHOOL1))
    assert not found.sees
    assert [step.holds for step in found.steps if step.membership_id] == [False]


@pytest.mark.parametrize(("starts", "ends"), [(3, None), (-9, -2)])
def test_an_attachment_not_in_force_is_the_nearest_remedy(rig: Rig, starts: int, ends: int | None) -> None:
    seat = rig.seat("school2", SCHOOL1, RoleName.ORGANIZATION)
    seat.valid_from = days.today() + timedelta(days=starts)
    seat.valid_to = None if ends is None else days.today() + timedelta(days=ends)
    rig.plain.add(seat)
    rig.plain.commit()
    found = told(rig, "central", "school2", Organization, rig.at(SCHOOL1))
    assert not found.sees
    first = found.remedies[0]
    assert (first.reach is None) is (ends is None), first
    assert first.reach is None or first.reach.organization_id == rig.at(SCHOOL1)


def test_a_switched_off_account_sees_nothing_and_is_switched_on(rig: Rig) -> None:
    rig.plain.execute(update(User).where(User.id == rig.world.users[PEOPLE["school1"]]).values(active=False))
    rig.plain.commit()
    found = told(rig, "central", "school1", Organization, rig.at(SCHOOL1))
    assert not found.sees
    assert [remedy.reach for remedy in found.remedies] == [None]


def test_the_reader_hears_nothing_of_attachments_elsewhere(rig: Rig) -> None:
    name(rig, SCHOOL2, "Канарейка")
    rig.plain.add(rig.seat("school1", SCHOOL2, RoleName.ORGANIZATION))
    rig.plain.commit()
    found = told(rig, "irkutsk", "school1", Organization, rig.at(IRKUTSK))
    assert len([step for step in found.steps if step.membership_id]) == 1
    assert "Канарейка" not in str(found)


def test_an_opening_outside_the_readers_part_is_said_without_a_name(rig: Rig) -> None:
    name(rig, REGION, "Канарейка")
    rig.plain.add(rig.seat("school1", REGION, RoleName.AUDITOR))
    rig.plain.commit()
    found = told(rig, "irkutsk", "school1", Organization, rig.at(IRKUTSK))
    assert found.sees
    assert [step.holds for step in found.steps][-1] is True
    assert "Канарейка" not in str(found)
