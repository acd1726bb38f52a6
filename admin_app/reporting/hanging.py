"""What hangs on a row: the rows that name it. Who deletes reads it first; where something hangs, the row is archived instead.

Reports of an organization that nobody has touched do not count: they go with it. Neither does the log, which outlives it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ARRAY, Select, any_, cast, func, literal, or_, select, union_all
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from admin_app.reporting import attributes, classifiers, days, organizations
from admin_app.reporting.actor import unscoped
from admin_app.reporting.refusal import Refused
from models import Attribute, Base, ClassifierItem, Organization, OrganizationFact, Report, ReportState

Model = type[Base]
CLASSIFYING = (*classifiers.COLUMNS, "okved_additional")


@dataclass(frozen=True)
class Use:
    """So many rows of the model name the row by this attribute; `seen` of them within the actor's sight."""

    model: Model
    attribute: str
    count: int
    seen: int


def uses(session: Session, row: Any) -> list[Use]:
    """What hangs on the row. Two statements: one within the actor's sight, one without."""
    asked = list(questions(session, row))
    if not asked:
        return []
    counts = [select(literal(place), func.count()).select_from(part.subquery()) for place, (*_names, part) in enumerate(asked)]
    query = union_all(*counts)
    seen = counted(session, query)
    with unscoped("what hangs on a row that is to be deleted"):
        found = counted(session, query)
    return [Use(model, name, found[place], seen[place]) for place, (model, name, _part) in enumerate(asked) if found[place]]


def counted(session: Session, query: Any) -> dict[int, int]:
    """The counts by their place among the questions."""
    return {row[0]: row[1] for row in session.execute(query)}


def questions(session: Session, row: Any) -> Iterator[tuple[Model, str, Select[Any]]]:
    """The rows of every table that may name the row."""
    table = type(row).__table__
    for mapper in sorted(Base.registry.mappers, key=lambda one: one.class_.__name__):
        model: Any = mapper.class_
        for attribute in mapper.column_attrs:
            column: Any = attribute.columns[0]
            if any(key.column.table is table and not key.ondelete for key in column.foreign_keys):
                yield model, attribute.key, untouched(model, select(model.id).where(getattr(model, attribute.key) == row.id))
            elif isinstance(row, ClassifierItem) and isinstance(column.type, ARRAY) and "classifier" in column.info:
                yield model, attribute.key, select(model.id).where(any_(getattr(model, attribute.key)) == row.id)
    if isinstance(row, ClassifierItem):
        yield Organization, "okved_additional", chosen(row)
        yield from further(session, row)
        yield OrganizationFact, "value", remembered(row.id, [*CLASSIFYING, *held_further(session, row)])
    elif isinstance(row, Organization):
        yield OrganizationFact, "value", remembered(row.id, ["parent_id"])


def chosen(row: ClassifierItem) -> Select[Any]:
    """The organizations that have the item among several."""
    return select(Organization.id).where(Organization.okved_additional.any(ClassifierItem.id == row.id))


def further(session: Session, row: ClassifierItem) -> Iterator[tuple[Model, str, Select[Any]]]:
    """The organizations that have the item in a further field."""
    if held := attributes.having(session, row):
        yield Organization, "extra", select(Organization.id).where(or_(*held))


def remembered(key: int, names: list[str]) -> Select[Any]:
    """What organizations were, or are to be, where one of these fields names the row; ``@>`` looks into lists too."""
    return select(OrganizationFact.id).where(OrganizationFact.field.in_(names), OrganizationFact.value.contains(cast(key, JSONB)))


def held_further(session: Session, row: ClassifierItem) -> list[str]:
    """The further fields that choose from the item's list, as dated rows call them."""
    found = session.scalars(select(Attribute.code).where(Attribute.classifier_id == row.classifier_id))
    return [attributes.PREFIX + code for code in found]


def untouched(model: Any, query: Select[Any]) -> Select[Any]:
    """Without the reports that nobody has begun."""
    return query.where(Report.state != ReportState.EMPTY) if model is Report else query


def remove(session: Session, row: Any) -> None:
    """Delete the row if nothing hangs on it; flushes. Raises Refused, saying what does."""
    if found := uses(session, row):
        raise Refused(_("It is in use, so it stays: %(where)s.", where=", ".join(words(found))))
    if isinstance(row, Organization):
        with unscoped("an organization's reports that nobody has begun go with it"):
            for report in session.scalars(select(Report).where(Report.organization_id == row.id)):
                session.delete(report)
    session.delete(row)
    session.flush()


def words(found: list[Use]) -> list[str]:
    """«Отчеты: 3», without the fields, each table once."""
    totals: dict[str, int] = {}
    for use in found:
        totals[str(use.model.__labels__)] = totals.get(str(use.model.__labels__), 0) + use.count
    return [f"{name}: {count}" for name, count in totals.items()]


def archive(session: Session, row: Any) -> None:
    """What is in use ends today instead: an organization closes, an item can no longer be chosen. Raises Refused."""
    name = ARCHIVED.get(type(row))
    if name is None:
        raise Refused(_("This is not done here."))
    setattr(row, name, days.today())
    session.flush()
    if isinstance(row, Organization):
        organizations.settle(session, row)


ARCHIVED: dict[Model, str] = {Organization: "closed_on", ClassifierItem: "valid_to", Attribute: "valid_to"}
