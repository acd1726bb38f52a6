"""ОО-1 and a filled report as the statisticians' XML (template "metaForm" 1.3, report), made from our own document.

Sections are numbered in printed order: the format knows whole numbers only. Left out are the rules that it can't say (IF … THEN,
chains, several sections at once) and the column of professions' codes.
"""

import re
from collections.abc import Iterator
from xml.sax.saxutils import quoteattr

from admin_app.reporting.formula import Cell, Check, Program, Section, Values

HEAD = 'code="609562003001" shifr="oo1" version="20-09-2019"'
REF = re.compile(r"\{\[([^\]]+)\](\[[^\]]+\]\[[^\]]+\])\}")
TITLE = {
    "okpo": "98000012", "name": "МБОУ «СОШ № 1»", "leader_fio": "Иванов И. И.", "responsible_post": "заместитель директора",
    "responsible_fio": "Петрова П. П.", "phone": "83952000000", "email": "school@example.org",
}  # fmt: skip


def template(program: Program, rules: list[Check]) -> bytes:
    """The template with these rules as its controls."""
    numbers = numbered(program)
    lines = [
        f'<metaForm {HEAD} idp="1" idf="3" name="ОО-1" obj="okpo" OKUD="0609562" format-version="1.3">',
        "<settings><sign>true</sign><validation>always</validation><notEmpty>true</notEmpty></settings><title>",
        *(f'<item field="{field}" name="{field}"/>' for field in TITLE),
        "</title><sections>",
        *(line for section in program.form.sections for line in _section(program, section, numbers[section.code])),
        "</sections><controls>",
        *(_control(number, check, numbers) for number, check in enumerate(rules, 1)),
        '</controls><dics><dic id="s_time"><term id="1"/></dic><dic id="s_year"><term id="2019"/></dic><dic id="s_okpo"/></dics>',
        "</metaForm>",
    ]
    return "\n".join(lines).encode()


def report(program: Program, values: Values) -> bytes:
    """The report with every number that is known."""
    lines = [f'<report {HEAD} form="3" year="2019" period="0101"><title>']
    lines += [f"<item name={quoteattr(name)} value={quoteattr(value)}/>" for name, value in TITLE.items()]
    lines.append("</title><sections>")
    for code, number in numbered(program).items():
        lines.append(f'<section code="{number}">')
        rows: dict[str, list[str]] = {}
        for slot in program.section_slots[code]:
            if values.known[slot]:
                cell = program.slot_cells[slot]
                rows.setdefault(cell.row, []).append(f'<col code="{cell.column}">{values.numbers[slot]:g}</col>')
        lines += [f'<row code="{int(row)}">{"".join(cells)}</row>' for row, cells in rows.items()]
        lines.append("</section>")
    return "\n".join([*lines, "</sections></report>"]).encode()


def sayable(program: Program) -> list[Check]:
    """The rules that the format can say."""
    return [
        check for check in program.form.checks if not re.search(r"\bIF\b|\bOR\b|\.\*\]|=[^=]*=", check.rule.replace("<=", "<"))
    ]


def numbered(program: Program) -> dict[str, int]:
    return {section.code: number for number, section in enumerate(program.form.sections, 1)}


def _control(number: int, check: Check, numbers: dict[str, int]) -> str:
    def cells(match: "re.Match[str]") -> str:
        return f"isnull({{[{numbers[match[1]]}]{match[2]}}},0)"

    rule = re.sub(r"SUM(isnull\([^)]*\))", r"SUM(\1)", REF.sub(cells, check.rule))
    tip = int(check.severity == "error")
    texts = f"name={quoteattr(check.text)} rule={quoteattr(rule)}"
    return f'<control id="{number}" {texts} condition="" tip="{tip}" precision="2" fault="-1" periodClause=""/>'


def _section(program: Program, section: Section, number: int) -> Iterator[str]:
    yield f'<section code="{number}" name={quoteattr(section.title)}><columns>'
    for column in section.columns:
        cell = next((cell for cell in _column(program, section, column.number) if cell.numeric and cell.slot is not None), None)
        kind, form, entry = ("Z", f"N(12,{cell.decimals})", 2) if cell else ("B", "C(250)", 0)
        default = f'<default-cell column="{column.number}" format="{form}" inputType="{entry}"/>'
        yield f'<column code="{column.number}" type="{kind}" name={quoteattr(column.title)}>{default}</column>'
    yield "</columns><rows>"
    for row in section.rows:
        if not row.code:
            yield f'<row code="" type="C" name={quoteattr(row.name)}/>'
            continue
        cells = (program.cells[f"{section.code}/{row.code}/{column.number}"] for column in section.data_columns)
        closed = "".join(f'<cell column="{cell.column}" format="N(12,0)" inputType="0"/>' for cell in cells if cell.slot is None)
        yield f'<row code="{int(row.code)}" type="F" name={quoteattr(row.name)}>{closed}</row>'
    yield "</rows></section>"


def _column(program: Program, section: Section, number: str) -> Iterator[Cell]:
    if any(column.number == number for column in section.data_columns):
        yield from (program.cells[f"{section.code}/{row.code}/{number}"] for row in section.rows if row.code)
