"""The compiled rules say what a slow and plain reading of them says, on whole reports full of mistakes."""

import random
from collections import Counter

import pytest

from admin_app.reporting.formula import Program, Values
from tests.formula.slow import Slow


def spoiled(program: Program, report: Values, seed: int) -> Values:
    """A report with two hundred cells typed anew."""
    rng = random.Random(seed)
    values = report.copy()
    inputs = [cell for cell in program.slot_cells if cell.kind == "input"]
    for cell in rng.sample(inputs, 200):
        program.put(values, cell, rng.choice([None, 0, 1, rng.randint(0, 99), rng.randint(0, 999) / 10**cell.decimals]))
    program.calc(values)
    return values


@pytest.mark.parametrize("seed", range(2))
def test_the_same_rules_fail(oo1: Program, report: Values, seed: int) -> None:
    values = spoiled(oo1, report, seed)
    found = Counter(failure.check_id for failure in oo1.check(values))
    assert sum(found.values()) > 50
    assert found == Counter(Slow(oo1, values).failures())
