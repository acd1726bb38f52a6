"""Letters: written in the reader's language in the transaction of what happened; leave once, after the commit."""

import smtplib
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from typing import Any, Self

import pytest
from flask import Flask
from flask_babel import lazy_gettext
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from admin_app.config import Settings
from admin_app.extensions import db
from admin_app.reporting import days, jobs, letters, scope
from models import Letter, LetterState, Message
from tests.people import Cast
from tests.reports import arrange
from wsgi import create_app

WORDS = letters.Words(
    subject=lazy_gettext("Activate your account"),
    paragraphs=("<b>Первый</b> & второй",),
    link="/confirm/abc",
    action=lazy_gettext("Activate the account"),
)
JOBS = text("SELECT count(*) FROM jobs.procrastinate_jobs WHERE status = 'todo' AND task_name = 'modo:send_letter'")


class Post:
    """A mail server of the test's own: keeps what it is given, or is down."""

    given: list[EmailMessage] = []
    down = False

    def __init__(self, *_where: object, timeout: float) -> None:
        assert timeout <= 30, "a silent mail server must not hold the worker"
        if self.down:
            raise ConnectionRefusedError("nobody listens")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def send_message(self, mail: EmailMessage) -> None:
        self.given.append(mail)


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> type[Post]:
    monkeypatch.setattr(smtplib, "SMTP", Post)
    monkeypatch.setattr(Post, "given", [])
    monkeypatch.setattr(Post, "down", False)
    return Post


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path)


def written(session: Session, locale: str = "ru", recipient: str = "ivanova@school1.ru") -> Letter:
    letters.write(session, recipient, locale, WORDS)
    return session.scalars(select(Letter).order_by(Letter.id.desc())).first() or pytest.fail("no letter")


@pytest.mark.parametrize(("locale", "subject"), [("ru", "Активация учетной записи"), ("en", "Activate your account")])
def test_is_written_in_the_readers_language(plain: Session, locale: str, subject: str) -> None:
    letter = written(plain, locale)
    assert letter.subject == subject
    assert "http" in letter.text
    assert "/confirm/abc" in letter.text
    assert "&lt;b&gt;Первый&lt;/b&gt; &amp; второй" in letter.html
    assert "<b>Первый</b> & второй" in letter.text


def test_becomes_a_readable_file(plain: Session, settings: Settings) -> None:
    letter = written(plain)
    assert letters.send(plain, letter.id, settings)
    (path,) = settings.outbox.iterdir()
    assert path.suffix == ".eml"
    raw = path.read_text(encoding="utf-8")
    assert "Subject: Активация учетной записи" in raw
    assert "From: ЦОПМКиМКО <modo@localhost>" in raw
    mail = BytesParser(policy=default).parsebytes(path.read_bytes())
    body = mail.get_body(("plain",))
    assert body is not None
    assert "/confirm/abc\n" in body.get_content()
    assert mail["To"] == "ivanova@school1.ru"


def test_leaves_once(plain: Session, settings: Settings) -> None:
    letter = written(plain)
    assert letters.send(plain, letter.id, settings)
    assert not letters.send(plain, letter.id, settings)
    assert (letter.state, letter.attempts, letter.sent_at is not None) == (LetterState.SENT, 1, True)


def test_a_letter_that_another_worker_holds_is_left_alone(database: Engine, settings: Settings) -> None:
    with Session(database) as first, Session(database) as second:
        letter = written(first)
        first.commit()
        first.scalar(select(Letter).where(Letter.id == letter.id).with_for_update())
        assert not letters.send(second, letter.id, settings)
    assert not settings.outbox.exists()


def test_goes_to_the_mail_server_as_it_takes_it(plain: Session, settings: Settings, post: type[Post]) -> None:
    letter = written(plain)
    letters.send(plain, letter.id, replace(settings, mail_server="mail.example", mail_from="stat@coko38.example"))
    (mail,) = post.given
    assert all(byte < 128 for byte in mail.as_bytes())
    assert str(mail["From"]) == "ЦОПМКиМКО <stat@coko38.example>"
    assert mail["Message-ID"] == f"<{letter.key}@coko38.example>"


def test_a_domain_in_russian_is_written_as_mail_servers_know_it(plain: Session, settings: Settings, post: type[Post]) -> None:
    letters.send(plain, written(plain, recipient="ivanova@школа.рф").id, replace(settings, mail_server="mail.example"))
    assert post.given[0]["To"] == "ivanova@xn--80atdl2c.xn--p1ai"


def test_a_mail_server_that_is_down_is_noted_and_tried_again(plain: Session, settings: Settings, post: type[Post]) -> None:
    letter, mailing = written(plain), replace(settings, mail_server="mail.example")
    post.down = True
    with pytest.raises(ConnectionRefusedError):
        letters.send(plain, letter.id, mailing)
    assert (letter.state, letter.attempts) == (LetterState.WAITING, 1)
    assert "nobody listens" in letter.error
    post.down = False
    assert letters.send(plain, letter.id, mailing)
    assert (letter.state, letter.attempts, letter.error, len(post.given)) == (LetterState.SENT, 2, "", 1)


def test_after_the_last_attempt_it_is_marked_and_can_wait_again(plain: Session) -> None:
    letter = written(plain)
    letters.give_up(plain, letter.id)
    assert letter.state == LetterState.FAILED
    before = plain.scalar(JOBS)
    letter.state = LetterState.WAITING
    plain.flush()
    assert plain.scalar(JOBS) == before + 1


def test_no_line_break_becomes_a_header(plain: Session, settings: Settings) -> None:
    letters.write(plain, "a@b.ru", "ru", letters.Words("Тема\r\nBcc: evil@example.com", ("…",)))
    letter = plain.scalars(select(Letter)).one()
    mail = letters.message(letter, settings, letters.READABLE)
    assert mail["Bcc"] is None
    assert letters.file_name(Letter(key=uuid.uuid4(), recipient="../../etc/x", created_at=letter.created_at)).count("/") == 0


def test_silence_writes_nothing(plain: Session) -> None:
    with letters.silence():
        letters.write(plain, "a@b.ru", "ru", WORDS)
    assert plain.scalar(select(func.count(Letter.id))) == 0


def test_the_job_is_of_the_same_transaction(database: Engine) -> None:
    with Session(database) as session, Session(database) as other:
        written(session)
        assert (session.scalar(JOBS), other.scalar(JOBS)) == (1, 0)
        session.rollback()
        assert session.scalar(JOBS) == 0


@pytest.fixture
def worker(database: Engine, tmp_path: Path) -> Iterator[tuple[Flask, Settings]]:
    """An application of its own on the test's own database."""
    url = database.url.render_as_string(hide_password=False)
    settings = Settings(data_dir=tmp_path, database_url=url, secret_key="worker-" * 6, public_url="https://modo.example")
    app = create_app(settings)
    yield app, settings
    with app.app_context():
        db.engine.dispose()


def test_the_worker_sends_what_waits(worker: tuple[Flask, Settings], database: Engine) -> None:
    app, settings = worker
    with Session(database) as session:
        for number in range(5):
            written(session, recipient=f"a{number}@school.ru")
        session.commit()
        jobs.run_worker(app, wait=False)
        assert len(list(settings.outbox.glob("*.eml"))) == 5
        states: Any = session.scalars(select(Letter.state).distinct()).all()
        assert states == [LetterState.SENT]
        jobs.run_worker(app, wait=False)
        assert len(list(settings.outbox.iterdir())) == 5


LEFT = """
    INSERT INTO jobs.procrastinate_workers (last_heartbeat) VALUES (now() - interval '5 minutes');
    UPDATE jobs.procrastinate_jobs SET status = 'doing', worker_id = (SELECT max(id) FROM jobs.procrastinate_workers);
    INSERT INTO jobs.procrastinate_jobs (queue_name, task_name, args) VALUES ('default', 'modo:recover', '{"timestamp": 1}');
"""


def test_the_worker_takes_up_what_a_dead_one_left(worker: tuple[Flask, Settings], database: Engine) -> None:
    app, settings = worker
    with Session(database) as session:
        written(session)
        for statement in LEFT.strip().split(";\n"):
            session.connection().exec_driver_sql(statement)
        session.commit()
        jobs.run_worker(app, wait=False)
        jobs.run_worker(app, wait=False)
    assert len(list(settings.outbox.glob("*.eml"))) == 1


def defer(session: Session, name: str) -> None:
    """One of the periodic jobs is due."""
    job = "INSERT INTO jobs.procrastinate_jobs (queue_name, task_name, args) VALUES ('default', %s, '{\"timestamp\": 1}')"
    session.connection().exec_driver_sql(job, (f"modo:{name}",))
    session.commit()


def test_every_periodic_job_does_its_work(worker: tuple[Flask, Settings], database: Engine) -> None:
    app, _settings = worker
    with Session(database) as session:
        for name in ("remind", "tidy", "recover"):
            defer(session, name)
        jobs.run_worker(app, wait=False)
        failed = text("SELECT count(*) FROM jobs.procrastinate_jobs WHERE status <> 'succeeded'")
        assert session.scalar(failed) == 0


def test_people_are_reminded_by_day_and_once(
    worker: tuple[Flask, Settings], database: Engine, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nine in the morning of Irkutsk is one at night in UTC; each later hour makes up for what was missed, anew for nobody."""
    app, _settings = worker
    with app.app_context(), Session(database) as plain, scope.ScopedSession(database) as session:
        arrange(session, plain, cast, deadline=date(2030, 10, 1))
        session.commit()
    said = []
    for hour in (0, 1, 2, 11, 12):
        monkeypatch.setattr(days, "now", lambda hour=hour: datetime(2030, 9, 30, hour, tzinfo=UTC))
        with Session(database) as session:
            defer(session, "remind")
            jobs.run_worker(app, wait=False)
            said.append(session.scalar(select(func.count(Message.id)).where(Message.kind == "deadline")))
    assert said == [0, 4, 4, 4, 4]
