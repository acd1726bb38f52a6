"""What each person writes: old and new state of every row, foreign keys, roles, statements; and what `unscoped` lets through."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import make_transient_to_detached

from admin_app.reporting import guard, scope
from admin_app.reporting.actor import unscoped
from admin_app.reporting.scope import Forbidden, OutOfScope
from models import (
    Classifier,
    Comment,
    Explanation,
    Letter,
    Level,
    Message,
    Organization,
    Report,
    ReportRevision,
    ReportSection,
    ReportState,
    Request,
    Role,
    RoleName,
    User,
)
from tests.rules.conftest import BRANCH1, BRATSK, IRKUTSK, PEOPLE, SCHOOL1, SCHOOL2, Rig


def report_at(rig: Rig, node: int) -> Report:
    """The node's report, loaded whatever the actor sees."""
    with unscoped("to arrange a test"):
        return rig.scoped.get_one(Report, rig.world.key(Report, node))


# ── What is meant to be written passes ───────────────────────────────────────────────────────────────────────────────


def test_a_save_passes(rig: Rig) -> None:
    with rig.as_("school1"):
        report = rig.scoped.get_one(Report, rig.world.key(Report, SCHOOL1))
        report.revision = 2
        shared = {"report_id": report.id}
        rig.scoped.get_one(ReportSection, (report.id, "1")).numbers = b"12345678"
        rig.scoped.add_all(
            [
                ReportSection(code="2", numbers=b"", **shared),
                ReportRevision(number=2, user_name="И", user_id=scope.current().user_id, key=uuid.uuid4(), delta=[], **shared),
                Explanation(check_id="2", text="так", at=datetime.now(UTC), **shared),
                Comment(text="к", author_name="И", author_id=scope.current().user_id, **shared),
            ]
        )
        rig.scoped.commit()


def test_a_branch_is_filled_by_its_organizations_user(rig: Rig) -> None:
    with rig.as_("school1"):
        report_at(rig, BRANCH1).revision = 2
        rig.scoped.commit()


def test_submission_names_the_organization_above_and_no_other(rig: Rig) -> None:
    with rig.as_("school1"):
        report = report_at(rig, SCHOOL1)
        report.state, report.reviewer_id = ReportState.SUBMITTED, rig.at(IRKUTSK)
        rig.scoped.commit()
        report.reviewer_id = rig.at(BRATSK)
        with pytest.raises(OutOfScope) as refusal:
            rig.scoped.flush()
        assert (refusal.value.model, refusal.value.attribute) == (Report, "reviewer_id")


def test_a_supervisor_keeps_its_own_part(rig: Rig) -> None:
    with rig.as_("irkutsk"):
        office, school = (rig.scoped.get_one(Organization, rig.at(node)) for node in (IRKUTSK, SCHOOL1))
        fresh = Organization(parent=office, level=Level.ORGANIZATION, short_name="новая", full_name="новая")
        rig.scoped.add(fresh)
        rig.scoped.flush()
        rig.scoped.get_one(Organization, rig.at(BRANCH1)).parent = fresh
        school.phone = "123"
        rig.scoped.commit()
        assert rig.scoped.get_one(Organization, rig.at(BRANCH1)).path.startswith(fresh.path)


def test_everybody_writes_what_is_their_own(rig: Rig) -> None:
    for name in PEOPLE:
        with rig.as_(name) as actor:
            rig.scoped.get_one(User, actor.user_id).phone = "123"
            message = rig.scoped.scalars(select(Message)).one()
            message.read_at = datetime.now(UTC)
            rig.scoped.add(Request(kind="edit_card", author_id=actor.user_id))
            rig.scoped.flush()


# ── What is not is refused, and nothing of it stays ──────────────────────────────────────────────────────────────────


def move_in(rig: Rig) -> None:
    report_at(rig, SCHOOL2).organization_id = rig.at(BRANCH1)


def move_out(rig: Rig) -> None:
    report_at(rig, SCHOOL1).organization_id = rig.at(SCHOOL2)


def move_out_by_object(rig: Rig) -> None:
    with unscoped("to arrange a test"):
        foreign = rig.scoped.get_one(Organization, rig.at(SCHOOL2))
    report_at(rig, SCHOOL1).organization = foreign


def change_foreign(rig: Rig) -> None:
    report_at(rig, SCHOOL2).reason = "моё"


def change_expired(rig: Rig) -> None:
    report = report_at(rig, SCHOOL2)
    rig.scoped.expire(report)
    report.organization_id = rig.at(SCHOOL1)


def forge(rig: Rig) -> None:
    """An object that claims to be the persistent row of one's own organization."""
    forged = Report(id=rig.world.key(Report, SCHOOL2), organization_id=rig.at(SCHOOL1), campaign_id=1)
    make_transient_to_detached(forged)
    rig.scoped.add(forged)
    forged.revision = 7


def add_foreign(rig: Rig) -> None:
    rig.scoped.add(Report(campaign_id=report_at(rig, SCHOOL1).campaign_id, organization_id=rig.at(SCHOOL2)))


def add_child(rig: Rig) -> None:
    rig.scoped.add(Comment(report_id=rig.world.key(Report, SCHOOL2), text="к", author_name="И"))


def move_child(rig: Rig) -> None:
    rig.scoped.scalars(select(Comment)).first().report_id = rig.world.key(Report, SCHOOL2)


def delete_foreign(rig: Rig) -> None:
    with unscoped("to arrange a test"):
        comment = rig.scoped.get_one(Comment, rig.world.key(Comment, SCHOOL2))
    rig.scoped.delete(comment)


def name_a_stranger(rig: Rig) -> None:
    author = rig.world.users[PEOPLE["school2"]]
    rig.scoped.add(Comment(report_id=rig.world.key(Report, SCHOOL1), text="к", author_name="И", author_id=author))


def name_a_foreign_place(rig: Rig) -> None:
    rig.scoped.add(Request(kind="edit_card", author_id=scope.current().user_id, organization_id=rig.at(SCHOOL2)))


FOREIGN: dict[Callable[[Rig], None], str] = {
    move_in: "organization_id",
    move_out: "organization_id",
    move_out_by_object: "organization_id",
    change_foreign: "organization_id",
    change_expired: "organization_id",
    forge: "organization_id",
    add_foreign: "organization_id",
    add_child: "report_id",
    move_child: "report_id",
    delete_foreign: "report_id",
    name_a_stranger: "author_id",
    name_a_foreign_place: "organization_id",
}


def state_of(rig: Rig) -> list[Any]:
    """What must not change."""
    rig.plain.expire_all()
    return [
        sorted(rig.plain.execute(select(Report.id, Report.organization_id, Report.revision, Report.reason))),
        sorted(rig.plain.execute(select(Comment.id, Comment.report_id))),
        sorted(rig.plain.execute(select(Organization.id, Organization.path))),
        sorted(rig.plain.scalars(select(Request.id))),
    ]


@pytest.mark.parametrize("attempt", FOREIGN, ids=lambda attempt: attempt.__name__)
@pytest.mark.parametrize("name", ["school1", "irkutsk"])
def test_nothing_is_moved_into_or_out_of_a_scope(rig: Rig, attempt: Callable[[Rig], None], name: str) -> None:
    before = state_of(rig)
    with rig.as_(name):
        if name == "irkutsk" and attempt is name_a_foreign_place:
            pytest.skip("the same as for the school")
        attempt(rig)
        with pytest.raises(OutOfScope) as refusal:
            rig.scoped.commit()
        assert refusal.value.attribute == FOREIGN[attempt]
        assert refusal.value.sentence
        rig.scoped.rollback()
    assert state_of(rig) == before


@pytest.mark.parametrize(("source", "goal"), [(SCHOOL1, BRATSK), (SCHOOL2, IRKUTSK), (IRKUTSK, BRATSK)])
def test_no_organization_crosses_the_border(rig: Rig, source: int, goal: int) -> None:
    with rig.as_("irkutsk"):
        with unscoped("to arrange a test"):
            moved = rig.scoped.get_one(Organization, rig.at(source))
        moved.parent_id = rig.at(goal)
        with pytest.raises(OutOfScope) as refusal:
            rig.scoped.flush()
        assert refusal.value.attribute == "parent_id"


WRITES: dict[str, Callable[[Rig], Any]] = {
    "Report": lambda rig: setattr(report_at(rig, SCHOOL1), "revision", 5),
    "ReportSection": lambda rig: rig.scoped.add(ReportSection(report_id=rig.world.key(Report, SCHOOL1), code="9", numbers=b"")),
    "Organization": lambda rig: setattr(rig.scoped.get_one(Organization, rig.at(SCHOOL1)), "phone", "1"),
    "Classifier": lambda rig: rig.scoped.add(Classifier(code="x", title="x")),
    "Comment": lambda rig: rig.scoped.add(Comment(report_id=rig.world.key(Report, SCHOOL1), text="к", author_name="И")),
    "Letter": lambda rig: rig.scoped.add(Letter(recipient="a@b.ru", subject="с", text="т")),
    "Role": lambda rig: setattr(rig.scoped.scalars(select(Role)).first(), "description", "о"),
}


def written(rig: Rig, table: str) -> None:
    WRITES[table](rig)
    rig.scoped.flush()


@pytest.mark.parametrize("table", WRITES)
@pytest.mark.parametrize("name", PEOPLE)
def test_each_role_writes_its_tables_and_no_others(rig: Rig, table: str, name: str) -> None:
    allowed = any(table in {model.__name__ for model in guard.RIGHTS[role]} for role in rig.actor(name).roles) and name not in {
        "school2",
        "bratsk",
    }
    with rig.as_(name):
        if allowed:
            written(rig, table)
        else:
            with pytest.raises((Forbidden, OutOfScope, NoResultFound)):
                written(rig, table)
            rig.scoped.rollback()


def test_nobody_writes_nothing(rig: Rig) -> None:
    rig.scoped.add(Request(kind="edit_card", author_id=rig.world.users[0]))
    with pytest.raises(Forbidden):
        rig.scoped.flush()


def test_a_role_that_only_reads_lends_no_reach_to_one_that_writes(rig: Rig) -> None:
    rig.plain.add(rig.seat("auditor", SCHOOL1, RoleName.ORGANIZATION))
    rig.plain.flush()
    with rig.as_("auditor"):
        own, other = (rig.scoped.get_one(Report, rig.world.key(Report, node)) for node in (SCHOOL1, SCHOOL2))
        own.revision = 3
        rig.scoped.commit()
        other.revision = 3
        with pytest.raises(OutOfScope):
            rig.scoped.flush()
        rig.scoped.rollback()
        rig.scoped.get_one(Comment, rig.world.key(Comment, SCHOOL1)).report_id = other.id
        with pytest.raises(OutOfScope):  # seen there, and to be written here, but not to be written there
            rig.scoped.flush()
        rig.scoped.rollback()


# ── unscoped ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_unscoped_writes_pass_and_those_made_before_it_are_judged(rig: Rig) -> None:
    with rig.as_("school1"):
        with unscoped("notices"):
            rig.scoped.add(Message(recipient_id=rig.world.users[PEOPLE["irkutsk"]], kind="account", subject="с", body="т"))
        report_at(rig, SCHOOL1).organization_id = rig.at(SCHOOL2)
        with pytest.raises(OutOfScope), unscoped("to smuggle"):
            rig.scoped.flush()
        rig.scoped.rollback()


def test_what_unscoped_leaves_pending_is_written_on_its_way_out(rig: Rig) -> None:
    with rig.as_("school1"):
        with unscoped("to arrange a test"):
            rig.scoped.get_one(Report, rig.world.key(Report, SCHOOL2)).reason = "так надо"
        assert not rig.scoped.dirty
        rig.scoped.commit()


def test_acting_for_another_settles_first(rig: Rig) -> None:
    with rig.as_("school1"):
        report_at(rig, SCHOOL1).organization_id = rig.at(SCHOOL2)
        with pytest.raises(OutOfScope), scope.acting(rig.actor("central")):
            rig.scoped.commit()
        rig.scoped.rollback()
