"""A region of any size in a fresh database: four levels, realistic names, classification, people, reports; by COPY.

Organizations come in the order of their ids from all municipalities mixed, as they register in life, so that the rows of
a municipality lie all over the table. One municipality, `Region.office`, has exactly a hundredth of them all.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any

import psycopg
import yaml
from sqlalchemy import Engine
from sqlalchemy.orm import Session

import seed
from admin_app import migrations
from models import Campaign, Form, FormVersion, Level, Period, PeriodKind
from seed import lists
from seed.demo import names

USERS = 20_000
BRANCHES = 0.1  # of all organizations
OFFICE = 20  # the place of the measured municipality among the region's
WORD = "Светлячок"  # in the names of some kindergartens
MISS = "кракозябра"
CARD = (
    "id", "parent_id", "level", "path", "short_name", "full_name", "address", "site", "phone", "email", "inn", "kpp", "ogrn",
    "okpo", "oktmo", "head_name", "head_position", "type_id", "legal_form_id", "legal_position_id", "settlement_type_id",
    "structural_level_id", "okved_main_id",
)  # fmt: skip
PERSON = (
    "id", "surname", "name", "patronymic", "username", "email", "position", "phone", "active", "confirmed_at", "password",
    "fs_uniquifier",
)  # fmt: skip


@dataclass(frozen=True)
class Region:
    """What the measurements need to know: the operator's municipality, the paths below it, one school of it and its INN."""

    size: int
    office: int
    low: str
    high: str
    school: int
    name: str
    inn: str
    school_type: int
    school_type_code: str = "school"

    @property
    def hundredth(self) -> int:
        """How many organizations the operator sees: its own and those below."""
        return self.size // 100


def fill(engine: Engine, size: int, password: str) -> Region:
    """Make the schema and the region. `password`: a hash, given to everybody; `central` and `operator` sign in."""
    migrations.upgrade(engine)
    with Session(engine) as session, session.begin():
        lists.load(session)
        items = lists.codes(session)
        campaign = campaign_of(session)
    gardener = Gardener(size, items)
    with psycopg.connect(engine.url.set(drivername="postgresql").render_as_string(hide_password=False)) as connection:
        cards = list(gardener.cards())
        load_organizations(connection, cards)
        copy(connection, "organization_okved", ("organization_id", "item_id"), gardener.activities(cards))
        load_people(connection, password, cards, gardener.office)
        load_reports(connection, campaign, cards)
        settle(connection)
    school = next(
        one for one in cards if one["parent_id"] == gardener.office and one["type_id"] == items["organization_type"]["school"]
    )
    low = f"/1/{gardener.office}/"
    return Region(
        size, gardener.office, low, low[:-1] + "0", school["id"], school["short_name"], school["inn"], school["type_id"]
    )


def campaign_of(session: Session) -> int:
    """A campaign for the reports; its id."""
    version = FormVersion(
        form=Form(code="F", title="Форма", periodicity=PeriodKind.YEAR), number=1, label="1", document={}, digest="1"
    )
    period = Period(kind=PeriodKind.YEAR, title="2025", starts_on=date(2025, 1, 1), ends_on=date(2025, 12, 31))
    campaign = Campaign(form_version=version, period=period, title="Форма за 2025 год", deadline=date(2026, 1, 20))
    session.add(campaign)
    session.flush()
    return campaign.id


# ── Cards ────────────────────────────────────────────────────────────────────────────────────────────────────────────


class Gardener:
    """Makes the cards of a region of `size` organizations, the same ones every time."""

    def __init__(self, size: int, items: dict[str, dict[str, int]]) -> None:
        self.size, self.items, self.luck = size, items, Random(1)
        document = yaml.safe_load((Path(seed.__file__).parent / "region.yaml").read_text("utf-8"))
        self.name, self.municipalities = document["name"], document["municipalities"]
        self.office = 2 + OFFICE

    def cards(self) -> Iterator[dict[str, Any]]:
        """Every organization; superiors before those below them."""
        yield self.card(1, node(None, "/", Level.REGION, self.name, "Министерство образования Иркутской области"), "office")
        for place, one in enumerate(self.municipalities):
            name = f"Управление образования {one['office']}"
            own = node(1, "/1/", Level.MUNICIPALITY, name, f"{name} (администрация)")
            yield self.card(2 + place, own, "office", one["oktmo"])
        schools: dict[int, list[dict[str, Any]]] = {place: [] for place in range(len(self.municipalities))}
        for number, place in enumerate(self.places(), 2 + len(self.municipalities)):
            above = schools[place]
            if len(above) > 10 and self.luck.random() < BRANCHES:
                yield self.branch(number, self.luck.choice(above))
                continue
            card = self.member(number, place)
            if card["type_id"] == self.items["organization_type"]["school"]:
                above.append(card)
            yield card

    def places(self) -> list[int]:
        """Each organization's municipality, mixed: a hundredth is the measured one's, the others have theirs by their size."""
        rest = self.size - 1 - len(self.municipalities)
        measured = self.size // 100 - 1
        others = [place for place in range(len(self.municipalities)) if place != OFFICE]
        weights = list(accumulate(self.municipalities[place]["size"] for place in others))
        found = self.luck.choices(others, cum_weights=weights, k=rest - measured) + [OFFICE] * measured
        self.luck.shuffle(found)
        return found

    def member(self, number: int, place: int) -> dict[str, Any]:
        """A school, a kindergarten or a centre."""
        luck, one = self.luck, self.municipalities[place]
        at = one["office"].replace("города ", "г. ") if luck.random() < 0.5 else f"с. {luck.choice(names.WORDS['villages'])}"
        kind, serial = luck.choices(("school", "preschool", "additional"), (5, 3, 2))[0], luck.randint(1, 400)
        if kind == "school":
            short, full = f"МБОУ {at} СОШ № {serial}", f"общеобразовательное учреждение {at} «Средняя школа № {serial}»"
        elif kind == "preschool":
            title = f"детский сад № {serial} «{luck.choice(names.WORDS['kindergartens'])}»"
            short, full = f"МБДОУ {at} {title}", f"дошкольное образовательное учреждение {at} {title}"
        else:
            title = f"«Дом детского творчества № {serial}»"
            short, full = f"МБУДО {at} {title}", f"учреждение дополнительного образования {at} {title}"
        full = f"Муниципальное бюджетное {full}"
        return self.card(number, node(2 + place, f"/1/{2 + place}/", Level.ORGANIZATION, short, full), kind, one["oktmo"], at)

    def branch(self, number: int, school: dict[str, Any]) -> dict[str, Any]:
        """A school's branch in a village, under its INN."""
        at = f"д. {self.luck.choice(names.WORDS['villages'])}"
        own = {"id": number, "parent_id": school["id"], "level": Level.BRANCH, "path": f"{school['path']}{number}/"}
        named = {"short_name": f"Филиал {school['short_name']} в {at}", "full_name": f"Филиал: {school['full_name']}, {at}"}
        where = {
            "address": f"{at}, {names.street(self.luck)}",
            "kpp": "389943001",
            "settlement_type_id": self.items["settlement_type"]["village"],
        }
        return school | own | named | where

    def card(self, number: int, node: dict[str, Any], kind: str, oktmo: str = "25000000", at: str = "") -> dict[str, Any]:
        """A complete card. `node`: its place and its names; `kind`: its type's code; `at`: its settlement."""
        items, serial = self.items, f"{number:07}"
        main = {"school": "85.14", "preschool": "85.11", "additional": "85.41.9"}.get(kind, "84.11")
        ogrn = f"1{2 + number % 23:02}38{serial}"
        codes = {
            "inn": checked(f"38{serial}", 11, (2, 4, 10, 3, 5, 9, 4, 6, 8)),
            "kpp": "389901001",
            "ogrn": f"{ogrn}{int(ogrn) % 11 % 10}",
            "okpo": f"{number:08}",
            "oktmo": oktmo,
        }
        contacts = {
            "address": f"{at or 'г. Иркутск'}, {names.street(self.luck)}",
            "site": f"org{number}.edu38.example",
            "phone": f"+7 (3952) {serial[1:3]}-{serial[3:5]}-{serial[5:]}",
            "email": f"org{number}@edu38.example",
            "head_name": names.human(self.luck).full,
            "head_position": "Директор",
        }
        classified = {
            "type_id": items["organization_type"][kind],
            "legal_form_id": items["legal_form"]["municipal"],
            "legal_position_id": items["legal_position"]["budgetary"],
            "settlement_type_id": items["settlement_type"]["village" if at.startswith("с.") else "town"],
            "structural_level_id": items["structural_level"]["independent"],
            "okved_main_id": items["okved"].get(main),
        }
        return {"id": number, **node, "path": f"{node['path']}{number}/", **codes, **contacts, **classified}

    def activities(self, cards: Iterable[dict[str, Any]]) -> Iterator[tuple[int, int]]:
        """Two further activities of every school, one of every kindergarten."""
        okved, kinds = self.items["okved"], self.items["organization_type"]
        besides = {kinds["school"]: (okved["85.41"], okved["85.12"]), kinds["preschool"]: (okved["88.91"],)}
        return ((card["id"], item) for card in cards for item in besides.get(card["type_id"], ()))


def node(parent: int | None, above: str, level: Level, short: str, full: str) -> dict[str, Any]:
    """A place in the tree (`above`: the path of the superior) and the names."""
    return {"parent_id": parent, "path": above, "level": level, "short_name": short, "full_name": full}


def checked(digits: str, divisor: int, weights: tuple[int, ...]) -> str:
    """The digits with their check digit."""
    return digits + str(sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True)) % divisor % 10)


# ── Into the database ────────────────────────────────────────────────────────────────────────────────────────────────


def copy(connection: psycopg.Connection, table: str, columns: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> None:
    """COPY rows into a table."""
    with connection.cursor().copy(f'COPY "{table}" ({", ".join(columns)}) FROM STDIN') as target:
        for row in rows:
            target.write_row(row)


def load_organizations(connection: psycopg.Connection, cards: list[dict[str, Any]]) -> None:
    """The cards, with their paths given; the indexes are made afterwards, which takes a third of the time."""
    indexes = connection.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'organization' AND schemaname = 'public'"
        " AND indexname NOT IN (SELECT conname FROM pg_constraint)"
    ).fetchall()
    connection.execute("ALTER TABLE organization DISABLE TRIGGER organization_path")
    for name, _definition in indexes:
        connection.execute(f'DROP INDEX "{name}"')
    copy(connection, "organization", CARD, (tuple(card[name] for name in CARD) for card in cards))
    connection.execute("ALTER TABLE organization ENABLE TRIGGER organization_path")
    for _name, definition in indexes:
        connection.execute(definition)


def load_people(connection: psycopg.Connection, password: str, cards: list[dict[str, Any]], office: int) -> None:
    """20,000 people, each attached to an organization; `central` to the region, `operator` to the measured municipality."""
    luck = Random(2)
    roles = dict(connection.execute("SELECT name, id FROM role").fetchall())
    known = {1: ("central", 1, "central"), 2: ("operator", office, "supervisor")}
    people, memberships = [], []
    for number in range(1, USERS + 1):
        login, place, role = known.get(number) or (f"user{number}", luck.choice(cards)["id"], "organization")
        human, mail = names.human(luck), f"{login}@modo.example"
        phone = f"+7 902 {number:07}"
        people.append(
            (
                number,
                human.surname,
                human.name,
                human.patronymic,
                login,
                mail,
                "секретарь",
                phone,
                True,
                date(2025, 9, 1),
                password,
                login,
            )
        )
        memberships.append((number, place, roles[role], date(2025, 9, 1)))
    copy(connection, "user", PERSON, people)
    copy(connection, "membership", ("user_id", "organization_id", "role_id", "valid_from"), memberships)


def load_reports(connection: psycopg.Connection, campaign: int, cards: list[dict[str, Any]]) -> None:
    """A report of every organization that is no branch, half of them drafts."""
    rows = [
        (campaign, card["id"], *(("draft", 1) if card["id"] % 2 else ("empty", 0)))
        for card in cards
        if card["level"] == Level.ORGANIZATION
    ]
    copy(connection, "report", ("campaign_id", "organization_id", "state", "revision"), rows)


def settle(connection: psycopg.Connection) -> None:
    """As the database is after a night: ids go on after the last, statistics are fresh, nothing waits to be written."""
    for table in ("organization", '"user"'):
        connection.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")  # noqa: S608
    connection.commit()
    connection.autocommit = True
    connection.execute("VACUUM ANALYZE")
    connection.execute("CHECKPOINT")
    connection.autocommit = False
