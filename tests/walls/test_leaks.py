"""Every address × every role × canary rows of Братск: what strangers read and write of them, over HTTP.

`asking.py` makes what is read, `sending.py` what is written, `canaries.py` the rows, `prints.py` tells whether they were touched.
`test_holes.py` plants holes to see that this wall falls.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

import pytest
from flask import Flask, Request
from sqlalchemy.orm import Session

from admin_app.reporting import guard
from models import RoleName
from tests import reports
from tests.page import Page
from tests.people import Cast
from tests.walls import asking, canaries, sending
from tests.walls.asking import Ask, Overheard
from tests.walls.canaries import OWN, PLACE, TWO_OFFICES, TWO_SCHOOLS, VALUE, Nest
from tests.walls.prints import prints
from tests.walls.sending import Sending

ALL = (PLACE, VALUE, OWN)
STRANGERS = {
    "": ALL,  # nobody has signed in
    "newcomer": ALL,
    "school1": ALL,
    TWO_SCHOOLS: ALL,
    "irkutsk": ALL,
    TWO_OFFICES: ALL,
    "support": (VALUE, OWN),
    "auditor": (OWN,),
}
TOLD = {"event", "message"}  # written for whoever does something
MAY = {
    "support": {model.__tablename__ for model in guard.RIGHTS[RoleName.SUPPORT]} | TOLD
}  # what is theirs to write, by stranger
TOGETHER = 12  # requests between two looks at the prints
WRITE = "Change rows through db.session and its flush, which `writes.py` judges; never by SQL, another session or unscoped()."
DO = (
    "Read rows through db.session, never through another session, unscoped() or SQL of your own; if the page must, say why in "
    "the code and let it tell nothing of a row. tests/walls/asking.py says how the request was made."
)


def shares(name: str) -> tuple[int, int]:
    """Of the many filters and orders, each so many from that one on."""
    return (1, 0) if name == "irkutsk" else (10, list(STRANGERS).index(name))


@pytest.fixture
def nest(session: Session, plain: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch, app: Flask) -> Nest:
    """The canaries, and forms that are taken without the token of their page."""
    monkeypatch.setattr(Request, "parameter_storage_class", Overheard)
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    made = reports.arrange(session, plain, cast)
    session.commit()
    return canaries.nest(plain, cast, made["school2"])


@pytest.fixture
def client_of(app: Flask, page_of: Callable[[str], Page], connection: object) -> Callable[[str], Any]:
    """A person's client; of nobody, for the empty name."""
    return lambda name: page_of(name).client if name else app.test_client()


@pytest.mark.parametrize("name", STRANGERS)
def test_no_address_tells_a_stranger_of_foreign_rows(app: Flask, client_of: Callable[[str], Any], nest: Nest, name: str) -> None:
    leaks, broken = [], []
    asks = asking.asks(app, nest, *shares(name))
    for ask, answer in asking.walk(app, client_of(name), nest, asks, follow=bool(name)):
        leaks += [f"{ask}: {word}" for word in STRANGERS[name] if canaries.heard(answer.get_data(), word)]
        broken += [ask.address] if answer.status_code >= 500 else []
    assert not leaks, f"{name or 'nobody'} reads what is not theirs. {DO} {leaks[:20]}"
    assert not broken, f"{name} breaks {broken[:20]}"


def test_the_canaries_can_be_heard(app: Flask, client_of: Callable[[str], Any], nest: Nest) -> None:
    heard, asks = dict.fromkeys(ALL, 0), asking.asks(app, nest, 40)
    for name, words in (("central", (PLACE, VALUE)), ("bratsk", (OWN,))):
        client = client_of(name)
        for ask in asks:
            body = client.get(ask.address).get_data() if ask.way in {"page", "row", "filter", "columns"} else b""
            for word in words:
                heard[word] += canaries.heard(body, word)
    assert heard[PLACE] > 10, heard
    assert heard[VALUE] > 3, heard
    assert heard[OWN] > 3, heard


def test_a_stranger_reads_the_same_whether_the_rows_are_there_or_not(
    app: Flask, client_of: Callable[[str], Any], plain: Session, nest: Nest
) -> None:
    asks = [ask for ask in asking.asks(app, nest, 3) if ask.endpoint.split(".")[-1] in {"index_view", "lookup", "tree_view"}]
    differing = told_apart(client_of("irkutsk"), plain, nest, asks)
    assert not differing, f"one can tell that there are foreign rows, by a count, an order or a filter. {DO} {differing[:20]}"


def told_apart(client: Any, plain: Session, nest: Nest, asks: list[Ask]) -> list[Ask]:
    """What is answered otherwise when the canaries have gone."""
    with_rows = [told(client, ask.address) for ask in asks]
    canaries.fly(plain, nest)
    return [ask for ask, before in zip(asks, with_rows, strict=True) if told(client, ask.address) != before]


def told(client: Any, address: str) -> str:
    """What a page says, without what differs from request to request."""
    body = client.get(address).get_data(as_text=True)
    return re.sub(r'(csrf[^>]*|nonce=|nonce-)"?[\w.-]{16,}"?', "", body)


# ── Writes ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_prints_change_when_the_owner_writes(app: Flask, client_of: Callable[[str], Any], plain: Session, nest: Nest) -> None:
    client, before = client_of("school2"), prints(plain, nest)
    for one in sending.sendings(app, nest):
        if one.endpoint.startswith("reports."):
            sending.send(client, one)
    assert prints(plain, nest) != before


@pytest.mark.parametrize("name", STRANGERS)
def test_no_address_lets_a_stranger_write_foreign_rows(
    app: Flask, client_of: Callable[[str], Any], plain: Session, nest: Nest, name: str
) -> None:
    client = client_of(name)
    broken = []
    for some in batched([*sending.sendings(app, nest), *sending.foreign(app, client, nest)], TOGETHER):
        touched, wrong = written(client, plain, nest, some, MAY.get(name, ()))
        broken += wrong
        assert not touched, f"{name or 'nobody'} changed rows of Братск in {touched} by one of these. {WRITE} {some}"
    assert not broken, f"{name} breaks {broken[:20]}"


def written(
    client: Any, plain: Session, nest: Nest, some: Iterable[Sending], may: Collection[str] = ()
) -> tuple[list[str], list[Any]]:
    """The tables in which canaries were touched by sending this, and what was answered by an error of ours."""
    before = prints(plain, nest, may)
    broken = [one for one in some if sending.send(client, one).status_code >= 500]
    after = prints(plain, nest, may)
    return [table for table in before if after[table] != before[table]], broken


def batched(several: list[Sending], size: int) -> Iterator[list[Sending]]:
    """Some at a time."""
    return (several[start : start + size] for start in range(0, len(several), size))
