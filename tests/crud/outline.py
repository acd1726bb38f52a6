"""What tests of the tree of organizations share."""

from datetime import date, datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from admin_app.reporting import days
from models import Organization
from tests.page import Page
from tests.people import Cast

TREE, MOVE = "/admin/organization/tree/", "/admin/organization/tree/move/"
OFFICE, SCHOOL, BRANCH = "Управление образования Иркутска", "МБОУ «СОШ № 1»", "Филиал СОШ № 1"


def names(page: Page) -> list[tuple[int, str]]:
    """The nodes shown: how deep, their name."""
    return [(len(one.find_parents("ul")) - 1, one.get_text()) for one in page.soup.select("li[data-id] .name")]


def age(plain: Session) -> None:
    """The cast were registered long ago: what happens to them now has a past."""
    plain.execute(update(Organization).values(created_at=datetime(2020, 1, 1, tzinfo=days.now().tzinfo)))
    plain.commit()


def close(plain: Session, cast: Cast, name: str, day: date) -> None:
    plain.get_one(Organization, cast.organizations[name]).closed_on = day
    plain.commit()
