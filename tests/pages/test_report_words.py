"""Sentences of the report page that are made of the form's own rules."""

from flask import Flask

from views import report_words


def test_a_condition_is_said_in_words(app: Flask) -> None:
    with app.test_request_context(headers={"Accept-Language": "ru"}):
        words = report_words.condition("{[1.2][4][3]} = 1 OR {[1.2][5][3]} = 1 AND {[1.2][6][3]} = 0")
    assert words == "Заполняется, если: 1.2 стр. 4 гр. 3 = 1 или 1.2 стр. 5 гр. 3 = 1 и 1.2 стр. 6 гр. 3 = 0."
