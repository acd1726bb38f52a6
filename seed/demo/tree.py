"""The demo's organizations: the region and its real municipalities, made-up schools, kindergartens, centres, colleges."""

import re
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import yaml
from sqlalchemy.orm import Session

from models import ClassifierItem, Level, Organization
from seed.demo import names

REGION = Path(__file__).parents[1] / "region.yaml"
COLLEGES = 24
BRANCHES = 20


@dataclass
class Tree:
    """What was made: municipal offices by the municipality's name, and the organizations below each."""

    region: Organization
    offices: dict[str, Organization] = field(default_factory=dict)
    below: dict[str, list[Organization]] = field(default_factory=dict)
    colleges: list[Organization] = field(default_factory=list)
    branches: list[Organization] = field(default_factory=list)

    def schools(self, municipality: str) -> list[Organization]:
        """The schools of a municipality."""
        return [one for one in self.below[municipality] if one.type is not None and one.type.code == "school"]

    @property
    def organizations(self) -> list[Organization]:
        """All but the region, the offices and the branches."""
        return [*(one for found in self.below.values() for one in found), *self.colleges]


class Gardener:
    """Makes the cards, each with a serial number of its own."""

    def __init__(self, session: Session, lists: dict[str, dict[str, int]], luck: Random) -> None:
        self.session, self.lists, self.luck = session, lists, luck
        self.serial = count(101)  # the first hundred are for examples: forms and files that people bring in
        self.taken: set[str] = set()

    def node(self, level: Level, parent: Organization | None, short: str, full: str, **card: Any) -> Organization:
        """One organization with a complete card."""
        number = next(self.serial)
        head = names.human(self.luck)
        phone = names.phone(card["oktmo"], number)
        mailbox = card.pop("mailbox", f"org{number}")
        given = {"head_name": head.full, "phone": phone, "email": f"{mailbox}@edu38.example", "site": f"{mailbox}.edu38.example"}
        row = Organization(level=level, parent=parent, short_name=short, full_name=full, **given | names.numbers(number) | card)
        self.session.add(row)
        return row

    def items(self, **codes: str) -> dict[str, int]:
        """Classification fields by the codes of their lists."""
        return {f"{name}_id": self.lists[FIELDS.get(name, name)][code] for name, code in codes.items()}


FIELDS = {"type": "organization_type", "okved_main": "okved"}


def grow(session: Session, lists: dict[str, dict[str, int]], luck: Random) -> Tree:
    """All organizations of the demo, in the session."""
    document = yaml.safe_load(REGION.read_text("utf-8"))
    gardener = Gardener(session, lists, luck)
    where = {
        "address": f"664000, г. Иркутск, {names.street(luck)}",
        "oktmo": document["oktmo"],
        "head_position": "Министр образования",
    }
    kind = gardener.items(
        type="office", legal_form="state", legal_position="treasury", settlement_type="town", structural_level="independent"
    )
    tree = Tree(
        gardener.node(Level.REGION, None, document["name"], "Министерство образования Иркутской области", **where, **kind)
    )
    for municipality in document["municipalities"]:
        office = municipal_office(gardener, tree.region, municipality)
        tree.offices[municipality["name"]] = office
        villages = names.villages(luck, municipality["size"])
        tree.below[municipality["name"]] = [
            member(gardener, office, municipality, place, village) for place, village in enumerate(villages)
        ]
    tree.colleges = [college(gardener, tree, place) for place in range(COLLEGES)]
    session.flush()
    activities(session, tree, lists)
    tree.branches = [branch(gardener, parent) for parent in luck.sample(rural(tree, lists), BRANCHES)]
    session.flush()
    return tree


def municipal_office(gardener: Gardener, region: Organization, municipality: dict[str, Any]) -> Organization:
    """The education office of a municipality."""
    whose, town = municipality["office"], municipality["center"].split(" (")[0]
    unit = "Департамент образования" if municipality["name"] in {"Иркутск", "Братск"} else "Управление образования"
    kind = gardener.items(type="office", legal_form="municipal", legal_position="treasury", structural_level="independent")
    return gardener.node(
        Level.MUNICIPALITY,
        region,
        f"{unit} {whose}",
        f"{unit} администрации {whose}",
        address=f"{settlement(town)}, {names.street(gardener.luck)}",
        oktmo=municipality["oktmo"],
        head_position="Начальник",
        **kind,
        **gardener.items(settlement_type="town" if is_town(town) else "village"),
    )


def member(gardener: Gardener, office: Organization, municipality: dict[str, Any], place: int, village: str) -> Organization:
    """The organization at this place of a municipality: of ten, five are schools, three kindergartens."""
    luck = gardener.luck
    city = municipality["type"] == "городской округ"
    town = municipality["center"].split(" (")[0]
    own = city or (place < 2 and "(вне" not in municipality["center"])  # some districts are governed from a city outside
    at = town if own else village
    maker = (school, kindergarten, school, centre, kindergarten, school, kindergarten, school, centre, school)[place % 10]
    short, full, kind = maker(gardener, municipality, at, place, city)
    while short in gardener.taken:  # two districts may have a village of one name, but the region's lists are the clearer
        at = names.villages(luck, 1)[0]
        short, full, kind = maker(gardener, municipality, at, place, city)
    gardener.taken.add(short)
    card = {"address": f"{settlement(at)}, {names.street(luck)}", "oktmo": municipality["oktmo"], "head_position": "Заведующая"}
    if maker is not kindergarten:
        card["head_position"] = "Директор"
    common = gardener.items(
        legal_form="municipal", structural_level="independent", settlement_type="town" if is_town(at) else "village"
    )
    mailbox = latin(f"{kind['mailbox']}-{municipality['name'].split()[0]}")
    codes = gardener.items(type=kind["type"], okved_main=kind["okved"], legal_position=kind["position"])
    return gardener.node(Level.ORGANIZATION, office, short, full, mailbox=mailbox, **card, **common, **codes)


Made = tuple[str, str, dict[str, str]]
POSITIONS = {"budgetary": ("Б", "бюджетное"), "treasury": ("К", "казенное"), "autonomous": ("А", "автономное")}


def school(gardener: Gardener, municipality: dict[str, Any], at: str, place: int, city: bool) -> Made:
    """A school: numbered in towns, named after its settlement elsewhere."""
    luck = gardener.luck
    position = luck.choices(("budgetary", "treasury", "autonomous"), (7, 1, 2) if city else (5, 5, 0))[0]
    letter, word = POSITIONS[position]
    kind = {"type": "school", "okved": "85.14", "position": position, "mailbox": f"school{place + 1}"}
    if not city and not is_town(at):
        name, basic = at.split(". ", 1)[-1], luck.random() < 0.25
        level, short_level = ("основная", "ООШ") if basic else ("средняя", "СОШ")
        kind["okved"] = "85.13" if basic else "85.14"
        kind["mailbox"] += f"-{name}"
        return f"М{letter}ОУ {short_level} {at}", f"{full(word)} «{level.capitalize()} общеобразовательная школа {at}»", kind
    if not city:  # the small town of a district
        words = f"{full(word)} «Средняя общеобразовательная школа № {place + 1} {settlement(at)}»"
        return f"М{letter}ОУ СОШ № {place + 1} {settlement(at)}", words, kind
    special = {5: ("Лицей", "Лицей"), 9: ("Гимназия", "Гимназия")}.get(luck.randint(0, 14))
    number = place + 1
    title, short = special or ("Средняя общеобразовательная школа", "СОШ")
    where = municipality["office"]
    return f"М{letter}ОУ {where.replace('города ', 'г. ')} {short} № {number}", f"{full(word)} {where} «{title} № {number}»", kind


def full(position: str) -> str:
    """The beginning of a school's full name."""
    return f"Муниципальное {position} общеобразовательное учреждение"


def kindergarten(gardener: Gardener, municipality: dict[str, Any], at: str, place: int, city: bool) -> Made:
    """A kindergarten with a fairy-tale name and, in a city, a number."""
    name = gardener.luck.choice(names.WORDS["kindergartens"])
    number = f" № {place + 1}" if city else ""
    called, where = whereabouts(municipality, at, city, f"детский сад{number} «{name}»")
    kind = {"type": "preschool", "okved": "85.11", "position": "budgetary", "mailbox": f"ds{place + 1}"}
    return f"МБДОУ {called}", f"Муниципальное бюджетное дошкольное образовательное учреждение {where}", kind


def whereabouts(municipality: dict[str, Any], at: str, city: bool, what: str) -> tuple[str, str]:
    """An organization with its place, for the short and the full name: of the city, or at the settlement."""
    if city:
        whose = municipality["office"]
        return f"{whose.replace('города ', 'г. ')} {what}", f"{whose} {what}"
    return f"{what} {settlement(at)}", f"{what} {settlement(at)}"


def centre(_gardener: Gardener, municipality: dict[str, Any], at: str, place: int, city: bool) -> Made:
    """An organization of additional education."""
    what = ("Дом детского творчества", "Станция юных техников", "Спортивная школа", "Центр развития детей")[place // 5 % 4]
    number = f" № {place // 20 + 1}" if city and municipality["size"] > 20 else ""
    called, where = whereabouts(municipality, at, city, f"«{what}{number}»")
    sport = what.startswith("Спортивная")
    kind = {
        "type": "additional",
        "okved": "85.41.1" if sport else "85.41.9",
        "position": "budgetary",
        "mailbox": f"dod{place + 1}",
    }
    words = "Муниципальное бюджетное учреждение дополнительного образования"
    return f"МБУДО {called}", f"{words} {where}", kind


def college(gardener: Gardener, tree: Tree, place: int) -> Organization:
    """A college of the region; the region itself reviews its reports."""
    office = list(tree.offices.values())[(0, 0, 2, 1, 8, 6)[place % 6]]
    town = (office.address or "").split(",")[0]
    what = names.WORDS["trades"][place % len(names.WORDS["trades"])]
    word = "колледж" if place % 3 == 0 else "техникум"
    name = town.removeprefix("г. ")
    title = f"{name}{'ий' if name.endswith('ск') else 'ский'} {word} {what}"
    kind = gardener.items(
        type="college",
        okved_main="85.21",
        legal_form="state",
        legal_position="autonomous" if place % 4 == 0 else "budgetary",
        settlement_type="town",
        structural_level="independent",
    )
    letter, position = ("А", "автономное") if place % 4 == 0 else ("Б", "бюджетное")
    return gardener.node(
        Level.ORGANIZATION,
        tree.region,
        f"Г{letter}ПОУ ИО «{title}»",
        f"Государственное {position} профессиональное образовательное учреждение Иркутской области «{title}»",
        address=f"{town}, {names.street(gardener.luck)}",
        oktmo=office.oktmo,
        head_position="Директор",
        mailbox=f"college{place + 1}",
        **kind,
    )


def activities(session: Session, tree: Tree, lists: dict[str, dict[str, int]]) -> None:
    """What organizations do besides: additional education, day care, the higher levels of training."""
    besides = {"school": ("85.41", "85.12"), "preschool": ("88.91",), "college": ("85.30", "85.42.9", "55.90")}
    by_type = {lists["organization_type"][code]: [lists["okved"][one] for one in found] for code, found in besides.items()}
    for organization in tree.organizations:
        organization.okved_additional = [
            session.get_one(ClassifierItem, one) for one in by_type.get(organization.type_id or 0, ())
        ]


def rural(tree: Tree, lists: dict[str, dict[str, int]]) -> list[Organization]:
    """The village schools."""
    village, school_type = lists["settlement_type"]["village"], lists["organization_type"]["school"]
    return [one for one in tree.organizations if one.settlement_type_id == village and one.type_id == school_type]


def branch(gardener: Gardener, school: Organization) -> Organization:
    """A village school's branch in a smaller village, under its INN."""
    at = names.villages(gardener.luck, 1)[0]
    kind = {
        name: getattr(school, name)
        for name in ("type_id", "legal_form_id", "legal_position_id", "okved_main_id", "oktmo", "inn", "ogrn")
    }
    kind |= gardener.items(settlement_type="village", structural_level="branch")
    return gardener.node(
        Level.BRANCH,
        school,
        f"Филиал {school.short_name} в {at}",
        f"Филиал: {school.full_name}, {at}",
        address=f"{at}, {names.street(gardener.luck)}",
        head_position="Заведующий филиалом",
        kpp="389943001",
        **kind,
    )


def settlement(name: str) -> str:
    """The settlement as an address has it; bare names are towns."""
    return name if "." in name or name.startswith("рп ") else f"г. {name}"


def is_town(name: str) -> bool:
    """Is this settlement a town or a settlement of town type?"""
    return settlement(name).startswith(("г. ", "рп "))


def latin(text: str) -> str:
    """The text as a mailbox can have it."""
    return re.sub("[^a-z0-9-]", "", "".join(names.LATIN.get(letter, letter) for letter in text.lower().replace(" ", "-")))
