"""The demo's samples add up, one by one and in every sum that the demo uses."""

from random import Random

import pytest

from admin_app.reporting.formula import Program, compile_form
from models import Organization
from seed import forms
from seed.demo import filling


@pytest.fixture(scope="module")
def oo1() -> Program:
    """The compiled ОО-1."""
    return compile_form(forms.document("oo1"))


SIZES = {*filling.VILLAGE, *filling.TOWN}


@pytest.mark.parametrize("size", sorted({*SIZES, *map(filling.next_year, SIZES)}), ids="+".join)
def test_a_demo_school_has_no_findings(oo1: Program, size: tuple[str, ...]) -> None:
    values = oo1.blank()
    for address, value in filling.together(size).items():
        if oo1.cells[address].kind == "input":
            oo1.put(values, oo1.cells[address], value)
    oo1.calc(values)
    assert oo1.check(values) == []
    assert oo1.get(values, oo1.cells["2.1.1.1/10/3"])


@pytest.mark.parametrize("size", sorted(SIZES), ids="+".join)
def test_a_school_hardly_changes_in_a_year(size: tuple[str, ...]) -> None:
    later = filling.next_year(size)
    assert abs(len(later) - len(size)) == 1
    assert filling.next_year((*size, "small", "tiny")) == (*size, "small")


def test_a_house_stays_from_one_half_year_to_the_next() -> None:
    filler, school = filling.Filler(Random(1)), Organization(id=1)
    first, later = (filler.passport(school) for _ in range(2))
    assert {row: value for row, value in first.items() if row not in {"3/04/3", "3/05/3"}}.items() <= later.items()
    assert later["3/04/3"] >= first["3/04/3"]


def test_a_broken_sample_would_be_found(oo1: Program) -> None:
    values = oo1.blank()
    for address, value in (filling.together(("tiny",)) | {"1.3/01/3": 9000.0}).items():
        if oo1.cells[address].kind == "input":
            oo1.put(values, oo1.cells[address], value)
    oo1.calc(values)
    assert oo1.check(values)
