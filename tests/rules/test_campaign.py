"""Campaigns: who gets a report, when it closes, what is owed."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app.reporting import days, forms, reports
from admin_app.reporting.refusal import Refused
from admin_app.reporting.reports import Urgency
from models import Campaign, ClassifierItem, Event, Level, Message, Organization, Report, ReportState
from tests.people import Cast
from tests.reports import DOCUMENT, FILLED, arrange, campaign, period, save

TODAY = date(2026, 9, 1)


def names(session: Session) -> set[str]:
    """The organizations that have a report."""
    return set(session.scalars(select(Organization.short_name).join(Report, Report.organization_id == Organization.id)))


def test_every_organization_of_the_level_gets_its_report_and_hears_of_it(
    session: Session, plain: Session, cast: Cast, as_: Any
) -> None:
    ids = arrange(session, plain, cast)
    assert set(ids) == {"school1", "school2", "school3"}
    told = set(plain.scalars(select(Message.recipient_id).where(Message.kind == "campaign_opened")))
    assert told == {cast.users[name] for name in ("school1", "school2", "clerk")}
    [opened] = plain.scalars(select(Event).where(Event.kind == "campaign.opened"))
    assert opened.data == {"reports": 3}


def test_type_level_and_closing_decide_who_files(session: Session, plain: Session, cast: Cast, as_: Any) -> None:
    kind = plain.scalars(select(ClassifierItem.id).limit(1)).one()
    for name, fields in {"school1": {"type_id": kind}, "school3": {"type_id": kind, "closed_on": date(2025, 8, 1)}}.items():
        row = plain.get(Organization, cast.organizations[name])
        for field, value in fields.items():
            setattr(row, field, value)
    plain.flush()
    ids = arrange(session, plain, cast, type_ids=[kind])
    assert set(ids) == {"school1"}


def test_branches_file_for_themselves_where_the_campaign_says_so(session: Session, plain: Session, cast: Cast, as_: Any) -> None:
    ids = arrange(session, plain, cast, filing_levels=["branch"])
    assert set(ids) == {"branch1"}
    with as_("school1"):
        save(session, ids["branch1"], FILLED)
        assert reports.submit(session, ids["branch1"]).reviewer_id == cast.organizations["irkutsk"]
    told = set(plain.scalars(select(Message.recipient_id).where(Message.kind == "campaign_opened")))
    assert cast.users["school1"] in told


def test_opening_again_admits_newcomers_only(session: Session, plain: Session, cast: Cast, as_: Any) -> None:
    arrange(session, plain, cast)
    new = Organization(parent_id=cast.organizations["bratsk"], level=Level.ORGANIZATION, short_name="Новая", full_name="Новая")
    plain.add(new)
    plain.flush()
    with as_("central"):
        made = session.scalars(select(Campaign)).one()
        assert reports.open_campaign(session, made) == 1
        assert reports.open_campaign(session, made) == 0
        assert "Новая" in names(session)


def test_a_new_organization_gets_the_reports_of_open_campaigns(session: Session, plain: Session, cast: Cast, as_: Any) -> None:
    arrange(session, plain, cast)
    new = Organization(parent_id=cast.organizations["irkutsk"], level=Level.ORGANIZATION, short_name="Новая", full_name="Новая")
    plain.add(new)
    plain.flush()
    with as_("irkutsk"):
        row = session.get(Organization, new.id)
        assert row is not None
        assert reports.admit_organizations(session, [row.id]) == 1
        assert reports.admit_organizations(session, [row.id]) == 0


def test_a_draft_edition_opens_no_campaign(session: Session, as_: Any) -> None:
    with as_("central"):
        version = forms.load_form(session, DOCUMENT, publish=False)
        row = Campaign(form_version=version, period=period(session), title="к", deadline=TODAY)
        session.add(row)
        session.flush()
        with pytest.raises(Refused):
            reports.open_campaign(session, row)


@pytest.mark.parametrize("who", ["irkutsk", "school1", "support", "auditor"])
def test_only_the_centre_opens_and_closes(session: Session, plain: Session, cast: Cast, as_: Any, who: str) -> None:
    arrange(session, plain, cast)
    with as_(who):
        row = session.scalars(select(Campaign)).one()
        for act in (reports.open_campaign, reports.close_campaign):
            with pytest.raises(Refused):
                act(session, row)


def test_closing_counts_the_unfiled_and_lets_returned_ones_be_fixed(
    session: Session, plain: Session, cast: Cast, as_: Any
) -> None:
    ids = arrange(session, plain, cast)
    with as_("school1"):
        save(session, ids["school1"], FILLED)
        reports.submit(session, ids["school1"])
    with as_("central"):
        row = session.scalars(select(Campaign)).one()
        assert reports.close_campaign(session, row) == 2
        with pytest.raises(Refused):
            reports.close_campaign(session, row)
    with as_("irkutsk"):
        reports.reject(session, ids["school1"], "исправьте")
    with as_("school1"):
        save(session, ids["school1"], {"1/01/4": "41"}, 1)
        assert reports.submit(session, ids["school1"]).state is ReportState.SUBMITTED
    with as_("school2"), pytest.raises(Refused):
        save(session, ids["school2"], FILLED)


@pytest.mark.parametrize(
    ("left", "urgency"),
    [(-1, Urgency.OVERDUE), (0, Urgency.AT_RISK), (7, Urgency.AT_RISK), (8, Urgency.OWED), (60, Urgency.OWED)],
)
def test_what_is_owed_is_told_by_its_deadline(
    session: Session, plain: Session, cast: Cast, as_: Any, left: int, urgency: Urgency
) -> None:
    arrange(session, plain, cast, deadline=TODAY + timedelta(days=left))
    with as_("clerk"):
        owed = reports.owed(session, today=TODAY)
        assert [(one.urgency, one.days_left) for one in owed] == [(urgency, left)] * 2
        assert owed[0].fillable == 8
    with as_("newcomer"):
        assert reports.owed(session, today=TODAY) == []


def test_the_most_urgent_comes_first(session: Session, plain: Session, cast: Cast, as_: Any) -> None:
    ids = arrange(session, plain, cast, deadline=TODAY + timedelta(days=60))
    with as_("central"):
        campaign(session, {**DOCUMENT, "form": "СРОЧНАЯ"}, deadline=TODAY + timedelta(days=2))
    with as_("school1"):
        save(session, ids["school1"], FILLED)
        reports.submit(session, ids["school1"])
    with as_("irkutsk"):
        reports.reject(session, ids["school1"], "исправьте")
    with as_("clerk"):
        save(session, ids["school2"], FILLED)
        found = reports.owed(session, today=TODAY + timedelta(days=1))
        later = reports.owed(session, today=days.today() + timedelta(days=20))
    assert [one.urgency for one in found] == [Urgency.RETURNED, Urgency.AT_RISK, Urgency.AT_RISK, Urgency.OWED]
    assert found[0].filled == 7
    assert {one.urgency for one in later if one.report.id == ids["school2"]} <= {Urgency.FORGOTTEN, Urgency.OVERDUE}


def test_late_is_a_flag_beside_the_state(session: Session, plain: Session, cast: Cast, as_: Any) -> None:
    ids = arrange(session, plain, cast, deadline=days.today() - timedelta(days=1))
    with as_("school1"):
        save(session, ids["school1"], FILLED)
        found = reports.submit(session, ids["school1"])
        assert found.state is ReportState.SUBMITTED
        assert reports.is_late(found)
        found.campaign.deadline = days.today()
        assert not reports.is_late(found, today=days.today() + timedelta(days=99))
        session.expire(found.campaign)
