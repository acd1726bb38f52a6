"""What follows when an organization is registered or moved: its reports, and who reviews them."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app.reporting import organizations, reports
from models import Level, Organization, Report
from tests.people import Cast
from tests.reports import FILLED, arrange, save


def test_a_school_registered_after_the_opening_gets_its_report(session: Session, plain: Session, cast: Cast, as_: Any) -> None:
    arrange(session, plain, cast)
    with as_("central"):
        school = Organization(
            short_name="Новая", full_name="Новая", level=Level.ORGANIZATION, parent_id=cast.organizations["irkutsk"]
        )
        session.add(school)
        organizations.settle(session, school)
        organizations.settle(session, school)
        assert len(session.scalars(select(Report).where(Report.organization_id == school.id)).all()) == 1


def test_a_report_under_review_follows_its_moved_school(session: Session, plain: Session, cast: Cast, as_: Any) -> None:
    ids = arrange(session, plain, cast)
    with as_("school1"):
        save(session, ids["school1"], FILLED)
        reports.submit(session, ids["school1"])
        session.commit()
    with as_("central"):
        school = session.get_one(Organization, cast.organizations["school1"])
        school.parent_id = cast.organizations["bratsk"]
        organizations.settle(session, school)
        session.commit()
    assert plain.get_one(Report, ids["school1"]).reviewer_id == cast.organizations["bratsk"]
