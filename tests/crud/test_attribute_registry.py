"""The registry of further fields: who adds them, what makes sense, what of a used one stays."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app.reporting import days
from models import Attribute, AttributeKind, Classifier
from tests.crud.test_attributes import add, fill, items
from tests.crud.test_create import send, wrong
from tests.crud.test_edit import edit
from tests.page import Page
from tests.people import Cast

PageOf = Callable[[str], Page]
NEW = "/admin/attribute/new/"


def test_a_central_operator_adds_a_field_and_it_is_in_the_form(page_of: PageOf, plain: Session, cast: Cast) -> None:
    items(plain)
    listed = plain.scalar(select(Classifier.id).where(Classifier.code == "shift"))
    page = page_of("central")
    send(page, {"code": "shift", "title": "Сменность", "kind": "choice", "classifier_id": listed, "help": "Смен в день."}, NEW)
    assert "Сменность" in page.soup.h1.get_text()
    page.get(edit("organization", cast.organizations["school1"]))
    assert page.soup.select_one("#section-classification").find_parent("section").select_one("select#extra_shift")
    assert "Смен в день." in page.text


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"code": "Смена"}, "code"),
        ({"code": "9lives"}, "code"),
        ({"kind": "choice"}, "classifier_id"),
        ({"classifier_id": "1"}, "classifier_id"),
        ({"kind": "galaxy"}, "kind"),
        ({"kind": "flag", "required_types": ["1"]}, "required_types"),
        ({"valid_from": "2026-02-01", "valid_to": "2026-01-01"}, "valid_to"),
        ({"title": ""}, "title"),
        ({"title": "краткое  Наименование"}, "title"),
        ({"title": "ОКВЭД, дополнительные виды деятельности"}, "title"),
    ],
)
def test_a_field_that_makes_no_sense_is_refused_where_it_was_typed(
    page_of: PageOf, plain: Session, typed: dict[str, object], field: str
) -> None:
    page = page_of("central")
    send(page, {"code": "motto", "title": "Девиз", "kind": "text", **typed}, NEW)
    assert wrong(page, field)
    assert plain.scalar(select(Attribute.id)) is None


def test_two_fields_never_have_the_same_code(page_of: PageOf, plain: Session) -> None:
    add(plain, "motto", AttributeKind.TEXT)
    page = page_of("central")
    send(page, {"code": "motto", "title": "Девиз", "kind": "text"}, NEW)
    assert "код" in wrong(page, "code")


def test_only_those_who_edit_classifiers_add_fields(page_of: PageOf) -> None:
    page_of("irkutsk").get(NEW, status=403)
    page_of("auditor").get("/admin/attribute/").get(NEW, status=403)


def test_a_used_field_keeps_its_kind_and_ends_by_a_date(page_of: PageOf, plain: Session, cast: Cast) -> None:
    made = add(plain, "motto", AttributeKind.TEXT)
    page = page_of("central").get(edit("attribute", made.id))
    assert not page.soup.select_one("[name=code]")
    assert page.soup.select_one("[name=kind]")
    fill(page, cast, extra_motto="Знание — сила")
    page.get(edit("attribute", made.id))
    assert not page.soup.select_one("[name=kind]")
    page.get(f"/admin/attribute/delete/?id={made.id}").submit()
    assert "1 организаци" in page.text
    assert plain.scalar(select(Attribute.id)) == made.id
    page.get(f"/admin/attribute/details/?id={made.id}")
    assert page.soup.select_one("a[href*='extra_motto-op=some']")


def test_two_further_fields_are_not_called_the_same_at_once(page_of: PageOf, plain: Session) -> None:
    first = add(plain, "ramp", AttributeKind.FLAG)
    page = page_of("central")
    page = send(page, {"code": "ramp2", "title": f" {first.title.upper()} ", "kind": "flag"}, NEW)
    assert first.title in wrong(page, "title")
    first.valid_to = days.today()
    plain.commit()
    later = (days.today() + timedelta(days=1)).isoformat()
    send(page, {"code": "ramp2", "title": first.title, "kind": "text", "valid_from": later}, NEW)
    assert plain.scalar(select(Attribute.title).where(Attribute.code == "ramp2")) == first.title
