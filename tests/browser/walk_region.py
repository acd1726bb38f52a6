"""A small region for the walk through the manual and the look at every screen: two offices, seven schools, the real ОО-1.

Made through the verbs that people use, in some seconds; the accounts have the demo's names and password.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from admin_app.reporting import accounts, forms, letters, reports, scope, sheet
from models import Campaign, FormVersion, Level, Organization, PeriodKind, Report, RoleName
from seed import forms as seed_forms
from seed import lists
from seed.periods import bounds, period
from tests.people import PASSWORD

PEOPLE = (
    ("central", "Соколова", "Ольга", "Викторовна", "Начальник отдела мониторинга"),
    ("irkutsk", "Верхозина", "Анна", "Сергеевна", "Главный специалист департамента образования"),
    ("bratsk", "Литвинцева", "Вера", "Андреевна", "Консультант департамента образования"),
    ("school1", "Иванова", "Мария", "Петровна", "Заместитель директора"),
    ("clerk", "Карнаухова", "Зоя", "Ильинична", "Документовед"),
    ("school2", "Распопина", "Нина", "Владимировна", "Секретарь учебной части"),
    ("newcomer", "Новикова", "Ирина", "Олеговна", "Секретарь"),
    ("support", "Антипина", "Лариса", "Николаевна", "Специалист поддержки"),
)
# Where this year's report of each school stands; the first one's is the report that the walk fills in.
SCHOOLS = {
    "Лицей № 1": "empty",
    "СОШ № 4": "submitted",
    "СОШ № 7": "submitted",
    "Гимназия № 2": "accepted",
    "СОШ № 12": "rejected",
    "СОШ № 15": "empty",
}
CARD = {
    "full_name": "Муниципальное бюджетное общеобразовательное учреждение города Иркутска «Лицей № 1»",
    "inn": "3899000019",
    "kpp": "389901001",
    "address": "г. Иркутск, ул. Мира, д. 91",
    "head_name": "Куклина Наталья Павловна",
    "head_position": "Директор",
    "phone": "+7 (3955) 93-00-03",
    "email": "school1-irkutsk@edu38.example",
    "site": "school1-irkutsk.edu38.example",
}
Users = dict[str, int]


@dataclass(frozen=True)
class Region:
    """The running product with this region: its address, its outbox, and what a clerk types into a consistent ОО-1."""

    url: str
    outbox: Path
    sample: dict[str, str]


def make(app: Flask, engine: Engine, today: date) -> dict[str, str]:
    """Fill a migrated, empty database; nothing is mailed. Returns the sample: what is typed, by address."""
    with app.app_context(), scope.ScopedSession(engine) as session, scope.acting(scope.everything("MODO")), letters.silence():
        lists.load(session)
        version = forms.load_form(session, seed_forms.document("oo1"))
        sample = typed(version)
        users = {login: person(session, login, *words) for login, *words in PEOPLE}
        schools = grow(session, users)
        file(session, users, schools, version, sample, today)
        session.commit()
    return sample


def typed(version: FormVersion) -> dict[str, str]:
    """What a clerk types into the grey cells."""
    cells = forms.program(version).cells
    filled = ((address, value) for address, value in seed_forms.sample("oo1").items() if value)
    return {address: f"{value:.10g}" for address, value in filled if cells[address].kind == "input"}


def person(session: Session, login: str, surname: str, name: str, patronymic: str, position: str) -> int:
    """An activated account; its id."""
    words = (surname, name, patronymic, position, "+7 (914) 900-00-00")
    return accounts.create(session, accounts.Person(login, f"{login}@edu38.example", *words), PASSWORD).id


def node(session: Session, level: Level, parent: Organization | None, name: str, **card: str) -> Organization:
    """An organization in the tree."""
    row = Organization(level=level, parent_id=parent and parent.id, **{"short_name": name, "full_name": name, **card})
    session.add(row)
    session.flush()
    return row


def grow(session: Session, users: Users) -> list[Organization]:
    """The region with everybody in their place; the schools of Иркутск."""
    region = node(session, Level.REGION, None, "Иркутская область")
    irkutsk = node(session, Level.MUNICIPALITY, region, "Департамент образования города Иркутска")
    bratsk = node(session, Level.MUNICIPALITY, region, "Департамент образования города Братска")
    cards = [CARD] + [{} for _ in range(len(SCHOOLS) - 1)]
    schools = [
        node(session, Level.ORGANIZATION, irkutsk, f"МБОУ г. Иркутска {name}", **card)
        for name, card in zip(SCHOOLS, cards, strict=True)
    ]
    beside = node(session, Level.ORGANIZATION, bratsk, "МБОУ г. Братска СОШ № 3")
    places = [("central", region, RoleName.CENTRAL), ("support", region, RoleName.SUPPORT)]
    places += [("irkutsk", irkutsk, RoleName.SUPERVISOR), ("bratsk", bratsk, RoleName.SUPERVISOR)]
    places += [("school1", schools[0], RoleName.ORGANIZATION), ("school2", beside, RoleName.ORGANIZATION)]
    places += [("clerk", school, RoleName.ORGANIZATION) for school in schools[1:]]
    for login, organization, role in places:
        accounts.attach(session, users[login], organization, role)
    return schools


def file(
    session: Session, users: Users, schools: list[Organization], version: FormVersion, sample: dict[str, str], today: date
) -> None:
    """Last year's report of the first school, accepted; this year's reports where they stand."""
    year, _end = bounds(PeriodKind.SCHOOL_YEAR, today)
    before = campaign(session, version, year - timedelta(days=1), date(year.year - 1, 10, 15))
    bring(session, users, before, schools[0], "accepted", sample)
    last = session.scalars(select(Report).where(Report.campaign_id == before.id, Report.accepted_at.is_not(None))).one()
    last.submitted_at = last.accepted_at = datetime(year.year - 1, 10, 7, tzinfo=UTC)
    reports.close_campaign(session, before)
    now = campaign(session, version, today, today + timedelta(days=20))
    for school, state in zip(schools, SCHOOLS.values(), strict=True):
        bring(session, users, now, school, state, sample)


def campaign(session: Session, version: FormVersion, day: date, deadline: date) -> Campaign:
    """An open campaign for the school year of this day."""
    when = period(session, PeriodKind.SCHOOL_YEAR, day)
    row = Campaign(form_version=version, period=when, title=f"Отчет ОО-1 за {when.title}", deadline=deadline)
    row.filing_levels, row.review_levels = [Level.ORGANIZATION], [Level.MUNICIPALITY]
    session.add(row)
    session.flush()
    reports.open_campaign(session, row)
    return row


def bring(session: Session, users: Users, of: Campaign, school: Organization, state: str, sample: dict[str, str]) -> None:
    """Fill in a school's report and send it on its way."""
    if state == "empty":
        return
    row = session.scalars(select(Report).where(Report.campaign_id == of.id, Report.organization_id == school.id)).one()
    with acting(session, users["school1" if school.inn else "clerk"]):
        sheet.save(session, row.id, sample, 0, uuid.uuid4())
        reports.submit(session, row.id)
    with acting(session, users["irkutsk"]):
        if state == "accepted":
            reports.accept(session, row.id)
        if state == "rejected":
            reports.reject(session, row.id, "В разделе 3.1 не показаны внутренние совместители.")


@contextmanager
def acting(session: Session, user: int) -> Iterator[None]:
    """As this person, whose rights are looked up in the same transaction."""
    with scope.unscoped("who acts in the walk's region"):
        actor = scope.actor_of(user, session)
    with scope.acting(actor):
        yield
