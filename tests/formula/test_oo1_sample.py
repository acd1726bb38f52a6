"""The consistent report passes; every kind of mistake in it is told by exactly the rules that it breaks."""

import pytest

from admin_app.reporting.formula import Program, Values
from seed.forms import sample
from tests.formula import small


def test_the_sample_passes_every_rule(oo1: Program, report: Values) -> None:
    assert sum(report.known) > 20_000
    assert small.at(oo1, report, "2.1.1.1/10/3") == 672
    assert small.at(oo1, report, "3.1/01/3") == 73
    assert oo1.check(report) == []


def test_computing_the_sample_changes_nothing(oo1: Program, report: Values) -> None:
    """Its totals were worked out by hand, so to say: they are the ones we compute."""
    typed = sample("oo1")
    assert all(small.at(oo1, report, address) == value for address, value in typed.items())


@pytest.mark.parametrize(
    ("address", "value", "expected"),
    [
        pytest.param("1.3/02/3", 298, {"1.3:1"}, id="из них"),
        pytest.param("1.3/03/3", 9, {"1.3:8"}, id="в том числе"),
        pytest.param("1.3/01/4", 298, {"1.3:11"}, id="включение граф"),
        pytest.param("1.3/01/7", 41, {"1.3:13"}, id="включение граф второго порядка"),
        pytest.param("2.1.1.1/12/4", 3, {"2.1.1.1:3"}, id="вторая сумма строк"),
        pytest.param("2.6.1/16/20", 1, {"2.6.1:19"}, id="сумма двух строк и сумма двух других"),
        pytest.param("2.7.1/02/5", 999, {"2.7.1:8"}, id="сумма строк"),
        pytest.param("3.2/02/4", 60, {"3.2:21"}, id="межраздельный, строка к строке"),
        pytest.param("2.1.3.1/02/4", 5, {"1.3:16", "2.3.1:19", "2.7.1:7"}, id="межраздельный, из нескольких таблиц"),
        pytest.param("2.2.2/02/4", 5, {"2.2.2:17"}, id="условие заполнения"),
        pytest.param("3.1/08/16", 90, {"3.1:36"}, id="диапазон"),
        pytest.param("3.4/03/7", 9, {"3.4:2", "3.4:19"}, id="движение"),
        pytest.param("1.2/05/3", 1, set(), id="признак сам по себе"),
    ],
)
def test_one_wrong_cell(oo1: Program, report: Values, address: str, value: float, expected: set[str]) -> None:
    broken = small.put(oo1, report.copy(), {address: value})
    assert {failure.check_id for failure in oo1.check(broken)} == expected


def test_lyceum_classes_need_their_mark_in_1_2(oo1: Program, report: Values) -> None:
    broken = small.put(oo1, report.copy(), {"2.1.1.1/07/4": 1})
    failures = {failure.check_id: failure for failure in oo1.check(broken)}
    assert set(failures) == {"2.1.1.1:11", "2.4.1:3"}
    assert failures["2.1.1.1:11"].cells == ("1.2/29/3", "1.2/30/3", "2.1.1.1/07/4")
    assert failures["2.1.1.1:11"].address == "2.1.1.1/07/4"
    marked = small.put(oo1, broken, {"1.2/30/3": 1})
    assert {failure.check_id for failure in oo1.check(marked)} == {"2.4.1:3"}


def test_first_class_is_of_one_year_or_of_two(oo1: Program) -> None:
    """Column 6 belongs to programmes with a first class of two years: without their rows nobody of it can be a girl."""
    one = small.put(oo1, oo1.blank(), {"2.1.3.1/02/4": 5, "2.1.3.1/12/6": 5})
    both = small.put(oo1, one.copy(), {"2.1.3.1/04/6": 5})
    assert "2.1.3.1:7@2.1.3.1/12/5" in small.failed(oo1, one)
    assert not [key for key in small.failed(oo1, both) if key.startswith("2.1.3.1:7@")]


def test_folded_copies(oo1: Program, report: Values) -> None:
    """Копии для очно-заочного и заочного обучения открываются признаком 1.2 стр. 05 или вечерней школой."""
    assert not oo1.applies(report, "2.1.1.2")
    assert oo1.applies(report, "2.1.1.1")
    assert oo1.applies(report, "2.6.4")
    for row in ("04", "05"):
        assert oo1.applies(small.put(oo1, report.copy(), {f"1.2/{row}/3": 1}), "2.1.1.2")


def test_sums_of_correspondence_classes_are_not_added_up(oo1: Program) -> None:
    """The blank prints a comma for a semicolon there: both sums equal row 10."""
    values = small.put(oo1, oo1.blank(), {"2.1.1.2/02/4": 12, "2.1.1.2/12/4": 12})
    assert small.at(oo1, values, "2.1.1.2/10/3") == 12
    assert not [failure for failure in oo1.check(values) if failure.check_id.startswith("2.1.1.2") and failure.op == "="]
