"""Requests as verbs: who asks for what, who decides, what granting does."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app.reporting import days, reports, requests
from admin_app.reporting.refusal import Refused
from admin_app.reporting.wishes import Unfit, Wish, find
from models import Event, Membership, Message, Report, ReportState, Request, RequestKind, RequestState, Role, RoleName
from tests.people import Cast
from tests.reports import FILLED, arrange, save

K = RequestKind


def ask(session: Session, kind: RequestKind, **wish: Any) -> int:
    return requests.file(session, Wish(kind, **({"text": "Нужно"} | wish))).id


@pytest.fixture
def attach(session: Session, as_: Any) -> int:
    """newcomer asks to be attached to school1."""
    with as_("newcomer"):
        return ask(session, K.ATTACH_USER, place="3899000019")


@pytest.fixture
def submitted(session: Session, plain: Session, cast: Cast, as_: Any) -> int:
    """school1's report, under review."""
    report_id = arrange(session, plain, cast)["school1"]
    with as_("school1"):
        save(session, report_id, FILLED)
        reports.submit(session, report_id)
    return report_id


def told(plain: Session, kind: str) -> set[int]:
    return set(plain.scalars(select(Message.recipient_id).where(Message.kind == kind)))


def test_filing_tells_the_nearest_operator(session: Session, plain: Session, cast: Cast, attach: int) -> None:
    assert told(plain, "request_filed") == {cast.users["irkutsk"]}


def test_filing_for_an_unknown_place_tells_the_region(session: Session, plain: Session, cast: Cast, as_: Any) -> None:
    with as_("newcomer"):
        ask(session, K.ATTACH_USER, place="Какая-то школа")
    assert told(plain, "request_filed") == {cast.users["central"]}


def test_granting_attaches_records_and_tells(session: Session, plain: Session, cast: Cast, as_: Any, attach: int) -> None:
    with as_("irkutsk"):
        requests.grant(session, attach, "Хорошо")
    row = plain.scalars(select(Membership).where(Membership.user_id == cast.users["newcomer"])).one()
    assert (row.organization_id, row.made_by_id) == (cast.organizations["school1"], cast.users["irkutsk"])
    assert told(plain, "request_decided") == {cast.users["newcomer"]}
    kinds = set(plain.scalars(select(Event.kind).where(Event.subject_type == "request")))
    assert {"request.filed", "request.granted"} <= kinds


def test_only_operators_of_the_part_decide(session: Session, as_: Any, attach: int) -> None:
    for name in ("bratsk", "school1", "auditor", "newcomer"):
        with as_(name), pytest.raises(Refused):
            requests.grant(session, attach)
    with as_("irkutsk"):
        assert session.get_one(Request, attach).state is RequestState.OPEN


def test_nobody_decides_their_own(session: Session, cast: Cast, as_: Any) -> None:
    with as_("irkutsk"):
        number = ask(session, K.EDIT_CARD, organization_id=cast.organizations["irkutsk"])
        with pytest.raises(Refused):
            requests.grant(session, number)
        with pytest.raises(Refused):
            requests.refuse(session, number, "Сам себе")
    with as_("central"):
        assert requests.grant(session, number).state is RequestState.GRANTED


def test_an_operator_gives_no_role_above_their_own(session: Session, as_: Any, attach: int, plain: Session, cast: Cast) -> None:
    with as_("irkutsk"), pytest.raises(Refused):
        requests.grant(session, attach, role=RoleName.SUPERVISOR)
    session.rollback()
    assert plain.scalars(select(Membership).where(Membership.user_id == cast.users["newcomer"])).all() == []


def test_an_operator_attaches_within_their_part_only(session: Session, as_: Any, attach: int) -> None:
    with as_("irkutsk"), pytest.raises(Unfit):
        requests.grant(session, attach, place="3899000026")


def test_a_decided_request_is_decided(session: Session, as_: Any, attach: int) -> None:
    with as_("irkutsk"):
        requests.refuse(session, attach, "Не та школа")
        with pytest.raises(Refused):
            requests.grant(session, attach)
    with as_("newcomer"), pytest.raises(Refused):
        requests.withdraw(session, attach)


def test_only_the_author_withdraws(session: Session, as_: Any, attach: int) -> None:
    with as_("irkutsk"), pytest.raises(Refused):
        requests.withdraw(session, attach)
    with as_("newcomer"):
        assert requests.withdraw(session, attach).state is RequestState.WITHDRAWN


def test_the_same_is_not_asked_twice(session: Session, plain: Session, as_: Any, attach: int) -> None:
    """A second click gets what the first has filed; who asks again later, or in other words, is told the number."""
    with as_("newcomer"):
        assert ask(session, K.ATTACH_USER, place="3899000019") == attach
        with pytest.raises(Refused, match=str(attach)):
            ask(session, K.ATTACH_USER, place="3899000019", text="Ну пожалуйста")
        session.get_one(Request, attach).created_at -= timedelta(minutes=2)
        with pytest.raises(Refused, match=str(attach)):
            ask(session, K.ATTACH_USER, place="3899000019")
        requests.withdraw(session, attach)
        assert ask(session, K.ATTACH_USER, place="3899000019") != attach


@pytest.mark.parametrize("text", ["Ошибка\0 в\x07 строке", "\ud800Ошибка в строке\u200b"])
def test_signs_that_no_database_keeps_are_left_out(session: Session, plain: Session, as_: Any, attach: int, text: str) -> None:
    with as_("newcomer"):
        number = ask(session, K.ADD_ORGANIZATION, place="Новый\0 лицей", text=text)
    with as_("central"):
        requests.refuse(session, number, f"Нет:\0 {text}")
    row = plain.get_one(Request, number)
    assert (row.text, row.details, row.answer) == ("Ошибка в строке", {"place": "Новый лицей"}, "Нет: Ошибка в строке")


@pytest.mark.parametrize("nothing", ["\0", " \x07 \u200b"])
def test_nothing_but_such_signs_is_nothing(session: Session, as_: Any, attach: int, nothing: str) -> None:
    with as_("newcomer"):
        for field, wish in (("place", {"place": nothing}), ("text", {"place": "Лицей", "text": nothing})):
            with pytest.raises(Unfit) as raised:
                ask(session, K.ADD_ORGANIZATION, **wish)
            assert raised.value.field == field
    with as_("irkutsk"):
        for answer in (nothing, "а" * 5000):
            with pytest.raises(Unfit) as raised:
                requests.refuse(session, attach, answer)
            assert raised.value.field == "answer"


def seat(plain: Session, cast: Cast, user: str, node: str, role: RoleName, **dates: Any) -> None:
    role_id = plain.scalars(select(Role.id).where(Role.name == role)).one()
    plain.add(Membership(user_id=cast.users[user], organization_id=cast.organizations[node], role_id=role_id, **dates))
    plain.flush()


def test_removing_a_person_is_asked_where_they_work_now(session: Session, plain: Session, cast: Cast, as_: Any) -> None:
    """Not where they were attached first; school2 asks about the colleague of two schools, so Bratsk hears of it."""
    day = days.today() - timedelta(days=9)
    seat(plain, cast, "newcomer", "school3", RoleName.ORGANIZATION, valid_from=day, valid_to=day)
    seat(plain, cast, "newcomer", "school2", RoleName.ORGANIZATION, valid_from=day)
    for person in ("newcomer", "clerk"):
        with as_("school2"):
            number = ask(session, K.REMOVE_USER, user_id=cast.users[person])
            assert session.get_one(Request, number).organization_id == cast.organizations["school2"]
    assert told(plain, "request_filed") == {cast.users["bratsk"]}


def test_who_may_not_remove_a_person_is_not_asked_to(session: Session, plain: Session, cast: Cast, as_: Any) -> None:
    """A clerk who supervises too is removed by the centre; an only operator's own request goes one level up."""
    seat(plain, cast, "newcomer", "school1", RoleName.ORGANIZATION)
    seat(plain, cast, "newcomer", "irkutsk", RoleName.SUPERVISOR)
    with as_("school1"):
        ask(session, K.REMOVE_USER, user_id=cast.users["newcomer"])
    assert told(plain, "request_filed") == {cast.users["central"]}


def test_nobody_is_asked_to_decide_their_own_request(session: Session, plain: Session, cast: Cast, as_: Any) -> None:
    with as_("irkutsk"):
        ask(session, K.EDIT_CARD, organization_id=cast.organizations["school1"])
    assert told(plain, "request_filed") == {cast.users["central"]}
    with as_("central"):
        ask(session, K.EDIT_CARD, organization_id=cast.organizations["bratsk"])
    assert told(plain, "request_filed") == {cast.users["central"], cast.users["admin"]}


def test_a_report_under_review_comes_back(session: Session, as_: Any, submitted: int) -> None:
    with as_("school1"):
        number = ask(session, K.RETURN_REPORT, report_id=submitted, text="Ошибка в строке 02")
    with as_("irkutsk"):
        requests.grant(session, number)
        report = session.get_one(Report, submitted)
        assert (report.state, report.reason) == (ReportState.REJECTED, "Ошибка в строке 02")


def test_an_accepted_report_comes_back_by_request_though_another_accepted_it(session: Session, as_: Any, submitted: int) -> None:
    with as_("irkutsk"):
        reports.accept(session, submitted)
    with as_("school1"):
        number = ask(session, K.RETURN_REPORT, report_id=submitted, text="Ошибка в строке 02")
    with as_("central"):
        requests.grant(session, number)
        assert session.get_one(Report, submitted).state is ReportState.RETURNED


def test_an_open_report_need_not_come_back(session: Session, plain: Session, cast: Cast, as_: Any) -> None:
    report_id = arrange(session, plain, cast)["school1"]
    with as_("school1"), pytest.raises(Unfit) as raised:
        ask(session, K.RETURN_REPORT, report_id=report_id)
    assert raised.value.field == "report_id"


@pytest.mark.parametrize(
    ("kind", "wish", "field"),
    [
        (K.EDIT_CARD, {}, "organization_id"),
        (K.DELETE_ORGANIZATION, {"organization_id": 10**9}, "organization_id"),
        (K.RETURN_REPORT, {"report_id": 10**9}, "report_id"),
        (K.ATTACH_USER, {"place": "  "}, "place"),
        (K.ATTACH_USER, {"place": "3899000019"}, "place"),
        (K.REMOVE_USER, {}, "user_id"),
        (K.ADD_ORGANIZATION, {"place": "ИНН 3899000026"}, "place"),
        (K.ADD_ORGANIZATION, {"place": "Новый лицей", "text": " "}, "text"),
        (K.ADD_ORGANIZATION, {"place": "Новый лицей", "text": "а" * 5000}, "text"),
    ],
)
def test_what_does_not_fit_is_named(session: Session, as_: Any, kind: RequestKind, wish: dict[str, Any], field: str) -> None:
    with as_("school1"), pytest.raises(Unfit) as raised:
        ask(session, kind, **wish)
    assert raised.value.field == field


def test_a_foreign_organization_report_or_person_is_not_asked_about(
    session: Session, plain: Session, cast: Cast, as_: Any
) -> None:
    ids = arrange(session, plain, cast)
    with as_("school1"):
        for kind, wish in (
            (K.EDIT_CARD, {"organization_id": cast.organizations["school2"]}),
            (K.RETURN_REPORT, {"report_id": ids["school2"]}),
            (K.REMOVE_USER, {"user_id": cast.users["school2"]}),
        ):
            with pytest.raises(Unfit):
                ask(session, kind, **wish)
    assert plain.scalars(select(Request.id)).all() == []


def test_support_decides_on_attachments_only(session: Session, cast: Cast, as_: Any, attach: int) -> None:
    with as_("school1"):
        number = ask(session, K.EDIT_CARD, organization_id=cast.organizations["school1"])
    with as_("support"):
        with pytest.raises(Refused):
            requests.grant(session, number)
        assert requests.grant(session, attach).state is RequestState.GRANTED


@pytest.mark.parametrize(
    ("typed", "count"),
    [
        ("3899000019", 1),
        ("ИНН 3899000019, КПП 389901001", 1),
        ("3899000019 111111111", 0),
        ("мбоу «сош №  3»", 1),
        ("сош", 0),
        ("%", 0),
    ],
)
def test_a_place_is_found_by_its_codes_or_its_whole_name(session: Session, as_: Any, typed: str, count: int) -> None:
    with as_("central"):
        assert len(find(session, typed)) == count
