"""Addresses of a list with something changed, and its headings, made once per page."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup

from admin_app.crud.fields import FieldSpec, Kind
from admin_app.crud.listing import SORTED, UNBROKEN, Listing


@dataclass(frozen=True)
class Head:
    """A column's heading: its words, the address that sorts by it (or ""), the order it is in (or ""), its cells' attributes.

    All are ready-made text: a page has some hundreds of cells.
    """

    label: str
    address: str
    order: str
    cell: Markup


@dataclass(frozen=True)
class Links:
    """Addresses of this list with something changed; everything else stays as it is, and the first page comes."""

    address: str
    listing: Listing

    def query(self, **changes: Any) -> str:
        """The query string with these parameters instead; "" takes one away."""
        pairs = [pair for pair in self.listing.parameters if pair[0] not in changes]
        pairs += [(name, str(value)) for name, value in changes.items() if value != ""]
        return "?" + urlencode(pairs) if pairs else ""

    def to(self, **changes: Any) -> str:
        """The list with these parameters instead."""
        return self.address + self.query(**changes)

    def without(self, *pairs: tuple[str, str]) -> str:
        """The list without these parameters, each given with its value."""
        kept = [pair for pair in self.listing.parameters if pair not in pairs]
        return self.address + ("?" + urlencode(kept) if kept else "")

    def rest(self, *names: str) -> list[tuple[str, str]]:
        """The parameters that a form of this page sends along: all but those that it asks for itself."""
        return [pair for pair in self.listing.parameters if pair[0] not in names]

    def heads(self) -> list[Head]:
        """The columns' headings; a second choice of the same column turns the order round."""
        return [self.head(spec) for spec in self.listing.columns]

    def head(self, spec: FieldSpec) -> Head:
        """One heading."""
        label, whole = str(spec.label), spec.check in UNBROKEN or spec.kind in {Kind.DATE, Kind.MOMENT}
        cell = Markup(' data-label="{}"{}').format(label, Markup(' class="n"') if whole else "")
        if spec.kind not in SORTED:
            return Head(label, "", "", cell)
        here = self.listing.sort == spec.name
        down = here and not self.listing.down
        order = ("descending" if self.listing.down else "ascending") if here else ""
        return Head(label, self.to(sort="-" * down + spec.name), order, cell)
