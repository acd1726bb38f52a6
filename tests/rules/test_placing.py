"""The laws of the tree hold for whoever writes: levels, closings, the organization at which one stands oneself."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from admin_app.reporting import days
from admin_app.reporting.guard import Forbidden
from admin_app.reporting.refusal import Refused
from models import Level, Membership, Organization, Role, RoleName, User
from tests.people import Cast

L = Level
YESTERDAY = days.today() - timedelta(days=1)


def put(session: Session, model: Any, key: int, **values: Any) -> None:
    """Change a row as any writer does."""
    row = session.get_one(model, key)
    for name, value in values.items():
        setattr(row, name, value)
    session.flush()


def add(session: Session, level: Level, parent_id: int) -> None:
    session.add(Organization(short_name="А", full_name="А", level=level, parent_id=parent_id))
    session.flush()


NOWHERE = [
    (L.MUNICIPALITY, "school1"),
    (L.ORGANIZATION, "school1"),
    (L.ORGANIZATION, "branch1"),
    (L.BRANCH, "branch1"),
    (L.BRANCH, "irkutsk"),
]


@pytest.mark.parametrize(("level", "above"), NOWHERE)
def test_no_level_stands_where_it_may_not(session: Session, cast: Cast, as_: Any, level: Level, above: str) -> None:
    with as_("central"), pytest.raises(Refused) as refused:
        add(session, level, cast.organizations[above])
    assert refused.value.field == "parent_id"
    assert str(level.title) in refused.value.sentence


def test_a_level_suits_what_stands_below(session: Session, cast: Cast, as_: Any) -> None:
    with as_("central"), pytest.raises(Refused) as refused:
        put(session, Organization, cast.organizations["irkutsk"], level=L.ORGANIZATION)
    assert refused.value.field == "level"


@pytest.mark.parametrize("change", [{"level": L.ORGANIZATION}, {"closed_on": date(2030, 1, 1)}])
def test_nobody_changes_where_they_stand_themselves(session: Session, cast: Cast, as_: Any, change: dict[str, Any]) -> None:
    with as_("irkutsk"), pytest.raises(Forbidden, match="сами"):
        put(session, Organization, cast.organizations["irkutsk"], **change)


@pytest.mark.parametrize("name", ["region", "irkutsk", "school1"])
def test_what_has_something_at_work_below_does_not_close(session: Session, cast: Cast, as_: Any, name: str) -> None:
    with as_("central"), pytest.raises(Refused):
        put(session, Organization, cast.organizations[name], closed_on=days.today())


def test_all_of_it_closes_together(session: Session, cast: Cast, as_: Any) -> None:
    with as_("irkutsk"):
        for row in [session.get_one(Organization, cast.organizations[name]) for name in ("school1", "branch1")]:
            row.closed_on = days.today()
        session.commit()
        with pytest.raises(Refused) as refused:
            put(session, Organization, cast.organizations["branch1"], closed_on=None)
    assert refused.value.field == "closed_on"


def test_it_does_not_close_before_it_opens(session: Session, cast: Cast, as_: Any) -> None:
    days_of = {"opened_on": date(2025, 1, 1), "closed_on": date(2020, 1, 1)}
    with as_("central"), pytest.raises(IntegrityError, match="closes_after_it_opens"):
        put(session, Organization, cast.organizations["school3"], **days_of)


def test_nobody_switches_themselves_off(session: Session, cast: Cast, as_: Any) -> None:
    with as_("admin"), pytest.raises(Forbidden) as refused:
        put(session, User, cast.users["admin"], active=False)
    assert refused.value.field == "active"


def test_the_last_central_operator_is_not_switched_off(session: Session, plain: Session, cast: Cast, as_: Any) -> None:
    with as_("admin"), pytest.raises(Refused, match="Никто другой"):
        put(session, User, cast.users["central"], active=False)
    session.rollback()
    role = plain.scalars(select(Role).where(Role.name == RoleName.CENTRAL)).one()
    plain.add(Membership(user_id=cast.users["school1"], organization_id=cast.organizations["region"], role_id=role.id))
    plain.commit()
    with as_("admin"):
        put(session, User, cast.users["central"], active=False)
        session.commit()
    assert not plain.get_one(User, cast.users["central"], populate_existing=True).active


def test_the_last_central_operator_keeps_the_role(session: Session, plain: Session, cast: Cast, as_: Any) -> None:
    row = plain.scalars(select(Membership).where(Membership.user_id == cast.users["central"])).one()
    with as_("admin"), pytest.raises(Refused, match="Никто другой"):
        put(session, Membership, row.id, valid_from=min(row.valid_from, YESTERDAY), valid_to=YESTERDAY)
