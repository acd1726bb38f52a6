"""The schema makes the screens: a column with its words, and its migration, is everywhere with no other line changed."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from models import Event

ROOT = Path(__file__).parents[2]


@pytest.fixture
def found(database: Engine, tmp_path: Path) -> dict[str, str]:
    """What a process with one column more in models.py has shown, by page."""
    with database.begin() as connection:
        connection.execute(text("ALTER TABLE organization ADD COLUMN probe varchar(40)"))
    url = database.url.render_as_string(hide_password=False)
    done = subprocess.run(
        [sys.executable, "-m", "tests.crud.probed", url, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return answer


def test_a_column_added_to_the_schema_is_on_every_screen(found: dict[str, str], database: Engine) -> None:
    label, value = "Контрольная сумма", "канарейка"
    assert label in found["form"]
    assert "Тип файла" in found["form"]  # the help text
    assert "40" in found["wrong"]
    for name in ("card", "list", "sort"):
        assert label in found[name], name
        assert value in found[name], name
    assert value in found["search"]
    assert value not in found["miss"]
    assert value in found["filter"]
    assert "№ 1" not in found["filter"]
    assert 'name="probe"' in found["panel"]
    head, *lines = found["export"].splitlines()
    assert label in head
    assert any(value in line for line in lines)
    assert "Checksum" in found["english"]
    assert label not in found["english"]
    with Session(database) as session:
        log = session.scalars(select(Event).where(Event.subject_type == "organization").order_by(Event.id.desc())).first()
        assert log is not None
        assert log.data == {"probe": [None, value]}
