"""The reference lists, and their items as a tree."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar

from flask import abort, flash, redirect, request
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_
from sqlalchemy import func, literal, select, union_all
from werkzeug.wrappers import Response
from wtforms import Form

from admin_app.crud import attributes as further
from admin_app.crud import mistakes
from admin_app.crud.base import SchemaView
from admin_app.crud.pickers import number
from admin_app.extensions import db
from admin_app.reporting import attributes, classifiers, days, entries
from admin_app.reporting.guard import Permission
from models import Classifier, ClassifierItem, Organization

OPEN = 100  # lists of more items start folded


@dataclass
class Node:
    """An item in the tree. `shown`: it, or something below it, is what was searched for; `below`: how many items are under it."""

    row: ClassifierItem
    ended: bool
    found: bool
    open: bool = False
    shown: bool = True
    nodes: list["Node"] = field(default_factory=list)


class ClassifierView(SchemaView):
    """The reference lists."""

    rights: ClassVar = {
        "list": Permission.FORM_READ,
        "create": Permission.CLASSIFIER_EDIT,
        "edit": Permission.CLASSIFIER_EDIT,
        "delete": Permission.CLASSIFIER_EDIT,
    }

    def fixed(self, row: Classifier | None) -> set[str]:
        """Fields and imports find a list by its code, so the code of one that is there stays."""
        return set() if row is None else {"code"}

    def actions(self, row: Classifier) -> list[tuple[str, str]]:
        """Its items as a tree."""
        return [(_("Items as a tree"), str(self.get_url(".tree", id=row.id)))]

    @expose("/tree/", methods=("GET", "POST"))
    def tree(self) -> str | Response:
        """The items in their order, each under the one that it is part of. What is sent moves one, or adds one below it."""
        key = number(request.args.get("id", ""))
        row = (None if key is None else db.session.get(Classifier, key)) or self.nothing()
        if request.method == "POST":
            self.demand("edit", row)
            return self.rearrange(row)
        text, at = entries.clean(request.args.get("q", ""))[:200], number(request.args.get("at", ""))
        nodes = grown(items_of(row), text, at)
        about = {"row": row, "name": row.title, "nodes": nodes, "text": text, "at": at, "may_edit": not self.refusal("edit", row)}
        return str(self.render("admin/tree.html", **about))

    def rearrange(self, row: Classifier) -> Response:
        """Move the item that is sent, then show where it is. Without an item: say that one has to be chosen."""
        step, key = request.form.get("step", ""), number(request.form.get("item", ""))
        item = next((one for one in items_of(row) if one.id == key), None)
        if step == "add":
            place = {"classifier_id": row.id} | ({} if item is None else {"parent_id": item.id})
            return redirect(self.get_url("classifier_item.create_view", **place))
        if item is None:
            flash(_("Choose an item of the tree first."), "error")
            return redirect(self.get_url(".tree", id=row.id))
        try:
            classifiers.step(db.session, item, step, *(number(request.form.get(name, "")) for name in ("parent", "after")))
            db.session.commit()
        except mistakes.KINDS as error:
            db.session.rollback()
            flash(mistakes.sentence(error, ClassifierItem)[1], "error")
        except ValueError:
            abort(400)
        return redirect(self.get_url(".tree", id=row.id, at=key) + f"#item-{key}")


class ClassifierItemView(SchemaView):
    """The items of the lists. One that is in use cannot be deleted; it ends by a date."""

    rights: ClassVar = ClassifierView.rights
    note = N_("An item that is in use cannot be deleted: give the last day on which it may be chosen.")

    def fixed(self, row: ClassifierItem | None) -> set[str]:
        """An item stays in its list: whoever has chosen it has chosen it there."""
        return set() if row is None else {"classifier_id"}

    def write(self, form: Form, row: ClassifierItem, created: bool) -> None:
        """The item, if what it is part of makes sense."""
        super().write(form, row, created)
        db.session.flush()
        classifiers.judge(db.session, row)

    def remove(self, row: ClassifierItem) -> str:
        """Delete the item, unless a further field holds it."""
        if attributes.any_has(db.session, row):
            return str(_("It is in use, so it stays: %(where)s.", where=Organization.__labels__))
        return super().remove(row)

    def actions(self, row: ClassifierItem) -> list[tuple[str, str]]:
        """Where it stands among the others."""
        return [(_("Show in the tree"), self.get_url("classifier.tree", id=row.classifier_id, at=row.id) + f"#item-{row.id}")]

    def lists_under(self, row: ClassifierItem) -> Iterator[tuple[str, str]]:
        """Where it is used: how many organizations have it, by field, and the way to them."""
        yield from super().lists_under(row)
        for spec, count in used(row):
            words = _("%(list)s: %(label)s (%(count)s)", list=Organization.__labels__, label=spec.label, count=count)
            yield words, str(self.get_url("organization.index_view", **{spec.name: row.id}))


def used(item: ClassifierItem) -> Iterator[tuple[Any, int]]:
    """The fields in which organizations that the actor sees have the item, and how many do; one statement."""
    code = db.session.scalar(select(Classifier.code).where(Classifier.id == item.classifier_id))
    specs = {spec.name: spec for spec in further.specs_of(Organization, db.session) if spec.target and spec.classifier == code}
    parts = [
        select(literal(spec.name), func.count()).select_from(Organization).where(spec.holds(Organization, item.id))
        for spec in specs.values()
    ]
    for name, count in db.session.execute(union_all(*parts)) if parts else ():
        if count:
            yield specs[name], count


# ── The tree ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def items_of(row: Classifier) -> list[ClassifierItem]:
    """The items of the list, neighbours in their order."""
    return sorted(db.session.scalars(select(ClassifierItem).where(ClassifierItem.classifier_id == row.id)), key=classifiers.key)


def grown(rows: Iterable[ClassifierItem], text: str, at: int | None) -> list[Node]:
    """The tree of the rows, with what matches `text`, opened where something is found or where the item `at` is."""
    day, rows, words = days.today(), list(rows), folded(text).split()
    nodes = {row.id: Node(row, bool(row.valid_to and row.valid_to < day), fits(row, words)) for row in rows}
    below: dict[int | None, list[Node]] = defaultdict(list)
    for row in rows:
        below[row.parent_id if row.parent_id in nodes else None].append(nodes[row.id])
    for node in nodes.values():
        node.nodes = below[node.row.id]
        node.open = not text and len(rows) <= OPEN
        node.shown = node.found
    for node in nodes.values():
        if (text and node.found) or node.row.id == at:
            uncover(node, nodes)
    return below[None]


def uncover(node: Node, nodes: dict[int, Node]) -> None:
    """Show the node and open what it is under; a circle, which no rule lets in, ends it."""
    seen = set()
    while node is not None and node.row.id not in seen:
        seen.add(node.row.id)
        node.shown = True
        node = nodes.get(node.row.parent_id)  # type: ignore[arg-type,assignment]
        if node is not None:
            node.open = True


def folded(text: str) -> str:
    """Small letters, ё as е."""
    return text.lower().replace("ё", "е")


def fits(row: ClassifierItem, words: list[str]) -> bool:
    """Has the item all these words in its code or title?"""
    text = folded(f"{row.code} {row.title}")
    return all(word in text for word in words)
