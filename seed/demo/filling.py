"""What the demo's reports say: consistent numbers of the size of the organization.

Every rule of ОО-1 that compares numbers holds for a sum of two reports for which it holds. So a few consistent samples of
different size, added up, give many different schools, and none of them has a mistake.
"""

from functools import cache
from pathlib import Path
from random import Random

from admin_app.reporting.formula import Program
from models import Organization
from seed import forms as seed_forms

SAMPLES = Path(__file__).parent / "samples"
SIGNS = ("1.1/", "1.2/")  # sections of yes and no, which don't add up
VILLAGE = (("tiny",), ("tiny",), ("tiny", "tiny"), ("village",), ("village",), ("village", "tiny"), ("small",))
TOWN = (
    ("middle",),
    ("middle", "small"),
    ("large",),
    ("large", "village"),
    ("full",),
    ("full", "small"),
    ("full", "middle"),
    ("full", "full"),
)
BUILT = {1961: 12, 1968: 15, 1974: 20, 1979: 20, 1985: 16, 1991: 8, 2012: 4, 2019: 3}
SPEEDS = (18, 19, 20, 20, 20, 21, 22, 10)

Numbers = dict[str, float]
Size = tuple[str, ...]


@cache
def sample(name: str) -> Numbers:
    """One of the samples, without zeros; "full" is the one that comes with the form."""
    if name == "full":
        return {address: value for address, value in seed_forms.sample("oo1").items() if value}
    rows = (line.split() for line in (SAMPLES / f"{name}.txt").read_text("utf-8").splitlines() if not line.startswith("#"))
    cells = ((row, *cell.split(":")) for row, *found in rows for cell in found)
    return {f"{row}/{column}": float(value) for row, column, value in cells}


def together(names: Size) -> Numbers:
    """The sum of the samples."""
    total: Numbers = {}
    for name in names:
        for address, value in sample(name).items():
            total[address] = value if address.startswith(SIGNS) else total.get(address, 0) + value
    return total


def next_year(size: Size) -> Size:
    """The school a year later: with one more small group of pupils, or without it again."""
    return size[:-1] if size[-1] == "tiny" and len(size) > 1 else (*size, "tiny")


class Filler:
    """Makes the texts that a clerk would type. A school is next year as large as it was, or nearly; its house stays."""

    def __init__(self, luck: Random) -> None:
        self.luck = luck
        self.sizes: dict[int, Size] = {}
        self.houses: dict[int, Numbers] = {}

    def values(self, program: Program, organization: Organization, partly: bool) -> dict[str, str]:
        """Address → what is typed. ``partly``: as far as somebody gets in a morning."""
        numbers = self.school(program, organization) if program.form.code == "ОО-1" else self.passport(organization)
        sections = list(dict.fromkeys(address.partition("/")[0] for address in numbers))
        done = set(sections[: self.luck.randint(1, max(1, len(sections) // 2))] if partly else sections)
        texts = {address: f"{value:.10g}" for address, value in numbers.items() if address.partition("/")[0] in done}
        plain = [address for address in texts if not address.startswith(SIGNS)]
        if partly and plain and self.luck.random() < 0.5:
            texts[self.luck.choice(plain)] += "0"  # a slip of the finger that the check will find
        return texts

    def size(self, organization: Organization) -> Size:
        """The samples that make up this school this year."""
        town = organization.settlement_type is not None and organization.settlement_type.code == "town"
        before = self.sizes.get(organization.id)
        if before is None:
            self.sizes[organization.id] = self.luck.choice(TOWN if town else VILLAGE)
        elif self.luck.random() < (0.7 if town else 0.15):
            self.sizes[organization.id] = next_year(before)
        return self.sizes[organization.id]

    def school(self, program: Program, organization: Organization) -> Numbers:
        """The open cells of ОО-1."""
        return {
            address: value
            for address, value in together(self.size(organization)).items()
            if program.cells[address].kind == "input"
        }

    def passport(self, organization: Organization) -> Numbers:
        """Buildings and equipment; from one half-year to the next only computers are added."""
        house = self.houses.get(organization.id) or self.house(organization)
        more = self.luck.choice((0, 0, 1, 2, 5)) if organization.id in self.houses else 0
        self.houses[organization.id] = house | {"04": house["04"] + more, "05": house["05"] + more}
        return {f"3/{row}/3": value for row, value in self.houses[organization.id].items()}

    def house(self, organization: Organization) -> Numbers:
        """By row: room for the pupils of its ОО-1 and some more."""
        luck = self.luck
        pupils = sum(
            value
            for address, value in together(self.sizes.get(organization.id, ())).items()
            if address.endswith("/3") and address.startswith("2.7.")
        )
        places = max(luck.choice((60, 90, 140, 250, 400)), int(pupils * luck.uniform(1.1, 1.4)))
        area = round(places * luck.uniform(6, 11), 1)
        computers = max(3, places // luck.randint(6, 14))
        built = luck.choices(list(BUILT), list(BUILT.values()))[0]
        column: Numbers = {"01": places, "02": area, "03": round(area * luck.uniform(0.5, 0.8), 1), "04": computers}
        column |= {"05": computers * 3 // 4, "06": luck.choice(SPEEDS), "07": built, "08": luck.randint(max(built, 2004), 2025)}
        return column | {"09": int(luck.random() < 0.2)}
