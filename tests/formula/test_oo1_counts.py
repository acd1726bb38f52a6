"""ОО-1 has exactly what the official blank has."""

from collections import Counter

from admin_app.reporting.formula import Program


def test_sections_rows_and_checks(oo1: Program) -> None:
    assert len(oo1.form.sections) == 74
    assert sum(row.kind != "header" for section in oo1.form.sections for row in section.rows) == 2022
    assert len(oo1.form.checks) == 620
    assert len({check.id for check in oo1.form.checks}) == 620


def test_open_and_crossed_cells(oo1: Program) -> None:
    open_cells = sum(cell.kind != "blocked" for cell in oo1.cells.values())
    crossed = sum(cell.kind == "blocked" and cell.preset is None for cell in oo1.cells.values())
    assert (open_cells, crossed) == (25786, 1329)


def test_computed_cells(oo1: Program) -> None:
    """The blank's sums, less 2.15 row 168 in three copies: all parts of its column 4 are crossed, so it is typed."""
    computed = [cell for cell in oo1.cells.values() if cell.kind == "computed"]
    assert len(computed) == 3003 - 3
    typed = oo1.resolve("2.15.1/168/4")
    assert typed is not None
    assert typed.kind == "input"


def test_severities_follow_what_is_printed(oo1: Program) -> None:
    assert Counter(check.severity for check in oo1.form.checks) == {"error": 262, "query": 358}


def test_numbers_have_slots_and_codes_of_professions_do_not(oo1: Program) -> None:
    texts = [cell for cell in oo1.cells.values() if cell.kind != "blocked" and not cell.numeric]
    assert len(texts) == 3 * 59
    assert {cell.type for cell in texts} == {"choice"}
    assert oo1.size == 25786 - len(texts)
    assert len(oo1.form.dictionaries["professions"]) == 5076  # 5,086 lines, ten codes of which stand twice


def test_slots_are_contiguous_by_section(oo1: Program) -> None:
    end = 0
    for section in oo1.form.sections:
        slots = oo1.section_slots[section.code]
        assert slots.start == end
        end = slots.stop
    assert end == oo1.size
    assert all(cell.slot == slot for slot, cell in enumerate(oo1.slot_cells))


def test_titles_are_without_numbers(oo1: Program) -> None:
    for section in oo1.form.sections:
        assert not section.title[0].isdigit()
        assert 5 < len(section.short) < 60
        assert section.group.startswith(f"Раздел {section.code[0]}. ")
        assert bool(section.variant) == bool(section.base)


def test_decimals(oo1: Program) -> None:
    """Part-time equivalents have one decimal, posts two."""
    found = {address: oo1.cells[address].decimals for address in ("3.1/07/16", "3.3.1/04/5", "3.4/01/3", "3.4/01/6")}
    assert found == {"3.1/07/16": 1, "3.3.1/04/5": 1, "3.4/01/3": 2, "3.4/01/6": 0}
