"""The demo's people: the ten accounts of the README, an operator for every municipality, clerks for the organizations."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random

from sqlalchemy.orm import Session

from admin_app.reporting import accounts, scope
from admin_app.reporting.accounts import Person
from models import Organization, RoleName
from seed.demo import names
from seed.demo.tree import Tree, latin

PASSWORD = "Modo-demo-2026"  # noqa: S105  # the demo's, said in the README
SHARED = 8  # organizations that one clerk files for


@dataclass
class Cast:
    """Ids of accounts: all by login, clerks by their organization, operators by their office."""

    users: dict[str, int] = field(default_factory=dict)
    clerks: dict[int, int] = field(default_factory=dict)
    operators: dict[int, int] = field(default_factory=dict)


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


def gather(session: Session, tree: Tree, luck: Random) -> Cast:
    """Everybody, activated and attached."""
    cast = Cast()
    where = places(tree)
    for login, surname, name, patronymic, position, role in ACCOUNTS:
        user = account(session, cast, login, names.Human(surname, name, patronymic), position)
        for organization in where[login] if role else ():
            attach(session, cast, user, organization, role or RoleName.ORGANIZATION)
    for name, office in tree.offices.items():
        if office.id not in cast.operators:
            user = account(session, cast, f"mouo-{latin(name.split()[0])}-{office.id}", names.human(luck), "Методист")
            attach(session, cast, user, office, RoleName.SUPERVISOR)
    for group in [*tree.below.values(), tree.colleges]:
        waiting = [one for one in group if one.id not in cast.clerks]
        for first in range(0, len(waiting), SHARED):
            user = account(session, cast, f"clerk{waiting[first].id}", names.human(luck), "Документовед")
            for organization in waiting[first : first + SHARED]:
                attach(session, cast, user, organization, RoleName.ORGANIZATION)
    for branch in tree.branches:
        cast.clerks[branch.id] = cast.clerks[branch.parent_id or 0]
    return cast


def account(session: Session, cast: Cast, login: str, human: names.Human, position: str) -> int:
    """An activated account; its id."""
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
def acting(session: Session, user_id: int) -> Iterator[None]:
    """As this person, whose rights are looked up in the demo's own, uncommitted transaction."""
    with scope.unscoped("who acts in the demo"):
        actor = scope.actor_of(user_id, session)
    with scope.acting(actor):
        yield


def attach(session: Session, cast: Cast, user: int, organization: Organization, role: RoleName) -> None:
    """Attach, and remember who does the work there."""
    accounts.attach(session, user, organization, role)
    if role is RoleName.ORGANIZATION:
        cast.clerks[organization.id] = user
    if role is RoleName.SUPERVISOR:
        cast.operators[organization.id] = user
