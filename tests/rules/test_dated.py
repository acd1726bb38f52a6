"""Organizations in time: last year's name and place, whenever a change is entered, and whatever is undone or corrected."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from admin_app.reporting import dated, days, hanging, undo
from admin_app.reporting.dated import ALWAYS, Stretch
from admin_app.reporting.refusal import Refused
from models import Level, Organization, OrganizationFact
from tests.rules.conftest import BRANCH1, BRATSK, IRKUTSK, REGION, SCHOOL1, Rig
from tests.rules.test_undo import last, say

TODAY = days.today()
LONG_AGO = TODAY - timedelta(days=900)
AUTUMN = TODAY - timedelta(days=300)
SPRING = TODAY - timedelta(days=100)
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture(autouse=True)
def old(rig: Rig) -> None:
    """The organizations have been there for years."""
    rig.plain.execute(update(Organization).values(created_at=LONG_AGO))


def change(rig: Rig, day: date | None = None, node: int = SCHOOL1, **values: Any) -> None:
    with rig.as_("central"), dated.from_day(day):
        row = rig.scoped.get_one(Organization, rig.at(node))
        for name, value in values.items():
            setattr(row, name, value)
        rig.scoped.flush()


def was(rig: Rig, day: date, node: int = SCHOOL1) -> Organization:
    with rig.as_("central"):
        rig.scoped.expire_all()
        return dated.then(rig.scoped, rig.scoped.get_one(Organization, rig.at(node)), day)


def name(rig: Rig, day: date) -> str:
    return was(rig, day).short_name


def facts(rig: Rig) -> list[tuple[str, date | None, Any]]:
    query = select(OrganizationFact.field, OrganizationFact.since, OrganizationFact.value)
    return sorted(map(tuple, rig.plain.execute(query)), key=str)


def test_a_new_name_counts_from_today(rig: Rig) -> None:
    before = name(rig, YESTERDAY)
    change(rig, short_name="Лицей № 1")
    assert (name(rig, YESTERDAY), name(rig, TODAY)) == (before, "Лицей № 1")


def test_a_change_known_late_counts_from_its_day(rig: Rig) -> None:
    before = name(rig, TODAY)
    change(rig, SPRING, short_name="Лицей № 1")
    days_asked = (AUTUMN, SPRING - timedelta(days=1), SPRING, YESTERDAY, TODAY)
    assert [name(rig, day) for day in days_asked] == [before, before, "Лицей № 1", "Лицей № 1", "Лицей № 1"]


def test_an_earlier_day_overrules_what_was_thought_to_be_between(rig: Rig) -> None:
    before = name(rig, TODAY)
    change(rig, SPRING, short_name="Лицей № 1")
    change(rig, AUTUMN, short_name="Гимназия № 1")
    assert [name(rig, day) for day in (LONG_AGO, AUTUMN, SPRING, TODAY)] == [before, *["Гимназия № 1"] * 3]


def test_a_correction_puts_the_stretch_right_that_holds_today(rig: Rig) -> None:
    before = name(rig, TODAY)
    change(rig, SPRING, short_name="Лицй № 1")
    change(rig, ALWAYS, short_name="Лицей № 1")
    assert [name(rig, day) for day in (AUTUMN, SPRING, TODAY)] == [before, "Лицей № 1", "Лицей № 1"]
    change(rig, ALWAYS, full_name="Школа")
    assert {field for field, *_rest in facts(rig)} == {"short_name"}, "a correction of what never changed leaves nothing behind"


def test_an_undo_leaves_nothing_of_the_change(rig: Rig) -> None:
    change(rig, SPRING, short_name="Лицей № 1", parent_id=rig.at(BRATSK))
    asked = undo.of_event(last(rig).id)
    with rig.as_("central"):
        undo.perform(rig.scoped, undo.rehearse(rig.scoped, undo.plan(rig.scoped, asked), say))
    assert facts(rig) == []


def test_a_phone_has_no_past_and_a_new_organization_none_yet(rig: Rig) -> None:
    change(rig, phone="111")
    with rig.as_("central"):
        row = Organization(short_name="А", full_name="А", level=Level.ORGANIZATION, parent_id=rig.at(IRKUTSK))
        rig.scoped.add(row)
        rig.scoped.flush()
        row.short_name = "Б"
        rig.scoped.flush()
    assert facts(rig) == []


def test_what_moves_takes_what_is_below_along(rig: Rig) -> None:
    """The school goes to Bratsk in autumn and comes back in spring, its branch with it."""
    paths = {node: was(rig, TODAY, node).path for node in (SCHOOL1, BRANCH1)}
    change(rig, AUTUMN, parent_id=rig.at(BRATSK))
    change(rig, SPRING, parent_id=rig.at(IRKUTSK))
    bratsk = was(rig, TODAY, BRATSK).path
    for node in (SCHOOL1, BRANCH1):
        assert was(rig, AUTUMN - timedelta(days=1), node).path == paths[node]
        assert was(rig, AUTUMN, node).path.startswith(bratsk)
        assert was(rig, SPRING, node).path == paths[node] == was(rig, TODAY, node).path


def test_the_day_of_many_at_once(rig: Rig) -> None:
    old = was(rig, TODAY).path
    change(rig, SPRING, parent_id=rig.at(BRATSK))
    then = dated.on("path", AUTUMN)
    with rig.as_("central"):
        found = {row.id: row.value for row in rig.scoped.execute(select(then.c.id, then.c.value))}
    assert found[rig.at(SCHOOL1)] == old


@given(st.lists(st.tuples(st.integers(0, 40), st.sampled_from("ABC"))))
def test_a_line_says_what_was_entered(entered: list[tuple[int, str]]) -> None:
    """Whatever is entered in whatever order: each day has the value of the last entry that concerns it."""
    today, line, now = date(2026, 1, 1), [], "A"
    expected = {today - timedelta(days=back): "A" for back in range(50)}
    for back, value in entered:
        day = today - timedelta(days=back)
        if value == now:
            continue  # nothing changes, so nothing is recorded
        line, now = dated.cut(line, now, value, day, today), value
        expected |= {one: value for one in expected if one >= day}
    got = {day: (dated.at(line, day) or Stretch(None, now)).value for day in expected}
    assert got == expected
    assert all(one.value != other.value for one, other in pairwise(line))


def test_what_the_past_names_stays(rig: Rig) -> None:
    """An office under which a school once stood is closed, not deleted."""
    with rig.as_("central"):
        office = Organization(short_name="О", full_name="О", level=Level.MUNICIPALITY, parent_id=rig.at(REGION))
        rig.scoped.add(office)
        rig.scoped.flush()
        key = office.id
    change(rig, AUTUMN, parent_id=key)
    change(rig, SPRING, parent_id=rig.at(IRKUTSK))
    with rig.as_("central"), pytest.raises(Refused):
        hanging.remove(rig.scoped, rig.scoped.get_one(Organization, key))
