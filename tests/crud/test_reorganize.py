"""«Реорганизация»: what it would do is shown first, then it is entered; mistakes stand where they were made."""

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import Event, Organization, OrganizationFact, Succession
from tests.page import Page, fields
from tests.people import Cast

PageOf = Callable[[str], Page]


def opened(page: Page, cast: Cast, **typed: Any) -> tuple[Page, str]:
    """The page of school1, sent with this."""
    address = f"/admin/organization/reorganize/?id={cast.organizations['school1']}"
    page.get(address)
    page.post(address, {**sent(page), **typed})
    return page, address


def sent(page: Page) -> dict[str, Any]:
    return fields(next(form for form in page.soup.select("main form") if form.select_one("[name=kind]")))


def test_it_is_shown_and_then_entered(page_of: PageOf, plain: Session, cast: Cast) -> None:
    name = {"successor_id": cast.organizations["school3"], "successor_id-text": "МБОУ «СОШ № 3»"}
    page, address = opened(page_of("irkutsk"), cast, kind="joined", **name)
    assert "Филиал СОШ № 1" in page.soup.select_one("#errors").get_text()
    assert plain.scalars(select(Succession)).all() == []
    page.post(address, sent(page))
    assert "Присоединена к" in page.text
    assert plain.get_one(Organization, cast.organizations["school1"]).closed_on is not None
    page.get(f"/admin/organization/details/?id={cast.organizations['school3']}")
    assert "К ней присоединена" in page.text


def test_what_was_confirmed_is_what_is_done(page_of: PageOf, plain: Session, cast: Cast) -> None:
    """Another day than the one that was read asks again."""
    name = {"successor_id": cast.organizations["school3"], "successor_id-text": "МБОУ «СОШ № 3»"}
    page, address = opened(page_of("irkutsk"), cast, kind="joined", **name)
    page.post(address, {**sent(page), "day": "01.02.2027"})
    assert page.soup.select_one("[name=confirmed]")
    assert plain.scalars(select(Succession)).all() == []


def test_mistakes_stand_at_their_fields(page_of: PageOf, plain: Session, cast: Cast) -> None:
    page, _address = opened(page_of("irkutsk"), cast, day="32.01.2026")
    assert page.soup.select_one("#day-wrong")
    assert page.soup.select_one("#kind-wrong")
    assert page.soup.select_one("#successor_id-wrong")
    own = {"successor_id": cast.organizations["school1"], "successor_id-text": "МБОУ «СОШ № 1»"}
    page, _address = opened(page_of("irkutsk"), cast, kind="joined", **own)
    assert "не правопреемница сама себе" in page.soup.select_one("#successor_id-wrong").get_text()


def test_only_for_those_who_edit(page_of: PageOf, cast: Cast) -> None:
    address = f"/admin/organization/reorganize/?id={cast.organizations['school1']}"
    page_of("bratsk").get(address, status=404)
    page_of("support").get(address, status=403)
    page_of("auditor").get(address, status=403)


def test_a_successor_out_of_sight_is_not_named(page_of: PageOf, plain: Session, cast: Cast) -> None:
    one, other = cast.organizations["school1"], cast.organizations["school2"]
    plain.add(Succession(predecessor_id=one, successor_id=other, kind="joined", day=date(2026, 9, 1)))
    plain.execute(update(Organization).where(Organization.id == one).values(closed_on=date(2026, 9, 1)))
    plain.commit()
    for address in (f"/admin/organization/details/?id={one}", f"/organizations/{one}"):
        page = page_of("irkutsk").get(address)
        assert "Присоединена к" in page.text
        assert "вне вашей части региона" in page.text
        assert "СОШ № 2" not in page.text
    assert "СОШ № 2" in page_of("central").get(f"/organizations/{one}").text


def test_it_is_taken_back_as_a_whole(page_of: PageOf, plain: Session, cast: Cast) -> None:
    """From the event of the closing, like any change: dates, plans, attachments, and who follows whom."""
    name = {"successor_id": cast.organizations["school3"], "successor_id-text": "МБОУ «СОШ № 3»"}
    page, address = opened(page_of("irkutsk"), cast, kind="joined", day="31.12.2027", **name)
    page.post(address, sent(page))
    key, told = cast.organizations["school1"], page.soup.select_one("main").get_text(" ", strip=True)
    assert "31.12.2027" in told
    assert not [raw for raw in ("2027-12-31", "joined", "successor", "below", "parent_id") if raw in told]
    for kind in ("organization.reorganized", "row.changed"):
        query = select(Event.id).where(Event.kind == kind, Event.subject_id == key, Event.subject_type == "organization")
        assert page.soup.select_one(f'a[href="/admin/event/undo/?id={plain.scalars(query).first()}"]')
    page.get(f"/admin/event/undo/?id={plain.scalars(query).first()}")
    page.submit("main form", do="undo")
    plain.expire_all()
    assert plain.scalars(select(Succession)).all() == []
    assert plain.get_one(Organization, key).closed_on is None
    assert plain.scalars(select(OrganizationFact).where(OrganizationFact.planned)).all() == []
    page.get(f"/admin/organization/details/?id={key}")
    assert "Присоединена к" not in page.text
