"""What the session holds already, and what its statement cache keeps, is shown to nobody else."""

import pytest
from sqlalchemy import (
    event,
    select,
)
from sqlalchemy.exc import IntegrityError

from admin_app.reporting import scope
from admin_app.reporting.actor import unscoped
from admin_app.reporting.rules import criteria
from models import Base, Comment, Membership, Organization, Report, User
from tests.rules.conftest import BRANCH1, BRATSK, IRKUTSK, SCHOOL1, SCHOOL2, Rig


def test_what_was_loaded_unscoped_is_not_found_afterwards(rig: Rig) -> None:
    with rig.as_("irkutsk"):
        with unscoped("to load what is foreign"):
            kept = rig.scoped.scalars(select(Organization)).all()
        assert len(kept) == 6
        assert rig.scoped.get(Organization, rig.at(BRATSK)) is None
        own = rig.scoped.get_one(Organization, rig.at(IRKUTSK))
        assert own.parent is None
        assert {row.id for row in own.children} == {rig.at(SCHOOL1)}


def test_relations_follow_the_rule_of_the_moment_not_of_their_parent(rig: Rig) -> None:
    with rig.as_("school1"):
        school = rig.scoped.get_one(Organization, rig.at(SCHOOL1))
        with unscoped("who reviews"):
            assert school.parent is not None
        rig.scoped.expire(school, ["parent"])
        assert school.parent is None
        with unscoped("to load a stranger"):
            stranger = rig.scoped.get_one(Organization, rig.at(BRATSK))
        assert stranger.children == []
        assert stranger.parent is None


def test_what_another_actor_loaded_is_not_found(rig: Rig) -> None:
    key = rig.world.key(Report, SCHOOL2)
    with rig.as_("central"):
        held = rig.scoped.get(Report, key)
        assert held is not None
        with scope.acting(rig.actor("school1")):
            assert rig.scoped.get(Report, key) is None
        assert rig.scoped.get(Report, key) is held


def test_what_is_in_scope_is_found_without_asking_again(rig: Rig) -> None:
    key = rig.world.key(Report, SCHOOL1)
    with rig.as_("school1"):
        held = rig.scoped.get(Report, key)
        connection = rig.scoped.connection()
        asked: list[str] = []
        event.listen(connection, "before_cursor_execute", lambda *args: asked.append(args[2]))
        assert rig.scoped.get(Report, key) is held
        assert asked == []


def test_merging_a_foreign_row_does_not_find_it(rig: Rig) -> None:
    with rig.as_("school1"):
        foreign = rig.plain.get_one(Report, rig.world.key(Report, SCHOOL2))
        mine = Report(id=foreign.id, campaign_id=foreign.campaign_id, organization_id=rig.at(BRANCH1), reason="моё")
        assert rig.scoped.merge(mine) in rig.scoped.new
        with pytest.raises(IntegrityError, match="duplicate key"):
            rig.scoped.flush()


def test_the_cache_keeps_nobody_elses_bounds(rig: Rig) -> None:
    names = ["irkutsk", "bratsk", "school1", "central", "school2", "newcomer", "support", "auditor"]
    numbers = {name: rig.world.users.index(rig.actor(name).user_id) for name in names}
    models: list[type[Base]] = [Organization, Report, Comment, User, Membership]
    for _turn in range(20):
        for name in names:
            with rig.as_(name):
                for model in models:
                    found = set(rig.scoped.scalars(select(model.id)))  # type: ignore[attr-defined]
                    assert found == rig.world.seen(numbers[name], model), (name, model.__name__)


def test_statements_of_different_people_share_a_compiled_form(rig: Rig) -> None:
    def compiled(name: str) -> object:
        options = criteria(rig.actor(name), frozenset({Report}))
        return select(Report.id).where(Report.revision > 0).options(*options)._generate_cache_key().key  # type: ignore[union-attr]

    assert compiled("irkutsk") == compiled("bratsk")
    assert compiled("school1") == compiled("school2")
    assert compiled("irkutsk") != compiled("school1")
    assert compiled("newcomer") != compiled("central")
