"""A small form, its campaign and its reports, for tests of the rules: two sections, a dozen cells, an error, a query, a hint.

Everything is made through the verbs, by the central operator of tests/people.py.
"""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app.reporting import forms, reports, scope, sheet
from admin_app.reporting.sheet import Saved
from models import Campaign, Period, PeriodKind, Report
from tests.people import Cast

DOCUMENT: dict[str, Any] = {
    "form": "ТЕСТ",
    "title": "Небольшая форма",
    "periodicity": "school_year",
    "version": "редакция 2025 года",
    "sections": [
        {
            "section": "1",
            "title": "Численность обучающихся",
            "columns": "1 Показатели | name\n2 № | code\n3 Всего | = SUM{[][][4-5]}\n4 Девочки\n5 Мальчики",
            "rows": "01 Обучающиеся\n02 из них в первых классах\n03 Кружки | 4: x",
            "checks": (
                "1 error {[1][1][4-5]} >= {[1][2][4-5]}\n  Часть не больше целого\n"
                "2 query {[1][1][3]} <= 1000\n  Необычно большая школа\n"
                "3 hint {[1][3][5]} >= 1\n  Обычно есть хотя бы один кружок"
            ),
        },
        {
            "section": "2",
            "title": "Прочее",
            "columns": "1 Показатели | name\n2 № | code\n3 Значение",
            "rows": (
                "01 Ставок | 3: decimal 1\n02 Примечание | 3: text\n03 Дата открытия | 3: date\n"
                "04 Учеников на ставку | 3: decimal 2 | 3: = ROUND({[1][1][3]} / {[2][1][3]}, 2)"
            ),
        },
    ],
}
FILLED = {"1/01/4": "40", "1/01/5": "60", "1/02/4": "10", "1/02/5": "20", "1/03/5": "3", "2/01/3": "12,5", "2/02/3": "новая"}


def period(session: Session, starts: date = date(2025, 9, 1), ends: date = date(2026, 8, 31), **fields: Any) -> Period:
    """A period, the school year 2025/26 unless told otherwise; the same one if it is there."""
    kind = fields.get("kind", PeriodKind.SCHOOL_YEAR)
    found = session.scalar(select(Period).where(Period.kind == kind, Period.starts_on == starts))
    row = found or Period(title=f"{starts.year}/{ends.year}", starts_on=starts, ends_on=ends, **{"kind": kind, **fields})
    session.add(row)
    session.flush()
    return row


def campaign(session: Session, document: dict[str, Any] = DOCUMENT, during: Period | None = None, **fields: Any) -> Campaign:
    """An open campaign of a form: who acts must be the central operator."""
    version = forms.load_form(session, document)
    row = Campaign(
        form_version=version,
        period=during or period(session),
        **{"title": version.form.code, "deadline": date(2026, 10, 15), **fields},
    )
    session.add(row)
    session.flush()
    reports.open_campaign(session, row)
    return row


def report_of(session: Session, of: Campaign, organization_id: int) -> Report:
    """The report of an organization in a campaign."""
    return session.scalars(select(Report).where(Report.campaign_id == of.id, Report.organization_id == organization_id)).one()


def arrange(session: Session, plain: Session, cast: Cast, document: dict[str, Any] = DOCUMENT, **fields: Any) -> dict[str, int]:
    """A campaign, opened; the ids of the reports by the name of their organization."""
    with scope.acting(scope.actor_of(cast.users["central"], plain)):
        made = campaign(session, document, **fields)
        rows = {row.organization_id: row.id for row in session.scalars(select(Report).where(Report.campaign_id == made.id))}
    return {name: rows[node] for name, node in cast.organizations.items() if node in rows}


def save(session: Session, report_id: int, changes: Mapping[str, str | None], base: int = 0, **more: Any) -> Saved:
    """A save with a key of its own."""
    return sheet.save(session, report_id, changes, base, more.pop("key", None) or uuid.uuid4(), **more)
