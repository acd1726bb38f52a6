"""Deleting: only what may go, after a question, and the reason where it stays."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Classifier, ClassifierItem
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


@pytest.mark.parametrize("name", ["organization", "user", "report", "event", "message", "request"])
def test_what_people_rely_on_is_never_deleted(page_of: PageOf, cast: Cast, name: str) -> None:
    page = page_of("admin").get(f"/admin/{name}/")
    page.get(f"/admin/{name}/delete/?id=1", status=403)
