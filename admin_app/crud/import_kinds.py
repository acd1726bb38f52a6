"""The tables into which files are brought: how their rows are found again, what their columns are called."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import and_, func, or_, select, tuple_
from sqlalchemy.orm import Session
from wtforms import Form

from admin_app.crud.base import SchemaView
from admin_app.crud.fields import FieldSpec
from admin_app.crud.import_refs import word
from admin_app.crud.import_rows import Rows, chosen
from admin_app.crud.mistakes import LAWS
from admin_app.crud.pickers import Picker
from admin_app.reporting import scope
from admin_app.reporting.actor import unscoped
from admin_app.reporting.exchange import docx, synonyms
from admin_app.reporting.imports import runs
from admin_app.reporting.imports.kinds import Judged, Reader, Texts
from admin_app.reporting.planned import TODAY, FromDay
from models import ClassifierItem, ImportRow, Level, Organization

ITEMS: Mapping[str, tuple[str, ...]] = {"title": ("Наименование",), "classifier_id": ("Классификатор",)}  # words of documents
SUPERIOR = LAWS["ck_organization_only_the_region_has_no_superior"][1]
CIRCLE = LAWS["ck_organization_not_below_itself"][1]


class OrganizationRows(Rows):
    """Organizations are the same by INN and KPP; without an INN, by short name below the same superior."""

    together = True

    def tidied(self, texts: Texts) -> Texts:
        """Also: main and additional activities that stand in one cell."""
        found = super().tidied(texts)
        parts = {name: text for name, text in found.items() if name.startswith("okved_") and text}
        plain = all(self.refs.said(self.specs[name], text) for name, text in parts.items() if name in self.specs)
        if not plain and any(char.isdigit() for text in parts.values() for char in text):
            split = docx.activities(parts)
            found["okved_main_id"] = split.main.code if split.main and split.main.code else found.get("okved_main_id", "")
            if more := "; ".join(one.code for one in split.additional if one.code):
                found["okved_additional"] = more
        return found

    def find(self, found: list[Judged], full: list[Texts], lock: bool) -> list[Any]:
        """One question for the rows, one for foreign ones with the same INN and KPP."""
        for one, texts in zip(found, full, strict=True):
            one.key = self.key(one, texts)
        inns = {one.key["inn"] for one in found if "inn" in one.key}
        names = {one.key["short_name"] for one in found if "short_name" in one.key}
        sorts = [func.sort_key(name) for name in names]
        rows = self.load(or_(Organization.inn.in_(inns), Organization.sort_key.in_(sorts)), lock)
        known: dict[str, list[Organization]] = defaultdict(list)
        for row in rows:
            known[row.inn or ""].append(row)
            known[word(row.short_name)].append(row)
        result = [self.pick(one, texts, known) for one, texts in zip(found, full, strict=True)]
        self.foreign([one for one, row in zip(found, result, strict=True) if row is None and "inn" in one.key])
        return result

    def key(self, one: Judged, texts: Texts) -> Texts:
        """The texts of the line by which the organization is known."""
        branch = self.level(texts) == Level.BRANCH
        if one.texts.get("inn") and not (branch and not one.texts.get("kpp")):
            return {name: one.texts[name] for name in ("inn", "kpp") if name in one.texts}
        if not one.texts.get("short_name"):
            return {}
        return {name: one.texts[name] for name in ("short_name", "parent_id") if name in one.texts}

    def level(self, texts: Texts) -> str:
        """The level that the line says, "" if none that is known."""
        try:
            return chosen(self.specs["level"], texts.get("level", ""))
        except ValueError:
            return ""

    def pick(self, one: Judged, texts: Texts, known: Mapping[str, list[Organization]]) -> Organization | None:
        """The row that the line is about; an error at the line if it may be several."""
        if "inn" in one.key:
            rows = known.get(one.key["inn"], [])
            rows = [row for row in rows if not one.key.get("kpp") or row.kpp == one.key["kpp"]]
        else:
            rows = known.get(word(one.key.get("short_name", "")), []) if one.key else []
            above = self.above(texts)
            rows = [row for row in rows if above is None or row.parent_id == above]
        level = self.level(one.texts)
        rows = [row for row in rows if not level or row.level == level]
        if len(rows) > 1:  # two with one INN, one of them without a KPP: the line is about the one that is called so
            rows = [row for row in rows if word(row.short_name) == word(texts.get("short_name", ""))] or rows
        if len(rows) > 1:
            one.errors[next(iter(one.key))] = _("Several organizations fit this line: give the INN and the KPP.")
        return rows[0] if rows else None

    def above(self, texts: Texts) -> int | None:
        """The superior that the line names, if it names one that is known."""
        try:
            return self.refs.one(self.specs["parent_id"], texts["parent_id"]) if texts.get("parent_id") else None
        except ValueError:
            return None

    def foreign(self, lines: list[Judged]) -> None:
        """An error for an INN and KPP that an organization out of sight has; nothing else is told of it."""
        pairs = {(one.key["inn"], one.key["kpp"]) for one in lines if one.key.get("kpp")}
        if not pairs:
            return
        with unscoped("whether an INN and a KPP are taken"):
            asked = select(Organization.inn, Organization.kpp).where(
                tuple_(Organization.inn, Organization.kpp).in_(pairs), Organization.level == Level.ORGANIZATION
            )
            taken = {tuple(pair) for pair in self.session.execute(asked)}
        for one in lines:
            if (one.key["inn"], one.key.get("kpp", "")) in taken:
                one.errors["inn"] = str(LAWS["uq_organization_inn_kpp"][1])

    def more(self, one: Judged, form: Form, row: Any) -> None:
        """The laws of the tree."""
        level = form["level"].data if "level" in form else row and row.level
        above = form["parent_id"].data if "parent_id" in form else row and row.parent_id
        if not one.errors and (level == Level.REGION) != (above is None):
            one.errors["parent_id"] = str(SUPERIOR)
        if row is not None and self.refs.paths.get(above or 0, "").startswith(row.path):
            one.errors["parent_id"] = str(CIRCLE)


class ItemRows(Rows):
    """Items of reference lists are the same by list and code."""

    def find(self, found: list[Judged], full: list[Texts], lock: bool) -> list[Any]:
        """One question for all."""
        places = {}
        for one, texts in zip(found, full, strict=True):
            one.key = {name: one.texts[name] for name in ("code", "classifier_id") if one.texts.get(name)}
            places[one.line] = (self.within(self.specs["parent_id"], texts), texts.get("code", ""))
        known: dict[Any, Any] = {}
        for owner in {owner for owner, _code in places.values() if owner}:
            codes = [code for of, code in places.values() if of == owner]
            for row in self.load(and_(ClassifierItem.classifier_id == owner, ClassifierItem.code.in_(codes)), lock):
                known[owner, row.code] = row
        return [known.get(places[one.line]) for one in found]

    def within(self, spec: FieldSpec, texts: Texts) -> int | None:
        """What an item is part of lies in its own list."""
        if spec.name != "parent_id":
            return None
        try:
            return self.refs.one(self.specs["classifier_id"], texts.get("classifier_id", ""))
        except ValueError:
            return None


class ViewKind:
    """A generated screen that takes files. `defaults`: fields that may be said once for the whole file."""

    said_once: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "organization": ("parent_id", "level"),
        "classifier_item": ("classifier_id",),
    }
    at_once: ClassVar[int] = runs.SMALL  # lines that are written while the person waits
    rows: ClassVar[Mapping[str, type[Rows]]] = {"organization": OrganizationRows, "classifier_item": ItemRows}

    def __init__(self, view: SchemaView) -> None:
        self.view = view
        self.table = str(view.endpoint)

    def refusal(self) -> str:
        """Who may add rows may bring files."""
        return self.view.refusal("create")

    def specs(self) -> tuple[FieldSpec, ...]:
        """The fields that a column may be."""
        return self.view.typed()

    def names(self) -> Mapping[str, Iterable[str]]:
        """Labels in both languages, what documents call the fields, and their names in the schema."""
        said = self.said()
        found: dict[str, list[str]] = {spec.name: [str(spec.label)] for spec in self.specs()}
        for locale in ("ru", "en"):
            with force_locale(locale):
                for spec in self.specs():
                    found[spec.name].append(str(spec.label))
        for name, labels in found.items():
            labels += [*said.get(name, ()), name, name.removesuffix("_id")]
        return {name: tuple(dict.fromkeys(labels)) for name, labels in found.items()}

    def said(self) -> Mapping[str, Iterable[str]]:
        """What documents call the fields."""
        return synonyms.ORGANIZATION if self.view.model is Organization else ITEMS

    def objection(self, names: Iterable[str]) -> str:  # noqa: ARG002  # for tables that refuse some
        """Why a file with such columns is refused; empty if it is not."""
        return ""

    def once(self) -> list[FieldSpec]:
        """The fields that may be said for all lines that say nothing of them."""
        return [spec for spec in self.specs() if spec.name in self.said_once[self.table]]

    def first_choice(self) -> dict[str, Any]:
        """What is proposed for all lines: below the operator's own office, an organization."""
        actor = scope.current()
        own = next(iter(actor.organization_ids)) if len(actor.organization_ids) == 1 else None
        far = not any(reach.is_whole for reach in actor.reaches)
        return {"parent_id": own if far else None, "level": "organization"} if self.table == "organization" else {}

    def reader(self, session: Session, defaults: Texts, clears: bool, since: FromDay = TODAY) -> Reader:
        """See `imports.kinds.Kind`."""
        made = self.rows[self.table](self.view, session, defaults, clears)
        made.since = since
        return made


def texted(field: Any) -> str:
    """A choice said once, as a line of the file would say it."""
    return field.title if isinstance(field, Picker) else str(field.data)


def refused_line(row: ImportRow, names: Iterable[str], labels: Mapping[str, str]) -> list[Any]:
    """A line of the file of refused lines: its number, its texts, its mistakes, each with the field's label."""
    reasons = [f"{labels[name]}: {said}" if name in labels else str(said) for name, said in row.errors.items()]
    return [row.line, *(row.cells.get(name, "") for name in names), "; ".join(reasons)]
