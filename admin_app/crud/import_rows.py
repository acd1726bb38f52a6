"""The lines of a file, judged and written by the single form of their table: same fields, same rules, same rights, same words.

A line's form has the columns of the file, what is required of a new row, and what those depend on; an empty cell leaves the
field alone unless the person wants it emptied.
"""

from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload
from werkzeug.datastructures import MultiDict
from wtforms import Form

from admin_app.crud import card, inputs, merging, values
from admin_app.crud.base import SchemaView
from admin_app.crud.fields import FieldSpec, Kind
from admin_app.crud.import_refs import Refs
from admin_app.crud.import_writing import Writing
from admin_app.crud.pickers import Relation
from admin_app.reporting import audit, codes, entries, planned
from admin_app.reporting.exchange import mending
from admin_app.reporting.imports.kinds import Judged, Texts
from admin_app.reporting.writes import locked
from models import RowOutcome

YES = frozenset({"1", "да", "yes", "y", "true", "истина", "+", "x", "х"})
NO = frozenset({"0", "нет", "no", "n", "false", "ложь", "-"})
RELATED = frozenset({Kind.REF, Kind.REFS, Kind.LINKS})


class Rows(Writing):
    """Judges and writes lines of one table. A table's own class says how a row is found (`find`)."""

    def __init__(self, view: SchemaView, session: Session, defaults: Texts, clears: bool) -> None:
        self.view, self.session, self.defaults, self.clears = view, session, defaults, clears
        self.specs = {spec.name: spec for spec in view.typed()}
        self.refs = Refs(session, tuple(self.specs.values()))
        self.seen: dict[tuple[tuple[str, str], ...], int] = {}
        self.made: dict[int, int] = {}
        self.kinds: dict[frozenset[str], type[Form]] = {}
        self.denied = view.refusal("create")

    # ── Judging ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def judge(self, lines: Sequence[tuple[int, Texts]], lock: bool = False) -> list[Judged]:
        """See `imports.kinds.Reader`."""
        found = [Judged(line, self.tidied(texts)) for line, texts in lines]
        full = [{**self.defaults, **{name: text for name, text in one.texts.items() if text}} for one in found]
        self.refs.learn(full)
        rows = self.find(found, full, lock)
        self.name_stored(rows)
        for one, texts, row in zip(found, full, rows, strict=True):
            if not one.errors:
                self.judge_one(one, texts, row)
            self.twice(one)
            if one.outcome is RowOutcome.NEW:
                self.refs.promise(one.line, texts)
        return found

    def tidied(self, texts: Texts) -> Texts:
        """The texts with what a spreadsheet did to codes put right."""
        found = {name: entries.clean(text) for name, text in texts.items() if name in self.specs}
        for name, text in found.items():
            check = self.specs[name].check
            if check and text:
                mended = mending.mend(check, text)
                found[name] = mended.text if mended.loss else codes.clean(check, mended.text)
        return found

    def find(self, found: list[Judged], full: list[Texts], lock: bool) -> list[Any]:
        """The rows that the lines are about, None for new ones; says each line's `key`, and its errors where it has none."""
        raise NotImplementedError

    def load(self, condition: Any, lock: bool) -> list[Any]:
        """The rows in sight that fulfil the condition."""
        model: Any = self.view.model
        links = [selectinload(getattr(model, spec.name)) for spec in self.specs.values() if spec.kind is Kind.LINKS]
        query = select(model).where(condition).options(*self.view.together, *links)
        if lock:
            query = locked(query, model)
        return list(self.session.scalars(query))

    def name_stored(self, rows: Iterable[Any]) -> None:
        """Learn what the rows that these rows name are called."""
        related = [spec for spec in self.specs.values() if spec.target is not None]
        wanted: dict[Any, set[int]] = {}
        for row in rows:
            for spec in related if row is not None else ():
                wanted.setdefault(spec.target, set()).update(values.ids(spec.get(row)))
        if wanted:
            self.refs.name(wanted)

    def judge_one(self, one: Judged, texts: Texts, row: Any) -> None:
        """What becomes of one line."""
        refused = self.denied if row is None else self.view.refusal("edit", row)
        if refused:
            one.errors[""] = refused
            return
        form = self.filled(one, texts, row)
        if not form.validate():
            for name, said in form.errors.items():
                one.errors.setdefault(name or "", str(said[0]))
        self.more(one, form, row)
        self.lost(one)
        if one.errors:
            return
        one.row_id = None if row is None else card.key_of(row)
        one.changes = self.changes(form, row)
        if row is not None and self.since.planned:
            one.errors |= {name: why for name in one.changes if (why := planned.unplannable(name))}
        if one.errors:
            return
        one.outcome = RowOutcome.NEW if row is None else RowOutcome.CHANGE if one.changes else RowOutcome.SAME
        one.work = (form, row)

    def more(self, one: Judged, form: Form, row: Any) -> None:
        """What else a table's own rules say; into the line's errors."""

    def lost(self, one: Judged) -> None:
        """A number that the spreadsheet has shortened: the sentence that helps, instead of “10 digits”."""
        for name in one.errors:
            check = self.specs[name].check if name in self.specs else None
            if check and (loss := mending.mend(check, one.texts.get(name, "")).loss):
                one.errors[name] = str(loss)

    def filled(self, one: Judged, texts: Texts, row: Any) -> Form:
        """The line's form, with what could not be read said among the line's errors."""
        fixed = self.view.fixed(row) if row is not None else set()
        names = self.names(texts if row is None else one.texts, row) - fixed
        sent: MultiDict[str, str] = MultiDict()
        titles: dict[str, dict[int, str]] = {}
        for name in names:
            spec, text = self.specs[name], texts.get(name, "") if row is None else one.texts.get(name, "")
            try:
                several = self.sent(spec, text, texts) if text else self.kept(spec, row, name in one.texts)
            except ValueError as error:
                one.errors[name], several = str(error), []
            sent.setlist(name, several)
            titles[name] = {int(key): self.refs.title(spec.target, int(key)) for key in several} if spec.target else {}
        form = self.form_of(names)(sent, obj=row, **self.current(row, names))
        for field in form:
            if isinstance(field, Relation):
                known = {key: self.refs.title(field.spec.target, key) for key in field.stored()}
                field.titles = {key: title for key, title in known.items() if title} | titles[field.name]
        return form

    def names(self, given: Texts, row: Any) -> set[str]:
        """The fields of a line's form."""
        names = {name for name, text in given.items() if name in self.specs and (text or self.clears or row is None)}
        if row is None:
            names |= {spec.name for spec in self.specs.values() if spec.required or spec.required_for}
        others = {self.specs[name].only[0] for name in names if self.specs[name].only}  # type: ignore[index]
        if any(self.specs[name].required_for for name in names):
            others.add("type_id")
        return names | (others & set(self.specs))

    def form_of(self, names: set[str]) -> type[Form]:
        """The form class of these fields."""
        key = frozenset(names)
        if key not in self.kinds:
            rules = {name: rule for name, rule in self.view.rules.items() if name in names}
            self.kinds[key] = inputs.form_of([spec for spec in self.specs.values() if spec.name in names], rules)
        return self.kinds[key]

    def current(self, row: Any, names: set[str]) -> dict[str, Any]:
        """What further fields of the row hold: WTForms asks the row for the others itself."""
        return {} if row is None else {name: self.specs[name].get(row) for name in names if self.specs[name].extra}

    def kept(self, spec: FieldSpec, row: Any, told: bool) -> list[str]:
        """What is sent for a field whose cell is empty (`told`), or which has no cell."""
        if row is None:
            return merging.sent_of(card.default(spec)) if spec.default else []
        return [] if told and self.clears else merging.sent_of(spec.get(row))

    def sent(self, spec: FieldSpec, text: str, texts: Texts) -> list[str]:
        """What a browser would send for this text. Raises ValueError with a sentence."""
        if spec.kind is Kind.REF:
            return [str(self.refs.one(spec, text, self.within(spec, texts)))]
        if spec.kind in RELATED:
            return [str(one) for one in self.refs.many(spec, text)]
        if spec.choices:
            return [chosen(spec, part) for part in ([text] if spec.kind is Kind.CHOICE else text.split(";"))]
        if spec.kind is Kind.FLAG:
            if text.casefold() not in YES | NO:
                raise ValueError(_("Write “yes” or “no”, not “%(text)s”.", text=text))
            return ["y"] if text.casefold() in YES else []
        return [text]

    def within(self, spec: FieldSpec, texts: Texts) -> int | None:  # noqa: ARG002  # for tables with such fields
        """The list among whose items the field chooses, where the schema does not say it."""
        return None

    def changes(self, form: Form, row: Any) -> dict[str, dict[str, Any]]:
        """What the form changes, as people read it and as JSON keeps it."""
        found = {}
        for spec in self.specs.values():
            if spec.name not in form:
                continue
            old, new = None if row is None else spec.get(row), stored(spec, form[spec.name].data)
            if new is None and not spec.nullable and spec.default is not None:
                continue
            if not card.same(spec, old, new):
                pair = {"was": self.refs.worded(spec, old), "now": self.refs.worded(spec, new)}
                found[spec.name] = {**pair, "old": plain(spec, old), "new": plain(spec, new)}
        return found

    # ── The same row twice ───────────────────────────────────────────────────────────────────────────────────────────

    def twice(self, one: Judged) -> None:
        """An error if a line above is about the same row; a mistaken key is no row's, and that is said already."""
        key = () if one.errors.keys() & one.key.keys() else tuple(sorted(one.key.items()))
        first = self.seen.setdefault(key, one.line) if key else one.line
        if first != one.line:
            one.outcome = RowOutcome.ERROR
            one.errors[next(iter(one.key))] = _("Line %(line)s of the file is about the same row.", line=first)


def chosen(spec: FieldSpec, text: str) -> str:
    """The value of a vocabulary that the text means. Raises ValueError with a sentence."""
    said = text.strip().casefold()
    for locale in (None, "ru", "en"):  # files speak either language, whatever the reader's
        with force_locale(locale) if locale else nullcontext():
            for value, title in spec.choices:
                if said in {str(value).casefold(), str(title).casefold()}:
                    return str(value)
    words = ", ".join(str(title) for _value, title in spec.choices)
    raise ValueError(_("“%(text)s” is none of these: %(words)s.", text=text, words=words))


def stored(spec: FieldSpec, data: Any) -> Any:
    """What the row would keep; several linked rows by their ids."""
    if spec.kind is Kind.LINKS:
        return data or []
    return spec.blank if data in (None, "") else data


def plain(spec: FieldSpec, value: Any) -> Any:
    """The value as JSON keeps it: references by their ids."""
    return list(values.ids(value)) if spec.kind is Kind.LINKS else audit.plain(value)
