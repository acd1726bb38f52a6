"""Saving a report: what was typed is stored, merged, or comes back with a sentence; nothing is lost."""

import uuid
from typing import Any

import pytest
from sqlalchemy import Connection, event, func, select
from sqlalchemy.orm import Session

from admin_app.reporting import reports, sheet, storage, workflow
from admin_app.reporting.refusal import Refused
from models import Report, ReportRevision, ReportSection, ReportState
from tests.people import Cast
from tests.reports import FILLED, arrange, save


@pytest.fixture
def ids(session: Session, plain: Session, cast: Cast) -> dict[str, int]:
    """The reports of an open campaign by organization."""
    return arrange(session, plain, cast)


def report(session: Session, report_id: int) -> Report:
    return session.scalars(select(Report).where(Report.id == report_id).execution_options(populate_existing=True)).one()


def test_a_save_stores_computes_and_counts(session: Session, ids: dict[str, int], as_: Any) -> None:
    with as_("school1"):
        saved = save(session, ids["school1"], FILLED)
        assert (saved.revision, saved.accepted) == (1, FILLED)
        assert saved.computed == {"1/01/3": "100", "1/02/3": "30", "1/03/3": "3", "2/04/3": "8,00"}
        assert saved.filled == {"1": 5, "2": 2}
        assert saved.findings == [] == saved.rejected == saved.conflicts
        kept = report(session, ids["school1"])
        assert (kept.state, kept.revision, kept.filled) == (ReportState.DRAFT, 1, {"1": 5, "2": 2})
        opened = sheet.load(session, kept)
        assert {cell: opened.shown(cell) for cell in FILLED} == FILLED
        assert opened.shown("1/01/3") == "100"


def test_a_zero_a_blank_and_a_mark_stay_different(session: Session, ids: dict[str, int], as_: Any) -> None:
    with as_("school1"):
        save(session, ids["school1"], {"1/01/4": "0", "1/01/5": ""}, marks={"1/02/4": "na", "1/02/5": "nd"})
        opened = sheet.load(session, report(session, ids["school1"]))
        shown = [opened.shown(f"1/{place}") for place in ("01/4", "01/5", "02/4", "02/5")]
        assert shown[:2] == ["0", ""]
        assert len(set(shown)) == 4
        save(session, ids["school1"], {"1/02/5": "7"}, 1, marks={"1/02/4": None})
        opened = sheet.load(session, report(session, ids["school1"]))
        assert [opened.shown("1/02/4"), opened.shown("1/02/5")] == ["", "7"]


def test_what_cannot_be_kept_comes_back_and_the_rest_is_stored(session: Session, ids: dict[str, int], as_: Any) -> None:
    with as_("school1"):
        typed = {
            "1/01/4": "5",
            "1/01/5": "abc",
            "1/01/3": "9",
            "1/03/4": "1",
            "9/1/1": "1",
            "": "",
            "1/01": "x",
            "2/03/3": "31.02.2025",
        }
        saved = save(session, ids["school1"], typed, marks={"1/02/4": "perhaps"})
        assert saved.accepted == {"1/01/4": "5"}
        assert {one.cell for one in saved.rejected} == {*typed, "1/02/4"} - {"1/01/4"}
        assert all(one.sentence for one in saved.rejected)


def test_a_repeated_request_is_stored_once_and_answered_the_same(session: Session, ids: dict[str, int], as_: Any) -> None:
    key = uuid.uuid4()
    with as_("school1"):
        save(session, ids["school1"], {"1/01/4": "1"})
        with as_("clerk"):
            save(session, ids["school1"], {"1/01/5": "8"}, 1)
        typed = {"1/01/4": "2", "1/01/5": "9", "1/01/3": "3", "1/02/5": "4"}
        first = save(session, ids["school1"], typed, 1, key=key)
        save(session, ids["school1"], {"1/01/4": "3"}, first.revision)
        again = save(session, ids["school1"], typed, 1, key=key)
        assert (again.accepted, again.conflicts, again.rejected) == (first.accepted, first.conflicts, first.rejected)
        assert set(first.accepted) == {"1/01/4", "1/02/5"}
        assert [one.cell for one in first.conflicts] == ["1/01/5"]
        count = select(func.count(ReportRevision.number)).where(ReportRevision.report_id == ids["school1"])
        assert session.scalar(count) == 4
        assert sheet.load(session, report(session, ids["school1"])).shown("1/01/4") == "3"


def test_a_key_used_twice_for_different_things_loses_nothing(session: Session, ids: dict[str, int], as_: Any) -> None:
    key = uuid.uuid4()
    with as_("school1"):
        save(session, ids["school1"], {"1/01/4": "1"}, key=key)
        saved = save(session, ids["school1"], {"1/01/4": "2", "1/01/5": "3"}, 1, key=key)
        assert saved.accepted == {}
        assert {one.cell: (one.mine, one.theirs) for one in saved.conflicts} == {"1/01/4": ("2", "1"), "1/01/5": ("3", "")}


def test_different_cells_merge_and_each_hears_of_the_other(session: Session, ids: dict[str, int], as_: Any) -> None:
    with as_("school1"):
        save(session, ids["school1"], {"1/01/4": "1"})
    with as_("clerk"):
        theirs = save(session, ids["school1"], {"1/01/5": "2"}, 0)
        assert theirs.others["1/01/4"].shown == "1"
        assert theirs.others["1/01/4"].who.startswith("Первая")
        assert theirs.computed["1/01/3"] == "3"


def test_the_same_cell_changed_by_both_comes_back_with_both_values(session: Session, ids: dict[str, int], as_: Any) -> None:
    with as_("school1"):
        save(session, ids["school1"], {"1/01/4": "1", "1/01/5": "6"})
    with as_("clerk"):
        saved = save(session, ids["school1"], {"1/01/4": "2", "1/01/5": "6"}, 0)
        [conflict] = saved.conflicts
        assert (conflict.cell, conflict.mine, conflict.theirs) == ("1/01/4", "2", "1")
        assert saved.accepted == {"1/01/5": "6"}
        kept = save(session, ids["school1"], {"1/01/4": "2"}, saved.revision)
        assert kept.accepted == {"1/01/4": "2"}


def test_a_cell_changed_and_changed_back_is_no_conflict(session: Session, ids: dict[str, int], as_: Any) -> None:
    with as_("school1"):
        first = save(session, ids["school1"], {"1/01/4": "1"})
        save(session, ids["school1"], {"1/01/4": "2"}, 1)
        save(session, ids["school1"], {"1/01/4": "1"}, 2)
    with as_("clerk"):
        assert save(session, ids["school1"], {"1/01/4": "5"}, first.revision).accepted == {"1/01/4": "5"}


def test_saving_what_is_there_already_makes_no_revision(session: Session, ids: dict[str, int], as_: Any) -> None:
    with as_("school1"):
        save(session, ids["school1"], FILLED)
        saved = save(session, ids["school1"], FILLED, 1)
        assert (saved.revision, saved.accepted) == (1, FILLED)
        assert save(session, ids["school1"], {}, 1).revision == 1


def test_an_untouched_report_stays_empty_when_nothing_is_accepted(session: Session, ids: dict[str, int], as_: Any) -> None:
    with as_("school1"):
        save(session, ids["school1"], {"1/01/5": "abc", "1/01/4": ""})
        assert report(session, ids["school1"]).state is ReportState.EMPTY


def test_only_changed_sections_are_stored(session: Session, ids: dict[str, int], as_: Any) -> None:
    codes = select(ReportSection.code).where(ReportSection.report_id == ids["school1"])
    with as_("school1"):
        save(session, ids["school1"], {"2/02/3": "слово"})
        assert session.scalars(codes).all() == ["2"]
        save(session, ids["school1"], {"1/02/4": "1"}, 1)
        assert set(session.scalars(codes)) == {"1", "2"}


@pytest.mark.parametrize("base", [-5, 99])
def test_a_nonsensical_base_loses_nothing(session: Session, ids: dict[str, int], as_: Any, base: int) -> None:
    with as_("school1"):
        save(session, ids["school1"], {"1/01/4": "1"})
        saved = save(session, ids["school1"], {"1/01/4": "2", "1/01/5": "3"}, base)
        assert {*saved.accepted, *(one.cell for one in saved.conflicts)} == {"1/01/4", "1/01/5"}


@pytest.mark.parametrize("who", ["school2", "irkutsk", "central", "newcomer", "support", "auditor", "admin"])
def test_others_do_not_fill_it_in(session: Session, ids: dict[str, int], as_: Any, who: str) -> None:
    with as_(who), pytest.raises(Refused):
        save(session, ids["school1"], FILLED)
    with as_("school1"):
        assert report(session, ids["school1"]).revision == 0


def test_under_review_nothing_is_stored(session: Session, ids: dict[str, int], as_: Any) -> None:
    with as_("school1"):
        save(session, ids["school1"], FILLED)
        reports.submit(session, ids["school1"])
        with pytest.raises(Refused):
            save(session, ids["school1"], {"1/01/4": "77"}, 1)
        assert sheet.load(session, report(session, ids["school1"])).shown("1/01/4") == "40"


def test_a_save_whose_answer_was_lost_is_answered_after_submission(session: Session, ids: dict[str, int], as_: Any) -> None:
    key = uuid.uuid4()
    with as_("school1"):
        save(session, ids["school1"], FILLED, key=key)
        reports.submit(session, ids["school1"])
        assert save(session, ids["school1"], FILLED, key=key).accepted == FILLED


def test_a_closed_campaign_takes_no_new_numbers(session: Session, ids: dict[str, int], as_: Any) -> None:
    with as_("central"):
        reports.close_campaign(session, report(session, ids["school1"]).campaign)
    with as_("school1"), pytest.raises(Refused):
        save(session, ids["school1"], FILLED)


def test_a_save_takes_at_most_ten_statements(session: Session, ids: dict[str, int], as_: Any, connection: Connection) -> None:
    with as_("school1"):
        save(session, ids["school1"], {**FILLED, "1/01/4": "2000"})
        session.expunge_all()
        statements: list[str] = []
        event.listen(connection, "before_cursor_execute", lambda *given: statements.append(given[2]))
        save(session, ids["school1"], {"1/01/4": "3000"}, 1)
    assert 0 < len([one for one in statements if "SAVEPOINT" not in one]) <= 10


def test_the_totals_of_a_client_are_never_taken(session: Session, ids: dict[str, int], as_: Any) -> None:
    with as_("school1"):
        saved = save(session, ids["school1"], {"1/01/4": "1", "1/01/3": "1000"})
        assert saved.computed["1/01/3"] == "1"
        assert [one.cell for one in saved.rejected] == ["1/01/3"]


def test_every_white_cell_is_what_the_form_computes(session: Session, ids: dict[str, int], as_: Any) -> None:
    with as_("school1"):
        save(session, ids["school1"], FILLED)
        opened = sheet.load(session, report(session, ids["school1"]))
        fresh = opened.values.copy()
        opened.program.calc(fresh)
        assert not list(storage.differences(opened.program, opened.values, fresh))
        assert opened.report.state in workflow.EDITABLE


def test_signs_that_no_database_keeps_break_nothing(session: Session, ids: dict[str, int], as_: Any) -> None:
    with as_("school1"):
        saved = save(session, ids["school1"], {"2/02/3": "до\0\ud800\x07 после", "1/01/4": "1\0", "\0\ud800/1/1": "2"})
        assert saved.accepted == {"2/02/3": "до после", "1/01/4": "1"}
        assert len(saved.rejected) == 1
