"""The head of a table, merged as printed."""

from admin_app.reporting.formula import HeaderCell, Program
from tests.formula import small

COLUMNS = """
1   Показатель | name
2   № | code
3   Всего
--  В том числе
4     девочки
--    из них
5       инвалиды
6       сироты
--  Кроме того
7     вечерние
8   Примечание | text
"""


def plain(cell: HeaderCell) -> tuple[str, int, int, str | None]:
    return cell.text, cell.colspan, cell.rowspan, cell.column.number if cell.column else None


def test_three_levels() -> None:
    head = small.form(columns=COLUMNS).form.sections[0].header_rows()
    assert [[plain(cell) for cell in line] for line in head] == [
        [
            ("Показатель", 1, 3, "1"), ("№", 1, 3, "2"), ("Всего", 1, 3, "3"), ("В том числе", 3, 1, None),
            ("Кроме того", 1, 1, None), ("Примечание", 1, 3, "8"),
        ],
        [("девочки", 1, 2, "4"), ("из них", 2, 1, None), ("вечерние", 1, 2, "7")],
        [("инвалиды", 1, 1, "5"), ("сироты", 1, 1, "6")],
    ]  # fmt: skip


def test_every_head_covers_its_table(oo1: Program) -> None:
    for section in oo1.form.sections:
        head = section.header_rows()
        area = sum(cell.colspan * cell.rowspan for line in head for cell in line)
        assert area == len(section.columns) * len(head)
        assert {cell.column.number for line in head for cell in line if cell.column} == {
            column.number for column in section.columns
        }


def test_rows_keep_their_indents_and_headers(oo1: Program) -> None:
    rows = oo1.form.by_code["1.3"].rows
    assert [(row.code, row.indent, row.kind) for row in rows[:4]] == [
        ("01", 0, "data"), ("02", 1, "data"), (None, 2, "header"), ("03", 3, "data"),
    ]  # fmt: skip
