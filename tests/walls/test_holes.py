"""The leak wall falls: one hole after the other is planted into the product, and the walk that ought to find it must.

PostgreSQL's row-level security, the second line, would hide most of them, so it is left out here.
"""

from collections.abc import Callable
from contextlib import nullcontext
from functools import wraps
from typing import Any

import pytest
from flask import Flask, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app.crud import duplicates, export, filters, importing, listing, palette, pickers, relations, rights, tasks
from admin_app.extensions import db
from admin_app.reporting import guard, rowlevel, saved_views, undo
from admin_app.reporting.actor import quietly
from models import ImportRun, Organization, SavedView, Sharing, Task
from tests.walls import asking, canaries, sending
from tests.walls.asking import Ask
from tests.walls.canaries import Nest
from tests.walls.test_leaks import ALL, client_of, nest, told_apart, written

__all__ = ["client_of", "nest"]  # its fixtures

Plant = Callable[[Flask, pytest.MonkeyPatch], None]
DEAF = "the leak wall does not hear this hole: asking.py must ask for what it opens, canaries.py have a row behind it"
BLIND = "the leak wall does not see this hole: sending.py must send what goes through it, prints.py look at the table"


@pytest.fixture(autouse=True)
def first_line_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """No policies: the transaction stays what it began as."""
    monkeypatch.setattr(rowlevel, "hold", lambda *_arguments: None)


def unscoped(function: Any, when: Callable[..., bool] = lambda *_arguments, **_named: True) -> Any:
    """The function, reading past the rule."""

    @wraps(function)
    def hole(*arguments: Any, **named: Any) -> Any:
        with quietly("a planted hole") if when(*arguments, **named) else nullcontext():
            return function(*arguments, **named)

    return hole


def past(module: Any, name: str, when: Callable[..., bool] = lambda *_arguments, **_named: True) -> Plant:
    """A function that reads past the rule."""
    return lambda _app, patch: patch.setattr(module, name, unscoped(getattr(module, name), when))


def view(endpoint: str) -> Plant:
    """A page that reads past the rule."""
    return lambda app, patch: patch.setitem(app.view_functions, endpoint, unscoped(app.view_functions[endpoint]))


def several(*plants: Plant) -> Plant:
    """All of these."""
    return lambda app, patch: [plant(app, patch) for plant in plants] and None


def file_of(kind: str) -> Plant:
    """An export of this kind."""
    return several(past(export, "download", lambda *given: given[-1] == kind), past(export, "chunk"))


def by_number(_app: Flask, patch: pytest.MonkeyPatch) -> None:
    """A card by `session.get`, whoever asks."""

    def row(_self: Any) -> Any:
        with quietly("a planted hole"):
            return db.session.get_one(Organization, int(request.args["id"]))

    patch.setattr("admin_app.crud.registries.OrganizationView.row", row)


def all_views(_app: Flask, patch: pytest.MonkeyPatch) -> None:
    """Saved views of everybody."""

    def found(session: Session, table: str) -> list[saved_views.View]:
        with quietly("a planted hole"):
            views = session.scalars(select(SavedView).where(SavedView.table_name == table))
            return [saved_views.View(one.id, one.title, one.query, Sharing.ALL, True, False) for one in views]

    patch.setattr(saved_views, "found", found)


def anybodys(cls: Any, name: str, model: Any) -> Plant:
    """A piece of work that is found by its number alone."""

    def hole(_self: Any, key: int) -> Any:
        with quietly("a planted hole"):
            return db.session.get_one(model, key)

    return lambda _app, patch: patch.setattr(cls, name, hole)


def all_rows_in_lists(_app: Flask, patch: pytest.MonkeyPatch) -> None:
    """A native list of every organization and person."""
    patch.setattr(relations, "BIG", ())
    patch.setattr(relations, "offered", unscoped(relations.offered))


def peeping(app: Flask, patch: pytest.MonkeyPatch) -> None:
    """A new parameter, of which this wall knows nothing."""

    def page(**_values: Any) -> str:
        key = request.args.get("peep", "")
        found = db.get_session("auth").get(Organization, int(key)) if key.isdigit() else None
        return found.full_name if found else ""

    patch.setitem(app.view_functions, "organizations.index", page)


def log(_app: Flask, patch: pytest.MonkeyPatch) -> None:
    """The log by its batch, past the rule."""

    def read(session: Session, query: Any) -> list[Any]:
        with quietly("a planted hole"):
            return list(session.scalars(query))

    patch.setattr(undo, "read", read)


READING: dict[str, tuple[str, str, Plant]] = {  # the endpoint and the way that are asked for, and the hole
    "list": ("organization.index_view", "page", past(listing, "page_of")),
    "search": ("organization.index_view", "search", past(listing, "once", lambda asked, _session: bool(asked.text))),
    "filter": ("organization.index_view", "filter", past(filters, "name_them")),
    "sort": ("organization.index_view", "sort", past(listing, "once", lambda asked, _session: bool(asked.sort))),
    "cursor": ("organization.index_view", "sort", past(listing, "once", lambda asked, _session: asked.place is not None)),
    "columns": (
        "organization.index_view",
        "columns",
        past(listing, "once", lambda asked, _session: asked.columns != asked.usual),
    ),
    "choices of a filter": ("organization.index_view", "choices", all_rows_in_lists),
    "choices of a form": ("organization.create_view", "page", all_rows_in_lists),
    "details": ("organization.details_view", "row", view("organization.details_view")),
    "details by session.get": ("organization.details_view", "row", by_number),
    "edit": ("user.edit_view", "row", several(view("user.edit_view"), lambda _app, patch: anything_goes(patch))),
    "delete": (
        "organization.delete_view",
        "row",
        several(view("organization.delete_view"), lambda _app, patch: anything_goes(patch)),
    ),
    "history": ("organization.history_view", "row", view("organization.history_view")),
    "csv": ("organization.export", "export csv", file_of("csv")),
    "xlsx": ("organization.export", "export xlsx", file_of("xlsx")),
    "look-up": ("organization.lookup", "search", past(pickers, "answer")),
    "look-up of what was chosen lately": ("organization.lookup", "recent", past(pickers, "answer")),
    "look-up under a row": ("organization.lookup", "under", past(pickers, "answer")),
    "palette": ("admin.palette_view", "page", past(palette, "offered")),
    "saved views": ("organization.index_view", "page", all_views),
    "import": ("imports.preview", "page", several(anybodys(importing.ImportView, "run", ImportRun), view("imports.preview"))),
    "task": ("tasks.one", "page", anybodys(tasks.TaskView, "task", Task)),
    "tree": ("organization.tree_view", "page", view("organization.tree_view")),
    "tree, a part": ("organization.tree_below_view", "row", view("organization.tree_below_view")),
    "why": ("why.verdict", "page", view("why.verdict")),
    "pairs told apart": ("duplicates.index", "page", past(duplicates, "apart")),
    "batch": ("event.batch_view", "page", log),
    "cabinet": ("organizations.one", "page", view("organizations.one")),
    "report": ("reports.open", "page", view("reports.open")),
    "request": ("requests.one", "page", view("requests.one")),
    "an unknown parameter": ("organizations.index", "page", peeping),
}


def anything_goes(patch: pytest.MonkeyPatch) -> None:
    """No right is asked for."""
    patch.setattr(guard, "covers", lambda *_arguments: True)
    patch.setattr(rights.GuardedView, "refusal", lambda *_arguments: "")


@pytest.mark.parametrize("hole", READING)
def test_what_reads_past_the_rule_is_heard(
    app: Flask, client_of: Callable[[str], Any], nest: Nest, monkeypatch: pytest.MonkeyPatch, hole: str
) -> None:
    endpoint, way, plant = READING[hole]
    client, asks = client_of("irkutsk"), [ask for ask in asking.asks(app, nest) if (ask.endpoint, ask.way) == (endpoint, way)]
    assert asks, f"nothing asks {endpoint} for its {way}"
    assert not heard(app, client, nest, asks), "there is a leak without a hole: see test_leaks.py"
    plant(app, monkeypatch)
    assert heard(app, client, nest, asks), f"{hole}: {DEAF}"


def heard(app: Flask, client: Any, nest: Nest, asks: list[Ask]) -> bool:
    """Whether any answer says a canary's word."""
    answers = (answer.get_data() for _ask, answer in asking.walk(app, client, nest, asks))
    return any(canaries.heard(body, word) for body in answers for word in ALL)


@pytest.mark.parametrize("way", ["count", "sort"])
def test_what_counts_or_sorts_past_the_rule_is_noticed(
    app: Flask, client_of: Callable[[str], Any], plain: Session, nest: Nest, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    client, address = client_of("irkutsk"), "organization.index_view"
    asks = [ask for ask in asking.asks(app, nest) if (ask.endpoint, ask.way) == (address, way)][:20]
    past(listing, "total" if way == "count" else "once")(app, monkeypatch)
    assert told_apart(client, plain, nest, asks), f"{way}: {DEAF}"


def test_an_unknown_route_is_asked_about(app: Flask, nest: Nest) -> None:
    other = Flask("other")
    other.add_url_rule("/secrets/<int:secret>", "secrets", str)
    with pytest.raises(AssertionError, match=r"teach VALUES.*secret"):
        [ask for rule in asking.rules(other, "GET") for ask in asking.addresses(other, rule, nest)]


WRITING = {"attachment": "user.attach_view", "comment": "reports.comment"}


@pytest.mark.parametrize("hole", WRITING)
def test_what_writes_past_the_guard_is_seen(
    app: Flask, client_of: Callable[[str], Any], plain: Session, nest: Nest, monkeypatch: pytest.MonkeyPatch, hole: str
) -> None:
    client, endpoint = client_of("irkutsk"), WRITING[hole]
    sent = [*sending.foreign(app, client, nest), *sending.sendings(app, nest)]
    sent = [one for one in sent if one.endpoint == endpoint]
    view(endpoint)(app, monkeypatch)
    anything_goes(monkeypatch)
    assert sent, f"nothing is sent to {endpoint}"
    touched, _broken = written(client, plain, nest, sent)
    assert touched, f"{hole}: {BLIND}"
