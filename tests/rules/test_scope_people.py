"""Roles are given, and accounts edited, by those who have the right to, whatever screen they use."""

import uuid

import pytest
from sqlalchemy import select

from admin_app.reporting import scope
from admin_app.reporting.actor import unscoped
from admin_app.reporting.scope import Forbidden
from models import (
    RoleName,
    User,
)
from tests.rules.conftest import BRANCH1, IRKUTSK, PEOPLE, REGION, SCHOOL1, SCHOOL2, Rig

GIFTS = [
    ("irkutsk", SCHOOL1, RoleName.ORGANIZATION, True),
    ("irkutsk", SCHOOL1, RoleName.SUPERVISOR, False),
    ("irkutsk", IRKUTSK, RoleName.ADMIN, False),
    ("support", SCHOOL2, RoleName.ORGANIZATION, True),
    ("support", REGION, RoleName.CENTRAL, False),
    ("central", IRKUTSK, RoleName.SUPERVISOR, True),
    ("central", REGION, RoleName.ADMIN, False),
    ("admin", REGION, RoleName.CENTRAL, True),
]


@pytest.mark.parametrize(("giver", "node", "role", "allowed"), GIFTS)
def test_a_role_is_given_by_those_who_may(rig: Rig, giver: str, node: int, role: RoleName, allowed: bool) -> None:
    with rig.as_(giver):
        with unscoped("to arrange a test"):
            gift = rig.seat("newcomer", node, role)
        if giver == "irkutsk":  # a supervisor attaches newcomers through a verb that finds them unscoped
            gift.user_id = rig.world.users[PEOPLE["school1"]]
            gift.organization_id = rig.at(BRANCH1)
        rig.scoped.add(gift)
        if allowed:
            rig.scoped.flush()
        else:
            with pytest.raises(Forbidden):
                rig.scoped.flush()


def test_nobody_attaches_themselves(rig: Rig) -> None:
    for name in ("irkutsk", "support", "central"):
        with rig.as_(name):
            rig.scoped.add(rig.seat(name, SCHOOL1, RoleName.ORGANIZATION))
            with pytest.raises(Forbidden, match="yourself"):
                rig.scoped.flush()
            rig.scoped.rollback()


def test_the_account_of_somebody_with_more_rights_is_not_taken_over(rig: Rig) -> None:
    for editor, owner, allowed in (
        ("support", "school1", True),
        ("support", "newcomer", True),
        ("support", "admin", False),
        ("support", "irkutsk", False),
        ("central", "irkutsk", True),
        ("central", "admin", False),
        ("admin", "central", True),
    ):
        with rig.as_(editor):
            rig.scoped.get_one(User, rig.world.users[PEOPLE[owner]]).email = f"{uuid.uuid4()}@modo.example"
            if allowed:
                rig.scoped.flush()
            else:
                with pytest.raises(Forbidden):
                    rig.scoped.flush()
            rig.scoped.rollback()


def test_people_are_found_by_one_list_of_ids(rig: Rig) -> None:
    """With an alternative (`or it is oneself`) PostgreSQL would read everybody, to show the fiftieth part of them."""
    with rig.as_("irkutsk"):
        said = str(scope.condition(scope.current(), User))
        assert scope.current().user_id in set(rig.scoped.scalars(select(User.id)))
    assert '"user".id IN (SELECT' in said
    assert '"user".id =' not in said
    with rig.as_("newcomer"):
        assert list(rig.scoped.scalars(select(User.id))) == [scope.current().user_id]
