"""Small made-up regions for the tests of scope: organizations, people, reports, and a plain Python oracle of who sees what.

A `Plan` is plain data (Hypothesis draws it); `build` puts it into the database; `World.seen` says, without any SQL, which rows of
each model a person must see.
"""

import itertools
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from admin_app.reporting import days
from models import (
    Attachment,
    Base,
    Campaign,
    Comment,
    Consent,
    Event,
    Explanation,
    Form,
    FormVersion,
    ImportRun,
    Level,
    Membership,
    Message,
    Organization,
    OrganizationFact,
    Period,
    PeriodKind,
    Report,
    ReportRevision,
    ReportSection,
    ReportSnapshot,
    ReportState,
    Request,
    RequestKind,
    Role,
    RoleName,
    SavedView,
    Succession,
    SuccessionKind,
    Task,
    ToldApart,
    User,
)

TODAY = days.today()
NUMBERS = itertools.count(1)
PRIVATE = (Message, Consent, SavedView, ImportRun, Task)  # its owner's alone
OVERSEERS = {RoleName.CENTRAL, RoleName.AUDITOR, RoleName.ADMIN}


@dataclass(frozen=True)
class Node:
    """An organization under the node of that number (None: the region)."""

    parent: int | None
    level: Level


@dataclass(frozen=True)
class Seat:
    """A membership: person and organization by number; days from today."""

    user: int
    node: int
    role: RoleName
    starts: int = -10
    ends: int | None = None


@dataclass(frozen=True)
class Plan:
    """Node 0 is the region; parents come before their children."""

    nodes: tuple[Node, ...]
    users: int
    seats: tuple[Seat, ...]


@dataclass
class World:
    """What was built. Rows are named by their keys; ``home`` says at which node each of them is."""

    plan: Plan
    nodes: list[int] = field(default_factory=list)
    users: list[int] = field(default_factory=list)
    home: dict[type[Base], dict[object, int | frozenset[int] | None]] = field(default_factory=dict)
    owner: dict[type[Base], dict[object, int]] = field(default_factory=dict)
    seats: dict[int, Seat] = field(default_factory=dict)
    events: dict[int, str] = field(default_factory=dict)
    versions: dict[int, bool] = field(default_factory=dict)  # is it published?

    def key(self, model: type[Base], node: int) -> object:
        """The key of a row of the model at this node."""
        return next(key for key, home in self.home[model].items() if home == node)

    # ── the oracle ──

    def valid(self, user: int) -> list[Seat]:
        return [s for s in self.plan.seats if s.user == user and s.starts <= 0 and (s.ends is None or s.ends >= 0)]

    def above(self, node: int) -> set[int]:
        """The node and everything above it."""
        parent = self.plan.nodes[node].parent
        return {node} if parent is None else {node} | self.above(parent)

    def reached(self, seat: Seat) -> set[int]:
        nodes = range(len(self.plan.nodes))
        if seat.role is RoleName.ORGANIZATION:
            spec = self.plan.nodes
            return {n for n in nodes if n == seat.node or (spec[n].parent == seat.node and spec[n].level is Level.BRANCH)}
        return {n for n in nodes if seat.node in self.above(n)}

    def reach(self, user: int, roles: set[RoleName]) -> set[int]:
        return set().union(*(self.reached(seat) for seat in self.valid(user) if seat.role in roles))

    def is_whole(self, user: int, roles: set[RoleName]) -> bool:
        return any(seat.role in roles and seat.node == 0 for seat in self.valid(user))

    def seen(self, user: int, model: type[Base]) -> set[object]:
        """The keys of the rows of the model that the person must see."""
        special: dict[type[Base], Callable[[int], set[object]]] = {
            Organization: self.seen_organizations,
            User: self.seen_users,
            Event: self.seen_events,
            FormVersion: lambda who: {
                key for key, published in self.versions.items() if published or {s.role for s in self.valid(who)} & OVERSEERS
            },
        }
        if model in special:
            return special[model](user)
        own = {key for key, owner in self.owner.get(model, {}).items() if owner == user}
        if model in PRIVATE:
            return own
        values = model in (ReportSection, ReportRevision, ReportSnapshot, Explanation, Comment, Attachment)
        roles = set(RoleName) - {RoleName.SUPPORT} if values else set(RoleName)
        if self.is_whole(user, roles & (OVERSEERS | {RoleName.SUPPORT})):
            return set(self.home[model])
        reach = self.reach(user, roles)
        return own | {key for key, home in self.home[model].items() if reach & (home if isinstance(home, frozenset) else {home})}

    def seen_organizations(self, user: int) -> set[object]:
        return {self.nodes[node] for node in self.reach(user, set(RoleName))}

    def seen_users(self, user: int) -> set[object]:
        if self.is_whole(user, OVERSEERS | {RoleName.SUPPORT}):
            return set(self.users)
        reach = self.reach(user, set(RoleName))
        lasting = [seat for seat in self.plan.seats if seat.ends is None or seat.ends >= 0]
        return {self.users[user]} | {self.users[seat.user] for seat in lasting if seat.node in reach}

    def seen_events(self, user: int) -> set[object]:
        if self.is_whole(user, OVERSEERS):
            return set(self.events)
        homes = self.home[Event]
        full = self.reach(user, OVERSEERS | {RoleName.SUPERVISOR})
        own = self.reach(user, {RoleName.ORGANIZATION})
        people = self.reach(user, {RoleName.SUPPORT})
        whole = self.is_whole(user, {RoleName.SUPPORT})
        return {
            key
            for key, kind in self.events.items()
            if homes[key] in full
            or (kind == "report" and homes[key] in own)
            or (kind == "user" and (whole or homes[key] in people))
        }


def build(session: Session, plan: Plan) -> World:
    """Put the plan into the database: at each node a report with one row of everything, for each person a row of everything."""
    world = World(plan)
    roles = {role.name: role.id for role in session.scalars(select(Role))}
    campaign = build_campaign(session, world)
    for node in plan.nodes:
        parent = None if node.parent is None else world.nodes[node.parent]
        row = Organization(parent_id=parent, level=node.level, short_name="узел", full_name="узел")
        session.add(row)
        session.flush()
        world.nodes.append(row.id)
    for _user in range(plan.users):
        build_user(session, world)
    build_seats(session, world, roles)
    for number in range(len(plan.nodes)):
        build_report(session, world, campaign, number)
    build_talk(session, world)
    session.flush()
    return world


def build_campaign(session: Session, world: World) -> int:
    """A published and a draft version; a campaign of the published one."""
    number = next(NUMBERS)
    form = Form(code=f"F{number}", title="форма", periodicity=PeriodKind.YEAR)
    session.add(form)
    session.flush()
    now = datetime.now(UTC)
    published = FormVersion(form_id=form.id, number=1, label="1", state="published", document={}, digest="1", published_at=now)
    draft = FormVersion(form_id=form.id, number=2, label="2", state="draft", document={}, digest="2")
    period = Period(kind=PeriodKind.YEAR, title="год", starts_on=date(1000 + number, 1, 1), ends_on=date(1000 + number, 12, 31))
    session.add_all([published, draft, period])
    session.flush()
    world.versions = {published.id: True, draft.id: False}
    campaign = Campaign(form_version_id=published.id, period_id=period.id, title="кампания", deadline=TODAY)
    session.add(campaign)
    session.flush()
    return campaign.id


def build_user(session: Session, world: World) -> None:
    """A person with a message, a consent and their own things in the registries."""
    name = f"u{next(NUMBERS)}"
    user = User(username=name, email=f"{name}@modo.example", surname="Ф", name="И", fs_uniquifier=name, password="secret")
    session.add(user)
    session.flush()
    number = len(world.users)
    world.users.append(user.id)
    for row in (
        Message(recipient_id=user.id, kind="account", subject="с", body="т"),
        Consent(user_id=user.id, version="1", text_sha256="0"),
        SavedView(owner_id=user.id, table_name="organization", title="в"),
        ImportRun(owner_id=user.id, table_name="organization", file_name="ф.csv", sha256="0"),
        Task(owner_id=user.id, kind="bulk", title="з"),
    ):
        session.add(row)
        session.flush()
        world.owner.setdefault(type(row), {})[row.id] = number


def build_seats(session: Session, world: World, roles: dict[RoleName, int]) -> None:
    """The memberships."""
    world.home[Membership], world.owner[Membership] = {}, {}
    for seat in world.plan.seats:
        row = Membership(
            user_id=world.users[seat.user],
            organization_id=world.nodes[seat.node],
            role_id=roles[seat.role],
            valid_from=TODAY + timedelta(days=seat.starts),
            valid_to=None if seat.ends is None else TODAY + timedelta(days=seat.ends),
        )
        session.add(row)
        session.flush()
        world.seats[row.id] = seat
        world.home[Membership][row.id] = seat.node
        world.owner[Membership][row.id] = seat.user


def build_report(session: Session, world: World, campaign: int, node: int) -> None:
    """The node's report with one row in each of its tables."""
    report = Report(campaign_id=campaign, organization_id=world.nodes[node], state=ReportState.DRAFT, revision=1)
    session.add(report)
    session.flush()
    world.home.setdefault(Report, {})[report.id] = node
    shared = {"report_id": report.id}
    for row in (
        ReportSection(code="1", numbers=b"", **shared),
        ReportRevision(number=1, user_name="И", key=uuid.uuid4(), delta=[], **shared),
        ReportSnapshot(revision=1, state=ReportState.SUBMITTED, sections=b"", **shared),
        Explanation(check_id="1", text="так", at=datetime.now(UTC), **shared),
        Comment(text="к", author_name="И", **shared),
        Attachment(name="а.pdf", media_type="application/pdf", size=1, sha256="0", author_name="И", **shared),
    ):
        session.add(row)
        session.flush()
        key = type(row).__mapper__.primary_key_from_instance(row)
        world.home.setdefault(type(row), {})[key[0] if len(key) == 1 else tuple(key)] = node


def build_talk(session: Session, world: World) -> None:
    """A request of each person at each node, and events about reports and people at each node and at none."""
    world.home |= {Request: {}, Event: {}}
    world.owner[Request] = {}
    for number, user in enumerate(world.users):
        node = number % len(world.nodes)
        for home in (None, node):
            place = None if home is None else world.nodes[home]
            row = Request(kind=RequestKind.EDIT_CARD, author_id=user, organization_id=place)
            session.add(row)
            session.flush()
            world.home[Request][row.id] = home
            world.owner[Request][row.id] = number
    for home, kind in itertools.product((None, *range(len(world.nodes))), ("report", "user", "organization")):
        place = None if home is None else world.nodes[home]
        made = insert(Event).values(kind="test", actor_name="", organization_id=place, subject_type=kind, subject="", data={})
        key = session.scalar(made.returning(Event.id))
        world.events[key] = kind
        world.home[Event][key] = home


def build_kin(session: Session, world: World) -> None:
    """What each organization was called, whom it follows, and from which one it was told apart: of the last two both see it."""
    world.home |= {OrganizationFact: {}, Succession: {}, ToldApart: {}}
    for node, key in enumerate(world.nodes):
        fact = OrganizationFact(organization_id=key, field="short_name", value="узел")
        session.add(fact)
        session.flush()
        world.home[OrganizationFact][fact.id] = node
    for (one, first), (other, second) in itertools.pairwise(enumerate(world.nodes)):
        row = Succession(predecessor_id=first, successor_id=second, kind=SuccessionKind.DUPLICATE, day=TODAY)
        session.add_all([row, ToldApart(first_id=first, second_id=second)])
        session.flush()
        world.home[Succession][row.id] = world.home[ToldApart][first, second] = frozenset((one, other))
    session.flush()
