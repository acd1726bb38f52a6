"""The supervisor's inbox: what waits, what needs a closer look, who has not filed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from admin_app.reporting import days, reports
from models import Explanation
from tests.page import Page
from tests.people import Cast
from tests.reports import FILLED, arrange, save

Ids = dict[str, int]


@pytest.fixture
def ids(session: Session, plain: Session, cast: Cast, as_: Any) -> Ids:
    """school1 and school2 have submitted, school3 has not begun; the deadline has passed."""
    found = arrange(session, plain, cast, deadline=days.today() - timedelta(days=1))
    for name in ("school1", "school2"):
        with as_(name):
            save(session, found[name], FILLED)
            reports.submit(session, found[name])
    return found


def listed(page: Page) -> list[str]:
    return [str(link["href"]) for link in page.soup.select("tbody a[href^='/reports/']")]


def counts(page: Page) -> dict[str, int]:
    lines = page.soup.select(".kpi a")
    return {line.span.get_text(strip=True): int(line.b.get_text()) for line in lines}  # type: ignore[union-attr]


def test_it_lists_what_waits_for_this_operator(page_of: Callable[[str], Page], ids: Ids) -> None:
    page = page_of("irkutsk").get("/review")
    assert listed(page) == [f"/reports/{ids['school1']}"]
    assert "Первая Мария" in page.text
    assert listed(page_of("bratsk").get("/review")) == [f"/reports/{ids['school2']}"]


def test_it_counts_its_own_part_only(page_of: Callable[[str], Page], ids: Ids) -> None:
    assert counts(page_of("irkutsk").get("/review")) == {
        "ждут вас": 1,
        "не сдано в срок": 1,
        "не начато": 1,
        "заполняется": 0,
        "на проверке": 1,
        "возвращено": 0,
        "принято": 0,
    }


def test_who_has_not_filed_in_time(page_of: Callable[[str], Page], ids: Ids) -> None:
    page = page_of("irkutsk").get("/review?state=late")
    assert listed(page) == [f"/reports/{ids['school3']}"]
    assert "просрочено на 1 день" in page.text


def test_explained_queries_are_shown_and_come_first(
    page_of: Callable[[str], Page], ids: Ids, session: Session, plain: Session, as_: Any
) -> None:
    with as_("clerk"):
        plain.add(Explanation(report_id=ids["school2"], check_id="2", text="Так и есть"))
        plain.flush()
    page = page_of("central").get("/review?state=submitted")
    assert listed(page) == [f"/reports/{ids['school2']}", f"/reports/{ids['school1']}"]
    assert "пояснено: 1" in page.text


def test_a_name_narrows_the_list(page_of: Callable[[str], Page], ids: Ids) -> None:
    page = page_of("central").get("/review?state=submitted&name=братска")
    assert listed(page) == [f"/reports/{ids['school2']}"]
    assert "Таких отчетов нет" in page.get("/review?state=submitted&name=%25").text


def test_a_foreign_node_is_not_there(page_of: Callable[[str], Page], ids: Ids, cast: Cast) -> None:
    page_of("irkutsk").get(f"/review?under={cast.organizations['bratsk']}", status=404)
    page_of("irkutsk").get("/review?state=nonsense", status=404)


def test_a_school_has_no_inbox_and_reads_why(page_of: Callable[[str], Page]) -> None:
    page = page_of("school1").get("/review", status=403)
    assert "Ничего не изменилось" in page.text


def test_an_auditor_reads_the_lists_but_nothing_waits_for_them(page_of: Callable[[str], Page], ids: Ids) -> None:
    page = page_of("auditor").get("/review")
    assert "ждут вас" not in counts(page)
    assert len(listed(page)) == 2


def test_support_sees_the_states_and_no_link_that_leads_nowhere(page_of: Callable[[str], Page], ids: Ids, cast: Cast) -> None:
    page = page_of("support").get("/review")
    assert page.soup.select_one("[data-status]") or page.soup.select_one("tbody tr")
    assert not listed(page)
    organization = cast.organizations["school1"]
    assert page.get(f"/organizations/{organization}").soup.select_one("[data-status]")
    assert not page.soup.select('a[href^="/reports/"]')
    assert not page.get("/progress").soup.select('a[href^="/reports/"]')
