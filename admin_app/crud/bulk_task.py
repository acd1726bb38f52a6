"""A change of many rows as a task (`reporting.tasks`): the same judging, the same writing, some hundreds of rows at a time.

A task keeps what the form sent and the chosen rows; its look keeps which of them are ready, each with the mark of its change,
so that nobody's later change is overwritten unseen.
"""

import base64
from array import array
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from admin_app.crud import bulk_plan, mistakes, relations, values, when
from admin_app.crud.bulk_form import bulk_form, parts_of, wishes_of
from admin_app.crud.bulk_plan import Outcome, Wishes
from admin_app.crud.fields import FieldSpec
from admin_app.extensions import db
from admin_app.reporting import consequences_many
from admin_app.reporting.planned import FromDay
from admin_app.reporting.refusal import Refused
from admin_app.reporting.tasks import verbs
from admin_app.reporting.tasks.verbs import Given, Tell
from models import Organization, Task, TaskKind

PIECE = 200  # rows at once: so many are locked while they are looked at
SHOWN = 50  # rows of a preview
EXAMPLES = 10  # rows named for each reason of a refusal
NAMED = 3  # rows named in a sentence
MARK = "I"  # 32 bits

VIEWS: dict[str, Any] = {}  # the screens with such a form, by their table


def register(view: Any) -> None:
    """Let tasks change this screen's rows, if many may be changed at once."""
    if view.bulk:
        VIEWS[str(view.endpoint)] = view


def begin(session: Session, view: Any, ids: Sequence[int], wishes: Wishes, sent: Sequence[tuple[str, str]]) -> Task:
    """The task of changing these rows; `sent`: what the form sent."""
    fields = ", ".join(str(spec.label) for spec in wishes)
    title = _("%(list)s: %(fields)s", list=view.name, fields=fields)
    asked = {"rows": bulk_plan.freeze(ids), "sent": [list(pair) for pair in sent], "origin": "bulk"}
    return verbs.begin(session, TaskKind.BULK, title, asked, len(ids), str(view.endpoint))


class BulkDoer:
    """See `verbs.Doer`."""

    def look(self, session: Session, task: Given, tell: Tell) -> dict[str, Any] | None:
        """Every row's outcome, rehearsed piece by piece."""
        view, wishes, since = read(task)
        ids = bulk_plan.thaw(task.asked["rows"], verbs.MOST)
        seen, done = Summary(view, since), 0
        for part in cut(ids):
            seen.take(bulk_plan.rehearse(view, part, wishes, since))
            session.rollback()
            session.expunge_all()
            done += len(part)
            if not tell(done):
                return None
        return seen.told(len(ids))

    def do(self, session: Session, task: Given, tell: Tell) -> int | None:
        """Every row that was ready, if it is still as it was shown."""
        view, wishes, since = read(task)
        ids = bulk_plan.thaw(task.found["chosen"], verbs.MOST)
        marks = dict(zip(ids, unpacked(task.found["marks"]), strict=True))
        done = 0
        for part in cut(ids):
            written = bulk_plan.write(view, part, wishes, since, check=lambda rows: unchanged(view, rows, wishes, marks))
            session.expunge_all()
            if written < len(part):
                raise Refused(_("A row is gone, or outside what you may see."))
            done += written
            if not tell(done):
                return None
        return done

    def say(self, error: Exception, table: str) -> str:
        """The sentence for what stood in the way."""
        return mistakes.sentence(error, VIEWS[table].model)[1]

    def touches(self, session: Session, task: Given, table: str, keys: Collection[int]) -> bool:  # noqa: ARG002  # it says so itself
        """Is one of these rows among the chosen ones?"""
        own = task.table in VIEWS and VIEWS[task.table].model.__tablename__ == table
        return own and not set(keys).isdisjoint(bulk_plan.thaw(task.found.get("chosen") or task.asked["rows"], verbs.MOST))


class Summary:
    """What is kept of all the outcomes: counts, the rows that are ready, the first ones in words, the reasons of refusals; and
    from which day they count."""

    def __init__(self, view: Any, since: FromDay) -> None:
        self.view = view
        self.since = {"since": when.words(since), "planned": since.planned is not None} if view.dated else {}
        self.keys: list[int] = []
        self.marks = array(MARK)
        self.rows: list[dict[str, Any]] = []
        self.reasons: Counter[str] = Counter()
        self.examples: dict[str, list[int]] = {}
        self.same = 0
        self.moves: list[consequences_many.Move] = []

    def take(self, outcomes: Sequence[Outcome]) -> None:
        """The outcomes of some rows."""
        ready = [one for one in outcomes if one.pairs and not one.refused]
        refused = [one for one in outcomes if one.refused]
        self.same += len(outcomes) - len(ready) - len(refused)
        self.keys += [one.key for one in ready]
        self.marks.extend(one.mark for one in ready)
        self.moves += [
            (one.key, spec.name, new) for one in ready for spec, _old, new in one.pairs if spec.name in consequences_many.HEAVY
        ]
        if ready and len(self.rows) < SHOWN:
            self.rows += shown(self.view, ready[: SHOWN - len(self.rows)])
        for one in refused:
            self.reasons[one.refused] += 1
            if self.reasons[one.refused] <= EXAMPLES:
                self.examples.setdefault(one.refused, []).append(one.key)

    def told(self, of: int) -> dict[str, Any]:
        """As `Task.found` keeps it, plain JSON. `of`: the number of rows looked at."""
        refused = self.reasons.total()
        counts = {"of": of, "ready": len(self.keys), "same": self.same, "refused": refused}
        lost = of - len(self.keys) - self.same - refused
        titles = named(self.view.model, {key for keys in self.examples.values() for key in keys})
        reasons = [[why, count, [[key, titles[key]] for key in self.examples[why]]] for why, count in self.reasons.most_common()]
        opens = consequences_many.of(db.session, self.moves) if self.view.model is Organization else {}
        kept = {"consequences": opens, "chosen": bulk_plan.freeze(self.keys), "marks": packed(self.marks)}
        return {**counts, "lost": lost, "rows": self.rows, "reasons": reasons, **kept, **self.since}


def shown(view: Any, outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    """The rows in words: {key, title, pairs: [[label, old, new]]}."""
    wanted: dict[Any, set[int]] = {view.model: {one.key for one in outcomes}}
    for one in outcomes:
        for spec, old, new in one.pairs:
            if spec.target is not None:
                wanted.setdefault(spec.target, set()).update((*values.ids(old), *values.ids(new)))
    titles = relations.titles(db.session, wanted)
    return [
        {
            "key": one.key,
            "title": titles.get((view.model, one.key), f"№ {one.key}"),
            "pairs": [[str(spec.label), said(spec, old, titles), said(spec, new, titles)] for spec, old, new in one.pairs],
        }
        for one in outcomes
    ]


def named(model: Any, keys: set[int]) -> dict[int, str]:
    """What these rows are called."""
    titles = relations.titles(db.session, {model: keys}) if keys else {}
    return {key: titles.get((model, key), f"№ {key}") for key in keys}


def said(spec: FieldSpec, value: Any, titles: relations.Titles) -> str:
    """A value of the preview in words."""
    return str(_("no") if value is False else values.words(spec, value, titles))


# ── What a task keeps ────────────────────────────────────────────────────────────────────────────────────────────────


def read(task: Given) -> tuple[Any, Wishes, FromDay]:
    """The screen, the wishes as the form reads them today, and from which day they count. Raises Refused if it no longer takes
    them."""
    view = VIEWS[task.table]
    specs = view.bulk_specs()
    form = bulk_form(specs, MultiDict([tuple(pair) for pair in task.asked["sent"]]), "", view.dated)
    wishes = wishes_of(parts_of(form, specs), form) if form.validate() else {}
    if not wishes:
        raise Refused(_("What was asked for can no longer be done: a field or a value is gone, or you may no longer give it."))
    return view, wishes, when.from_day(form)


def unchanged(view: Any, rows: Sequence[Any], wishes: Wishes, marks: dict[int, int]) -> None:
    """Raises Refused for rows that are refused now, or that somebody has changed since they were shown."""
    found = [bulk_plan.outcome(view, row, wishes) for row in rows]
    if why := next((one.refused for one in found if one.refused), ""):
        raise Refused(why)
    changed = [one.key for one in found if one.mark != marks.get(one.key)]
    if changed:
        names = ", ".join(named(view.model, set(changed[:NAMED])).values()) + ("…" if len(changed) > NAMED else "")
        raise Refused(_("Somebody has changed these rows since you looked: %(names)s. Look at them again.", names=names))


def marked(ids: Sequence[int], text: str) -> dict[int, int]:
    """The marks of these rows as a page carries them; none if it carries nonsense: then nothing was shown of them."""
    try:
        return dict(zip(ids, unpacked(text), strict=True))
    except ValueError:
        return {}


def cut(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """In pieces."""
    return (ids[start : start + PIECE] for start in range(0, len(ids), PIECE))


def packed(marks: "array[int]") -> str:
    """The marks as a short text."""
    return base64.b64encode(marks.tobytes()).decode()


def unpacked(text: str) -> "array[int]":
    """The marks again."""
    marks = array(MARK)
    marks.frombytes(base64.b64decode(text))
    return marks
