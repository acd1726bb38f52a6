"""What a bulk edit would do to each row, and the doing: through the rights, the rules and the `write` of a single row's form."""

import base64
import json
import uuid
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from types import SimpleNamespace
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from admin_app.crud import card, conditions, mistakes, values
from admin_app.crud.fields import SEVERAL, FieldSpec, Kind
from admin_app.extensions import db
from admin_app.reporting import audit, undo
from admin_app.reporting.planned import TODAY, FromDay
from admin_app.reporting.refusal import Refused
from admin_app.reporting.writes import locked

CHUNK = 500


@dataclass(frozen=True)
class Several:
    """What is added to and taken from a list of rows, by their ids."""

    added: tuple[int, ...] = ()
    removed: tuple[int, ...] = ()

    def of(self, old: Sequence[int]) -> list[int]:
        """The list afterwards."""
        return [key for key in old if key not in self.removed] + [key for key in self.added if key not in old]


Wishes = Mapping[FieldSpec, Any]  # what each field becomes: a value as the form holds it, None to empty it, or `Several`


@dataclass
class Outcome:
    """What becomes of one row: fields with old and new value; or why it stays."""

    key: int
    pairs: list[tuple[FieldSpec, Any, Any]] = field(default_factory=list)
    refused: str = ""

    @property
    def mark(self) -> int:
        """The sign of exactly this change of the row, in 32 bits: what was shown is what is done."""
        pairs = [[spec.name, *(kept(spec, value) for value in pair)] for spec, *pair in self.pairs]
        return zlib.crc32(json.dumps(pairs, sort_keys=True).encode())


def kept(spec: FieldSpec, value: Any) -> Any:
    """A value as JSON holds it, several rows by their ids in order."""
    return sorted(values.ids(value)) if spec.kind in SEVERAL else audit.plain(value)


def wanted(spec: FieldSpec, wish: Any, row: Any) -> Any:
    """What the field of this row becomes, as a form would hold it."""
    return wish.of(values.ids(spec.get(row))) if isinstance(wish, Several) else wish


class RowForm:
    """One row's form as its table's `write` reads it: the wished fields, and the row's own values for the others."""

    def __init__(self, row: Any, wishes: Wishes) -> None:
        self.row = row
        self.wished = {spec.name: wanted(spec, wish, row) for spec, wish in wishes.items()}

    def __contains__(self, name: str) -> bool:
        return name in self.wished

    def __getitem__(self, name: str) -> Any:
        return SimpleNamespace(data=self.wished[name] if name in self.wished else getattr(self.row, name))


# ── Looking ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def look(view: Any, ids: Sequence[int], wishes: Wishes) -> list[Outcome]:
    """What becomes of every row within sight, as far as the rights and the fields say."""
    return [outcome(view, row, wishes) for rows in chunks(view, ids, wishes) for row in rows]


def chunks(view: Any, ids: Sequence[int], wishes: Wishes, lock: bool = False) -> Iterator[list[Any]]:
    """The rows within sight, some hundreds at a time, in order of their ids; locked if they are going to be changed."""
    model = view.model
    lists = [selectinload(getattr(model, spec.name)) for spec in wishes if spec.kind is Kind.LINKS]
    for start in range(0, len(ids), CHUNK):
        query = select(model).where(model.id.in_(ids[start : start + CHUNK])).order_by(model.id).options(*view.together, *lists)
        if lock:
            query = locked(query, model)
        yield list(db.session.scalars(query))


def outcome(view: Any, row: Any, wishes: Wishes) -> Outcome:
    """What becomes of one row."""
    pairs = [(spec, spec.get(row), wanted(spec, wish, row)) for spec, wish in wishes.items()]
    pairs = [(spec, old, stored(spec, new)) for spec, old, new in pairs]
    changed = [pair for pair in pairs if not card.same(*pair)]
    if not changed:
        return Outcome(row.id)
    settled = [str(spec.label) for spec, *_values in changed if spec.name in view.fixed(row)]
    if settled:
        return Outcome(row.id, refused=_("This can no longer be changed: %(labels)s.", labels=", ".join(settled)))
    return Outcome(row.id, changed, view.refusal("edit", row) or unfit(view, row, changed))


def stored(spec: FieldSpec, data: Any) -> Any:
    """What the row keeps of it; of several rows their ids."""
    return data if spec.kind in SEVERAL else card.stored(spec, data, db.session)


def unfit(view: Any, row: Any, changed: Sequence[tuple[FieldSpec, Any, Any]]) -> str:
    """Why the new values do not go together with the row's others; empty if they do. As `conditions` has it for a form."""
    new = {spec.name: value for spec, _old, value in changed}
    specs = {spec.name: spec for spec in view.typed()}

    def after(name: str) -> Any:
        return new[name] if name in new else specs[name].get(row) if name in specs else None

    for spec in specs.values():
        other = spec.only[0] if spec.only else ""
        asked = {spec.name, "type_id"} & set(new) and after("type_id") in spec.required_for
        if asked and after(spec.name) in (None, "", []):
            return _("Organizations of this type fill in “%(label)s”.", label=spec.label)
        given = spec.only and {spec.name, other} & set(new) and after(spec.name) not in conditions.NOTHING
        if given and not conditions.fits(getattr(after(other), "value", after(other)), spec.only[1]):
            return _("“%(label)s” is not given here: “%(other)s” says otherwise.", label=spec.label, other=specs[other].label)
    return ""


def rehearse(view: Any, ids: Sequence[int], wishes: Wishes, since: FromDay = TODAY) -> list[Outcome]:
    """The outcomes, with what the rules and the database refuse: done in a savepoint and taken back."""
    found = look(view, ids, wishes)
    ready = [one for one in found if one.pairs and not one.refused]
    refused = undo.trial(
        db.session,
        ready,
        lambda part: write(view, [one.key for one in part], wishes, since, settle=False),
        lambda _one, error: mistakes.sentence(error, view.model)[1],
    )
    for one in ready:
        one.refused = refused.get(id(one), "")
    return found


# ── Doing ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def write(
    view: Any,
    ids: Sequence[int],
    wishes: Wishes,
    since: FromDay = TODAY,
    settle: bool = True,
    check: Callable[[list[Any]], None] | None = None,
) -> int:
    """Change the rows `since` a day and flush, with what follows from it if they `settle`; how many. Raises what stands in the
    way, and what `check` says of the locked rows before they are changed."""
    count = 0
    for rows in chunks(view, ids, wishes, lock=True):
        if check is not None:
            check(rows)
        count += len(rows)
        since.change(db.session, rows, partial(write_all, view, rows, wishes))
        if settle and not since.planned:
            view.bulk_settle(rows, {spec.name for spec in wishes})
    return count


def write_all(view: Any, rows: Sequence[Any], wishes: Wishes) -> None:
    """Write these rows."""
    for row in rows:
        view.bulk_write(RowForm(row, wishes), row)


def apply(
    view: Any, ids: Sequence[int], wishes: Wishes, since: FromDay, check: Callable[[list[Any]], None]
) -> tuple[uuid.UUID, int]:
    """Change all these rows or none, as one batch: its id and how many rows. Raises Refused, what `check` says of the locked
    rows, or what the database says."""
    with audit.together("bulk") as batch:
        count = write(view, ids, wishes, since, check=check)
        if count < len(ids):
            raise Refused(_("A row is gone, or outside what you may see."))
        return batch, count


# ── The chosen rows, kept by the page ────────────────────────────────────────────────────────────────────────────────


def freeze(ids: Sequence[int]) -> str:
    """The ids as a short text: no filter can move under a page that carries them."""
    steps = [one - before for before, one in zip([0, *ids], ids, strict=False)]
    return base64.urlsafe_b64encode(zlib.compress(",".join(map(str, steps)).encode(), 9)).decode()


def thaw(text: str, most: int) -> list[int]:
    """The ids again. Raises ValueError for what `freeze` has not made, or more than `most`."""
    unpacker = zlib.decompressobj()
    try:
        raw = unpacker.decompress(base64.urlsafe_b64decode(text.encode()), most * 11)
    except zlib.error as error:
        raise ValueError("not a list of rows") from error
    if unpacker.unconsumed_tail or not unpacker.eof:
        raise ValueError("too many rows")
    ids, last = [], 0
    for step in raw.decode().split(",") if raw else []:
        last += int(step)
        ids.append(last)
    if len(ids) > most or any(not 0 < one < 2**31 for one in ids):
        raise ValueError("too many rows")
    return ids
