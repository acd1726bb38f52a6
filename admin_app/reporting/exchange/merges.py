"""Merged cells of a sheet: who stands for whom."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from flask_babel import gettext as _

from admin_app.reporting.exchange.cells import column
from admin_app.reporting.refusal import Refused

MAX_MERGES = 50_000  # two for each organization of a region's registry, ten times over
MAX_MERGED = 2_000_000  # cells under one merge: a whole column (1,048,576) is clumsy formatting, a whole sheet an attack
MERGE = re.compile(rb'mergeCell\s[^>]{0,100}?ref="([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})"')
LONGEST = 200  # bytes that one mention may straddle between two pieces


class Merge(NamedTuple):
    """Lines from 1, columns from 0, both ends included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass
class Merges:
    """All of a sheet's merges, by their first line."""

    by_top: dict[int, list[Merge]] = field(default_factory=dict)

    @classmethod
    def found(cls, pieces: Iterable[bytes]) -> "Merges":
        """Search the sheet's bytes: merges stand after the rows, where a streaming reader comes too late.

        Raises Refused for more merges, or bigger ones, than a table has.
        """
        merges, rest, count = cls(), b"", 0
        for piece in pieces:
            rest += piece
            last = 0
            for found in MERGE.finditer(rest):
                last = found.end()
                count += 1
                if count > MAX_MERGES:
                    raise Refused(_("The sheet has too many merged cells."))
                merges.add(Merge(int(found[2]), column(found[1].decode()), int(found[4]), column(found[3].decode())))
            rest = rest[max(last, len(rest) - LONGEST) :]
        return merges

    def add(self, merge: Merge) -> None:
        """One more. Raises Refused if it covers more than any table has."""
        if (merge.bottom - merge.top + 1) * (merge.right - merge.left + 1) > MAX_MERGED:
            raise Refused(_("A merged cell covers the whole sheet. Undo the merge and save the file anew."))
        self.by_top.setdefault(merge.top, []).append(merge)

    def within(self, first: int, last: int) -> list[Merge]:
        """Those that begin in these lines."""
        return [one for line in range(first, last + 1) for one in self.by_top.get(line, ())]
