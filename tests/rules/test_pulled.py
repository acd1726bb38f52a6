"""White cells that come from elsewhere: the card, another report, the period before; and where each number came from."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection, event, select
from sqlalchemy.orm import Session

from admin_app.reporting import forms, reports, scope, sheet
from models import Campaign, Organization, PeriodKind, Report, ReportState
from tests.people import Cast
from tests.reports import DOCUMENT, FILLED, campaign, period, report_of, save

TAKING: dict[str, Any] = {
    "form": "БЕРЁТ",
    "title": "Форма, которая берёт данные из другой",
    "periodicity": "half_year",
    "sections": [
        {
            "section": "1",
            "title": "Из другого отчета",
            "columns": "1 Показатели | name\n2 № | code\n3 Значение",
            "rows": (
                "01 Всего учеников | = {[ТЕСТ]:[1][1][3]}\n02 Ставок | decimal 1 | = {[ТЕСТ]:[2][1][3]}\n"
                "03 Примечание | text | = {[ТЕСТ]:[2][2][3]}\n"
                "04 ИНН | text | = card.inn\n05 Своё\n06 Было | = {{[1][5][3]}}\n07 Вместе | = {[1][1][3]} + {[1][5][3]}\n"
                "08 Двое | = SUM{[ТЕСТ]:[1][1][4,5]}"
            ),
            "checks": "1 query {[1][5][3]} <= {{[1][5][3]}}\n  Больше прошлого",
        }
    ],
}
HALF = {"starts": date(2026, 1, 1), "ends": date(2026, 6, 30), "kind": PeriodKind.HALF_YEAR}
LAST_HALF = {"starts": date(2025, 7, 1), "ends": date(2025, 12, 31), "kind": PeriodKind.HALF_YEAR}


@pytest.fixture
def made(session: Session, plain: Session, cast: Cast) -> dict[str, int]:
    """school1's reports: of the source form, of the taking form for this half-year and for the one before."""
    with scope.acting(scope.actor_of(cast.users["central"], plain)):
        campaigns = {
            "source": campaign(session, DOCUMENT),
            "taking": campaign(session, TAKING, period(session, **HALF)),
            "before": campaign(session, TAKING, period(session, **LAST_HALF)),
        }
        return {name: report_of(session, one, cast.organizations["school1"]).id for name, one in campaigns.items()}


def opened(session: Session, report_id: int) -> sheet.Sheet:
    return sheet.load(session, session.scalars(select(Report).where(Report.id == report_id)).one())


def test_a_half_year_takes_from_the_school_year_it_falls_into(session: Session, made: dict[str, int], as_: Any) -> None:
    with as_("school1"):
        save(session, made["source"], FILLED)
        found = opened(session, made["taking"])
        assert [found.shown(f"1/0{row}/3") for row in range(1, 5)] == ["100", "12,5", "новая", "3899000019"]
        assert found.shown("1/07/3") == "100"


def test_each_number_says_where_it_came_from(session: Session, made: dict[str, int], as_: Any) -> None:
    with as_("school1"):
        save(session, made["source"], FILLED)
        origins = {origin.cell: origin for origin in opened(session, made["taking"]).origins}
        first = origins["1/01/3"]
        assert (first.form, first.period, first.state) == ("ТЕСТ", "2025/2026", ReportState.DRAFT)
        assert (first.source.replace("01", "1"), first.report_id) == ("1/1/3", made["source"])
        assert first.at is not None
        assert origins["1/04/3"].card
        parts = forms.program(session.get_one(Report, made["taking"]).campaign.form_version).trace("1/08/3")
        assert [origins[part].report_id for part in parts] == [made["source"]] * 2
        assert (origins["1/06/3"].report_id, origins["1/06/3"].state) == (None, None)


def test_what_is_pulled_follows_its_source_until_submission(session: Session, made: dict[str, int], as_: Any) -> None:
    with as_("school1"):
        save(session, made["source"], FILLED)
        save(session, made["taking"], {"1/05/3": "0"})
        save(session, made["source"], {"1/01/4": "41"}, 1)
        assert opened(session, made["taking"]).shown("1/01/3") == "101"
        sheet.check(session, made["taking"])
        reports.submit(session, made["taking"])
        save(session, made["source"], {"1/01/4": "50"}, 2)
        assert opened(session, made["taking"]).shown("1/01/3") == "101"


def test_the_period_before_feeds_cells_and_checks(session: Session, made: dict[str, int], as_: Any) -> None:
    with as_("school1"):
        save(session, made["before"], {"1/05/3": "10"})
        saved = save(session, made["taking"], {"1/05/3": "11"})
        assert opened(session, made["taking"]).shown("1/06/3") == "10"
        [query] = saved.findings
        assert (query.left, query.right) == ("11", "10")


def test_without_a_source_the_cell_is_blank_and_nothing_breaks(session: Session, made: dict[str, int], as_: Any) -> None:
    with as_("school1"):
        found = opened(session, made["taking"])
        assert [found.shown(f"1/0{row}/3") for row in (1, 3, 6)] == ["", "", ""]
        assert save(session, made["taking"], {"1/05/3": "3"}).computed["1/07/3"] == "3"


def test_an_accepted_report_is_preferred_to_a_draft(session: Session, made: dict[str, int], as_: Any, cast: Cast) -> None:
    newer = {**DOCUMENT, "version": "вторая редакция", "note": "вторая"}
    with as_("central"):
        second = report_of(session, campaign(session, newer), cast.organizations["school1"]).id
    with as_("school1"):
        save(session, second, {**FILLED, "1/01/4": "1000"})
        save(session, made["source"], FILLED)
        assert opened(session, made["taking"]).shown("1/01/3") == "1\u2009060"
        reports.submit(session, made["source"])
    with as_("irkutsk"):
        reports.accept(session, made["source"])
    with as_("school1"):
        found = opened(session, made["taking"])
        assert found.shown("1/01/3") == "100"
        assert found.origins[0].state is ReportState.ACCEPTED


def test_other_schools_give_nothing(session: Session, made: dict[str, int], as_: Any, cast: Cast) -> None:
    with as_("clerk"):
        other = session.scalars(
            select(Report)
            .where(Report.organization_id == cast.organizations["school2"])
            .join(Report.campaign)
            .order_by(Campaign.id)
        ).first()
        assert other is not None
        save(session, other.id, FILLED)
        assert opened(session, made["taking"]).shown("1/01/3") == ""


def test_pulling_costs_two_statements(session: Session, made: dict[str, int], as_: Any, connection: Connection) -> None:
    with as_("school1"):
        save(session, made["source"], FILLED)
        save(session, made["before"], {"1/05/3": "10"})
        save(session, made["taking"], {"1/05/3": "11"})
        session.expunge_all()
        statements: list[str] = []
        event.listen(connection, "before_cursor_execute", lambda *given: statements.append(given[2]))
        save(session, made["taking"], {"1/05/3": "12"}, 1)
    assert 0 < len([one for one in statements if "SAVEPOINT" not in one]) <= 10


def test_the_card_is_read_as_it_is_now(session: Session, plain: Session, made: dict[str, int], as_: Any, cast: Cast) -> None:
    card = plain.get(Organization, cast.organizations["school1"])
    assert card is not None
    card.inn = "3899000033"
    card.kpp = "389901999"
    plain.flush()
    with as_("school1"):
        assert opened(session, made["taking"]).shown("1/04/3") == "3899000033"


def test_a_reviewers_check_compares_with_the_period_before(session: Session, made: dict[str, int], as_: Any) -> None:
    with as_("school1"):
        save(session, made["before"], {"1/05/3": "10"})
        save(session, made["taking"], {"1/05/3": "9"})
        reports.submit(session, made["taking"])
    with as_("irkutsk"):
        assert sheet.check(session, made["taking"]) == []
    with as_("school1"):
        save(session, made["before"], {"1/05/3": "8"}, 1)
    with as_("irkutsk"):
        assert [one.severity for one in sheet.check(session, made["taking"])] == ["query"]
        assert opened(session, made["taking"]).shown("1/06/3") == "10"
