"""Canary rows for the leak tests: everything that belongs to Братск carries a word that nobody else may ever read.

`PLACE` marks organizations, people and requests of Братск; `VALUE` what reports say there (support must not read it either);
`OWN` what is one person's alone: messages, saved views, imports, tasks (those who see the whole region must not read it).
"""

import io
import struct
import uuid
import zipfile
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session

from models import (
    Attachment,
    Attribute,
    Base,
    Comment,
    Event,
    Explanation,
    ImportRow,
    ImportRun,
    Level,
    Membership,
    Message,
    Organization,
    OrganizationFact,
    Report,
    ReportRevision,
    ReportSection,
    ReportSnapshot,
    ReportState,
    Request,
    Role,
    RoleName,
    SavedView,
    Succession,
    SuccessionKind,
    Task,
    ToldApart,
    User,
)
from tests.people import Cast

PLACE, VALUE, OWN = "Канарейка", "Кенарь", "Снегирь"
TWO_OFFICES, TWO_SCHOOLS = "pair", "two"  # strangers with two attachments: a supervisor, and a clerk of organizations
FURTHER = "canary"  # a further field, filled in for Братск
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
IMPORT = {"table_name": "organization", "file_name": f"{OWN}.xlsx", "sha256": "0" * 64, "mapping": READ}

FOUND = {"ready": 1, "of": 1, "rows": [{"key": 1, "title": f"{OWN} строка", "pairs": []}], "reasons": []}
TASK = {"kind": "bulk", "table_name": "organization", "title": f"{OWN} задание", "asked": {"rows": ""}, "found": FOUND}
VIEW = {"table_name": "organization", "query": f"q={OWN}", "pinned": True}


@dataclass
class Nest:
    """The ids of the canary rows by table, which of them were there before, and the batch in which Братск was changed; `own`: by
    table a row that most strangers may see.
    """

    ids: dict[str, list[Any]] = field(default_factory=dict)
    own: dict[str, Any] = field(default_factory=dict)
    older: set[tuple[str, Any]] = field(default_factory=set)
    batch: uuid.UUID = field(default_factory=uuid.uuid4)

    def hatch(self, session: Session, *rows: Any) -> None:
        for row in rows:
            if row in session:
                self.older.add((row.__tablename__, row.id))
            session.add(row)
            session.flush()
            self.ids.setdefault(row.__tablename__, []).append(type(row).__mapper__.primary_key_from_instance(row)[0])


def nest(session: Session, cast: Cast, report_id: int) -> Nest:
    """Mark all that belongs to Братск. `report_id`: the report of its school, which has no values yet."""
    made = Nest()
    session.add(Attribute(code=FURTHER, title="Ещё поле", kind="text", in_list=True))
    offices = [session.get_one(Organization, cast.organizations[name]) for name in ("bratsk", "school2")]
    people = [session.get_one(User, cast.users[name]) for name in ("bratsk", "school2")]
    report = session.get_one(Report, report_id)
    report.state, report.revision, report.reason = ReportState.REJECTED, 1, f"{PLACE} причина"
    made.hatch(session, *(marked(row) for row in offices), *(named(person) for person in people), report)
    made.hatch(session, *values(report_id), *talk(session, cast, report_id), *log(cast, report_id, made))
    seats = select(Membership).where(Membership.user_id.in_([person.id for person in people]))
    made.hatch(session, *session.scalars(seats))
    school = Organization(level=Level.ORGANIZATION, parent_id=offices[0].id, inn="3899000058", kpp="389901001")
    newest = User(username="kanareyka", email="k@modo.example", name="Анна", fs_uniquifier="kanareyka", password="x")
    made.hatch(session, marked(school), named(newest))
    role = session.scalars(select(Role).where(Role.name == RoleName.ORGANIZATION)).one()
    made.hatch(session, Membership(user_id=newest.id, organization_id=school.id, role_id=role.id))
    made.hatch(session, Report(campaign_id=report.campaign_id, organization_id=school.id))
    made.hatch(session, *past(offices[1].id, school.id), *work(cast.users["bratsk"]))
    run = made.ids["import_run"][0]
    session.add(ImportRow(run_id=run, line=2, outcome="error", cells={"short_name": OWN}, errors={"inn": f"{OWN} ИНН"}))
    session.add(ToldApart(first_id=offices[0].id, second_id=offices[1].id))
    strangers(session, cast)
    made.own = own(session, cast)
    session.commit()
    return made


def marked(row: Organization) -> Organization:
    """An organization whose card says the word wherever one can type."""
    row.short_name = f"{PLACE} {row.id or 'новая'}"
    row.full_name, row.address, row.phone = f"{PLACE} полная", f"{PLACE} адрес", f"{PLACE} телефон"
    row.head_name, row.email, row.extra = f"{PLACE} глава", "kanareyka@modo.example", {FURTHER: f"{PLACE} ещё"}
    return row


def named(person: User) -> User:
    """A person whose card says the word."""
    person.surname, person.position, person.phone = f"{PLACE}ева", f"{PLACE} должность", "+79990000000"
    return person


def strangers(session: Session, cast: Cast) -> None:
    """Two more people with the password of all: of two other municipalities, and of two other schools."""
    office = Organization(
        short_name="Управление Ангарска", full_name="Ангарск", level=Level.MUNICIPALITY, parent_id=cast.organizations["region"]
    )
    session.add(office)
    session.flush()
    roles = {role.name: role.id for role in session.scalars(select(Role))}
    password = session.get_one(User, cast.users["irkutsk"]).password
    for name, role, places in (
        (TWO_OFFICES, RoleName.SUPERVISOR, (cast.organizations["irkutsk"], office.id)),
        (TWO_SCHOOLS, RoleName.ORGANIZATION, (cast.organizations["school1"], cast.organizations["school3"])),
    ):
        login = {"username": name, "email": f"{name}@modo.example", "fs_uniquifier": name, "password": password}
        person = User(surname="Дваждина", name="Ева", confirmed_at=datetime.now(UTC), **login)
        session.add(person)
        session.flush()
        session.add_all(Membership(user_id=person.id, organization_id=place, role_id=roles[role]) for place in places)


def own(session: Session, cast: Cast) -> dict[str, Any]:
    """A row of each table that belongs to the school in Иркутск, or to nobody."""
    home, person = cast.organizations["school1"], cast.users["school1"]
    found = {"organization": home, "user": person}
    for model in (mapper.class_ for mapper in Base.registry.mappers):
        columns = model.__table__.c
        homes = [columns[name] == key for name, key in (("organization_id", home), ("user_id", person)) if name in columns]
        key = next(iter(model.__table__.primary_key))
        if model.__tablename__ not in found and (homes or not {"owner_id", "recipient_id"} & set(columns.keys())):
            found[model.__tablename__] = session.scalar(select(key).where(*homes[:1]).order_by(key).limit(1))
    return {name: key for name, key in found.items() if key is not None}


def fly(session: Session, made: Nest) -> None:
    """The canaries go: what was made is deleted, what was there before is called otherwise. Whoever saw none notices nothing."""
    gone = {table: [key for key in keys if (table, key) not in made.older] for table, keys in made.ids.items()}
    session.execute(text("SET LOCAL session_replication_role = replica"))  # no triggers, no foreign keys
    for table in Base.metadata.sorted_tables:
        if keys := gone.get(table.name):
            session.execute(delete(table).where(next(iter(table.primary_key)).in_(keys)))
    session.execute(text("SET LOCAL session_replication_role = origin"))
    for model, name in ((Organization, "short_name"), (Organization, "full_name"), (User, "surname")):
        session.execute(update(model).where(model.id.in_(made.ids[model.__tablename__])).values({name: "Яблонева"}))
    session.commit()


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
        Message(recipient_id=author, kind="account", subject=f"{OWN} письмо", body=f"{OWN} текст"),
        SavedView(owner_id=author, title=f"{OWN} вид", **VIEW),
        SavedView(owner_id=author, title=f"{OWN} района", **VIEW, shared="subtree", organization_id=cast.organizations["bratsk"]),
    ]


def log(cast: Cast, report_id: int, made: Nest) -> list[Any]:
    """What has happened in Братск, as the log has it."""
    home, who = cast.organizations["school2"], {"actor_id": cast.users["school2"], "actor_name": f"{PLACE}ева"}
    told = {"organization_id": home, "subject": f"{PLACE} событие", **who}
    pair, person = [f"{PLACE} было", f"{PLACE} {home}"], [f"{PLACE}ин", f"{PLACE}ева"]
    row = {"kind": "row.changed", "batch": made.batch, **told}
    return [
        Event(kind="report.submit", subject_type="report", subject_id=report_id, data={"reason": f"{VALUE} событие"}, **told),
        Event(subject_type="organization", subject_id=home, data={"short_name": pair}, **row),
        Event(subject_type="user", subject_id=cast.users["school2"], data={"surname": person}, **row),
    ]


def past(home: int, school: int) -> list[Any]:
    """What the school was, what it will be, and which one it followed."""
    day, later = date(2026, 1, 1), date(2030, 1, 1)
    named = {"organization_id": home, "field": "short_name"}
    return [
        OrganizationFact(since=None, value=f"{PLACE} раньше", **named),
        OrganizationFact(since=day, value=f"{PLACE} {home}", **named),
        OrganizationFact(since=later, value=f"{PLACE} потом", planned=True, **named),
        Succession(predecessor_id=home, successor_id=school, kind=SuccessionKind.SPUN_OFF, day=day),
    ]


def work(owner: int) -> list[Any]:
    """What somebody of Братск has under way."""
    forms = {**IMPORT, "mapping": {"forms": True, "denied": []}}
    return [
        Task(owner_id=owner, state="ready", **TASK),
        ImportRun(owner_id=owner, state="ready", **IMPORT),
        ImportRun(owner_id=owner, state="ready", **forms),
    ]


def heard(body: bytes, word: str) -> bool:
    """Whether an answer says the word: as text, as escaped JSON, inside a zipped document."""
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as document:
            return any(heard(document.read(name), word) for name in document.namelist())
    said = body.decode("utf-8", "replace").lower()
    stem = word.lower()[:-1]
    return stem in said or "".join(f"\\u{ord(letter):04x}" for letter in stem[1:]) in said
