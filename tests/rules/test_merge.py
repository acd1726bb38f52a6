"""Two people in one report, whatever they type and in whatever order: nothing is lost, nothing is overwritten unseen."""

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from admin_app.reporting.merge import Content, Step, merge, since

CELLS = ("a", "b", "c")
contents: st.SearchStrategy[Content] = st.one_of(st.none(), st.integers(0, 3), st.just({"mark": "na"}))
edits = st.tuples(st.sampled_from(("first", "second")), st.dictionaries(st.sampled_from(CELLS), contents, min_size=1))


@dataclass
class Document:
    """What the database does, in miniature."""

    now: dict[str, Content] = field(default_factory=lambda: dict.fromkeys(CELLS))
    steps: list[Step] = field(default_factory=list)

    def send(self, who: str, typed: dict[str, Content], base: int) -> tuple[set[str], dict[str, object]]:
        merged = merge(typed, self.now.__getitem__, since(self.steps[base:]))
        delta = [[cell, self.now[cell], content] for cell, content in merged.apply.items()]
        if delta:
            self.steps.append(Step(len(self.steps) + 1, who, datetime.now(UTC), delta, uuid.uuid4()))
        self.now.update(merged.apply)
        return {*merged.apply, *merged.same}, dict(merged.conflicts)


@given(st.lists(edits, max_size=12), st.data())
def test_every_cell_sent_is_kept_or_comes_back(plan: list[tuple[str, dict[str, Content]]], data: st.DataObject) -> None:
    document = Document()
    seen = {"first": (0, dict(document.now)), "second": (0, dict(document.now))}
    for who, typed in plan:
        base, knew = seen[who]
        before = dict(document.now)
        accepted, conflicts = document.send(who, typed, base)
        assert accepted | set(conflicts) == set(typed)
        assert not accepted & set(conflicts)
        for cell in typed:
            if cell in accepted:
                assert document.now[cell] == typed[cell]
                assert before[cell] in (knew[cell], typed[cell]), "an unseen value was overwritten"
            else:
                assert document.now[cell] == before[cell], "a conflict changes nothing"
                assert conflicts[cell].now == before[cell]  # type: ignore[attr-defined]
        if data.draw(st.booleans()):
            seen[who] = (len(document.steps), dict(document.now))


@given(st.lists(edits, max_size=12))
def test_undoing_the_steps_gives_back_the_beginning(plan: list[tuple[str, dict[str, Content]]]) -> None:
    document = Document()
    for who, typed in plan:
        document.send(who, typed, len(document.steps))
    state = dict(document.now)
    for step in reversed(document.steps):
        state |= {cell: was for cell, was, _now in step.delta}
    assert state == dict.fromkeys(CELLS)


def test_others_are_told_from_the_first_value_to_the_last() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    steps = [Step(1, "A", at, [["a", 1, 2]], uuid.uuid4()), Step(2, "B", at, [["a", 2, 3], ["b", 1, 1]], uuid.uuid4())]
    [(cell, other)] = since(steps).items()
    assert (cell, other.was, other.now, other.who) == ("a", 1, 3, "B")
