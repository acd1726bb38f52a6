"""What a picker offers: rows found by what is typed, best first; with nothing typed the lately chosen ones, and the beginning of
the tree, which is walked down a level at a time.

What is typed means what it means in a list's search box (`admin_app.crud.searching`). Everything is asked through the scoped
session: what an actor may not see is not offered, is not found, and leads to nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, String, and_, case, false, func, literal, null, or_, select, true, union_all
from sqlalchemy.orm import Session

from admin_app.crud import relations, searching
from admin_app.crud.fields import FieldSpec
from admin_app.crud.ranges import BEGINS, ELSEWHERE, NAMED, VERY, Offer, Range, closed, order_of, other, read
from admin_app.reporting.outline import Columns, Look
from models import ClassifierItem, Organization, User

MOST = 20  # rows offered while typing
PART = 100  # rows of one level of a tree
RECENT = 5  # lately chosen rows
LAST = "\U0010ffff"  # no text begins with it


@dataclass(frozen=True)
class Offered:
    """What is offered. ``more``: there are further rows; ``instead``: what was searched for in place of what was typed."""

    rows: Sequence[Offer] = ()
    recent: Sequence[Offer] = ()
    more: bool = False
    instead: str = ""


def meant(session: Session, spec: FieldSpec, text: str) -> int:
    """The one row that a person means by a title, a code or a login. Raises ValueError with a sentence: none, or several."""
    rows = find(session, Range(spec), text).rows if searching.words(text) else []
    exact = [one for one in rows if one.how == VERY or text.casefold() == one.title.casefold()]
    match exact if len(exact) == 1 else rows:
        case [one]:
            return one.id
        case []:
            raise ValueError(_("Nothing is called “%(text)s” among what you may choose.", text=text))
    raise ValueError(_("“%(text)s” may mean several: choose one, or type its exact name or code.", text=text))


# ── Typed ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def find(session: Session, about: Range, text: str) -> Offered:
    """The rows that the text means, or if there are none those that the same keys mean in the other layout; at most `MOST`."""
    found, used = searching.either(text, lambda one: typed(session, about, one))
    return Offered(found[:MOST], more=len(found) > MOST, instead=used if used != text else "")


def typed(session: Session, about: Range, text: str) -> list[Offer]:
    """One more than `MOST` of the rows that the text means: the best first, closed ones after others."""
    model, how = about.model, merit(about.model, text)
    query = about.rows().add_columns(how.label("how"), literal(1).label("level")).where(about.may(model), *wanted(about, text))
    query = query.order_by(how, closed(model).is_not(None), order_of(model), model.id)
    return read(session, model, query.limit(MOST + 1))


def wanted(about: Range, text: str) -> list[ColumnElement[bool]]:
    """The rows that the text means. Of very many the index finds some, in no order: those whose names begin so are added, so
    that the best are not missing.
    """
    model = about.model
    if not searching.indexed(model):
        return searching.clauses(model, text)
    inside = about.shown(model), about.may(model)
    begun = func.sort_key(text, type_=String(collation="C"))
    named = select(model.id).where(model.sort_key >= begun, model.sort_key < begun.concat(LAST), *inside)
    some = searching.hits(model, text, relations.ENOUGH).where(*inside)
    return [model.id.in_(union_all(some, named.order_by(model.sort_key).limit(MOST + 1)))]


def merit(model: Any, text: str) -> Any:
    """How well a row is meant: its code, number or login is this; its name begins so; its name has all words; something else."""
    name = model.sort_key if searching.keyed(model) else func.sort_key(relations.title_of(model))
    within = [func.strpos(name, func.sort_key(word.text)) > 0 for word in searching.words(text)]
    very = or_(false(), *itself(model, text))
    return case((very, VERY), (func.starts_with(name, func.sort_key(text)), BEGINS), (and_(*within), NAMED), else_=ELSEWHERE)


def itself(model: Any, text: str) -> list[ColumnElement[bool]]:
    """The row has this as a code, a number or a login; an item that is called by its code as a title, too."""
    plain, found = text.strip().lower(), searching.words(text)
    more = {User: {"username", "email"}, ClassifierItem: {"title"}}.get(model, set())
    names = {"code"} & set(model.__mapper__.column_attrs.keys()) | more
    same = [func.lower(getattr(model, name)) == plain for name in sorted(names)]
    if searching.covered(model) and len(found) == 1:
        same += [model.search_key.like(f"% {number} %") for number in searching.numbers(found[0])]
    return same


# ── Walked ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def walk(session: Session, about: Range, under: int | None, recent: Sequence[int]) -> Offered:
    """With nothing typed: what stands under a row; without a row the lately chosen ones that are still there, and the top.

    Where the actor's tree begins with one organization, what is directly under it comes along.
    """
    model, limit = about.model, PART if about.is_tree else MOST
    ids, level = top(about) if under is None else beneath(about, under)
    lately = model.id.in_(recent)
    query = about.rows(lately).where(true() if about.is_tree else about.may(model))
    if ids:
        query = query.where(model.id.in_(union_all(*ids, named(model, recent))))
    first = [lately.desc()] if recent else []
    order = order_of(model)
    query = query.add_columns(literal(ELSEWHERE).label("how"), level.label("level"))
    query = query.order_by(*first, level, closed(model).is_not(None), order, model.id)
    found = read(session, model, query.limit(len(recent) + limit + 1), order)
    there = [one for one in found if one.level]
    return Offered([replace(one, place="") for one in there[:limit]], lately_of(found, recent), more=len(there) > limit)


def lately_of(found: Iterable[Offer], recent: Sequence[int]) -> list[Offer]:
    """The lately chosen ones among them, the last one first."""
    by_id = {one.id: one for one in found if one.may}
    return [replace(by_id[key], opens=False, level=1) for key in recent if key in by_id]


Ids = list[Select[Any]]  # SELECTs of the rows' ids; none: every row


def beneath(about: Range, row: int) -> tuple[Ids, Any]:
    """What stands directly under a row, and on which level: the page knows that."""
    child = other(about.model)
    return [select(child.id).where(child.parent_id == row if about.is_tree else false())], literal(1)


def top(about: Range) -> tuple[Ids, Any]:
    """With which rows the tree begins, and their levels, 0 for others; of what is no tree every row."""
    model = about.model
    if not about.is_tree:
        return [], literal(1)
    child = other(model)
    if model is not Organization:
        begun = or_(model.parent_id == null(), model.parent_id.not_in(about.ids().correlate(None)))
        return [about.ids().where(begun).correlate(None)], case((begun, 1), else_=0)
    roots = union_all(*Columns(Look()).roots())
    lone = select(func.count()).select_from(roots.subquery()).scalar_subquery() == 1
    first, second = model.id.in_(roots), and_(model.parent_id.in_(roots), lone)
    ids = [select(child.id).where(child.id.in_(roots)), select(child.id).where(child.parent_id.in_(roots), lone)]
    return ids, case((first, 1), (second, 2), else_=0)


def named(model: Any, ids: Sequence[int]) -> Select[Any]:
    """These rows' ids, as far as the actor sees them."""
    row = other(model)
    return select(row.id).where(row.id.in_(ids))
