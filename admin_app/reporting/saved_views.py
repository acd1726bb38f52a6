"""Lists that people keep under a name: kept, shared, pinned as tabs, dropped. A view opens nothing: it is an address to open.

Everybody keeps views of their own. Who edits organizations may share one with everybody at or below their organization, who keeps
the reference lists with the whole region.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask_babel import gettext as _
from sqlalchemy import ARRAY, Integer, and_, any_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from admin_app.reporting import entries, guard, lists, tree
from admin_app.reporting.actor import Actor, current, quietly
from admin_app.reporting.guard import Forbidden, Permission
from admin_app.reporting.refusal import Refused
from models import SavedView, Sharing

MOST = 50  # views of one list that a person keeps
LONGEST = 4000  # signs of a query
PAGE = {"after", "before", "last", "exact", "filters", "add"}  # parameters that are not part of a view


@dataclass(frozen=True)
class View:
    """A view as its reader finds it. `query`: the parameters of the list's address, without the question mark."""

    id: int
    title: str
    query: str
    shared: Sharing
    pinned: bool
    own: bool


COLUMNS = (SavedView.id, SavedView.title, SavedView.query, SavedView.shared, SavedView.pinned, SavedView.owner_id)
SHARED = or_(SavedView.shared == Sharing.ALL, SavedView.organization_id == any_(bindparam("above", type_=ARRAY(Integer))))
FOUND = (
    select(*COLUMNS)
    .where(SavedView.table_name == bindparam("list"), or_(SavedView.owner_id == bindparam("reader"), SHARED))
    .order_by(func.sort_key(SavedView.title), SavedView.id)
)


def found(session: Session, table: str) -> list[View]:
    """The views of a list that the actor may open: their own, those of their part of the tree, those for all; by title."""
    actor = current()
    if actor.user_id is None:
        return []
    above = tuple(sorted({node for reach in actor.reaches for node in tree.nodes(reach.path)}))
    asked = {"list": table, "reader": actor.user_id, "above": list(above)}
    return lists.kept(session, ("views", table, actor.user_id, above), lambda some: read(some, asked))


def read(session: Session, asked: dict[str, Any]) -> list[View]:
    """The same, asked of the database."""
    with quietly("views that others share with the reader"):
        rows: list[Any] = list(session.execute(FOUND, asked))
    made: Any = View  # the columns are its first fields
    return [made(*about, owner == asked["reader"]) for *about, owner in rows]


def sharings(actor: Actor) -> list[Sharing]:
    """With whom the actor may share."""
    found = [Sharing.PRIVATE]
    found += [Sharing.SUBTREE] if root(actor) is not None else []
    return found + ([Sharing.ALL] if guard.may(actor, Permission.CLASSIFIER_EDIT) else [])


def root(actor: Actor) -> int | None:
    """The organization below which the actor shares; None if nowhere."""
    reaches = [one for one in actor.reaches if Permission.ORGANIZATION_EDIT in guard.TABLE[one.role] and one.organization_id]
    return min(reaches, key=lambda one: one.path.count("/")).organization_id if reaches else None


def keep(session: Session, table: str, title: str, query: str, shared: str, pinned: bool) -> SavedView:
    """Keep a list under a title; one of that title is written over. Raises Refused or Forbidden."""
    actor = current()
    title = named(title)
    own = and_(SavedView.owner_id == actor.user_id, SavedView.table_name == table)
    view = session.scalar(select(SavedView).where(own, SavedView.title == title))
    if view is None:
        if (session.scalar(select(func.count()).select_from(SavedView).where(own)) or 0) >= MOST:
            raise Refused(_("You have %(count)s views of this list: delete one first.", count=MOST))
        view = SavedView(owner_id=actor.user_id, table_name=table, title=title)
        session.add(view)
    view.query = cleaned(query)
    give(view, actor, shared, pinned)
    session.flush()
    return view


def change(session: Session, table: str, key: int, title: str, shared: str, pinned: bool) -> SavedView:
    """Rename, share or pin a view of one's own. Raises Refused or Forbidden."""
    view, title = mine(session, table, key), named(title)
    same = select(SavedView.id).where(
        SavedView.owner_id == view.owner_id, SavedView.table_name == table, SavedView.title == title, SavedView.id != key
    )
    if session.scalar(same) is not None:
        raise Refused(_("You have a view “%(title)s” already.", title=title))
    view.title = title
    give(view, current(), shared, pinned)
    session.flush()
    return view


def drop(session: Session, table: str, key: int) -> str:
    """Delete a view of one's own; its title. Raises Refused."""
    view = mine(session, table, key)
    title = view.title
    session.delete(view)
    session.flush()
    return title


def mine(session: Session, table: str, key: int) -> SavedView:
    """The view, if it is one's own. Raises Refused."""
    view = session.scalar(select(SavedView).where(SavedView.id == key, SavedView.table_name == table))
    if view is None:
        raise Refused(_("There is no such view among yours."))
    return view


def named(title: str) -> str:
    """The title as it is kept. Raises Refused."""
    title = " ".join(entries.clean(title).split())
    if not title:
        raise Refused(_("Give the view a name."), "title")
    if len(title) > 100:
        raise Refused(_("A name has at most 100 signs."), "title")
    return title


def give(view: SavedView, actor: Actor, shared: str, pinned: bool) -> None:
    """Say who finds it. Raises Forbidden."""
    chosen = next((one for one in Sharing if one.value == shared), Sharing.PRIVATE)
    if chosen not in sharings(actor):
        raise Forbidden(_("You may not share views with so many: “%(who)s”.", who=str(chosen.title)))
    view.shared, view.pinned = chosen, pinned
    view.organization_id = root(actor) if chosen is Sharing.SUBTREE else None


def cleaned(query: str) -> str:
    """The parameters that make the list, without those of a page. Raises Refused."""
    pairs = [(name, value) for name, value in parse_qsl(query.lstrip("?")) if name not in PAGE]
    made = urlencode(pairs)
    if len(made) > LONGEST:
        raise Refused(_("So many filters and columns do not fit into a view."))
    return made
