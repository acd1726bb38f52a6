"""Made-up people and organizations with names as they sound in the region."""

from dataclasses import dataclass
from pathlib import Path
from random import Random

import yaml

from admin_app.reporting import codes

FOUND = yaml.safe_load((Path(__file__).parent / "names.yaml").read_text("utf-8"))
LATIN: dict[str, str] = FOUND.pop("latin")
WORDS: dict[str, list[str]] = FOUND
INVARIABLE = ("их", "ых", "ко")


@dataclass(frozen=True)
class Human:
    """A made-up person."""

    surname: str
    name: str
    patronymic: str

    @property
    def full(self) -> str:
        """Фамилия Имя Отчество."""
        return f"{self.surname} {self.name} {self.patronymic}"


def human(luck: Random, woman: bool | None = None) -> Human:
    """Somebody who works in education: mostly women."""
    woman = luck.random() < 0.85 if woman is None else woman
    surname, father = luck.choice(WORDS["surnames"]), luck.choice(WORDS["fathers"])
    if not woman:
        return Human(surname, luck.choice(WORDS["men"]), f"{father}ич")
    return Human(feminine(surname), luck.choice(WORDS["women"]), f"{father}на")


def feminine(surname: str) -> str:
    """The surname of his sister."""
    if surname.endswith(INVARIABLE):
        return surname
    return f"{surname[:-2]}ая" if surname.endswith("ий") else f"{surname}а"


def villages(luck: Random, count: int) -> list[str]:
    """So many settlements that are on no map of the region, each once (as far as the names go)."""
    known = WORDS["villages"]
    return luck.sample(known * (count // len(known) + 1), count)


def street(luck: Random) -> str:
    """A street and a house."""
    return f"ул. {luck.choice(WORDS['streets'])}, д. {luck.randint(1, 99)}"


def checked(kind: str, beginning: str) -> str:
    """The code of this kind that begins so: with the check digit that fits."""
    return next(code for digit in range(10) if codes.reason(kind, code := f"{beginning}{digit}") is None)


def numbers(serial: int) -> dict[str, str]:
    """INN, KPP, OGRN and OKPO that are well formed and that nobody has: in ranges that no tax office gives out."""
    return {
        "inn": checked("inn", f"3899{serial:05}"),
        "kpp": "389901001",
        "ogrn": checked("ogrn", f"1{2 + serial % 23:02}3899{serial:05}"),
        "okpo": checked("okpo", f"98{serial:05}"),
    }
