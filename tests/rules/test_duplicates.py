"""Look-alikes: by which signs they are found, who is told apart, and that one organization is asked about as all of them are."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app.reporting import days, duplicates
from admin_app.reporting.likeness import SHARED, Sign
from admin_app.reporting.refusal import Refused
from models import Event, Level, Organization, ToldApart
from tests.people import Cast, organization

Found = set[tuple[frozenset[int], frozenset[Sign]]]


@pytest.fixture
def add(plain: Session, cast: Cast) -> Any:
    """`add("МБОУ СОШ № 5", inn=…)`: one more organization, under irkutsk unless told otherwise; its id."""

    def made(name: str, under: str = "irkutsk", level: Level = Level.ORGANIZATION, **card: Any) -> int:
        row = organization(plain, name, level, plain.get_one(Organization, cast.organizations[under]), **card)
        plain.commit()
        return row.id

    return made


def found(session: Session) -> Found:
    return {(frozenset(one.ids), frozenset(one.signs)) for one in duplicates.find(session)}


def group(*ids: int, signs: Any) -> tuple[frozenset[int], frozenset[Sign]]:
    return frozenset(ids), frozenset(signs)


def test_an_orderly_region_has_none(session: Session, as_: Any) -> None:
    with as_("central"):
        assert duplicates.find(session) == []


@pytest.mark.parametrize(
    ("card", "sign"),
    [
        ({"ogrn": "1023800000001"}, Sign.OGRN),
        ({"inn": "3899000040"}, Sign.INN),
        ({"email": "Shkola@x.example", "short_name": "МБОУ СОШ № 7 г. Иркутска"}, Sign.EMAIL),
        ({"phone": "+7 (3952) 11-22-33", "short_name": "МБОУ СОШ № 7 г. Иркутска"}, Sign.PHONE),
    ],
)
def test_what_they_have_in_common_is_said(session: Session, plain: Session, add: Any, as_: Any, card: Any, sign: Sign) -> None:
    first, second = add("МБОУ СОШ № 7", email="shkola@x.example", phone="8 3952 112233"), add("МКОУ «Лицей № 8»")
    for key in (first, second):
        row = plain.get_one(Organization, key)
        for name, value in card.items():
            if name not in {"email", "phone", "short_name"} or key == second:
                setattr(row, name, value)
    plain.commit()
    with as_("central"):
        assert found(session) == {group(first, second, signs=[sign])}


def test_surer_signs_come_first_and_are_called_so(session: Session, add: Any, as_: Any) -> None:
    add("МБОУ СОШ № 9"), add("МКОУ СОШ №9")
    one, other = add("Лицей «Альфа»", inn="3899000040"), add("Гимназия «Бета»", inn="3899000040", kpp="389901002")
    with as_("central"):
        groups = duplicates.find(session)
    assert [one.signs for one in groups] == [(Sign.INN,), (Sign.NAME,)]
    assert groups[0].ids == (one, other)
    assert groups[0].strength != groups[1].strength


@pytest.mark.parametrize(
    "other",
    [
        "МКОУ СОШ №12 пос. Ёлки",
        "муниципальное бюджетное общеобразовательное учреждение «Средняя общеобразовательная школа № 12 пос. Елки»",
        "СОШ 12 пос Елки",
        'МБОУ "СОШ № 12" (пос. Елки)',
        "Средняя школа № 12 пос. Елки",
        "ФГБОУ СОШ N 12 пос. Елки".replace("N", "№"),
    ],
)
def test_one_name_in_many_writings(session: Session, add: Any, as_: Any, other: str) -> None:
    first, second = add("МБОУ «СОШ № 12» пос. Ёлки"), add(other)
    with as_("irkutsk"):
        assert found(session) == {group(first, second, signs=[Sign.NAME])}


@pytest.mark.parametrize(
    "other", ["МБОУ «СОШ № 13» пос. Ёлки", "МБОУ «СОШ № 12» пос. Палки", "МБДОУ «Детский сад № 12» пос. Ёлки"]
)
def test_other_names_are_others(session: Session, add: Any, as_: Any, other: str) -> None:
    add("МБОУ «СОШ № 12» пос. Ёлки"), add(other)
    with as_("central"):
        assert found(session) == set()


def test_one_name_in_two_municipalities_is_two_schools(session: Session, add: Any, as_: Any) -> None:
    add("МБОУ СОШ № 5"), add("МБОУ СОШ № 5", under="bratsk")
    with as_("central"):
        assert found(session) == set()


def test_colleges_directly_below_the_region_are_compared_with_one_another(session: Session, add: Any, as_: Any) -> None:
    pair = add("ГАПОУ «Колледж»", under="region"), add("ГБПОУ «Колледж»", under="region")
    add("МБОУ «Колледж»")
    with as_("central"):
        assert found(session) == {group(*pair, signs=[Sign.NAME])}
        assert set(duplicates.like(session, session.get_one(Organization, pair[0]))) == {pair[1]}


def test_a_branch_has_the_numbers_of_its_head(session: Session, add: Any, as_: Any) -> None:
    numbers = {"inn": "3899000019", "ogrn": "1023800000001", "phone": "112233", "email": "a@x.example"}
    for place in (1, 2):
        add(f"Филиал СОШ № 1 в деревне {place}", under="school1", level=Level.BRANCH, kpp="389901001", **numbers)
    with as_("central"):
        assert found(session) == set()


def test_an_organization_that_is_another_ones_branch_too(session: Session, add: Any, as_: Any, cast: Cast) -> None:
    branch = add("Отделение", under="school3", level=Level.BRANCH, inn="3899000019", kpp="389901001")
    with as_("central"):
        assert found(session) == {group(cast.organizations["school1"], branch, signs=[Sign.INN_KPP])}


def test_a_district_behind_one_phone_says_nothing(session: Session, add: Any, as_: Any) -> None:
    for number in range(SHARED + 1):
        add(f"Школа {number % 2} {'я' * (number + 1)}", phone="112233")
    with as_("central"):
        assert found(session) == set()


def test_one_mailbox_of_schools_with_different_numbers(session: Session, add: Any, as_: Any) -> None:
    add("МБОУ СОШ № 20", email="rono@x.example"), add("МБОУ СОШ № 21", email="rono@x.example")
    with as_("central"):
        assert found(session) == set()


def test_the_closed_are_not_compared(session: Session, add: Any, as_: Any) -> None:
    add("МБОУ СОШ № 5"), add("МБОУ СОШ № 5", closed_on=days.today())
    later = add("МБОУ СОШ № 6"), add("МБОУ СОШ № 6", closed_on=days.today() + timedelta(days=1))
    with as_("central"):
        assert found(session) == {group(*later, signs=[Sign.NAME])}


def test_each_sees_the_look_alikes_of_its_own_part(session: Session, add: Any, as_: Any) -> None:
    add("МБОУ СОШ № 5", under="bratsk"), add("МБОУ СОШ № 5", under="bratsk")
    one = add("МБОУ СОШ № 6", inn="3899000040")
    add("МБОУ СОШ № 7", under="bratsk", inn="3899000040")
    with as_("irkutsk"):
        assert found(session) == set()
        assert duplicates.like(session, session.get_one(Organization, one)) == {}
    with as_("bratsk"):
        assert len(found(session)) == 1
    with as_("central"):
        assert len(found(session)) == 2


def test_one_is_like_those_with_which_it_is_found(session: Session, add: Any, as_: Any, cast: Cast) -> None:
    add("МБОУ СОШ № 5", inn="3899000040"), add("МКОУ СОШ №5", phone="12-34-56", email="a@x.example")
    add("СОШ 5", phone="123456", inn="3899000040", kpp="389901002"), add("Лицей № 9", ogrn="1023800000001")
    add("Гимназия № 8", ogrn="1023800000001", email="A@x.example")
    add("Отделение", under="school3", level=Level.BRANCH, inn="3899000019", kpp="389901001")
    with as_("central"):
        groups = duplicates.find(session)
        pairs = {}
        for key in session.scalars(select(Organization.id)).all():
            for other, signs in duplicates.like(session, session.get_one(Organization, key)).items():
                pairs[frozenset((key, other))] = set(signs)
    assert {frozenset(one.ids) for one in groups} == components(set(pairs))
    for one in groups:
        assert set(one.signs) == {sign for pair, signs in pairs.items() if pair <= set(one.ids) for sign in signs}


def components(pairs: set[frozenset[int]]) -> set[frozenset[int]]:
    made: list[set[int]] = []
    for pair in pairs:
        touching = [one for one in made if one & pair]
        made = [one for one in made if one not in touching] + [set(pair).union(*touching)]
    return {frozenset(one) for one in made}


# ── Told apart ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_told_apart_they_are_not_shown_again_until_it_is_taken_back(
    session: Session, plain: Session, add: Any, as_: Any, cast: Cast
) -> None:
    one, other, third = (add("МБОУ СОШ № 5") for _number in range(3))
    with as_("irkutsk"):
        assert duplicates.tell_apart(session, [other, one]) == 1
        assert duplicates.tell_apart(session, [one, other]) == 0
        assert found(session) == {group(one, other, third, signs=[Sign.NAME])}
        assert duplicates.tell_apart(session, [one, other, third]) == 2
        assert found(session) == set()
        assert duplicates.like(session, session.get_one(Organization, one)) == {}
        assert plain.get_one(ToldApart, (one, other)).by_id == cast.users["irkutsk"]
        duplicates.compare_again(session, other, one)
        assert found(session) == {group(one, other, signs=[Sign.NAME])}
        with pytest.raises(Refused):
            duplicates.compare_again(session, one, other)
    kinds = list(plain.scalars(select(Event.kind).where(Event.kind.like("organization.%")).order_by(Event.id)))
    assert kinds == ["organization.told_apart"] * 3 + ["organization.compared_again"]


@pytest.mark.parametrize("who", ["bratsk", "school1", "support", "auditor", "newcomer"])
def test_only_who_may_edit_them_tells_them_apart(session: Session, plain: Session, add: Any, as_: Any, who: str) -> None:
    pair = add("МБОУ СОШ № 5"), add("МБОУ СОШ № 5")
    with as_(who), pytest.raises(Refused):
        duplicates.tell_apart(session, pair)
    with as_("central"):
        duplicates.tell_apart(session, pair)
        session.commit()
    with as_(who), pytest.raises(Refused):
        duplicates.compare_again(session, *pair)
    assert plain.get(ToldApart, pair) is not None


def test_one_alone_is_not_told_apart(session: Session, add: Any, as_: Any) -> None:
    with as_("central"), pytest.raises(Refused):
        duplicates.tell_apart(session, [add("МБОУ СОШ № 5")])
