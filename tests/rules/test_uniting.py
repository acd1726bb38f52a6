"""Merging two organizations that are one: what goes where, what stays as it is, who may, and when not."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from admin_app.crud.fields import field_of
from admin_app.reporting import days, planned, reports, requests, uniting, uniting_plan
from admin_app.reporting.refusal import Refused
from admin_app.reporting.reports_moved import Outcome
from admin_app.reporting.wishes import Wish
from models import (
    Base,
    Comment,
    Event,
    Level,
    Membership,
    Message,
    Organization,
    Report,
    ReportState,
    Request,
    RequestKind,
    RoleName,
    SavedView,
    Sharing,
    Succession,
    SuccessionKind,
)
from tests.people import organization
from tests.reports import FILLED, campaign, period, save
from tests.rules.twins import Twins, pictures

# ── What goes where ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_reference_to_an_organization_is_decided_upon() -> None:
    found = {
        f"{table.name}.{key.parent.name}"
        for table in Base.metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table is Organization.__table__
    }
    assert found == uniting_plan.MOVED | set(uniting_plan.STAYING), "say in uniting_plan.py whether it moves in a merger"
    assert not uniting_plan.MOVED & set(uniting_plan.STAYING)


def test_people_go_over_and_the_same_person_is_attached_once(twins: Twins) -> None:
    twins.seat("clerk", twins.twin, since=20)
    twins.unite()
    seats = select(Membership).where(Membership.user_id.in_([twins.cast.users["newcomer"], twins.cast.users["clerk"]]))
    lasting = [row for row in twins.plain.scalars(seats) if row.valid_to is None]
    assert {(row.user_id, row.organization_id) for row in lasting} == {
        (twins.cast.users["newcomer"], twins.kept),
        (twins.cast.users["clerk"], twins.kept),
        (twins.cast.users["clerk"], twins.cast.organizations["school2"]),
    }
    kept = next(row for row in lasting if row.user_id == twins.cast.users["clerk"] and row.organization_id == twins.kept)
    assert kept.valid_from == days.today() - timedelta(days=20)
    told = twins.plain.scalars(select(Message).where(Message.recipient_id == twins.cast.users["newcomer"])).all()
    assert told[-1].link == f"/organizations/{twins.kept}"


def test_the_duplicate_closes_today_and_names_its_successor(twins: Twins) -> None:
    twins.unite()
    twin = twins.plain.get_one(Organization, twins.twin)
    assert twin.closed_on == days.today()
    row = twins.plain.scalars(select(Succession)).one()
    assert (row.predecessor_id, row.successor_id, row.kind) == (twins.twin, twins.kept, SuccessionKind.DUPLICATE)
    assert row.day == days.today()


def test_the_duplicate_gets_no_report_of_a_campaign_opened_afterwards(twins: Twins) -> None:
    twins.unite()
    with twins.as_("central"):
        month = period(twins.session, days.today() - timedelta(days=30), days.today())
        later = campaign(twins.session, during=month, deadline=days.today())
        twins.session.commit()
    filing = set(twins.plain.scalars(select(Report.organization_id).where(Report.campaign_id == later.id)))
    assert (twins.kept in filing, twins.twin in filing) == (True, False)
    twins.separate()
    assert twins.twin in set(twins.plain.scalars(select(Report.organization_id).where(Report.campaign_id == later.id)))


def test_what_stands_below_and_what_was_shared_there_goes_over(twins: Twins) -> None:
    twin = twins.plain.get_one(Organization, twins.twin)
    branch = organization(twins.plain, "Филиал", Level.BRANCH, twin)
    view = SavedView(
        owner_id=twins.cast.users["newcomer"],
        table_name="organization",
        title="в",
        shared=Sharing.SUBTREE,
        organization_id=twins.twin,
    )
    twins.plain.add(view)
    twins.plain.commit()
    twins.unite()
    assert (branch.parent_id, view.organization_id) == (twins.kept, twins.kept)
    assert branch.path.endswith(f"/{twins.kept}/{branch.id}/")


@pytest.mark.parametrize(
    ("mine", "theirs", "outcome"),
    [
        ("", "draft", Outcome.WINS),
        ("", "filed", Outcome.WINS),
        ("draft", "accepted", Outcome.WINS),
        ("draft", "", Outcome.EMPTY),
        ("filed", "draft", Outcome.BEHIND),
        ("draft", "draft", Outcome.BOTH),
        ("accepted", "filed", Outcome.BOTH),
    ],
)
def test_the_filed_report_wins_and_two_of_one_kind_stay(twins: Twins, mine: str, theirs: str, outcome: Outcome) -> None:
    for report, who, state in ((twins.report, "school1", mine), (twins.other, "newcomer", theirs)):
        if state == "draft":
            with twins.as_(who):
                save(twins.session, report, FILLED)
                twins.session.commit()
        elif state:
            twins.file(report, who)
        if state == "accepted":
            twins.accept(report)
    with twins.as_("irkutsk"):
        pair = uniting_plan.pair(twins.session, twins.kept, twins.twin)
        assert [fate.outcome for fate in uniting_plan.plan(twins.session, *pair).fates] == [outcome]
        twins.session.rollback()
    before = pictures(twins.plain)
    twins.plain.execute(update(Report).values(updated_at=days.now() - timedelta(days=30)))
    stamps = {row.id: row.updated_at for row in twins.plain.scalars(select(Report))}
    twins.unite()
    wins = outcome is Outcome.WINS
    assert (twins.at(twins.report), twins.at(twins.other)) == ((twins.twin, twins.kept) if wins else (twins.kept, twins.twin))
    after = pictures(twins.plain)
    assert (after["report_section"], after["report_snapshot"]) == (before["report_section"], before["report_snapshot"])
    assert {row.id: row.updated_at for row in twins.plain.scalars(select(Report))} == stamps


def test_a_report_that_the_other_one_has_not_goes_over_accepted_as_it_is(twins: Twins) -> None:
    with twins.as_("central"):
        last_year = period(twins.session, date(2024, 9, 1), date(2025, 8, 31))
        campaign(twins.session, during=last_year, title="прошлый год")
        twins.session.commit()
    past = twins.plain.scalars(select(Report).join(Report.campaign).where(Report.id > twins.other)).all()
    mine = next(row for row in past if row.organization_id == twins.twin)
    theirs = next(row for row in past if row.organization_id == twins.kept)
    twins.plain.delete(theirs)
    twins.plain.commit()
    twins.file(mine.id, "newcomer")
    twins.accept(mine.id)
    with twins.as_("irkutsk"):
        twins.session.add(Comment(report_id=mine.id, text="к", author_name="И"))
        twins.session.commit()
    twins.unite()
    assert (twins.at(mine.id), mine.state) == (twins.kept, ReportState.ACCEPTED)
    assert twins.plain.scalars(select(Comment.report_id)).one() == mine.id


def test_a_report_under_review_goes_to_the_reviewer_of_the_one_that_stays(twins: Twins) -> None:
    row = twins.plain.get_one(Organization, twins.kept)
    row.parent_id = twins.cast.organizations["bratsk"]
    twins.plain.commit()
    twins.file(twins.other, "newcomer")
    twins.unite("central")
    assert twins.plain.get_one(Report, twins.other).reviewer_id == twins.cast.organizations["bratsk"]
    with twins.as_("bratsk"):
        reports.accept(twins.session, twins.other)


def test_a_reviewing_office_that_is_merged_hands_its_reviews_over(twins: Twins) -> None:
    office = organization(
        twins.plain, "РУО", Level.MUNICIPALITY, twins.plain.get_one(Organization, twins.cast.organizations["region"])
    )
    twins.plain.commit()
    twins.file(twins.report, "school1")
    with twins.as_("central"):
        uniting.unite(twins.session, office.id, twins.cast.organizations["irkutsk"])
        twins.session.commit()
    twins.plain.expire_all()
    assert twins.plain.get_one(Report, twins.report).reviewer_id == office.id
    assert twins.plain.get_one(Organization, twins.kept).parent_id == office.id
    assert twins.plain.scalars(select(Membership).where(Membership.user_id == twins.cast.users["irkutsk"])).one()


def test_requests_follow_their_report_or_the_organization(twins: Twins) -> None:
    twins.file(twins.other, "newcomer")
    asked = {}
    with twins.as_("newcomer"):
        for kind, more in (
            (RequestKind.EDIT_CARD, {"organization_id": twins.twin}),
            (RequestKind.DELETE_ORGANIZATION, {"organization_id": twins.twin}),
            (RequestKind.RETURN_REPORT, {"report_id": twins.other}),
        ):
            asked[kind] = requests.file(twins.session, Wish(kind, "Нужно", **more)).id
        twins.session.commit()
    twins.unite()
    homes = {kind: twins.plain.get_one(Request, key).organization_id for kind, key in asked.items()}
    assert homes == {
        RequestKind.EDIT_CARD: twins.kept,
        RequestKind.DELETE_ORGANIZATION: twins.twin,
        RequestKind.RETURN_REPORT: twins.kept,
    }


def test_fields_are_taken_over_as_chosen_and_a_code_is_never_held_twice(twins: Twins) -> None:
    fields = [field_of(Organization, name) for name in ("address", "inn", "kpp")]
    twins.unite(fields=fields)
    kept, twin = (twins.plain.get_one(Organization, key) for key in (twins.kept, twins.twin))
    assert (kept.address, kept.inn, kept.kpp) == ("Мира, 1", "3899000040", "389901001")
    assert (twin.inn, twin.kpp) == ("3899000040", None)
    assert kept.short_name == "МБОУ «СОШ № 1»"


def test_all_of_it_is_one_batch_told_on_both_cards(twins: Twins) -> None:
    twins.unite()
    merged = twins.plain.scalars(select(Event).where(Event.kind == uniting_plan.MERGED)).all()
    assert {event.subject_id for event in merged} == {twins.kept, twins.twin}
    assert {event.data.get("merged_into") for event in merged} == {twins.kept, None}
    rows = twins.plain.scalars(select(Event).where(Event.batch == merged[0].batch, Event.kind.like("row.%"))).all()
    assert {(row.subject_type, row.kind) for row in rows} == {
        ("organization", "row.changed"),
        ("membership", "row.changed"),
        ("succession", "row.created"),
    }
    assert {event.origin for event in rows} == {f"merge:{twins.twin}"}


# ── Who may, and when not ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("who", ["bratsk", "school1", "newcomer", "support", "auditor"])
def test_only_who_may_edit_both_merges(twins: Twins, who: str) -> None:
    before = pictures(twins.plain)
    with pytest.raises(Refused):
        twins.unite(who)
    assert pictures(twins.plain) == before


@pytest.mark.parametrize("who", ["irkutsk", "central", "admin"])
def test_operators_of_both_merge(twins: Twins, who: str) -> None:
    twins.unite(who)
    assert twins.plain.get_one(Organization, twins.twin).closed_on is not None


def test_one_outside_the_part_is_not_merged(twins: Twins) -> None:
    with twins.as_("irkutsk"), pytest.raises(Refused):
        uniting.unite(twins.session, twins.kept, twins.cast.organizations["school2"])


def refusals(twins: Twins, kept: int, closed: int, who: str = "central") -> list[str]:
    with twins.as_(who):
        found = uniting_plan.plan(twins.session, *uniting_plan.pair(twins.session, kept, closed)).refusals
        twins.session.rollback()
        return found


def test_what_stands_in_the_way_is_said(twins: Twins) -> None:
    there = twins.cast.organizations
    assert refusals(twins, twins.kept, twins.twin) == []
    assert len(refusals(twins, there["region"], twins.twin)) == 1
    assert len(refusals(twins, there["branch1"], there["school1"])) == 2
    assert refusals(twins, there["school1"], there["branch1"]) == []
    assert len(refusals(twins, there["branch1"], there["irkutsk"])) >= 1
    twins.unite()
    assert len(refusals(twins, twins.twin, twins.kept)) == 1
    assert len(refusals(twins, there["school3"], twins.twin)) == 1
    with twins.as_("central"), pytest.raises(Refused):
        uniting_plan.pair(twins.session, twins.kept, twins.kept)


@pytest.mark.parametrize("node", ["branch1", "school2"])
def test_plans_that_name_the_duplicate_come_first_wherever_they_are(twins: Twins, node: str) -> None:
    with twins.as_("central"):
        row = twins.session.get_one(Organization, twins.cast.organizations[node])
        planned.plan(twins.session, row, {"parent_id": (row.parent_id, twins.twin)}, days.today() + timedelta(days=9))
        twins.session.commit()
    assert len(refusals(twins, twins.kept, twins.twin, "irkutsk")) == 1
    with pytest.raises(Refused):
        twins.unite()


def test_nobody_merges_themselves_into_a_further_reach(twins: Twins) -> None:
    home = twins.cast.organizations["irkutsk"]
    office = organization(
        twins.plain, "РУО", Level.MUNICIPALITY, twins.plain.get_one(Organization, twins.cast.organizations["region"])
    )
    twins.plain.commit()
    twins.seat("irkutsk", office.id, RoleName.SUPERVISOR)
    assert refusals(twins, office.id, home, "central") == []
    assert len(refusals(twins, office.id, home, "irkutsk")) >= 1


def test_who_reads_an_old_preview_is_told(twins: Twins) -> None:
    with twins.as_("irkutsk"):
        mark = uniting_plan.plan(twins.session, *uniting_plan.pair(twins.session, twins.kept, twins.twin)).mark
    twins.seat("school2", twins.twin)
    with twins.as_("irkutsk"), pytest.raises(uniting.Changed):
        uniting.unite(twins.session, twins.kept, twins.twin, (), mark)


def test_the_one_with_more_accepted_reports_and_people_had_better_stay(twins: Twins) -> None:
    with twins.as_("irkutsk"):
        assert uniting_plan.suggested(twins.session, [twins.twin, twins.kept]) == twins.kept
    twins.file(twins.other, "newcomer")
    twins.accept(twins.other)
    with twins.as_("irkutsk"):
        assert uniting_plan.suggested(twins.session, [twins.kept, twins.twin]) == twins.twin
