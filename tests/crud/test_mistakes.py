"""Every law of the database on a table with a form has its sentence."""

import pytest
from sqlalchemy import CheckConstraint, Enum, Index, UniqueConstraint

from admin_app.crud import SCREENS
from admin_app.crud.fields import fields_of
from admin_app.crud.mistakes import LAWS
from models import Base

FORMS = [model for view, model, _category in SCREENS if {"create", "edit"} & view.rights.keys()]


def laws(model: type[Base]) -> set[str]:
    """The names of the table's constraints that a person can run into."""
    table = model.__table__
    checks = {
        one.name
        for one in table.constraints
        if isinstance(one, CheckConstraint) and not isinstance(getattr(one, "_type_bound", None), Enum)
    }
    vocabularies = {f"ck_{table.name}_{column.type.name}" for column in table.c if isinstance(column.type, Enum)}
    return {str(name) for name in checks} - vocabularies


@pytest.mark.parametrize("model", FORMS)
def test_every_check_has_a_sentence(model: type[Base]) -> None:
    assert laws(model) <= LAWS.keys(), "say in admin_app/crud/mistakes.py what breaking this law means, and at which field"


@pytest.mark.parametrize("model", FORMS)
def test_every_uniqueness_is_about_fields_with_words(model: type[Base]) -> None:
    table, words = model.__table__, {spec.name for spec in fields_of(model) if spec.shown}
    unique = [one for one in table.constraints if isinstance(one, UniqueConstraint)]
    unique += [one for one in table.indexes if isinstance(one, Index) and one.unique]  # type: ignore[misc]
    for one in unique:
        assert one.name in LAWS or {column.name for column in one.columns} & words or one.name == "uq_user_fs_uniquifier", (
            one.name
        )


def test_the_sentences_are_about_fields_that_are_there() -> None:
    names = {spec.name for model in FORMS for spec in fields_of(model)} | {"valid_to", "organization_id"}
    assert {field for field, _sentence in LAWS.values()} <= names
