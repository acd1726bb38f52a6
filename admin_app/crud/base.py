"""A generated screen: list, card, form, deletion, export and look-up of one table, all read from the schema.

A table's own file (`registries.py`, `people.py`, …) says only what the schema cannot: who may do what, and extra actions.
Rows come through the scoped session; nothing here filters by organization.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any, ClassVar, NoReturn

from flask import abort, flash, jsonify, redirect, request, url_for
from flask_admin import expose
from flask_babel import LazyString
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from sqlalchemy.sql.base import ExecutableOption
from werkzeug.wrappers import Response

from admin_app.crud import (
    attributes,
    card,
    drawing,
    export,
    inputs,
    listing,
    merging,
    past,
    pickers,
    relations,
    remembering,
    searching,
    timeline,
)
from admin_app.crud.bulk import Bulk
from admin_app.crud.fields import FieldSpec, Kind, fields_of
from admin_app.crud.forming import NO_ROW, Forming, here
from admin_app.crud.links import Links
from admin_app.crud.ranges import Range
from admin_app.crud.saved import SavedViews
from admin_app.extensions import db
from admin_app.reporting import guard, scope
from admin_app.reporting.guard import Permission
from admin_app.reporting.tasks import holders
from admin_app.reporting.writes import Held, locked
from models import Base

Answer = past.Answer


class SchemaView(Forming, past.Past, Bulk, SavedViews):
    """Everything that the schema says about a table, on Flask-Admin's routes and in the product's clothes.

    It stands on Flask-Admin's `BaseModelView`, not on its SQLAlchemy view: that one fetches by `session.get`, fills whole tables
    into selects and joins every relation into the list, and version 2.2 cannot be imported without Flask-SQLAlchemy.
    """

    extra_choices: ClassVar[Mapping[str, Iterable[tuple[str, Any]]]] = {}
    rules: ClassVar[Mapping[str, inputs.Rule]] = inputs.NO_RULES  # what must hold of a field beyond what the schema says
    note: ClassVar[LazyString | str] = ""
    lead: ClassVar[str] = ""  # the first column, which leads to the card; the row's title unless said
    card_template: ClassVar[str] = "admin/card.html"
    together: ClassVar[tuple[ExecutableOption, ...]] = ()  # what is loaded with a row, because its rights depend on it
    can_view_details = True
    action_view = ajax_lookup = ajax_update = None  # Flask-Admin's own routes that we replace or do without

    def __init__(self, model: type[Base], category: LazyString, endpoint: str) -> None:
        self.schema: tuple[FieldSpec, ...] = tuple(self.own_words(spec) for spec in fields_of(model))
        columns = sorted(self.schema, key=lambda spec: spec.name != (self.lead or model.__title__))
        self.column_list = [spec.name for spec in columns if spec.list and spec.shown]
        self.column_sortable_list = ()
        self.column_details_list = self.column_export_list = [spec.name for spec in self.schema if spec.shown]
        self.form = inputs.form_of([spec for spec in self.schema if spec.typed], self.rules)
        super().__init__(model, name=model.__labels__, category=category, endpoint=endpoint)

    def own_words(self, spec: FieldSpec) -> FieldSpec:
        """The field with the choices that this table's file gives it."""
        choices = self.extra_choices.get(spec.name)
        return replace(spec, kind=Kind.CHOICE, choices=tuple(choices)) if choices else spec

    @property
    def specs(self) -> tuple[FieldSpec, ...]:
        """All fields of the screen today: the schema's, and those that operators have added."""
        return (*self.schema, *attributes.further(self.model, db.session))

    def typed(self) -> tuple[FieldSpec, ...]:
        """The fields of the form."""
        return tuple(spec for spec in self.specs if spec.typed)

    # ── Pages ────────────────────────────────────────────────────────────────────────────────────────────────────────

    @expose("/")
    def index_view(self) -> Answer:
        """The list."""
        if remembering.KEEP in request.args:
            return remembering.keep(self.endpoint, self.get_url(".index_view"))
        asked = self.asked()
        found, links = listing.page_of(asked, db.session), Links(self.get_url(".index_view"), asked)
        searched = ", ".join(str(spec.label) for spec in self.specs if searching.looks_at(self.model, spec))
        about = {"heads": links.heads(), "lines": drawing.lines, "searched": searched, "cap": listing.CAP}
        about |= self.tabs(links) | self.choices(asked)
        return str(self.render("admin/list.html", listing=asked, found=found, links=links, **about))

    def choices(self, asked: listing.Listing) -> dict[str, Any]:
        """The fields that could be further columns and further filters of the list."""
        columns = [spec for spec in self.specs if spec.tabular and spec not in asked.columns]
        there = {flt.spec.name for flt in asked.filters}
        return {"columns": columns, "fields": [spec for spec in self.specs if spec.tabular and spec.name not in there]}

    @expose("/details/")
    def details_view(self) -> Answer:
        """The card of one row."""
        return self.card_page(self.row())

    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> Answer:
        """The form of a new row."""
        self.demand("create")
        form = self.ready_form(None)
        if request.method == "POST" and form.validate() and self.save(form, row := self.model(), created=True):
            flash(_("“%(name)s” is created.", name=self.title(row)), "success")
            return redirect(self.card_address(row))
        return self.form_page(form, None)

    @expose("/edit/", methods=("GET", "POST"))
    def edit_view(self) -> Answer:
        """The form of a row that is there; what others have changed meanwhile is merged (`admin_app.crud.merging`)."""
        self.demand("edit")
        try:
            row = self.sought()
        except Held as held:
            return self.held_page(held)
        if row is None:
            return self.lost_page() if request.method == "POST" else self.nothing()
        self.demand("edit", row)
        if request.method == "GET":
            return self.form_page(self.ready_form(row), row)
        form, news, good = self.merged_form(row, request.form)
        if good and self.save(form, row, created=False):
            flash(self.done_words(row), "success")
            for words in news["told"]:
                flash(words, "success")
            return redirect(self.card_address(row))
        return self.form_page(form, row, **news)

    @expose("/export/<export_type>/")
    def export(self, export_type: str) -> Response:
        """The list as a file, as it is filtered, searched and sorted."""
        if export_type not in export.TYPES:
            abort(404)
        return export.download(self.asked(), self.endpoint, str(self.name), export_type)

    @expose("/lookup/<field>")
    def lookup(self, field: str) -> Response:
        """What a picker of this screen offers, as JSON (`pickers.answer`)."""
        spec = next((one for one in (*self.specs, *self.more_pickers()) if one.name == field and one.target), None)
        if spec is None or not spec.shown:
            abort(404)
        return jsonify(pickers.answer(db.session, Range(spec), request.args))

    # ── What pages are made of ───────────────────────────────────────────────────────────────────────────────────────

    def asked(self) -> listing.Listing:
        """The list that the address asks for."""
        specs = {spec.name: spec for spec in self.specs}
        further = [name for name, spec in specs.items() if spec.extra and spec.list]
        columns = [specs[name] for name in (*self.column_list, *further)]
        return listing.read(self.model, columns, list(specs.values()), db.session, remembering.asked(self.endpoint))

    def sought(self, look: bool = False) -> Any:
        """The row that the address names, or None. What is going to be changed is locked: nobody else changes it until then.

        Raises Held, saying by whom; not if it is only to ``look`` at.
        """
        key = pickers.number(request.args.get("id", ""))
        query = select(self.model).where(self.model.id == key).options(*self.together, *self.linked)
        if request.method == "POST" and not look:
            query = locked(query, self.model)
        try:
            return None if key is None else db.session.scalars(query).unique().one_or_none()
        except Held as held:
            db.session.rollback()
            raise holders.named(db.session, held, self.model, (key or 0,)) from held

    @cached_property
    def linked(self) -> tuple[ExecutableOption, ...]:
        """The rows that it names several of come with it."""
        return tuple(joinedload(getattr(self.model, spec.name)) for spec in self.schema if spec.kind is Kind.LINKS)

    def row(self) -> Any:
        """The row that the address names, if the actor sees it. Raises 404."""
        row = self.sought()
        return self.nothing() if row is None else row

    def nothing(self) -> NoReturn:
        """There is no such row. Raises 404, saying who deleted it where the actor may know."""
        abort(404, self.ending() or NO_ROW)

    def ending(self) -> str:
        """Who deleted the row that the address names, and when; empty where the actor finds no such thing in the log."""
        key = pickers.number(request.args.get("id", ""))
        end = None if key is None else merging.end_of(db.session, self.model, key)
        return "" if end is None else _("%(name)s deleted this row: %(when)s.", name=end.name, when=end.when)

    def card_page(self, row: Any, **facts: Any) -> str:
        """The card's page."""
        facts = {**self.beside(row), **facts}
        return str(self.render(self.card_template, row=row, columns=card.columns(self.sections(row)), **facts))

    def question(self, template: str, name: str, sentence: str, row: Any, **facts: Any) -> str:
        """A page that asks before something is done; `sentence` says why it could not be done."""
        about = {"name": name, "sentence": sentence, "back": self.card_address(row), "here": here()}
        return str(self.render(template, **about, **facts))

    def sections(self, row: Any) -> list[card.Section]:
        """The card's sections with their lines."""
        return card.read(row, self.specs, db.session, self.address_of)

    def beside(self, row: Any) -> dict[str, Any]:
        """What else the card shows: actions, and lists of rows that belong to this one."""
        verbs = {verb: not self.refusal(verb, row) for verb in ("edit", "delete")}
        past = timeline.of_row(db.session, row, timeline.ON_CARD) if timeline.readable(self.model) else None
        actions = [*self.actions(row), *self.why(row)]
        facts = {"may": verbs, "lists": list(self.lists_under(row)), "actions": actions, "name": self.title(row)}
        return {**facts, "history": past}

    def list_actions(self) -> list[tuple[str, str]]:
        """Further things to do from the list: words and address."""
        return []

    def actions(self, row: Any) -> list[tuple[str, str]]:  # noqa: ARG002  # for tables that have some
        """Further things to do with the row: words and address."""
        return []

    def why(self, row: Any) -> list[tuple[str, str]]:
        """The way to the question who sees the row, for those who may ask (`admin_app.crud.why`)."""
        if not guard.may(scope.current(), Permission.USER_READ):
            return []
        return [(_("Who sees it, and why"), url_for("why.of_row", table=self.endpoint, row=card.key_of(row)))]

    def more_pickers(self) -> tuple[FieldSpec, ...]:
        """Fields of further forms on the card that are chosen by typing."""
        return ()

    def lists_under(self, row: Any) -> Iterator[tuple[str, str]]:
        """Lists of other tables filtered to this row: words and address. The schema's filters say which there are."""
        for view in self.screens():
            specs = [spec for spec in view.schema if spec.filter and spec.target is self.model and spec.classifier is None]
            for spec in specs:
                words = f"{view.name}: {spec.label}" if len(specs) > 1 or view is self else str(view.name)
                yield words, view.get_url(f"{view.endpoint}.index_view", **{spec.name: row.id})

    def address_of(self, model: type[Base], key: int) -> str:
        """The card of a row of any table, empty if the person has no such screen."""
        view = next((one for one in self.screens() if one.model is model), None)
        return str(url_for(f"{view.endpoint}.details_view", id=key)) if view else ""

    def card_address(self, row: Any) -> str:
        """The card of a row of this table."""
        return str(self.get_url(".details_view", id=card.key_of(row)))

    def get_url(self, endpoint: str, **kwargs: Any) -> str:
        """An address; one that begins with a point is this screen's, also while another screen draws its pages."""
        return str(super().get_url(f"{self.endpoint}{endpoint}" if endpoint.startswith(".") else endpoint, **kwargs))

    def title(self, row: Any) -> str:
        """What the row is called."""
        key = card.key_of(row)
        held = relations.title_held(row)
        return relations.titles(db.session, {self.model: [key]}).get((self.model, key), "") if held is None else held
