"""Headings and fields."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from admin_app.reporting.exchange.columns import Vocabulary, key, match, signature, taken
from admin_app.reporting.exchange.synonyms import ORGANIZATION
from models import Organization

WORDS = Vocabulary(ORGANIZATION)
HEADINGS = {
    "ИНН": "inn",
    "инн организации": "inn",
    "И.Н.Н.": "inn",
    "Наименование (краткое)": "short_name",
    "Наименование организации (полное)": "full_name",
    "полн. наимен. организации": "full_name",
    "Юр. адрес": "address",
    "Тел.": "phone",
    "Телифон": "phone",
    "Адрес эл. почты": "email",
    "E-mail": "email",
    "ФИО руководителя": "head_name",
    "Руководитель / ФИО": "head_name",
    "Руководитель / Должность": "head_position",
    "ОКВЭД (основной)": "okved_main_id",
    "дополнительные ОКВЭД": "okved_additional",
    "Тип населённого пункта": "settlement_type_id",
    "Примечание": None,
    "№ п/п": None,
    "Количество учащихся": None,
    "": None,
}


@pytest.mark.parametrize("heading", HEADINGS)
def test_a_heading_is_its_field(heading: str) -> None:
    assert match([heading], WORDS)[0].field == HEADINGS[heading]


def test_every_field_with_words_exists_in_the_schema() -> None:
    known = {*Organization.__mapper__.column_attrs.keys(), *Organization.__mapper__.relationships.keys()}
    assert set(ORGANIZATION) <= known


def test_no_name_belongs_to_two_fields() -> None:
    names = Counter(key(label) for labels in ORGANIZATION.values() for label in dict.fromkeys(map(key, labels)))
    assert [name for name, times in names.items() if times > 1] == []


def test_a_field_is_given_once_to_the_column_that_fits_best() -> None:
    found = match(["Телефон директора", "Телефон", "Телефон"], WORDS)
    assert [one.field for one in found] == [None, "phone", None]
    assert found[2].others[0][0] == "phone"
    assert (found[1].why, found[1].score) == ("same", 1.0)


def test_what_a_person_chose_wins() -> None:
    names = ["Наименование", "ИНН", "Код"]
    found = match(names, WORDS, ["full_name", None, "inn"])
    assert [(one.field, one.why) for one in found] == [("full_name", "remembered"), (None, "remembered"), ("inn", "remembered")]


def test_a_remembered_field_that_is_gone_is_sought_anew() -> None:
    assert [one.field for one in match(["ИНН", "КПП"], WORDS, ["field_9", "kpp"])] == ["inn", "kpp"]


def test_the_signature_sees_through_case_and_spaces_only() -> None:
    assert signature(["ИНН", " Адрес сайта"]) == signature(["инн ", "АДРЕС  САЙТА"])
    assert signature(["ИНН", "КПП"]) != signature(["КПП", "ИНН"])


def test_two_fields_in_one_column() -> None:
    found = match(["ИНН/КПП", "Лишнее", "Телефон"], WORDS)
    assert (found[0].field, found[0].also) == ("inn", "kpp")
    assert taken(found, ["3899000019/389901001", "x"]) == {"inn": "3899000019", "kpp": "389901001", "phone": ""}


def test_fields_made_at_run_time_are_matched_by_their_labels() -> None:
    words = Vocabulary({**ORGANIZATION, "field_5": ["Профиль обучения", "Profile"]})
    assert match(["профиль  обучения"], words)[0].field == "field_5"


@settings(deadline=None)  # other processes share the machine
@given(st.lists(st.text(max_size=40), max_size=12))
def test_any_heading_is_matched_without_giving_a_field_twice(names: list[str]) -> None:
    found = [one.field for one in match(names, WORDS) if one.field]
    assert len(found) == len(set(found))
