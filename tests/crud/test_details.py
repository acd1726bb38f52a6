"""Cards: every row the lists lead to, in words, with the way to what belongs to it."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app.reporting import notices
from models import Event, Level, Message, Organization
from tests.crud.test_list import NAMES
from tests.page import Page
from tests.people import Cast, organization
from tests.reports import arrange

PageOf = Callable[[str], Page]


@pytest.mark.parametrize("name", NAMES)
def test_every_card_opens(page_of: PageOf, session: Session, plain: Session, cast: Cast, name: str) -> None:
    arrange(session, plain, cast)
    session.commit()
    for person in ("central", "auditor"):
        page = page_of(person).get(f"/admin/{name}/")
        link = page.soup.select_one("tbody th a")
        if link is not None:
            page.get(str(link["href"]))
            for way in page.soup.select("main .links a"):
                page.get(str(way["href"]))


def test_what_is_outside_ones_sight_is_named_nowhere(page_of: PageOf, cast: Cast) -> None:
    page = page_of("irkutsk").get(f"/admin/organization/details/?id={cast.organizations['irkutsk']}")
    assert "нет доступа" in page.text
    assert "Иркутская область" not in page.soup.select_one("main").get_text()
    page.get("/admin/organization/")
    assert "Иркутская область" not in page.soup.select_one("main").get_text()


def test_the_log_is_readable_and_read_only(page_of: PageOf, plain: Session, cast: Cast) -> None:
    page = page_of("central").get(f"/admin/organization/edit/?id={cast.organizations['school1']}")
    page.submit("form.sheet", head_name="Иванова Анна", level="organization", type_id="1")
    key = plain.scalars(select(Event.id).where(Event.kind == "row.changed")).one()
    page.get(f"/admin/event/details/?id={key}")
    assert "ФИО руководителя" in page.text
    assert "пусто → Иванова Анна" in page.text
    assert "head_name" not in page.text
    assert page.soup.select_one(f"a[href='/admin/organization/details/?id={cast.organizations['school1']}']") is not None
    assert not page.soup.select("a[href*='/edit/'], a[href*='/delete/']")
    page.get(f"/admin/event/edit/?id={key}", status=403)


def test_names_are_never_markup(page_of: PageOf, plain: Session, cast: Cast) -> None:
    root = plain.get_one(Organization, cast.organizations["irkutsk"])
    name = "<b>Жирная</b><script>1</script>"
    row = organization(plain, name, Level.ORGANIZATION, root, inn="6600000000", kpp="123456789")
    page = page_of("irkutsk")
    for address in (
        "/admin/organization/?q=жирная",
        f"/admin/organization/details/?id={row.id}",
        f"/admin/organization/new/?parent_id={row.id}",
    ):
        body = page.get(address).response.get_data(as_text=True)
        assert "<b>Жирная" not in body
        assert "&lt;b&gt;Жирная" in body


def test_a_form_version_is_previewed(page_of: PageOf, session: Session, plain: Session, cast: Cast) -> None:
    arrange(session, plain, cast)
    session.commit()
    page = page_of("auditor").get("/admin/form_version/")
    page.get(str(page.soup.select_one("tbody th a")["href"]))
    page.get(str(page.soup.select_one("main .head a.btn")["href"]))
    assert "Численность обучающихся" in page.soup.h1.get_text()
    assert len(page.soup.select("td.input")) == 5
    page.get(str(page.soup.select("nav.card a")[1]["href"]))
    assert "Прочее" in page.soup.h1.get_text()


def test_a_message_says_in_words_what_it_is_about(page_of: PageOf, plain: Session, cast: Cast) -> None:
    kinds = list(notices.Kind)
    plain.add_all(Message(recipient_id=cast.users["central"], kind=kind, subject="Отчет", body="Отчет") for kind in kinds)
    plain.commit()
    shown = page_of("central").get("/admin/message/").soup.select_one("tbody").get_text()
    assert not [kind for kind in kinds if kind.value in shown]
