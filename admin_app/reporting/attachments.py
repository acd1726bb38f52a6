"""Files beside a report. The bytes lie under a directory by their checksum, the same file once; a row says whose it is.

What a file is, is decided by its first bytes and its name's ending together; a name is words for people, never a path.
"""

import hashlib
import os
import re
import unicodedata
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app.reporting import audit, days, guard, workflow
from admin_app.reporting.actor import current
from admin_app.reporting.guard import Permission
from admin_app.reporting.refusal import Refused
from admin_app.reporting.workflow import Move
from models import Attachment, Report

LARGEST = 20 * 1024 * 1024
MOST = 50  # files beside one report
LONGEST_NAME = 150


def is_text(data: bytes) -> bool:
    """Plain text in an encoding that Russian office programs write."""
    if b"\0" in data:
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return not set(data) & set(range(9))  # cp1251 leaves no byte undefined; control signs betray binary data
    return True


def starts(*heads: bytes) -> Callable[[bytes], bool]:
    """Whether the data begins with one of these."""
    return lambda data: data.startswith(heads)


def holds(*names: str) -> Callable[[bytes], bool]:
    """Whether the data is a ZIP archive with one of these members."""

    def check(data: bytes) -> bool:
        try:
            with zipfile.ZipFile(BytesIO(data)) as archive:
                return any(name in archive.namelist() for name in names)
        except (zipfile.BadZipFile, ValueError, NotImplementedError):  # damaged in whatever way
            return False

    return check


OLE = starts(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
OFFICE = "application/vnd.openxmlformats-officedocument"
OPEN = "application/vnd.oasis.opendocument"
KINDS: dict[str, tuple[str, Callable[[bytes], bool]]] = {
    ".pdf": ("application/pdf", starts(b"%PDF-")),
    ".png": ("image/png", starts(b"\x89PNG\r\n\x1a\n")),
    ".jpg": ("image/jpeg", starts(b"\xff\xd8\xff")),
    ".jpeg": ("image/jpeg", starts(b"\xff\xd8\xff")),
    ".docx": (f"{OFFICE}.wordprocessingml.document", holds("word/document.xml")),
    ".xlsx": (f"{OFFICE}.spreadsheetml.sheet", holds("xl/workbook.xml")),
    ".odt": (f"{OPEN}.text", holds("content.xml")),
    ".ods": (f"{OPEN}.spreadsheet", holds("content.xml")),
    ".doc": ("application/msword", OLE),
    ".xls": ("application/vnd.ms-excel", OLE),
    ".rtf": ("application/rtf", starts(b"{\\rtf")),
    ".txt": ("text/plain", is_text),
    ".csv": ("text/csv", is_text),
    ".sig": ("application/pkcs7-signature", starts(b"\x30", b"-----BEGIN", b"MII")),
    ".p7s": ("application/pkcs7-signature", starts(b"\x30", b"-----BEGIN", b"MII")),
}


def of_report(session: Session, report: Report) -> list[Attachment]:
    """The files beside a report, oldest first; removed ones are marked, so that it stays seen that they were there."""
    return list(session.scalars(select(Attachment).where(Attachment.report_id == report.id).order_by(Attachment.id)))


def add(session: Session, report: Report, name: str, data: bytes, directory: Path) -> Attachment:
    """Keep a file beside a report. ``directory``: `Settings.files`. Raises Refused: too large, empty, or of a kind not taken."""
    guard.require(Permission.REPORT_ATTACH, report)
    require_open(session, report)
    name = safe_name(name)
    media_type = kind(name, data)
    if sum(row.removed_at is None for row in of_report(session, report)) >= MOST:
        raise Refused(_("There are %(most)s files already: remove one first.", most=MOST))
    author = current()
    attachment = Attachment(
        report_id=report.id,
        name=name,
        media_type=media_type,
        size=len(data),
        sha256=keep(data, directory),
        author_id=author.user_id,
        author_name=author.name,
    )
    session.add(attachment)
    session.flush()
    audit.record(session, "report.file_attached", report, {"name": name, "size": len(data)})
    return attachment


def require_open(session: Session, report: Report) -> None:
    """Who fills the report in changes its files only while its numbers may change too. Raises Refused."""
    if guard.may(current(), Permission.REPORT_FILL, report):
        workflow.require(session, workflow.lock(session, report.id), Move.FILL)


def remove(session: Session, attachment: Attachment) -> None:
    """Take a file from the report; its row stays with the time. Only its author or somebody who fills the report in may."""
    report = session.get_one(Report, attachment.report_id)
    guard.require(Permission.REPORT_ATTACH, report)
    mine = current().user_id is not None and attachment.author_id == current().user_id
    if not mine and not guard.may(current(), Permission.REPORT_FILL, report):
        raise Refused(_("Only the person who attached a file removes it."))
    require_open(session, report)
    if attachment.removed_at is None:
        attachment.removed_at = days.now()
        session.flush()
        audit.record(session, "report.file_removed", report, {"name": attachment.name})


def path(attachment: Attachment, directory: Path) -> Path:
    """Where the bytes are. Serve them as a download (``Content-Disposition: attachment``, ``nosniff``)."""
    return place(directory, attachment.sha256)


def kind(name: str, data: bytes) -> str:
    """The media type, if the content is what the name's ending says. Raises Refused."""
    if not data:
        raise Refused(_("The file is empty."))
    if len(data) > LARGEST:
        raise Refused(_("The file is larger than %(limit)s MB.", limit=LARGEST // 1024 // 1024))
    known = KINDS.get(Path(name).suffix.lower())
    if known is None:
        kinds = ", ".join(ending[1:] for ending in KINDS)
        raise Refused(_("Files of this kind are not accepted. Accepted: %(kinds)s.", kinds=kinds))
    media_type, fits = known
    if not fits(data):
        raise Refused(_("The content of the file is not what its name says: “%(name)s”.", name=name))
    return media_type


def safe_name(name: str) -> str:
    """The last part of the name without signs that could mean anything to a system or deceive a reader; never empty."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    clean = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C" and sign not in '<>:"|?*')
    clean = re.sub(r"\s+", " ", clean).strip(" .")
    stem, dot, ending = clean.rpartition(".")
    return f"{stem[: LONGEST_NAME - len(ending) - 1]}{dot}{ending}"[:LONGEST_NAME] or "file"


def keep(data: bytes, directory: Path) -> str:
    """Write the bytes whole or not at all, durably, before the row that names them is committed; their checksum."""
    checksum = hashlib.sha256(data).hexdigest()
    target = place(directory, checksum)
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        half = target.with_suffix(f".{os.urandom(4).hex()}")
        with half.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        half.replace(target)
    return checksum


def place(directory: Path, checksum: str) -> Path:
    """The file of a checksum."""
    return directory / checksum[:2] / checksum
