"""What the demo's reports say: consistent numbers of the size of the organization."""

from random import Random

from admin_app.reporting.formula import Program
from models import Organization
from seed import forms as seed_forms

YEARS = {"1961": 12, "1968": 15, "1974": 20, "1979": 20, "1985": 16, "1991": 8, "2012": 4, "2019": 3}


class Filler:
    """Makes the texts that a clerk would type."""

    def __init__(self, luck: Random) -> None:
        self.luck = luck
        self.typed: dict[str, str] = {}

    def values(self, program: Program, organization: Organization, year: int, partly: bool) -> dict[str, str]:
        """Address → what is typed. ``partly``: as far as somebody gets in a morning."""
        values = self.passport() if program.form.code == "Паспорт" else self.oo1(program)
        if not partly:
            return values
        sections = list(dict.fromkeys(address.partition("/")[0] for address in values))
        done = set(sections[: self.luck.randint(1, max(1, len(sections) // 2))])
        return {address: text for address, text in values.items() if address.partition("/")[0] in done}

    def oo1(self, program: Program) -> dict[str, str]:
        """The sample report; twice as much of everything is as consistent as once."""
        if not self.typed:
            cells = ((address, value, program.cells.get(address)) for address, value in seed_forms.sample("oo1").items() if value)
            self.typed = {address: f"{value:g}" for address, value, cell in cells if cell is not None and cell.kind == "input"}
        return self.typed

    def passport(self) -> dict[str, str]:
        """Buildings and equipment."""
        luck = self.luck
        places = luck.choice((60, 90, 140, 250, 400, 640, 850, 1100))
        area = round(places * luck.uniform(6, 11), 1)
        computers = max(3, places // luck.randint(6, 14))
        built = luck.choices(list(YEARS), list(YEARS.values()))[0]
        repaired = str(luck.randint(max(int(built), 2004), 2025))
        column = {
            "01": places, "02": area, "03": round(area * luck.uniform(0.5, 0.8), 1), "04": computers, "05": int(computers * luck.uniform(0.5, 0.9)),
            "06": luck.choice((18, 19, 20, 20, 20, 21, 22, 10)), "07": built, "08": repaired, "09": int(luck.random() < 0.2),
        }  # fmt: skip
        return {f"3/{row}/3": str(value) for row, value in column.items()}
