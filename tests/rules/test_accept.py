"""Accepting, and opening an accepted report again."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app.reporting import reports
from admin_app.reporting.refusal import Refused
from models import Comment, Membership, Message, Report, ReportState, Role, RoleName
from tests.people import Cast
from tests.reports import FILLED, arrange, save


@pytest.fixture
def submitted(session: Session, plain: Session, cast: Cast, as_: Any) -> int:
    """The report of school1, under review by irkutsk."""
    report_id = arrange(session, plain, cast)["school1"]
    with as_("school1"):
        save(session, report_id, FILLED)
        reports.submit(session, report_id)
    return report_id


def test_the_reviewer_accepts_and_the_school_hears_of_it(
    session: Session, plain: Session, submitted: int, as_: Any, cast: Cast
) -> None:
    with as_("irkutsk"):
        found = reports.accept(session, submitted)
        assert (found.state, found.reviewer_id, found.accepted_by_id) == (ReportState.ACCEPTED, None, cast.users["irkutsk"])
    told = plain.scalars(select(Message.recipient_id).where(Message.kind == "report_accepted")).all()
    assert set(told) == {cast.users["school1"], cast.users["clerk"]}


def test_accepting_twice_is_told_plainly(session: Session, submitted: int, as_: Any) -> None:
    with as_("irkutsk"):
        reports.accept(session, submitted)
        with pytest.raises(Refused):
            reports.accept(session, submitted)


@pytest.mark.parametrize("who", ["bratsk", "school1", "clerk", "support", "auditor", "newcomer"])
def test_others_do_not_accept(session: Session, submitted: int, as_: Any, who: str) -> None:
    with as_(who), pytest.raises(Refused):
        reports.accept(session, submitted)


def test_nobody_accepts_what_they_filled_in(session: Session, plain: Session, submitted: int, as_: Any, cast: Cast) -> None:
    role = plain.scalars(select(Role.id).where(Role.name == RoleName.SUPERVISOR)).one()
    plain.add(Membership(user_id=cast.users["school1"], organization_id=cast.organizations["irkutsk"], role_id=role))
    plain.flush()
    with as_("school1"), pytest.raises(Refused):
        reports.accept(session, submitted)


def test_the_one_who_accepted_returns_it_with_a_reason(session: Session, submitted: int, as_: Any) -> None:
    with as_("irkutsk"):
        reports.accept(session, submitted)
        with pytest.raises(Refused):
            reports.return_for_editing(session, submitted, "  ")
        found = reports.return_for_editing(session, submitted, "ошибка в графе 4")
        assert (found.state, found.reason, found.accepted_at) == (ReportState.RETURNED, "ошибка в графе 4", None)
    with as_("school1"):
        assert save(session, submitted, {"1/01/4": "41"}, 1).accepted
        assert session.scalars(select(Comment.text).where(Comment.report_id == submitted)).all() == ["ошибка в графе 4"]
        assert reports.submit(session, submitted).state is ReportState.SUBMITTED
        assert session.scalars(select(Report.reason).where(Report.id == submitted)).one() == ""


def test_another_operator_returns_it_only_for_a_granted_request(session: Session, submitted: int, as_: Any) -> None:
    with as_("irkutsk"):
        reports.accept(session, submitted)
    with as_("central"):
        with pytest.raises(Refused):
            reports.return_for_editing(session, submitted, "просили")
        assert reports.return_for_editing(session, submitted, "просили", granted=True).state is ReportState.RETURNED
