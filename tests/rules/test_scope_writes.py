"""What each person writes: old and new state of every row, foreign keys, roles, statements; and what `unscoped` lets through."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, select, update
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session, make_transient_to_detached

from admin_app.reporting import guard, scope
from admin_app.reporting.actor import unscoped
from admin_app.reporting.scope import Forbidden, OutOfScope, Unrestricted
from models import (
    Classifier,
    Comment,
    Event,
    Explanation,
    Letter,
    Level,
    Membership,
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
from tests.rules.conftest import BRANCH1, BRATSK, IRKUTSK, PEOPLE, REGION, SCHOOL1, SCHOOL2, SMALL, Rig
from tests.rules.test_scope_reads import plans
from tests.rules.world import Plan, World, build


def report_at(rig: Rig, node: int) -> Report:
    """The node's report, loaded whatever the actor sees."""
    with unscoped("to arrange a test"):
        return rig.scoped.get_one(Report, rig.world.key(Report, node))


def role_id(rig: Rig, name: RoleName) -> int:
    return rig.plain.scalars(select(Role.id).where(Role.name == name)).one()


def seat(rig: Rig, user: str, node: int, role: RoleName) -> Membership:
    """A new membership, not yet in a session."""
    return Membership(user_id=rig.world.users[PEOPLE[user]], organization_id=rig.at(node), role_id=role_id(rig, role))


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
    rig.plain.add(seat(rig, "auditor", SCHOOL1, RoleName.ORGANIZATION))
    rig.plain.flush()
    with rig.as_("auditor"):
        rig.scoped.get_one(Report, rig.world.key(Report, SCHOOL1)).revision = 3
        rig.scoped.flush()
        rig.scoped.get_one(Report, rig.world.key(Report, SCHOOL2)).revision = 3
        with pytest.raises(OutOfScope):
            rig.scoped.flush()


# ── Roles and accounts ───────────────────────────────────────────────────────────────────────────────────────────────

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
            gift = seat(rig, "newcomer", node, role)
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
            rig.scoped.add(seat(rig, name, SCHOOL1, RoleName.ORGANIZATION))
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


# ── UPDATE and DELETE statements ─────────────────────────────────────────────────────────────────────────────────────


def test_statements_change_only_what_is_in_reach(rig: Rig) -> None:
    with rig.as_("school1"):
        result: Any = rig.scoped.execute(update(Report).values(reason="всем"))
        assert result.rowcount == 2  # the school and its branch
        result = rig.scoped.execute(delete(Comment))
        assert result.rowcount == 2
        assert rig.scoped.query(Explanation).delete() == 2
        assert rig.scoped.query(Report).update({"revision": 9}, synchronize_session="fetch") == 2


def test_statements_of_those_who_only_read_are_refused(rig: Rig) -> None:
    for name in ("auditor", "support", "newcomer"):
        with rig.as_(name), pytest.raises(Forbidden):
            rig.scoped.execute(update(Report).values(reason="всем"))


def test_statements_move_no_rows(rig: Rig) -> None:
    for statement in (
        update(Report).values(organization_id=rig.at(BRANCH1)),
        update(Report).values({Report.organization_id: rig.at(BRANCH1)}),
        update(Comment).values(report_id=1),
        update(Organization).values(phone="1"),
        delete(User),
        delete(Event),
    ):
        for name in ("irkutsk", "central"):
            if name == "central" and statement.table.name in {"report", "comment"}:
                continue
            with rig.as_(name), pytest.raises((Unrestricted, Forbidden)):
                rig.scoped.execute(statement)


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


# ── Against the oracle ───────────────────────────────────────────────────────────────────────────────────────────────


@settings(max_examples=40, deadline=None)
@given(plan=plans(), data=st.data())
def test_a_report_is_moved_only_within_the_reach_of_a_role_that_writes_it(
    engine: Engine, plan: Plan, data: st.DataObject
) -> None:
    nodes = st.integers(0, len(plan.nodes) - 1)
    user, source, goal = data.draw(st.integers(0, 2)), data.draw(nodes), data.draw(nodes)
    with engine.connect() as wire, Session(wire, join_transaction_mode="create_savepoint") as plain:
        world = build(plain, plan)
        plain.delete(plain.get_one(Report, world.key(Report, goal))) if goal != source and free(plain, world, goal) else None
        plain.flush()
        writing = {role for role in RoleName if Report in guard.RIGHTS[role]}
        everywhere = world.is_whole(user, {RoleName.CENTRAL})
        reach = world.reach(user, writing)
        allowed = everywhere or {source, goal} <= reach
        with (
            scope.acting(scope.actor_of(world.users[user], plain)),
            scope.ScopedSession(wire, join_transaction_mode="create_savepoint") as session,
        ):
            with unscoped("to arrange a test"):
                report = session.get_one(Report, world.key(Report, source))
            report.organization_id = world.nodes[goal]
            report.reason = "перенос"
            if allowed:
                session.flush()
            else:
                with pytest.raises((OutOfScope, Forbidden)):
                    session.flush()


def free(plain: Session, world: World, node: int) -> bool:
    """Take away what hangs on the node's report, so that another report can have its place."""
    key = world.key(Report, node)
    for table in reversed(Report.metadata.sorted_tables):
        if "report_id" in table.c:
            plain.execute(delete(table).where(table.c.report_id == key))
    return True


def test_the_small_world_is_what_the_tests_above_think(rig: Rig) -> None:
    assert [node.level for node in SMALL.nodes].count(Level.BRANCH) == 1
    assert rig.actor("school1").organization_ids == {rig.at(SCHOOL1)}
