"""«Сервис заявок» on the screen: file, withdraw, grant, refuse; what is wrong is said at its field and nothing typed is lost."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Event, Membership, Request, RequestKind, RequestState
from tests.page import Page
from tests.people import Cast
from tests.reports import arrange

K = RequestKind


def ask(page: Page, kind: RequestKind, **typed: Any) -> int:
    """File a request on its own page; the number it got."""
    page.get(f"/requests/new?kind={kind}").submit(**typed)
    assert "подана" in page.text, page.text
    return int(page.response.request.path.rpartition("/")[2])


def state_of(plain: Session, number: int) -> RequestState:
    return plain.scalars(select(Request.state).where(Request.id == number)).one()


@pytest.mark.parametrize("kind", list(K))
def test_every_kind_has_a_form(page_of: Callable[[str], Page], kind: RequestKind) -> None:
    page = page_of("school1").get(f"/requests/new?kind={kind}")
    assert page.soup.h1.get_text(strip=True)  # type: ignore[union-attr]
    assert len(page.soup.select("main form")) == (kind is not K.RETURN_REPORT)  # nothing of school1's is out of its hands


def test_the_first_page_of_a_new_request_offers_all_kinds(page_of: Callable[[str], Page]) -> None:
    page = page_of("newcomer").get("/requests/new")
    assert len(page.soup.select(".kinds a")) == len(K)
    assert len(page.get("/requests/new?kind=nonsense").soup.select(".kinds a")) == len(K)


def test_a_newcomer_asks_and_the_operator_attaches(page_of: Callable[[str], Page], plain: Session, cast: Cast) -> None:
    number = ask(page_of("newcomer"), K.ATTACH_USER, place="3899000033", text="Секретарь")
    operator = page_of("irkutsk").get("/requests")
    assert "Новикова И." in operator.text
    operator.get(f"/requests/{number}")
    assert "newcomer@modo.example" in operator.text
    operator.submit("form[action$=decide]", decision="grant", answer="Работайте")
    assert state_of(plain, number) is RequestState.GRANTED
    attached = plain.scalars(select(Membership.organization_id).where(Membership.user_id == cast.users["newcomer"])).all()
    assert attached == [cast.organizations["school3"]]
    newcomer = page_of("newcomer").get("/messages")
    assert "Заявка удовлетворена" in newcomer.text
    assert newcomer.soup.select(f".orgs a[href='/organizations/{cast.organizations['school3']}']")


def test_what_an_attachment_opens_is_said_before_it_is_granted(page_of: Callable[[str], Page], plain: Session) -> None:
    number = ask(page_of("newcomer"), K.ATTACH_USER, place="3899000033", text="Секретарь")
    operator = page_of("irkutsk").get(f"/requests/{number}")
    assert "Откроет: 1 организация" in operator.soup.select_one(".effect").get_text()  # type: ignore[union-attr]
    answer = operator.client.get(f"/requests/{number}/effect?place=3899000019&role=organization").get_json()
    assert "Откроет: 2 организации" in answer["text"]  # with its branch
    assert operator.client.get(f"/requests/{number}/effect?place=3899000026&role=organization").get_json()["text"] == ""
    operator.submit("form[action$=decide]", decision="grant")
    event = plain.scalars(select(Event).where(Event.kind == "user.attached").order_by(Event.id.desc())).first()
    assert event is not None
    assert event.data["organizations"] == 1


def test_a_role_that_opens_a_part_of_the_region_is_given_on_the_second_press(
    page_of: Callable[[str], Page], plain: Session
) -> None:
    number = ask(page_of("newcomer"), K.ATTACH_USER, place="третья школа", text="")
    central = page_of("central").get(f"/requests/{number}")
    typed = {"place": "Управление образования Иркутска", "role": "supervisor", "answer": "Добро пожаловать"}
    central.submit("form[action$=decide]", decision="grant", **typed)
    assert state_of(plain, number) is RequestState.OPEN
    assert "нажмите кнопку еще раз" in central.soup.select_one(".effect").get_text()  # type: ignore[union-attr]
    central.submit("form[action$=decide]", decision="grant")
    assert state_of(plain, number) is RequestState.GRANTED


def test_an_unknown_place_is_asked_for_at_its_field(page_of: Callable[[str], Page], plain: Session) -> None:
    number = ask(page_of("newcomer"), K.ATTACH_USER, place="третья школа", text="")
    page_of("irkutsk").get(f"/requests/{number}", status=404)  # it is the region's
    central = page_of("central").get(f"/requests/{number}")
    central.submit("form[action$=decide]", decision="grant", answer="Добро пожаловать")
    assert state_of(plain, number) is RequestState.OPEN
    assert "такой организации нет" in central.soup.select_one("#place-wrong").get_text()  # type: ignore[union-attr]
    assert central.soup.select_one("textarea[name=answer]").get_text(strip=True) == "Добро пожаловать"  # type: ignore[union-attr]
    central.submit("form[action$=decide]", decision="grant", place="МБОУ «СОШ № 3»")
    assert state_of(plain, number) is RequestState.GRANTED


def test_a_refusal_needs_a_reason(page_of: Callable[[str], Page], plain: Session, cast: Cast) -> None:
    number = ask(page_of("school1"), K.EDIT_CARD, organization_id=cast.organizations["school1"], text="Новый телефон")
    operator = page_of("irkutsk").get(f"/requests/{number}").submit("form[action$=decide]", decision="refuse", answer=" ")
    assert "почему в заявке отказано" in operator.text
    operator.submit("form[action$=decide]", decision="refuse", answer="Телефон тот же")
    assert state_of(plain, number) is RequestState.REFUSED
    assert "Телефон тот же" in page_of("school1").get(f"/requests/{number}").text


def test_granting_a_change_leads_to_the_card(page_of: Callable[[str], Page], cast: Cast) -> None:
    number = ask(page_of("school1"), K.EDIT_CARD, organization_id=cast.organizations["school1"], text="Новый телефон")
    operator = page_of("irkutsk").get(f"/requests/{number}").submit("form[action$=decide]", decision="grant")
    assert operator.response.request.full_path == f"/admin/organization/edit/?id={cast.organizations['school1']}"


def test_what_is_missing_is_said_and_what_was_typed_stays(page_of: Callable[[str], Page], cast: Cast) -> None:
    page = page_of("clerk").get("/requests/new?kind=edit_card").submit(organization_id="", text="Сменился адрес")
    assert page.soup.select("#errors a[href='#organization_id']")
    assert page.soup.select_one("#organization_id")["aria-invalid"] == "true"  # type: ignore[index]
    assert page.soup.select_one("textarea").get_text(strip=True) == "Сменился адрес"  # type: ignore[union-attr]


def test_a_sign_that_no_database_keeps_is_said_at_its_field_or_left_out(page_of: Callable[[str], Page], plain: Session) -> None:
    page = page_of("school1").get("/requests/new?kind=add_organization").submit(place="Лицей", text="\0")
    assert "Напишите, о чем вы просите и почему." in page.text
    assert plain.get_one(Request, ask(page, K.ADD_ORGANIZATION, place="Лицей\0", text="Новый\0")).details == {"place": "Лицей"}
    operator = page_of("central").get(f"/requests/{plain.scalars(select(Request.id)).one()}")
    operator.submit("main form", decision="refuse", answer="\0")
    assert "Напишите, почему в заявке отказано" in operator.text


def test_a_second_click_leads_to_the_same_request(page_of: Callable[[str], Page], plain: Session) -> None:
    page = page_of("school1")
    assert ask(page, K.ADD_ORGANIZATION, place="Лицей", text="Новый") == ask(
        page, K.ADD_ORGANIZATION, place="Лицей", text="Новый"
    )
    assert len(plain.scalars(select(Request.id)).all()) == 1


def test_a_foreign_organization_is_an_error_at_the_field(page_of: Callable[[str], Page], cast: Cast, plain: Session) -> None:
    page = page_of("school1").get("/requests/new?kind=edit_card")
    page.submit(organization_id=cast.organizations["school2"], text="Чужая")
    assert page.soup.select("#organization_id-wrong")
    assert plain.scalars(select(Request.id)).all() == []


def test_the_author_withdraws(page_of: Callable[[str], Page], plain: Session, cast: Cast) -> None:
    page = page_of("school1")
    number = ask(page, K.DELETE_ORGANIZATION, organization_id=cast.organizations["school1"], text="Закрыта")
    page.submit("form[action$=withdraw]")
    assert state_of(plain, number) is RequestState.WITHDRAWN
    assert not page.soup.select("form[action$=withdraw]")


def test_the_list_is_ones_own_and_ones_part(page_of: Callable[[str], Page], cast: Cast) -> None:
    number = ask(page_of("school1"), K.EDIT_CARD, organization_id=cast.organizations["school1"], text="Почта")
    link = f"main a[href='/requests/{number}']"
    assert page_of("school1").get("/requests").soup.select(link)
    assert page_of("irkutsk").get("/requests").soup.select(link)
    assert not page_of("bratsk").get("/requests").soup.select(link)
    page_of("school2").get(f"/requests/{number}", status=404)


def test_another_page_can_choose_what_it_is_about(
    page_of: Callable[[str], Page], session: Session, plain: Session, cast: Cast
) -> None:
    ids = arrange(session, plain, cast)
    page = page_of("clerk").get(
        f"/requests/new?kind=edit_card&organization={cast.organizations['school2']}&report={ids['school1']}"
    )
    assert page.soup.select_one("option[selected]")["value"] == str(cast.organizations["school2"])  # type: ignore[index]


def test_what_was_typed_is_only_text(page_of: Callable[[str], Page]) -> None:
    number = ask(page_of("newcomer"), K.ADD_ORGANIZATION, place="<i>Лицей</i>", text="<script>alert(1)</script>")
    page = page_of("central").get(f"/requests/{number}")
    assert "<script>alert(1)</script>" in page.text
    assert not page.soup.select("main i")
