"""Comments on reports and cells."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app.reporting import comments, reports
from admin_app.reporting.refusal import Refused
from models import Message, Report
from tests.people import Cast
from tests.reports import FILLED, arrange, save


@pytest.fixture
def submitted(session: Session, plain: Session, cast: Cast, as_: Any) -> int:
    report_id = arrange(session, plain, cast)["school1"]
    with as_("school1"):
        save(session, report_id, FILLED)
        reports.submit(session, report_id)
    return report_id


def report(session: Session, report_id: int) -> Report:
    return session.scalars(select(Report).where(Report.id == report_id)).one()


def test_a_reviewer_asks_at_a_cell_and_the_school_answers(
    session: Session, plain: Session, submitted: int, as_: Any, cast: Cast
) -> None:
    with as_("irkutsk"):
        asked = comments.add(session, report(session, submitted), " Откуда столько? ", "1/1/4")
        assert (asked.text, asked.cell, asked.revision) == ("Откуда столько?", "1/01/4", 1)
    with as_("school1"):
        comments.add(session, report(session, submitted), "Объединились")
        assert [one.text for one in comments.of_report(session, report(session, submitted))] == [
            "Откуда столько?",
            "Объединились",
        ]
        assert [one.text for one in comments.of_report(session, report(session, submitted), "1/01/4")] == ["Откуда столько?"]
    told = plain.execute(select(Message.recipient_id, Message.body).where(Message.kind == "report_comment")).all()
    assert {recipient for recipient, body in told if "Откуда" in body} == {cast.users["school1"], cast.users["clerk"]}
    assert {recipient for recipient, body in told if "Объединились" in body} == {cast.users["irkutsk"], cast.users["clerk"]}


def test_a_comment_is_settled_and_opened_again(session: Session, submitted: int, as_: Any) -> None:
    with as_("irkutsk"):
        asked = comments.add(session, report(session, submitted), "Проверьте")
        comments.resolve(session, asked)
        comments.resolve(session, asked)
        assert asked.resolved_at is not None
        comments.resolve(session, asked, resolved=False)
        assert asked.resolved_at is None


@pytest.mark.parametrize(("text", "cell"), [("", None), ("  \n", None), ("x" * 4001, None), ("да", "9/9/9"), ("да", "мимо")])
def test_what_makes_no_sense_is_refused(session: Session, submitted: int, as_: Any, text: str, cell: str | None) -> None:
    with as_("irkutsk"), pytest.raises(Refused):
        comments.add(session, report(session, submitted), text, cell)


@pytest.mark.parametrize("who", ["auditor", "admin"])
def test_those_who_only_read_do_not_comment(session: Session, submitted: int, as_: Any, who: str) -> None:
    with as_(who), pytest.raises(Refused):
        comments.add(session, report(session, submitted), "можно?")
