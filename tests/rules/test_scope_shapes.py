"""However a statement is written, it shows nothing foreign; what cannot be restricted is refused."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import (
    Row,
    Select,
    and_,
    exists,
    func,
    insert,
    lambda_stmt,
    literal,
    literal_column,
    select,
    text,
    union,
    update,
)
from sqlalchemy.orm import (
    Bundle,
    Session,
    aliased,
    contains_eager,
    joinedload,
    selectinload,
    subqueryload,
    with_loader_criteria,
)

from admin_app.reporting import scope
from admin_app.reporting.actor import unscoped
from models import Campaign, Comment, Level, Membership, Organization, Report, ReportSection, User
from tests.rules.conftest import BRANCH1, IRKUTSK, REGION, SCHOOL1, SCHOOL2, Rig

Above = aliased(Organization)
Other = aliased(Report)
Sub = select(Organization).subquery()
Cte = select(Organization.id, Organization.parent_id).cte("nodes")


def down() -> Select[Any]:
    """A recursive walk from the municipalities."""
    walk = select(Organization.id).where(Organization.level == Level.MUNICIPALITY).cte("walk", recursive=True)
    below = aliased(Organization)
    return select(walk.union_all(select(below.id).join(walk, below.parent_id == walk.c.id)).c.id)


# Each of these shows ids of organizations; the irkutsk operator must get only its own part of them.
ORGANIZATIONS: dict[str, Callable[[], Select[Any]]] = {
    "entity": lambda: select(Organization).with_only_columns(Organization.id),
    "column": lambda: select(Organization.id),
    "alias": lambda: select(Above.id),
    "self-join, parent side": lambda: select(Above.id).select_from(Organization).join(Above, Organization.parent_id == Above.id),
    "self-join by relation": lambda: select(Above.id).select_from(Organization).join(Organization.parent.of_type(Above)),
    "self-join, child side": lambda: select(Organization.id).outerjoin(Above, Organization.parent_id == Above.id),
    "subquery": lambda: select(Sub.c.id),
    "alias of a subquery": lambda: select(aliased(Organization, Sub).id),
    "cte": lambda: select(Cte.c.id),
    "recursive cte": down,
    "union": lambda: select(union(select(Organization.id), select(Organization.id)).subquery().c.id),
    "distinct": lambda: select(Organization.id).distinct(),
    "group by": lambda: select(Organization.id).group_by(Organization.id).having(func.count() > 0),
    "window": lambda: select(func.max(Organization.id).over(partition_by=Organization.id)).select_from(Organization),
    "implicit join": lambda: select(Organization.id).where(Report.organization_id == Organization.id),
    "join": lambda: select(Organization.id).join(Report, Report.organization_id == Organization.id),
    "scalar subquery": lambda: select(select(func.min(Organization.id)).scalar_subquery()).select_from(Organization),
    "correlated": lambda: select(
        select(Organization.id).where(Organization.id == Report.organization_id).scalar_subquery()
    ).select_from(Report),
    "in": lambda: select(Report.organization_id).where(Report.organization_id.in_(select(Organization.id))),
    "bundle": lambda: select(Bundle("b", Organization.id)),
    "bundle beside": lambda: select(Bundle("b", Organization.id), Membership.id).join(Organization.memberships),
    "condition of a load": lambda: select(Organization).options(
        selectinload(Organization.children.and_(Organization.id > 0)), with_loader_criteria(Organization, Organization.id > 0)
    ),
    "lambda condition": lambda: select(Report.organization_id).where(lambda: Report.organization_id.in_(select(Organization.id))),
    "lambda statement": lambda: lambda_stmt(lambda: select(Organization.id)),
    "literal beside": lambda: select(Organization.id, literal(1)),
    "has": lambda: select(Report.organization_id).where(Report.organization.has(Organization.id > 0)),
    "any": lambda: select(Organization.id).where(Organization.children.any()),
    "lateral": lambda: select(
        select(Organization.id).where(Organization.id == Report.organization_id).lateral("l").c.id
    ).select_from(Report),
}


def ids(session: Session, statement: Any) -> set[Any]:
    """The first column of every row; bundles opened, objects by their id."""
    first = [row[0] for row in session.execute(statement)]
    opened = [one[0] if isinstance(one, Row | tuple) else one for one in first]
    return {one.id if isinstance(one, Organization) else one for one in opened} - {None}


@pytest.mark.parametrize("shape", ORGANIZATIONS.values(), ids=ORGANIZATIONS)
def test_no_shape_of_statement_shows_a_foreign_organization(rig: Rig, shape: Callable[[], Select[Any]]) -> None:
    own = {rig.at(node) for node in (IRKUTSK, SCHOOL1, BRANCH1)}
    everything = ids(rig.plain, shape())
    with rig.as_("irkutsk"):
        found = ids(rig.scoped, shape())
    assert found
    assert found <= own
    assert everything - own, "the shape would show nothing foreign even without the rule"


# The shapes that leaked in SQLAlchemy 2.0: each tells about foreign reports, by a count or by a yes.
TELLTALES: dict[str, Callable[[int], Select[Any]]] = {
    "exists().where beside": lambda key: select(func.count(Campaign.id)).where(exists().where(Report.organization_id == key)),
    "exists(select(1))": lambda key: select(exists(select(1).where(Report.organization_id == key))),
    "count() without from": lambda key: select(func.count()).where(Report.organization_id == key),
    "count() over entity": lambda key: select(func.count()).select_from(Report).where(Report.organization_id == key),
    "count(column)": lambda key: select(func.count(Report.id)).where(Report.organization_id == key),
    "literal": lambda key: select(func.count(literal(1))).where(Report.organization_id == key),
    "literal in subquery": lambda key: select(
        func.count(select(literal(1).label("one")).where(Report.organization_id == key).subquery().c.one)
    ),
    "max": lambda key: select(func.coalesce(func.max(Report.revision), 0)).where(Report.organization_id == key),
    "implicit join": lambda key: select(func.count(Report.id)).where(
        Report.organization_id == Organization.id, Organization.id == key
    ),
    "child of foreign": lambda key: select(func.count(Comment.id)).where(
        Comment.report_id == Report.id, Report.organization_id == key
    ),
    "child alone": lambda key: (
        select(func.count())
        .select_from(ReportSection)
        .where(ReportSection.report_id.in_(select(Report.id).where(Report.organization_id == key)))
    ),
    "relation": lambda key: select(func.count(Report.id)).where(Report.organization.has(id=key)),
    "filter": lambda key: select(func.count(Report.id).filter(Report.organization_id == key)).select_from(Report),
    "case-like": lambda key: (
        select(func.coalesce(func.sum(literal_column("1")), 0)).select_from(Report).where(and_(Report.organization_id == key))
    ),
}


@pytest.mark.parametrize("shape", TELLTALES.values(), ids=TELLTALES)
def test_no_count_and_no_exists_tells_about_a_foreign_report(rig: Rig, shape: Callable[[int], Select[Any]]) -> None:
    assert rig.plain.scalar(shape(rig.at(SCHOOL2)))
    for name, expected in (("irkutsk", False), ("school1", False), ("school2", True), ("bratsk", True), ("central", True)):
        with rig.as_(name):
            assert bool(rig.scoped.scalar(shape(rig.at(SCHOOL2)))) is expected, name


def test_legacy_queries_are_scoped_too(rig: Rig) -> None:
    with rig.as_("school1"):
        query = rig.scoped.query(Report).filter(Report.organization_id == rig.at(SCHOOL2))
        assert (query.count(), query.all(), query.with_entities(func.count()).scalar()) == (0, [], 0)
        assert rig.scoped.query(Report).filter_by(organization_id=rig.at(SCHOOL1)).count() == 1


LOADS: dict[str, Callable[[Any], Any]] = {
    "lazy": lambda _relation: (),
    "joined": lambda relation: (joinedload(relation),),
    "selectin": lambda relation: (selectinload(relation),),
    "subquery": lambda relation: (subqueryload(relation),),
}


@pytest.mark.parametrize("load", LOADS.values(), ids=LOADS)
def test_relations_lead_to_nothing_foreign(rig: Rig, load: Callable[[Any], Any]) -> None:
    with rig.as_("irkutsk"):
        mine = select(Organization).where(Organization.id == rig.at(IRKUTSK))
        office = rig.scoped.scalars(mine.options(*load(Organization.parent))).one()
        assert office.parent is None
        assert office.parent_id == rig.at(REGION)
    with rig.as_("school1"):
        myself = select(User).where(User.id == rig.actor("school1").user_id)
        me = rig.scoped.scalars(myself.options(*load(User.memberships))).unique().one()
        assert [row.organization_id for row in me.memberships] == [rig.at(SCHOOL1)]


def test_relations_of_relations_lead_to_nothing_hidden(rig: Rig) -> None:
    draft = next(key for key, published in rig.world.versions.items() if not published)
    rig.plain.scalars(select(Campaign)).one().form_version_id = draft
    rig.plain.flush()
    deep = select(Report).options(joinedload(Report.campaign).joinedload(Campaign.form_version))
    for name, hidden in (("school1", True), ("central", False)):
        with rig.as_(name):
            assert (rig.scoped.scalars(deep).first().campaign.form_version is None) is hidden


def test_contains_eager_and_joins_to_parents(rig: Rig) -> None:
    with rig.as_("irkutsk"):
        rows = rig.scoped.scalars(select(Report).join(Report.organization).options(contains_eager(Report.organization))).all()
        assert {row.organization.id for row in rows} == {rig.at(node) for node in (IRKUTSK, SCHOOL1, BRANCH1)}


# ── What can't be restricted is refused ──────────────────────────────────────────────────────────────────────────────

REFUSED: dict[str, Callable[[Session], object]] = {
    "core select": lambda s: s.execute(select(Report.__table__)),
    "core column": lambda s: s.execute(select(Report.__table__.c.id)),
    "text": lambda s: s.execute(text("SELECT 1")),
    "from_statement": lambda s: s.execute(select(Report).from_statement(text("SELECT * FROM report"))),
    "text condition": lambda s: s.execute(select(Report).where(text("true"))),
    "text in subquery": lambda s: s.execute(select(Report.id).where(Report.id.in_(select(Report.id).where(text("true"))))),
    "plain table beside": lambda s: s.execute(select(User, Report.__table__)),
    "plain table in scalar": lambda s: s.execute(select(User.id, select(func.count(Report.__table__.c.id)).scalar_subquery())),
    "plain join": lambda s: s.execute(select(User.id).join(Report.__table__, literal(True))),
    "plain alias": lambda s: s.execute(select(User.id, Report.__table__.alias().c.id)),
    "entity over plain": lambda s: s.execute(select(aliased(Report, select(Report.__table__).subquery()))),
    "bare exists": lambda s: s.execute(select(exists().where(Report.organization_id == 1))),
    "bare window": lambda s: s.execute(select(func.max(Report.id).over())),
    "no tables": lambda s: s.execute(select(literal(1))),
    "insert": lambda s: s.execute(insert(Report).values(campaign_id=1, organization_id=1)),
    "bulk insert": lambda s: s.execute(insert(Report), [{"campaign_id": 1, "organization_id": 1}]),
    "update by key": lambda s: s.execute(update(Report), [{"id": 1, "revision": 3}]),
    "bulk_insert_mappings": lambda s: s.bulk_insert_mappings(Report.__mapper__, []),
    "bulk_update_mappings": lambda s: s.bulk_update_mappings(Report.__mapper__, []),
    "bulk_save_objects": lambda s: s.bulk_save_objects([]),
}


@pytest.mark.parametrize("attempt", REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_restricted_is_refused_even_to_the_centre(rig: Rig, attempt: Callable[[Session], object]) -> None:
    for name in ("central", "school1"):
        with rig.as_(name), pytest.raises(scope.Unrestricted):
            attempt(rig.scoped)


def test_unscoped_needs_a_reason_and_says_it(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(ValueError, match="reason"), unscoped(" "):
        pass
    caplog.set_level("INFO")
    with rig.as_("school1"), unscoped("who must be told"):
        assert rig.scoped.scalar(text("SELECT 1")) == 1
        assert rig.scoped.get(Report, rig.world.key(Report, SCHOOL2)) is not None
    assert "who must be told" in caplog.text
