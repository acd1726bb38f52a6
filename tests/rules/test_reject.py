"""Rejecting: back to the organization, always with a reason."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app.reporting import reports
from admin_app.reporting.refusal import Refused
from models import Comment, Letter, Message, ReportState
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


def test_a_rejection_brings_the_reason_to_the_school(
    session: Session, plain: Session, submitted: int, as_: Any, cast: Cast
) -> None:
    with as_("irkutsk"):
        found = reports.reject(session, submitted, " Не хватает классов ")
        assert (found.state, found.reviewer_id, found.reason) == (ReportState.REJECTED, None, "Не хватает классов")
        [comment] = session.scalars(select(Comment).where(Comment.report_id == submitted))
        assert (comment.text, comment.author_id, comment.revision) == ("Не хватает классов", cast.users["irkutsk"], 1)
    bodies = plain.scalars(select(Message.body).where(Message.kind == "report_rejected")).all()
    assert len(bodies) == 2
    assert all("Не хватает классов" in body for body in bodies)
    assert plain.scalars(select(Letter.recipient).where(Letter.text.contains("Не хватает классов"))).all()


@pytest.mark.parametrize("reason", ["", " \n ", "\u200b\u2060 "])
def test_without_a_reason_nothing_happens(session: Session, submitted: int, as_: Any, reason: str) -> None:
    with as_("irkutsk"), pytest.raises(Refused):
        reports.reject(session, submitted, reason)


def test_a_rejected_report_is_fixed_and_submitted_again(session: Session, submitted: int, as_: Any) -> None:
    with as_("irkutsk"):
        reports.reject(session, submitted, "исправьте")
    with as_("school1"):
        assert save(session, submitted, {"1/01/4": "45"}, 1).revision == 2
        found = reports.submit(session, submitted)
        assert (found.state, found.reason) == (ReportState.SUBMITTED, "")
    with as_("irkutsk"):
        assert reports.accept(session, submitted).state is ReportState.ACCEPTED
