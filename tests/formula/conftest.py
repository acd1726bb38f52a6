"""The shipped forms, compiled once for all tests."""

import pytest

from admin_app.reporting.formula import Program, Values, compile_form
from seed.forms import document, sample
from tests.formula import small


@pytest.fixture(scope="session")
def oo1() -> Program:
    """The real form ОО-1."""
    return compile_form(document("oo1"))


@pytest.fixture(scope="session")
def passport() -> Program:
    """Паспорт организации."""
    return compile_form(document("passport"))


@pytest.fixture(scope="session")
def report(oo1: Program) -> Values:
    """A consistent filled ОО-1; copy it before changing it."""
    return small.put(oo1, oo1.blank(), dict(sample("oo1")))
