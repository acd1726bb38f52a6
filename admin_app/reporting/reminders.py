"""Deadlines: who still owes a report, told 7, 3 and 1 days before and on the day after."""

from datetime import date, timedelta

from flask_babel import LazyString, lazy_ngettext
from flask_babel import lazy_gettext as _
from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from admin_app.reporting import days, notices, owing, scope, tidings
from admin_app.reporting.notices import Kind
from models import Campaign, Message, Organization, Report

BEFORE = (7, 3, 1)
AFTER = -1


def remind(session: Session, today: date | None = None) -> int:
    """Tell the people of each organization that owes a report due in 7, 3 or 1 days or due yesterday. Returns how many were told.

    Doing it twice on one day tells nobody twice.
    """
    with scope.unscoped("reminding of deadlines"):
        day = today or days.today()
        return sum(remind_of(session, report, (report.deadline - day).days) for report in owed(session, day))


def owed(session: Session, day: date) -> list[Row[int, int, str, str, date]]:
    """The reports owed whose deadline is one of the days to speak of."""
    dates = [day + timedelta(days=days) for days in (*BEFORE, AFTER)]
    reports = (
        select(Report.id, Report.organization_id, Organization.short_name, Campaign.title, Campaign.deadline)
        .join(Campaign, Campaign.id == Report.campaign_id)
        .join(Organization, Organization.id == Report.organization_id)
        .where(Campaign.deadline.in_(dates), owing.owed(), func.concat("/reports/", Report.id).not_in(told_lately()))
        .order_by(Report.id)
    )
    return list(session.execute(reports).all())


def told_lately() -> Select[str]:
    """The reports, by their links, of which people have been reminded since yesterday: the job looks every hour, tells once."""
    lately = Message.at > func.now() - timedelta(hours=20)
    return select(Message.link).where(Message.kind.in_((Kind.DEADLINE, Kind.OVERDUE)), lately)


def remind_of(session: Session, report: Row[int, int, str, str, date], days: int) -> int:
    """Tell the people of one report's organization."""
    kind = Kind.DEADLINE if days >= 0 else Kind.OVERDUE
    link = f"/reports/{report.id}"
    people = tidings.filers(session, session.get_one(Organization, report.organization_id))
    return notices.tell(session, people, kind, *words(report, days), link) if people else 0


def words(report: Row[int, int, str, str, date], days: int) -> tuple[LazyString, LazyString]:
    """Subject and text."""
    names = {"title": report.title, "name": report.short_name, "date": report.deadline.strftime("%d.%m.%Y")}
    if days < 0:
        late = _(
            "The report “%(title)s” of %(name)s was due on %(date)s and is not submitted. Please submit it as soon as you can.",
            **names,
        )
        return _("The deadline has passed: %(title)s", **names), late
    left = lazy_ngettext("%(num)d day is left: %(title)s", "%(num)d days are left: %(title)s", days, **names)
    return left, _("The report “%(title)s” of %(name)s is due on %(date)s. It is not submitted yet.", **names)
