"""The reviewer's side: read only, accept, reject with a reason, what changed since; comments and files on both sides."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app.reporting import reports
from models import Attachment, Comment, Report
from tests.page import Page
from tests.people import Cast
from tests.reports import FILLED, arrange, save


@pytest.fixture
def ids(session: Session, plain: Session, cast: Cast) -> dict[str, int]:
    return arrange(session, plain, cast)


@pytest.fixture
def submitted(session: Session, ids: dict[str, int], as_: Callable[[str], Any]) -> int:
    with as_("school1"):
        save(session, ids["school1"], FILLED)
        reports.submit(session, ids["school1"])
        session.commit()
    return ids["school1"]


@pytest.fixture
def reviewer(page_of: Callable[[str], Page], ids: dict[str, int]) -> Page:
    return page_of("irkutsk")


def test_the_reviewer_reads_and_decides(reviewer: Page, submitted: int) -> None:
    reviewer.get(f"/reports/{submitted}")
    assert reviewer.soup.select_one("#grid input") is None
    assert reviewer.soup.select_one('[data-cell="1/01/4"]').get_text() == "40"  # type: ignore[union-attr]
    assert {"Принять", "Отклонить"} <= {button.get_text(strip=True) for button in reviewer.soup.select("#actions button")}


def test_accepting(reviewer: Page, submitted: int, plain: Session) -> None:
    reviewer.get(f"/reports/{submitted}").submit('form[action$="/accept"]')
    assert plain.get_one(Report, submitted).state == "accepted"
    assert reviewer.soup.select_one("[data-status]")["data-status"] == "accepted"  # type: ignore[index]


def test_rejecting_needs_a_reason_and_keeps_what_was_typed(reviewer: Page, submitted: int, plain: Session) -> None:
    reviewer.get(f"/reports/{submitted}?ask=reject")
    assert reviewer.soup.select_one("#ask-reject[open]") is not None
    reviewer.submit("#ask-reject form", status=422, reason="  ")
    assert reviewer.soup.select_one("#wrong-reject") is not None
    assert plain.get_one(Report, submitted).state == "submitted"
    reviewer.submit("#ask-reject form", reason="Проверьте строку 02")
    plain.expire_all()
    assert (plain.get_one(Report, submitted).state, plain.get_one(Report, submitted).reason) == (
        "rejected",
        "Проверьте строку 02",
    )


def test_a_reason_too_long_is_told_not_cut(reviewer: Page, submitted: int, plain: Session) -> None:
    reviewer.get(f"/reports/{submitted}").post(f"/reports/{submitted}/reject", {"reason": "д" * 4001}, status=422)
    assert "д" * 4001 in reviewer.text
    assert plain.get_one(Report, submitted).state == "submitted"


def test_the_organization_reads_the_reason(page_of: Callable[[str], Page], reviewer: Page, submitted: int) -> None:
    reviewer.get(f"/reports/{submitted}?ask=reject").submit("#ask-reject form", reason="Проверьте строку 02")
    mine = page_of("school1").get(f"/reports/{submitted}?panel=comments")
    assert mine.soup.select_one("[data-status]").get_text(strip=True) == "Отклонено"  # type: ignore[union-attr]
    assert mine.text.count("Проверьте строку 02") >= 2
    assert mine.soup.select_one("#grid input") is not None


def test_deciding_twice_is_told(reviewer: Page, submitted: int) -> None:
    reviewer.get(f"/reports/{submitted}").submit('form[action$="/accept"]')
    reviewer.post(f"/reports/{submitted}/reject", {"reason": "поздно"}, status=422)
    assert "Принято" in reviewer.text


def test_the_organization_can_not_accept_its_own(page_of: Callable[[str], Page], submitted: int, plain: Session) -> None:
    page_of("school1").get(f"/reports/{submitted}").post(f"/reports/{submitted}/accept")
    assert plain.get_one(Report, submitted).state == "submitted"


def test_what_changed_since_the_last_submission(
    reviewer: Page, submitted: int, session: Session, as_: Callable[[str], Any]
) -> None:
    reviewer.get(f"/reports/{submitted}?ask=reject").submit("#ask-reject form", reason="Мало")
    with as_("school1"):
        save(session, submitted, {"1/02/4": "15"}, base=1)
        reports.submit(session, submitted)
        session.commit()
    reviewer.get(f"/reports/{submitted}?panel=changes")
    changed = {str(item["data-changed"]): item.get_text(" ", strip=True) for item in reviewer.soup.select("[data-changed]")}
    assert changed.keys() == {"1/02/4", "1/02/3"}
    assert "10 → 15" in changed["1/02/4"]


def test_comments_at_a_cell(reviewer: Page, submitted: int, plain: Session) -> None:
    address = f"/reports/{submitted}?panel=comments"
    reviewer.get(address).post(f"/reports/{submitted}/comments", {"text": "Почему столько?", "cell": "1/01/4"})
    assert reviewer.soup.select_one('[data-comment-cell="1/01/4"]') is not None
    comment = plain.scalars(select(Comment).where(Comment.report_id == submitted)).one()
    reviewer.submit(f'form[action$="/comments/{comment.id}"]')
    assert reviewer.soup.select_one(f"#comment-{comment.id}[data-settled]") is not None
    reviewer.post(f"/reports/{submitted}/comments", {"text": "   "}, status=422)
    assert reviewer.soup.select_one(".failed[role=alert]") is not None
    reviewer.post(f"/reports/{submitted}/comments", {"text": "важное", "cell": "9/9/9"}, status=422)
    assert "9/9/9" in reviewer.text
    assert reviewer.soup.select_one(".say textarea").get_text(strip=True) == "важное"  # type: ignore[union-attr]


def test_a_refused_comment_keeps_its_text(reviewer: Page, submitted: int) -> None:
    token = reviewer.get(f"/reports/{submitted}").soup.select_one("input[name=csrf_token]")["value"]  # type: ignore[index]
    answer = reviewer.client.post(
        f"/reports/{submitted}/comments",
        data={"text": "важное", "cell": "9/9/9", "csrf_token": token},
        headers={"X-Fragment": "1"},
    )
    assert answer.status_code == 422
    assert ">важное</textarea>" in answer.get_data(as_text=True)


def test_files_come_down_as_downloads_only(reviewer: Page, submitted: int, plain: Session) -> None:
    reviewer.get(f"/reports/{submitted}?panel=files")
    token = reviewer.soup.select_one("input[name=csrf_token]")["value"]  # type: ignore[index]
    data = {"csrf_token": token, "file": (io.BytesIO("да;нет".encode()), "при<script>каз.csv")}
    reviewer.client.post(f"/reports/{submitted}/files", data=data)
    row = plain.scalars(select(Attachment).where(Attachment.report_id == submitted)).one()
    answer = reviewer.client.get(f"/reports/{submitted}/files/{row.id}")
    assert answer.get_data().decode() == "да;нет"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert (answer.headers["X-Content-Type-Options"], answer.mimetype) == ("nosniff", "application/octet-stream")
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    answer.close()
    reviewer.get(f"/reports/{submitted}?panel=files").submit(f'form[action$="/files/{row.id}/remove"]')
    reviewer.get(f"/reports/{submitted}/files/{row.id}", status=404)


def test_a_file_of_the_wrong_kind_is_told(reviewer: Page, submitted: int) -> None:
    token = reviewer.get(f"/reports/{submitted}").soup.select_one("input[name=csrf_token]")["value"]  # type: ignore[index]
    data = {"csrf_token": token, "file": (io.BytesIO(b"MZ"), "virus.exe")}
    answer = reviewer.client.post(f"/reports/{submitted}/files", data=data, headers={"X-Fragment": "1"})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.get_data(as_text=True)


def test_others_talk_is_out_of_reach(page_of: Callable[[str], Page], reviewer: Page, submitted: int, plain: Session) -> None:
    reviewer.get(f"/reports/{submitted}").post(f"/reports/{submitted}/comments", {"text": "тайна"})
    comment = plain.scalars(select(Comment.id).where(Comment.report_id == submitted)).one()
    other = page_of("bratsk").get("/cabinet")
    other.get(f"/reports/{submitted}", status=404)
    other.post(f"/reports/{submitted}/comments/{comment}", {"settled": "yes"}, status=404)
    other.post(f"/reports/{submitted}/accept", status=404)


def test_history_names_who_typed_what(reviewer: Page, submitted: int) -> None:
    reviewer.get(f"/reports/{submitted}?panel=history")
    assert "Первая М." in reviewer.text
    assert "1 стр. 01 гр. 4 : — → 40" in reviewer.text or "1 стр. 01 гр. 4: — → 40" in reviewer.text
    assert "40" in reviewer.get(f"/reports/{submitted}?panel=history&cell=9/9/9").soup.select_one("#side").get_text()  # type: ignore[union-attr]
