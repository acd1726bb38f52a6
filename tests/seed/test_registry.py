"""Organizations from a file: all of it, or nothing and every mistake told."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from flask_babel import force_locale
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin_app.reporting import scope
from admin_app.reporting.guard import Forbidden
from models import Level, Organization
from seed import lists, registry

As = Callable[[str], AbstractContextManager[object]]
ROW = {
    "short_name": "МБОУ СОШ № 5",
    "level": "organization",
    "parent": "Управление образования Иркутска",
    "inn": "3899 000 058",
    "kpp": "389901001",
    "type": "общеобразовательная организация",
    "okved_main": "85.14",
    "okved_additional": "85.41;85.12",
    "closed_on": "31.12.2030",
}


@pytest.fixture
def system(session: Session) -> Session:
    """As the system, with the reference lists."""
    with scope.acting(scope.everything("test")):
        lists.load(session)
        yield session


def one(session: Session) -> Organization:
    """The organization of `ROW`."""
    return session.scalars(select(Organization).where(Organization.inn == "3899000058")).one()


def test_a_row_becomes_a_card(system: Session) -> None:
    assert registry.load(system, [ROW]) == (1, 0)
    made = one(system)
    assert (made.full_name, made.level, made.parent.short_name if made.parent else "") == (
        "МБОУ СОШ № 5", Level.ORGANIZATION, "Управление образования Иркутска",
    )  # fmt: skip
    assert made.type is not None
    assert {item.code for item in made.okved_additional} == {"85.41", "85.12"}
    assert made.closed_on is not None
    assert made.closed_on.year == 2030


def test_the_same_row_changes_it(system: Session) -> None:
    registry.load(system, [ROW])
    assert registry.load(system, [{**ROW, "phone": "+7 (3952) 90-00-00"}]) == (0, 1)
    assert one(system).phone == "+7 (3952) 90-00-00"


def test_a_superior_may_stand_above_in_the_file(system: Session) -> None:
    office = {"short_name": "Отдел образования Ясного", "level": "municipality", "parent": "Иркутская область"}
    assert registry.load(system, [office, {**ROW, "parent": "Отдел образования Ясного"}]) == (2, 0)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"inn": "3899000057"}, "check digit"),
        ({"kpp": "12"}, "KPP"),
        ({"level": "galaxy"}, "galaxy"),
        ({"parent": "Нигде"}, "Нигде"),
        ({"type": "цирк"}, "цирк"),
        ({"okved_additional": "85.41;99"}, "99"),
        ({"short_name": ""}, "short_name"),
        ({"colour": "red"}, "colour"),
        ({"closed_on": "вчера"}, "вчера"),
    ],
)
def test_mistakes_are_told_with_their_row(system: Session, change: dict[str, str], words: str) -> None:
    before = system.scalar(select(func.count(Organization.id)))
    with force_locale("en"), pytest.raises(registry.Mistakes) as raised:
        registry.load(system, [ROW, {**ROW, **change}])
    system.rollback()
    assert raised.value.sentences[0].startswith("Row 2: ")
    assert words in str(raised.value)
    assert system.scalar(select(func.count(Organization.id))) == before


def test_not_everybody_imports(session: Session, as_: As) -> None:
    with as_("school1"), pytest.raises(Forbidden):
        registry.load(session, [ROW])


@pytest.mark.parametrize("name", ["x.csv", "semicolons.csv", "x.json"])
def test_a_file_is_read(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    rows = [{"short_name": "Школа, первая", "level": "organization"}, {"short_name": "Вторая", "level": "branch"}]
    sign = ";" if "semi" in name else ","
    text = f'\ufeffshort_name{sign}level\r\n"Школа, первая"{sign}organization\r\nВторая{sign}branch\r\n'
    path.write_text(json.dumps(rows) if name.endswith("json") else text, "utf-8")
    assert registry.read(path) == rows


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"{", b"{}", b"[1]"])
def test_a_file_that_is_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(content)
    with pytest.raises(registry.Mistakes):
        registry.read(path)
