"""A read document → everything a Program runs on. Static checks happen here: addresses, types, circles."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial

from . import matrix, python_code, script
from .binding import Template
from .blocks import Block, blocks
from .document import Draft
from .errors import N_, FormError, Problem, Stop
from .form import External, Source
from .grammar import parse_formula, parse_rule
from .grid import Spec
from .instances import Instance, compared, computed, condition
from .order import circle, levels
from .places import Here, Place, Places
from .tree import Card, Chain, Node, Num, Ref, Rule
from .unit import Unit

LEAVES = 600_000  # over the whole form


@dataclass
class Work:
    """What is collected on the way."""

    draft: Draft
    places: Places
    problems: list[Problem] = field(default_factory=list)
    formulas: dict[int, tuple[Template, tuple[int, ...], bool]] = field(default_factory=dict)
    externals: list[External] = field(default_factory=list)
    pulled: set[str] = field(default_factory=set)
    trees: dict[str, Node] = field(default_factory=dict)
    leaves: int = 0


def build(draft: Draft, digest: str) -> Unit:
    """Compile. Raises FormError with all problems found."""
    work = Work(draft, Places(draft.grids, draft.variants))
    for place in work.places.sections:
        for at, spec in enumerate(place.specs):
            if spec.formula is not None:
                _stopping(work, place.address(at), spec.formula, partial(_cell, work, place, at, spec))
    rules = blocks(_rules(work))
    conditions = _conditions(work)
    _circles(work)
    if work.problems:
        raise FormError(work.problems)
    formulas = _formula_blocks(work)
    places = work.places
    return Unit(
        python=python_code.build(formulas, rules, conditions),
        matrix=matrix.build(formulas, rules),
        script=script.build(draft.form, places, formulas, rules, conditions, digest),
        formulas=formulas,
        rules=rules,
        externals=(*work.externals, *places.externals()),
        pulled=frozenset(work.pulled),
        size=places.size,
        decimals=tuple(places.decimals),
    )


def _stopping(work: Work, where: str, source: str, step: Callable[[], None]) -> None:
    if work.leaves > LEAVES:
        return
    try:
        step()
    except Stop as stop:
        work.problems.append(stop.problem(where, source))
    except RecursionError:
        work.problems.append(Problem(N_("The formula is nested too deep."), {}, where, source))


def _cell(work: Work, place: Place, at: int, spec: Spec) -> None:
    """One cell's formula: computed here, or pulled from elsewhere as it is."""
    formula = spec.formula or ""
    if formula not in work.trees:
        work.trees[formula] = parse_formula(formula)
    tree = work.trees[formula]
    row, column = divmod(at, len(place.columns))
    here = Here(place, row, column)
    address = place.address(at)
    slot = place.slots[at]
    if all(isinstance(leaf, Card) or leaf.previous or leaf.form for leaf in _named(tree)) and any(_named(tree)):
        work.pulled.add(address)
    source = _source(work, tree, here)
    if source:
        work.externals.append(External(slot if slot >= 0 else None, address, source))
    elif slot < 0:
        raise Stop(N_("A cell of text can't be calculated, only taken as it is from elsewhere."), 0)
    else:
        work.formulas[slot] = computed(work.places, tree, here, spec.decimals)
        _count(work, len(work.formulas[slot][1]))


def _source(work: Work, tree: Node, here: Here) -> Source | None:
    """Where the cell is pulled from, if it is taken as it is."""
    if isinstance(tree, Card):
        return Source("card", tree.name)
    if not isinstance(tree, Ref) or not (tree.form or tree.previous):
        return None
    named = work.places.elsewhere(tree, here)
    if any(len(axis) != 1 for axis in named):
        raise Stop(N_("The formula of one cell names several: say how to take them together (SUM)."), tree.at)
    return Source("report", "", tree.form, tree.previous, "/".join(axis[0] for axis in named))


def _named(node: Node) -> list[Ref | Card]:
    if isinstance(node, Ref | Card):
        return [node]
    if isinstance(node, Num):
        return []
    children = node.items if isinstance(node, Chain) else node.args
    return [leaf for child in children for leaf in _named(child)]


def _count(work: Work, leaves: int) -> None:
    work.leaves += leaves
    if work.leaves > LEAVES:
        raise Stop(N_("The form's formulas and checks name more than %(limit)s cells in all."), limit=LEAVES)


def _rules(work: Work) -> Iterable[tuple[int, tuple[object, ...], tuple[int, ...]]]:
    for owner, check in enumerate(work.draft.form.checks):
        found: list[Instance] = []
        here = Here(work.places.sections[work.places.by_code[check.section]])

        def bind(rule: str = check.rule, here: Here = here, found: list[Instance] = found) -> None:
            tree = parse_rule(rule)
            _no_card(tree)
            found.extend(compared(work.places, tree, here))
            _count(work, sum(len(instance.slots) for instance in found))

        _stopping(work, f"check {check.id}", check.rule, bind)
        for instance in found:
            yield owner, instance.form, instance.slots


def _no_card(rule: Rule) -> None:
    for node in (rule.condition, rule.body):
        for leaf in _named(node) if node is not None else []:
            if isinstance(leaf, Card):
                raise Stop(N_("Rules can't name fields of the card."), leaf.at)


def _conditions(work: Work) -> list[Block]:
    found: list[Block] = []
    for section in work.draft.form.sections:
        if section.condition:
            here = Here(work.places.sections[work.places.by_code[section.code]])

            def bind(text: str = section.condition, here: Here = here) -> None:
                template, slots = condition(work.places, parse_formula(text), here)
                still = (0,) * len(slots)
                found.append(Block((template,), len(found), slots, 1, still, 1, still))

            _stopping(work, f"condition {section.code}", section.condition, bind)
    return found


def _circles(work: Work) -> None:
    path = circle({slot: formula[1] for slot, formula in work.formulas.items()})
    if path:
        names = [work.places.address(slot) for slot in path]
        work.problems.append(Problem(N_("The formulas go round in a circle: %(path)s."), {"path": " → ".join(names)}, names[0]))


def _formula_blocks(work: Work) -> list[Block]:
    """Formulas level by level: within a level nothing depends on each other, so like can stand with like."""
    level_of = levels({slot: formula[1] for slot, formula in work.formulas.items()})
    kinds: dict[tuple[object, ...], int] = {}
    listed = []
    for slot, (template, slots, nullable) in work.formulas.items():
        form = (template, nullable, len(slots))
        listed.append((level_of[slot], kinds.setdefault(form, len(kinds)), slot, form, (slot, *slots)))
    listed.sort(key=lambda item: item[:3])
    return blocks((level, form, slots) for level, _, _, form, slots in listed)
