"""Long lists in pages."""

from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from sqlalchemy import Select, func
from sqlalchemy.orm import InstrumentedAttribute

from admin_app.extensions import db

SIZE = 25


@dataclass(frozen=True)
class Listing:
    """One page of a list: its rows, which page of how many, and how many rows there are in all."""

    rows: list[Any]
    number: int
    pages: int
    total: int


def listing(statement: Select[Any], key: InstrumentedAttribute[int], size: int = SIZE) -> Listing:
    """The page of `statement` that ?page= asks for (the nearest there is); `key` is what is counted.

    The count is the same statement with other columns, so that scope restricts both alike.
    """
    counting = statement.with_only_columns(func.count(key.distinct()), maintain_column_froms=True).order_by(None)
    total = db.session.scalar(counting) or 0
    pages = max(1, -(-total // size))
    number = min(max(1, asked()), pages)
    rows = db.session.scalars(statement.limit(size).offset((number - 1) * size)).unique().all()
    return Listing(list(rows), number, pages, total)


def asked() -> int:
    """The page number in the address; anything that is no number means the first."""
    text = request.args.get("page", "1")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def address(number: int) -> str:
    """This page's address with another page number; filters stay."""
    chosen: dict[str, Any] = {name: values for name, values in request.args.to_dict(flat=False).items() if name != "page"}
    return url_for(request.endpoint or "", **(request.view_args or {}), **chosen, page=number)
