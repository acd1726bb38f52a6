"""The table of states and moves, as a whole: what is not in it cannot be done, and says why."""

import ast
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app.reporting import reports, reviewing, workflow
from admin_app.reporting.refusal import Refused
from admin_app.reporting.workflow import RULES, Move
from models import Campaign, Event, Message, Organization, Report, ReportState
from tests.people import Cast
from tests.reports import FILLED, arrange, save

ROOT = Path(__file__).parents[2]
S = ReportState


@pytest.fixture
def ids(session: Session, plain: Session, cast: Cast) -> dict[str, int]:
    return arrange(session, plain, cast, review_levels=["municipality", "region"])


def bring(session: Session, as_: Any, report_id: int, state: ReportState) -> Report:
    """Take a report of school1 to a state, through the verbs."""
    steps = {
        S.DRAFT: [("school1", lambda: save(session, report_id, FILLED))],
        S.SUBMITTED: [("school1", lambda: reports.submit(session, report_id))],
        S.REJECTED: [("irkutsk", lambda: reports.reject(session, report_id, "не то"))],
        S.ACCEPTED: [(who, lambda: reports.accept(session, report_id)) for who in ("irkutsk", "central")],
        S.RETURNED: [("central", lambda: reports.return_for_editing(session, report_id, "просили"))],
    }
    way = {
        S.EMPTY: [],
        S.REJECTED: [S.DRAFT, S.SUBMITTED, S.REJECTED],
        S.RETURNED: [S.DRAFT, S.SUBMITTED, S.ACCEPTED, S.RETURNED],
    }
    straight = [S.DRAFT, S.SUBMITTED, S.ACCEPTED]
    for step in way.get(state, straight[: straight.index(state) + 1] if state in straight else []):
        for who, act in steps[step]:
            with as_(who):
                act()
    with as_("central"):
        found = session.scalars(select(Report).where(Report.id == report_id)).one()
    assert found.state is state
    return found


@pytest.mark.parametrize("state", list(S))
def test_a_state_is_reached_and_its_moves_answer(session: Session, ids: dict[str, int], as_: Any, state: ReportState) -> None:
    found = bring(session, as_, ids["school1"], state)
    for who in ("school1", "irkutsk", "bratsk", "central", "support", "auditor", "newcomer"):
        with as_(who):
            for move, answer in workflow.moves(session, found):
                assert bool(answer) or str(answer.reason).strip(), f"{who} may not {move} from {state}, but is not told why"
                assert not answer or (state, move) in RULES


@pytest.mark.parametrize(("state", "move"), [pair for pair in product(S, Move) if pair not in RULES and pair[1] is not Move.FILL])
def test_moves_that_are_not_in_the_table_change_nothing(
    session: Session, ids: dict[str, int], as_: Any, state: ReportState, move: Move
) -> None:
    found = bring(session, as_, ids["school1"], state)
    with as_("school1" if move is Move.SUBMIT else "central"), pytest.raises(Refused):
        workflow.move(session, found.id, move, "причина")
    assert found.state is state


def test_two_levels_review_one_after_the_other(session: Session, ids: dict[str, int], as_: Any, cast: Cast) -> None:
    found = bring(session, as_, ids["school1"], S.SUBMITTED)
    assert found.reviewer_id == cast.organizations["irkutsk"]
    with as_("irkutsk"):
        reports.accept(session, found.id)
        assert (found.state, found.reviewer_id) == (S.SUBMITTED, cast.organizations["region"])
        with pytest.raises(Refused):
            reports.accept(session, found.id)
    with as_("central"):
        reports.accept(session, found.id)
    assert (found.state, found.reviewer_id) == (S.ACCEPTED, None)


def test_a_municipal_office_is_reviewed_by_the_region(session: Session, plain: Session, cast: Cast, as_: Any) -> None:
    ids = arrange(session, plain, cast, filing_levels=["organization", "municipality"], review_levels=["municipality"])
    with as_("central"):
        campaign = session.scalars(select(Campaign)).one()
        found = session.scalars(select(Report).where(Report.id == ids["irkutsk"])).one()
        assert campaign.review_levels == ["municipality"]
        reviewer = reviewing.next_reviewer(session, found)
        assert reviewer is not None
        assert reviewer.id == cast.organizations["region"]


def test_only_workflow_writes_a_state() -> None:
    """`report.state = …` and what decides with it stand in workflow.py alone (the seed may date a made-up report back)."""
    guarded = {"state", "reviewer_id", "reason", "accepted_by_id"}
    for path in [*(ROOT / "admin_app").rglob("*.py"), *(ROOT / "views").rglob("*.py"), *(ROOT / "seed").rglob("*.py")]:
        if path.name == "workflow.py":
            continue
        written = [
            f"{path.name}:{node.lineno} writes {ast.unparse(node)}: make a move of workflow instead"
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and node.attr in guarded
            if ast.unparse(node.value).split(".")[-1] == "report"
        ]
        assert not written


def test_a_moved_school_takes_its_report_to_the_new_reviewer(
    session: Session, plain: Session, ids: dict[str, int], as_: Any, cast: Cast
) -> None:
    found = bring(session, as_, ids["school1"], S.SUBMITTED)
    with as_("central"):
        school = session.get_one(Organization, cast.organizations["school1"])
        school.parent_id = cast.organizations["bratsk"]
        session.flush()
        session.refresh(school)
        assert workflow.rehome(session, school) == 1
        assert workflow.rehome(session, school) == 0
    told = select(Message.recipient_id, Message.subject).where(Message.link == f"/reports/{found.id}")
    news = {(row.recipient_id, row.subject) for row in plain.execute(told.order_by(Message.id.desc()).limit(3))}
    assert news == {
        (cast.users["bratsk"], "Отчет на проверку: МБОУ «СОШ № 1»"),
        (cast.users["school1"], "Отчет проверяет другая организация: ТЕСТ"),
        (cast.users["clerk"], "Отчет проверяет другая организация: ТЕСТ"),
    }
    [event] = plain.scalars(select(Event.data).where(Event.kind == "report.handed_over"))
    assert event == {"from": "Управление образования Иркутска", "to": "Управление образования Братска"}
    with as_("bratsk"):
        reports.accept(session, found.id)
    assert found.reviewer_id == cast.organizations["region"]
