"""What has left: organizations that stood in a part of the tree on a past day and are out of its operator's sight today.

The office that had a school shows it on that day, by the name it had then, as closed campaigns do (`progress.Place`); there is no
way into it. They are few, so that one statement reads them all, unscoped, and they are put into the tree that scope has let
through: each at the end of its superior's list.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import ColumnElement, String, cast, or_, select
from sqlalchemy.orm import Session

from admin_app.reporting import rules, tree
from admin_app.reporting.actor import current, quietly
from admin_app.reporting.outline import Columns, Item, Look
from models import Level, Organization


@dataclass(frozen=True)
class Gone:
    """By superior the organizations that stood there, and how many of them below each node."""

    under: dict[int, list[Item]] = field(default_factory=lambda: defaultdict(list))
    below: Counter[int] = field(default_factory=Counter)

    def __bool__(self) -> bool:
        return bool(self.under)

    def called(self, words: Collection[str]) -> list[list[int]]:
        """The ways to those that had all these words in their names."""
        wanted = [plain(word) for word in words]
        every = (one for several in self.under.values() for one in several)
        return [tree.nodes(one.path) for one in every if all(word in plain(one.name) for word in wanted)]

    def joined(self, items: Sequence[Item], opened: Collection[int], only: Collection[int] | None = None) -> list[Item]:
        """The nodes with those that have left below them, where a node is open; ``only`` these ones, if not all are wanted."""
        return [self.one(item, opened, only) for item in items]

    def one(self, item: Item, opened: Collection[int], only: Collection[int] | None) -> Item:
        """One node of that."""
        nodes = self.joined(item.nodes, opened, only)
        if (item.id in opened or nodes) and not (nodes and nodes[-1].after):
            nodes += self.end(item.id, opened, only)
        return replace(item, below=item.below + self.below[item.id], nodes=nodes)

    def end(self, above: int, opened: Collection[int], only: Collection[int] | None = None) -> list[Item]:
        """What a node's list ends with."""
        return self.joined([one for one in self.under.get(above, ()) if only is None or one.id in only], opened, only)


def of(session: Session, look: Look) -> Gone:
    """What has left the actor's part since the look's day; nothing of today's tree, or for whoever sees all."""
    made = Gone()
    if look.day is None or rules.condition(current(), Organization) is None:
        return made
    found = left(session, look)
    there = (
        set(session.scalars(select(Organization.id).where(Organization.id.in_([one.id for one in found])))) if found else set()
    )
    for one in found:
        if one.id not in there and one.parent_id is not None:
            made.under[one.parent_id].append(one)
            made.below.update(tree.nodes(one.path)[:-1])
    return made


def left(session: Session, look: Look) -> list[Item]:
    """Whoever has moved since and stood then below where the actor's reach begins, by name."""
    columns = Columns(look)
    own = {reach.organization_id for reach in current().reaches}
    with quietly("what stood in the actor's part of the tree"):
        begins = columns.joined(select(columns.path)).where(Organization.id.in_(own))
        kept = columns.facts["path"].c
        ranges = [within(cast(kept.value, String(collation="C")), path) for path in session.scalars(begins)]
        query = select(
            Organization.id, columns.parent.label("parent_id"), columns.path.label("path"), columns.level.label("level")
        )
        query = columns.joined(query.add_columns(columns.name.label("name"), columns.order))
        query = query.where(kept.id.is_not(None), or_(*ranges), look.standing(Organization))
        rows = session.execute(query.order_by(columns.order, Organization.id)).all()
    return [
        Item(row.id, row.parent_id, row.path, Level(row.level), row.name, None, None, 1, 1, 0, top=False, seen=False)  # type: ignore[call-arg]  # a look-up
        for row in rows
    ]


def within(column: ColumnElement[str], path: str) -> ColumnElement[bool]:
    """Does the path lie below this one?"""
    low, high = tree.edges(path)
    return (column > low) & (column < high)


def plain(text: str) -> str:
    """As names are compared."""
    return text.casefold().replace("ё", "е")
