"""Finds what no criteria reach inside an ORM statement: text, plain tables, models that the rule doesn't know.

The rule hangs on entities. A mapped table that gets into a FROM without its entity (``Report.__table__``, its alias, a column
of it) would be read unrestricted. SQLAlchemy's own conditions (of ``get()``, of relations) name plain columns too: those are
harmless as long as the SELECT, or the one around it, has the entity.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Alias, Column, Select, Table, TextClause, inspect
from sqlalchemy.orm import Load, Mapper
from sqlalchemy.orm.util import AliasedInsp
from sqlalchemy.sql.elements import ClauseElement
from sqlalchemy.sql.visitors import HasTraverseInternals

from admin_app.reporting.rules import MODELS, OWN, Model

MAPPED = {model.__table__ for model in MODELS.values()}
KNOWN = frozenset(MODELS.values())


class Unrestricted(Exception):
    """A statement that the rule can't be hung on; write it with ORM entities or say ``unscoped("why")``."""


@dataclass
class Level:
    """One SELECT (or UPDATE, DELETE) without those inside it."""

    entities: set[Any] = field(default_factory=set)  # tables and aliases that know their entity
    plain: set[Any] = field(default_factory=set)  # those that stand in it, or own a column in it, without
    inner: list[ClauseElement] = field(default_factory=list)


def examine(statement: Any) -> frozenset[Model]:
    """The models that the statement names. Raises `Unrestricted` if a part of it can't be restricted.

    Options are looked into only for conditions of their own: with such, every model counts as named.
    """
    models: set[Model] = set(KNOWN) if any(has_condition(option) for option in statement._with_options) else set()
    waiting: list[tuple[ClauseElement, set[Any]]] = [(statement, set())]
    while waiting:
        element, around = waiting.pop()
        level = read(element, models)
        allowed = level.entities | around if level.entities else set()
        if level.plain - allowed:
            raise Unrestricted(f"{next(iter(level.plain - allowed))} without its entity in {str(statement)[:500]}")
        waiting.extend((inner, level.entities) for inner in level.inner)
    return frozenset(models or KNOWN)


def has_condition(option: Any) -> bool:
    """Whether the option could bring in a subselect: `relation.and_(…)`, criteria, anything unknown."""
    return not isinstance(option, Load) or any(element._extra_criteria for element in option.context)


def read(statement: ClauseElement, models: set[Model]) -> Level:
    """What stands in this SELECT itself."""
    level, seen = Level(), set()
    waiting = list(children(statement))
    while waiting:
        element = waiting.pop()
        if id(element) in seen:
            continue
        seen.add(id(element))
        if isinstance(element, Select):
            level.inner.append(element)
        elif is_relation(element):
            models.add(model_of(element._annotations["entity_namespace"]))  # what it leads to is found from there
        elif "parententity" in element._annotations:
            models.add(model_of(element._annotations["parententity"]))
            waiting.extend(read_entity(element, level))
        else:
            waiting.extend(read_plain(element, level))
    return level


def read_entity(element: ClauseElement, level: Level) -> Iterator[ClauseElement]:
    """Note an entity's table; what is left to read: a subquery that the entity is laid over."""
    place = element.table if isinstance(element, Column) else element
    if is_mapped(place):
        level.entities.add(place)
    else:
        yield from children(element)


def model_of(entity: Any) -> Model:
    """The entity's model."""
    model: Model = inspect(entity).mapper.class_
    if model not in KNOWN:
        raise Unrestricted(f"the rule doesn't know {model.__name__}")
    return model


def is_relation(element: ClauseElement) -> bool:
    """A relation to join by: its condition names plain tables, and SQLAlchemy puts the entity that it leads to beside it."""
    names = element._annotations
    return "parententity" not in names and isinstance(names.get("entity_namespace"), Mapper | AliasedInsp)


def read_plain(element: ClauseElement, level: Level) -> Iterator[ClauseElement]:
    """Note a plain table or refuse text; what is left to read: the element's parts."""
    if isinstance(element, TextClause):
        raise Unrestricted(f"text: {element}")
    place = element.table if isinstance(element, Column) else element
    if is_mapped(place):
        if not (isinstance(place, Alias) and place.name.startswith(OWN)):
            level.plain.add(place)
    else:
        yield from children(element)


def is_mapped(place: Any) -> bool:
    """A table of a model, or an alias of it."""
    table = place.element if isinstance(place, Alias) else place
    return isinstance(table, Table) and table in MAPPED


def children(element: ClauseElement) -> Iterator[ClauseElement]:
    """The element's parts as they were written. (Select's own `get_children` adds the tables of its columns.)"""
    if not hasattr(element, "_traverse_internals"):
        raise Unrestricted(f"{type(element).__name__} can't be looked into")  # a lambda
    return iter(HasTraverseInternals.get_children(element))  # type: ignore[arg-type]
