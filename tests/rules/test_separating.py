"""The way back from a merger: everything is as it was, but for what others have changed since."""

import uuid

import pytest
from sqlalchemy import select

from admin_app.crud.fields import field_of
from admin_app.reporting import requests, separating, uniting_plan
from admin_app.reporting.refusal import Refused
from admin_app.reporting.wishes import Wish
from models import Event, Level, Organization, Report, ReportState, RequestKind
from tests.people import organization
from tests.rules.twins import Twins, pictures


@pytest.mark.parametrize("who", ["irkutsk", "central"])
def test_separated_everything_is_as_it_was(twins: Twins, who: str) -> None:
    twin = twins.plain.get_one(Organization, twins.twin)
    organization(twins.plain, "Филиал", Level.BRANCH, twin)
    twins.plain.commit()
    twins.seat("clerk", twins.twin, since=20)
    twins.seat("school2", twins.twin, since=0)
    twins.seat("school2", twins.kept, since=0)
    twins.file(twins.other, "newcomer")
    with twins.as_("newcomer"):
        requests.file(twins.session, Wish(RequestKind.RETURN_REPORT, "Нужно", report_id=twins.other))
        twins.session.commit()
    before = pictures(twins.plain)
    twins.unite(who, [field_of(Organization, name) for name in ("address", "inn", "kpp", "short_name")])
    assert pictures(twins.plain) != before
    twins.separate(who)
    assert pictures(twins.plain) == before
    kinds = set(twins.plain.scalars(select(Event.kind).where(Event.subject_id == twins.twin)))
    assert "organization.separated" in kinds
    twins.unite(who)
    twins.separate(who)
    assert pictures(twins.plain) == before


def test_what_somebody_has_changed_since_stays_unless_it_is_chosen(twins: Twins) -> None:
    for chosen in (False, True):
        twins.unite(fields=[field_of(Organization, "address")])
        with twins.as_("irkutsk"):
            twins.session.get_one(Organization, twins.kept).address = "Новая, 5"
            twins.session.commit()
            made = separating.plan(twins.session, twins.twin)
            step = next(one for one in made.rows.steps if one.key == twins.kept and one.model is Organization)
            assert [part.name for part in step.parts_in_conflict] == ["address"]
        twins.separate(chosen=(step.place("address"),) if chosen else ())
        assert twins.plain.get_one(Organization, twins.kept).address == (None if chosen else "Новая, 5")
        row = twins.plain.get_one(Organization, twins.kept)
        row.address = None
        twins.plain.commit()


def test_a_report_filled_in_meanwhile_is_not_pushed_aside(twins: Twins) -> None:
    twins.plain.delete(twins.plain.get_one(Report, twins.report))
    twins.plain.commit()
    twins.file(twins.other, "newcomer")
    twins.unite()
    row = twins.plain.get_one(Report, twins.other)
    fresh = Report(campaign_id=row.campaign_id, organization_id=twins.twin, state="draft", revision=1)
    twins.plain.add(fresh)
    twins.plain.commit()
    with twins.as_("irkutsk"):
        assert [bool(one.refused) for one in separating.plan(twins.session, twins.twin).reports] == [True]
    twins.separate()
    assert (twins.at(twins.other), twins.at(fresh.id)) == (twins.kept, twins.twin)


def test_what_was_done_after_the_merger_goes_back_with_its_report(twins: Twins) -> None:
    twins.file(twins.other, "newcomer")
    twins.unite()
    twins.accept(twins.other)
    twins.separate()
    row = twins.plain.get_one(Report, twins.other)
    assert (row.organization_id, row.state) == (twins.twin, ReportState.ACCEPTED)


@pytest.mark.parametrize("who", ["bratsk", "school1", "support", "auditor"])
def test_only_who_may_edit_both_separates(twins: Twins, who: str) -> None:
    twins.unite()
    before = pictures(twins.plain)
    with pytest.raises(Refused):
        twins.separate(who)
    assert pictures(twins.plain) == before


def test_what_is_not_merged_is_not_separated(twins: Twins) -> None:
    with pytest.raises(Refused):
        twins.separate()
    twins.unite()
    twins.separate()
    with pytest.raises(Refused):
        twins.separate()


def test_the_rehearsal_refuses_nothing_that_works(twins: Twins) -> None:
    twins.unite(fields=[field_of(Organization, name) for name in ("inn", "kpp")])
    before = pictures(twins.plain)
    with twins.as_("irkutsk"):
        made = separating.rehearse(twins.session, separating.plan(twins.session, twins.twin), lambda error, _model: str(error))
        twins.session.rollback()
    assert [step.refused for step in made.rows.steps] == ["" for _step in made.rows.steps]
    assert pictures(twins.plain) == before


def test_an_event_leads_to_the_merger_it_tells_of_while_that_stands(twins: Twins) -> None:
    twins.unite()
    event = twins.plain.scalars(select(Event).where(Event.kind == uniting_plan.MERGED)).first()
    assert event is not None
    for which in (Event.batch == event.batch, Event.id == event.id):
        with twins.as_("irkutsk"):
            assert separating.duplicate(twins.session, which) == twins.twin
            assert separating.duplicate(twins.session, Event.batch == uuid.uuid4()) is None
            twins.session.rollback()
    twins.separate()
    with twins.as_("irkutsk"):
        assert separating.duplicate(twins.session, Event.id == event.id) is None
