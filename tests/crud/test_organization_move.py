"""Organizations moved in the tree: what is asked before, what is refused, since when it counts, and the way back."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app.reporting import dated, days, moving
from models import Event, Level, Organization, OrganizationFact
from tests import people
from tests.crud.outline import MOVE, OFFICE, SCHOOL, TREE, age, close, names
from tests.page import Page
from tests.people import Cast

PageOf = Callable[[str], Page]


# ── Moving ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def asked(page: Page, *rows: int, parent: int | None = None, **more: object) -> Page:
    """The page of a move, as a drop asks for it."""
    pairs = [("id", row) for row in rows] + [(name, value) for name, value in {"parent_id": parent, **more}.items() if value]
    return page.get(MOVE + "?" + "&".join(f"{name}={value}" for name, value in pairs))


def send(page: Page, **typed: object) -> Page:
    """Send the form as it stands, with all that is moved in it."""
    form = page.soup.select_one("form.sheet")
    rows = [one["value"] for one in form.select("input[name=id]")]
    chosen = form.select_one("input[name=counts][checked]")
    return page.submit("form.sheet", id=rows, **({"counts": chosen["value"] if chosen else "today"} | typed))


def test_several_are_moved_as_one_and_one_undo_takes_them_back(page_of: PageOf, plain: Session, cast: Cast) -> None:
    o = cast.organizations
    page = asked(page_of("central"), o["school1"], o["school3"], parent=o["bratsk"])
    read = page.soup.select_one("#errors").get_text(" ")
    assert ("Братская Вера" in read, "Иркутская Анна" in read, "3 организации" in read) == (True, True, True)
    assert plain.get_one(Organization, o["school1"]).parent_id == o["irkutsk"]
    send(page)
    plain.expire_all()
    assert {plain.get_one(Organization, o[name]).parent_id for name in ("school1", "school3")} == {o["bratsk"]}
    assert plain.get_one(Organization, o["branch1"]).path == f"/{o['region']}/{o['bratsk']}/{o['school1']}/{o['branch1']}/"
    moved = plain.scalars(select(Event).where(Event.kind == "organization.moved")).all()
    assert {one.subject_id for one in moved} == {o["school1"], o["school3"]}
    assert (len({one.batch for one in moved}), moved[0].origin) == (1, "move")
    page.get(str(page.soup.select_one(".says a")["href"]))
    page.submit("main form", do="undo")
    plain.expire_all()
    assert {plain.get_one(Organization, o[name]).parent_id for name in ("school1", "school3")} == {o["irkutsk"]}


def test_what_was_confirmed_is_what_is_done(page_of: PageOf, plain: Session, cast: Cast) -> None:
    o = cast.organizations
    office = people.organization(plain, "Управление Ангарска", Level.MUNICIPALITY, plain.get_one(Organization, o["region"]))
    plain.commit()
    page = asked(page_of("central"), o["school3"], parent=o["bratsk"])
    send(page, parent_id=office.id, **{"parent_id-text": "Управление Ангарска"})
    assert plain.get_one(Organization, o["school3"]).parent_id == o["irkutsk"]
    assert "Управление Ангарска" in page.soup.select_one("#errors").get_text()
    send(page)
    plain.expire_all()
    assert plain.get_one(Organization, o["school3"]).parent_id == office.id


def test_without_dragging_the_superior_is_typed(page_of: PageOf, plain: Session, cast: Cast) -> None:
    o = cast.organizations
    page = asked(page_of("central"), o["school3"])
    assert not page.soup.select("#errors")
    assert "Заполните" in send(page).text
    send(page, **{"parent_id-text": "Управление образования Братска"})
    send(page)
    plain.expire_all()
    assert plain.get_one(Organization, o["school3"]).parent_id == o["bratsk"]


def test_only_what_may_stand_above_is_offered(page_of: PageOf, plain: Session, cast: Cast) -> None:
    client = page_of("central").client
    page = asked(page_of("central"), cast.organizations["school1"])
    address = str(page.soup.select_one("input.combobox")["data-picker"])

    def offered(address: str) -> list[str]:
        return [one["title"] for one in client.get(address).get_json()["rows"]]

    assert offered(address + "?q=иркут") == ["Иркутская область", OFFICE]
    close(plain, cast, "irkutsk", date(2025, 9, 1))
    assert offered(address + "?q=иркут") == ["Иркутская область"]
    assert offered(address.replace("organization/parent", "organization.branch/parent")) == []
    assert client.get(address.replace("parent_id", "type_id")).status_code == 404


REFUSED = (
    ("school1", "branch1", "подчинить организацию ей самой"),
    ("school1", "school1", "подчинить организацию ей самой"),
    ("irkutsk", "bratsk", "не подчиняется уровню"),
    ("branch1", "bratsk", "не подчиняется уровню"),
    ("school1", "irkutsk", "уже стоит там"),
    ("region", "irkutsk", "Регион стоит над всеми"),
)


@pytest.mark.parametrize(("row", "target", "why"), REFUSED)
def test_what_cannot_be_is_refused_with_a_sentence(
    page_of: PageOf, plain: Session, cast: Cast, row: str, target: str, why: str
) -> None:
    before = plain.get_one(Organization, cast.organizations[row]).parent_id
    page = asked(page_of("central"), cast.organizations[row], parent=cast.organizations[target])
    assert why in page.soup.select_one("#errors").get_text()
    assert not page.soup.select("[name=confirmed]")
    send(page, confirmed="x")
    plain.expire_all()
    assert plain.get_one(Organization, cast.organizations[row]).parent_id == before


def test_what_can_be_moved_goes_without_the_rest(page_of: PageOf, plain: Session, cast: Cast) -> None:
    o = cast.organizations
    page = asked(page_of("central"), o["school3"], o["school2"], parent=o["bratsk"])
    assert "уже стоит там" in page.soup.select_one("#errors").get_text()
    assert [one["value"] for one in page.soup.select("form.sheet input[name=id]")] == [str(o["school3"])]
    send(page)
    plain.expire_all()
    assert plain.get_one(Organization, o["school3"]).parent_id == o["bratsk"]


def test_what_is_below_another_marked_one_goes_along(page_of: PageOf, plain: Session, cast: Cast) -> None:
    o = cast.organizations
    send(asked(page_of("central"), o["school1"], o["branch1"], parent=o["bratsk"]))
    plain.expire_all()
    assert plain.get_one(Organization, o["branch1"]).parent_id == o["school1"]
    assert plain.get_one(Organization, o["school1"]).parent_id == o["bratsk"]


def test_a_closed_superior_takes_nobody(page_of: PageOf, plain: Session, cast: Cast) -> None:
    close(plain, cast, "bratsk", date(2025, 9, 1))
    page = asked(page_of("central"), cast.organizations["school3"], parent=cast.organizations["bratsk"])
    assert "закрыта с 01.09.2025" in page.soup.select_one("#errors").get_text()


def test_nobody_moves_out_of_their_part_or_into_it(page_of: PageOf, plain: Session, cast: Cast) -> None:
    o = cast.organizations
    page = asked(page_of("irkutsk"), o["school3"], parent=o["bratsk"])
    assert page.soup.select_one("#errors")
    assert "Братск" not in page.text
    assert "Выберите, что переместить" in asked(page, o["school2"], parent=o["irkutsk"]).text
    for stranger in ("auditor", "support"):
        page_of(stranger).get(f"{MOVE}?id={o['school3']}", status=403)
    plain.expire_all()
    assert plain.get_one(Organization, o["school3"]).parent_id == o["irkutsk"]


def test_a_supervisor_moves_within_their_part(page_of: PageOf, plain: Session, cast: Cast) -> None:
    o = cast.organizations
    send(asked(page_of("irkutsk"), o["branch1"], parent=o["school3"], open=o["irkutsk"]))
    plain.expire_all()
    assert plain.get_one(Organization, o["branch1"]).parent_id == o["school3"]


def test_too_many_are_sent_to_the_list(page_of: PageOf, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moving, "MOST", 1)
    page = asked(page_of("central"), cast.organizations["school1"], cast.organizations["school3"])
    assert "из списка" in page.soup.select_one(".says").get_text()


# ── Since when ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_move_known_late_counts_from_its_day(page_of: PageOf, plain: Session, cast: Cast) -> None:
    age(plain)
    o = cast.organizations
    page = asked(page_of("central"), o["school3"], parent=o["bratsk"])
    send(page, counts="day", since="2025-09-01")
    send(page)
    kept = plain.scalars(
        select(OrganizationFact).where(OrganizationFact.field == "parent_id").order_by(OrganizationFact.id)
    ).all()
    assert [(one.since, one.value) for one in kept] == [(None, o["irkutsk"]), (date(2025, 9, 1), o["bratsk"])]
    assert (2, "МБОУ «СОШ № 3»") in names(page.get(f"{TREE}?id={o['school3']}&on=2025-08-31"))


def test_a_correction_says_that_it_stood_there_all_the_time(page_of: PageOf, plain: Session, cast: Cast) -> None:
    age(plain)
    o = cast.organizations
    page = send(asked(page_of("central"), o["school3"], parent=o["bratsk"]), counts="always")
    send(page)
    plain.expire_all()
    assert plain.get_one(Organization, o["school3"]).parent_id == o["bratsk"]
    assert plain.scalars(select(OrganizationFact)).all() == []


def test_a_day_before_the_organization_or_its_superior_worked_is_refused(page_of: PageOf, plain: Session, cast: Cast) -> None:
    age(plain)
    o = cast.organizations
    plain.get_one(Organization, o["school3"]).opened_on = date(2025, 9, 1)
    plain.commit()
    page = asked(page_of("central"), o["school3"], parent=o["bratsk"])
    assert "работает только с 01.09.2025" in send(page, counts="day", since="2025-08-31").text
    plain.get_one(Organization, o["school3"]).opened_on = None
    plain.get_one(Organization, o["bratsk"]).opened_on = date(2025, 9, 1)
    plain.commit()
    assert "работает только с 01.09.2025" in send(page, counts="day", since="2025-08-31").text


def test_a_circle_in_the_past_is_refused(session: Session, plain: Session, cast: Cast, as_: Callable) -> None:
    """school1 cannot have been under something that was then below it."""
    age(plain)
    o = cast.organizations
    with as_("central"), session.begin_nested():
        branch = session.get_one(Organization, o["branch1"])
        branch.parent_id, branch.level = o["irkutsk"], Level.ORGANIZATION
        session.flush()
        school = session.get_one(Organization, o["school1"])
        school.parent_id, school.level = o["school3"], Level.BRANCH
        session.flush()
        today, before = days.today(), days.today() - timedelta(days=1)
        assert moving.refusals(session, [school], branch, today) == {}
        for day in (before, dated.ALWAYS):
            assert "ей самой" in moving.refusals(session, [school], branch, day)[school.id]


def test_a_move_to_come_is_planned(page_of: PageOf, plain: Session, cast: Cast) -> None:
    age(plain)
    o, day = cast.organizations, days.today() + timedelta(days=30)
    page = asked(page_of("central"), o["school3"], parent=o["bratsk"])
    send(page, counts="day", since=day.isoformat())
    assert plain.scalars(select(OrganizationFact).where(OrganizationFact.planned)).all() == []
    send(page)
    assert "Запланировано" in page.soup.select_one(".says").get_text()
    plain.expire_all()
    plan = plain.scalars(select(OrganizationFact).where(OrganizationFact.planned)).one()
    assert (plan.organization_id, plan.field, plan.since, plan.value) == (o["school3"], "parent_id", day, o["bratsk"])
    assert plain.get_one(Organization, o["school3"]).parent_id == o["irkutsk"]


def test_a_planned_move_has_the_same_way_back(page_of: PageOf, plain: Session, cast: Cast) -> None:
    age(plain)
    o, day = cast.organizations, days.today() + timedelta(days=30)
    page = send(asked(page_of("central"), o["school1"], o["school3"], parent=o["bratsk"]), counts="day", since=day.isoformat())
    send(page)
    page.get(str(page.soup.select_one(".says a")["href"]))
    read = page.soup.select_one(".steps").get_text(" ")
    assert (SCHOOL in read, "Управление образования Братска" in read, "план отменяется" in read) == (True, True, True)
    assert page.soup.select_one(".steps h2 a")["href"].startswith("/admin/organization/details/")
    page.submit("main form", do="undo")
    assert plain.scalars(select(OrganizationFact)).all() == []
    page.get(f"/admin/organization/details/?id={o['school1']}")
    assert "Запланированное изменение отменено" in page.text
