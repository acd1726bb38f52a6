"""Canary rows for the leak tests: everything that belongs to Братск carries a word that nobody else may ever read.

`PLACE` marks organizations, people and requests of Братск; `VALUE` what reports say there (support must not read it either).
"""

import io
import struct
import uuid
import warnings
import zipfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from models import (
    Attachment,
    Comment,
    Event,
    Explanation,
    ImportRow,
    ImportRun,
    Membership,
    Message,
    Organization,
    Report,
    ReportRevision,
    ReportSection,
    ReportSnapshot,
    ReportState,
    Request,
    SavedView,
    Task,
    ToldApart,
    User,
)
from tests.people import Cast

PLACE, VALUE = "Канарейка", "Кенарь"
READ = {
    "names": ["ИНН"],
    "fields": ["inn"],
    "sheet": 0,
    "sheets": [""],
    "first": 2,
    "examples": [],
    "defaults": {},
    "clears": False,
}
IMPORT = {"table_name": "organization", "file_name": f"{PLACE}.xlsx", "sha256": "0" * 64, "mapping": READ}

FOUND = {"ready": 1, "of": 1, "rows": [{"key": 1, "title": f"{PLACE} строка", "pairs": []}], "reasons": []}
TASK = {"kind": "bulk", "table_name": "organization", "title": f"{PLACE} задание", "asked": {"rows": ""}, "found": FOUND}
VIEW = {"table_name": "organization", "query": f"q={PLACE}", "pinned": True}


@dataclass
class Nest:
    """The ids of the canary rows by table, and the words in them."""

    ids: dict[str, list[Any]] = field(default_factory=dict)

    def hatch(self, session: Session, *rows: Any) -> None:
        for row in rows:
            session.add(row)
            session.flush()
            self.ids.setdefault(row.__tablename__, []).append(type(row).__mapper__.primary_key_from_instance(row)[0])


def nest(session: Session, cast: Cast, report_id: int) -> Nest:
    """Mark all that belongs to Братск. `report_id`: the report of its school, which has no values yet."""
    made = Nest()
    offices = [session.get_one(Organization, cast.organizations[name]) for name in ("bratsk", "school2")]
    for row in offices:
        row.short_name = f"{PLACE} {row.id}"
        row.full_name, row.address, row.phone = f"{PLACE} полная", f"{PLACE} адрес", f"{PLACE} телефон"
        row.head_name, row.email = f"{PLACE} глава", "kanareyka@modo.example"
    people = [session.get_one(User, cast.users[name]) for name in ("bratsk", "school2")]
    for person in people:
        person.surname, person.position, person.phone = f"{PLACE}ева", f"{PLACE} должность", "+79990000000"
    report = session.get_one(Report, report_id)
    report.state, report.revision, report.reason = ReportState.REJECTED, 1, f"{PLACE} причина"
    made.hatch(session, *offices, *people, report, *values(report_id), *talk(session, cast, report_id))
    made.hatch(session, Task(owner_id=cast.users["bratsk"], state="ready", **TASK))
    made.hatch(session, run := ImportRun(owner_id=cast.users["bratsk"], state="ready", **IMPORT))
    session.add(ImportRow(run_id=run.id, line=2, outcome="error", cells={"short_name": PLACE}, errors={"inn": f"{PLACE} ИНН"}))
    session.add(ToldApart(first_id=offices[0].id, second_id=offices[1].id))
    seats = select(Membership).where(Membership.user_id.in_([person.id for person in people]))
    made.hatch(session, *session.scalars(seats))
    session.commit()
    return made


def values(report_id: int) -> list[Any]:
    """What the report says."""
    shared = {"report_id": report_id}
    return [
        ReportSection(code="2", numbers=struct.pack("<2d", -0.0, -0.0), texts={"02/3": f"{VALUE} текст"}, **shared),
        ReportRevision(number=1, user_name=f"{VALUE}ев", key=uuid.uuid4(), delta=[["2/02/3", None, f"{VALUE} было"]], **shared),
        ReportSnapshot(revision=1, state=ReportState.SUBMITTED, sections=f"{VALUE} снимок".encode(), **shared),
        Explanation(check_id="1", text=f"{VALUE} пояснение", at=datetime.now(UTC), **shared),
        Comment(text=f"{VALUE} комментарий", author_name=f"{VALUE}ев", **shared),
        Attachment(
            name=f"{VALUE}.pdf", media_type="application/pdf", size=1, sha256="0" * 64, author_name=f"{VALUE}ев", **shared
        ),
    ]


def talk(session: Session, cast: Cast, report_id: int) -> list[Any]:
    """What is said about Братск and to its people."""
    author, home = cast.users["school2"], cast.organizations["school2"]
    return [
        Request(kind="return_report", author_id=author, organization_id=home, report_id=report_id, text=f"{PLACE} просит"),
        Message(recipient_id=author, kind="account", subject=f"{PLACE} письмо", body=f"{PLACE} текст"),
        SavedView(owner_id=author, title=f"{PLACE} вид", **VIEW),
        SavedView(
            owner_id=author, title=f"{PLACE} района", **VIEW, shared="subtree", organization_id=cast.organizations["bratsk"]
        ),
        Event(
            kind="report.submit",
            actor_id=author,
            actor_name=f"{PLACE}ева",
            organization_id=home,
            subject_type="report",
            subject_id=report_id,
            subject=f"{PLACE} событие",
            data={"reason": f"{VALUE} событие"},
        ),
    ]


def heard(body: bytes, word: str) -> bool:
    """Whether an answer says the word: as text, as escaped JSON, inside a zipped document."""
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as document:
            return any(heard(document.read(name), word) for name in document.namelist())
    stem = word.lower()[:-1]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # a backslash that begins no escape, as in a workbook's formats
        return stem in body.decode("utf-8", "replace").lower() or stem in body.decode("unicode_escape", "replace").lower()


WATCHED = (
    "SELECT md5(string_agg(o::text, '|' ORDER BY o.id)) FROM organization o WHERE o.id = ANY(:organizations)",
    "SELECT md5(string_agg(u.username || u.email || u.surname || u.active || coalesce(u.password, ''), '|' ORDER BY u.id)) "
    'FROM "user" u WHERE u.id = ANY(:users)',
    "SELECT md5(string_agg(m::text, '|' ORDER BY m.id)) FROM membership m WHERE m.organization_id = ANY(:organizations)",
    "SELECT md5(string_agg(r::text, '|' ORDER BY r.id)) FROM report r WHERE r.organization_id = ANY(:organizations)",
    "SELECT md5(string_agg(r::text, '|' ORDER BY r.id)) FROM request r WHERE r.organization_id = ANY(:organizations)",
    *(
        f"SELECT md5(string_agg(c::text, '|' ORDER BY c::text)) FROM {table} c JOIN report r ON r.id = c.report_id "  # noqa: S608
        "WHERE r.organization_id = ANY(:organizations)"
        for table in ("comment", "attachment", "explanation", "report_section", "report_revision", "report_snapshot")
    ),
    "SELECT count(*)::text FROM message WHERE recipient_id = ANY(:users) AND read_at IS NULL",
)


def prints(session: Session, made: Nest) -> list[str | None]:
    """The fingerprints of everything of Братск: equal before and after whatever strangers try."""
    session.expire_all()
    bounds = {"organizations": made.ids["organization"], "users": made.ids["user"]}
    return [
        session.scalar(text(query), bounds if ":users" in query and ":org" in query else pick(query, bounds)) for query in WATCHED
    ]


def pick(query: str, bounds: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """The parameters that the query names."""
    return {name: value for name, value in bounds.items() if f":{name}" in query}
