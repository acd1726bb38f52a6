"""The real worker does a task over committed data, on connections of its own, as its owner and in their language."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from admin_app.config import Settings
from admin_app.crud import bulk_plan
from admin_app.extensions import db
from admin_app.reporting import jobs, scope
from admin_app.reporting.tasks import verbs
from models import Event, Message, Organization, Task, TaskKind, TaskState
from tests.people import Cast
from wsgi import create_app


@pytest.fixture
def product(database: Engine, tmp_path: Path) -> Iterator[Flask]:
    """An application of its own on the test's own database."""
    url = database.url.render_as_string(hide_password=False)
    made = create_app(Settings(data_dir=tmp_path, database_url=url, secret_key="worker-" * 6))
    with made.app_context():
        yield made
        db.engine.dispose()


def test_looked_through_and_done(product: Flask, database: Engine, cast: Cast) -> None:
    ids = sorted(cast.organizations[name] for name in ("branch1", "school3"))
    asked = {"rows": bulk_plan.freeze(ids), "sent": [["closed_on", "2030-12-31"]], "origin": "bulk"}
    with Session(database) as plain:
        irkutsk = scope.actor_of(cast.users["irkutsk"], plain)
        with scope.acting(irkutsk):
            key = verbs.begin(db.session, TaskKind.BULK, "Школы", asked, len(ids), "organization").id
            db.session.commit()
        jobs.run_worker(product, wait=False)
        task = plain.get_one(Task, key)
        assert (task.state, task.found["ready"], task.found["rows"][0]["pairs"][0][2]) == (TaskState.READY, 2, "31.12.2030")
        plain.commit()
        with scope.acting(irkutsk):
            verbs.decide(db.session, db.session.get_one(Task, key))
            db.session.commit()
        jobs.run_worker(product, wait=False)
        plain.refresh(task)
        assert (task.state, task.done) == (TaskState.DONE, 2)
        assert {str(day) for day in plain.scalars(select(Organization.closed_on).where(Organization.id.in_(ids)))} == {
            "2030-12-31"
        }
        events = plain.scalars(select(Event).where(Event.batch == task.batch, Event.kind == "row.changed")).all()
        assert {event.actor_id for event in events} == {cast.users["irkutsk"]}
        told = plain.scalars(select(Message.body).where(Message.kind == "task")).all()
        assert list(told) == ["Выполнено. Записей: 2."]
