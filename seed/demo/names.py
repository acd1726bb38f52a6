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
    """So many settlements, each once (as far as the names go): «с. Троицкое», «п. Хвойный», «д. Еловка»."""
    known = WORDS["villages"]
    return [f"{kind(luck, name)} {name}" for name in luck.sample(known * (count // len(known) + 1), count)]


def kind(luck: Random, name: str) -> str:
    """What a settlement with this name is called: its ending agrees with село, посёлок or деревня."""
    if name.endswith(("ое", "во", "но", "ье")):
        return "с."
    return "п." if name.endswith(("ый", "ий", "ой", "Яр", "Лог", "Бор", "Ключ", "ор")) else luck.choice(("д.", "д.", "с."))


def street(luck: Random) -> str:
    """A street and a house."""
    return f"ул. {luck.choice(WORDS['streets'])}, д. {luck.randint(1, 99)}"


CODES = {"701": "3952", "714": "3953", "703": "3955"}  # by the first digits of the ОКТМО after the region's


def phone(oktmo: str, number: int) -> str:
    """A number that nobody has: with the code of the city, or one made up for the district."""
    line = f"{number // 100 % 100:02}-{number % 100:02}"
    city = CODES.get(oktmo[2:5], "3952" if oktmo.endswith("000000") else "")
    return f"+7 ({city}) 90-{line}" if city else f"+7 (395{oktmo[3:5]}) 9-{line}"


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
