"""Several who save at the very same moment, each on a connection of their own: nothing is lost, nobody overwrites unseen."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from admin_app.extensions import Database
from models import Organization, User
from tests.crud.test_edit import edit, sent
from tests.crud.test_together import beside
from tests.page import Page
from tests.people import PASSWORD, Cast

PageOf = Callable[[str], Page]


@pytest.fixture
def committed(app: Flask, database: Engine, monkeypatch: pytest.MonkeyPatch) -> PageOf:
    """`committed("central")`: that person's client on a committed database, each request with a connection of its own."""
    monkeypatch.setattr(Database, "engine", property(lambda _: database))
    return lambda name: Page(app.test_client()).sign_in(name, PASSWORD)


def at_once(pages: list[Page], address: str, typed: list[dict[str, str]]) -> None:
    """Each page sends its own changes of the same form, all at the same moment."""
    start = threading.Barrier(len(pages))

    def send(page: Page, data: dict[str, str]) -> None:
        form = {**sent(page), **data}
        start.wait()
        page.post(address, form)

    with ThreadPoolExecutor(len(pages)) as threads:
        list(threads.map(send, pages, typed))


def test_three_who_save_at_once_lose_nothing(committed: PageOf, database: Engine, cast: Cast) -> None:
    school = edit("organization", cast.organizations["school1"])
    typed = [{"head_name": "Иванова"}, {"phone": "8 3952 700700"}, {"address": "ул. Ленина"}]
    at_once([committed(name).get(school) for name in ("irkutsk", "central", "admin")], school, typed)
    with Session(database) as session:
        row = session.get_one(Organization, cast.organizations["school1"])
        assert (row.head_name, row.phone, row.address) == ("Иванова", "8 3952 700700", "ул. Ленина")


def test_one_of_two_who_change_the_same_at_once_is_asked(committed: PageOf, database: Engine, cast: Cast) -> None:
    address = edit("user", cast.users["school1"])
    pages = [committed(name).get(address) for name in ("support", "central")]
    at_once(pages, address, [{"surname": "Синяя"}, {"surname": "Красная"}])
    asked = [page for page in pages if beside(page, "surname")]
    assert len(asked) == 1
    with Session(database) as session:
        assert session.get_one(User, cast.users["school1"]).surname in beside(asked[0], "surname")
