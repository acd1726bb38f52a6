"""UPDATE and DELETE statements: over what is in reach only, and never to move a row."""

from typing import Any

import pytest
from sqlalchemy import delete, update

from admin_app.reporting.scope import Forbidden, Unrestricted
from models import (
    Comment,
    Event,
    Explanation,
    Organization,
    Report,
    RoleName,
    User,
)
from tests.rules.conftest import BRANCH1, SCHOOL1, Rig


def test_statements_change_only_what_is_in_reach(rig: Rig) -> None:
    with rig.as_("school1"):
        result: Any = rig.scoped.execute(update(Report).values(reason="всем"))
        assert result.rowcount == 2  # the school and its branch
        result = rig.scoped.execute(delete(Comment))
        assert result.rowcount == 2
        assert rig.scoped.query(Explanation).delete() == 2
        assert rig.scoped.query(Report).update({"revision": 9}, synchronize_session="fetch") == 2


def test_statements_of_those_who_only_read_are_refused(rig: Rig) -> None:
    for name in ("auditor", "support", "newcomer"):
        with rig.as_(name), pytest.raises(Forbidden):
            rig.scoped.execute(update(Report).values(reason="всем"))


def test_statements_move_no_rows(rig: Rig) -> None:
    for statement in (
        update(Report).values(organization_id=rig.at(BRANCH1)),
        update(Report).values({Report.organization_id: rig.at(BRANCH1)}),
        update(Comment).values(report_id=1),
        update(Organization).values(phone="1"),
        delete(User),
        delete(Event),
    ):
        for name in ("irkutsk", "central"):
            if name == "central" and statement.table.name in {"report", "comment"}:
                continue
            with rig.as_(name), pytest.raises((Unrestricted, Forbidden)):
                rig.scoped.execute(statement)


def test_statements_change_what_a_writing_role_reaches_not_what_a_reading_one_sees(rig: Rig) -> None:
    rig.plain.add(rig.seat("auditor", SCHOOL1, RoleName.ORGANIZATION))
    rig.plain.flush()
    with rig.as_("auditor"):
        changed: Any = rig.scoped.execute(update(Report).values(reason="всем"))
        assert changed.rowcount == 2
