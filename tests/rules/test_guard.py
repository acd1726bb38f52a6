"""Who may do what: the table of roles and permissions, the reach, the conditions of single permissions, with their reasons."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from admin_app.reporting import guard, scope
from admin_app.reporting.actor import unscoped
from admin_app.reporting.guard import TABLE, Forbidden, Permission, may, require
from models import Base, Comment, Membership, Organization, Report, ReportRevision, Request, RequestKind, RoleName, User
from tests.rules.conftest import BRANCH1, BRATSK, IRKUTSK, PEOPLE, REGION, SCHOOL1, SCHOOL2, Rig
from tests.rules.world import TODAY

P = Permission


def at(rig: Rig, model: type[Base], node: int) -> Any:
    """The row of the model at the node, whoever acts."""
    with unscoped("to arrange a test"):
        return rig.scoped.get_one(model, rig.world.key(model, node))


def organization(rig: Rig, node: int) -> Organization:
    with unscoped("to arrange a test"):
        return rig.scoped.get_one(Organization, rig.at(node))


def test_the_vocabulary_is_sorted_and_every_word_is_held_by_somebody() -> None:
    words = [str(permission) for permission in Permission]
    assert words == sorted(words)
    assert set(TABLE) == set(RoleName)
    assert frozenset().union(*TABLE.values()) == set(Permission)


def test_the_auditor_only_reads() -> None:
    assert {p.partition(":")[2] for p in TABLE[RoleName.AUDITOR]} == {"read", "export"}
    assert guard.RIGHTS[RoleName.AUDITOR] == set()


def test_support_reads_no_values() -> None:
    assert not any(p.startswith("report:") for p in TABLE[RoleName.SUPPORT])


REACHED = [
    ("school1", P.REPORT_FILL, SCHOOL1, True),
    ("school1", P.REPORT_FILL, BRANCH1, True),
    ("school1", P.REPORT_FILL, SCHOOL2, False),
    ("school1", P.REPORT_REVIEW, BRANCH1, False),
    ("irkutsk", P.REPORT_REVIEW, SCHOOL1, True),
    ("irkutsk", P.REPORT_REVIEW, BRANCH1, True),
    ("irkutsk", P.REPORT_REVIEW, SCHOOL2, False),
    ("irkutsk", P.REPORT_FILL, SCHOOL1, False),
    ("central", P.REPORT_REVIEW, SCHOOL2, True),
    ("auditor", P.REPORT_READ, SCHOOL2, True),
    ("auditor", P.REPORT_REVIEW, SCHOOL2, False),
    ("support", P.REPORT_READ, SCHOOL2, False),
    ("newcomer", P.REPORT_READ, SCHOOL1, False),
    ("admin", P.REPORT_REVIEW, SCHOOL1, False),
]


@pytest.mark.parametrize(("name", "permission", "node", "allowed"), REACHED)
def test_a_role_reaches_its_own_part_only(rig: Rig, name: str, permission: Permission, node: int, allowed: bool) -> None:
    with rig.as_(name) as actor:
        answer = may(actor, permission, at(rig, Report, node))
        assert answer.allowed is allowed
        assert bool(str(answer.reason)) is not allowed


def test_a_role_held_elsewhere_does_not_help(rig: Rig) -> None:
    rig.plain.add(rig.seat("irkutsk", SCHOOL2, RoleName.ORGANIZATION))
    rig.plain.flush()
    with rig.as_("irkutsk") as actor:
        assert not may(actor, P.REPORT_REVIEW, at(rig, Report, SCHOOL2))
        assert may(actor, P.REPORT_FILL, at(rig, Report, SCHOOL2))


def test_nobody_may_nothing() -> None:
    assert not any(may(scope.NOBODY, permission) for permission in Permission)


def test_children_belong_where_their_report_does(rig: Rig) -> None:
    with rig.as_("irkutsk") as actor:
        assert may(actor, P.REPORT_COMMENT, at(rig, Comment, SCHOOL1))
        assert not may(actor, P.REPORT_COMMENT, at(rig, Comment, SCHOOL2))


# ── Never one's own report ───────────────────────────────────────────────────────────────────────────────────────────


def refusal(rig: Rig, node: int = SCHOOL1) -> str:
    """Why the operator of Иркутск may not review the node's report; empty if it may."""
    with rig.as_("irkutsk") as actor:
        return str(may(actor, P.REPORT_REVIEW, at(rig, Report, node)).reason)


def test_a_report_of_ones_own_organization_is_reviewed_by_another(rig: Rig) -> None:
    assert refusal(rig) == ""
    rig.plain.add(rig.seat("irkutsk", SCHOOL1, RoleName.ORGANIZATION))
    rig.plain.flush()
    assert "own organization" in refusal(rig)
    assert "own organization" in refusal(rig, BRANCH1)


def test_a_report_that_one_submitted_is_reviewed_by_another(rig: Rig) -> None:
    rig.plain.get_one(Report, rig.world.key(Report, SCHOOL1)).submitted_by_id = rig.world.users[PEOPLE["irkutsk"]]
    rig.plain.flush()
    assert "yourself" in refusal(rig)
    assert refusal(rig, BRANCH1) == ""


def test_a_report_that_one_filled_in_last_is_reviewed_by_another(rig: Rig) -> None:
    revision = rig.plain.get_one(ReportRevision, rig.world.key(ReportRevision, SCHOOL1))
    revision.user_id = rig.world.users[PEOPLE["irkutsk"]]
    rig.plain.flush()
    assert "yourself" in refusal(rig)


# ── People and requests ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("giver", "role", "node", "allowed"),
    [
        ("irkutsk", RoleName.ORGANIZATION, SCHOOL1, True),
        ("irkutsk", RoleName.ORGANIZATION, SCHOOL2, False),
        ("irkutsk", RoleName.SUPERVISOR, IRKUTSK, False),
        ("support", RoleName.ORGANIZATION, SCHOOL2, True),
        ("support", RoleName.ADMIN, REGION, False),
        ("central", RoleName.SUPERVISOR, BRATSK, True),
        ("central", RoleName.CENTRAL, REGION, False),
        ("admin", RoleName.CENTRAL, REGION, True),
    ],
)
def test_roles_are_given_within_ones_gift(rig: Rig, giver: str, role: RoleName, node: int, allowed: bool) -> None:
    given = rig.seat("newcomer", node, role)
    rig.plain.add(given)
    rig.plain.flush()
    with rig.as_(giver) as actor, unscoped("to arrange a test"):
        assert bool(may(actor, P.USER_ATTACH, rig.scoped.get_one(Membership, given.id))) is allowed


def test_nobody_attaches_themselves(rig: Rig) -> None:
    given = rig.seat("support", SCHOOL1, RoleName.ORGANIZATION)
    rig.plain.add(given)
    rig.plain.flush()
    with rig.as_("support") as actor:
        assert "yourself" in str(may(actor, P.USER_ATTACH, rig.scoped.get_one(Membership, given.id)).reason)


@pytest.mark.parametrize(
    ("editor", "owner", "allowed"),
    [
        ("irkutsk", "school1", True),
        ("irkutsk", "school2", False),
        ("irkutsk", "newcomer", False),
        ("support", "newcomer", True),
        ("support", "admin", False),
        ("central", "irkutsk", True),
        ("central", "admin", False),
        ("admin", "central", True),
    ],
)
def test_accounts_are_edited_by_those_with_more_rights(rig: Rig, editor: str, owner: str, allowed: bool) -> None:
    with rig.as_(editor) as actor:
        with unscoped("to arrange a test"):
            person = rig.scoped.get_one(User, rig.world.users[PEOPLE[owner]])
        assert bool(may(actor, P.USER_EDIT, person)) is allowed


def test_a_membership_that_ended_gives_no_reach_over_the_person(rig: Rig) -> None:
    seat = rig.plain.scalars(select(Membership).where(Membership.user_id == rig.world.users[PEOPLE["school1"]])).one()
    seat.valid_to = TODAY - timedelta(days=1)
    rig.plain.flush()
    with rig.as_("irkutsk") as actor:
        with unscoped("to arrange a test"):
            person = rig.scoped.get_one(User, rig.world.users[PEOPLE["school1"]])
        assert not may(actor, P.USER_EDIT, person)


def request(rig: Rig, author: str, kind: RequestKind) -> int:
    row = Request(kind=kind, author_id=rig.world.users[PEOPLE[author]], organization_id=rig.at(SCHOOL1))
    rig.plain.add(row)
    rig.plain.flush()
    return row.id


def test_nobody_decides_their_own_request_and_support_only_attachments(rig: Rig) -> None:
    for author, kind, decider, allowed in (
        ("school1", RequestKind.EDIT_CARD, "irkutsk", True),
        ("school1", RequestKind.EDIT_CARD, "bratsk", False),
        ("irkutsk", RequestKind.EDIT_CARD, "irkutsk", False),
        ("irkutsk", RequestKind.EDIT_CARD, "central", True),
        ("school1", RequestKind.EDIT_CARD, "support", False),
        ("school1", RequestKind.ATTACH_USER, "support", True),
        ("school1", RequestKind.ATTACH_USER, "school1", False),
    ):
        key = request(rig, author, kind)
        with rig.as_(decider) as actor, unscoped("to arrange a test"):
            assert bool(may(actor, P.REQUEST_DECIDE, rig.scoped.get_one(Request, key))) is allowed, (author, kind, decider)


def test_a_request_about_no_organization_is_decided_at_the_region(rig: Rig) -> None:
    row = Request(kind=RequestKind.ADD_ORGANIZATION, author_id=rig.world.users[PEOPLE["newcomer"]])
    rig.plain.add(row)
    rig.plain.flush()
    for name, allowed in (("central", True), ("irkutsk", False)):
        with rig.as_(name) as actor, unscoped("to arrange a test"):
            assert bool(may(actor, P.REQUEST_DECIDE, rig.scoped.get_one(Request, row.id))) is allowed


def test_require_raises_the_reason(rig: Rig) -> None:
    with rig.as_("auditor"):
        require(P.EVENT_READ)
        with pytest.raises(Forbidden) as refused:
            require(P.CAMPAIGN_OPEN)
        assert "Open campaigns" in refused.value.sentence


def test_the_system_acts_as_centre_and_administrator() -> None:
    actor = scope.everything("seed")
    assert may(actor, P.CAMPAIGN_OPEN)
    assert may(actor, P.SETTINGS_EDIT)
    assert not actor.is_nobody
