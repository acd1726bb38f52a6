"""Organizations in time: what a field was on a day, and from which day a change counts.

`Organization` holds today. Each flush that changes one (`history.after`) puts what was into `OrganizationFact`: a field has one
row for the beginning (``since`` is NULL) and one for each day on which it changed. A change counts from today unless it is made
inside `from_day` (known late) or `correction` (it was so all the time: a slip of the pen, an undo). So bulk edits, imports and
undo need nothing of their own. Values are kept as the log keeps them: references by id, a list of them as a list of ids.

``path`` is kept too, for everything below what moves: totals of last year are then one range, like today's.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Date,
    Enum,
    Integer,
    Subquery,
    Text,
    and_,
    any_,
    delete,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
    tuple_,
    union,
)
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session, aliased

from admin_app.reporting import attributes, days, tree
from admin_app.reporting.actor import settle
from models import Campaign, ClassifierItem, Organization, OrganizationFact, Period, Report

PATH = "path"
MOVES = 0x70617468  # the lock of those who write paths
ALWAYS = date.min  # stands for "from the beginning" where a day is asked for
_since: ContextVar[date | None] = ContextVar("since", default=None)  # None: today

Fact = OrganizationFact
SAID = Fact.value.op("#>>", return_type=Text())(literal_column("'{}'"))  # the value as text
COLUMNS = tuple(column.key for column in Organization.__table__.c if column.computed is None)


@dataclass(frozen=True)
class Stretch:
    """The value of a field from a day on (None: from the beginning) until the next one; ``planned``: not yet carried out."""

    since: date | None
    value: Any
    planned: bool = False


Line = list[Stretch]


@contextmanager
def from_day(day: date | None) -> Iterator[None]:
    """``with from_day(day):`` what is changed inside counts from that day, which is not to come. None: from today."""
    settle()
    token = _since.set(day)
    try:
        yield
        settle()
    finally:
        _since.reset(token)


def correction() -> Any:
    """``with correction():`` what is changed inside was never as it stood: the past is put right with it."""
    return from_day(ALWAYS)


# ── A line of stretches ──────────────────────────────────────────────────────────────────────────────────────────────


def at(line: Sequence[Stretch], day: date) -> Stretch | None:
    """The stretch in which the day lies."""
    return next((one for one in reversed(line) if one.since is None or one.since <= day), None)


def cut(line: Sequence[Stretch], old: Any, new: Any, day: date, today: date) -> Line:
    """The line after a change of ``old``, which is today's value, to ``new``. ``day`` is `ALWAYS` for a correction.

    From the day on it is the new value until today, whatever was thought to have been between; plans stay.
    """
    past = [one for one in line if not one.planned and (one.since or today) <= today] or [Stretch(None, old)]
    plans = [one for one in line if one.planned and one.since and one.since > day]
    if day == ALWAYS:
        past[-1] = Stretch(past[-1].since, new)
    else:
        past = [*(one for one in past if one.since is None or one.since < day), Stretch(day, new)]
    made: Line = []
    for one in past:
        if not made or made[-1].value != one.value:
            made.append(one)
    return [*made, *plans] if len(made) > 1 or plans else []


# ── Writing ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def kept(name: str) -> bool:
    """Is the field one of those whose past is asked for?"""
    column = Organization.__table__.c.get(name)
    return column is None or not column.info.get("undated")


def record(session: Session, changes: Mapping[int, Mapping[str, tuple[Any, Any]]]) -> None:
    """Keep what these organizations were: by id and field the old and the new value, as the log has them, without words.

    To be called after the flush that changed them, where nothing restricts rows. Three statements at most, four after a move.
    """
    wanted = {key: {name: pair for name, pair in fields.items() if kept(name)} for key, fields in changes.items()}
    wanted = {key: fields for key, fields in wanted.items() if fields}
    if not wanted:
        return
    today = days.today()
    lines, born = read(session, wanted)
    made: list[tuple[int, str, Line, Line]] = []
    for key, fields in wanted.items():
        day = _since.get() or (ALWAYS if born[key] >= today else today)
        for name, (old, new) in fields.items():
            line = lines[key, name]
            made.append((key, name, line, cut(line, old, new, day, today)))
    write(session, made, _since.get() or today)
    if moved := [key for key, fields in wanted.items() if "parent_id" in fields]:
        place(session, moved)


def read(session: Session, ids: Iterable[int]) -> tuple[dict[tuple[int, str], Line], dict[int, date]]:
    """The lines of these organizations by id and field, oldest first; the day on which each was registered."""
    columns = select(Organization.id, Organization.created_at, Fact.field, Fact.since, Fact.value, Fact.planned)
    query = columns.outerjoin(Fact, Fact.organization_id == Organization.id).where(Organization.id.in_(list(ids)))
    lines: dict[tuple[int, str], Line] = defaultdict(list)
    born: dict[int, date] = {}
    for key, created, name, since, value, planned in session.execute(query.order_by(Fact.since.nulls_first())):
        born[key] = days.day_of(created)
        if name is not None:
            lines[key, name].append(Stretch(since, value, planned))
    return lines, born


def write(session: Session, made: Iterable[tuple[int, str, Line, Line]], until: date) -> None:
    """Store what has become of lines. Plans up to the day ``until`` are carried out, or overtaken, by what is written."""
    differing = [(key, name, before, after) for key, name, before, after in made if before != after]
    stale = [(key, name) for key, name, before, _after in differing if before]
    if stale:
        several = tuple_(Fact.organization_id, Fact.field).in_(stale)
        session.connection().execute(delete(Fact).where(several, or_(~Fact.planned, Fact.since <= until)))
    rows = [
        {"organization_id": key, "field": name, "since": one.since, "value": one.value}
        for key, name, _before, after in differing
        for one in after
        if not one.planned
    ]
    if rows:
        session.connection().execute(insert(Fact), rows)


def place(session: Session, moved: Sequence[int]) -> None:
    """Keep the paths of what was moved, and of everything that is or ever was below it. Moves wait for one another here."""
    session.connection().execute(select(func.pg_advisory_xact_lock(MOVES)))
    above, node = aliased(Organization), func.unnest(func.string_to_array(SAID, "/")).column_valued("node")
    was_below = select(node).where(node == any_(literal([str(key) for key in moved], ARRAY(Text)))).correlate(Fact).exists()
    ever = select(Fact.organization_id).where(Fact.field == PATH, was_below)
    inside = and_(Organization.path >= above.path, Organization.path < func.left(above.path, -1).concat("0"))
    now = select(Organization.id).join(above, inside).where(above.id == any_(literal(list(moved), ARRAY(Integer))))
    rows = session.execute(select(Organization.id, Organization.path).where(Organization.id.in_(union(now, ever))))
    paths = {row.id: row.path for row in rows}
    parents = superiors(session, paths)
    write(session, [(key, PATH, [Stretch(None, "")], path_line(key, parents)) for key in paths], ALWAYS)


def superiors(session: Session, paths: Mapping[int, str]) -> dict[int, Line]:
    """For these organizations and all that ever stood above them: under whom they stood, and since when."""
    wanted = {node for path in paths.values() for node in tree.nodes(path)}
    lines: dict[int, Line] = {}
    while missing := wanted - set(lines):
        columns = select(Organization.id, Organization.parent_id, Fact.since, Fact.value)
        dated = and_(Fact.organization_id == Organization.id, Fact.field == "parent_id", ~Fact.planned)
        query = columns.outerjoin(Fact, dated).where(Organization.id.in_(missing)).order_by(Fact.since.nulls_first())
        found: dict[int, Line] = defaultdict(list)
        for key, parent, since, value in session.execute(query):
            found[key].append(Stretch(since, value) if value is not None or since is not None else Stretch(None, parent))
        lines |= found
        wanted |= {one.value for line in found.values() for one in line if one.value is not None}
    return lines


def path_line(key: int, parents: Mapping[int, Line]) -> Line:
    """The paths of an organization, one after another; nothing if there was only one."""
    made: Line = []
    day: date | None = ALWAYS
    while day is not None:
        node: int | None = key
        chain: list[int] = []
        changes: list[date] = []
        while node is not None and node not in chain:
            chain.append(node)
            line = parents[node]
            changes += [one.since for one in line if one.since is not None and one.since > day]
            stretch = at(line, day)
            node = stretch.value if stretch else None
        path = "/" + "".join(f"{one}/" for one in reversed(chain))
        if not made or made[-1].value != path:
            made.append(Stretch(None if day == ALWAYS else day, path))
        day = min(changes, default=None)
    return made if len(made) > 1 else []


# ── Reading ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def reference_day(campaign: Campaign) -> date:
    """The day on whose organizations a campaign's reports tell: the end of its period, or the deadline if that is earlier."""
    return min(campaign.period.ends_on, campaign.deadline)


def of_report(session: Session, report: Report) -> Organization:
    """The organization of a report as it was on the reference day of its campaign, or as it is while that is to come."""
    return then(session, report.organization, reference_day(report.campaign))


def name_in_report(name: Any) -> ColumnElement[str]:
    """The same for a statement over reports: what their organization was called; ``name``: what it is called today."""
    day = select(func.least(Period.ends_on, Campaign.deadline)).join(Campaign, Campaign.period_id == Period.id)
    day = day.where(Campaign.id == Report.campaign_id).correlate(Report)
    begun = or_(Fact.since.is_(None), Fact.since <= day.scalar_subquery())
    query = select(SAID).where(Fact.organization_id == Report.organization_id, Fact.field == "short_name", begun, ~Fact.planned)
    latest = query.order_by(Fact.since.desc().nulls_last()).limit(1).correlate(Report)
    return func.coalesce(latest.scalar_subquery(), name)


def then(session: Session, row: Organization, day: date | None) -> Organization:
    """The organization as it was on a day (None: as it is): the row itself, or a copy that belongs to no session.

    The copy has the columns, and the additional activities where those have changed, of that day; other relations are not there.
    """
    values = {} if day is None or day >= days.today() else values_at(session, row.id, day)
    if not values:
        return row
    was = Organization(**{name: getattr(row, name) for name in COLUMNS})
    extra = dict(row.extra or {})
    for name, value in values.items():
        if name.startswith(attributes.PREFIX):
            code = name.removeprefix(attributes.PREFIX)
            extra.pop(code, None)
            extra |= {} if value is None else {code: value}
        elif name == "okved_additional":
            was.okved_additional = list(session.scalars(select(ClassifierItem).where(ClassifierItem.id.in_(value or [0]))))
        else:
            setattr(was, name, typed(name, value))
    was.extra = extra
    return was


def typed(name: str, value: Any) -> Any:
    """A kept value as the column has it."""
    kind = Organization.__table__.c[name].type
    if value is not None and isinstance(kind, Enum) and kind.enum_class is not None:
        return kind.enum_class(value)
    return date.fromisoformat(value) if value is not None and isinstance(kind, Date) else value


def values_at(session: Session, organization_id: int, day: date) -> dict[str, Any]:
    """What the fields were that have changed since (or ever), by name; of an organization within the actor's sight."""
    query = select(Fact.field, Fact.value).where(Fact.organization_id == organization_id, upto(day), ~Fact.planned)
    return {row[0]: row[1] for row in session.execute(query.order_by(Fact.since.nulls_first()))}


def upto(day: date) -> ColumnElement[bool]:
    """The rows that had begun by the day."""
    return or_(Fact.since.is_(None), Fact.since <= day)


def on(name: str, day: date) -> Subquery:
    """The field's value on that day as text (column ``value``), for each organization (``id``) in which it has ever changed."""
    query = (
        select(Fact.organization_id.label("id"), SAID.label("value"))
        .where(Fact.field == name, upto(day), ~Fact.planned)
        .ext(distinct_on(Fact.organization_id))
        .order_by(Fact.organization_id, Fact.since.desc().nulls_last())
    )
    return query.subquery(f"{name}_then")
