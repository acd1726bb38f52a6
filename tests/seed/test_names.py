"""Made-up numbers are well formed and each is used once."""

from random import Random

import pytest

from admin_app.reporting import codes
from seed.demo import names


@pytest.mark.parametrize(
    ("serial", "inn", "okpo"), [(1, "3899000019", "98000012"), (2, "3899000026", "98000026"), (3, "3899000033", "98000032")]
)
def test_known_numbers(serial: int, inn: str, okpo: str) -> None:
    made = names.numbers(serial)
    assert (made["inn"], made["okpo"]) == (inn, okpo)


def test_a_thousand_numbers() -> None:
    made = [names.numbers(serial) for serial in range(1, 1001)]
    assert all(codes.reason(kind, text) is None for one in made for kind, text in one.items())
    assert len({one["inn"] for one in made}) == len({one["ogrn"] for one in made}) == len({one["okpo"] for one in made}) == 1000


@pytest.mark.parametrize(
    ("man", "woman"), [("Иванов", "Иванова"), ("Березовский", "Березовская"), ("Тирских", "Тирских"), ("Грищенко", "Грищенко")]
)
def test_a_sisters_surname(man: str, woman: str) -> None:
    assert names.feminine(man) == woman


def test_the_same_luck_makes_the_same_people() -> None:
    assert [names.human(Random(7)) for _ in range(3)] == [names.human(Random(7)) for _ in range(3)]
