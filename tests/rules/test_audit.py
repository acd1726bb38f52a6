"""The log: verbs' events, and the history of registry rows, field by field, in the words of the moment."""

from typing import Any

import pytest
from sqlalchemy import select

from admin_app.reporting import audit, history
from admin_app.reporting.actor import unscoped
from models import Base, Classifier, ClassifierItem, Event, Level, Membership, Organization, Report, Role, RoleName, User
from tests.rules.conftest import IRKUTSK, PEOPLE, REGION, SCHOOL1, Rig


def events(rig: Rig, kind: str) -> list[Event]:
    """The events of this kind, oldest first, as the database has them."""
    rig.plain.expire_all()
    return list(rig.plain.scalars(select(Event).where(Event.kind == kind).order_by(Event.id)))


def last(rig: Rig, kind: str) -> Event:
    return events(rig, kind)[-1]


@pytest.fixture
def lists(rig: Rig) -> dict[str, int]:
    """Two types and two activities."""
    made = {}
    for code, titles in (("organization_type", ("школа", "лицей")), ("okved", ("85.14", "85.41"))):
        classifier = Classifier(code=code, title=code)
        rig.plain.add(classifier)
        for title in titles:
            item = ClassifierItem(classifier=classifier, code=title, title=title)
            rig.plain.add(item)
            rig.plain.flush()
            made[title] = item.id
    return made


def test_record_keeps_who_what_and_where(rig: Rig) -> None:
    with rig.as_("school1") as actor:
        report = rig.scoped.get_one(Report, rig.world.key(Report, SCHOOL1))
        audit.record(rig.scoped, "report.submit", report, {"revision": 1, "level": Level.REGION})
        rig.scoped.flush()
    event = last(rig, "report.submit")
    assert (event.actor_id, event.actor_name) == (actor.user_id, "Ф И.")
    assert (event.subject_type, event.subject_id, event.organization_id) == ("report", report.id, rig.at(SCHOOL1))
    assert event.data == {"revision": 1, "level": "region"}


def test_an_unknown_kind_is_an_error(rig: Rig) -> None:
    with rig.as_("central"), pytest.raises(ValueError, match="EVENTS"):
        audit.record(rig.scoped, "report.eaten", rig.scoped.get_one(Report, rig.world.key(Report, SCHOOL1)))


def test_every_kind_has_words() -> None:
    assert all(str(words) for words in audit.EVENTS.values())


def test_a_changed_row_is_one_event_with_old_and_new(rig: Rig, lists: dict[str, int]) -> None:
    with rig.as_("central"):
        school = rig.scoped.get_one(Organization, rig.at(SCHOOL1))
        school.phone, school.short_name, school.type_id = "123", "СОШ № 1", lists["школа"]
        rig.scoped.flush()
        school.type_id = lists["лицей"]
        rig.scoped.flush()
    first, second = events(rig, "row.changed")[-2:]
    assert first.data == {
        "phone": [None, "123"],
        "short_name": ["узел", "СОШ № 1"],
        "type_id": [None, {"id": lists["школа"], "label": "школа"}],
    }
    assert second.data["type_id"][0]["label"] == "школа"
    assert (first.subject_type, first.subject_id, first.subject) == ("organization", rig.at(SCHOOL1), "СОШ № 1")
    assert first.organization_id == rig.at(SCHOOL1)


def test_lists_of_references_are_kept_whole(rig: Rig, lists: dict[str, int]) -> None:
    with rig.as_("central"):
        school = rig.scoped.get_one(Organization, rig.at(SCHOOL1))
        school.okved_additional = [rig.scoped.get_one(ClassifierItem, lists["85.14"])]
        rig.scoped.flush()
        school.okved_additional = [rig.scoped.get_one(ClassifierItem, lists["85.41"])]
        rig.scoped.flush()
    old, new = last(rig, "row.changed").data["okved_additional"]
    assert ([one["label"] for one in old], [one["label"] for one in new]) == (["85.14"], ["85.41"])


def test_nothing_changed_is_no_event(rig: Rig) -> None:
    before = len(events(rig, "row.changed"))
    with rig.as_("central"):
        school = rig.scoped.get_one(Organization, rig.at(SCHOOL1))
        school.phone = None
        school.short_name = "узел"
        rig.scoped.flush()
    assert len(events(rig, "row.changed")) == before


def test_an_expired_row_is_compared_with_the_database(rig: Rig) -> None:
    with rig.as_("central"):
        school = rig.scoped.get_one(Organization, rig.at(SCHOOL1))
        rig.scoped.expire(school)
        school.short_name = "новое"
        rig.scoped.flush()
    assert last(rig, "row.changed").data == {"short_name": ["узел", "новое"]}


def test_created_and_deleted_rows(rig: Rig) -> None:
    with rig.as_("central"):
        classifier = Classifier(code="list", title="Список")
        rig.scoped.add(classifier)
        rig.scoped.flush()
        rig.scoped.delete(classifier)
        rig.scoped.flush()
    created, deleted = last(rig, "row.created"), last(rig, "row.deleted")
    assert created.data == {"code": [None, "list"], "title": [None, "Список"], "note": [None, ""]}
    assert deleted.data == {"code": ["list", None], "title": ["Список", None], "note": ["", None]}
    assert created.subject == deleted.subject == "Список"


def test_an_attachment_says_who_where_and_in_what_role(rig: Rig) -> None:
    with rig.as_("central"):
        role = rig.scoped.scalars(select(Role).where(Role.name == RoleName.ORGANIZATION)).one()
        rig.scoped.add(Membership(user_id=rig.world.users[PEOPLE["newcomer"]], organization_id=rig.at(SCHOOL1), role_id=role.id))
        rig.scoped.flush()
    event = last(rig, "row.created")
    assert event.organization_id == rig.at(SCHOOL1)
    assert event.data["organization_id"][1]["label"] == "узел"
    assert event.data["role_id"][1]["id"] == role.id
    assert event.subject.startswith("Ф И · узел")


def test_passwords_and_session_keys_are_never_kept(rig: Rig) -> None:
    with rig.as_("central"):
        person = User(username="x", email="x@x.ru", surname="А", name="Б", password="тайна", fs_uniquifier="ключ")
        rig.scoped.add(person)
        rig.scoped.flush()
        person.password = "другая тайна"
        rig.scoped.flush()
    kept = " ".join(str(event.data) for event in rig.plain.scalars(select(Event)))
    assert "тайна" not in kept
    assert "ключ" not in kept
    assert last(rig, "row.created").data["username"] == [None, "x"]


def test_the_history_of_a_move_says_from_where_to_where(rig: Rig) -> None:
    with rig.as_("central"):
        rig.scoped.get_one(Organization, rig.at(SCHOOL1)).parent_id = rig.at(REGION)
        rig.scoped.flush()
    old, new = last(rig, "row.changed").data["parent_id"]
    assert (old["id"], new["id"]) == (rig.at(IRKUTSK), rig.at(REGION))


def test_unscoped_writes_are_kept_too(rig: Rig) -> None:
    with rig.as_("school1") as actor, unscoped("a verb's work"):
        rig.scoped.get_one(Organization, rig.at(SCHOOL1)).phone = "1"
    event = last(rig, "row.changed")
    assert (event.data, event.actor_id) == ({"phone": [None, "1"]}, actor.user_id)


def test_what_is_rolled_back_left_no_event(rig: Rig) -> None:
    before = len(events(rig, "row.changed"))
    with rig.as_("central"):
        savepoint = rig.scoped.begin_nested()
        rig.scoped.get_one(Organization, rig.at(SCHOOL1)).phone = "1"
        rig.scoped.flush()
        savepoint.rollback()
    assert len(events(rig, "row.changed")) == before


@pytest.mark.parametrize("model", sorted(history.REGISTRY, key=lambda model: model.__name__), ids=lambda model: model.__name__)
def test_every_reference_of_a_registry_row_can_be_named(model: type[Base]) -> None:
    for column in history.columns(model):
        if column.foreign_keys:
            assert history.target(model.__tablename__, column.key) is not None, column


def test_the_log_cannot_be_changed(rig: Rig) -> None:
    event: Any = rig.plain.scalars(select(Event)).first()
    event.subject = "иначе"
    with pytest.raises(Exception, match="append-only"):
        rig.plain.flush()
