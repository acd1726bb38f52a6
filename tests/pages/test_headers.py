"""What every answer says to the browser; which names the server answers to; the watchman's page."""

from pathlib import Path
from unittest.mock import patch

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from admin_app import headers
from admin_app.config import Settings
from tests.page import Page

PUBLIC = ("/", "/login", "/register", "/reset", "/confirm", "/privacy", "/no-such-page")


@pytest.mark.parametrize("address", [*PUBLIC, "/healthz", "/static/css/base.css"])
def test_every_answer_is_dressed(page: Page, address: str) -> None:
    answer = page.client.get(address, buffered=True)
    for name, value in headers.HEADERS.items():
        assert answer.headers[name] == value, f"{address}: {name}"
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize("address", PUBLIC)
def test_pages_are_not_kept_by_browsers(page: Page, address: str) -> None:
    assert page.client.get(address).headers["Cache-Control"] == "no-store"


def test_static_files_may_be_kept(page: Page) -> None:
    assert "no-store" not in page.client.get("/static/css/base.css", buffered=True).headers["Cache-Control"]


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example"])
def test_a_foreign_name_is_refused(page: Page, host: str) -> None:
    answer = page.client.get("/", headers={"Host": host})
    assert answer.status_code == 400
    assert host not in answer.get_data(as_text=True)


def test_forwarded_names_are_not_believed(page: Page) -> None:
    answer = page.client.get("/messages", headers={"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"})
    assert "evil" not in answer.headers["Location"]


@pytest.mark.parametrize(
    ("settings", "name", "trusted"),
    [
        ({}, "127.0.0.1", True),
        ({}, "modo.example", False),
        ({"public_url": "https://modo.example"}, "modo.example", True),
        ({"trusted_hosts": ("10.0.0.5",)}, "10.0.0.5", True),
        ({"host": "10.0.0.5"}, "10.0.0.5", True),
    ],
)
def test_which_names_are_trusted(settings: dict[str, object], name: str, trusted: bool) -> None:
    names = headers.trusted_hosts(Settings(data_dir=Path(), **settings))  # type: ignore[arg-type]
    assert names is not None
    assert (name in names) is trusted


def test_a_server_that_listens_everywhere_answers_to_any_name_but_mails_its_own() -> None:
    settings = Settings(data_dir=Path(), host="0.0.0.0", port=80)  # noqa: S104
    assert headers.trusted_hosts(settings) is None
    assert settings.home == "http://127.0.0.1:80"


def test_the_watchman_sees_that_all_is_well(page: Page) -> None:
    answer = page.client.get("/healthz")
    assert (answer.status_code, answer.get_json()) == (200, {"status": "ok"})


def test_the_watchman_sees_that_the_database_is_away(page: Page) -> None:
    with patch.object(Session, "scalar", side_effect=OperationalError("SELECT 1", {}, Exception("host=secret"))):
        answer = page.client.get("/healthz")
    assert answer.status_code == 503
    assert answer.get_json()["status"] == "unavailable"
    assert "secret" not in answer.get_data(as_text=True)
