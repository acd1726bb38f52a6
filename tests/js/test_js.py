"""Runs the tests of the page's modules in Node, with vectors and a compiled form made by the server's own code."""

import itertools
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from admin_app.reporting.formula import Cell, CellError, compile_form
from admin_app.reporting.formula import typed as rules
from tests.reports import DOCUMENT

HERE = Path(__file__).parent
NODE = shutil.which("node")
TEXTS = (
    "", " ", "0", "007", "12", " 1 234 ", "1\u00a0234,5", "1.5", "1,50", ",5", "5,", "1,005", "2,675", "-3", "\u22127", "+8",
    "--1", "1e5",
    "NaN", "Infinity", "0x10", "12а", "1,2,3", "9" * 15, "9" * 16, "9" * 40, "0" * 30 + "5", "1" * 12 + ",25", "2025", "текст",
    " два  слова ", "31.12.2025", "1.1.2025", "2025-02-29", "29.02.2024", "32.01.2025", "я" * 2001,
    "н/п", "Н.П.", "нд", "н / д", "n/a", "no data", "н", "н/",
)  # fmt: skip
CELLS = [
    Cell("", "", "", "", "input", kind, decimals, minimum=minimum, maximum=maximum)
    for kind, decimals, minimum, maximum in (
        ("count", 0, 0.0, None), ("count", 0, 0.0, 999.0), ("decimal", 1, None, None), ("decimal", 2, -5.0, 1e9),
        ("flag", 0, None, None), ("year", 0, 1900.0, 2100.0), ("text", 0, None, None), ("date", 0, None, None),
    )
]  # fmt: skip


def vector(text: str, cell: Cell) -> dict[str, object]:
    """What the server makes of a text."""
    rule = {"type": cell.type, "decimals": cell.decimals, "minimum": cell.minimum, "maximum": cell.maximum}
    if mark := rules.mark(cell, text):
        return {"text": text, "rule": rule, "value": None, "mark": mark, "shown": ""}
    try:
        value = rules.parse(cell, text, None)
    except CellError as error:
        return {"text": text, "rule": rule, "code": error.code}
    return {"text": text, "rule": rule, "value": value, "shown": rules.show(cell, value)}


@pytest.mark.skipif(NODE is None, reason="the page's modules are tested where Node is installed")
def test_the_pages_modules(tmp_path: Path) -> None:
    vectors, program = tmp_path / "vectors.json", tmp_path / "program.mjs"
    vectors.write_text(json.dumps([vector(*pair) for pair in itertools.product(TEXTS, CELLS)]), "utf-8")
    program.write_text(compile_form(DOCUMENT).javascript(), "utf-8")
    environment = {**os.environ, "MODO_VECTORS": str(vectors), "MODO_PROGRAM": program.as_uri()}
    tests = sorted(map(str, HERE.glob("*.test.mjs")))
    done = subprocess.run(
        [str(NODE), "--test", *tests], env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
