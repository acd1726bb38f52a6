"""One change for many rows: choose, look, do; what is refused is said before; one undo; the filter cannot move under the page."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app.crud import bulk_plan
from admin_app.reporting import guard
from models import ClassifierItem, Event, Organization, User
from tests.budgets import counted
from tests.page import Page
from tests.people import Cast

PageOf = Callable[[str], Page]
FILTER = "/admin/organization/bulk/?q=СОШ"


def kind(plain: Session, place: int = 0) -> int:
    return plain.scalars(select(ClassifierItem.id).order_by(ClassifierItem.id)).all()[place]


def types(plain: Session, cast: Cast, *names: str) -> list[int | None]:
    plain.expire_all()
    return [plain.get_one(Organization, cast.organizations[name]).type_id for name in names]


def under(cast: Cast, name: str, title: str) -> dict[str, str]:
    """What the picker of the superior organization sends."""
    return {"parent_id": str(cast.organizations[name]), "parent_id-text": title}


def tally(page: Page) -> dict[str, int]:
    return {one.dt.get_text(strip=True): int(one.dd.get_text()) for one in page.soup.select("dl.tally > div")}  # type: ignore[union-attr]


def test_the_list_offers_it_for_the_ticked_and_for_all(page_of: PageOf, plain: Session, cast: Cast) -> None:
    page = page_of("central").get("/admin/organization/?q=СОШ")
    assert page.soup.select_one("input[name=row][form=bulk]")["aria-label"].startswith("Выбрать:")
    assert "q=" in str(page.soup.select_one(".bulkbar a")["href"])
    page = page_of("auditor").get("/admin/organization/")
    assert page.soup.select_one(".bulkbar") is None
    page.get("/admin/organization/bulk/", status=403)
    page = page_of("central").get("/admin/organization/")
    assert page.soup.select_one("form#bulk input[name=ticked]") is not None
    assert "Изменить 0" in page.get("/admin/organization/bulk/?ticked=1").text
    page_of("central").get("/admin/message/bulk/", status=403)


def test_choose_look_do_undo(page_of: PageOf, plain: Session, cast: Cast) -> None:
    school = ("school1", "school2", "school3")
    plain.get_one(Organization, cast.organizations["school3"]).type_id = kind(plain)
    plain.commit()
    page = page_of("central").get(FILTER).submit("form.sheet", type_id=str(kind(plain)))
    assert tally(page) == {"Изменится": 3, "Уже так": 1, "Отказано": 0}
    assert types(plain, cast, *school) == [None, None, kind(plain)]
    page.submit("main form:has(button[name=do])", do="1")
    assert types(plain, cast, *school) == [kind(plain)] * 3
    events = plain.scalars(select(Event).where(Event.origin == "bulk")).all()
    assert len(events) == 3
    assert len({event.batch for event in events}) == 1
    page.get(f"/admin/event/undo/?batch={events[0].batch}").submit("main form[method=post]", do="undo")
    assert types(plain, cast, *school) == [None, None, kind(plain)]


def test_what_is_refused_is_said_and_the_rest_is_done(page_of: PageOf, plain: Session, cast: Cast) -> None:
    ids = [cast.organizations[name] for name in ("region", "school1", "irkutsk")]
    page = page_of("central").get("/admin/organization/bulk/?" + "&".join(f"row={one}" for one in ids))
    page = page.submit("form.sheet", **under(cast, "school1", "МБОУ «СОШ № 1»"))
    assert tally(page)["Отказано"] == 3
    assert page.soup.select_one("main .note.warn") is not None
    assert page.soup.select_one("button[name=do]") is None
    page.submit("main form:has(button[name=back])", back="1").submit(
        "form.sheet", **under(cast, "bratsk", "Управление образования Братска")
    )
    page = page_of("central").get("/admin/organization/bulk/?" + "&".join(f"row={one}" for one in ids))
    page = page.submit("form.sheet", **under(cast, "bratsk", "Управление образования Братска"))
    assert tally(page) == {"Изменится": 1, "Уже так": 0, "Отказано": 2}
    page.submit("main form:has(button[name=do])", do="1")
    plain.expire_all()
    assert plain.get_one(Organization, ids[1]).parent_id == cast.organizations["bratsk"]
    assert plain.get_one(Organization, ids[0]).parent_id is None


def test_rows_and_values_out_of_sight_stay(page_of: PageOf, plain: Session, cast: Cast) -> None:
    foreign = cast.organizations["school2"]
    page = page_of("irkutsk").get(f"/admin/organization/bulk/?row={foreign}")
    assert "Изменить 0" in page.text
    page = page.get(f"/admin/organization/bulk/?row={cast.organizations['school1']}")
    page.submit("form.sheet", **under(cast, "bratsk", "Управление образования Братска"))
    assert page.soup.select_one(".bad") is not None
    page.get(f"/admin/organization/bulk/?row={cast.organizations['school1']}")
    page.submit("form.sheet", frozen=bulk_plan.freeze([foreign]), type_id=str(kind(plain)))
    assert tally(page)["Изменится"] == 0
    page.submit("main form:has(button[name=back])", do="1", frozen=bulk_plan.freeze([foreign]))
    assert types(plain, cast, "school2") == [None]


def test_all_or_nothing_when_something_changes_meanwhile(
    page_of: PageOf, plain: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = page_of("central").get(FILTER).submit("form.sheet", type_id=str(kind(plain)))
    real = guard.may

    def refusing(actor: Any, permission: Any, thing: Any = None) -> Any:
        hit = isinstance(thing, Organization) and thing.id == cast.organizations["school2"]
        return guard.Answer(False, "нельзя") if hit else real(actor, permission, thing)

    monkeypatch.setattr(guard, "may", refusing)
    page.submit("main form:has(button[name=do])", do="1")
    assert "Ничего не изменено" in page.text
    assert types(plain, cast, "school1", "school2") == [None, None]


def test_what_somebody_has_changed_meanwhile_is_shown_anew(page_of: PageOf, plain: Session, cast: Cast) -> None:
    plain.get_one(Organization, cast.organizations["school3"]).type_id = kind(plain)
    plain.commit()
    page = page_of("central").get(FILTER).submit("form.sheet", type_id=str(kind(plain, 1)))
    plain.get_one(Organization, cast.organizations["school3"]).type_id = None
    plain.commit()
    page.submit("main form:has(button[name=do])", do="1")
    assert "Ничего не изменено" in page.text
    assert "СОШ № 3" in page.soup.select_one(".says").get_text()  # type: ignore[union-attr]
    assert types(plain, cast, "school1", "school3") == [None, None]
    page.submit("main form:has(button[name=do])", do="1")
    assert types(plain, cast, "school1", "school3") == [kind(plain, 1)] * 2


def test_back_finds_each_page_again(page_of: PageOf, plain: Session) -> None:
    page = page_of("central").get(FILTER).submit("form.sheet", type_id=str(kind(plain)))
    shown = page.response.request
    assert shown.method == "GET"
    page.get(f"{shown.path}?{shown.query_string.decode()}")
    assert tally(page)["Изменится"] == 4
    page.submit("main form:has(button[name=back])", back="1")
    assert page.response.request.method == "GET"
    assert page.soup.select_one("[name=type_id] option[selected]")["value"] == str(kind(plain))  # type: ignore[index]


def test_nothing_asked_and_nonsense_stay_on_the_form(page_of: PageOf, plain: Session, cast: Cast) -> None:
    page = page_of("central").get(FILTER).submit("form.sheet")
    assert page.soup.select_one("#errors") is not None
    page.submit("form.sheet", **{"closed_on": "завтра"})
    assert page.soup.select_one("[name=closed_on]")["value"] == "завтра"
    page.submit("form.sheet", **{"closed_on": "2026-12-31", "closed_on--clear": "y"})
    assert "Либо значение" in page.text
    page.post("/admin/organization/bulk/", {"frozen": "???", "type_id": "1"}, status=400)


def test_people_are_switched_off_together(page_of: PageOf, plain: Session, cast: Cast) -> None:
    ids = [cast.users["school1"], cast.users["central"]]
    page = page_of("irkutsk").get("/admin/user/bulk/?" + "&".join(f"row={one}" for one in ids))
    page = page.submit("form.sheet", active="n")
    assert tally(page)["Изменится"] == 1
    page.submit("main form:has(button[name=do])", do="1")
    plain.expire_all()
    assert [plain.get_one(User, one).active for one in ids] == [False, True]


def test_the_chosen_rows_travel_small_and_whole() -> None:
    ids = list(range(7, 50_000, 3))
    text = bulk_plan.freeze(ids)
    assert len(text) < 2000
    assert bulk_plan.thaw(text, 20_000) == ids
    with pytest.raises(ValueError, match="too many"):
        bulk_plan.thaw(text, 10)
    assert bulk_plan.thaw(bulk_plan.freeze([]), 5) == []


def test_the_form_costs_few_statements(page_of: PageOf, connection: Any, cast: Cast) -> None:
    page = page_of("central")
    with counted(connection) as found:
        page.get(FILTER)
    assert len(found) <= 9, found
