"""«Отчетные формы»: published editions and their tables, to read."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app.reporting import forms
from models import Form, FormVersion
from tests.page import Page
from tests.people import Cast
from tests.reports import DOCUMENT, arrange


@pytest.fixture
def edition(session: Session, plain: Session, cast: Cast, as_: Any) -> int:
    """The published edition of the small form, and a draft after it."""
    arrange(session, plain, cast)
    with as_("central"):
        form = session.scalars(select(Form)).one()
        forms.draft(session, form, DOCUMENT, "черновик следующего года")
        return session.scalars(select(FormVersion.id).where(FormVersion.number == 1)).one()


def test_published_editions_are_listed(page_of: Callable[[str], Page], edition: int) -> None:
    page = page_of("school1").get("/forms")
    assert [str(link["href"]) for link in page.soup.select(".periods a")] == [f"/forms/{edition}"]
    assert "черновик следующего года" not in page.text


def test_a_draft_is_not_shown(page_of: Callable[[str], Page], edition: int, plain: Session) -> None:
    draft = plain.scalars(select(FormVersion.id).where(FormVersion.number == 2)).one()
    page_of("central").get(f"/forms/{draft}", status=404)


def test_a_section_shows_its_cells_and_checks(page_of: Callable[[str], Page], edition: int) -> None:
    page = page_of("school1").get(f"/forms/{edition}?section=1")
    assert page.soup.select("td[data-cell='1/01/4'][data-kind=input]")
    assert page.soup.select("td[data-cell='1/03/4'][data-kind=blocked]")
    assert not page.soup.select("td input")
    assert len(page.soup.select(".checks li")) == 3


def test_an_unknown_section(page_of: Callable[[str], Page], edition: int) -> None:
    page_of("school1").get(f"/forms/{edition}?section=9", status=404)


def test_without_forms_it_says_so(page_of: Callable[[str], Page]) -> None:
    assert "Опубликованных форм пока нет" in page_of("school1").get("/forms").text
