"""The tree of organizations: opened, searched, seen on a day."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from admin_app.reporting import dated, outline
from models import Level, Organization
from tests import people
from tests.budgets import counted
from tests.crud.outline import BRANCH, OFFICE, SCHOOL, TREE, age, close, names
from tests.page import Page
from tests.people import Cast

PageOf = Callable[[str], Page]


def press(page: Page, button: str, **changes: object) -> Page:
    """Press a button of the form #state, without scripts."""
    found = page.soup.select_one(button)
    sent = {one["name"]: one["value"] for one in page.soup.select("#state input[name]")} | {found["name"]: found["value"]}
    return page.get(TREE + "?" + "&".join(f"{name}={value}" for name, value in (sent | changes).items()))


# ── Looking ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_nodes_open_and_close_by_plain_buttons(page_of: PageOf, cast: Cast) -> None:
    page = page_of("central").get(TREE)
    assert names(page) == [(0, "Иркутская область"), (1, "Управление образования Братска"), (1, OFFICE)]
    assert [one.get_text(strip=True)[-9:] for one in page.soup.select(".what")][-1] == "внутри: 3"
    press(page, f"li[data-id='{cast.organizations['irkutsk']}'] > .node > .fold")
    assert names(page)[-2:] == [(2, SCHOOL), (2, "МБОУ «СОШ № 3»")]
    press(page, f"li[data-id='{cast.organizations['region']}'] > .node > .fold")
    assert names(page) == [(0, "Иркутская область")]


def test_the_card_and_the_list_lead_to_the_opened_place(page_of: PageOf, cast: Cast) -> None:
    page = page_of("irkutsk").get("/admin/organization/")
    assert page.soup.select_one(f".acts a[href='{TREE}']")
    page.get(f"/admin/organization/details/?id={cast.organizations['branch1']}")
    page.get(next(str(link["href"]) for link in page.soup.select(".acts a") if TREE in str(link["href"])).split("#")[0])
    assert names(page) == [(0, OFFICE), (1, SCHOOL), (2, BRANCH), (1, "МБОУ «СОШ № 3»")]
    assert page.soup.select_one(".hit .name").get_text() == BRANCH


def test_a_search_opens_the_ways_to_what_it_finds(page_of: PageOf, cast: Cast) -> None:
    page = page_of("central").get(TREE + "?q=сош")
    assert (2, "МБОУ «СОШ № 2» Братска") in names(page)
    assert (3, BRANCH) in names(page)
    assert len(page.soup.select(".outline mark")) == 4
    assert page.get(TREE + "?q=abkbfk").soup.select(".outline mark")[0].get_text() == BRANCH  # «филиал» in the other layout
    assert (2, "МБОУ «СОШ № 3»") in names(page)  # of one alone its neighbours are there too
    assert "Ничего не найдено" in page.get(TREE + "?q=кракозябра").text
    assert names(page_of("irkutsk").get(TREE + "?q=братска")) == []


def test_a_search_goes_on_to_all_that_stands_there(page_of: PageOf, cast: Cast) -> None:
    page = page_of("central").get(TREE + "?q=№ 2 № 3".replace(" ", "+"))
    assert names(page) == []
    page.get(TREE + "?q=3899000033")
    page.get(TREE + "?q=управление")
    assert [name for _deep, name in names(page)][1:] == ["Управление образования Братска", OFFICE]
    press(page, ".more button[name=id]")
    assert page.soup.select_one(".hit")


def test_long_lists_come_in_parts(page_of: PageOf, plain: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outline, "PART", 3)
    office = plain.get_one(Organization, cast.organizations["irkutsk"])
    rows = [people.organization(plain, f"Школа {number}", Level.ORGANIZATION, office) for number in range(1, 8)]
    plain.commit()
    page = page_of("irkutsk").get(TREE)
    assert [name for _deep, name in names(page)] == [OFFICE, SCHOOL, "МБОУ «СОШ № 3»", "Школа 1"]
    press(page, "[data-edge=after] button")
    assert [name for _deep, name in names(page)][1:] == ["Школа 2", "Школа 3", "Школа 4"]
    page.get(f"{TREE}?id={rows[6].id}")
    assert [name for _deep, name in names(page)][1:] == ["Школа 5", "Школа 6", "Школа 7"]
    assert "9 из 9" not in page.text
    assert not page.soup.select("[data-edge=after]")
    press(page, "[data-edge=before] button")
    assert names(page)[1] == (1, "Школа 2")
    page.get(f"{TREE}below/?id={office.id}&part=3")
    assert [name for _deep, name in names(page)] == ["Школа 5", "Школа 6", "Школа 7"]


def test_closed_ones_are_shown_when_asked_for_or_led_to(page_of: PageOf, plain: Session, cast: Cast) -> None:
    close(plain, cast, "school3", date(2025, 9, 1))
    page = page_of("irkutsk").get(TREE)
    assert "МБОУ «СОШ № 3»" not in page.text
    assert "внутри: 2" in page.text
    page.get(TREE + "?closed=1")
    assert page.soup.select_one(".ended .name").get_text() == "МБОУ «СОШ № 3»"
    assert "закрыта с 01.09.2025" in page.text
    assert "внутри: 3" in page.text
    assert (1, "МБОУ «СОШ № 3»") in names(page.get(f"{TREE}?id={cast.organizations['school3']}"))
    assert page.get(TREE + "?q=3899000033").soup.select_one(".ended mark")


def test_a_closed_node_stays_while_something_works_below_it(page_of: PageOf, plain: Session, cast: Cast) -> None:
    close(plain, cast, "school1", date(2025, 9, 1))
    assert (1, SCHOOL) in names(page_of("irkutsk").get(TREE))
    close(plain, cast, "branch1", date(2025, 9, 1))
    assert (1, SCHOOL) not in names(page_of("irkutsk").get(TREE))


@pytest.mark.parametrize(
    "query", ["?id=x&open=..&part=1", "?id=99999999999", "?part=1.0&toggle=5&open=1.1.x", "below/?part=0", "?q=%00"]
)
def test_addresses_without_sense_ask_for_nothing(page_of: PageOf, cast: Cast, query: str) -> None:
    page_of("central").get(TREE + query)


def test_what_is_elsewhere_is_not_there(page_of: PageOf, cast: Cast) -> None:
    page = page_of("irkutsk").get(f"{TREE}?id={cast.organizations['school2']}&open={cast.organizations['bratsk']}")
    assert names(page)[0] == (0, OFFICE)
    assert "Братск" not in page.soup.select_one(".outline").get_text()
    assert "вне того, что вам видно" in page.text
    assert names(page.get(f"{TREE}below/?id={cast.organizations['bratsk']}")) == []
    page_of("school1").get(TREE, status=403)
    assert page_of("irkutsk").get(TREE).soup.select("ul ul .move")
    assert (
        not page_of("irkutsk").get(TREE).soup.select(".outline > ul > li > .node .move")
    )  # their own place is not theirs to move
    assert not page_of("auditor").get(TREE).soup.select(".move, .mark-it")
    assert not page_of("support").get(TREE).soup.select(".move, .mark-it")


def test_a_node_whose_superior_is_closed_up_is_not_in_its_place(page_of: PageOf, cast: Cast) -> None:
    page = page_of("central").get(f"{TREE}?open={cast.organizations['school1']}")
    assert names(page) == [(0, "Иркутская область")]


def test_the_tree_keeps_its_budget(page_of: PageOf, cast: Cast, connection: Connection) -> None:
    page = page_of("central")
    with counted(connection) as shell:
        page.get("/admin/why/")
    for query in ("", f"?id={cast.organizations['branch1']}", "?q=сош", "?on=2025-01-01", "?closed=1"):
        with counted(connection) as statements:
            page.get(TREE + query)
        assert len(statements) <= len(shell) + 2, statements


# ── As of a day ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_on_a_past_day_everything_stands_where_it_stood(
    page_of: PageOf, session: Session, plain: Session, cast: Cast, as_: Callable
) -> None:
    age(plain)
    o = cast.organizations
    with as_("central"):
        row = session.get_one(Organization, o["school1"])
        row.parent_id, row.short_name = o["bratsk"], "Школа Братска"
        session.commit()
    page = page_of("central").get(f"{TREE}?open={o['region']}.{o['irkutsk']}.{o['bratsk']}&on=2025-01-01")
    assert names(page)[-2:] == [(2, SCHOOL), (2, "МБОУ «СОШ № 3»")]
    assert not page.soup.select(".move, .mark-it, #marked")
    assert page.get(f"{TREE}below/?id={o['irkutsk']}&on=2025-01-01").soup.select_one(".name")["href"].endswith("&on=2025-01-01")
    counts = [one.get_text() for one in page.get(f"{TREE}?on=2025-01-01").soup.select(".what")]
    assert [one[-1] for one in counts] == ["6", "1", "3"]
    assert [one.get_text()[-1] for one in page.get(TREE).soup.select(".what")] == ["6", "3", "1"]
    assert names(page.get(f"{TREE}?id={o['branch1']}&on=2025-01-01"))[-2] == (3, BRANCH)
    for text in ("3899000019", "СОШ № 1", "школа братска"):  # by its codes, by what it was called then and what it is called now
        assert (2, SCHOOL) in names(page.get(f"{TREE}?q={text}&on=2025-01-01"))


def test_on_a_past_day_a_part_of_the_region_begins_with_what_has_come_since(
    page_of: PageOf, session: Session, plain: Session, cast: Cast, as_: Callable
) -> None:
    age(plain)
    o = cast.organizations
    with as_("central"):
        session.get_one(Organization, o["school1"]).parent_id = o["bratsk"]
        session.commit()
    assert names(page_of("bratsk").get(TREE + "?on=2025-01-01")) == [
        (0, "Управление образования Братска"), (1, "МБОУ «СОШ № 2» Братска"), (0, SCHOOL), (1, BRANCH),
    ]  # fmt: skip


def moved_away(session: Session, plain: Session, cast: Cast, as_: Callable) -> None:
    """school1 goes to Bratsk today and gets a new name there."""
    age(plain)
    with as_("central"):
        row = session.get_one(Organization, cast.organizations["school1"])
        row.parent_id, row.short_name = cast.organizations["bratsk"], "Школа Братска"
        session.commit()


def test_what_has_left_since_is_shown_where_it_stood_without_a_way_in(
    page_of: PageOf, session: Session, plain: Session, cast: Cast, as_: Callable
) -> None:
    moved_away(session, plain, cast, as_)
    o = cast.organizations
    page = page_of("irkutsk").get(TREE + "?on=2025-01-01")
    assert names(page) == [(0, OFFICE), (1, "МБОУ «СОШ № 3»"), (1, SCHOOL)]
    assert page.soup.select_one(".what").get_text()[-1] == "3"
    gone = page.soup.select_one(f"li[data-id='{o['school1']}']")
    assert gone.select("a") == []
    assert "сейчас вне вашей части" in gone.get_text()
    press(page, f"li[data-id='{o['school1']}'] > .node > .fold", on="2025-01-01")
    assert names(page)[-2:] == [(1, SCHOOL), (2, BRANCH)]
    assert names(page.get(f"{TREE}below/?id={o['school1']}&on=2025-01-01")) == [(0, BRANCH)]
    assert [name for _deep, name in names(page.get(f"{TREE}below/?id={o['irkutsk']}&on=2025-01-01"))][-1] == SCHOOL
    page.get(f"/admin/organization/details/?id={o['school1']}&on=2025-01-01", status=404)
    assert SCHOOL not in page.get(TREE).text


def test_what_has_left_is_found_by_its_name_of_then(
    page_of: PageOf, session: Session, plain: Session, cast: Cast, as_: Callable
) -> None:
    moved_away(session, plain, cast, as_)
    page = page_of("irkutsk").get(TREE + "?q=СОШ+№+1&on=2025-01-01")
    assert {name for _deep, name in names(page)} == {OFFICE, SCHOOL, BRANCH}
    assert len(page.soup.select(".outline mark")) == 2
    for text in ("братска", "3899000019"):  # its name of today and its codes are no longer theirs to search by
        assert names(page.get(f"{TREE}?q={text}&on=2025-01-01")) == []


def test_nobody_sees_more_of_the_past_than_their_own_part(
    page_of: PageOf, session: Session, plain: Session, cast: Cast, as_: Callable
) -> None:
    """Neither what others have lost, nor what was never there: a correction leaves nothing behind."""
    age(plain)
    o = cast.organizations
    with as_("central"), dated.correction():
        session.get_one(Organization, o["school3"]).parent_id = o["bratsk"]
        session.commit()
    assert names(page_of("irkutsk").get(TREE + "?on=2025-01-01")) == [(0, OFFICE), (1, SCHOOL)]
    with as_("central"):
        session.get_one(Organization, o["school2"]).parent_id = o["region"]
        session.commit()
    assert "№ 2" not in page_of("irkutsk").get(TREE + "?on=2025-01-01").text
    assert (1, "МБОУ «СОШ № 2» Братска") in names(page_of("bratsk").get(TREE + "?on=2025-01-01"))


def test_who_did_not_work_on_that_day_is_not_there(page_of: PageOf, plain: Session, cast: Cast) -> None:
    plain.get_one(Organization, cast.organizations["school3"]).opened_on = date(2025, 9, 1)
    close(plain, cast, "school1", date(2025, 9, 1))
    page = page_of("irkutsk")
    assert names(page.get(TREE + "?on=2025-08-31")) == [(0, OFFICE), (1, SCHOOL)]
    assert names(page.get(TREE + "?on=2025-09-01")) == [(0, OFFICE), (1, SCHOOL), (1, "МБОУ «СОШ № 3»")]  # its branch works


@pytest.mark.parametrize(("typed", "said"), [("вчера", "Дата пишется"), ("2999-01-01", "в будущем, неизвестно")])
def test_a_day_that_cannot_be_shown_is_said_and_stays(page_of: PageOf, cast: Cast, typed: str, said: str) -> None:
    page = page_of("irkutsk").get(f"{TREE}?on={typed}")
    assert said in page.text
    assert page.soup.select_one("#on")["value"] == typed
