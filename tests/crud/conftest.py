"""What several tests of generated screens share."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin_app.reporting.tasks import work
from models import Task


@pytest.fixture
def worker(session: Session, plain: Session) -> Callable[[], None]:
    """Does the newest task's next step."""

    def step() -> None:
        work.step(session, plain, plain.scalars(select(func.max(Task.id))).one())
        plain.expire_all()

    return step
