"""What is owed: a closed organization owes nothing from that day on; lists, counts and reminders say the same."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from admin_app.reporting import days, owing, progress, reminders, reports, scope
from models import Campaign, Event, Organization, Report
from tests.page import Page
from tests.people import Cast
from tests.reports import FILLED, arrange, save

TODAY = days.today()


def close(plain: Session, cast: Cast, name: str, day: date) -> None:
    """The organization is closed from that day."""
    plain.execute(update(Organization).where(Organization.id == cast.organizations[name]).values(closed_on=day))


@pytest.mark.parametrize(("closed", "owes"), [(0, False), (-40, False), (1, True), (40, True)])
def test_a_closed_organization_owes_nothing_from_that_day(
    session: Session, plain: Session, cast: Cast, as_: Any, closed: int, owes: bool
) -> None:
    """Also one that closes only after the deadline is still reminded."""
    ids = arrange(session, plain, cast, deadline=TODAY + timedelta(days=3))
    close(plain, cast, "school1", TODAY + timedelta(days=closed))
    session.expire_all()
    with as_("school1"):
        assert bool(reports.owed(session)) is owes
        assert owing.is_owed(session.get_one(Report, ids["school1"])) is owes
    with scope.acting(scope.everything("MODO")):
        assert {row.id == ids["school1"] for row in reminders.owed(session, TODAY)} == {owes, False}
    with as_("central"):
        campaign = session.scalars(select(Campaign)).one()
        region = session.get_one(Organization, cast.organizations["region"])
        lines = progress.lines(session, progress.Place.of(session, campaign, region))
        assert progress.total(lines).total == 2 + owes
        assert reports.close_campaign(session, campaign) == 2 + owes
    [said] = plain.scalars(select(Event.data).where(Event.kind == "campaign.closed"))
    assert said == {"unfiled": 2 + owes}


def test_what_a_closed_organization_had_filed_still_counts(session: Session, plain: Session, cast: Cast, as_: Any) -> None:
    ids = arrange(session, plain, cast)
    with as_("school1"):
        save(session, ids["school1"], FILLED)
        reports.submit(session, ids["school1"])
    close(plain, cast, "school1", TODAY)
    with as_("central"):
        node = session.get_one(Organization, cast.organizations["irkutsk"])
        lines = progress.lines(session, progress.Place.of(session, session.scalars(select(Campaign)).one(), node))
        assert progress.total(lines).counts[progress.S.SUBMITTED] == 1


def test_sql_and_row_agree(session: Session, plain: Session, cast: Cast, as_: Any) -> None:
    """Whatever the state and the campaign: sent back is owed also after closing."""
    ids = arrange(session, plain, cast)
    for name in ("school1", "school2"):
        with as_(name):
            save(session, ids[name], FILLED)
            reports.submit(session, ids[name])
    with as_("central"):
        campaign = session.scalars(select(Campaign)).one()
        for closing in (False, True):
            if closing:
                reports.close_campaign(session, campaign)
            rows = session.execute(select(Report, owing.owed()).join(Report.campaign).join(Report.organization)).all()
            assert {row.id: owing.is_owed(row) for row, _said in rows} == {row.id: said for row, said in rows}
            assert [row.id for row, said in rows if said] == ([] if closing else [ids["school3"]])
        reports.reject(session, ids["school1"], "исправьте")
        back = session.scalars(select(Report.id).join(Report.campaign).join(Report.organization).where(owing.owed())).all()
        assert back == [ids["school1"]]


def test_the_desk_counts_what_the_inbox_shows(
    page_of: Callable[[str], Page], session: Session, plain: Session, cast: Cast, as_: Any
) -> None:
    """Also a report that waits for its decision in a campaign closed meanwhile."""
    ids = arrange(session, plain, cast, deadline=TODAY - timedelta(days=1))
    with as_("school1"):
        save(session, ids["school1"], FILLED)
        reports.submit(session, ids["school1"])
    page = page_of("irkutsk")
    assert numbers(page) == (1, 1)
    close(plain, cast, "school3", TODAY)
    assert numbers(page) == (1, 0)
    plain.execute(update(Campaign).values(closed_at=func.now()))
    assert numbers(page) == (1, 0)


def numbers(page: Page) -> tuple[int, int]:
    """What waits and what is late: said by the desk, and the same by the inbox."""
    tags = page.get("/cabinet").soup.select("#reports a.tile .tag")
    said = tuple(int(tag.get_text()) for tag in tags)
    lists = (page.get("/review").soup.select("tbody tr"), page.get("/review?state=late").soup.select("tbody tr"))
    assert said == tuple(len(rows) for rows in lists)
    return said[0], said[1]
