"""Codes that a spreadsheet has shortened."""

import pytest

from admin_app.reporting.exchange.mending import LOST, PADDED, mend


@pytest.mark.parametrize(("kind", "text", "meant"), [("okpo", "32537", "00032537"), ("kpp", "10501001", "010501001")])
def test_leading_zeros_come_back(kind: str, text: str, meant: str) -> None:
    assert (mend(kind, text).text, mend(kind, text).note) == (meant, PADDED)


@pytest.mark.parametrize("text", ["32538", "538"])
def test_a_wrong_code_is_not_made_right(text: str) -> None:
    assert mend("okpo", text).text == text


@pytest.mark.parametrize("text", ["3,80802E+09", "3.8E+9", "1,0277E+12"])
def test_lost_digits_are_said_to_be_lost(text: str) -> None:
    assert (mend("inn", text).text, mend("inn", text).loss) == (text, LOST)


@pytest.mark.parametrize("text", ["3.808023117E+09", "3808023117.0", "3808023117,00", " 38080 23117 ", "3808023117"])
def test_all_digits_are_there(text: str) -> None:
    assert (mend("inn", text).text, mend("inn", text).loss) == ("3808023117", None)


def test_other_texts_stay_as_they_are() -> None:
    assert mend("phone", "8E+3 ").text == "8E+3 "
