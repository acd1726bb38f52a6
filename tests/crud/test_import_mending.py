"""Putting an import right: where one comes back to, what is said first, what can still be taken back."""

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Event, ImportRow, Organization, RowOutcome
from tests.crud.test_import import NEW, OLD, checked, do
from tests.page import Page
from tests.people import Cast

PageOf = Callable[[str], Page]
WRONG = NEW.replace("7707083893", "12")


def test_a_wrong_key_is_a_wrong_key_first(page_of: PageOf, plain: Session, cast: Cast) -> None:
    checked(page_of("irkutsk"), WRONG, WRONG, WRONG)
    said = [row.errors["inn"] for row in plain.scalars(select(ImportRow).order_by(ImportRow.line))]
    assert len(said) == 3
    assert all("10 цифр" in one for one in said), said


def test_the_same_row_with_another_mistake_is_told_both(page_of: PageOf, plain: Session, cast: Cast) -> None:
    checked(page_of("irkutsk"), NEW, NEW.replace("+7 (3952) 12-34-56", "нет"))
    row = plain.scalars(select(ImportRow).where(ImportRow.line == 3)).one()
    assert row.outcome is RowOutcome.ERROR
    assert "Строка 2" in row.errors["inn"]


def test_one_comes_back_to_the_page_and_the_next_wrong_line(page_of: PageOf, cast: Cast) -> None:
    page = checked(page_of("irkutsk"), *[WRONG.replace("12;", f"{number};", 1) for number in range(100, 160)])
    page.get(page.soup.select_one("a[rel=next]")["href"])
    assert page.soup.select_one("#line-52") is not None
    form = page.soup.select_one("#line-53 form")
    data = {one["name"]: one.get("value", "") for one in form.select("input")}
    page.post(str(form["action"]), {**data, "cell-inn": "7707083893"}, status=302, follow=False)
    assert page.response.headers["Location"].endswith("?show=error&after=51#line-54")


def test_what_nobody_has_changed_is_taken_back(page_of: PageOf, plain: Session, cast: Cast) -> None:
    page = do(checked(page_of("irkutsk"), NEW, OLD), "run")
    address = page.response.request.path
    page.get(f"/admin/organization/edit/?id={cast.organizations['school1']}").submit("form.sheet", phone="+7 (3952) 33-33-33")
    page.get(address)
    page.get(page.soup.select_one("a[href*='/undo/?batch=']")["href"])
    page.submit("form:has([name=do])", do="undo")
    plain.expire_all()
    assert plain.scalar(select(Organization.id).where(Organization.inn == "7707083893")) is None
    assert plain.get_one(Organization, cast.organizations["school1"]).phone == "+7 (3952) 33-33-33"


def test_the_log_leads_to_what_was_changed_together(page_of: PageOf, plain: Session, cast: Cast) -> None:
    page = do(checked(page_of("irkutsk"), OLD), "run")
    key = plain.scalars(select(Event.id).where(Event.subject_id == cast.organizations["school1"])).all()[-1]
    way = "main a[href*='/event/batch/?batch=']"
    assert page.get(f"/admin/event/details/?id={key}").soup.select_one(way) is not None
    assert page.get(f"/admin/organization/details/?id={cast.organizations['school1']}").soup.select_one(way) is not None
