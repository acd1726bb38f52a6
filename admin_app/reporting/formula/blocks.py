"""Runs of instances that differ in a constant step only: what makes the generated code short.

A block stands for ``outer`` × ``inner`` instances of one form; its k-th leaf in instance (o, i) is the slot
``start[k] + o * outer_step[k] + i * inner_step[k]``.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

Steps = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """``form`` is ``Instance.form`` (or a formula's template); ``owner`` the number of the rule, or a formula's level."""

    form: tuple[Any, ...]
    owner: int
    start: Steps
    inner: int
    inner_step: Steps
    outer: int
    outer_step: Steps

    def slots(self, at: int) -> Steps:
        """The slots of the ``at``-th instance."""
        o, i = divmod(at, self.inner)
        return tuple(s + o * b + i * a for s, a, b in zip(self.start, self.inner_step, self.outer_step, strict=True))


@dataclass(slots=True)
class Run:
    form: tuple[Any, ...]
    owner: int
    start: Steps
    count: int
    step: Steps


def blocks(instances: Iterable[tuple[int, tuple[Any, ...], Steps]]) -> list[Block]:
    """Fold (owner, form, slots) into blocks, keeping the order."""
    return list(_twice(_runs(instances)))


def _runs(instances: Iterable[tuple[int, tuple[Any, ...], Steps]]) -> Iterator[Run]:
    run: Run | None = None
    for owner, form, slots in instances:
        if run and run.owner == owner and run.form == form:
            step = _minus(slots, run.start) if run.count == 1 else run.step
            if run.count == 1 or slots == _plus(run.start, step, run.count):
                run.count += 1
                run.step = step
                continue
        if run:
            yield run
        run = Run(form, owner, slots, 1, (0,) * len(slots))
    if run:
        yield run


def _twice(runs: Iterable[Run]) -> Iterator[Block]:
    first: Run | None = None
    count, step = 1, ()  # type: tuple[int, Steps]
    for run in runs:
        if first and _alike(first, run):
            away = _minus(run.start, first.start) if count == 1 else step
            if count == 1 or run.start == _plus(first.start, away, count):
                count, step = count + 1, away
                continue
        if first:
            yield _block(first, count, step)
        first, count, step = run, 1, ()
    if first:
        yield _block(first, count, step)


def _alike(a: Run, b: Run) -> bool:
    return a.owner == b.owner and a.form == b.form and a.count == b.count and a.step == b.step


def _block(run: Run, outer: int, step: Steps) -> Block:
    return Block(run.form, run.owner, run.start, run.count, run.step, outer, step or (0,) * len(run.start))


def _minus(a: Steps, b: Steps) -> Steps:
    return tuple(x - y for x, y in zip(a, b, strict=True))


def _plus(start: Steps, step: Steps, times: int) -> Steps:
    return tuple(x + times * y for x, y in zip(start, step, strict=True))
