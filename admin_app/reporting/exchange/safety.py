"""Files from outside: what they are by their content, and a refusal in plain words before they can hurt.

A file is judged by its first bytes and, if it is an archive, by its table of contents; nothing is unpacked for that. Python's
`zipfile` never hands out more of a part than the table of contents declares, so the declared sizes bound time and memory.
XML is read by `markup`, which refuses document type declarations and so entities of every kind.
"""

import enum
import re
import struct
import zipfile
import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO

from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _

from admin_app.reporting.refusal import Refused

MB = 1024 * 1024
MAX_FILE = 50 * MB  # a registry of 100,000 rows × 30 columns has 40 MB as CSV and 15 as XLSX
MAX_ENTRIES = 2_000  # an office file has 10 to 50 parts; nobody mails more application forms at once
MAX_CONTENTS = 1 * MB  # the table of contents is read at once: 2,000 entries with long names fit
MAX_UNPACKED = 300 * MB  # 100,000 rows × 30 columns are 150 MB of XML; three seconds of reading
MAX_RATIO = 200  # office files shrink 5 to 50 times, a bomb about 1,000 times
SMALL_PART = 1 * MB  # below this, the ratio says nothing: a part full of spaces is harmless
CHUNK = 64 * 1024  # bytes read at once

DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, struct.error, ValueError, OverflowError)
END = b"PK\x05\x06"
END_64 = b"PK\x06\x07"


class Kind(enum.StrEnum):
    """What can be read."""

    XLSX = "xlsx"
    CSV = "csv"
    DOCX = "docx"
    ZIP = "zip"


WORDS: dict[Kind, LazyString] = {
    Kind.XLSX: _("an Excel workbook (.xlsx)"),
    Kind.CSV: _("a text table (.csv)"),
    Kind.DOCX: _("a Word document (.docx)"),
    Kind.ZIP: _("a ZIP archive (.zip)"),
}
SUFFIXES = {
    ".xlsx": Kind.XLSX,
    ".xltx": Kind.XLSX,
    ".xls": None,
    ".csv": Kind.CSV,
    ".txt": Kind.CSV,
    ".tsv": Kind.CSV,
    ".docx": Kind.DOCX,
    ".dotx": Kind.DOCX,
    ".doc": None,
    ".zip": Kind.ZIP,
}
OLD = _("This is a file of the old format (.doc or .xls). Open it in Word or Excel and save it as %(wanted)s.")
SEALED = _("The file is protected with a password. Open it, take the password off, and save it as %(wanted)s.")
PDF = _("This is a PDF: its text can't be read reliably. Send the file it was made from, saved as %(wanted)s.")
RTF = _("This is an RTF document. Open it in Word and save it as %(wanted)s.")
PACKED = _("This is an archive of a kind that isn't opened here. Unpack it and send the file inside: %(wanted)s.")
WEB = _("Inside, this is a web page or XML, whatever its name says. Open it in Excel or Word and save it as %(wanted)s.")
OPEN_DOCUMENT = _("This is an OpenDocument file. Open it in its program and save it as %(wanted)s.")
BINARY = _("This is no table or document that can be read here. Send %(wanted)s.")
MACROS = _("The file contains macros (a program). Save it without them, as %(wanted)s.")

BEGINNINGS: tuple[tuple[bytes, LazyString], ...] = (
    (b"%PDF", PDF),
    (b"{\\rtf", RTF),
    (b"\x1f\x8b", PACKED),
    (b"Rar!", PACKED),
    (b"7z\xbc\xaf\x27\x1c", PACKED),
    (b"BZh", PACKED),
    (b"\xfd7zXZ\x00", PACKED),
    (b"\x28\xb5\x2f\xfd", PACKED),
)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
TYPES: tuple[tuple[str, Kind], ...] = (
    ("spreadsheetml.sheet.main", Kind.XLSX),
    ("spreadsheetml.template.main", Kind.XLSX),
    ("wordprocessingml.document.main", Kind.DOCX),
    ("wordprocessingml.template.main", Kind.DOCX),
)


def expect(file: BinaryIO, name: str, accepted: Collection[Kind]) -> Kind:
    """What the file is, by its content. `file` can seek and is left at its start; `name` is as the person sees it.

    Raises Refused, in plain words, if it is none of `accepted`, can't be read, is too big, or may hurt.
    """
    wanted = gettext(" or ").join(str(WORDS[one]) for one in Kind if one in accepted)
    size = file.seek(0, 2)
    file.seek(0)
    if not size:
        raise Refused(gettext("The file is empty."))
    if size > MAX_FILE:
        raise Refused(gettext("The file has %(size)s MB; at most %(most)s are read.", size=size // MB + 1, most=MAX_FILE // MB))
    kind = packed(file, wanted) if file.read(4) == b"PK\x03\x04" else plain(file, wanted)
    file.seek(0)
    agree(name, kind, wanted)
    if kind not in accepted:
        raise Refused(gettext("This is %(kind)s; needed is %(wanted)s.", kind=WORDS[kind], wanted=wanted))
    return kind


def agree(name: str, kind: Kind, wanted: str) -> None:
    """A name that promises something else is refused: who sent it should know what it is."""
    suffix = PurePosixPath(name.lower()).suffix
    if suffix in {".xlsm", ".xltm", ".docm", ".dotm", ".xlam"}:
        raise Refused(str(MACROS) % {"wanted": wanted})
    if SUFFIXES.get(suffix, kind) != kind:
        sentence = gettext("The file's name ends in %(suffix)s, but inside it is %(kind)s. Save it anew or rename it.")
        raise Refused(sentence % {"suffix": suffix, "kind": WORDS[kind]})


def plain(file: BinaryIO, wanted: str) -> Kind:
    """A file that is no ZIP: text, or refused by name. Reads all of it only for old office files."""
    file.seek(0)
    head = file.read(CHUNK)
    if head.startswith(OLE):
        raise Refused(str(SEALED if ENCRYPTED in head + file.read() else OLD) % {"wanted": wanted})
    for beginning, sentence in BEGINNINGS:
        if head.startswith(beginning):
            raise Refused(str(sentence) % {"wanted": wanted})
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<html", b"<!doctype", b"<?xml", b"<table", b"<meta")):
        raise Refused(str(WEB) % {"wanted": wanted})
    if not utf_16(head) and re.search(rb"[\x00-\x08\x0e-\x19]", head):
        raise Refused(str(BINARY) % {"wanted": wanted})
    return Kind.CSV


def utf_16(head: bytes) -> str:
    """The name of the UTF-16 that the text is in, "" if it is in none: by its mark, or by the high bytes of Russian and Latin."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    for name, high in (("utf-16-le", head[1::2]), ("utf-16-be", head[::2])):
        if len(high) > 3 and high.count(0) + high.count(4) > 0.8 * len(high):
            return name
    return ""


def packed(file: BinaryIO, wanted: str) -> Kind:
    """A ZIP: an office file by what it says of itself, else an archive."""
    with archive(file) as zipped:
        names = set(zipped.namelist())
        if "mimetype" in names:
            raise Refused(str(OPEN_DOCUMENT) % {"wanted": wanted})
        if "[Content_Types].xml" not in names:
            return Kind.ZIP
        types = b"".join(chunks(zipped, "[Content_Types].xml")).decode("utf-8", "replace")
        if "macroEnabled" in types or any(name.lower().endswith("vbaproject.bin") for name in names):
            raise Refused(str(MACROS) % {"wanted": wanted})
        if any(name.lower() == "encryptedpackage" for name in names):
            raise Refused(str(SEALED) % {"wanted": wanted})
    for words, kind in TYPES:
        if words in types:
            return kind
    raise Refused(str(BINARY) % {"wanted": wanted})


def archive(file: BinaryIO) -> zipfile.ZipFile:
    """The archive, judged by its table of contents. Raises Refused: damaged, sealed, too big, or made to hurt."""
    if contents_size(file) > MAX_CONTENTS:
        raise Refused(gettext("The archive holds too many files; at most %(most)s are read.", most=MAX_ENTRIES))
    try:
        zipped = zipfile.ZipFile(file)
        entries = zipped.infolist()
    except DAMAGED as error:
        raise Refused(gettext("The file is damaged: it can't be unpacked.")) from error
    judge(entries, file.seek(0, 2))
    return zipped


def judge(entries: list[zipfile.ZipInfo], size: int) -> None:
    """Refuse by the table of contents; `size` is the archive's, in bytes."""
    if len(entries) > MAX_ENTRIES:
        raise Refused(gettext("The archive holds too many files; at most %(most)s are read.", most=MAX_ENTRIES))
    if sum(one.file_size for one in entries) > MAX_UNPACKED or any(swollen(one) for one in entries):
        raise Refused(gettext("Unpacked, the file would be far too big. Nothing of it has been read."))
    if sum(one.compress_size for one in entries) > size or len({one.filename for one in entries}) < len(entries):
        raise Refused(gettext("The archive is made in a way that no ordinary program does: its files overlap."))
    if any(one.flag_bits & 1 for one in entries):
        raise Refused(gettext("The archive is protected with a password. Unpack it and send it without one."))
    if any(one.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for one in entries):
        raise Refused(gettext("The archive is packed by an unusual method. Pack it as an ordinary ZIP."))
    if any(wandering(one.filename) for one in entries):
        raise Refused(gettext("A file name in the archive points outside of it. Nothing has been read."))


def swollen(entry: zipfile.ZipInfo) -> bool:
    """Does it grow as only a bomb does?"""
    return entry.file_size > SMALL_PART and entry.file_size > MAX_RATIO * max(entry.compress_size, 1)


def wandering(name: str) -> bool:
    """Would the name leave the folder it is unpacked to?"""
    path = name.replace("\\", "/")
    return path.startswith("/") or ".." in path.split("/") or bool(re.match(r"[A-Za-z]:", path))


def contents_size(file: BinaryIO) -> int:
    """Bytes of the archive's table of contents, as `zipfile` will find it; 0 if it finds none."""
    size = file.seek(0, 2)
    file.seek(max(0, size - 65_557 - 76))
    tail = file.read()
    at = len(tail) - 22
    if at < 0 or not (tail[at : at + 4] == END and tail[-2:] == b"\x00\x00"):
        at = tail.rfind(END)
    if at < 0 or len(tail) < at + 22:
        return 0
    if at >= 76 and tail[at - 20 : at - 16] == END_64:
        return int(struct.unpack_from("<Q", tail, at - 76 + 40)[0])
    return int(struct.unpack_from("<L", tail, at + 12)[0])


@dataclass(frozen=True)
class Part:
    """One file in an archive: the name a person gave it, and where it is."""

    name: str
    entry: zipfile.ZipInfo


def parts(zipped: zipfile.ZipFile) -> Iterator[Part]:
    """The files that a person put into the archive; not folders, nor what systems and Word leave beside them."""
    for entry in zipped.infolist():
        name = readable(entry)
        base = name.rsplit("/", 1)[-1]
        if base and not name.startswith("__MACOSX/") and not base.startswith((".", "~$")) and base.lower() != "thumbs.db":
            yield Part(name, entry)


def readable(entry: zipfile.ZipInfo) -> str:
    """The name in Russian letters: archivers write UTF-8 without saying so, or the DOS code page (cp866)."""
    if entry.flag_bits & 0x800:
        return entry.filename
    raw = entry.filename.encode("cp437", "replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp866", "replace")


def chunks(zipped: zipfile.ZipFile, part: str | zipfile.ZipInfo) -> Iterator[bytes]:
    """The part's bytes, 64 kB at a time. Raises Refused if it is missing or damaged."""
    try:
        with zipped.open(part) as stream:
            while data := stream.read(CHUNK):
                yield data
    except (KeyError, *DAMAGED) as error:
        raise Refused(gettext("The file is damaged: a part of it is missing or broken.")) from error
