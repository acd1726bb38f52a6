"""How many cells a tree names, and along which axes: sections, rows, columns."""

from collections.abc import Iterator
from itertools import product

from .errors import N_, Stop
from .form import Source
from .places import TEXT, Here, Places
from .tree import Call, Card, Chain, Node, Num, Ref

Shape = tuple[int, int, int]
ONE: Shape = (1, 1, 1)


class Shapes:
    """The references of one formula or rule, found once."""

    def __init__(self, places: Places, here: Here) -> None:
        self.places = places
        self.here = here
        self.cells: dict[Ref, tuple[Shape, list[int]]] = {}

    def slots_of(self, ref: Ref) -> tuple[Shape, list[int]]:
        """The slots of a reference, section by section, row by row."""
        if ref not in self.cells:
            self.cells[ref] = self._external(ref) if ref.form or ref.previous else self._internal(ref)
        return self.cells[ref]

    def _internal(self, ref: Ref) -> tuple[Shape, list[int]]:
        sections, rows, columns = self.places.find(ref, self.here)
        found = [self.places.sections[s].slot(r, c) for s, r, c in product(sections, rows, columns)]
        if all(slot == TEXT for slot in found):
            raise Stop(N_("Cells with text can't be calculated with."), ref.at)
        if not any(slot >= 0 for slot in found) and ref.rows and ref.columns:
            raise Stop(N_("All cells named here are crossed out."), ref.at)
        return (len(sections), len(rows), len(columns)), found

    def _external(self, ref: Ref) -> tuple[Shape, list[int]]:
        named = self.places.elsewhere(ref, self.here)
        found = []
        for section, row, column in product(*named):
            address = f"{section}/{row}/{column}"
            decimals = None if ref.form else self.places.decimals_of(address)
            if not ref.form and decimals is None:
                raise Stop(N_("Cells with text can't be calculated with."), ref.at)
            found.append(self.places.outside(Source("report", "", ref.form, ref.previous, address), decimals))
        return (len(named[0]), len(named[1]), len(named[2])), found

    def shape(self, node: Node) -> Shape | None:
        """The shape of what is compared cell by cell; None where only sums (which adapt) and numbers are."""
        if isinstance(node, Ref):
            return self.slots_of(node)[0]
        if isinstance(node, Num | Card) or folds(node):
            return None
        children = node.items if isinstance(node, Chain) else node.args
        return self.together([self.shape(child) for child in children], node.at)

    def together(self, shapes: list[Shape | None], at: int) -> Shape | None:
        known = [shape for shape in shapes if shape is not None]
        if not known:
            return None
        axes = []
        for lengths in zip(*known, strict=True):
            longest = max(lengths)
            other = next((length for length in lengths if length not in (1, longest)), None)
            if other is not None:
                raise Stop(N_("Here %(a)s cells meet %(b)s cells."), at, a=other, b=longest)
            axes.append(longest)
        return axes[0], axes[1], axes[2]

    def target(self, node: Node) -> Shape:
        """What sums on both sides of a comparison are taken to: see docs/forms.md, “Sums”."""
        shape = self.shape(node)
        if shape is not None:
            return shape
        folded = list(_refs(node))
        if len(folded) > 1:
            for axis in (2, 1):
                names = {self._axis(ref, axis) for ref in folded}
                length = self.slots_of(folded[0])[0][axis]
                if len(names) == 1 and length > 1:
                    return (1, 1, length) if axis == 2 else (1, length, 1)
        return ONE

    def _axis(self, ref: Ref, axis: int) -> tuple[str, ...]:
        if ref.form or ref.previous:
            return self.places.elsewhere(ref, self.here)[axis]
        indexes = self.places.find(ref, self.here)
        place = self.places.sections[indexes[0][0]]
        return tuple((place.rows if axis == 1 else place.columns)[at] for at in indexes[axis])


def folds(node: Node) -> bool:
    """Whether the node takes many cells to fewer: it adapts to what it is compared with."""
    return isinstance(node, Call) and (node.name == "SUM" or (node.name in ("MIN", "MAX") and len(node.args) == 1))


def _refs(node: Node) -> Iterator[Ref]:
    if isinstance(node, Ref):
        yield node
    elif isinstance(node, Chain | Call):
        for child in node.items if isinstance(node, Chain) else node.args:
            yield from _refs(child)
