"""What a change opens and closes is what the rule says before and after it; counted on random regions against the oracle."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import Phase, given, settings
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from admin_app.reporting import consequences, days, organizations, scope
from admin_app.reporting.consequences import Numbers
from models import Campaign, Organization, Report, ReportState, Request, RoleName, User
from tests.rules.conftest import BRANCH1, BRATSK, IRKUTSK, PEOPLE, SCHOOL1, SCHOOL2, Rig
from tests.rules.test_scope_reads import plans
from tests.rules.world import OVERSEERS, Plan, World, build


@settings(max_examples=10, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(plan=plans())
def test_an_attachment_opens_exactly_what_is_seen_with_it_alone(engine: Engine, plan: Plan) -> None:
    with engine.connect() as wire, Session(wire, join_transaction_mode="create_savepoint") as plain:
        world = build(plain, plan)
        for number, user in enumerate(world.users):
            actor = scope.actor_of(user, plain)
            for reach in actor.reaches:
                less = consequences.without_reach(actor, reach)
                seat = next(
                    s for s in world.valid(number) if (world.nodes[s.node], s.role) == (reach.organization_id, reach.role)
                )
                smaller = replace(world, plan=replace(plan, seats=tuple(s for s in plan.seats if s is not seat)))
                with scope.ScopedSession(wire, join_transaction_mode="create_savepoint") as session:
                    assert consequences.opened(session, less, actor) == difference(world, smaller, number)


def difference(world: World, smaller: World, user: int) -> Numbers:
    """What the oracle says that the attachment adds."""
    counts = [len(world.seen(user, model) - smaller.seen(user, model)) for model in (Organization, Report, Request)]
    return Numbers(*counts, len(world.seen_users(user) - people_left(world, smaller, user)))


def people_left(world: World, smaller: World, user: int) -> set[object]:
    """The people whom the person sees without the attachment; by it they are themselves still seen."""
    if smaller.is_whole(user, OVERSEERS | {RoleName.SUPPORT}):
        return set(world.users)
    reach = smaller.reach(user, set(RoleName))
    lasting = [seat for seat in world.plan.seats if seat.ends is None or seat.ends >= 0]
    return {world.users[user]} | {world.users[seat.user] for seat in lasting if seat.node in reach}


@settings(max_examples=10, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(plan=plans())
def test_watchers_are_those_who_see_the_organization(engine: Engine, plan: Plan) -> None:
    with engine.connect() as wire, Session(wire, join_transaction_mode="create_savepoint") as plain:
        world = build(plain, plan)
        for node in world.nodes:
            row = plain.get_one(Organization, node)
            seeing = {user for number, user in enumerate(world.users) if node in world.seen_organizations(number)}
            assert consequences.watchers(plain, row) == seeing


# ── A move, a closing ────────────────────────────────────────────────────────────────────────────────────────────────


def moved(rig: Rig, node: int, parent: int, reader: str = "central") -> consequences.Change | None:
    """The change that moving the node makes."""
    with rig.as_(reader):
        row = rig.scoped.get_one(Organization, rig.at(node))
        before = consequences.standing(rig.scoped, row)
        row.parent_id = rig.at(parent)
        organizations.settle(rig.scoped, row)
        return consequences.of_change(rig.scoped, before, row)


def test_a_school_that_moves_is_lost_by_one_office_and_gained_by_the_other(rig: Rig) -> None:
    change = moved(rig, SCHOOL1, BRATSK)
    who = {name: rig.world.users[number] for name, number in PEOPLE.items()}
    assert change is not None
    assert (change.gain, change.lose) == ((who["bratsk"],), (who["irkutsk"],))
    assert (change.numbers.organizations, change.numbers.reports, change.numbers.people) == (2, 2, 1)


def test_a_branch_that_moves_is_lost_by_its_school(rig: Rig) -> None:
    change = moved(rig, BRANCH1, SCHOOL2)
    assert change is not None
    assert rig.world.users[PEOPLE["school1"]] in change.lose
    assert rig.world.users[PEOPLE["school2"]] in change.gain


def test_reports_under_review_that_change_hands_are_counted(rig: Rig) -> None:
    campaign = rig.plain.scalars(select(Campaign)).one()
    campaign.review_levels = ["municipality"]
    report = rig.plain.get_one(Report, rig.world.key(Report, SCHOOL1))
    report.state, report.reviewer_id = ReportState.SUBMITTED, rig.at(IRKUTSK)
    rig.plain.commit()
    change = moved(rig, SCHOOL1, BRATSK)
    assert change is not None
    assert change.handed_over == 1


def test_what_does_not_move_has_no_consequences_and_each_change_a_mark_of_its_own(rig: Rig) -> None:
    assert moved(rig, SCHOOL1, IRKUTSK) is None
    one, other = moved(rig, SCHOOL1, BRATSK), moved(rig, BRANCH1, SCHOOL2)
    assert one is not None
    assert other is not None
    assert one.digest != other.digest


def test_an_organization_that_closes_owes_less(rig: Rig) -> None:
    campaign = rig.plain.scalars(select(Campaign)).one()
    campaign.opened_at = days.now()
    rig.plain.commit()
    with rig.as_("central"):
        row = rig.scoped.get_one(Organization, rig.at(SCHOOL1))
        before = consequences.standing(rig.scoped, row)
        below = rig.scoped.scalars(select(Organization).where(Organization.parent_id == row.id)).all()
        for one in (row, *below):
            one.closed_on = days.today() - timedelta(days=1)
        rig.scoped.flush()
        change = consequences.of_change(rig.scoped, before, row)
    assert change is not None
    assert (change.no_longer_owed, change.gain, change.lose) == (1, (), ())


def test_people_out_of_the_readers_sight_are_neither_named_nor_counted(rig: Rig) -> None:
    everybody = rig.world.users
    with rig.as_("irkutsk"):
        assert len(consequences.people(rig.scoped, everybody).names) == 2
    with rig.as_("central"):
        found = consequences.people(rig.scoped, [*everybody, *rig.plain.scalars(select(User.id))])
    assert len(found.names) + found.more == len(rig.plain.scalars(select(User.id)).all())
