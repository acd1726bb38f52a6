"""What the path of an organization says, ``/1/25/``: the nodes down to it, and the range in which all paths below it lie."""

from typing import Any

from sqlalchemy import ColumnElement, and_

from models import Organization


def nodes(path: str) -> list[int]:
    """The ids from the region down to the organization itself."""
    return [int(part) for part in path.split("/") if part]


def edges(path: str) -> tuple[str, str]:
    """The first path of the subtree and the first path after it: the sign after ``/`` is ``0``."""
    return path, path[:-1] + "0"


def below(path: str, columns: Any = Organization) -> ColumnElement[bool]:
    """The organization and everything under it. ``columns``: the model, its alias, or the columns of its table."""
    low, high = edges(path)
    return and_(columns.path >= low, columns.path < high)
