"""«The tree of organizations»: looked through a node at a time, searched, seen as it was on a day; and moved about in.

Everything works by links and buttons alone: js/admin/outline.js opens nodes in place and leads the keyboard, outline_drag.js
lets one drag. However a move is asked for, it goes through one page that says what it opens and closes before it is made.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import abort, flash, jsonify, redirect, request
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_
from flask_babel import ngettext
from sqlalchemy import and_
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from admin_app.crud import mistakes, pickers, relations, searching
from admin_app.crud.inputs import read_day
from admin_app.crud.organization_move import Moving, superiors
from admin_app.crud.past import Answer
from admin_app.extensions import db
from admin_app.reporting import days, entries, guard, moving, outline, outline_gone, placing, scope
from admin_app.reporting.guard import Permission
from admin_app.reporting.outline import Item, Look
from admin_app.reporting.outline_gone import Gone
from admin_app.reporting.writes import Held
from models import Level, Organization

HITS = 50  # found organizations shown in the tree
OPENED = 40  # nodes that an address may open
TOO_MANY = N_("At most %(most)s organizations are moved at once here: change more of them from the list.", most=moving.MOST)
TAKES = {level.value: " ".join(sorted(some)) for level, some in placing.TAKES.items()}


# ── What the address asks for ────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class State:
    """How to look, what is open (None: where the tree begins), the way to what, what is searched for."""

    look: Look
    nodes: tuple[int, ...] | None = None
    at: int | None = None
    text: str = ""
    part: tuple[int, int] = (0, 0)
    typed: str = ""  # a day that could not be read
    wrong: str = ""

    def query(self, **changes: Any) -> dict[str, Any]:
        """The parameters of this state with some changed; None takes one away."""
        now = {
            "on": self.look.day.isoformat() if self.look.day else None,
            "closed": 1 if self.look.closed else None,
            "open": None if self.nodes is None else ".".join(map(str, self.nodes)),
            "id": self.at,
        }
        return {name: value for name, value in (now | changes).items() if value is not None}


def read(args: MultiDict[str, str]) -> State:
    """What the address asks for; what makes no sense asks for nothing."""
    day, wrong = read_on(args.get("on", "").strip())
    nodes = tuple(dict.fromkeys(several(args.get("open", "")))) if "open" in args else None
    if (turned := pickers.number(args.get("toggle", ""))) is not None:
        rest = tuple(node for node in nodes or () if node != turned)
        nodes = rest if turned in (nodes or ()) else (*rest, turned)
    part = several(args.get("part", ""))
    return State(
        look=Look(day, args.get("closed") == "1"),
        nodes=nodes if nodes is None else nodes[-OPENED:],
        at=pickers.number(args.get("id", "")),
        text=entries.clean(args.get("q", ""))[:200],
        part=(part[0], max(part[1], 1)) if len(part) == 2 else (0, 0),
        typed=args.get("on", "") if wrong else "",
        wrong=wrong,
    )


def several(text: str) -> tuple[int, ...]:
    """The numbers between points."""
    found = (pickers.number(one) for one in text.split("."))
    return tuple(one for one in found if one is not None)


def read_on(typed: str) -> tuple[date | None, str]:
    """The day of the past that is asked for (None: today), or why it cannot be shown."""
    try:
        day = read_day(typed) if typed else days.today()
    except ValueError as error:
        return None, str(error)
    if day > days.today():
        return None, _("How the tree will look on a day to come is not known: this is today's.")
    return (day if day < days.today() else None), ""


# ── Searching ────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Found:
    """What a search has found: the tree of the ways to it, the ids found, what to say of it."""

    top: list[Item]
    hits: frozenset[int] = frozenset()
    words: str = ""


def search(state: State, gone: Gone) -> Found:
    """The tree of what the text means, at most `HITS`; if that is nothing, of what the same keys mean in the other layout."""
    ways, text = searching.either(state.text, lambda text: ways_to(state.look, text, gone))
    if not ways:
        return Found([], words=_("Nothing is found. Check the spelling, or look on another day."))
    more, ways = len(ways) > HITS, ways[:HITS]
    words = ngettext("%(num)s organization is found.", "%(num)s organizations are found.", len(ways))
    if more:
        words = _("More than %(count)s organizations are found; these are the first. Search for more words.", count=HITS)
    if text != state.text:
        words = _("Searched for “%(meant)s”: the same keys in the other layout.", meant=text) + " " + words
    hits = frozenset(way[-1] for way in ways)
    there = {node for way in ways for node in way}
    if len(ways) == 1:
        return Found(gone.joined(outline.opened(db.session, state.look, (), ways[0]), there), hits, words)
    return Found(gone.joined(outline.found(db.session, state.look, ways), there, there), hits, words)


def ways_to(look: Look, text: str, gone: Gone) -> list[list[int]]:
    """The ways to what the text means."""
    if not searching.words(text):
        return []
    wanted = and_(*searching.among(Organization, text, relations.ENOUGH))
    words = [word.text for word in searching.words(text)]
    return [*outline.ways(db.session, look, wanted, words, HITS + 1), *gone.called(words)]


def every(items: Iterable[Item]) -> Iterator[Item]:
    """All nodes of the tree."""
    for one in items:
        yield one
        yield from every(one.nodes)


# ── The screens ──────────────────────────────────────────────────────────────────────────────────────────────────────


class OrganizationTree:
    """A part of `OrganizationView`."""

    def list_actions(self: Any) -> list[tuple[str, str]]:
        """The tree, beside what else is done from the list."""
        return [(_("As a tree"), self.get_url(".tree_view")), *super().list_actions()]  # type: ignore[misc]  # SchemaView's

    def in_tree(self: Any, row: Organization) -> tuple[str, str]:
        """The way from a card to the row's place: words and address."""
        return _("Show in the tree"), f"{self.get_url('.tree_view', id=row.id)}#node-{row.id}"

    @expose("/tree/")
    def tree_view(self: Any) -> Answer:
        """The tree: ?open=1.25 opens nodes, ?id= the way to one, ?q= the ways to what is found; ?on= as it was, ?closed=1."""
        state = read(request.args)
        gone = outline_gone.of(db.session, state.look)
        found = search(state, gone) if state.text else self.tree_at(state, gone)
        opened = [one.id for one in every(found.top) if one.nodes]
        facts = {"found": found, "opened": ".".join(map(str, opened)), "searched": bool(state.text) and len(found.hits) != 1}
        return str(self.render("admin/organization_tree.html", **facts, **self.tree_facts(state)))

    def tree_at(self: Any, state: State, gone: Gone) -> Found:
        """The tree with what the address opens, and the way to the organization that it names."""
        way = [] if state.at is None else outline.chain(db.session, state.look, state.at)
        lost = _("This organization is not in the tree of that day, or it lies outside what you may see.")
        top = outline.opened(db.session, state.look, state.nodes, way, state.part)
        open_ = {*way[:-1], *([one.id for one in top] if state.nodes is None else state.nodes)}
        return Found(gone.joined(top, open_), frozenset(way[-1:]), "" if way or state.at is None else lost)

    @expose("/tree/below/")
    def tree_below_view(self: Any) -> Answer:
        """A part (?part=2) of what is directly under ?id=: items of a list, for js/admin/outline.js."""
        state = read(request.args)
        part = max(pickers.number(request.args.get("part", "")) or 1, 1)
        gone = outline_gone.of(db.session, state.look)
        items = [] if state.at is None else gone.joined(outline.under(db.session, state.look, state.at, part), ())
        if state.at is not None and not (items and items[-1].after):
            items += gone.end(state.at, ())
        facts = {"items": items, "above": state.at, "found": Found([]), "searched": False}
        return str(self.render("admin/organization_tree_part.html", **facts, **self.tree_facts(state)))

    def tree_facts(self: Any, state: State) -> dict[str, Any]:
        """What nodes are drawn with."""
        may = state.look.day is None and not self.refusal("edit")
        reaches = [one for one in scope.current().reaches if Permission.ORGANIZATION_EDIT in guard.TABLE[one.role]]

        def movable(item: Any) -> bool:
            inside = (guard.covers(reach, item) for reach in reaches if item.id != reach.organization_id)
            return may and item.level is not Level.REGION and any(inside)

        addresses = {"card": f"{self.get_url('.details_view')}?id=", "goal": self.get_url(".tree_move_view")}
        about = {"may_move": may, "movable": movable, "takes": TAKES, "day": state.look.on, "today": days.today()}
        return {"state": state, **about, **addresses}

    @expose("/tree/superiors/<levels>/<field>")
    def tree_superiors_view(self: Any, levels: str, field: str) -> Response:
        """What may stand above organizations of these levels (joined by points), as `lookup` has it."""
        self.demand("edit")
        if field != "parent_id":
            abort(404)
        return jsonify(pickers.answer(db.session, superiors(levels.split(".")), request.args))

    @expose("/tree/move/", methods=("GET", "POST"))
    def tree_move_view(self: Any) -> Answer:
        """Under which other organization ?id= (several) go, since when, and what that opens and closes; then the move."""
        self.demand("edit")
        asked = {key for key in map(pickers.number, request.values.getlist("id")) if key is not None}
        many = len(asked) > moving.MOST
        rows, held = ([], "") if many else unless_held(asked)
        if not rows:
            flash(TOO_MANY if many else _("Choose what is to be moved: drag it, or mark it and press “Move…”."), "error")
            return redirect(self.get_url(".tree_view"))
        state = read(request.values)
        moved = Moving(self, rows, held)
        if not held and moved.sent and moved.form.validate() and moved.weigh():
            key = rows[0].id
            return redirect(self.get_url(".tree_view", **state.query(id=key), _anchor=f"node-{key}"))
        db.session.rollback()
        return str(self.render("admin/organization_move.html", moved=moved, form=moved.form, state=state))


def unless_held(keys: Collection[int]) -> tuple[list[Organization], str]:
    """What is to be moved, locked; if others hold it, to look at, with the sentence about them."""
    try:
        return moving.hold(db.session, keys), ""
    except Held as held:
        db.session.rollback()
        return moving.hold(db.session, keys, look=True), mistakes.sentence(held, Organization, keys)[1]
