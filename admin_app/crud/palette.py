"""What Ctrl+K offers: the screens and the records that the person may open, by a few letters.

Found first and sorted then: an order beside the row rules makes PostgreSQL judge every person in that order."""

from collections.abc import Iterable, Iterator
from typing import Any

from flask import url_for
from sqlalchemy import ARRAY, Integer, any_, literal, select
from sqlalchemy.orm import Session

from admin_app.crud import relations, searching
from admin_app.crud.base import SchemaView
from models import Organization, User

SCREENS, RECORDS = 8, 6
SHORTEST = 2  # letters from which records are looked for
Found = dict[str, str]  # title, hint, address


def offered(views: Iterable[Any], text: str, session: Session) -> list[Found]:
    """Screens first, then organizations and people; if there are none, by the other keyboard layout."""
    views = [view for view in views if view.is_accessible()]
    return searching.either(text, lambda meant: matching(views, meant, session))[0]


def matching(views: list[Any], text: str, session: Session) -> list[Found]:
    """All that the text means."""
    return [*screens(views, text), *records(views, text, session)]


def screens(views: list[Any], text: str) -> list[Found]:
    """Screens whose names have every word of the text."""
    wanted = [plain(word.text) for word in searching.words(text)]
    found = []
    for view in views:
        name = str(view.name or "")
        if name and (view.is_visible() or isinstance(view, SchemaView)) and all(word in plain(name) for word in wanted):
            found.append({"title": name, "hint": str(view.category or ""), "address": str(view.url)})
    return found[:SCREENS]


def plain(text: str) -> str:
    """For comparing."""
    return text.lower().replace("ё", "е")


def records(views: list[Any], text: str, session: Session) -> Iterator[Found]:
    """Organizations and people that the person sees and has the screen of."""
    if sum(len(word.text) for word in searching.words(text)) < SHORTEST:
        return
    for model in (Organization, User):
        view = next((one for one in views if isinstance(one, SchemaView) and one.model is model), None)
        if view is None:
            continue
        some = list(session.scalars(searching.hits(model, text, relations.ENOUGH)))
        query = select(model.id, relations.title_of(model), relations.hint_of(model)).where(
            model.id == any_(literal(some, ARRAY(Integer)))
        )
        for key, title, hint in session.execute(query.order_by(model.sort_key, model.id).limit(RECORDS)):
            label = f"{model.__label__} · {hint}" if hint else str(model.__label__)
            yield {"title": title, "hint": label, "address": url_for(f"{view.endpoint}.details_view", id=key)}
