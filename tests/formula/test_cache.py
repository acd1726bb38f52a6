"""Compiled code is kept between two starts of a server."""

import time
from pathlib import Path

import pytest

from admin_app.reporting.formula import Program, Values, compile_form, compiler, program
from seed.forms import document
from tests.formula import small


def test_a_kept_form_does_the_same(oo1: Program, report: Values, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compile_form(document("oo1"), tmp_path)
    monkeypatch.setattr(program, "build", None)  # nothing is compiled from here on
    start = time.perf_counter()
    again = compile_form(document("oo1"), tmp_path)
    assert time.perf_counter() - start < 0.5
    assert again.javascript() == oo1.javascript()
    broken = small.put(again, report.copy(), {"2.1.1.1/02/4": 500})
    assert again.check(broken) == oo1.check(broken) != []
    assert again.externals == oo1.externals
    assert list(again.cells) == list(oo1.cells)


@pytest.mark.parametrize("rubbish", [b"", b"rubbish", b"\xe3\x00\x00", b"N"])
def test_a_damaged_file_is_made_anew(tmp_path: Path, rubbish: bytes) -> None:
    form = small.document(small.section(checks="1 error {[1][1][3]} = 0"))
    compile_form(form, tmp_path)
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(rubbish)
    again = compile_form(form, tmp_path)
    assert len(kept.read_bytes()) > 100
    assert small.failed(again, small.filled(again, r01c3=1)) == ["1:1@1/01/3"]


def test_the_digest_names_the_document(tmp_path: Path) -> None:
    one = compile_form(small.document(), tmp_path)
    same = compile_form(dict(reversed(small.document().items())), tmp_path)
    other = compile_form(small.document(title="Иная"), tmp_path)
    assert one.digest == same.digest != other.digest
    assert f"// {one.digest}\n" in one.javascript()
    assert len(list(tmp_path.iterdir())) == 2


def test_compiling_takes_seconds_at_most() -> None:
    start = time.perf_counter()
    compiler.build(program.documents.read(document("oo1")), "x")
    assert time.perf_counter() - start < 3
