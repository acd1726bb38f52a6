"""«Мои сообщения»: list, new ones, one message, all read."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Message
from tests.page import Page
from tests.people import Cast


@pytest.fixture
def told(plain: Session, cast: Cast) -> list[int]:
    """Three messages to school1 and one to school2."""
    rows = [
        Message(
            recipient_id=cast.users[name],
            kind="report_accepted",
            subject=f"Отчет {place}",
            body="Первый абзац\n\nВторой",
            link="/requests",
        )
        for place, name in enumerate(("school1", "school1", "school1", "school2"), 1)
    ]
    plain.add_all(rows)
    plain.flush()
    return [row.id for row in rows]


def test_the_newest_is_first_and_the_bell_counts(page_of: Callable[[str], Page], told: list[int]) -> None:
    page = page_of("school1").get("/messages")
    assert [line.get_text() for line in page.soup.select(".msg .t")] == ["Отчет 3", "Отчет 2", "Отчет 1"]
    assert page.soup.select_one("header a[href='/messages'] .cnt").get_text() == "3"  # type: ignore[union-attr]


def test_opening_is_reading(page_of: Callable[[str], Page], told: list[int]) -> None:
    page = page_of("school1").get(f"/messages/{told[0]}")
    assert [part.get_text() for part in page.soup.select("main section p")][:2] == ["Первый абзац", "Второй"]
    assert page.soup.select("main a[href='/requests']")
    assert page.soup.select_one("header a[href='/messages'] .cnt").get_text() == "2"  # type: ignore[union-attr]
    page.get("/messages?unread=1")
    assert [line.get_text() for line in page.soup.select(".msg .t")] == ["Отчет 3", "Отчет 2"]


def test_all_are_read_but_those_that_came_since(
    page_of: Callable[[str], Page], plain: Session, told: list[int], cast: Cast
) -> None:
    page = page_of("school1").get("/messages")
    late = Message(recipient_id=cast.users["school1"], kind="account", subject="Позже", body="")
    plain.add(late)
    plain.flush()
    page.submit("main form")
    assert "3 сообщения отмечены" in page.text
    assert [line.get_text() for line in page.soup.select(".msg.new .t")] == ["Позже"]


def test_nobody_reads_anothers(page_of: Callable[[str], Page], plain: Session, told: list[int]) -> None:
    for name in ("school2", "irkutsk", "central", "admin"):
        page_of(name).get(f"/messages/{told[0]}", status=404)
    assert plain.scalar(select(Message.read_at).where(Message.id == told[0])) is None


def test_marking_all_leaves_others_alone(page_of: Callable[[str], Page], plain: Session, told: list[int]) -> None:
    page_of("central").get("/messages").post("/messages/read", {"newest": str(told[-1])})
    assert plain.scalars(select(Message.id).where(Message.read_at.is_not(None))).all() == []


def test_long_lists_come_in_pages(page_of: Callable[[str], Page], plain: Session, cast: Cast) -> None:
    plain.add_all(
        Message(recipient_id=cast.users["school1"], kind="account", subject=f"Сообщение {place}", body="") for place in range(30)
    )
    plain.flush()
    page = page_of("school1").get("/messages?page=2")
    assert len(page.soup.select(".msg")) == 5
    assert "Страница 2 из 2" in page.text
    for odd in ("0", "-1", "x", "99999999999", "2&unread=x"):
        page.get(f"/messages?page={odd}")


def test_markup_in_a_message_stays_text(page_of: Callable[[str], Page], plain: Session, cast: Cast) -> None:
    plain.add(Message(recipient_id=cast.users["school1"], kind="account", subject="<b>жирно</b>", body="<script>1</script>"))
    plain.flush()
    assert "<b>жирно</b>" in page_of("school1").get("/messages").text
