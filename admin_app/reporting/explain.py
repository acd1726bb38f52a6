"""Why a person sees a row, or doesn't: the rule of `rules.py` taken apart, with the facts that decided and the nearest remedies.

Nothing here decides anything anew. `trace` asks the database, in one statement, for the answer of the very condition that hangs
on every statement, for each of its arms alone, and for each attachment alone; the words come afterwards. What the reader may not
see is not told: an attachment out of the reader's sight is neither named nor counted; that there is one is said only where it
alone opens the row, because the verdict would be a lie otherwise.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeAlias

from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, func, inspect, or_, select, true, tuple_
from sqlalchemy import false as no
from sqlalchemy.orm import Session, joinedload

from admin_app.reporting import days, guard, memberships, rules
from admin_app.reporting.actor import Actor, Reach, actor_of, full_name, quietly
from admin_app.reporting.rules import Arm, Model
from models import Base, Everyone, Level, Membership, Organization, Own, Report, RoleName, Through, Tree, Under, User, With

Words: TypeAlias = LazyString | str


@dataclass(frozen=True)
class Trace:
    """What the rule says of one row. ``sees``: the whole condition; ``arms``: each of its alternatives; ``opens``: each reach."""

    sees: bool
    arms: tuple[bool, ...]
    opens: Mapping[Reach, bool]


@dataclass(frozen=True)
class Step:
    """One line of the explanation: did it open the row (None: a fact only), what was looked at, and why so."""

    holds: bool | None
    what: Words
    why: Words = ""
    membership_id: int | None = None


@dataclass(frozen=True)
class Remedy:
    """What would make the row seen: an attachment (``reach``), a day to wait for, or an account to switch on."""

    words: Words
    reach: Reach | None = None


@dataclass(frozen=True)
class Explained:
    """The verdict, the steps in the order of the rule, and what would help, nearest first (none where the row is seen)."""

    sees: bool
    steps: tuple[Step, ...]
    remedies: tuple[Remedy, ...]
    actor: Actor


# ── The rule, taken apart ────────────────────────────────────────────────────────────────────────────────────────────


def traces(session: Session, actor: Actor, model: Model, keys: Iterable[Any], others: Sequence[Reach] = ()) -> dict[Any, Trace]:
    """For each key (a tuple, where of several columns) of a row that is there, what the rule says; one statement.

    ``others``: further reaches to try, each as though the person had it alone.
    """
    primary, found = inspect(model).primary_key, rules.parts(actor, model)
    whole = rules.condition(actor, model)
    tried = list(dict.fromkeys([*actor.reaches, *others]))
    arms = [rules.meets(model, arm, part) for arm, part in zip(rules.arms(model), found, strict=True)]
    alone = [opened_by(actor, reach, model) for reach in tried]
    told = [func.coalesce(one, no()) for one in (true() if whole is None else whole, *arms, *alone)]  # a NULL is a no
    asked = select(*primary, *(one.label(f"told_{place}") for place, one in enumerate(told)))
    wanted = tuple_(*primary).in_([key if isinstance(key, tuple) else (key,) for key in keys])
    with quietly(f"why {model.__name__} is seen"):
        rows = session.execute(asked.where(wanted)).all()
    width, middle = len(primary), len(primary) + 1 + len(arms)
    return {
        row[0] if width == 1 else tuple(row[:width]): Trace(
            row[width], tuple(row[width + 1 : middle]), dict(zip(tried, row[middle:], strict=True))
        )
        for row in rows
    }


def opened_by(actor: Actor, reach: Reach, model: Model) -> ColumnElement[bool]:
    """What this reach opens if the person has no other, and nothing by being its owner or by everybody's right."""
    alone = replace(actor, reaches=(reach,))
    tried = [arm for arm in rules.arms(model) if not is_public(arm)]
    return or_(no(), *(rules.meets(model, arm, rules.part(alone.only(arm.roles), arm, own=False)) for arm in tried))


def is_public(arm: Arm) -> bool:
    """Is it an arm for everybody, whatever their roles?"""
    return isinstance(arm.scope, Everyone) and arm.roles == rules.ALL


# ── In words ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def explain(session: Session, person: User, row: Base) -> Explained:
    """Why the person sees the row or doesn't, for the current actor, who sees both. The row's key must be one number."""
    model, key = type(row), inspect(row).identity[0]  # type: ignore[index]  # the row is there
    with quietly("whose right is explained"):
        actor = replace(actor_of(person.id, session), user_id=person.id)  # also one that is switched off
    seats = attachments(session, person)
    homes = places(session, row)
    candidates = [reach for reach, _home in nearby(homes)]
    tried = [*(reach_of(seat) for seat in seats), *candidates]
    trace = traces(session, actor, model, [key], tried)[key]
    sees = trace.sees and person.active
    steps = [account(person), *personal(model, trace), *belongs(row, homes), *attached(model, actor, trace, seats, homes)]
    return Explained(sees, tuple(steps), () if sees else tuple(remedies(person, trace, seats, homes)), actor)


def attached(
    model: Model, actor: Actor, trace: Trace, seats: Sequence[Membership], homes: Sequence[Organization]
) -> Iterator[Step]:
    """What the person's attachments did; nothing where rows of the model are not read by attachments at all."""
    if all(is_public(arm) or isinstance(arm.scope, Own) for arm in rules.arms(model)):
        return
    yield from (step(seat, trace, homes) for seat in seats)
    known = {reach_of(seat) for seat in seats}
    if any(trace.opens[reach] for reach in actor.reaches if reach not in known):
        yield Step(True, _("An attachment outside your part of the organizations opens the row."))
    elif not seats:
        yield Step(False, _("No attachment to an organization is found."), _("Only what is one's own is seen then."))


def attachments(session: Session, person: User) -> list[Membership]:
    """The person's attachments that the current actor sees, at organizations that it sees, ended ones last."""
    mine = select(Membership).where(Membership.user_id == person.id).options(joinedload(Membership.role))
    found = session.scalars(mine.options(joinedload(Membership.organization)).order_by(Membership.id)).all()
    return sorted((seat for seat in found if seat.organization), key=has_ended)


def reach_of(seat: Membership) -> Reach:
    """What the attachment gives while it is in force."""
    return Reach(seat.role.name, seat.organization_id, seat.organization.path)


def has_ended(seat: Membership) -> bool:
    return not memberships.still_lasting([seat])


def in_force(seat: Membership) -> bool:
    return seat.valid_from <= days.today() and not has_ended(seat)


def account(person: User) -> Step:
    """Does the account open anything at all?"""
    if person.active:
        return Step(None, _("The account may sign in."))
    return Step(False, _("The account is switched off."), _("Nothing is seen until it is switched on."))


def personal(model: Model, trace: Trace) -> list[Step]:
    """What is seen by being one's own, or by everybody."""
    made = []
    for arm, held in zip(rules.arms(model), trace.arms, strict=True):
        if isinstance(arm.scope, Own):
            made.append(Step(held, _("It is the person's own.") if held else _("It is not the person's own.")))
        elif is_public(arm) and arm.only is None:
            made.append(Step(held, _("Everybody who has signed in reads this list.")))
        elif is_public(arm):
            made.append(Step(held, _("It is published.") if held else _("It is not published."), _("Everybody reads what is.")))
    return made


def belongs(row: Base, homes: Sequence[Organization]) -> Iterator[Step]:
    """Where the row belongs; nothing where its table belongs to no organization."""
    if not any(isinstance(scope, Tree | Under | Through | With) for scope in type(row).__scope__):
        return
    if homes:
        yield Step(None, _("The row belongs to: %(names)s.", names="; ".join(subordinate(home) for home in homes)))
    else:
        yield Step(None, _("The row belongs to no organization that you see."))


def subordinate(home: Organization) -> str:
    """The organization and its superior, where the reader sees it."""
    return f"{home.short_name} ← {home.parent.short_name}" if home.parent else home.short_name


def step(seat: Membership, trace: Trace, homes: Sequence[Organization]) -> Step:
    """What one attachment did."""
    opens = trace.opens[reach_of(seat)]
    names = {"name": seat.organization.short_name, "role": seat.role.name.title, "dates": dates(seat)}
    what = _("Attachment: %(name)s, %(role)s, %(dates)s.", **names)
    if opens and in_force(seat):
        return Step(True, what, opening(seat, homes), seat.id)
    if opens and has_ended(seat):
        return Step(False, what, _("It would open the row, but it has ended."), seat.id)
    if opens:
        return Step(False, what, _("It will open the row from its first day."), seat.id)
    return Step(False, what, shut(seat, homes), seat.id)


def dates(seat: Membership) -> Words:
    """From when, till when."""
    since, until = day(seat.valid_from), seat.valid_to and day(seat.valid_to)
    return _("from %(since)s to %(until)s", since=since, until=until) if until else _("since %(since)s", since=since)


def day(value: date) -> str:
    return value.strftime("%d.%m.%Y")


def opening(seat: Membership, homes: Sequence[Organization]) -> Words:
    """How the attachment opens the row."""
    home = next((one for one in homes if guard.covers(reach_of(seat), one)), None)
    if home is None:
        return _("This role at the region reads it all.")
    if home.id == seat.organization_id:
        return _("The row belongs to this organization itself.")
    if seat.role.name is RoleName.ORGANIZATION:
        return _("%(home)s is a branch of this organization.", home=home.short_name)
    return _("%(home)s lies below this organization.", home=home.short_name)


def shut(seat: Membership, homes: Sequence[Organization]) -> Words:
    """Why the attachment does not open the row, whether in force or not."""
    reach = reach_of(seat)
    if any(guard.covers(reach, home) for home in homes) or not homes:
        return _("The role “%(role)s” does not open rows of this kind.", role=seat.role.name.title)
    home = homes[0]
    if seat.role.name is RoleName.ORGANIZATION and home.path.startswith(reach.path):
        return _("An organization user sees the organization itself and its branches, not what else lies below it.")
    if home.parent:
        names = {"home": home.short_name, "parent": home.parent.short_name}
        return _("%(home)s does not belong here: its superior organization is %(parent)s.", **names)
    return _("%(home)s does not belong here.", home=home.short_name)


# ── Where a row belongs, what would help ─────────────────────────────────────────────────────────────────────────────


def places(session: Session, row: Base) -> list[Organization]:
    """The organizations that the row belongs to, with their superiors, among those that the current actor sees."""
    keys: list[Any] = []
    for scope in type(row).__scope__:
        match scope:
            case Tree():
                keys.append(row.id)  # type: ignore[attr-defined]
            case Under(key=key):
                keys.append(getattr(row, key))
            case Through(key=key):
                keys += session.scalars(select(Report.organization_id).where(Report.id == getattr(row, key))).all()
            case With(key=key):
                theirs = select(Membership.organization_id).where(getattr(Membership, key) == row.id, memberships.lasting())  # type: ignore[attr-defined]
                keys += session.scalars(theirs).all()
    wanted = [key for key in keys if key is not None]
    if not wanted:
        return []
    found = select(Organization).where(Organization.id.in_(wanted)).options(joinedload(Organization.parent))
    return list(session.scalars(found.order_by(Organization.id)))


def nearby(homes: Sequence[Organization]) -> list[tuple[Reach, Organization]]:
    """Attachments that lie near the row, the narrowest first: to its organization, to the school of a branch, to its office."""
    users = [home for home in homes if home.level in (Level.ORGANIZATION, Level.BRANCH)]
    above = [home.parent for home in homes if home.parent]
    schools = [one for one in above if one.level is Level.ORGANIZATION]
    offices = [one for one in [*homes, *above] if one.level is Level.MUNICIPALITY]
    made = [(RoleName.ORGANIZATION, one) for one in [*users, *schools]] + [(RoleName.SUPERVISOR, one) for one in offices]
    return list({Reach(role, one.id, one.path): one for role, one in made}.items())


def remedies(person: User, trace: Trace, seats: Sequence[Membership], homes: Sequence[Organization]) -> Iterator[Remedy]:
    """What would open the row, nearest first; each has been tried on the rule itself."""
    if not person.active:
        yield Remedy(_("Switch the account on: “%(name)s”.", name=full_name(person)))
        if trace.sees or any(trace.opens[reach_of(seat)] for seat in seats if in_force(seat)):
            return
    would = [seat for seat in seats if trace.opens[reach_of(seat)]]
    for seat in would:
        if seat.valid_from > days.today():
            begins, name = day(seat.valid_from), seat.organization.short_name
            yield Remedy(_("Wait until %(day)s: the attachment to %(name)s begins then.", day=begins, name=name))
    ended = {reach_of(seat): seat.organization for seat in would if has_ended(seat)}
    for reach, place in {**ended, **dict(nearby(homes))}.items():
        if trace.opens[reach]:
            again = _("Attach again to %(name)s: %(role)s", name=place.short_name, role=reach.role.title)
            anew = _("Attach to %(name)s: %(role)s", name=place.short_name, role=reach.role.title)
            yield Remedy(again if reach in ended else anew, reach)
