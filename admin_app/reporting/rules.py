"""The rule of who sees which rows, as SQL: actor + model → condition.

`condition` gives None (no predicate: every row), ``false()`` (no row) or an expression over the model's own columns. Children
and people are found by ``IN (SELECT …)`` over plain tables, never by a join, so that no statement multiplies its rows.

Which rows a role sees at an organization:

- the organization's own user: it and its branches; everybody else: the whole subtree, by its ``area`` or a range over ``path``
  (``'/1/25/7/' <= path < '/1/25/70'``: the sign after ``/`` is ``0``);
- the central operator, the auditor, the administrator and support of the region itself: no predicate;
- support reads no values of reports (`VALUES`); messages, consents and the like are their owner's alone;
- the log: an organization's user reads what happened to its reports, support what happened to people.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    SelectBase,
    Tuple,
    and_,
    false,
    inspect,
    literal,
    or_,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.orm import LoaderCriteriaOption

from admin_app.reporting import days, memberships, tree
from admin_app.reporting.actor import Actor, Reach
from models import (
    Attachment,
    Base,
    Comment,
    Event,
    Everyone,
    Explanation,
    FormVersion,
    Level,
    Membership,
    Nobody,
    Organization,
    Own,
    ReportRevision,
    ReportSection,
    ReportSnapshot,
    RoleName,
    Scope,
    Through,
    Tree,
    Under,
    VersionState,
    With,
)

Model = type[Base]
Part = ColumnElement[Any] | SelectBase

OWN = "scope_"  # how the rule's own aliases of plain tables begin
ALL = frozenset(RoleName)
VALUES: frozenset[Model] = frozenset({ReportSection, ReportRevision, ReportSnapshot, Explanation, Comment, Attachment})
OVERSEERS = frozenset({RoleName.CENTRAL, RoleName.AUDITOR, RoleName.ADMIN})
WHOLE = OVERSEERS | {RoleName.SUPPORT}
PEOPLE = ("user", "membership", "consent", "request")  # subjects of the events that support reads

MODELS: dict[str, Model] = {mapper.class_.__name__: mapper.class_ for mapper in Base.registry.mappers}


@dataclass(frozen=True)
class Arm:
    """One way to see a row: by this scope, in these roles, if the row is of this kind."""

    scope: Scope
    roles: frozenset[RoleName] = ALL
    only: Callable[[Any], ColumnElement[bool]] | None = None


def arms(model: Model) -> tuple[Arm, ...]:
    """Every way to see rows of the model, from its ``__scope__``; none for a model that declares none."""
    if model in VALUES:
        return tuple(Arm(scope, ALL - {RoleName.SUPPORT}) for scope in model.__scope__)
    return SPECIAL.get(model) or tuple(Arm(scope) for scope in model.__scope__)


SPECIAL: dict[Model, tuple[Arm, ...]] = {
    FormVersion: (
        Arm(Everyone(), OVERSEERS),
        Arm(Everyone(), only=lambda c: c.state != VersionState.DRAFT),
    ),
    Event: (
        Arm(Under("organization_id"), OVERSEERS | {RoleName.SUPERVISOR}),
        Arm(Under("organization_id"), frozenset({RoleName.ORGANIZATION}), lambda c: c.subject_type == "report"),
        Arm(Under("organization_id"), frozenset({RoleName.SUPPORT}), lambda c: c.subject_type.in_(PEOPLE)),
    ),
}


def condition(actor: Actor, model: Model, own: bool = True) -> ColumnElement[bool] | None:
    """Which rows of the model the actor sees, as an expression over its columns; None: all of them.

    ``own=False`` leaves out what is seen only because it is one's own.
    """
    found = united(model, parts(actor, model, own))
    return None if is_whole(model, found) else assemble(model, model, found)


def criteria(actor: Actor, models: frozenset[Model]) -> tuple[LoaderCriteriaOption, ...]:
    """The conditions of these models and of all that their relations lead to; models without a predicate have none."""
    return criteria_on(days.today(), actor, models)


@lru_cache(maxsize=4096)
def criteria_on(_day: date, actor: Actor, models: frozenset[Model]) -> tuple[LoaderCriteriaOption, ...]:
    """The conditions, kept for the day: whose attachment has ended depends on it.

    Each is a lambda of the entity with SQL elements in its closure: only so are aliases adapted and statements cached by shape.
    """
    found = {model: united(model, parts(actor, model)) for model in MODELS.values() if model in related(models)}
    return tuple(rule(model, some) for model, some in found.items() if not is_whole(model, some))


def rule(model: Model, found: tuple[Part, ...]) -> LoaderCriteriaOption:
    """One model's criteria."""
    return LoaderCriteriaOption(model, lambda c: assemble(c, c.__mapper__.class_, found), include_aliases=True)


def is_rule(option: Any) -> bool:
    """Whether the option of a statement is one that `rule` made."""
    code = getattr(getattr(option, "_where_crit_orig", None), "__code__", None)
    return code is not None and code.co_filename == __file__


@lru_cache(maxsize=256)
def related(models: frozenset[Model]) -> frozenset[Model]:
    """The models and all that relations lead to from them, however many steps."""
    beside = {relation.mapper.class_ for model in models for relation in inspect(model).relationships}
    return models if beside <= models else related(models | beside)


def is_whole(model: Model, found: Sequence[Part]) -> bool:
    """True if one of the parts lets every row through."""
    return any(arm.only is None and is_true(part) for arm, part in zip(arms(model), found, strict=True))


# ── Parts: what differs between actors; assemble: what is the same for all of them ───────────────────────────────────


def parts(actor: Actor, model: Model, own: bool = True) -> tuple[Part, ...]:
    """For each arm of the model what its column must equal, lie between or be among; true: any row, false: none."""
    if actor.is_nobody:
        return tuple(false() for _arm in arms(model))
    return tuple(part(actor.only(arm.roles), arm, own) for arm in arms(model))


def united(model: Model, found: tuple[Part, ...]) -> tuple[Part, ...]:
    """The same, oneself being one of the rows found by another model: one list of ids leads to a few people by index, where an
    alternative makes PostgreSQL read them all.
    """
    scopes = [type(arm.scope) for arm in arms(model)]
    if scopes != [Own, With] or not isinstance(found[0], BindParameter) or not isinstance(found[1], Select):
        return found
    return false(), union_all(select(found[0]), found[1])


def part(actor: Actor, arm: Arm, own: bool) -> Part:
    """What this arm means for an actor that has only the arm's roles left."""
    match arm.scope:
        case Everyone():
            return true() if arm.roles == ALL or actor.reaches else false()
        case Own():
            return literal(actor.user_id) if own and actor.user_id is not None else false()
        case Nobody():
            return false()
    whole = any(reach.is_whole and reach.role in WHOLE for reach in actor.reaches)
    return true() if whole else reached(actor, arm.scope)


def reached(actor: Actor, scope: Tree | Under | Through | With) -> Part:
    """What lies in the actor's reach."""
    match scope:
        case Tree():
            return span(actor.reaches[0]) if is_lone_subtree(actor.reaches) else organizations(actor.reaches)
        case Under():
            return organizations(actor.reaches)
        case Through(model=name):
            return rows(actor, MODELS[name], "id")
        case With(model=name, key=key):
            return rows(actor, MODELS[name], key)


def assemble(columns: Any, model: Model, found: Sequence[Part]) -> ColumnElement[bool]:
    """The condition over ``columns``: a class, its alias, or the columns of a plain table."""
    return or_(false(), *(meets(columns, arm, part) for arm, part in zip(arms(model), found, strict=True)))


def meets(columns: Any, arm: Arm, part: Part) -> ColumnElement[bool]:
    """One arm's alternative."""
    held = compare(columns, arm.scope, part)
    return held if arm.only is None else and_(held, arm.only(columns))


def compare(columns: Any, scope: Scope, part: Part) -> ColumnElement[bool]:
    """The row's own column against the part."""
    if isinstance(part, Tuple):
        low, high = part.clauses
        return and_(columns.path >= low, columns.path < high)
    if not isinstance(part, SelectBase | BindParameter):
        return part  # every row or none
    if isinstance(scope, Tree) and isinstance(part, BindParameter):
        area: ColumnElement[bool] = columns.area == part
        return area
    column: ColumnElement[Any] = getattr(columns, scope.key) if isinstance(scope, Own | Under | Through) else columns.id
    return column.in_(part) if isinstance(part, SelectBase) else column == part


def is_true(part: Part) -> bool:
    return part is true()


# ── Subselects over plain tables ─────────────────────────────────────────────────────────────────────────────────────


def is_lone_subtree(reaches: Sequence[Reach]) -> bool:
    """True if a range over ``path`` says it all, by far the most common case."""
    return len(reaches) == 1 and reaches[0].role is not RoleName.ORGANIZATION


def span(reach: Reach) -> Part:
    """The area of a subtree, or its path range."""
    if tree.is_area(reach.path):
        return literal(reach.path)
    return tuple_(*(literal(edge) for edge in tree.edges(reach.path)))


def organizations(reaches: Sequence[Reach]) -> Part:
    """The ids of the organizations reached; false if there are none."""
    if not reaches:
        return false()
    node = Organization.__table__.alias(f"{OWN}organization")
    return select(node.c.id).where(or_(*(within(node.c, reach) for reach in reaches)))


def within(node: Any, reach: Reach) -> ColumnElement[bool]:
    """Whether an organization is in the reach: itself and its branches for its own user, else the subtree."""
    if reach.role is RoleName.ORGANIZATION:
        branch = and_(node.parent_id == reach.organization_id, node.level == Level.BRANCH)
        return or_(node.id == reach.organization_id, branch)
    return tree.below(reach.path, node)


def rows(actor: Actor, model: Model, key: str) -> Part:
    """The values of ``key`` in the rows of another model that the actor reaches (not merely its own)."""
    found = parts(actor, model, own=False)
    if all(part is false() for part in found):
        return false()
    table = model.__table__.alias(f"{OWN}{model.__tablename__}")
    lasting = [memberships.lasting(table.c)] if model is Membership else []
    return select(table.c[key]).where(assemble(table.c, model, found), *lasting)
