"""The demo's people: the ten accounts of the README, an operator for every municipality, clerks for the organizations."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app.reporting import accounts, days, scope
from admin_app.reporting.accounts import Person
from admin_app.reporting.actor import Actor
from models import Level, Organization, RoleName, User
from seed.demo import names
from seed.demo.clock import Clock
from seed.demo.tree import Tree, latin

PASSWORD = "Modo-demo-2026"  # noqa: S105  # the demo's, said in the README
SHARED = 10  # organizations that one clerk files for
POSITIONS = ("Документовед", "Секретарь учебной части", "Методист", "Делопроизводитель", "Специалист по кадрам", "Экономист")
OFFICE_POSITIONS = ("Методист", "Главный специалист", "Консультант", "Ведущий специалист")


@dataclass
class Cast:
    """Ids of accounts: all by login, clerks by their organization, operators by their office; who did something last when."""

    clock: Clock
    users: dict[str, int] = field(default_factory=dict)
    clerks: dict[int, int] = field(default_factory=dict)
    operators: dict[int, int] = field(default_factory=dict)
    seen: dict[int, datetime] = field(default_factory=dict)
    actors: dict[int, Actor] = field(default_factory=dict)

    def reviewer(self, organization: Organization) -> int:
        """Who reviews the organization's reports."""
        above = organization.parent if organization.level is Level.BRANCH else organization
        return self.operators.get((above and above.parent_id) or 0) or self.users["central"]


ACCOUNTS = (
    ("central", "Соколова", "Ольга", "Викторовна", "Начальник отдела мониторинга", RoleName.CENTRAL),
    ("irkutsk", "Верхозина", "Анна", "Сергеевна", "Главный специалист департамента образования", RoleName.SUPERVISOR),
    ("bratsk", "Литвинцева", "Вера", "Андреевна", "Консультант департамента образования", RoleName.SUPERVISOR),
    ("school1", "Иванова", "Мария", "Петровна", "Заместитель директора", RoleName.ORGANIZATION),
    ("school2", "Распопина", "Нина", "Владимировна", "Секретарь учебной части", RoleName.ORGANIZATION),
    ("clerk", "Карнаухова", "Зоя", "Ильинична", "Документовед", RoleName.ORGANIZATION),
    ("newcomer", "Новикова", "Ирина", "Олеговна", "Секретарь", None),
    ("support", "Антипина", "Лариса", "Николаевна", "Специалист поддержки", RoleName.SUPPORT),
    ("auditor", "Шелковникова", "Елена", "Павловна", "Аудитор", RoleName.AUDITOR),
    ("admin", "Меркурьев", "Пётр", "Алексеевич", "Администратор системы", RoleName.ADMIN),
)


def places(tree: Tree) -> dict[str, list[Organization]]:
    """Where the accounts of the README are attached."""
    irkutsk, bratsk = tree.schools("Иркутск"), tree.schools("Братск")
    region = [tree.region]
    return {
        **{"central": region, "support": region, "auditor": region, "admin": region},
        "irkutsk": [tree.offices["Иркутск"]],
        "bratsk": [tree.offices["Братск"]],
        "school1": [irkutsk[0]],
        "school2": [bratsk[0]],
        "clerk": irkutsk[1:3],
        "newcomer": [],
    }


def gather(session: Session, tree: Tree, luck: Random, clock: Clock) -> Cast:
    """Everybody but the newcomer, activated and attached, one after another from the clock's time on."""
    cast = Cast(clock)
    where = places(tree)
    for login, *_human, role in ACCOUNTS:
        if role is not None:
            user = join(session, cast, login)
            for organization in where[login]:
                attach(session, cast, user, organization, role)
    for name, office in tree.offices.items():
        if office.id not in cast.operators:
            user = account(
                session, cast, f"mouo-{latin(name.split()[0])}-{office.id}", names.human(luck), luck.choice(OFFICE_POSITIONS)
            )
            attach(session, cast, user, office, RoleName.SUPERVISOR)
    for group in [*tree.below.values(), tree.colleges]:
        waiting = [one for one in group if one.id not in cast.clerks]
        for first in range(0, len(waiting), SHARED):
            user = account(session, cast, f"clerk{waiting[first].id}", names.human(luck), luck.choice(POSITIONS))
            for organization in waiting[first : first + SHARED]:
                attach(session, cast, user, organization, RoleName.ORGANIZATION)
    for branch in tree.branches:
        cast.clerks[branch.id] = cast.clerks[branch.parent_id or 0]
    return cast


def join(session: Session, cast: Cast, login: str) -> int:
    """The account of the README with this login; its id."""
    surname, name, patronymic, position = next(words for known, *words, _role in ACCOUNTS if known == login)
    return account(session, cast, login, names.Human(surname, name, patronymic), position)


def account(session: Session, cast: Cast, login: str, human: names.Human, position: str) -> int:
    """An activated account; its id. Making it takes some minutes of the clock."""
    cast.clock.now += timedelta(minutes=4, seconds=len(login) * 7)
    number = len(cast.users) + 1
    person = Person(
        username=login,
        email=f"{login}@edu38.example",
        surname=human.surname,
        name=human.name,
        patronymic=human.patronymic,
        position=position,
        phone=f"+7 (914) 900-{number // 100:02}-{number % 100:02}",
    )
    cast.users[login] = accounts.create(session, person, PASSWORD).id
    return cast.users[login]


@contextmanager
def acting(session: Session, cast: Cast, user_id: int) -> Iterator[None]:
    """As this person, whose rights are looked up once, in the demo's own, uncommitted transaction."""
    if user_id not in cast.actors:
        with scope.unscoped("who acts in the demo"):
            cast.actors[user_id] = scope.actor_of(user_id, session)
    cast.seen[user_id] = cast.clock.now
    with scope.acting(cast.actors[user_id]):
        yield


def attach(session: Session, cast: Cast, user: int, organization: Organization, role: RoleName) -> None:
    """Attach, and remember who does the work there."""
    accounts.attach(session, user, organization, role, days.day_of(cast.clock.now))
    if role is RoleName.ORGANIZATION:
        cast.clerks[organization.id] = user
    if role is RoleName.SUPERVISOR:
        cast.operators[organization.id] = user


def sign_ins(session: Session, cast: Cast) -> None:
    """Whoever did something had signed in some minutes before; support, the auditor and the administrator did today."""
    for login in ("support", "auditor", "admin", "central", "irkutsk"):
        cast.seen[cast.users[login]] = cast.clock.now - timedelta(minutes=11 * len(login))
    with scope.unscoped("when people signed in"):
        for user in session.scalars(select(User).where(User.id.in_(cast.seen))):
            user.last_login_at = cast.seen[user.id] - timedelta(minutes=5 + user.id % 40)
