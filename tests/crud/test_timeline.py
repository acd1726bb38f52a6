"""The history on the card: fields with labels, relations, why; nothing out of sight; and the way back from it."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app.reporting import accounts, requests
from admin_app.reporting.wishes import Wish
from models import Classifier, Event, Organization, RequestKind, RoleName, User
from tests.budgets import counted
from tests.page import Page
from tests.people import Cast

PageOf = Callable[[str], Page]


def edit(page: Page, cast: Cast, **values: str) -> Page:
    page.get(f"/admin/organization/edit/?id={cast.organizations['school1']}")
    return page.submit("form.sheet", **values)


def history(page: Page) -> str:
    return page.soup.select_one("[aria-labelledby=history]").get_text(" ", strip=True)  # type: ignore[union-attr]


def test_a_card_tells_what_was_changed_by_whom_newest_first(page_of: PageOf, cast: Cast) -> None:
    page = page_of("central")
    edit(page, cast, phone="+7 3952 111111")
    edit(page, cast, phone="+7 3952 222222")
    told = history(page.get(f"/admin/organization/details/?id={cast.organizations['school1']}"))
    assert "Телефон" in told
    assert "Центральная" in told
    assert told.index("222222") < told.index("111111 → +7 3952 222222") or told.index("222222") > 0
    assert "Отменить…" in told


def test_an_organization_shows_its_attachments_and_why(page_of: PageOf, session: Session, cast: Cast, as_: Any) -> None:
    with as_("newcomer"):
        made = requests.file(session, Wish(RequestKind.ATTACH_USER, "прошу", place="3899000019")).id
        session.commit()
    with as_("central"):
        requests.grant(session, made)
        session.commit()
    page = page_of("central").get(f"/admin/organization/details/?id={cast.organizations['school1']}")
    assert "Новикова" in history(page)
    assert page.soup.select_one(f"[aria-labelledby=history] a[href='/requests/{made}']") is not None
    page.get(f"/admin/user/details/?id={cast.users['newcomer']}")
    assert "СОШ № 1" in history(page)


def test_what_is_out_of_sight_is_not_told(page_of: PageOf, session: Session, cast: Cast, as_: Any) -> None:
    with as_("central"):
        place = session.get_one(Organization, cast.organizations["bratsk"])
        accounts.attach(session, cast.users["school1"], place, RoleName.ORGANIZATION)
        session.get_one(User, cast.users["school1"]).phone = "12345"
        session.commit()
    irkutsk, central = page_of("irkutsk"), page_of("central")
    address = f"/admin/user/details/?id={cast.users['school1']}"
    assert "Братска" not in history(irkutsk.get(address))
    assert "12345" in history(irkutsk)
    assert "Братска" in history(central.get(address))


def test_long_histories_have_pages(page_of: PageOf, session: Session, cast: Cast, as_: Any) -> None:
    with as_("central"):
        for number in range(30):
            session.get_one(Organization, cast.organizations["school1"]).phone = f"тел {number}"
            session.commit()
    page = page_of("irkutsk").get(f"/admin/organization/details/?id={cast.organizations['school1']}")
    page.get(str(page.soup.select_one("[aria-labelledby=history] header a")["href"]))
    assert "тел 29" in page.text
    assert "тел 1 " not in page.text
    page.get(str(page.soup.select_one("a[rel=next]")["href"]))
    assert "тел 0" in page.text
    page.get("/admin/report/history/?id=1", status=404)
    page.get(f"/admin/organization/history/?id={cast.organizations['school2']}", status=404)


def test_undo_from_the_card_with_a_conflict_side_by_side(page_of: PageOf, plain: Session, cast: Cast) -> None:
    central, key = page_of("central"), cast.organizations["school1"]
    edit(central, cast, phone="+7 3952 111111", address="Ленина, 1")
    edit(page_of("irkutsk"), cast, phone="+7 3952 333333")
    first = plain.scalars(select(Event.id).where(Event.subject_id == key, Event.kind == "row.changed").order_by(Event.id)).first()
    central.get(f"/admin/event/undo/?id={first}")
    assert "Супервизор" in central.text or "+7 3952 333333" in central.text
    assert central.soup.select_one(f"input[name=take][value='organization.{key}.phone']") is not None
    central.submit("main form[method=post]", do="undo")
    plain.expire_all()
    row = plain.get_one(Organization, key)
    assert (row.phone, row.address) == ("+7 3952 333333", None)
    page = central.get(f"/admin/event/undo/?id={first}")
    page.submit("main form[method=post]", do="undo", take=f"organization.{key}.phone")
    plain.expire_all()
    assert plain.get_one(Organization, key).phone is None


@pytest.mark.parametrize("who", ["irkutsk", "support", "auditor"])
def test_nobody_undoes_what_is_not_theirs(page_of: PageOf, plain: Session, cast: Cast, who: str) -> None:
    page = page_of("central").get("/admin/classifier/new/")
    page.post("/admin/classifier/new/", {"code": "list", "title": "Список"})
    made = plain.scalars(select(Event.id).order_by(Event.id.desc())).first()
    page = page_of(who)
    page.get(f"/admin/event/undo/?id={made}")
    assert page.soup.select_one("input[name=take]") is None
    assert plain.scalars(select(Classifier).where(Classifier.code == "list")).one()
    page.get("/admin/event/undo/?id=x", status=404)
    page.get("/admin/event/batch/?batch=x", status=404)


def test_the_card_with_its_history_costs_few_statements(page_of: PageOf, connection: Any, cast: Cast) -> None:
    page = page_of("central")
    edit(page, cast, phone="+7 3952 111111")
    with counted(connection) as found:
        page.get(f"/admin/organization/history/?id={cast.organizations['school1']}")
    assert len(found) <= 9, found


def test_a_way_back_is_offered_to_those_who_may_take_it(page_of: PageOf, cast: Cast) -> None:
    edit(page_of("central"), cast, phone="+7 3952 111111")
    told = history(page_of("auditor").get(f"/admin/organization/details/?id={cast.organizations['school1']}"))
    assert "111111" in told
    assert "Отменить…" not in told
