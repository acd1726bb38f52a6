"""Submitting: a report that adds up goes to its reviewer, with a snapshot, a record and messages."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app.reporting import reports, revisions, sheet, storage
from admin_app.reporting.refusal import Refused
from admin_app.reporting.reports import Unready
from models import Event, Message, Report, ReportSnapshot, ReportState
from tests.people import Cast
from tests.reports import FILLED, arrange, save


@pytest.fixture
def ids(session: Session, plain: Session, cast: Cast) -> dict[str, int]:
    return arrange(session, plain, cast)


def test_a_submitted_report_is_with_its_superior(
    session: Session, plain: Session, ids: dict[str, int], as_: Any, cast: Cast
) -> None:
    with as_("school1"):
        save(session, ids["school1"], FILLED)
        found = reports.submit(session, ids["school1"])
        assert (found.state, found.reviewer_id) == (ReportState.SUBMITTED, cast.organizations["irkutsk"])
        assert (found.submitted_by_id, found.submitted_at is not None) == (cast.users["school1"], True)
        [snapshot] = revisions.snapshots(session, found)
        assert (snapshot.revision, snapshot.state) == (1, ReportState.SUBMITTED)
    told = plain.scalars(select(Message.recipient_id).where(Message.kind == "report_submitted")).all()
    assert told == [cast.users["irkutsk"]]
    assert plain.scalars(select(Event.kind).where(Event.subject_id == found.id).order_by(Event.id)).all() == [
        "report.started",
        "report.submit",
    ]


def test_errors_and_unexplained_queries_are_listed(session: Session, ids: dict[str, int], as_: Any) -> None:
    with as_("school1"):
        save(session, ids["school1"], {**FILLED, "1/02/5": "61", "1/01/4": "2000", "1/03/5": "0"})
        with pytest.raises(Unready) as refused:
            reports.submit(session, ids["school1"])
        assert [one.severity for one in refused.value.findings] == ["error", "query"]
        assert "2" in refused.value.sentence


def test_explained_queries_and_hints_let_it_pass(session: Session, ids: dict[str, int], as_: Any) -> None:
    with as_("school1"):
        saved = save(session, ids["school1"], {**FILLED, "1/01/4": "2000", "1/03/5": "0"})
        sheet.explain(session, ids["school1"], saved.findings[0].key, "объединились")
        assert reports.submit(session, ids["school1"]).state is ReportState.SUBMITTED


def test_an_empty_report_is_not_submitted(session: Session, ids: dict[str, int], as_: Any) -> None:
    with as_("school1"), pytest.raises(Refused):
        reports.submit(session, ids["school1"])


def test_a_second_submission_is_refused_and_leaves_one_event(
    session: Session, plain: Session, ids: dict[str, int], as_: Any
) -> None:
    with as_("school1"):
        save(session, ids["school1"], FILLED)
        reports.submit(session, ids["school1"])
        with pytest.raises(Refused):
            reports.submit(session, ids["school1"])
        assert len(session.scalars(select(ReportSnapshot.id)).all()) == 1


@pytest.mark.parametrize("who", ["irkutsk", "central", "school2", "support", "auditor"])
def test_only_its_own_people_submit_it(session: Session, ids: dict[str, int], as_: Any, who: str) -> None:
    with as_("school1"):
        save(session, ids["school1"], FILLED)
    with as_(who), pytest.raises(Refused):
        reports.submit(session, ids["school1"])


def test_a_snapshot_holds_every_cell(session: Session, ids: dict[str, int], as_: Any) -> None:
    with as_("school1"):
        save(session, ids["school1"], FILLED, marks={"1/02/4": "na"})
        found = reports.submit(session, ids["school1"])
        opened = sheet.load(session, found)
        [snapshot] = revisions.snapshots(session, found)
        then = storage.values(opened.program, storage.thaw(snapshot.sections))
        assert not list(storage.differences(opened.program, then, opened.values))


def test_what_has_changed_since_is_shown_cell_by_cell(session: Session, ids: dict[str, int], as_: Any, app: Flask) -> None:
    with as_("school1"):
        save(session, ids["school1"], FILLED)
        reports.submit(session, ids["school1"])
    with as_("irkutsk"):
        reports.reject(session, ids["school1"], "девочек больше")
    with as_("school1"):
        save(session, ids["school1"], {"1/01/4": "50", "2/02/3": ""}, 1)
        found = session.scalars(select(Report).where(Report.id == ids["school1"])).one()
        [snapshot] = revisions.snapshots(session, found)
        changed = {one.cell: (one.was, one.now) for one in revisions.since(session, found, snapshot)}
        assert changed == {"1/01/4": ("40", "50"), "1/01/3": ("100", "110"), "2/04/3": ("8,00", "8,80"), "2/02/3": ("новая", "")}
        entries = [(one.revision, one.was, one.now) for one in revisions.entries(session, found, "1/01/4")]
        assert entries == [(2, "40", "50"), (1, "", "40")]
