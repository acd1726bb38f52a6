"""Deleting: only what may go, after a question, and the reason where it stays."""

from collections.abc import Callable

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from admin_app.reporting import days
from models import Classifier, ClassifierItem, Event, Organization
from tests.page import Page
from tests.people import Cast

PageOf = Callable[[str], Page]


def test_an_unused_item_goes_after_a_question(page_of: PageOf, plain: Session) -> None:
    key = plain.scalars(select(ClassifierItem.id).order_by(ClassifierItem.id.desc())).first()
    page = page_of("central").get(f"/admin/classifier_item/details/?id={key}")
    page.get(str(page.soup.select_one("a.no")["href"]))
    assert plain.get(ClassifierItem, key) is not None
    page.submit("main form")
    plain.expire_all()
    assert plain.get(ClassifierItem, key) is None


def test_a_list_with_items_stays_and_says_why(page_of: PageOf, plain: Session) -> None:
    key = plain.scalars(select(Classifier.id)).first()
    page = page_of("central").get(f"/admin/classifier/delete/?id={key}").submit("main form")
    assert page.soup.select_one("main .note.err") is not None
    assert plain.scalar(select(Classifier.id)) == key


@pytest.mark.parametrize("name", ["user", "report", "event", "message", "request"])
def test_what_people_rely_on_is_never_deleted(page_of: PageOf, cast: Cast, name: str) -> None:
    page = page_of("admin").get(f"/admin/{name}/")
    page.get(f"/admin/{name}/delete/?id=1", status=403)


def test_an_organization_that_has_worked_is_closed_instead(page_of: PageOf, plain: Session, cast: Cast) -> None:
    key = cast.organizations["school2"]
    page = page_of("central").get(f"/admin/organization/delete/?id={key}")
    assert "Прикрепления" in page.text
    assert page.soup.select_one("main form button.no") is None
    page.submit("main form", do="archive")
    assert "Пока ничего не закрыто" in page.text
    assert plain.get_one(Organization, key).closed_on is None
    page.submit("main form", do="archive")
    plain.expire_all()
    assert plain.get_one(Organization, key).closed_on == days.today()
    assert plain.scalars(select(Event.subject_id).where(Event.kind == "organization.closed")).all() == [key]


def test_nothing_closes_over_what_works_below_it(page_of: PageOf, plain: Session, cast: Cast) -> None:
    page_of("central").get(f"/admin/organization/delete/?id={cast.organizations['region']}", status=403)
    key = cast.organizations["bratsk"]
    page = page_of("central").get(f"/admin/organization/delete/?id={key}").submit("main form", do="archive")
    assert page.soup.select_one("main .note.err")
    assert plain.get_one(Organization, key).closed_on is None


def test_an_item_ends_with_its_last_day(page_of: PageOf, plain: Session) -> None:
    """It may still be chosen today, and the page says so."""
    key = plain.scalars(select(ClassifierItem.id)).first()
    plain.execute(update(Organization).values(type_id=key))
    plain.commit()
    assert "с завтрашнего дня его нельзя выбрать" in page_of("central").get(f"/admin/classifier_item/delete/?id={key}").text


def test_an_organization_added_by_mistake_goes(page_of: PageOf, plain: Session, cast: Cast) -> None:
    page = page_of("central")
    typed = {"parent_id": cast.organizations["irkutsk"], "level": "organization", "short_name": "Лишняя", "full_name": "Лишняя"}
    page.get("/admin/organization/new/").post("/admin/organization/new/", typed)
    key = plain.scalars(select(Organization.id).where(Organization.short_name == "Лишняя")).one()
    page.get(f"/admin/organization/delete/?id={key}").submit("main form")
    plain.expire_all()
    assert plain.get(Organization, key) is None
    assert plain.scalars(select(Event.kind).where(Event.subject_id == key, Event.subject_type == "organization")).all() == [
        "row.created",
        "row.deleted",
    ]


def test_a_supervisor_deletes_no_organization(page_of: PageOf, cast: Cast) -> None:
    page_of("irkutsk").get(f"/admin/organization/delete/?id={cast.organizations['school1']}", status=403)
