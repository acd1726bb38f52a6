"""Filters of lists: by any field, addressed by the field's own name, readable in the address.

`?level=branch` · several values are one of them: `?type_id=3&type_id=4` · an operator: `?full_name=лицей&full_name-op=has` ·
spans: `?closed_on-from=01.09.2026&closed_on-to=…` · `?phone-op=none`: empty, `some`: filled in. A reference to an organization
takes in everything below it unless the operator is `is`. What cannot be read is said and left out.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_
from sqlalchemy import ColumnElement, Date, String, and_, cast, false, func, not_, or_, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from admin_app.crud import offers, relations, searching, values
from admin_app.crud.fields import SEVERAL, FieldSpec, Kind, member
from admin_app.crud.inputs import read_day
from admin_app.crud.pickers import TEXT, number
from admin_app.reporting import entries, tree
from models import Organization

NONE, SOME = "none", "some"
IS, NOT, HAS, STARTS = "is", "not", "has", "starts"
OP, FROM, TO = "-op", "-from", "-to"
OPEN, ADD = "filters", "add"  # parameters of an address: the panel is open; with a filter by this field too
LETTERS = {Kind.TEXT, Kind.AREA}
SPANS = {Kind.INTEGER, Kind.NUMBER, Kind.DATE, Kind.MOMENT}
WORDS: dict[str, LazyString] = {
    IS: N_("is"), NOT: N_("is not"), HAS: N_("contains"), STARTS: N_("begins with"), NONE: N_("empty"), SOME: N_("filled in"),
}  # fmt: skip
Pair = tuple[str, str]


@dataclass(frozen=True)
class Chip:
    """A filter in use: its words, and the parameters of the address that make it, with their values."""

    label: str
    value: str
    pairs: tuple[Pair, ...]


@dataclass
class Filter:
    """One field's filter. `sent…`: what the address says; `values`, `first`, `last`: what was read of it; `wrong`: why it could
    not be read. `rows`: what may be chosen, None where one types.
    """

    spec: FieldSpec
    op: str = ""
    sent: tuple[str, ...] = ()
    sent_from: str = ""
    sent_to: str = ""
    values: list[Any] = field(default_factory=list)
    first: Any = None
    last: Any = None
    wrong: str = ""
    rows: list[tuple[int, str]] | None = None
    titles: dict[int, str] = field(default_factory=dict)
    paths: dict[int, str] = field(default_factory=dict)
    typed: str = ""

    @property
    def used(self) -> bool:
        """Does it narrow the list?"""
        return bool(self.values) or self.first is not None or self.last is not None or self.op in (NONE, SOME)

    @property
    def parameters(self) -> list[Pair]:
        """What the address says of it, as far as it makes sense or was not understood."""
        if not (self.used or self.wrong):
            return []
        name = self.spec.name
        pairs = [(name, one) for one in self.sent or [str(one) for one in self.values]]
        return [one for one in (*pairs, (name + OP, self.op), (name + FROM, self.sent_from), (name + TO, self.sent_to)) if one[1]]

    @property
    def operators(self) -> list[tuple[str, str]]:
        """The operators that the field has, with their words; the usual one first."""
        return [(op, str(words)) for op, words in operators(self.spec)]

    @property
    def is_subtree(self) -> bool:
        """Does it ask for all that lies in or below an organization?"""
        return self.spec.target is Organization and self.op != IS and self.spec.kind is Kind.REF

    def clauses(self, model: Any) -> list[ColumnElement[bool]]:
        """The SQL conditions."""
        if not self.used:
            return []
        if self.op in (NONE, SOME):
            empty = is_empty(self.spec, model)
            return [empty if self.op == NONE else not_(empty)]
        found = self.condition(model)
        return [not_(func.coalesce(found, false())) if self.op == NOT else found]

    def condition(self, model: Any) -> ColumnElement[bool]:
        """What a row must fulfil, or must not."""
        if self.spec.kind in SPANS:
            value: Any = cast(self.spec.sql(model), Date) if self.spec.kind is Kind.MOMENT else self.spec.sql(model)
            edges = [value >= self.first] if self.first is not None else []
            return and_(*edges, *([value <= self.last] if self.last is not None else []))
        return or_(*(self.one_of(model, value) for value in self.values))

    def one_of(self, model: Any, value: Any) -> ColumnElement[bool]:
        """One of the values."""
        if self.spec.kind in LETTERS:
            before, after = {HAS: ("", ""), "": ("^", ""), STARTS: ("^", "")}.get(self.op, ("^", "$"))
            return cast(self.spec.sql(model), String).regexp_match(before + searching.folded(value) + after)
        if self.is_subtree:
            return below(self.spec, model, value, self.paths[value]) if value in self.paths else false()
        return self.spec.holds(model, value)

    def chip(self) -> Chip:
        """Its words while in use."""
        return Chip(str(self.spec.label), self.words(), tuple(self.parameters))

    def words(self) -> str:
        """The values as people read them."""
        if self.op in (NONE, SOME):
            return str(WORDS[self.op])
        if self.spec.kind in SPANS:
            first = _("from %(date)s", date=self.say(self.first)) if self.first is not None else ""
            last = _("to %(date)s", date=self.say(self.last)) if self.last is not None else ""
            said = f"{first} {last}".strip()
        else:
            said = _(" or ").join(self.say(value) for value in self.values)
            if self.spec.target is Organization and self.op != IS:
                said = str(_("%(name)s and below", name=said))
        shown = self.op in (NOT, HAS, STARTS) or (self.op == IS and self.spec.kind in LETTERS)
        return f"{WORDS[self.op]} {said}" if shown else said

    def say(self, value: Any) -> str:
        """One value."""
        if self.spec.target is not None:
            return self.titles.get(value, "")
        if self.spec.kind in SPANS:
            return values.day(self.spec, value) if self.spec.kind in {Kind.DATE, Kind.MOMENT} else str(value).replace(".", ",")
        if self.spec.kind is Kind.FLAG:
            return str(_("yes") if value else _("no"))
        return str(dict(self.spec.choices).get(value, value))


def operators(spec: FieldSpec) -> list[tuple[str, LazyString]]:
    """The operators of a field; the usual one is the empty word."""
    empty = [(NONE, WORDS[NONE]), (SOME, WORDS[SOME])]
    if spec.kind in LETTERS:
        return [("", WORDS[STARTS]), (HAS, WORDS[HAS]), (IS, WORDS[IS]), (NOT, WORDS[NOT]), *empty]
    if spec.kind in SPANS:
        return [("", N_("between")), (NOT, N_("not between")), *empty]
    if spec.kind is Kind.FLAG:
        return []
    if spec.target is Organization and spec.kind is Kind.REF:
        return [("", N_("in or below")), (IS, WORDS[IS]), (NOT, N_("not below")), *empty]
    return [("", N_("one of")), (NOT, N_("none of")), *empty]


def is_empty(spec: FieldSpec, model: Any) -> ColumnElement[bool]:
    """The row says nothing here."""
    if spec.kind is Kind.LINKS:
        return not_(getattr(model, spec.name).any())
    value = spec.sql(model)
    if spec.kind in SEVERAL and not spec.extra:
        return func.coalesce(func.cardinality(value), 0) == 0
    return or_(value.is_(None), value == "") if spec.kind in LETTERS else value.is_(None)


def below(spec: FieldSpec, model: Any, key: int, path: str) -> ColumnElement[bool]:
    """The field names the organization or one below it; an organization's superior does if it lies below it itself."""
    if model is Organization and spec.name == "parent_id":
        return and_(tree.below(path), Organization.id != key)
    return spec.sql(model).in_(select(Organization.id).where(tree.below(path)))


# ── Reading an address ───────────────────────────────────────────────────────────────────────────────────────────────


def read(specs: Iterable[FieldSpec], session: Session, args: MultiDict[str, str]) -> list[Filter]:
    """The filters that the schema marks, those that the address uses and those that it adds, with what it says of each.

    What may be chosen is looked up only while the panel is open.
    """
    added = set(args.getlist(ADD))
    found = [one(spec, args) for spec in specs if spec.tabular and (spec.filter or spec.name in added or said_of(spec, args))]
    references = [flt for flt in found if flt.spec.target is not None]
    if OPEN in args or added:
        offered = relations.options(session, [flt.spec for flt in references])
        for flt in references:
            flt.rows = offered[flt.spec.target, flt.spec.classifier]  # type: ignore[index]
    for flt in references:
        look_up(flt, session)
    name_them(references, session)
    return found


def said_of(spec: FieldSpec, args: MultiDict[str, str]) -> bool:
    """Does the address say something of the field?"""
    return any(args.get(spec.name + suffix, "").strip() for suffix in ("", OP, FROM, TO, TEXT))


def look_up(flt: Filter, session: Session) -> None:
    """A name typed where nothing was chosen (without scripts) is looked up."""
    if flt.typed and not flt.sent:
        try:
            flt.values = [offers.meant(session, flt.spec, flt.typed)]
        except ValueError as error:
            flt.wrong = str(error)


def name_them(references: Iterable[Filter], session: Session) -> None:
    """Give the chosen rows their titles; a row that the actor doesn't see is no filter."""
    wanted: dict[Any, set[int]] = {}
    for flt in references:
        flt.titles = {} if flt.spec.target in relations.LISTED else dict(flt.rows or ())
        wanted.setdefault(flt.spec.target, set()).update(key for key in flt.values if key not in flt.titles)
    titles = relations.titles(session, {model: keys for model, keys in wanted.items() if keys})
    for flt in references:
        flt.titles |= {key: title for (model, key), title in titles.items() if model is flt.spec.target}
        unknown = [key for key in flt.values if key not in flt.titles]
        if unknown:
            flt.values = [key for key in flt.values if key in flt.titles]
            flt.sent, flt.wrong = (), _("There is no such row, or it lies outside what you may see.")
    find_them([flt for flt in references if flt.is_subtree], session)


def find_them(subtrees: Iterable[Filter], session: Session) -> None:
    """Where the chosen organizations stand: a list below a known place is planned well, below one that is asked for badly."""
    if wanted := {key for flt in subtrees for key in flt.values}:
        rows = session.execute(select(Organization.id, Organization.path).where(Organization.id.in_(wanted)))
        paths = {row.id: row.path for row in rows}
        for flt in subtrees:
            flt.paths = {key: paths[key] for key in flt.values if key in paths}


def one(spec: FieldSpec, args: MultiDict[str, str]) -> Filter:
    """Read one field's filter out of the address."""
    name = spec.name
    sent = [value for one in args.getlist(name) if (value := entries.clean(one))][:100]
    flt = Filter(spec, args.get(name + OP, ""), typed=entries.clean(args.get(name + TEXT, ""))[:250])
    if spec.kind not in LETTERS and sent and sent[0] in (NONE, SOME):
        flt.op, sent = sent[0], []
    if flt.op not in dict(operators(spec)):
        flt.op = ""
    flt.sent, flt.sent_from, flt.sent_to = tuple(sent), args.get(name + FROM, "").strip(), args.get(name + TO, "").strip()
    try:
        understand(flt)
    except ValueError as error:
        flt.values, flt.first, flt.last, flt.wrong = [], None, None, str(error)
    return flt


def understand(flt: Filter) -> None:
    """Read the values. Raises ValueError with a sentence."""
    if flt.op in (NONE, SOME):
        flt.sent, flt.sent_from, flt.sent_to = (), "", ""
    elif flt.spec.kind in SPANS:
        if flt.sent:  # exactly this
            flt.sent_from = flt.sent_to = flt.sent[0]
            flt.sent = ()
        flt.first = edge(flt.spec, flt.sent_from) if flt.sent_from else None
        flt.last = edge(flt.spec, flt.sent_to) if flt.sent_to else None
    else:
        flt.values = [value_of(flt.spec, one) for one in flt.sent]


def edge(spec: FieldSpec, sent: str) -> Any:
    """The end of a span. Raises ValueError with a sentence."""
    if spec.kind in {Kind.DATE, Kind.MOMENT}:
        return read_day(sent)
    plain = "".join(sent.split()).replace(",", ".")
    if not re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,15})?", plain):
        raise ValueError(_("“%(value)s” is no number; the filter “%(label)s” is left out.", value=sent, label=spec.label))
    return float(plain) if "." in plain else int(plain)


def value_of(spec: FieldSpec, sent: str) -> Any:
    """The value that the text stands for. Raises ValueError with a sentence."""
    if spec.kind is Kind.FLAG and sent in {"0", "1"}:
        return sent == "1"
    if spec.kind in {Kind.CHOICE, Kind.CHOICES} and sent in {key for key, _title in spec.choices}:
        return member(spec.vocabulary, sent) if spec.vocabulary and spec.kind is Kind.CHOICE else sent
    if spec.target is not None and (key := number(sent)) is not None:
        return key
    if spec.kind in LETTERS:
        return sent[:250]
    raise ValueError(_("“%(value)s” is none of the values of “%(label)s”; the filter is left out.", value=sent, label=spec.label))
