"""Two people in one card: every field is merged three ways, and nobody's typing is lost.

The form carries its base in one hidden field: what each of its fields would send untouched. When it comes back, a field that was
not touched takes what the row has now; one that only this person changed keeps what was typed; lists of several merge item by
item. What both changed differently is a clash: nothing is saved, the page shows both values with who changed it and when, and
carries a new base, so that saving again is deliberate. A form without a base (a script) overwrites, as it asks.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import or_, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from wtforms import Form

from admin_app.crud import relations, values
from admin_app.crud.card import key_of, same
from admin_app.crud.fields import SEVERAL, FieldSpec, Kind
from admin_app.crud.pickers import TEXT, Picker
from admin_app.reporting import scope
from models import Base, Event

BASE, THEIRS = "base", "theirs"
UNSENT = SEVERAL | {Kind.FLAG}  # kinds that send nothing when they are empty
RECENT = 50  # events looked through for who changed a field

Raw = Mapping[str, list[str]]


@dataclass
class Merged:
    """What goes into the form now, and what there is to tell.

    `clashes`: fields changed by both; `taken`: fields that only others changed; `settled`: fields that were typed into and can't
    be changed any more; `garbled`: the base could not be read, so every field that differs is a clash.
    """

    data: MultiDict[str, str]
    clashes: list[FieldSpec] = field(default_factory=list)
    taken: list[FieldSpec] = field(default_factory=list)
    settled: list[FieldSpec] = field(default_factory=list)
    garbled: bool = False

    @property
    def clear(self) -> bool:
        """May the form be saved?"""
        return not (self.clashes or self.settled or self.garbled)


@dataclass(frozen=True)
class Author:
    """Who changed a field, and when; `own`: the same person, in another window."""

    name: str
    at: datetime
    own: bool

    @property
    def when(self) -> str:
        """The moment as people read it."""
        return values.at(self.at)


@dataclass(frozen=True)
class Clash:
    """What stands in the row where the person has typed something else; `author` is None if the log does not say."""

    theirs: str | Markup
    author: Author | None


# ── What fields send ─────────────────────────────────────────────────────────────────────────────────────────────────


def sent_of(value: Any) -> list[str]:
    """What an untouched field sends for a row's value."""
    if isinstance(value, bool):
        return ["y"] if value else []
    if value is None:
        return []
    if isinstance(value, date):
        return [value.isoformat()]
    if isinstance(value, list):
        return [str(key_of(one) if isinstance(one, Base) else one) for one in value]
    return [str(value)]


def base_of(form: Form) -> str:
    """The base that the form carries. What the person may not see is not in it. Ask before the row's session is rolled back."""
    found: dict[str, list[str]] = {}
    for one in form:
        if isinstance(one, Picker):
            if one.locked:
                continue
            if one.rows is None:
                found[one.name + TEXT] = [one.titles.get(one.object_data, "")]
        found[one.name] = sent_of(one.object_data)
    return json.dumps(found, ensure_ascii=False)


def read(text: str | None) -> Raw | None:
    """The base as it came back. None if it can't be read."""
    try:
        found = json.loads(text or "")
    except (ValueError, RecursionError):
        return None
    good = isinstance(found, dict) and all(
        isinstance(several, list) and all(isinstance(one, str) for one in several) for several in found.values()
    )
    return found if good else None


def as_sent(raw: Raw) -> MultiDict[str, str]:
    """As a form's data."""
    return MultiDict([(name, one) for name, several in raw.items() for one in several])


def put(data: MultiDict[str, str], name: str, several: list[str]) -> None:
    """Let the field send this instead."""
    data.poplist(name)
    data.poplist(name + TEXT)
    data.setlist(name, several)


# ── The merge ────────────────────────────────────────────────────────────────────────────────────────────────────────


def merge(kind: type[Form], specs: Iterable[FieldSpec], row: Any, sent: MultiDict[str, str], fixed: set[str]) -> Merged:
    """Merge what was sent with what the row has now. `kind`: the form's class; `fixed`: what can't be changed (any more)."""
    merged = Merged(MultiDict(sent))
    if BASE not in sent:
        return merged
    base = read(sent.get(BASE))
    merged.garbled = base is None
    for name in sent.getlist(THEIRS):
        if base is not None and name in base:
            put(merged.data, name, base[name])  # the other person's value is wanted: as if it had not been touched
    specs = [spec for spec in specs if base is None or spec.name in base]
    now = {spec.name: sent_of(spec.get(row)) for spec in specs}
    trio = Trio(merged.data, base, now, kind(merged.data), kind(as_sent(base or now)), kind(as_sent(now)))
    for spec in specs:
        if spec.name not in fixed:
            decide(spec, trio, merged)
        elif trio.touched(spec):
            merged.settled.append(spec)
    return merged


@dataclass(frozen=True)
class Trio:
    """What was typed, what the form showed and what the row has now: as sent, and as read by the form's fields."""

    data: MultiDict[str, str]
    base: Raw | None
    now: Raw
    mine: Form
    shown: Form
    theirs: Form

    def by_hand(self, spec: FieldSpec) -> bool:
        """Was something typed into a picker's visible input where no script runs? What it means is looked up later."""
        typed = self.data.get(spec.name + TEXT)
        if typed is None or self.base is None or not same(spec, self.shown[spec.name].data, self.mine[spec.name].data):
            return False
        return typed.strip() != "".join(self.base.get(spec.name + TEXT, [])).strip()

    def touched(self, spec: FieldSpec) -> bool:
        """Has the person changed the field?"""
        one = self.mine[spec.name]
        if spec.name not in self.data and spec.kind not in UNSENT:
            return False
        if self.base is None or self.by_hand(spec) or one.process_errors:
            return True
        return not same(spec, self.shown[spec.name].data, one.data)

    def changed(self, spec: FieldSpec) -> bool:
        """Have others changed the field?"""
        return self.base is None or not same(spec, self.shown[spec.name].data, self.theirs[spec.name].data)

    def agreed(self, spec: FieldSpec) -> bool:
        """Has everybody come to the same?"""
        one = self.mine[spec.name]
        return not one.process_errors and not self.by_hand(spec) and same(spec, self.theirs[spec.name].data, one.data)

    def together(self, name: str) -> list[str]:
        """Several: theirs, without what this person took away, with what this person added."""
        mine, base, now = self.data.getlist(name), (self.base or {}).get(name, []), self.now[name]
        kept = [one for one in now if one in mine or one not in base]
        return kept + [one for one in mine if one not in base and one not in now]


def decide(spec: FieldSpec, trio: Trio, merged: Merged) -> None:
    """Merge one field. One that was not touched takes what the row has: a picker's old title is then no wish either."""
    touched, changed = trio.touched(spec), trio.changed(spec)
    if not touched and trio.base is not None:
        put(merged.data, spec.name, trio.now[spec.name])
        merged.taken += [spec] if changed else []
    elif not touched or not changed or trio.agreed(spec):
        return
    elif spec.kind in SEVERAL and trio.base is not None:
        merged.data.setlist(spec.name, trio.together(spec.name))
        merged.taken.append(spec)
    else:
        merged.clashes.append(spec)


# ── What there is to tell ────────────────────────────────────────────────────────────────────────────────────────────


def authors(session: Session, row: Base, names: Iterable[str]) -> dict[str, Author]:
    """Who changed these fields of the row last, as the log says. The row's own editors may know it wherever the event belongs."""
    wanted = list(names)
    if not wanted:
        return {}
    about = Event.subject_type == row.__tablename__, Event.subject_id == key_of(row), Event.kind == "row.changed"
    query = select(Event.actor_id, Event.actor_name, Event.at, Event.data).where(*about)
    found: dict[str, Author] = {}
    with scope.unscoped("who changed a card that is being edited"):
        newest = query.where(or_(*(Event.data.has_key(name) for name in wanted))).order_by(Event.id.desc()).limit(RECENT)
        for actor_id, actor_name, at, data in session.execute(newest):
            author = Author(actor_name, at, actor_id is not None and actor_id == scope.current().user_id)
            found = {name: author for name in wanted if name in data} | found
    return found


def tell(merged: Merged, form: Form, row: Any, session: Session) -> list[str]:
    """Say at the fields and at the head what hinders; returns the sentences about what was taken in from others."""
    known = authors(session, row, [spec.name for spec in (*merged.clashes, *merged.taken)])
    if merged.garbled:
        form.form_errors.append(
            _("The page has lost what its fields showed at first. What differs from the card is marked: compare, save again.")
        )
    for spec in merged.settled:
        typed = "; ".join(merged.data.getlist(spec.name)) or "—"
        form.form_errors.append(_("“%(label)s” can no longer be changed; you had: %(typed)s", label=spec.label, typed=typed))
    wanted: dict[Any, set[int]] = {}
    for spec in merged.clashes:
        if spec.target is not None:
            wanted.setdefault(spec.target, set()).update(values.ids(spec.get(row)))
    titles = relations.titles(session, wanted)
    for spec in merged.clashes:
        one = form[spec.name]
        one.clash = Clash(values.words(spec, spec.get(row), titles), known.get(spec.name))
        one.errors = [*one.errors, sentence(one.clash.author)]
    return taken(merged.taken, known)


def sentence(author: Author | None) -> str:
    """What is said at a field that both have changed."""
    if author is None:
        return str(_("The card has another value here by now. Save again to keep yours."))
    if author.own:
        return str(_("You have changed this meanwhile in another window. Save again to keep what stands here."))
    return str(_("%(name)s has changed this meanwhile: save again to keep yours.", name=author.name))


def taken(specs: Iterable[FieldSpec], known: Mapping[str, Author]) -> list[str]:
    """The sentences about fields that others changed meanwhile and that were not touched: one for each of the others."""
    groups: dict[str, list[str]] = {}
    for spec in specs:
        author = known.get(spec.name)
        groups.setdefault("" if author is None or author.own else author.name, []).append(str(spec.label))
    return [
        _("%(name)s changed meanwhile, and it stays: %(labels)s.", name=name, labels=", ".join(labels))
        if name
        else _("Changed meanwhile, and it stays: %(labels)s.", labels=", ".join(labels))
        for name, labels in groups.items()
    ]


def end_of(session: Session, model: type[Base], key: int) -> Author | None:
    """Who deleted this row, as far as the actor may read the log; None if nobody did."""
    about = Event.subject_type == model.__tablename__, Event.subject_id == key, Event.kind == "row.deleted"
    found = session.execute(select(Event.actor_id, Event.actor_name, Event.at).where(*about)).first()
    return None if found is None else Author(found.actor_name, found.at, found.actor_id == scope.current().user_id)
