"""Everything that a stranger can send, made from the URL map, from the forms of their own pages, and from what is overheard."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Tag
from flask import Flask
from werkzeug.exceptions import HTTPException

from admin_app.crud import bulk_plan
from models import Base
from tests.page import fields
from tests.walls.asking import LEARNED, LISTS, Overheard, addresses, rows, rules, screens
from tests.walls.canaries import Nest

TYPED = "чужое"
TEXTS = ("reason", "text", "answer", "short_name", "full_name", "surname", "phone", "subject")  # what most forms ask for
REFERENCES = {  # by the name of a field: whose row it names
    column.name: key.column.table.name
    for table in Base.metadata.tables.values()
    for column in table.c
    for key in column.foreign_keys
}
REFERENCES |= {name.removesuffix("_id"): table for name, table in REFERENCES.items()}
REFERENCES |= {"row": "organization", "keep": "organization", "also": "organization", "group": "organization"}
REFERENCES |= {"view": "saved_view", "plan": "organization_fact"}


@dataclass(frozen=True)
class Sending:
    """One request: where to, the endpoint that answers it, what it carries (`data` or `json`)."""

    address: str
    endpoint: str
    how: dict[str, Any] = field(default_factory=dict)


def named(nest: Nest, endpoint: str, name: str) -> Any:
    """The canary that a field of this name may mean; None if it names no row."""
    name = name.removesuffix("-text").partition("--")[0]
    if name == "id":
        return next(iter(rows(nest, endpoint)), None)
    return next(iter(nest.ids.get(REFERENCES.get(name, ""), [])[-1:]), None)


def typed(nest: Nest, endpoint: str) -> dict[str, Any]:
    """What a stranger might send anywhere: every reference foreign, every other field that the code looks for some text."""
    verbs = {"state": "accepted", "decision": "granted", "level": "organization", "revision": "1", "base": "1", "active": ""}
    verbs |= {"check_id": "1", "cell": "2/02/3", "2/02/3": TYPED, "resolved": "1", "role_id": "1", "kind": "edit_card"}
    verbs |= {"frozen": bulk_plan.freeze(sorted(nest.ids.get(endpoint.split(".", maxsplit=1)[0], [1])))}
    names = {*LEARNED[f"POST {endpoint}"], *REFERENCES, *TEXTS} - {"csrf_token", "drop", "back"}
    return {name: str(named(nest, endpoint, name) or TYPED) for name in names} | verbs


def sendings(app: Flask, nest: Nest) -> Iterator[Sending]:
    """To every address that takes something: nothing, all that may be typed there, the same as JSON."""
    for rule in rules(app, "POST"):
        for ask in addresses(app, rule, nest):
            if ask.way in {"page", "row"}:
                yield Sending(ask.address, ask.endpoint, {"data": {}})
                data = typed(nest, ask.endpoint)
                yield Sending(ask.address, ask.endpoint, {"data": data})
                cells = {"cells": {"2/02/3": TYPED}, "base": 1, "key": str(uuid.uuid4())}
                yield Sending(ask.address, ask.endpoint, {"json": {**data, **cells}})


# ── Forms of one's own pages ─────────────────────────────────────────────────────────────────────────────────────────


def own_pages(app: Flask, nest: Nest) -> Iterator[str]:
    """Pages of rows that the stranger may see: each has the forms that this person may send."""
    for rule in rules(app, "GET"):
        own = nest.own.get(rule.endpoint.split(".")[0])
        if not rule.arguments and str(rule).startswith("/"):
            yield str(rule) if own is None or rule.endpoint.split(".")[-1] in LISTS else f"{rule}?id={own}"
    for view in screens(app):
        yield f"/admin/{view.endpoint}/bulk/?row={nest.own.get(view.endpoint)}"


def forms(app: Flask, client: Any, nest: Nest) -> Iterator[tuple[str, str, Tag]]:
    """Each kind of form once: its address, the endpoint that answers it, the form."""
    seen = set()
    for page in own_pages(app, nest):
        answer = client.get(page, follow_redirects=True)
        soup = BeautifulSoup(answer.get_data(as_text=True) if answer.mimetype == "text/html" else "", "html.parser")
        for form in soup.select("form[method=post]"):
            address = str(form.get("action") or answer.request.full_path)
            endpoint = endpoint_of(app, urlsplit(address).path)
            kind = endpoint, tuple(sorted(fields(form)))
            if kind not in seen and endpoint:
                seen.add(kind)
                yield address, endpoint, form


def endpoint_of(app: Flask, path: str) -> str:
    """Which endpoint answers a POST there; empty for none, and for the way out."""
    try:
        endpoint, _values = app.url_map.bind("").match(path, method="POST")
    except HTTPException:
        return ""
    return "" if endpoint.startswith("security.") else str(endpoint)


def foreign(app: Flask, client: Any, nest: Nest) -> Iterator[Sending]:
    """One's own forms, each reference in them foreign, one at a time; sent to one's own row."""
    for address, endpoint, form in list(forms(app, client, nest)):
        data = valid(fields(form), endpoint)
        buttons = form.select("button[name]") or [{}]
        for button in buttons[:4]:
            pressed = {str(button["name"]): str(button.get("value", ""))} if button.get("name") else {}
            for name in [name for name in data if not name.endswith("-text") and named(nest, endpoint, name) is not None]:
                some = {name: str(named(nest, endpoint, name))}
                confirmed = {"confirmed": "1"} if "confirmed" in data else {}
                yield Sending(address, endpoint, {"data": {**without_text(data, name), **pressed, **some, **confirmed}})


def without_text(data: dict[str, Any], name: str) -> dict[str, Any]:
    """A picker's visible input says nothing where the row is named."""
    return {key: value for key, value in data.items() if key != f"{name}-text"}


def valid(data: dict[str, Any], endpoint: str) -> dict[str, Any]:
    """The form filled in as far as it can be guessed: a new row needs some text, and codes of its own."""
    if not endpoint.endswith("create_view"):
        return data
    guessed = {"email": "kukushka@modo.example", "username": "kukushka", "level": "organization", "phone": "", "locale": "ru"}
    filled = {name: value or guessed.get(name, "") for name, value in data.items()}
    filled |= {"level": "organization"} if "level" in filled else {}
    texts = {"short_name", "full_name", "surname", "name", "title"}
    return filled | {name: "Кукушкина" for name in texts if name in filled}


def send(client: Any, sending: Sending) -> Any:
    """Send it; what the code looks for in it is kept."""
    Overheard.names = LEARNED[f"POST {sending.endpoint}"]
    return client.post(sending.address, **sending.how)
