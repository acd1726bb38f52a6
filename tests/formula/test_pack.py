"""A section's numbers at rest."""

import struct

import pytest

from admin_app.reporting.formula import Program, Values
from tests.formula import small

COLUMNS = (
    "1  Имя | name\n3  Целое\n4  Сотые | decimal 2 | min none\n5  Слова | text\n6  Сумма | decimal 2 | = {[][][3]} + {[][][4]}"
)


def test_the_bytes_are_scaled_whole_numbers() -> None:
    program = small.form("01  А\n02  Б | 3: x", COLUMNS)
    values = small.filled(program, r01c3=7, r01c4=-0.1, r01c5="слово")
    packed = program.pack(values, "1")
    assert struct.unpack("<5d", packed) == (7, -10, 690, 0, 0)
    assert [struct.pack("<d", number) == struct.pack("<d", -0.0) for number in struct.unpack("<5d", packed)][3:] == [True, True]


def test_a_zero_is_not_a_blank() -> None:
    program = small.form()
    again = program.blank()
    program.unpack(again, "1", program.pack(small.filled(program, r01c3=0), "1"))
    assert [small.at(program, again, f"1/01/{column}") for column in "34"] == [0, None]


def test_every_section_comes_back_bit_for_bit(oo1: Program, report: Values) -> None:
    again = oo1.blank()
    for section in oo1.form.sections:
        data = oo1.pack(report, section.code)
        assert len(data) == 8 * len(oo1.section_slots[section.code])
        oo1.unpack(again, section.code, data)
    assert again.numbers == report.numbers
    assert again.known == report.known


def test_adding_packed_sections_adds_reports(oo1: Program, report: Values) -> None:
    """Blanks need no masks in totals: -0.0 adds nothing."""
    whole = oo1.pack(report, "3.4")
    total = [a + b for a, b in zip(*(struct.unpack(f"<{len(whole) // 8}d", whole) for _ in range(2)), strict=True)]
    again = oo1.blank()
    oo1.unpack(again, "3.4", struct.pack(f"<{len(total)}d", *total))
    assert small.at(oo1, again, "3.4/01/3") == 2 * 94.9
    oo1.calc(again)
    assert small.at(oo1, again, "3.4/01/3") == 2 * 94.9


def test_a_wrong_length_is_refused() -> None:
    program = small.form()
    with pytest.raises(ValueError, match="section 1 has 9 numbers, not 1"):
        program.unpack(program.blank(), "1", bytes(8))


def test_put_quantises_and_keeps_out_of_crossed_cells() -> None:
    program = small.form("01  А | 4: x")
    values = program.blank()
    program.put(values, program.cells["1/01/3"], 1.6)
    assert small.at(program, values, "1/01/3") == 2
    with pytest.raises(ValueError, match="crossed out"):
        program.put(values, program.cells["1/01/4"], 1)
    program.put(values, program.cells["1/01/3"], None)
    assert values == program.blank()
