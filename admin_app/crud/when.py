"""From which day a change of an organization counts, asked below its form; what is planned and what was when, on its card."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import request
from flask_babel import format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from wtforms import Form, RadioField, ValidationError

from admin_app.crud import relations, values
from admin_app.crud.fields import FieldSpec
from admin_app.crud.inputs import DayField, Filled
from admin_app.reporting import dated, days, planned
from admin_app.reporting.planned import FromDay
from models import Organization, OrganizationFact

TODAY, DAY, ALWAYS = "today", "day", "always"
EARLIEST = date(1900, 1, 1)
LATEST = 10  # years ahead


class When(Form):
    """Today, another day, or a correction."""

    counts = RadioField(
        N_("The change counts"),
        [Filled()],
        validate_choice=False,
        choices=[
            (TODAY, N_("from today")),
            (DAY, N_("from another day, past or to come")),
            (ALWAYS, N_("as a correction: it was so all the time, only the card was wrong")),
        ],
        default=TODAY,
        description=N_("Reports and totals of earlier periods show the organization as it was then."),
    )
    since = DayField(N_("From which day"))

    def validate_counts(self, field: RadioField) -> None:
        """Raises ValidationError for what none of the choices sends."""
        if field.data not in (TODAY, DAY, ALWAYS):
            raise ValidationError(_("Choose one of the list."))

    def validate_since(self, field: DayField) -> None:
        """Raises ValidationError for another day that is not said, or is beyond reason."""
        if self.counts.data != DAY:
            return
        if field.data is None:
            raise ValidationError(_("Say from which day."))
        if not EARLIEST <= field.data <= days.today().replace(year=days.today().year + LATEST, day=1):
            raise ValidationError(_("There must be a slip in this date."))

    @property
    def day(self) -> date | None:
        """The day for `dated.from_day`: None is today."""
        return {TODAY: None, ALWAYS: dated.ALWAYS}.get(self.counts.data, self.since.data)

    @property
    def planned(self) -> date | None:
        """The day, if it is still to come."""
        return self.since.data if self.counts.data == DAY and self.since.data and self.since.data > days.today() else None


def asked(since: FromDay = planned.TODAY) -> When:
    """What the sent form says of it; a page that is only shown offers what was chosen before."""
    return When(counting(request.form) if request.method == "POST" else None, data=choice(since))


def counting(sent: MultiDict[str, str]) -> MultiDict[str, str]:
    """What was sent; without a word of it (from a page that is older than this question) it means today."""
    return sent if "counts" in sent else MultiDict([*sent.items(multi=True), ("counts", TODAY)])


def from_day(form: Form) -> FromDay:
    """From which day what this form asks for counts; today, where it does not ask that."""
    return FromDay(form.day) if isinstance(form, When) else planned.TODAY


def choice(since: FromDay) -> dict[str, Any]:
    """The form's data for it."""
    counts = TODAY if since.day is None else ALWAYS if since.day == dated.ALWAYS else DAY
    return {"counts": counts, "since": since.day if counts == DAY else None}


def words(since: FromDay) -> str:
    """From which day it counts, for a preview."""
    day = "" if since.day in (None, dated.ALWAYS) else format_date(since.day, "dd.MM.yyyy")
    if since.planned:
        return _("The change counts from %(day)s: until then it is planned, and the cards stay as they are.", day=day)
    if since.day is None:
        return _("The change counts from today.")
    return _("The change counts from %(day)s.", day=day) if day else _("The change is a correction: it was so all the time.")


# ── On the card ──────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Line:
    """A field that changed on a day: its words, what it was, what it became. `id`: of a plan, which can be taken back."""

    day: str
    label: str
    old: str
    new: str
    id: int | None = None
    refused: str = ""


def history(session: Session, row: Organization, specs: dict[str, FieldSpec]) -> tuple[list[Line], list[Line]]:
    """What is planned, the nearest day first, and what has changed on which day, the latest first."""
    query = select(OrganizationFact).where(OrganizationFact.organization_id == row.id, OrganizationFact.field != dated.PATH)
    facts = session.scalars(query.order_by(OrganizationFact.field, OrganizationFact.since.nulls_first())).all()
    wanted: dict[Any, set[int]] = {}
    for fact in facts:
        spec = specs.get(fact.field)
        if spec is not None and spec.target is not None:
            wanted.setdefault(spec.target, set()).update(values.ids(fact.value))
    titles = relations.titles(session, wanted)
    made = [(fact, line) for fact, line in lines(facts, specs, titles)]
    plans = [line for fact, line in sorted(made, key=lambda pair: (pair[0].since, pair[0].id)) if fact.planned]
    past = [line for fact, line in sorted(made, key=lambda pair: (pair[0].since, pair[0].id), reverse=True) if not fact.planned]
    return plans, past


def lines(facts: Any, specs: dict[str, FieldSpec], titles: Any) -> Iterator[tuple[OrganizationFact, Line]]:
    """A line for each fact that is not a beginning; `facts` by field and day."""
    before: OrganizationFact | None = None
    for fact in facts:
        if fact.since is not None and before is not None:
            label, (old, new) = said(specs.get(fact.field), fact.field, (before.value, fact.value), titles)
            key = fact.id if fact.planned else None
            yield fact, Line(format_date(fact.since, "dd.MM.yyyy"), label, old, new, key, fact.refused)
        before = fact


def said(spec: FieldSpec | None, name: str, pair: tuple[Any, Any], titles: Any) -> tuple[str, list[str]]:
    """The field's words and both values as people read them; a field that is no more by its name."""
    if spec is None:
        return name, [str(one) if one is not None else "" for one in pair]
    return str(spec.label), [str(values.words(spec, typed(spec, one), titles)) for one in pair]


def typed(spec: FieldSpec, value: Any) -> Any:
    """A kept value as the field has it."""
    if spec.extra:
        return date.fromisoformat(value) if spec.kind.value == "date" and value else value
    return value if spec.target is not None else dated.typed(spec.name, value)


def day_seen() -> date | None:
    """The day for which the address asks for the organization (?on=2025-10-01); None is today."""
    try:
        return date.fromisoformat(request.args.get("on", ""))
    except ValueError:
        return None
