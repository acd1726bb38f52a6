"""The cast of every test. One region, two municipalities, three schools, ten people.

- central runs the region; irkutsk and bratsk supervise one municipality each and never see the other's.
- school1 fills in for a school in Иркутск (which has a branch), school2 for one in Братск, clerk for both.
- newcomer has activated an account and is attached to nothing.
- support answers the phone, auditor reads everything, admin keeps the settings.
"""

from dataclasses import dataclass

from flask_security import hash_password
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Classifier, ClassifierItem, Level, Membership, Organization, Role, RoleName, User

PASSWORD = "Modo-demo-2026"


@dataclass(frozen=True)
class Cast:
    """Ids by name, so that tests never hold another session's objects."""

    users: dict[str, int]
    organizations: dict[str, int]


def organization(session: Session, name: str, level: Level, parent: Organization | None, **card: object) -> Organization:
    """A node of the tree under `parent`, with whatever card fields the test cares about."""
    row = Organization(short_name=name, full_name=name, level=level, parent_id=parent and parent.id, **card)
    session.add(row)
    session.flush()
    return row


def user(session: Session, username: str, surname: str, name: str, hashed: str) -> User:
    """An activated account."""
    row = User(
        username=username,
        email=f"{username}@modo.example",
        surname=surname,
        name=name,
        patronymic="",
        active=True,
        confirmed_at=func.now(),
        password=hashed,
        fs_uniquifier=f"unique-{username}",
    )
    session.add(row)
    session.flush()
    return row


def tree(session: Session) -> dict[str, Organization]:
    """region > irkutsk, bratsk > school1 (> branch1), school3; school2."""
    region = organization(session, "Иркутская область", Level.REGION, None)
    irkutsk = organization(session, "Управление образования Иркутска", Level.MUNICIPALITY, region)
    bratsk = organization(session, "Управление образования Братска", Level.MUNICIPALITY, region)
    school1 = organization(session, "МБОУ «СОШ № 1»", Level.ORGANIZATION, irkutsk, inn="3899000019", kpp="389901001")
    branch1 = organization(session, "Филиал СОШ № 1", Level.BRANCH, school1)
    school3 = organization(session, "МБОУ «СОШ № 3»", Level.ORGANIZATION, irkutsk, inn="3899000033", kpp="389901001")
    school2 = organization(session, "МБОУ «СОШ № 2» Братска", Level.ORGANIZATION, bratsk, inn="3899000026", kpp="389901001")
    return {
        "region": region,
        "irkutsk": irkutsk,
        "bratsk": bratsk,
        "school1": school1,
        "branch1": branch1,
        "school2": school2,
        "school3": school3,
    }


def lists(session: Session) -> None:
    """One short reference list, enough for classification fields."""
    kinds = Classifier(code="organization_type", title="Тип организации")
    session.add(kinds)
    session.flush()
    titles = ("общеобразовательная организация", "профессиональная образовательная организация")
    session.add_all(
        ClassifierItem(classifier_id=kinds.id, code=str(place), title=title, position=place)
        for place, title in enumerate(titles, 1)
    )
    session.flush()


MEMBERSHIPS = (
    ("central", "Центральная", "Ольга", RoleName.CENTRAL, ("region",)),
    ("irkutsk", "Иркутская", "Анна", RoleName.SUPERVISOR, ("irkutsk",)),
    ("bratsk", "Братская", "Вера", RoleName.SUPERVISOR, ("bratsk",)),
    ("school1", "Первая", "Мария", RoleName.ORGANIZATION, ("school1",)),
    ("school2", "Вторая", "Нина", RoleName.ORGANIZATION, ("school2",)),
    ("clerk", "Двухместная", "Зоя", RoleName.ORGANIZATION, ("school1", "school2")),
    ("newcomer", "Новикова", "Ирина", None, ()),
    ("support", "Телефонова", "Лариса", RoleName.SUPPORT, ("region",)),
    ("auditor", "Проверяева", "Елена", RoleName.AUDITOR, ("region",)),
    ("admin", "Админов", "Пётр", RoleName.ADMIN, ("region",)),
)


def cast(session: Session) -> Cast:
    """Everyone, in their places."""
    lists(session)
    nodes = tree(session)
    roles = {role.name: role.id for role in session.scalars(select(Role))}
    hashed = hash_password(PASSWORD)
    users = {}
    for username, surname, name, role, places in MEMBERSHIPS:
        users[username] = user(session, username, surname, name, hashed).id
        session.add_all(
            Membership(user_id=users[username], organization_id=nodes[place].id, role_id=roles[role]) for place in places if role
        )
    session.flush()
    return Cast(users, {name: node.id for name, node in nodes.items()})
