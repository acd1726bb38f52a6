"""Telling people: a message and a letter each, in their language, to those concerned and to nobody else."""

from datetime import date, timedelta

import pytest
from flask_babel import lazy_gettext
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from admin_app.reporting import days, letters, notices, reminders
from admin_app.reporting.notices import Kind
from models import (
    Campaign,
    Form,
    FormVersion,
    Letter,
    Membership,
    Message,
    Period,
    PeriodKind,
    Report,
    ReportState,
    RoleName,
    User,
    VersionState,
)
from tests.people import Cast

SUBJECT, BODY = lazy_gettext("The deadline is near"), lazy_gettext("About your account")


def test_each_reads_their_own_language(plain: Session, session: Session, cast: Cast) -> None:
    plain.execute(update(User).where(User.id == cast.users["school2"]).values(locale="en"))
    plain.commit()
    told = notices.tell(session, [cast.users["school1"], cast.users["school2"]], Kind.DEADLINE, SUBJECT, BODY, "/reports/7")
    assert told == 2
    session.commit()
    read = dict(plain.execute(select(Message.recipient_id, Message.subject)).all())  # type: ignore[arg-type]
    assert read == {cast.users["school1"]: "Скоро срок", cast.users["school2"]: "The deadline is near"}
    mailed = dict(plain.execute(select(Letter.recipient, Letter.subject)).all())  # type: ignore[arg-type]
    assert mailed == {"school1@modo.example": "Скоро срок", "school2@modo.example": "The deadline is near"}
    assert "/reports/7" in plain.scalars(select(Letter.text)).first()  # type: ignore[operator]


def test_a_double_recipient_is_told_once(plain: Session, session: Session, cast: Cast) -> None:
    assert notices.tell(session, [cast.users["school1"]] * 3, Kind.DEADLINE, SUBJECT, BODY) == 1


def test_without_mail_there_is_a_message_only(plain: Session, session: Session, cast: Cast) -> None:
    notices.tell(session, [cast.users["school1"]], Kind.DEADLINE, SUBJECT, BODY, mail=False)
    with letters.silence():
        notices.tell(session, [cast.users["school1"]], Kind.DEADLINE, SUBJECT, BODY)
    session.commit()
    assert plain.scalar(select(func.count(Message.id))) == 2
    assert plain.scalar(select(func.count(Letter.id))) == 0


def test_a_switched_off_account_is_told_nothing(plain: Session, session: Session, cast: Cast) -> None:
    plain.execute(update(User).where(User.id == cast.users["school1"]).values(active=False))
    plain.commit()
    assert notices.tell(session, [cast.users["school1"]], Kind.DEADLINE, SUBJECT, BODY) == 0


def test_a_very_long_subject_is_cut_for_the_list_only(plain: Session, session: Session, cast: Cast) -> None:
    notices.tell(session, [cast.users["school1"]], Kind.DEADLINE, "Ж" * 900, "текст " * 900)
    session.commit()
    message = plain.scalars(select(Message)).one()
    assert (len(message.subject), len(message.body)) == (250, 5400)


def test_who_must_hear_about_an_organization(plain: Session, session: Session, cast: Cast) -> None:
    school1, irkutsk = cast.organizations["school1"], cast.organizations["irkutsk"]
    filers = {cast.users["school1"], cast.users["clerk"]}
    assert set(notices.people_of(session, school1, [RoleName.ORGANIZATION])) == filers
    assert notices.people_of(session, irkutsk, [RoleName.SUPERVISOR, RoleName.CENTRAL]) == [cast.users["irkutsk"]]
    assert notices.people_of(session, school1, [RoleName.SUPERVISOR]) == []


@pytest.mark.parametrize(
    "ended",
    [
        {"valid_from": date(2020, 9, 1), "valid_to": days.today() - timedelta(days=2)},
        {"valid_from": days.today() + timedelta(days=2)},
    ],
)
def test_who_no_longer_or_not_yet_belongs_hears_nothing(
    plain: Session, session: Session, cast: Cast, ended: dict[str, date]
) -> None:
    mine = (Membership.user_id == cast.users["school1"], Membership.organization_id == cast.organizations["school1"])
    plain.execute(update(Membership).where(*mine).values(ended))
    plain.commit()
    assert notices.people_of(session, cast.organizations["school1"], [RoleName.ORGANIZATION]) == [cast.users["clerk"]]


@pytest.fixture
def report(plain: Session, cast: Cast) -> Report:
    """A report of school1, due on the first of October."""
    form = Form(code="T", title="Проверочная", periodicity=PeriodKind.SCHOOL_YEAR)
    plain.add(form)
    plain.flush()
    version = FormVersion(
        form_id=form.id,
        number=1,
        label="2030",
        document={},
        digest="0" * 64,
        state=VersionState.PUBLISHED,
        published_at=func.now(),
    )
    period = Period(kind=PeriodKind.SCHOOL_YEAR, title="2030/31", starts_on=date(2030, 9, 1), ends_on=date(2031, 8, 31))
    plain.add_all([version, period])
    plain.flush()
    campaign = Campaign(
        form_version_id=version.id, period_id=period.id, title="Т за 2030/31", deadline=date(2030, 10, 1), opened_at=func.now()
    )
    plain.add(campaign)
    plain.flush()
    made = Report(campaign_id=campaign.id, organization_id=cast.organizations["school1"])
    plain.add(made)
    plain.commit()
    return made


@pytest.mark.parametrize(
    ("days", "told", "words"),
    [
        (8, 0, ""),
        (7, 2, "Осталось 7 дней"),
        (3, 2, "Осталось 3 дня"),
        (1, 2, "Остался 1 день"),
        (0, 0, ""),
        (-1, 2, "Срок прошел"),
        (-2, 0, ""),
    ],
)
def test_deadlines_are_told_in_time(plain: Session, session: Session, report: Report, days: int, told: int, words: str) -> None:
    today = date(2030, 10, 1) - timedelta(days=days)
    assert reminders.remind(session, today) == told
    assert reminders.remind(session, today) == 0, "nobody is told twice on one day"
    session.commit()
    assert all(subject.startswith(words) for subject in plain.scalars(select(Message.subject)))


def test_who_has_filed_is_left_in_peace(plain: Session, session: Session, report: Report, cast: Cast) -> None:
    report.state, report.reviewer_id = ReportState.SUBMITTED, cast.organizations["irkutsk"]
    plain.commit()
    assert reminders.remind(session, date(2030, 9, 30)) == 0
