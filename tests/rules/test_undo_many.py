"""A long undo, piece by piece: the same as at once, in an order that works, nothing written by looking, stopped when told so."""

import uuid
from typing import Any

import pytest
from sqlalchemy import select

from admin_app.reporting import accounts, audit, days, scope, undo, undo_many
from admin_app.reporting.accounts import Person
from admin_app.reporting.refusal import Refused
from admin_app.reporting.undo_steps import Step, Verb
from models import Level, Membership, Organization, Role, RoleName, User
from tests.rules.conftest import BRATSK, IRKUTSK, SCHOOL1, SCHOOL2, Rig
from tests.rules.test_undo import phone, say, school


@pytest.fixture(autouse=True)
def one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each row is a piece of its own: no piece can help another."""
    monkeypatch.setattr(undo_many, "PIECE", 1)


def added(rig: Rig, name: str, level: Level, above: int) -> int:
    """A new organization; its id."""
    row = Organization(short_name=name, full_name=name, level=level, parent_id=above)
    rig.scoped.add(row)
    rig.scoped.flush()
    return row.id


def looked(rig: Rig, who: str, batch: uuid.UUID, chosen: Any = frozenset()) -> list[Step]:
    """The steps, rehearsed and rolled back."""
    with rig.as_(who):
        steps = [step for some in undo_many.rehearse(rig.scoped, undo.of_batch(batch), chosen, say) for step in some]
        rig.scoped.rollback()
    return steps


def undone(rig: Rig, who: str, batch: uuid.UUID, chosen: Any = frozenset(), leave: Any = frozenset()) -> int | None:
    with rig.as_(who), audit.together(f"undo:{batch}"):
        return undo_many.perform(rig.scoped, undo.of_batch(batch), chosen, leave, lambda _done: True)


def test_added_organizations_go_from_below_whatever_came_first(rig: Rig) -> None:
    with rig.as_("central"), audit.together("import:1") as batch:
        school_id = added(rig, "школа", Level.ORGANIZATION, rig.at(IRKUTSK))
        branch = added(rig, "филиал", Level.BRANCH, rig.at(SCHOOL1))
        rig.scoped.get_one(Organization, branch).parent_id = school_id
        school(rig, SCHOOL2).phone = "5"
        rig.scoped.flush()
    rig.scoped.commit()
    steps = looked(rig, "central", batch)
    assert [(step.verb, step.refused) for step in steps] == [(Verb.SET, ""), (Verb.TAKE, ""), (Verb.TAKE, "")]
    assert [step.key for step in steps[1:]] == [branch, school_id]
    assert phone(rig, SCHOOL2) == "5"
    assert undone(rig, "central", batch) == 3
    left = rig.plain.scalars(select(Organization.id).where(Organization.id.in_([school_id, branch]))).all()
    assert (list(left), phone(rig, SCHOOL2)) == ([], None)


def test_people_are_switched_off_before_they_leave_sight(rig: Rig) -> None:
    person = Person("p", "p@modo.example", "Петрова", "Анна", "", "", "")
    with rig.as_("irkutsk"), audit.together("import:1") as batch:
        with scope.unscoped("as an import does it"):
            made = accounts.added(rig.scoped, person, "x")
            assert made is not None
            role = rig.scoped.scalars(select(Role).where(Role.name == RoleName.ORGANIZATION)).one()
            seat = {"user_id": made.id, "organization_id": rig.at(SCHOOL1), "valid_from": days.today()}
            rig.scoped.add(Membership(role=role, **seat))
        key = made.id
    rig.scoped.commit()
    assert [step.refused for step in looked(rig, "irkutsk", batch)] == ["", ""]
    assert undone(rig, "irkutsk", batch) == 2
    rig.plain.expire_all()
    assert not rig.plain.get_one(User, key).active
    assert rig.plain.scalar(select(Membership.id).where(Membership.user_id == key)) is None


def changed(rig: Rig) -> uuid.UUID:
    """Two phones changed together, one of them changed again by somebody else."""
    with rig.as_("central"), audit.together("bulk") as batch:
        school(rig, SCHOOL1).phone = school(rig, SCHOOL2).phone = "1"
        rig.scoped.flush()
    with rig.as_("irkutsk"):
        school(rig, SCHOOL1).phone = "2"
        rig.scoped.flush()
    rig.scoped.commit()
    return batch


def test_what_was_changed_since_stays_unless_everything_is_chosen(rig: Rig) -> None:
    batch = changed(rig)
    assert undone(rig, "central", batch) == 1
    assert (phone(rig, SCHOOL1), phone(rig, SCHOOL2)) == ("2", None)
    assert undone(rig, "central", batch, undo_many.Everything()) == 1
    assert phone(rig, SCHOOL1) is None


def test_what_is_left_out_stays(rig: Rig) -> None:
    batch = changed(rig)
    place = next(step.place() for step in looked(rig, "central", batch) if step.key == rig.at(SCHOOL2))
    assert undone(rig, "central", batch, leave={place}) == 0
    assert phone(rig, SCHOOL2) == "1"


def test_what_is_out_of_sight_is_counted_and_what_is_refused_said(rig: Rig) -> None:
    with rig.as_("central"), audit.together("bulk") as batch:
        school(rig, SCHOOL1).parent_id = rig.at(BRATSK)
        school(rig, SCHOOL2).phone = "5"
        rig.scoped.flush()
    rig.scoped.commit()
    assert {step.key: bool(step.refused) for step in looked(rig, "bratsk", batch)} == {
        rig.at(SCHOOL1): True, rig.at(SCHOOL2): False,
    }  # fmt: skip
    with rig.as_("irkutsk"):
        asked = undo.of_batch(batch)
        assert undo_many.size(rig.scoped, asked) + undo_many.hidden(rig.scoped, asked) == 2


def test_told_to_stop_it_stops(rig: Rig) -> None:
    batch = changed(rig)
    with rig.as_("central"):
        stopped = undo_many.perform(rig.scoped, undo.of_batch(batch), frozenset(), frozenset(), lambda _done: False)
    assert stopped is None


def test_nothing_to_undo_is_said(rig: Rig) -> None:
    with rig.as_("central"), pytest.raises(Refused):
        undo_many.pieces(rig.scoped, undo.of_batch(uuid.uuid4()))
