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
from flask_babel import lazy_gettext as N_
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from sqlalchemy.sql.base import ExecutableOption
from werkzeug.wrappers import Response
from wtforms import Form

from admin_app.crud import (
    attributes,
    card,
    drawing,
    export,
    inputs,
    listing,
    merging,
    mistakes,
    past,
    pickers,
    relations,
    searching,
    timeline,
)
from admin_app.crud.bulk import Bulk
from admin_app.crud.fields import FieldSpec, Kind, fields_of, is_ref
from admin_app.crud.links import Links
from admin_app.crud.saved import SavedViews
from admin_app.extensions import db
from admin_app.reporting import guard, scope
from admin_app.reporting.guard import Permission
from admin_app.reporting.writes import locked
from models import Base

Answer = past.Answer
NO_ROW = N_("There is no such row, or it belongs to an organization that you are not attached to.")


class SchemaView(past.Past, Bulk, SavedViews):
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

    def form_class(self) -> type[Form]:
        """The form of today's fields."""
        further = attributes.further(self.model, db.session)
        return inputs.form_of(self.typed(), self.rules) if further else self._create_form_class

    # ── Pages ────────────────────────────────────────────────────────────────────────────────────────────────────────

    @expose("/")
    def index_view(self) -> Answer:
        """The list."""
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
        row = self.sought()
        if row is None:
            return self.lost_page() if request.method == "POST" else self.nothing()
        self.demand("edit", row)
        if request.method == "GET":
            return self.form_page(self.ready_form(row), row)
        merged = merging.merge(self.form_class(), self.typed(), row, request.form, self.fixed(row))
        form = self.ready_form(row, merged.data)
        base, valid = merging.base_of(form), form.validate()
        told = merging.tell(merged, form, row, db.session)
        if valid and merged.clear and self.save(form, row, created=False):
            flash(self.done_words(row), "success")
            for words in told:
                flash(words, "success")
            return redirect(self.card_address(row))
        return self.form_page(form, row, base=base, told=told)

    @expose("/export/<export_type>/")
    def export(self, export_type: str) -> Response:
        """The list as a file, as it is filtered, searched and sorted."""
        if export_type not in export.TYPES:
            abort(404)
        return export.download(self.asked(), self.endpoint, str(self.name), export_type)

    @expose("/lookup/<field>")
    def lookup(self, field: str) -> Response:
        """Rows that a picker of this screen offers for ?q=, as JSON [{id, title, hint}]."""
        spec = next((one for one in (*self.specs, *self.more_pickers()) if one.name == field and one.target), None)
        if spec is None or not spec.shown:
            abort(404)
        found = relations.find(db.session, spec, request.args.get("q", "").replace("\x00", "")[:200])
        return jsonify([{"id": one.id, "title": one.title, "hint": one.hint} for one in found])

    def done_words(self, row: Any) -> str:
        """What is said when a row has been saved."""
        return _("“%(name)s” is saved.", name=self.title(row))

    # ── What pages are made of ───────────────────────────────────────────────────────────────────────────────────────

    def asked(self) -> listing.Listing:
        """The list that the address asks for."""
        specs = {spec.name: spec for spec in self.specs}
        further = [name for name, spec in specs.items() if spec.extra and spec.list]
        columns = [specs[name] for name in (*self.column_list, *further)]
        return listing.read(self.model, columns, list(specs.values()), db.session, request.args)

    def sought(self) -> Any:
        """The row that the address names, or None. What is going to be changed is locked: nobody else changes it until then."""
        key = pickers.number(request.args.get("id", ""))
        query = select(self.model).where(self.model.id == key).options(*self.together, *self.linked)
        if request.method == "POST":
            query = locked(query, self.model)
        return None if key is None else db.session.scalars(query).unique().one_or_none()

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

    def ready_form(self, row: Any, sent: Any = None) -> Form:
        """The form, filled with what was sent or else with the row, its pickers knowing what may be chosen."""
        sent = request.form if sent is None and request.method == "POST" else sent
        form: Form = self.form_class()(sent, obj=row, **self.preset(row))
        for name in self.fixed(row):
            del form[name]
        pickers.ready(form, db.session, self.get_url(".index_view") + "lookup/")
        return form

    def fixed(self, row: Any) -> set[str]:  # noqa: ARG002  # for tables whose rows settle
        """The fields that can no longer be changed in this row."""
        return set()

    def preset(self, row: Any) -> dict[str, Any]:
        """What a new row's form is filled with: the database's own values, and what the address names (?parent_id=5)."""
        if row is not None:
            return {spec.name: spec.get(row) for spec in self.typed() if spec.extra}
        found = {spec.name: card.default(spec) for spec in self.typed() if spec.default}
        asked = {name: pickers.number(value) for name, value in request.args.items() if is_ref(self.model, name)}
        return found | {name: key for name, key in asked.items() if key is not None}

    def form_page(self, form: Form, row: Any, **facts: Any) -> str:
        """The form's page. `base`: what its fields showed, if asked already; `told`: what was taken in from others."""
        sections = card.sections([spec for spec in self.typed() if spec.name in form], self.model)
        back = self.get_url(".index_view") if row is None else self.card_address(row)
        base = "" if row is None or "base" in facts else merging.base_of(form)
        about = {"row": row, "name": "" if row is None else self.title(row), "back": back, "action": here(), "base": base}
        template = str(facts.pop("template", "admin/form.html"))
        return str(self.render(template, form=form, columns=card.columns(sections), **{**about, **facts}))

    def lost_page(self) -> tuple[str, int]:
        """The row is gone: what was typed stays on the page, to be copied, or to be added anew if the row was deleted."""
        form, end = self.ready_form(None), self.ending()
        again = bool(end) and not self.refusal("create")
        form.form_errors.append(_("Nothing was saved: %(why)s What you typed is still here.", why=end or NO_ROW))
        action = self.get_url(".create_view") if again else ""
        return self.form_page(form, None, action=action, lost=True), 404

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

    # ── Changes ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def save(self, form: Form, row: Any, created: bool) -> bool:
        """Write the form into the row and commit; what the rules or the database refuse is said at the field. Was it saved?"""
        try:
            self.write(form, row, created)
            db.session.commit()
        except mistakes.KINDS as error:
            db.session.rollback()
            mistakes.place(error, form, self.model)
            return False
        return True

    def write(self, form: Form, row: Any, created: bool) -> None:
        """Write the form into the row. Every flush records who changed what (`admin_app.reporting.audit`)."""
        with db.session.no_autoflush:
            card.fill(row, self.typed(), form, db.session, created)
        if created:
            db.session.add(row)


def here() -> str:
    """The address of this page, where its form is sent to."""
    return request.full_path.rstrip("?")
