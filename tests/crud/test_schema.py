"""The schema drives the screens: a column with words is on all of them, and nothing else has to be said."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask_babel import lazy_gettext as N_
from sqlalchemy import String
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from werkzeug.datastructures import MultiDict

from admin_app.crud import SCREENS, card, filters, inputs, listing, searching
from admin_app.crud.base import SchemaView
from admin_app.crud.fields import Kind, fields_of
from models import Base, Level, vocabulary, words


class Probed(DeclarativeBase):
    """A schema of the test's own, so that the product's stays as it is."""


class Probe(Probed):
    """A table with one column of each usual kind."""

    __tablename__ = "probe"
    __label__, __labels__, __title__ = N_("Probe"), N_("Probes"), "name"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(20), info=words(N_("Name"), list=True, search=True))
    inn: Mapped[str | None] = mapped_column(
        String(12), doc="Ten digits.", info=words(N_("INN"), list=True, search=True, check="inn")
    )
    level: Mapped[Level | None] = mapped_column(vocabulary(Level), info=words(N_("Level"), list=True, filter=True))
    count: Mapped[int] = mapped_column(server_default="7", info=words(N_("Count"), section="codes"))
    secret: Mapped[str | None] = mapped_column(info=words(N_("Secret"), hidden=True))
    silent: Mapped[str | None] = mapped_column()


@pytest.fixture
def context(app: Flask) -> Iterator[None]:
    """A request: words are said in its language."""
    with app.test_request_context():
        yield


def test_a_column_with_words_is_in_list_form_card_filter_and_search(context: None, session: Session) -> None:
    specs = fields_of(Probe)
    assert [spec.name for spec in specs] == ["name", "inn", "level", "count", "secret"]
    form = inputs.form_of([spec for spec in specs if spec.typed])(
        MultiDict({"name": "x" * 21, "inn": "7707083894", "count": "a"})
    )
    assert list(form.data) == ["name", "inn", "level", "count"]
    assert form.inn.description == "Ten digits."
    assert not form.validate()
    assert form.errors.keys() == {"name", "inn", "count"}
    asked = listing.read(
        Probe, [spec for spec in specs if spec.list], specs, session, MultiDict({"level": "branch", "sort": "-inn"})
    )
    sql = str(asked.narrow(asked.rows()))
    assert "probe.level = " in sql
    assert "DESC" in sql
    assert len(searching.clauses(Probe, "школа 7")) == 2
    assert [
        (one.name, [spec.name for spec in one.parts]) for one in card.sections([spec for spec in specs if spec.shown], Probe)
    ] == [
        ("codes", ["count"]),
        ("main", ["name", "inn", "level"]),
    ]


def test_defaults_of_the_database_are_typed_in_advance(context: None) -> None:
    count = next(spec for spec in fields_of(Probe) if spec.name == "count")
    assert card.default(count) == 7
    assert not count.required


def test_every_filter_can_be_read_and_said(context: None, session: Session) -> None:
    for _view, model, _category in SCREENS:
        for spec in fields_of(model):
            if spec.filter:
                flt = filters.one(spec, MultiDict({spec.name: example(spec.kind, spec)}))
                assert flt.used, (model, spec.name)
                assert flt.clauses(model)
                assert flt.chip().value or spec.target, (model, spec.name)


def example(kind: Kind, spec: object) -> str:
    """A value that such a filter takes."""
    choices = getattr(spec, "choices", ())
    return str(choices[0][0]) if choices else {Kind.FLAG: "1", Kind.DATE: "none", Kind.REF: "5"}.get(kind, "text")


@pytest.mark.parametrize(("view", "model"), [(view, model) for view, model, _category in SCREENS])
def test_every_screen_shows_what_the_schema_lists(view: type[SchemaView], model: type[Base]) -> None:
    listed = {column.name for column in model.__table__.c if column.info.get("list") and not column.info.get("hidden")}
    assert listed == {spec.name for spec in fields_of(model) if spec.list and spec.shown}


def test_read_only_tables_have_no_form() -> None:
    writable = {model.__name__ for view, model, _category in SCREENS if {"create", "edit"} & view.rights.keys()}
    typed = {model.__name__ for _view, model, _category in SCREENS if any(spec.typed for spec in fields_of(model))}
    assert writable <= typed
    assert {"Event", "Report", "Request", "Message"}.isdisjoint(typed)
