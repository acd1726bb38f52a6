"""Codes and addresses: real ones pass, mistyped ones are told apart by reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin_app.reporting import codes

GOOD = [
    ("inn", "7707083893"),
    ("inn", "3808023117"),
    ("inn", "500100732259"),
    ("ogrn", "1027700132195"),
    ("ogrn", "304500116000157"),
    ("okpo", "00032537"),
    ("okpo", "0164667059"),
    ("okpo", "12345678901234"),
    ("kpp", "389901001"),
    ("kpp", "3899AB001"),
    ("oktmo", "25701000"),
    ("oktmo", "25701000001"),
    ("email", "school1@modo.example"),
    ("email", "school-1.ivanova+report@школа.рф"),
    ("email", "a@xn--80aswg.xn--p1ai"),
    ("phone", "+7 (3952) 12-34-56"),
    ("phone", "8 3952 123456 доб. 12, 12-34-57"),
    ("site", "school.ru"),
    ("site", "https://школа1.рф/about?x=1"),
]
BAD = [
    ("inn", "7707083894", "digit"),
    ("inn", "500100732258", "digit"),
    ("inn", "770708389", "shape"),
    ("inn", "٣٨٩٩٠٠٠٠١٩", "shape"),
    ("ogrn", "1027700132196", "digit"),
    ("ogrn", "102770013219", "shape"),
    ("okpo", "00032538", "digit"),
    ("okpo", "0164667058", "digit"),
    ("kpp", "38990100", "shape"),
    ("oktmo", "257010", "shape"),
    ("email", "school1@modo", "shape"),
    ("email", "a b@modo.example", "shape"),
    ("email", "почта@школа.рф", "shape"),
    ("email", "a..b@modo.example", "shape"),
    ("email", ".a@modo.example", "shape"),
    ("email", "a@-modo.example", "shape"),
    ("email", "a@modo.1", "shape"),
    ("email", "a@modo.12", "shape"),
    ("email", "a" * 65 + "@modo.example", "shape"),
    ("email", "a@" + "b" * 64 + ".ru", "shape"),
    ("phone", "1234", "shape"),
    ("phone", "позвоните нам", "shape"),
    ("site", "нет", "shape"),
]


@pytest.mark.parametrize(("kind", "text"), GOOD)
def test_real_codes_pass(kind: str, text: str) -> None:
    assert codes.reason(kind, text) is None


@pytest.mark.parametrize(("kind", "text", "why"), BAD)
def test_mistyped_codes_are_told_apart(kind: str, text: str, why: str) -> None:
    assert codes.reason(kind, text) == why
    assert codes.problem(kind, text) is codes.SENTENCES[kind][why]


@given(st.from_regex(r"[0-9]{9}", fullmatch=True))
def test_exactly_one_last_digit_fits(body: str) -> None:
    assert sum(codes.inn(f"{body}{digit}") is None for digit in range(10)) == 1
    assert sum(codes.okpo(f"{body}{digit}") is None for digit in range(10)) == 1


@given(st.sampled_from(sorted(codes.RULES)), st.text())
def test_any_text_is_judged_and_cleaned_without_an_error(kind: str, text: str) -> None:
    cleaned = codes.clean(kind, text)
    assert codes.reason(kind, cleaned) in {None, *codes.SENTENCES[kind]}
    assert codes.clean(kind, cleaned) == cleaned


def test_cleaning_takes_what_people_add() -> None:
    assert codes.clean("inn", " 7707 083-893 ") == "7707083893"
    assert codes.clean("email", " School1@Modo.Example ") == "school1@modo.example"
    assert codes.clean("kpp", "3899ab001") == "3899AB001"
