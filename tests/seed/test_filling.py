"""The demo's samples add up, one by one and in every sum that the demo uses."""

import pytest

from admin_app.reporting.formula import Program, compile_form
from seed import forms
from seed.demo import filling


@pytest.fixture(scope="module")
def oo1() -> Program:
    """The compiled ОО-1."""
    return compile_form(forms.document("oo1"))


@pytest.mark.parametrize("size", sorted({*filling.VILLAGE, *filling.TOWN}), ids="+".join)
def test_a_demo_school_has_no_findings(oo1: Program, size: tuple[str, ...]) -> None:
    values = oo1.blank()
    for address, value in filling.together(size).items():
        if oo1.cells[address].kind == "input":
            oo1.put(values, oo1.cells[address], value)
    oo1.calc(values)
    assert oo1.check(values) == []
    assert oo1.get(values, oo1.cells["2.1.1.1/10/3"])


def test_a_broken_sample_would_be_found(oo1: Program) -> None:
    values = oo1.blank()
    for address, value in (filling.together(("tiny",)) | {"1.3/01/3": 9000.0}).items():
        if oo1.cells[address].kind == "input":
            oo1.put(values, oo1.cells[address], value)
    oo1.calc(values)
    assert oo1.check(values)
