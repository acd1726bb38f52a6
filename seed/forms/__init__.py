"""The forms that come with the product, as readable text files; docs/forms.md says how to read and write them."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from admin_app.reporting.formula import FormError, Problem
from admin_app.reporting.formula.errors import N_

HERE = Path(__file__).parent


@cache
def document(name: str) -> dict[str, Any]:
    """The document of ``seed/forms/<name>.yaml``, lists from the files beside it included. Don't change it.

    Raises FileNotFoundError for an unknown name, FormError for a file that is no form.
    """
    path = HERE / f"{name}.yaml"
    found = readable(path)
    lists: Any = found.get("dictionaries")
    for key, value in lists.items() if isinstance(lists, dict) else ():
        if isinstance(value, str) and value.startswith("<"):
            lists[key] = (path.parent / Path(value[1:].strip()).name).read_text("utf-8")  # a file beside it, no other
    return found


def readable(path: Path) -> dict[str, Any]:
    """The mapping that the file holds. Raises FormError."""
    try:
        found = yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        why = " ".join(str(error).split())[:300]
        raise FormError([Problem(N_("This is not a readable YAML file: %(why)s"), {"why": why}, path.name)]) from error
    if not isinstance(found, dict):
        raise FormError([Problem(N_("A form is a mapping: form, title, sections…"), where=path.name)])
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
