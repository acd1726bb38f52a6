"""Every address × every role × canary rows of Братск: what strangers read and write of them, over HTTP, from the URL map.

A new address is walked by itself; a new kind of argument in one must be taught to `VALUES` below, or the wall falls.
"""

import itertools
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from tests import reports
from tests.page import Page
from tests.people import Cast
from tests.walls import canaries
from tests.walls.canaries import PLACE, VALUE, Nest

STRANGERS = {"irkutsk": (PLACE, VALUE), "school1": (PLACE, VALUE), "newcomer": (PLACE, VALUE), "support": (VALUE,)}
LEAVING = {"security.logout"}  # would end the walk

Known = Callable[[Nest, str], list[Any]]
ROWS = {
    "organizations": "organization",
    "reports": "report",
    "requests": "request",
    "messages": "message",
    "forms": "form_version",
    "imports": "import_run",
    "tasks": "task",
}
VALUES: dict[str, Known] = {  # how to fill an argument of an address, given the canaries and the rule's endpoint
    "id": lambda nest, endpoint: nest.ids.get(ROWS[endpoint.split(".")[0]], [1]),
    "comment_id": lambda nest, _endpoint: nest.ids["comment"],
    "file_id": lambda nest, _endpoint: nest.ids["attachment"],
    "code": lambda _nest, _endpoint: ["2"],
    "revision": lambda _nest, _endpoint: [0, 1],
    "which": lambda _nest, _endpoint: ["comments", "files", "history", "checks"],
    "dictionary": lambda _nest, _endpoint: ["okei"],
    "field": lambda _nest, _endpoint: ["organization_id", "user_id", "parent_id", "report_id", "reviewer_id", "campaign_id"],
    "export_type": lambda _nest, _endpoint: ["csv", "xlsx"],
    "token": lambda _nest, _endpoint: ["x"],
    "digest": lambda _nest, _endpoint: ["0"],
    "browser": lambda _nest, _endpoint: [uuid.uuid4()],
    "name": lambda _nest, _endpoint: ["roles"],
    "row": lambda nest, _endpoint: nest.ids["organization"][:1] + nest.ids["report"][:1],
    "table": lambda _nest, _endpoint: ["organization", "report", "request", "user"],
    "user": lambda nest, _endpoint: nest.ids["user"][:2],
    "levels": lambda _nest, _endpoint: ["organization"],
    "filename": lambda _nest, _endpoint: [],
}
PART = PLACE[:6]  # finds the canaries, but is too short to be taken for one where a page repeats the question
SEARCH = "?" + "&".join(f"{name}={PART}" for name in ("q", "query", "search", "name", "term"))
SEARCH += f"&filters=1&exact=1&col=full_name&col=head_name&full_name={PART}&full_name-op=has"  # of a generated list


@pytest.fixture
def nest(session: Session, plain: Session, cast: Cast) -> Nest:
    """The canaries."""
    made = reports.arrange(session, plain, cast)
    session.commit()
    return canaries.nest(plain, cast, made["school2"])


def rules(app: Flask, method: str) -> list[Rule]:
    """The addresses that answer to the method."""
    found = [rule for rule in app.url_map.iter_rules() if method in (rule.methods or ()) and rule.endpoint not in LEAVING]
    return sorted(found, key=str)


def addresses(app: Flask, rule: Rule, nest: Nest) -> Iterator[str]:
    """The rule's address for every foreign row that could stand in it, also behind ?id=."""
    names = sorted(rule.arguments)
    unknown = [name for name in names if name not in VALUES]
    assert not unknown, f"{rule}: teach VALUES in tests/walls/test_leaks.py how to fill {unknown}"
    for values in itertools.product(*(VALUES[name](nest, rule.endpoint) for name in names)):
        built = app.url_map.bind("").build(
            rule.endpoint, dict(zip(names, values, strict=True)), method=next(iter(rule.methods or ()))
        )
        yield built
        if not names or "field" in names:
            yield built + SEARCH
        table = {"duplicates": "organization"}.get(name := rule.endpoint.split(".")[0], name)
        yield from (f"{built}?id={key}" for key in nest.ids.get(table, []) if str(rule).startswith("/admin/"))
        if rule.endpoint == "duplicates.merge":
            one, other = nest.ids["organization"][:2]
            yield f"{built}?id={one}&id={other}&keep={one}"


def walk(app: Flask, client: Any, nest: Nest) -> Iterator[tuple[str, Any]]:
    """Every page that can be asked for."""
    for rule in rules(app, "GET"):
        for address in addresses(app, rule, nest):
            yield address, client.get(address, follow_redirects=True)


@pytest.mark.parametrize("name", STRANGERS)
def test_no_address_tells_a_stranger_of_foreign_rows(app: Flask, page_of: Callable[[str], Page], nest: Nest, name: str) -> None:
    leaks, broken = [], []
    for address, answer in walk(app, page_of(name).client, nest):
        body = answer.get_data()
        leaks += [f"{address}: {word}" for word in STRANGERS[name] if canaries.heard(body, word)]
        broken += [address] if answer.status_code >= 500 else []
    assert not leaks, f"{name} reads what is not theirs (use db.session, no unscoped, no raw SQL): {leaks}"
    assert not broken, f"{name} breaks {broken}"


def test_the_canaries_can_be_heard(app: Flask, page_of: Callable[[str], Page], nest: Nest) -> None:
    heard = dict.fromkeys((PLACE, VALUE), 0)
    for _address, answer in walk(app, page_of("central").client, nest):
        for word in heard:
            heard[word] += canaries.heard(answer.get_data(), word)
    assert heard[PLACE] > 10, heard
    assert heard[VALUE] > 3, heard


# ── Writes ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def typed(nest: Nest, cast: Cast) -> dict[str, str]:
    """What a stranger might send anywhere: every foreign key foreign, every text something."""
    organization, report = str(nest.ids["organization"][1]), str(nest.ids["report"][0])
    return {
        **dict.fromkeys(("organization_id", "organization", "parent_id", "parent", "reviewer_id"), organization),
        **dict.fromkeys(("user_id", "user", "author_id", "recipient_id"), str(nest.ids["user"][1])),
        **dict.fromkeys(("report_id", "report"), report),
        **dict.fromkeys(("reason", "text", "answer", "short_name", "full_name", "surname", "phone", "subject"), "чужое"),
        **{"state": "accepted", "decision": "granted", "level": "organization", "revision": "1", "base": "1", "active": ""},
        **{"check_id": "1", "cell": "2/02/3", "2/02/3": "чужое", "resolved": "1", "role_id": "1", "kind": "edit_card"},
    }


def test_the_prints_change_when_the_owner_writes(
    app: Flask, page_of: Callable[[str], Page], plain: Session, nest: Nest, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = page_of("school2").client
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    before = canaries.prints(plain, nest)
    for rule in rules(app, "POST"):
        for address in addresses(app, rule, nest) if rule.endpoint.startswith("reports.") else ():
            client.post(address, data=typed(nest, cast))
    assert canaries.prints(plain, nest) != before


@pytest.mark.parametrize("name", ["irkutsk", "school1", "newcomer"])
def test_no_address_lets_a_stranger_write_foreign_rows(
    app: Flask, page_of: Callable[[str], Page], plain: Session, nest: Nest, cast: Cast, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = page_of(name).client
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    data = typed(nest, cast)
    before, broken = canaries.prints(plain, nest), []
    for rule in rules(app, "POST"):
        for address in addresses(app, rule, nest):
            sent = [{"data": data}, {"json": {"cells": {"2/02/3": "чужое"}, "base": 1, "key": str(uuid.uuid4()), **data}}]
            answers = [client.post(address, **how) for how in sent]
            broken += [address for answer in answers if answer.status_code >= 500]
            assert canaries.prints(plain, nest) == before, f"{name} changed rows of Братск by POST {address}"
    assert not broken, f"{name} breaks {broken}"
