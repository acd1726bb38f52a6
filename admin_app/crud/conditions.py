"""Fields that depend on another one: needed for some types of organizations, given only with some values.

js/admin/depends.js shows and hides them as one types; here is what holds whatever was sent.
"""

from typing import Any

from flask_babel import gettext as _
from wtforms import Field, Form, ValidationError

NOTHING: tuple[Any, ...] = (None, "", [], False)


class Needed:
    """The field must not be empty where the organization is of one of these types."""

    def __init__(self, types: tuple[int, ...]) -> None:
        self.types = types

    def __call__(self, form: Form, field: Field) -> None:
        kind = form["type_id"].data if "type_id" in form else None
        if kind in self.types and field.data in (None, "", []) and not field.errors:
            raise ValidationError(_("Organizations of this type fill in “%(label)s”.", label=field.label.text))


class Only:
    """The field is given only while another has one of these values (any, if none is named).

    What stands there already stays until somebody changes one of the two: an old card can still be saved.
    """

    def __init__(self, other: str, allowed: tuple[str, ...]) -> None:
        self.other, self.allowed = other, allowed

    def __call__(self, form: Form, field: Field) -> None:
        if self.other not in form or field.data in NOTHING:
            return
        other = form[self.other]
        if fits(other.data, self.allowed) or not (moved(field) or moved(other)):
            return
        values = named(other, self.allowed)
        raise ValidationError(
            _("This is given only together with “%(label)s”: %(values)s.", label=other.label.text, values=values)
        )


def fits(data: Any, allowed: tuple[str, ...]) -> bool:
    """Is the other field's value one with which the field is given?"""
    return str(data) in allowed if allowed else data not in NOTHING


def moved(field: Field) -> bool:
    """Does the form say something else than the row did?"""
    old, new = (
        {getattr(one, "id", one) for one in value} if isinstance(value, list) else getattr(value, "value", value) or None
        for value in (field.object_data, field.data)
    )
    return bool(old != new)


def named(field: Field, allowed: tuple[str, ...]) -> str:
    """The allowed values as people read them."""
    titles = {key: title for key, title, *_rest in getattr(field, "iter_choices", tuple)()}
    return ", ".join(str(titles.get(one, one)) for one in allowed) or _("filled in")
