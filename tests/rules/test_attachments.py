"""Files beside reports: kept once by checksum, named for people, taken only if they are what they say."""

import hashlib
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app.reporting import attachments, reports
from admin_app.reporting.refusal import Refused
from models import Report
from tests.people import Cast
from tests.reports import FILLED, arrange, save

PDF = b"%PDF-1.7\n..."


def archive(*names: str) -> bytes:
    """A ZIP with these members."""
    data = BytesIO()
    with zipfile.ZipFile(data, "w") as file:
        for name in names:
            file.writestr(name, "<x/>")
    return data.getvalue()


@pytest.fixture
def ids(session: Session, plain: Session, cast: Cast) -> dict[str, int]:
    return arrange(session, plain, cast)


def report(session: Session, report_id: int) -> Report:
    return session.scalars(select(Report).where(Report.id == report_id)).one()


def test_a_file_is_kept_under_its_checksum(session: Session, ids: dict[str, int], as_: Any, tmp_path: Path) -> None:
    with as_("school1"):
        found = attachments.add(session, report(session, ids["school1"]), "../../Приказ № 5.PDF", PDF, tmp_path)
        assert (found.name, found.media_type, found.size) == ("Приказ № 5.PDF", "application/pdf", len(PDF))
        assert found.sha256 == hashlib.sha256(PDF).hexdigest()
        path = attachments.path(found, tmp_path)
        assert path.read_bytes() == PDF
        assert path.is_relative_to(tmp_path)
        attachments.add(session, report(session, ids["school1"]), "копия.pdf", PDF, tmp_path)
        assert len([one for one in tmp_path.rglob("*") if one.is_file()]) == 1


def test_a_removed_file_stays_seen(session: Session, ids: dict[str, int], as_: Any, tmp_path: Path) -> None:
    with as_("school1"):
        found = attachments.add(session, report(session, ids["school1"]), "a.pdf", PDF, tmp_path)
        attachments.remove(session, found)
        [row] = attachments.of_report(session, report(session, ids["school1"]))
        assert row.removed_at is not None


def test_a_reviewer_does_not_remove_the_schools_file(session: Session, ids: dict[str, int], as_: Any, tmp_path: Path) -> None:
    with as_("school1"):
        found = attachments.add(session, report(session, ids["school1"]), "a.pdf", PDF, tmp_path)
    with as_("irkutsk"):
        with pytest.raises(Refused):
            attachments.remove(session, found)
        own = attachments.add(session, report(session, ids["school1"]), "замечания.txt", b"text", tmp_path)
        attachments.remove(session, own)


TAKEN = {
    "письмо.docx": archive("word/document.xml"),
    "таблица.xlsx": archive("xl/workbook.xml", "x"),
    "текст.odt": archive("content.xml"),
    "снимок.png": b"\x89PNG\r\n\x1a\n123",
    "снимок.JPG": b"\xff\xd8\xff\xe0",
    "заметка.txt": "привет".encode("cp1251"),
    "данные.csv": "а;б".encode(),
    "старый.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "подпись.sig": b"\x30\x82\x01",
}


@pytest.mark.parametrize("name", TAKEN)
def test_office_files_pictures_and_signatures_are_taken(name: str) -> None:
    assert attachments.kind(name, TAKEN[name])


REFUSED = {
    "пусто.pdf": b"",
    "вирус.exe": b"MZ",
    "страница.html": b"<script>",
    "рисунок.svg": b"<svg/>",
    "без расширения": PDF,
    "не то.pdf": b"MZ\x90\x00",
    "не то.docx": archive("xl/workbook.xml"),
    "архив.zip": archive("a.txt"),
    "битый.xlsx": b"PK\x03\x04broken",
    "двоичный.txt": b"a\0b",
    "большой.pdf": PDF + bytes(attachments.LARGEST),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_what_it_says_is_refused(session: Session, ids: dict[str, int], as_: Any, tmp_path: Path, name: str) -> None:
    with as_("school1"), pytest.raises(Refused):
        attachments.add(session, report(session, ids["school1"]), name, REFUSED[name], tmp_path)
    assert not list(tmp_path.iterdir())


@given(st.text(max_size=400))
def test_a_name_is_never_a_path_and_never_empty(name: str) -> None:
    safe = attachments.safe_name(name)
    assert 0 < len(safe) <= attachments.LONGEST_NAME
    assert not set(safe) & set('/\\<>:"|?*\0\r\n')
    assert safe.strip(". ") == safe
    assert all(sign.isprintable() or sign == " " for sign in safe)


def test_a_long_name_keeps_its_ending() -> None:
    assert attachments.safe_name("д" * 300 + ".pdf") == "д" * 146 + ".pdf"


def test_a_submitted_report_keeps_its_files(session: Session, ids: dict[str, int], as_: Any, tmp_path: Path) -> None:
    with as_("school1"):
        found = attachments.add(session, report(session, ids["school1"]), "a.pdf", PDF, tmp_path)
        save(session, ids["school1"], FILLED)
        reports.submit(session, ids["school1"])
        for act in (
            lambda: attachments.add(session, report(session, ids["school1"]), "b.pdf", PDF, tmp_path),
            lambda: attachments.remove(session, found),
        ):
            with pytest.raises(Refused):
                act()
        assert [row.removed_at for row in attachments.of_report(session, report(session, ids["school1"]))] == [None]


def test_a_damaged_archive_is_refused(session: Session, ids: dict[str, int], as_: Any, tmp_path: Path) -> None:
    data = archive("word/document.xml").replace(b"word/document.xml", b"\xff\xfeord/document.xm\xff")
    for broken in (data, data[:-9], data.replace(b"PK\x01\x02\x14\x03\x14\x00\x00\x00", b"PK\x01\x02\x14\x03\xff\x00\xff\x08")):
        with as_("school1"), pytest.raises(Refused):
            attachments.add(session, report(session, ids["school1"]), "a.docx", broken, tmp_path)
