"""People who act at the same moment, over real connections, and processes that die."""

import os
import signal
import subprocess
import sys
import uuid
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Barrier

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from admin_app.reporting import reports, requests, scope, sheet
from admin_app.reporting.own_account import change_email
from admin_app.reporting.refusal import Refused
from admin_app.reporting.sheet import Saved
from admin_app.reporting.wishes import Wish
from models import Event, Message, Report, ReportRevision, ReportSnapshot, ReportState, Request, RequestKind, User
from tests.people import Cast
from tests.reports import FILLED, arrange, save

ROOT = Path(__file__).parents[2]
PAIR = ("school2", "clerk")


class Region:
    """The committed database of one test: each act in a session and transaction of its own."""

    def __init__(self, app: Flask, engine: Engine, cast: Cast) -> None:
        self.app, self.engine, self.cast = app, engine, cast
        with app.app_context(), Session(engine) as plain, scope.ScopedSession(engine) as session:
            self.ids = arrange(session, plain, cast)
            session.commit()

    def act(self, who: str, what: object, *arguments: object, **more: object) -> object:
        """Do one verb as this person and commit; a refusal is the answer."""
        with self.app.app_context(), Session(self.engine) as plain:
            actor = scope.actor_of(self.cast.users[who], plain)
            with scope.acting(actor), scope.ScopedSession(self.engine) as session:
                try:
                    answer = what(session, *arguments, **more)  # type: ignore[operator]
                    session.commit()
                except Refused as refused:
                    return refused.sentence
                return answer.state if isinstance(answer, Report) else answer

    def count(self, model: type, *where: object) -> int:
        """How many rows there are."""
        with Session(self.engine) as plain:
            return plain.scalar(select(func.count()).select_from(model).where(*where)) or 0  # type: ignore[arg-type]


@pytest.fixture
def region(app: Flask, database: Engine, cast: Cast) -> Region:
    return Region(app, database, cast)


def together(region: Region, *acts: tuple[object, ...]) -> list[object]:
    """All acts at the same moment, each in a thread with a connection of its own."""
    barrier = Barrier(len(acts))

    def one(act: tuple[object, ...]) -> object:
        barrier.wait()
        return region.act(*act)  # type: ignore[arg-type]

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def test_two_people_accepting_at_once_make_one_move(region: Region) -> None:
    school = region.ids["school1"]
    region.act("school1", save, school, FILLED)
    region.act("school1", reports.submit, school)
    answers = together(region, ("irkutsk", reports.accept, school), ("central", reports.accept, school))
    assert ReportState.ACCEPTED in answers
    [sentence] = [answer for answer in answers if isinstance(answer, str) and answer is not ReportState.ACCEPTED]
    assert sentence
    assert region.count(Event, Event.kind == "report.accept") == 1
    assert region.count(ReportSnapshot) == 2


def test_a_double_submission_is_one(region: Region) -> None:
    school = region.ids["school1"]
    region.act("school1", save, school, FILLED)
    answers = together(region, ("school1", reports.submit, school), ("clerk", reports.submit, school))
    assert sorted(answer is ReportState.SUBMITTED for answer in answers) == [False, True]
    assert region.count(ReportSnapshot) == 1


def test_the_same_request_twice_at_once_makes_one_revision(region: Region) -> None:
    school, key = region.ids["school1"], uuid.uuid4()
    acts = [("school1", lambda s: save(s, school, FILLED, key=key)) for _ in range(3)]
    answers = together(region, *acts)
    assert [answer.accepted for answer in answers if isinstance(answer, Saved)] == [FILLED] * 3
    assert region.count(ReportRevision) == 1


def test_saving_while_another_submits_is_kept_or_refused(region: Region) -> None:
    school = region.ids["school1"]
    region.act("school1", save, school, FILLED)
    saved, submitted = together(
        region, ("clerk", lambda s: save(s, school, {"1/01/4": "41"}, 1)), ("school1", reports.submit, school)
    )
    assert submitted is ReportState.SUBMITTED
    assert region.count(ReportRevision) == (2 if isinstance(saved, Saved) else 1)


def test_a_double_click_files_one_request(region: Region) -> None:
    """The second click answers as the first."""
    place = region.cast.organizations["school1"]
    wish = Wish(RequestKind.EDIT_CARD, "Сменился телефон", organization_id=place)
    answers = together(region, *[("school1", lambda s: requests.file(s, wish).id)] * 4)
    assert len(set(answers)) == 1
    assert region.count(Request) == region.count(Event, Event.kind == "request.filed") == 1
    assert region.count(Message, Message.kind == "request_filed") == 1


def test_two_people_taking_one_address_at_once(region: Region) -> None:
    people = [(name, lambda s, own=region.cast.users[name]: change_email(s, own, "one@modo.example")) for name in PAIR]
    assert sorted(str(answer) for answer in together(region, *people)) == ["False", "True"]
    assert region.count(User, User.email == "one@modo.example") == 1
    assert region.count(Event, Event.kind == "account.email_changed") == 1


texts = st.dictionaries(
    st.sampled_from(("1/01/4", "1/01/5", "1/02/5", "2/02/3")), st.sampled_from(("", "1", "2", "3")), min_size=1
)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=st.lists(st.tuples(texts, texts), min_size=1, max_size=3))
def test_whatever_two_type_at_once_is_in_the_report_or_comes_back(region: Region, plan: list[tuple[dict[str, str], ...]]) -> None:
    school = region.ids["school2"]
    base = int(str(region.act("clerk", lambda s: s.scalars(select(Report.revision).where(Report.id == school)).one())))
    for pair in plan:
        acts = [(who, partial(save, report_id=school, changes=typed, base=base)) for who, typed in zip(PAIR, pair, strict=True)]
        answers = together(region, *acts)
        for typed, answer in zip(pair, answers, strict=True):
            assert isinstance(answer, Saved)
            assert {*answer.accepted, *(one.cell for one in answer.conflicts)} == set(typed)
        latest = max(answers, key=lambda answer: answer.revision)  # type: ignore[attr-defined]
        base = latest.revision  # type: ignore[attr-defined]


SAVE = """
import os, signal, sys, uuid
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from admin_app.reporting import scope, sheet
address, user, report, key, commit = sys.argv[1:]
engine = create_engine(address)
with Session(engine) as plain:
    actor = scope.actor_of(int(user), plain)
with scope.acting(actor):
    session = scope.ScopedSession(engine)
    saved = sheet.save(session, int(report), {"1/01/4": "41"}, 0, uuid.UUID(key))
    if commit == "yes":
        session.commit()
        print(saved.revision, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def killed(region: Region, key: uuid.UUID, commit: str) -> str:
    """Another process saves and dies at once, after or before the commit; what it acknowledged."""
    address = region.engine.url.render_as_string(hide_password=False)
    arguments = [address, str(region.cast.users["school1"]), str(region.ids["school1"]), str(key), commit]
    done = subprocess.run(
        [sys.executable, "-c", SAVE, *arguments], cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    return done.stdout.strip()


def test_an_acknowledged_save_survives_the_death_of_its_process(region: Region) -> None:
    key, school = uuid.uuid4(), region.ids["school1"]
    assert killed(region, key, "yes") == "1"
    assert region.act("school1", lambda s: sheet.load(s, s.get(Report, school)).shown("1/01/4")) == "41"
    again = region.act("school1", save, school, {"1/01/4": "41"}, key=key)
    assert isinstance(again, Saved)
    assert again.revision == 1


def test_a_save_that_died_before_its_commit_is_sent_again(region: Region) -> None:
    key, school = uuid.uuid4(), region.ids["school1"]
    assert killed(region, key, "no") == ""
    assert region.count(ReportRevision) == 0
    again = region.act("school1", save, school, {"1/01/4": "41"}, key=key)
    assert isinstance(again, Saved)
    assert (again.revision, again.accepted) == (1, {"1/01/4": "41"})
