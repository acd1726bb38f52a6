"""Undo: one change, a whole batch, an undo; conflicts stay, refusals are known beforehand, rows come back as they were."""

import uuid
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from admin_app.reporting import accounts, audit, hanging, undo
from admin_app.reporting.refusal import Refused
from models import Classifier, ClassifierItem, Event, Level, Membership, Organization, Report, RoleName, User
from tests.rules.conftest import BRATSK, IRKUTSK, PEOPLE, SCHOOL1, SCHOOL2, Rig


def say(error: Exception, _model: Any) -> str:
    return getattr(error, "sentence", type(error).__name__)


def last(rig: Rig, kind: str = "row.changed") -> Event:
    rig.plain.expire_all()
    return rig.plain.scalars(select(Event).where(Event.kind == kind).order_by(Event.id.desc())).first()


def school(rig: Rig, node: int = SCHOOL1) -> Organization:
    return rig.scoped.get_one(Organization, rig.at(node))


def change(rig: Rig, who: str, node: int = SCHOOL1, **values: Any) -> Event:
    with rig.as_(who):
        row = school(rig, node)
        for name, value in values.items():
            setattr(row, name, value)
        rig.scoped.flush()
    return last(rig)


def undone(rig: Rig, who: str, asked: Any, chosen: tuple[str, ...] = ()) -> uuid.UUID:
    with rig.as_(who):
        made = undo.rehearse(rig.scoped, undo.plan(rig.scoped, asked), say, chosen)
        return undo.perform(rig.scoped, made, chosen)[0]


def phone(rig: Rig, node: int = SCHOOL1) -> str | None:
    rig.plain.expire_all()
    return rig.plain.get_one(Organization, rig.at(node)).phone


def test_one_change_is_set_back_and_the_undo_is_undone(rig: Rig) -> None:
    made = change(rig, "central", phone="111")
    batch = undone(rig, "central", undo.of_event(made.id))
    assert phone(rig) is None
    assert last(rig).batch == batch
    assert last(rig).origin == f"undo:{made.id}"
    undone(rig, "central", undo.of_batch(batch))
    assert phone(rig) == "111"


def test_everything_of_a_batch_goes_together(rig: Rig) -> None:
    with rig.as_("central"), audit.together("bulk") as batch:
        for node in (SCHOOL1, SCHOOL2):
            school(rig, node).phone = "222"
        rig.scoped.flush()
    assert {event.origin for event in rig.plain.scalars(select(Event).where(Event.batch == batch))} == {"bulk"}
    undone(rig, "central", undo.of_batch(batch))
    assert (phone(rig, SCHOOL1), phone(rig, SCHOOL2)) == (None, None)


def test_what_somebody_has_changed_since_stays_unless_it_is_chosen(rig: Rig) -> None:
    made = change(rig, "central", phone="111", address="Ленина, 1")
    change(rig, "irkutsk", phone="333")
    with rig.as_("central"):
        step = undo.plan(rig.scoped, undo.of_event(made.id)).steps[0]
    clash = next(part for part in step.parts if part.conflict)
    assert (clash.name, clash.before, clash.after, clash.now) == ("phone", None, "111", "333")
    assert clash.since is not None
    assert clash.since.name
    undone(rig, "central", undo.of_event(made.id))
    assert phone(rig) == "333"
    assert rig.plain.get_one(Organization, rig.at(SCHOOL1)).address is None
    undone(rig, "central", undo.of_event(made.id), (step.place("phone"),))
    assert phone(rig) is None


def test_a_refusal_is_known_before_and_changes_nothing(rig: Rig) -> None:
    with rig.as_("central"), audit.together("bulk") as batch:
        school(rig, SCHOOL1).parent_id = rig.at(BRATSK)
        school(rig, SCHOOL2).phone = "5"
        rig.scoped.flush()
    with rig.as_("bratsk"):
        made = undo.rehearse(rig.scoped, undo.plan(rig.scoped, undo.of_batch(batch)), say)
    refused = {step.key: bool(step.refused) for step in made.steps}
    assert refused == {rig.at(SCHOOL1): True, rig.at(SCHOOL2): False}
    assert rig.plain.get_one(Organization, rig.at(SCHOOL1)).parent_id == rig.at(BRATSK)


def test_what_is_out_of_sight_is_counted_and_left(rig: Rig) -> None:
    with rig.as_("central"), audit.together("bulk") as batch:
        school(rig, SCHOOL1).phone = school(rig, SCHOOL2).phone = "7"
        rig.scoped.flush()
    with rig.as_("irkutsk"):
        made = undo.plan(rig.scoped, undo.of_batch(batch))
    assert ([step.key for step in made.steps], made.hidden) == ([rig.at(SCHOOL1)], 1)
    undone(rig, "irkutsk", undo.of_batch(batch))
    assert (phone(rig, SCHOOL1), phone(rig, SCHOOL2)) == (None, "7")


def test_an_auditor_undoes_nothing(rig: Rig) -> None:
    made = change(rig, "central", phone="111")
    with pytest.raises(Refused):
        undone(rig, "auditor", undo.of_event(made.id))
    assert phone(rig) == "111"


def test_an_organization_added_by_mistake_goes_with_its_untouched_reports(rig: Rig) -> None:
    with rig.as_("central"):
        row = Organization(short_name="лишняя", full_name="лишняя", level=Level.ORGANIZATION, parent_id=rig.at(IRKUTSK))
        rig.scoped.add(row)
        rig.scoped.flush()
        key = row.id
        campaign = rig.scoped.scalars(select(Report.campaign_id)).first()
        rig.scoped.add(Report(campaign_id=campaign, organization_id=key))
        rig.scoped.flush()
    made = last(rig, "row.created")
    batch = undone(rig, "central", undo.of_event(made.id))
    rig.plain.expire_all()
    assert rig.plain.get(Organization, key) is None
    undone(rig, "central", undo.of_batch(batch))
    back = rig.plain.get_one(Organization, key)
    assert (back.short_name, back.parent_id) == ("лишняя", rig.at(IRKUTSK))


def test_an_added_row_on_which_something_hangs_stays(rig: Rig) -> None:
    with rig.as_("central"):
        made = Classifier(code="list", title="Список")
        rig.scoped.add(made)
        rig.scoped.flush()
    event = last(rig, "row.created")
    with rig.as_("central"):
        item = ClassifierItem(classifier_id=event.subject_id, code="1", title="Один")
        rig.scoped.add(item)
        rig.scoped.flush()
        uses = hanging.uses(rig.scoped, rig.scoped.get_one(Classifier, event.subject_id))
        assert [(use.model, use.count, use.seen) for use in uses] == [(ClassifierItem, 1, 1)]
        refused = undo.rehearse(rig.scoped, undo.plan(rig.scoped, undo.of_event(event.id)), say).steps[0].refused
    assert refused
    assert rig.plain.get(Classifier, event.subject_id) is not None


def test_an_attachment_taken_back_ends_and_an_account_is_switched_off(rig: Rig) -> None:
    with rig.as_("central"):
        row = rig.seat("newcomer", SCHOOL1, RoleName.ORGANIZATION)
        rig.scoped.add(row)
        rig.scoped.flush()
        key = row.id
    undone(rig, "central", undo.of_event(last(rig, "row.created").id))
    rig.plain.expire_all()
    assert rig.plain.get(Membership, key) is None
    person = rig.plain.get_one(User, rig.world.users[3])
    with rig.as_("central"):
        rig.scoped.get_one(User, person.id).active = False
        rig.scoped.flush()
    undone(rig, "central", undo.of_event(last(rig).id))
    rig.plain.expire_all()
    assert rig.plain.get_one(User, person.id).active


@pytest.mark.parametrize("who", ["central", "irkutsk"])
def test_an_attachment_ended_by_mistake_comes_back_whoever_had_made_it(rig: Rig, who: str) -> None:
    """Neither the person, who is attached nowhere else, nor who had attached them is in sight."""
    person = rig.world.users[PEOPLE["newcomer"]]
    with rig.as_("central"):
        place = rig.scoped.get_one(Organization, rig.at(SCHOOL1))
        maker = accounts.attach(rig.scoped, person, place, RoleName.ORGANIZATION).made_by_id
    seats = select(Membership).where(Membership.user_id == person)
    with rig.as_("irkutsk"):
        accounts.detach(rig.scoped, rig.scoped.scalars(seats).one())
        rig.scoped.commit()
    assert rig.plain.scalars(seats).all() == []
    undone(rig, who, undo.of_event(last(rig, "row.deleted").id))
    back = rig.plain.scalars(seats).one()
    assert (back.organization_id, back.made_by_id) == (rig.at(SCHOOL1), maker)


def test_an_attachment_comes_back_only_where_one_may_attach(rig: Rig) -> None:
    with rig.as_("central"):
        row = rig.seat("newcomer", SCHOOL1, RoleName.ORGANIZATION)
        rig.scoped.add(row)
        rig.scoped.flush()
        accounts.detach(rig.scoped, row)
        rig.scoped.commit()
    with pytest.raises(Refused):
        undone(rig, "bratsk", undo.of_event(last(rig, "row.deleted").id))


def test_lists_of_references_come_back(rig: Rig) -> None:
    with rig.as_("central"):
        made = Classifier(code="okved", title="ОКВЭД", items=[ClassifierItem(code=code, title=code) for code in ("85", "86")])
        rig.scoped.add(made)
        rig.scoped.flush()
        first, second = made.items
        school(rig).okved_additional = [first]
        rig.scoped.flush()
        school(rig).okved_additional = [second]
        rig.scoped.flush()
        assert hanging.uses(rig.scoped, second)[0].attribute == "okved_additional"
        first_id = first.id
    undone(rig, "central", undo.of_event(last(rig).id))
    rig.plain.expire_all()
    assert [item.id for item in rig.plain.get_one(Organization, rig.at(SCHOOL1)).okved_additional] == [first_id]


def test_one_transaction_is_one_batch(rig: Rig) -> None:
    with rig.as_("central"):
        school(rig).phone = "1"
        rig.scoped.flush()
        audit.record(rig.scoped, "user.attached", school(rig))
        rig.scoped.commit()
        school(rig).phone = "2"
        rig.scoped.flush()
    rig.plain.expire_all()
    third, second, first = rig.plain.scalars(select(Event).order_by(Event.id.desc()).limit(3))
    assert first.batch == second.batch != third.batch
    assert third.batch is not None


def tamper(rig: Rig, key: int, **values: Any) -> None:
    with rig.plain.begin_nested():
        rig.plain.execute(update(Event).where(Event.id == key).values(**values))


@pytest.mark.parametrize("values", [{"subject": "иное"}, {"organization_id": None, "actor_name": "иной"}])
def test_the_log_is_still_append_only(rig: Rig, values: dict[str, Any]) -> None:
    made = change(rig, "central", phone="1")
    with pytest.raises(IntegrityError):
        tamper(rig, made.id, **values)
