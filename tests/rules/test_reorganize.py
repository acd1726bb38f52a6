"""Reorganizations: who follows whom, what closes, what goes over, and what last year's totals still say."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from admin_app.reporting import dated, days, planned, progress, reorganizations, reports
from admin_app.reporting.guard import Forbidden
from admin_app.reporting.refusal import Refused
from models import Campaign, Event, Membership, Organization, Report, ReportState, Succession, SuccessionKind
from tests.people import Cast
from tests.reports import arrange

Kind = SuccessionKind
TODAY = days.today()
SOON = TODAY + timedelta(days=5)


@pytest.fixture(autouse=True)
def old(plain: Session, cast: Cast) -> None:
    """The organizations have been there for years."""
    plain.execute(update(Organization).values(created_at=TODAY - timedelta(days=900)))
    plain.commit()


def reorganize(session: Session, cast: Cast, one: str, other: str, kind: Kind, day: date = TODAY, **more: bool) -> Any:
    row, successor = (session.get_one(Organization, cast.organizations[name]) for name in (one, other))
    asked = {"below": True, "people": True} | more
    return reorganizations.reorganize(session, row, successor, kind, day, **asked)


def test_one_joins_another(session: Session, plain: Session, cast: Cast, as_: Any) -> None:
    with as_("irkutsk"):
        done = reorganize(session, cast, "school1", "school3", Kind.JOINED)
        session.commit()
    row = plain.get_one(Organization, cast.organizations["school1"])
    assert row.closed_on == TODAY
    assert plain.get_one(Organization, cast.organizations["branch1"]).parent_id == cast.organizations["school3"]
    query = select(Membership.user_id).where(Membership.organization_id == cast.organizations["school3"])
    assert set(plain.scalars(query)) >= {cast.users["school1"], cast.users["clerk"]}
    assert done.below == ["Филиал СОШ № 1"]
    assert plain.scalars(select(Event).where(Event.kind == "organization.reorganized")).one().subject == row.short_name


def test_a_day_to_come_is_planned(session: Session, plain: Session, cast: Cast, as_: Any) -> None:
    with as_("irkutsk"):
        reorganize(session, cast, "school1", "school3", Kind.JOINED, SOON)
        session.commit()
        assert planned.of(session, cast.organizations["branch1"])[0].since == SOON
    row = plain.get_one(Organization, cast.organizations["school1"])
    assert row.closed_on == SOON
    assert plain.get_one(Organization, cast.organizations["branch1"]).parent_id == row.id
    query = select(Membership.valid_from).where(
        Membership.organization_id == cast.organizations["school3"], Membership.user_id == cast.users["school1"]
    )
    assert plain.scalars(query).one() == SOON


def test_a_spin_off_leaves_the_old_one_at_work(session: Session, plain: Session, cast: Cast, as_: Any) -> None:
    with as_("irkutsk"):
        reorganize(session, cast, "school1", "school3", Kind.SPUN_OFF, below=False, people=False)
        session.commit()
    assert plain.get_one(Organization, cast.organizations["school1"]).closed_on is None
    assert plain.get_one(Organization, cast.organizations["school3"]).opened_on == TODAY
    assert plain.scalars(select(Succession.kind)).all() == [Kind.SPUN_OFF]


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        ("school1", "school1", "не правопреемница сама себе"),
        ("school1", "irkutsk", "В дереве"),
        ("school1", "branch1", "В дереве"),
    ],
)
def test_what_makes_no_sense_is_refused(session: Session, cast: Cast, as_: Any, one: str, other: str, words: str) -> None:
    with as_("central"), pytest.raises(Refused):
        reorganize(session, cast, one, other, Kind.JOINED)


def test_twice_and_in_a_circle_are_refused(session: Session, cast: Cast, as_: Any) -> None:
    with as_("central"):
        reorganize(session, cast, "school1", "school3", Kind.SPUN_OFF)
        for pair in (("school1", "school3"), ("school3", "school1")):
            with pytest.raises(Refused):
                reorganize(session, cast, *pair, Kind.SPUN_OFF)


def test_a_clerk_may_not(session: Session, cast: Cast, as_: Any) -> None:
    with as_("clerk"), pytest.raises(Forbidden):
        reorganize(session, cast, "school1", "school2", Kind.JOINED)


# ── Last year's totals ───────────────────────────────────────────────────────────────────────────────────────────────


def totals(session: Session, campaign: Campaign, cast: Cast, office: str) -> dict[str, tuple[int, bool]]:
    node = session.get_one(Organization, cast.organizations[office])
    return {line.name: (line.total, line.seen) for line in progress.lines(session, progress.Place.of(session, campaign, node))}


def test_totals_of_a_closed_campaign_stay_where_they_were(session: Session, plain: Session, cast: Cast, as_: Any) -> None:
    """school1 was renamed and moved to Братск after the deadline: Иркутск counts it for ever and reads it no more."""
    arrange(session, plain, cast, deadline=TODAY - timedelta(days=100))
    session.commit()
    plain.execute(update(Report).values(state=ReportState.DRAFT, revision=1))
    plain.execute(update(Campaign).values(closed_at=days.now() - timedelta(days=90)))
    plain.commit()
    with as_("central"), dated.from_day(TODAY - timedelta(days=30)):
        row = session.get_one(Organization, cast.organizations["school1"])
        row.parent_id, row.short_name = cast.organizations["bratsk"], "Лицей"
        session.commit()
    with as_("irkutsk"):
        campaign = session.scalars(select(Campaign)).one()
        found = totals(session, campaign, cast, "irkutsk")
        assert found["МБОУ «СОШ № 1»"] == (1, False)
        assert session.scalar(select(Report.id).where(Report.organization_id == cast.organizations["school1"])) is None
    with as_("bratsk"):
        session.expire_all()
        assert set(totals(session, session.scalars(select(Campaign)).one(), cast, "bratsk")) == {"МБОУ «СОШ № 2» Братска"}
        report = session.scalars(select(Report).where(Report.organization_id == cast.organizations["school1"])).one()
        assert dated.of_report(session, report).short_name == "МБОУ «СОШ № 1»"


def test_a_running_campaign_counts_where_things_are(session: Session, plain: Session, cast: Cast, as_: Any) -> None:
    arrange(session, plain, cast, deadline=TODAY + timedelta(days=10))
    with as_("central"):
        session.get_one(Organization, cast.organizations["school1"]).parent_id = cast.organizations["bratsk"]
        session.commit()
        assert len(totals(session, session.scalars(select(Campaign)).one(), cast, "bratsk")) == 2


def test_what_is_not_open_yet_files_nothing(session: Session, plain: Session, cast: Cast, as_: Any) -> None:
    arrange(session, plain, cast)
    with as_("central"):
        campaign = session.scalars(select(Campaign)).one()
        due = dated.reference_day(campaign)
        session.get_one(Organization, cast.organizations["school3"]).opened_on = due + timedelta(days=1)
        session.flush()
        ids = {row.id for row in session.scalars(reports.concerned(campaign))}
        assert cast.organizations["school3"] not in ids
        assert cast.organizations["school1"] in ids
