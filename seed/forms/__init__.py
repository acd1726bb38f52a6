"""The forms that come with the product, as readable text files; docs/forms.md says how to read and write them."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent


@cache
def document(name: str) -> dict[str, Any]:
    """The document of ``seed/forms/<name>.yaml``, lists from the files beside it included. Don't change it.

    Raises FileNotFoundError for an unknown name.
    """
    text = (HERE / f"{name}.yaml").read_text("utf-8")
    found: dict[str, Any] = yaml.load(text, Loader=yaml.CSafeLoader)
    lists = found.get("dictionaries") or {}
    for key, value in lists.items():
        if value.startswith("<"):
            lists[key] = (HERE / value[1:].strip()).read_text("utf-8")
    return found


@cache
def sample(name: str) -> dict[str, float]:
    """A consistent filled report of the form: address → value."""
    values: dict[str, float] = {}
    for line in (HERE / f"{name}.sample.txt").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            row, *cells = line.split()
            for cell in cells:
                column, _, value = cell.partition(":")
                values[f"{row}/{column}"] = float(value)
    return values
