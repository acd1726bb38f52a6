"""Organizations from a file by command: the import of the screen; all or nothing, every mistake told, undone as one."""

import io
import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flask_babel import force_locale
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin_app.reporting import scope, undo
from admin_app.reporting.imports import command
from admin_app.reporting.refusal import Refused
from models import Event, Level, Organization, RowOutcome
from seed import lists

As = Callable[[str], AbstractContextManager[object]]
ROW = {
    "short_name": "МБОУ СОШ № 5",
    "full_name": "Школа номер пять",
    "level": "organization",
    "parent": "Управление образования Иркутска",
    "inn": "3899 000 058",
    "kpp": "389901001",
    "type": "school",
    "okved_main": "85.14",
    "okved_additional": "85.41;85.12",
    "closed_on": "31.12.2030",
}
Bring = Callable[..., tuple[int, int]]


@pytest.fixture
def system(session: Session) -> Session:
    """As the system, with the reference lists."""
    with force_locale("en"), scope.acting(scope.everything("test")):
        lists.load(session)
        session.commit()
        yield session


@pytest.fixture
def bring(system: Session, tmp_path: Path) -> Bring:
    """Bring these rows in; how many were added, how many changed."""

    def brought(*rows: dict[str, str], dry_run: bool = False) -> tuple[int, int]:
        path = tmp_path / "x.json"
        path.write_text(json.dumps(rows), "utf-8")
        found, _batch = command.bring(system, path, dry_run)
        system.commit()
        return found[RowOutcome.NEW], found[RowOutcome.CHANGE]

    return brought


def one(session: Session) -> Organization:
    """The organization of `ROW`."""
    return session.scalars(select(Organization).where(Organization.inn == "3899000058")).one()


def test_a_row_becomes_a_card(system: Session, bring: Bring) -> None:
    assert bring(ROW) == (1, 0)
    made = one(system)
    assert (made.full_name, made.level, made.parent.short_name if made.parent else "") == (
        "Школа номер пять", Level.ORGANIZATION, "Управление образования Иркутска",
    )  # fmt: skip
    assert made.type is not None
    assert {item.code for item in made.okved_additional} == {"85.41", "85.12"}
    assert str(made.closed_on) == "2030-12-31"


def test_the_same_row_changes_it_and_again_changes_nothing(system: Session, bring: Bring) -> None:
    bring(ROW)
    assert bring({**ROW, "phone": "+7 (3952) 90-00-00"}) == (0, 1)
    assert one(system).phone == "+7 (3952) 90-00-00"
    assert bring({**ROW, "phone": "+7 (3952) 90-00-00"}) == (0, 0)


def test_a_dry_run_changes_nothing(system: Session, bring: Bring) -> None:
    assert bring(ROW, dry_run=True) == (1, 0)
    assert system.scalar(select(func.count(Organization.id)).where(Organization.inn == "3899000058")) == 0


def test_a_superior_may_stand_above_in_the_file(bring: Bring) -> None:
    office = {"short_name": "Отдел Ясного", "full_name": "Отдел", "level": "municipality", "parent": "Иркутская область"}
    assert bring(office, {**ROW, "parent": "Отдел Ясного"}) == (2, 0)


def test_it_is_one_batch_and_undone_as_a_whole(system: Session, bring: Bring) -> None:
    count = select(func.count(Organization.id))
    before = system.scalar(count)
    assert bring(ROW, {**ROW, "inn": "7707083893", "short_name": "Лицей"}) == (2, 0)
    events = system.scalars(select(Event).where(Event.origin == command.ORIGIN, Event.kind.startswith("row."))).all()
    assert len({event.batch for event in events}) == 1
    undo.perform(system, undo.plan(system, undo.of_batch(events[0].batch)))
    assert system.scalar(count) == before


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"inn": "3899000057"}, "check digit"),
        ({"kpp": "12"}, "KPP"),
        ({"level": "galaxy"}, "galaxy"),
        ({"parent": "Нигде"}, "Нигде"),
        ({"type": "цирк"}, "цирк"),
        ({"okved_additional": "85.41;99"}, "99"),
        ({"short_name": ""}, "Short name"),
        ({"closed_on": "вчера"}, "вчера"),
        ({"inn": ROW["inn"]}, "Line 1"),
    ],
)
def test_mistakes_are_told_with_their_line(system: Session, bring: Bring, change: dict[str, str], words: str) -> None:
    before = system.scalar(select(func.count(Organization.id)))
    with pytest.raises(command.Mistakes) as raised:
        bring(ROW, {**ROW, "inn": "7707083893", **change})
    assert raised.value.sentences[0].startswith("Line 2: ")
    assert words in str(raised.value)
    assert system.scalar(select(func.count(Organization.id))) == before


def test_a_column_that_is_none_is_a_mistake(bring: Bring) -> None:
    with pytest.raises(Refused, match="colour"):
        bring({**ROW, "colour": "red"})


def test_not_everybody_imports(session: Session, as_: As, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(json.dumps([ROW]), "utf-8")
    with as_("school1"), pytest.raises(Refused):
        command.bring(session, path, dry_run=False)


def book(rows: list[list[Any]]) -> bytes:
    made, data = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        made.active.append(row)
    made.save(data)
    return data.getvalue()


HEADS = ["Сокращенное наименование", "Полное наименование", "Место в иерархии", "parent"]
CELLS = ["Школа, первая", "Школа", "Организация", "Управление образования Иркутска"]


@pytest.mark.parametrize("name", ["commas.csv", "semicolons.csv", "cp1251.csv", "x.xlsx"])
def test_a_file_is_read(system: Session, tmp_path: Path, name: str) -> None:
    sign = "," if "commas" in name else ";"
    table = "\r\n".join(sign.join(f'"{cell}"' for cell in row) for row in (HEADS, CELLS))
    data = book([HEADS, CELLS]) if name.endswith("xlsx") else table.encode("cp1251" if "cp" in name else "utf-8-sig")
    (tmp_path / name).write_bytes(data)
    found, _batch = command.bring(system, tmp_path / name, dry_run=False)
    assert found[RowOutcome.NEW] == 1


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"{", b"{}", b"[1]"])
def test_a_file_that_is_none(system: Session, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(content)
    with pytest.raises(Refused):
        command.bring(system, path, dry_run=False)
