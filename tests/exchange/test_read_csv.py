"""Registries from text: encodings, separators, quoted lines."""

import io

import pytest

from admin_app.reporting.exchange import tables
from admin_app.reporting.refusal import Refused

TEXT = "Наименование;ИНН;Адрес\r\nМБОУ «СОШ № 1»;3899000019;г. Братск, ул. Мира, 5\r\n"


def rows(data: bytes, name: str = "реестр.csv") -> list[tuple[int, tuple[str, ...]]]:
    return [tuple(row) for row in tables.open_table(io.BytesIO(data), name).sheets[0].rows()]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "cp866", "koi8-r", "utf-16", "utf-16-le", "utf-16-be"])
def test_every_usual_encoding(encoding: str) -> None:
    assert rows((TEXT * 3).encode(encoding, "replace"))[0] == (1, ("Наименование", "ИНН", "Адрес"))
    assert rows((TEXT * 3).encode(encoding, "replace"))[1][1][2] == "г. Братск, ул. Мира, 5"


@pytest.mark.parametrize("separator", [";", "\t", ",", "|"])
def test_every_usual_separator(separator: str) -> None:
    text = separator.join(["ИНН", "Имя", "Сумма"]) + "\n" + separator.join(["38", '"Школа; первая, новая"', '"1,5"'])
    assert rows(text.encode()) == [(1, ("ИНН", "Имя", "Сумма")), (2, ("38", "Школа; первая, новая", "1,5"))]


def test_a_line_may_name_the_separator() -> None:
    assert rows(b"sep=|\r\na|b;c;d\r\n") == [(2, ("a", "b;c;d"))]


def test_quoted_line_ends_count_in_the_line_numbers() -> None:
    assert rows(b'a;b\n"1\n2";3\n\n;;\n4;5\n') == [(1, ("a", "b")), (2, ("1\n2", "3")), (6, ("4", "5"))]


def test_the_guard_against_formulas_is_taken_away() -> None:
    assert rows("a;b\n'=1+1;'подпись'\n".encode())[1][1] == ("=1+1", "'подпись'")


def test_signs_that_are_no_text_are_left_out() -> None:
    start = b"a;b\n" * 20_000  # beyond the part that is looked at first
    assert rows(start + b"x\x00y;\x07z\n")[-1] == (20_001, ("xy", "z"))


def test_an_open_quotation_mark_is_told_with_its_line() -> None:
    with pytest.raises(Refused, match="Line 2"):
        rows(b'a;b\n"x;y\n' + b"1;2\n" * 60_000)


def test_a_line_without_end_is_refused() -> None:
    with pytest.raises(Refused, match="more text"):
        rows(b"a;b\n" + b"x" * 2_000_000)


def test_too_many_columns_are_refused_but_not_empty_ones() -> None:
    assert rows(b"a;b" + b";" * 5000) == [(1, ("a", "b"))]
    with pytest.raises(Refused, match="beyond column"):
        rows(b"a;b" + b";" * 5000 + b"c")


def test_the_last_line_is_there_without_a_line_end() -> None:
    assert rows(b"a;b\n1;2")[-1] == (2, ("1", "2"))


def test_one_column_is_a_table_too() -> None:
    assert rows("ИНН\n3899000019\n".encode()) == [(1, ("ИНН",)), (2, ("3899000019",))]
