"""Who moves a report where: the judge of writes against a plain Python oracle, over random trees and memberships."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete
from sqlalchemy.orm import Session

from admin_app.reporting import guard, scope
from admin_app.reporting.actor import unscoped
from admin_app.reporting.scope import Forbidden, OutOfScope
from models import Report, RoleName
from tests.rules.test_scope_reads import plans
from tests.rules.world import Plan, World, build


@settings(max_examples=40, deadline=None)
@given(plan=plans(), data=st.data())
def test_a_report_is_moved_only_within_the_reach_of_a_role_that_writes_it(
    engine: Engine, plan: Plan, data: st.DataObject
) -> None:
    nodes = st.integers(0, len(plan.nodes) - 1)
    user, source, goal = data.draw(st.integers(0, 2)), data.draw(nodes), data.draw(nodes)
    with engine.connect() as wire, Session(wire, join_transaction_mode="create_savepoint") as plain:
        world = build(plain, plan)
        if goal != source:
            clear(plain, world, goal)
        actor = scope.actor_of(world.users[user], plain)
        with scope.acting(actor), scope.ScopedSession(wire, join_transaction_mode="create_savepoint") as session:
            with unscoped("to arrange a test"):
                report = session.get_one(Report, world.key(Report, source))
            report.organization_id, report.reason = world.nodes[goal], "перенос"
            if may_move(world, user, source, goal):
                session.flush()
            else:
                with pytest.raises((OutOfScope, Forbidden)):
                    session.flush()


def may_move(world: World, user: int, source: int, goal: int) -> bool:
    """The oracle: a role that writes reports must reach both ends."""
    writing = {role for role in RoleName if Report in guard.RIGHTS[role]}
    return world.is_whole(user, {RoleName.CENTRAL}) or {source, goal} <= world.reach(user, writing)


def clear(plain: Session, world: World, node: int) -> None:
    """Take the node's report away, so that another can have its place."""
    key = world.key(Report, node)
    for table in reversed(Report.metadata.sorted_tables):
        if "report_id" in table.c:
            plain.execute(delete(table).where(table.c.report_id == key))
    plain.delete(plain.get_one(Report, key))
    plain.flush()
