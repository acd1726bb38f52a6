"""Everything that a stranger can ask for, made from the URL map and from the fields of the generated screens.

A new address, column, filter, picker or list is asked for by itself, and so is a new parameter: what the code looks for in an
address is overheard (`Overheard`) and then said. Only a new kind of argument of an address must be taught, in `VALUES`.
"""

import itertools
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar
from urllib.parse import urlencode

from flask import Flask
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.routing import Rule

from admin_app.crud import export, filters, listing
from admin_app.crud.base import SchemaView
from admin_app.crud.fields import FieldSpec, Kind
from admin_app.extensions import db
from admin_app.reporting import scope
from tests.walls.canaries import PLACE, Nest

TEACH = "{rule}: teach VALUES in tests/walls/asking.py how to fill {unknown}: with what names a canary row"
LEAVING = {"security.logout"}  # would end the walk
PART = PLACE[:6]  # finds the canaries, but is too short to be taken for one where a page repeats the question
SHORT = 4  # of a canary's text, for the same reason
LISTS = {"index_view", "export", "bulk_view"}  # of a generated screen: asked for by `of_screen`
MANY = {"filter", "sort"}
ROWS = {  # by the screen: whose rows an <id>, or an ?id=, names; where they are not those of the screen's own name
    "organizations": "organization",
    "reports": "report",
    "requests": "request",
    "messages": "message",
    "forms": "form_version",
    "imports": "import_run",
    "tasks": "task",
    "duplicates": "organization",
}


@dataclass(frozen=True)
class Ask:
    """One address, the endpoint that answers it, and what it tries."""

    address: str
    endpoint: str
    way: str = "page"


def rows(nest: Nest, endpoint: str) -> list[Any]:
    """The canaries of the screen's table."""
    screen = endpoint.split(".", maxsplit=1)[0]
    return nest.ids.get(ROWS.get(screen, screen), [])


def screens(app: Flask) -> list[SchemaView]:
    """The generated screens."""
    return [view for view in app.extensions["admin"][0]._views if isinstance(view, SchemaView)]


def pickers(app: Flask, endpoint: str) -> list[str]:
    """The fields of the screen that are chosen by typing."""
    with app.app_context(), scope.unscoped("the leak wall reads what fields there are"):
        found = [view for view in screens(app) if view.endpoint == endpoint.split(".", maxsplit=1)[0]]
        return [spec.name for view in found for spec in (*view.specs, *view.more_pickers()) if spec.target and spec.shown]


Known = Callable[[Flask, Nest, str], list[Any]]
VALUES: dict[str, Known] = {  # how to fill an argument of an address, given the application, the canaries and the endpoint
    "id": lambda _app, nest, endpoint: rows(nest, endpoint) or [1],
    "comment_id": lambda _app, nest, _endpoint: nest.ids["comment"],
    "file_id": lambda _app, nest, _endpoint: nest.ids["attachment"],
    "code": lambda _app, _nest, _endpoint: ["2"],
    "revision": lambda _app, _nest, _endpoint: [0, 1],
    "which": lambda _app, _nest, _endpoint: ["comments", "files", "history", "checks"],
    "dictionary": lambda _app, _nest, _endpoint: ["okei"],
    "field": lambda app, _nest, endpoint: pickers(app, endpoint),
    "export_type": lambda _app, _nest, _endpoint: list(export.TYPES),
    "token": lambda _app, _nest, _endpoint: ["x"],
    "digest": lambda _app, _nest, _endpoint: ["0"],
    "browser": lambda _app, _nest, _endpoint: [uuid.uuid4()],
    "name": lambda _app, _nest, _endpoint: ["roles"],
    "row": lambda _app, nest, _endpoint: nest.ids["organization"][:1] + nest.ids["report"][:1],
    "table": lambda _app, _nest, _endpoint: ["organization", "report", "request", "user"],
    "user": lambda _app, nest, _endpoint: nest.ids["user"][:2],
    "levels": lambda _app, _nest, _endpoint: ["organization"],
    "filename": lambda _app, _nest, _endpoint: [],
}


def rules(app: Flask, method: str) -> list[Rule]:
    """The addresses that answer to the method."""
    found = [rule for rule in app.url_map.iter_rules() if method in (rule.methods or ()) and rule.endpoint not in LEAVING]
    return sorted(found, key=str)


def filled(app: Flask, rule: Rule, nest: Nest) -> Iterator[str]:
    """The rule's address for every foreign row that could stand in it. Raises AssertionError for what it has not been taught."""
    names = sorted(rule.arguments)
    unknown = [name for name in names if name not in VALUES]
    assert not unknown, TEACH.format(rule=rule, unknown=unknown)
    for values in itertools.product(*(VALUES[name](app, nest, rule.endpoint) for name in names)):
        said = dict(zip(names, values, strict=True))
        yield app.url_map.bind("").build(rule.endpoint, said, method=next(iter(rule.methods or ())))


def addresses(app: Flask, rule: Rule, nest: Nest) -> Iterator[Ask]:
    """The same, also with ?id=, and searched."""
    for address in filled(app, rule, nest):
        yield Ask(address, rule.endpoint)
        if "field" in rule.arguments:
            keys = [*nest.ids["organization"][:1], *nest.ids["user"][:1]]
            yield Ask(f"{address}?q={PART}", rule.endpoint, "search")
            yield Ask(f"{address}?recent={','.join(map(str, keys))}", rule.endpoint, "recent")
            yield from (Ask(f"{address}?under={key}", rule.endpoint, "under") for key in keys)
        elif str(rule).startswith("/admin/"):
            yield from (Ask(f"{address}?id={key}", rule.endpoint, "row") for key in rows(nest, rule.endpoint))


def asks(app: Flask, nest: Nest, each: int = 1, first: int = 0) -> list[Ask]:
    """All that can be asked for before anything is overheard; of filters and orders only `each` so many, beginning at the
    `first`: the row rule is the same for all of them, so one person tries them all and the others share them.
    """
    found = [ask for rule in rules(app, "GET") for ask in addresses(app, rule, nest)]
    with app.app_context(), scope.unscoped("the leak wall reads what fields there are"):
        lists = [ask for view in screens(app) for ask in of_screen(view, nest)]
    many = [ask for ask in lists if ask.way in MANY]
    return [*found, *(ask for ask in lists if ask.way not in MANY), *many[first::each]]


# ── Lists ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def of_screen(view: SchemaView, nest: Nest) -> Iterator[Ask]:
    """What a list can be asked for: every filter with every operator, every order, every column, the count, the files."""
    address, endpoint = f"/admin/{view.endpoint}/", f"{view.endpoint}.index_view"
    specs = [spec for spec in view.specs if spec.tabular]
    key = next(iter(nest.ids.get(view.endpoint, [])), None)
    row = None if key is None else db.session.get(view.model, key)
    columns, adds = [("col", spec.name) for spec in specs], [("add", spec.name) for spec in specs]
    yield Ask(f"{address}?exact=1", endpoint, "count")
    yield Ask(f"{address}?q={PART}&exact=1", endpoint, "search")
    yield Ask(f"{address}?{urlencode(columns)}", endpoint, "columns")
    yield Ask(f"{address}?{urlencode([('filters', '1'), *adds])}", endpoint, "choices")
    for spec in specs:
        yield from (Ask(f"{address}?{urlencode(pairs)}", endpoint, "filter") for pairs in filterings(spec, row, nest))
        if spec.kind in listing.SORTED:
            yield from (Ask(f"{address}?{urlencode(pairs)}", endpoint, "sort") for pairs in orders(spec, row))
    for kind in export.TYPES:
        for pairs in (columns, [("q", PART)], [("sort", f"-{view.column_list[0]}"), *columns[:3]]):
            yield Ask(f"{address}export/{kind}/?{urlencode(pairs)}", f"{view.endpoint}.export", f"export {kind}")
    chosen = [("row", one) for one in nest.ids.get(view.endpoint, [])]
    yield from (Ask(f"{address}bulk/?{urlencode(some)}", f"{view.endpoint}.bulk_view", "bulk") for some in ([], chosen))


def filterings(spec: FieldSpec, row: Any, nest: Nest) -> Iterator[list[tuple[str, str]]]:
    """One field with all its operators and the canary's own value, or with what it refers to."""
    shown = [("col", spec.name), ("exact", "1")]
    for op, _words in filters.operators(spec) or [("", "")]:
        some = [] if op in (filters.NONE, filters.SOME) else written(spec, row, nest)
        for value in some or [""]:
            yield [(spec.name, value), (spec.name + filters.OP, op), *shown]
    if spec.target is not None:
        yield [(spec.name + "-text", PART), *shown]


def written(spec: FieldSpec, row: Any, nest: Nest) -> list[str]:
    """The canary's value as an address has it."""
    if spec.target is not None:
        return [str(key) for key in nest.ids.get(spec.target.__tablename__, [])[:2]]
    value = None if row is None else spec.get(row)
    return [] if value in (None, "", []) else [text_of(spec, value)]


def text_of(spec: FieldSpec, value: Any) -> str:
    """One value as a person types it."""
    if isinstance(value, date):
        return f"{value:%d.%m.%Y}"
    if spec.kind is Kind.FLAG:
        return "1" if value else "0"
    text = str(getattr(value, "value", value))
    return text[:SHORT] if spec.kind in filters.LETTERS else text


def orders(spec: FieldSpec, row: Any) -> Iterator[list[tuple[str, str]]]:
    """Up and down, from the canary's own place in the list, which a stranger makes up."""
    value = None if row is None or spec.target is not None else spec.get(row)
    place = f"{row.id if row is not None else 1}.{getattr(value, 'value', value)}"
    yield [("sort", spec.name), ("col", spec.name), ("after", "0." if row is None else place.lower())]
    yield [("sort", f"-{spec.name}"), ("col", spec.name), ("before", place.lower())]


# ── What is overheard ────────────────────────────────────────────────────────────────────────────────────────────────


class Overheard(ImmutableMultiDict[str, str]):
    """The parameters of an address or a form; it keeps the names that the code looks for."""

    names: ClassVar[set[str]] = set()

    def get(self, key: Any, *arguments: Any, **options: Any) -> Any:
        self.names.add(str(key))
        return super().get(key, *arguments, **options)

    def getlist(self, key: Any, *arguments: Any, **options: Any) -> Any:
        self.names.add(str(key))
        return super().getlist(key, *arguments, **options)

    def __contains__(self, key: object) -> bool:
        self.names.add(str(key))
        return super().__contains__(key)

    def __getitem__(self, key: str) -> str:
        self.names.add(str(key))
        return super().__getitem__(key)


LEARNED: dict[str, set[str]] = defaultdict(set)  # by the method and the endpoint


def sayings(nest: Nest, names: Iterable[str]) -> Iterator[dict[str, str]]:
    """The overheard names, each of them saying this or that; the row itself is one that the strangers may see, or a canary."""
    said = [*nest.ids["organization"][:1], *nest.ids["user"][:1], nest.batch, PART, "2026-01-15", "2030-02-01", 1]
    for value in said:
        yield dict.fromkeys(sorted(names), str(value))


def further(app: Flask, nest: Nest, method: str = "GET") -> Iterator[Ask]:
    """What has been overheard, said to the addresses that look for it: of a canary, and of a row that the stranger may see."""
    for rule in rules(app, method):
        names = LEARNED[f"{method} {rule.endpoint}"] - {"id", "csrf_token"}
        if not names or rule.endpoint.split(".")[-1] in LISTS or "field" in rule.arguments:
            continue
        seen = nest.own.get(ROWS.get(screen := rule.endpoint.split(".")[0], screen))
        for address in itertools.islice(filled(app, rule, nest), 1):
            for said in sayings(nest, names):
                yield Ask(f"{address}?{urlencode({'id': seen, **said} if seen else said)}", rule.endpoint, "parameters")


def walk(app: Flask, client: Any, nest: Nest, some: Iterable[Ask], follow: bool = True) -> Iterator[tuple[Ask, Any]]:
    """Ask all this, and then what the answers have been overheard to look for."""
    for ask in some:
        Overheard.names = LEARNED[f"GET {ask.endpoint}"]
        yield ask, client.get(ask.address, follow_redirects=follow)
    endpoints = {ask.endpoint for ask in some}
    for ask in list(further(app, nest)):
        if ask.endpoint in endpoints:
            yield ask, client.get(ask.address, follow_redirects=follow)
