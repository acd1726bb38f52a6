"""What the path of an organization says, ``/1/25/``: the nodes down to it, and where all that lies below it is found.

Below a municipal office that is one ``area``, else a range of paths. An area leads to an ordered index, so that a page of a list
costs the same in an office of a hundred schools and of ten thousand; a range has to be read whole and sorted.
"""

from typing import Any

from sqlalchemy import ColumnElement, and_

from models import Organization

AREA = 3  # slashes in /1/25/


def nodes(path: str) -> list[int]:
    """The ids from the region down to the organization itself."""
    return [int(part) for part in path.split("/") if part]


def edges(path: str) -> tuple[str, str]:
    """The first path of the subtree and the first path after it: the sign after ``/`` is ``0``."""
    return path, path[:-1] + "0"


def is_area(path: str) -> bool:
    """Is it the path of a municipal office: the region, and one step below?"""
    return path.count("/") == AREA


def below(path: str, columns: Any = Organization) -> ColumnElement[bool]:
    """The organization and everything under it. ``columns``: the model, its alias, or the columns of its table."""
    if is_area(path):
        same: ColumnElement[bool] = columns.area == path
        return same
    low, high = edges(path)
    return and_(columns.path >= low, columns.path < high)
