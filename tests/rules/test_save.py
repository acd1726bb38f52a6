"""Saving a report: what was typed is stored, merged, or comes back; nothing is lost."""

import uuid
from typing import Any

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from admin_app.reporting import forms, reports, sheet, storage
from admin_app.reporting.refusal import Refused
from models import Report, ReportRevision, ReportSection, ReportState
from tests.people import Cast
from tests.reports import FILLED, arrange, save


@pytest.fixture
def ids(session: Session, plain: Session, cast: Cast) -> dict[str, int]:
    """The reports of an open campaign by organization."""
    return arrange(session, plain, cast)


def state(session: Session, report_id: int) -> ReportState:
    report = session.get(Report, report_id)
    assert report is not None
    return report.state


def test_a_save_stores_computes_and_counts(session: Session, ids: dict[str, int], as_: Any) -> None:
    with as_("school1"):
        saved = save(session, ids["school1"], FILLED)
        assert saved.revision == 1
        assert saved.accepted == {**FILLED}
        assert saved.computed == {"1/01/3": "100", "1/02/3": "30", "1/03/3": "3", "2/04/3": "8,00"}
        assert saved.filled == {"1": 5, "2": 2}
        assert saved.findings == [] == saved.rejected == saved.conflicts
        assert state(session, ids["school1"]) is ReportState.DRAFT
