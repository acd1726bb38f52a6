"""«Похожие организации» on their pages: the groups, the merger with its preview, the way back, and what others see of it."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app.reporting import accounts, days
from models import Event, Level, Organization, RoleName, Succession, ToldApart
from tests.budgets import counted
from tests.page import Page
from tests.people import Cast, organization

PageOf = Callable[[str], Page]
LIST = "/admin/duplicates/"


@pytest.fixture
def twin(session: Session, plain: Session, cast: Cast, as_: Any) -> int:
    """A second school1 in irkutsk's municipality, with the newcomer attached to it."""
    home = plain.get_one(Organization, cast.organizations["irkutsk"])
    key = organization(plain, "СОШ 1", Level.ORGANIZATION, home, inn="3899000040", kpp="389901001", address="Мира, 1").id
    plain.commit()
    with as_("central"):
        accounts.attach(session, cast.users["newcomer"], session.get_one(Organization, key), RoleName.ORGANIZATION)
        session.commit()
    return key


def preview(page: Page, cast: Cast, twin: int) -> Page:
    return page.get(f"{LIST}merge/?id={cast.organizations['school1']}&id={twin}&keep={cast.organizations['school1']}")


def test_an_empty_page_says_what_was_compared_and_what_to_do(page_of: PageOf, cast: Cast) -> None:
    page = page_of("irkutsk").get("/admin/organization/")
    page.get(str(page.soup.select_one("a[href*='/admin/duplicates/']")["href"]))
    assert "Похожих организаций не найдено" in page.text
    assert "Совпадает ИНН" in page.text
    assert "Объединить с другой" in page.text


def test_a_group_says_how_likely_and_why(page_of: PageOf, cast: Cast, twin: int) -> None:
    page = page_of("irkutsk").get(LIST)
    assert "1 группа" in page.text
    assert "Вероятно, одна и та же" in page.text
    assert "Одинаковое название в одном муниципалитете" in page.text
    ticks = [str(one["value"]) for one in page.soup.select("input[name=id][type=checkbox]")]
    assert ticks == [str(cast.organizations["school1"]), str(twin)]


def test_from_the_list_through_the_preview_to_the_card_and_back(page_of: PageOf, plain: Session, cast: Cast, twin: int) -> None:
    page, kept = page_of("irkutsk").get(LIST), cast.organizations["school1"]
    page.post(f"{LIST}decide", {"id": [str(kept), str(twin)], "do": "merge"})
    assert "Объединить две организации?" in page.text
    assert "Новикова Ирина" in page.text
    assert plain.get_one(Organization, twin).closed_on is None
    page.submit("main form[method=post]", **{"take-address": "closed"})
    assert "объединена с этой" in page.text
    plain.expire_all()
    assert plain.get_one(Organization, twin).closed_on == days.today()
    assert plain.get_one(Organization, kept).address == "Мира, 1"
    assert page.soup.select_one(f"main a[href$='details/?id={twin}']") is not None
    page.get(f"/admin/organization/details/?id={twin}")
    assert "Объединена с" in page.text
    assert page.soup.select_one(f"main a[href$='details/?id={kept}']") is not None
    page.get(str(page.soup.select_one("a[href*='/duplicates/separate/']")["href"]))
    assert "Разъединить организации?" in page.text
    page.submit("main form[method=post]", do="undo")
    plain.expire_all()
    assert plain.get_one(Organization, twin).closed_on is None
    assert plain.get_one(Organization, kept).address is None
    assert plain.scalar(select(Succession)) is None
    assert "1 группа" in page.get(LIST).text


@pytest.fixture
def triplet(plain: Session, cast: Cast, twin: int) -> int:
    """A third one of them."""
    home = plain.get_one(Organization, cast.organizations["irkutsk"])
    key = organization(plain, "СОШ 1", Level.ORGANIZATION, home, inn="3899000041", kpp="389901001").id
    plain.commit()
    return key


@pytest.mark.parametrize("ticked", [2, 3])
def test_of_three_the_next_one_follows(page_of: PageOf, plain: Session, cast: Cast, twin: int, triplet: int, ticked: int) -> None:
    group = [cast.organizations["school1"], twin, triplet]
    page = page_of("irkutsk").get(LIST)
    shown = [one["value"] for one in page.soup.select("[name=group]")]
    page.post(f"{LIST}decide", {"id": group[:ticked], "group": shown, "do": "merge"})
    assert "В группе еще 1 организация" in page.text
    page.submit("main form[method=post]")
    assert "Объединить две организации?" in page.text
    stays, closes = page.soup.select("main .columns section.card")[:2]
    assert (f"№ {group[0]}" in stays.text, f"№ {triplet}" in closes.text) == (True, True)
    page.submit("main form[method=post]")
    assert "Объединить две организации?" not in page.text
    found = plain.execute(select(Succession.predecessor_id, Succession.successor_id).order_by(Succession.id)).all()
    assert [tuple(row) for row in found] == [(twin, group[0]), (triplet, group[0])]


def test_one_of_the_group_is_left_out(page_of: PageOf, plain: Session, cast: Cast, twin: int, triplet: int) -> None:
    kept = cast.organizations["school1"]
    page = page_of("irkutsk").get(f"{LIST}merge/?id={kept}&id={twin}&keep={kept}&also={triplet}&also=999999")
    page.get(str(page.soup.select_one("main [role=status] a")["href"]))
    assert f"№ {triplet}" in page.soup.select("main .columns section.card")[1].text
    page.submit("main form[method=post]")
    assert "Объединить две организации?" not in page.text
    assert plain.scalars(select(Succession.predecessor_id)).all() == [triplet]


def test_who_was_told_apart_from_the_one_that_stays_does_not_follow(
    page_of: PageOf, plain: Session, cast: Cast, twin: int, triplet: int
) -> None:
    kept = cast.organizations["school1"]
    page = page_of("irkutsk")
    page.post(f"{LIST}decide", {"id": [kept, triplet], "do": "apart"})
    page.get(f"{LIST}merge/?id={kept}&id={twin}&keep={kept}&also={triplet}").submit("main form[method=post]")
    assert "Объединить две организации?" not in page.text


def test_the_log_leads_to_the_way_back(page_of: PageOf, plain: Session, cast: Cast, twin: int) -> None:
    page = preview(page_of("central"), cast, twin)
    page.submit("main form[method=post]")
    event = plain.scalars(select(Event).where(Event.kind == "organization.merged").order_by(Event.id)).first()
    assert event is not None
    page.get(f"/admin/event/details/?id={event.id}")
    assert page.soup.select_one(f"a[href$='/duplicates/separate/?id={twin}']") is not None
    page.get(f"/admin/event/batch/?batch={event.batch}")
    assert "Две организации объединены" in page.text
    page.get(str(page.soup.select_one("main .head a.btn")["href"]))
    assert "Разъединить организации?" in page.text
    page.submit("main form[method=post]", do="undo")
    page.get(f"/admin/event/details/?id={event.id}")
    assert page.soup.select_one("a[href*='/duplicates/separate/']") is None
    back = plain.scalars(select(Event).where(Event.kind == "organization.separated")).first()
    assert back is not None
    page.get(f"/admin/event/undo/?batch={back.batch}")
    assert "Объединить две организации?" in page.text


def test_the_event_is_told_in_words(page_of: PageOf, plain: Session, cast: Cast, twin: int) -> None:
    page = preview(page_of("central"), cast, twin)
    page.submit("main form[method=post]")
    for event in plain.scalars(select(Event).where(Event.kind == "organization.merged")):
        told = page.get(f"/admin/event/details/?id={event.id}").text
        assert "Дубль" in told or "Остающаяся организация" in told
        assert "saved_view" not in told
    assert "Дубль СОШ 1" in page.get(f"/admin/organization/history/?id={cast.organizations['school1']}").text


def test_a_preview_that_is_old_is_shown_anew_with_everything_chosen(
    page_of: PageOf, session: Session, cast: Cast, twin: int, as_: Any, plain: Session
) -> None:
    page = preview(page_of("irkutsk"), cast, twin)
    with as_("central"):
        accounts.attach(session, cast.users["school2"], session.get_one(Organization, twin), RoleName.ORGANIZATION)
        session.commit()
    page.submit("main form[method=post]", status=409, **{"take-short_name": "closed"})
    assert "что-то изменилось" in page.text
    assert "Вторая" in page.text
    assert page.soup.select_one("input[name=take-short_name][value=closed]").has_attr("checked")  # type: ignore[union-attr]
    page.submit("main form[method=post]")
    plain.expire_all()
    assert plain.get_one(Organization, cast.organizations["school1"]).short_name == "СОШ 1"


def test_the_suggested_one_stays_unless_asked_otherwise(page_of: PageOf, cast: Cast, twin: int) -> None:
    page = page_of("irkutsk").get(f"{LIST}merge/?id={twin}&id={cast.organizations['school1']}")
    stays, closes = page.soup.select("main .columns section.card")[:2]
    assert (f"№ {cast.organizations['school1']}" in stays.text, f"№ {twin}" in closes.text) == (True, True)
    page.get(str(page.soup.select_one("main .head a.btn")["href"]))
    assert f"№ {twin}" in page.soup.select_one("main .columns section.card").text  # type: ignore[union-attr]


def test_of_one_card_with_any_other(page_of: PageOf, cast: Cast, twin: int) -> None:
    page, kept = page_of("irkutsk"), cast.organizations["school1"]
    page.get(f"/admin/organization/details/?id={kept}")
    page.get(str(page.soup.select_one("a[href*='/duplicates/merge/']")["href"]))
    assert "СОШ 1" in page.soup.select_one("[aria-labelledby=alike]").text  # type: ignore[union-attr]
    page.get(f"{LIST}merge/?id={kept}&successor_id=&successor_id-text=СОШ № 3")
    assert "Объединить две организации?" in page.text
    page.get(f"{LIST}merge/?id={kept}&successor_id={kept}")
    assert "Выберите не эту, а другую" in page.text
    page.get(f"{LIST}merge/?id={kept}&successor_id={cast.organizations['school2']}")
    assert "Братск" not in page.text


def test_what_cannot_be_merged_says_why_and_has_no_button(page_of: PageOf, cast: Cast) -> None:
    there = cast.organizations
    page = page_of("central").get(f"{LIST}merge/?id={there['school1']}&id={there['branch1']}&keep={there['branch1']}")
    assert "пусть останется верхняя" in page.text
    assert page.soup.select_one("main form button.p") is None
    page.post(f"{LIST}merge/?id={there['school1']}&id={there['branch1']}&keep={there['branch1']}", {"mark": "x"}, status=409)
    assert "пусть останется верхняя" in page.text


def test_different_ones_are_told_apart_and_compared_again(page_of: PageOf, plain: Session, cast: Cast, twin: int) -> None:
    page, pair = page_of("irkutsk").get(LIST), (cast.organizations["school1"], twin)
    page.post(f"{LIST}decide", {"id": [str(key) for key in pair], "do": "apart"})
    assert "1 пара больше не показывается" in page.text
    assert "Похожих организаций не найдено" in page.text
    assert plain.get(ToldApart, pair) is not None
    page.submit("form[action$='/again']", id=[str(key) for key in pair])
    assert "1 группа" in page.text


@pytest.mark.parametrize("sent", [[], ["1"], ["x", "y"], ["999999", "888888"], ["-1", "\x00"]])
@pytest.mark.parametrize("do", ["merge", "apart", "nonsense"])
def test_bad_input_is_answered_plainly(page_of: PageOf, sent: list[str], do: str) -> None:
    page = page_of("central").get(LIST)
    page.post(f"{LIST}decide", {"id": sent, "do": do}, status=404 if (sent, do) == (["999999", "888888"], "merge") else 200)
    page.post(f"{LIST}again", {"id": sent})


@pytest.mark.parametrize("query", ["", "id=x", "id=1&id=2&id=3", "id=999999&id=888888", "id=999999"])
def test_unknown_ones_are_not_found(page_of: PageOf, query: str) -> None:
    page = page_of("central")
    page.get(f"{LIST}merge/?{query}", status=404)
    page.get(f"{LIST}separate/?{query}", status=404)


@pytest.mark.parametrize("who", ["school1", "newcomer", "support", "auditor"])
def test_the_page_is_for_those_who_edit_organizations(page_of: PageOf, cast: Cast, twin: int, who: str) -> None:
    page = page_of(who)
    page.get(LIST, status=403)
    page.get(f"{LIST}merge/?id={cast.organizations['school1']}&id={twin}", status=403)
    page.get(f"{LIST}separate/?id={twin}", status=403)


def test_another_part_is_neither_shown_nor_merged(page_of: PageOf, plain: Session, cast: Cast, twin: int) -> None:
    page = page_of("bratsk").get(LIST)
    assert "СОШ 1" not in page.text
    page.get(f"{LIST}merge/?id={cast.organizations['school1']}&id={twin}", status=404)
    page.get(LIST).post(f"{LIST}decide", {"id": [str(cast.organizations["school1"]), str(twin)], "do": "apart"})
    assert plain.scalar(select(ToldApart)) is None


def test_a_stranger_signs_in_first(page: Page) -> None:
    page.get(LIST)
    assert page.soup.find("input", {"type": "password"}) is not None


def test_the_list_and_the_preview_cost_few_statements(page_of: PageOf, connection: Any, cast: Cast, twin: int) -> None:
    page = page_of("irkutsk")
    with counted(connection) as found:
        page.get(LIST)
    assert len(found) <= 12, found
    with counted(connection) as found:
        preview(page, cast, twin)
    assert len(found) <= 22, found
