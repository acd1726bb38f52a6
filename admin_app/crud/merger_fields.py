"""The cards of two organizations that are merged, field by field: where they differ, and whose value stays."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from admin_app.crud import relations, values
from admin_app.crud.card import same
from admin_app.crud.fields import SEVERAL, FieldSpec
from models import Organization

KEPT, CLOSED, BOTH = "kept", "closed", "both"
PREFIX = "take-"  # how the form names the choice of a field
PLACE = frozenset({"parent_id", "level", "closed_on"})  # where the one that stays stands, and that it works, is not chosen here


@dataclass(frozen=True)
class Difference:
    """A field with two values as people read them; `chosen`: whose stays; `several`: both together can stay too."""

    spec: FieldSpec
    kept: str
    closed: str
    chosen: str

    @property
    def name(self) -> str:
        """How the form names the choice."""
        return PREFIX + self.spec.name

    @property
    def several(self) -> bool:
        """Can it hold both?"""
        return self.spec.kind in SEVERAL


@dataclass(frozen=True)
class Together:
    """A field that holds several, with what both have (see `uniting.Field`)."""

    spec: FieldSpec
    kept: Organization

    @property
    def name(self) -> str:
        """The field's own."""
        return self.spec.name

    def get(self, row: Any) -> Any:
        """What the one that stays has, then what only the duplicate has."""
        own = list(self.spec.get(self.kept) or [])
        return own + [one for one in self.spec.get(row) or [] if one not in own]

    def put(self, row: Any, value: Any) -> None:
        """Give it to the row."""
        self.spec.put(row, value)


def differing(specs: Iterable[FieldSpec], kept: Organization, closed: Organization) -> list[FieldSpec]:
    """The fields that a person types and in which the two differ."""
    typed = [spec for spec in specs if spec.typed and spec.name not in PLACE]
    return [spec for spec in typed if not same(spec, spec.get(kept), spec.get(closed))]


def choice(spec: FieldSpec, kept: Organization, sent: Mapping[str, str]) -> str:
    """Whose value stays: as sent, else that of the one that stays unless it has none."""
    asked = sent.get(PREFIX + spec.name, "")
    if asked in {KEPT, CLOSED} or (asked == BOTH and spec.kind in SEVERAL):
        return asked
    if spec.kind in SEVERAL:
        return BOTH
    return CLOSED if spec.get(kept) in (None, "", []) else KEPT


def differences(
    session: Session, specs: Iterable[FieldSpec], kept: Organization, closed: Organization, sent: Mapping[str, str]
) -> list[Difference]:
    """The fields in which the two differ, in words; one statement for all rows that they name."""
    found = differing(specs, kept, closed)
    wanted: dict[Any, set[int]] = {}
    for spec in found:
        if spec.target is not None:
            for row in (kept, closed):
                wanted.setdefault(spec.target, set()).update(values.ids(spec.get(row)))
    titles = relations.titles(session, wanted)

    def words(spec: FieldSpec, row: Organization) -> str:
        return str(values.words(spec, spec.get(row), titles))

    return [Difference(spec, words(spec, kept), words(spec, closed), choice(spec, kept, sent)) for spec in found]


def taken(
    specs: Iterable[FieldSpec], kept: Organization, closed: Organization, sent: Mapping[str, str]
) -> list[FieldSpec | Together]:
    """The fields that the one that stays gets from the duplicate, as `uniting.unite` takes them."""
    made: list[FieldSpec | Together] = []
    for spec in differing(specs, kept, closed):
        chosen = choice(spec, kept, sent)
        if chosen != KEPT:
            made.append(Together(spec, kept) if chosen == BOTH else spec)
    return made
