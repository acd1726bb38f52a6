"""The schema and the code around it keep their promises; each failure says what to do."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Mapper

from admin_app.reporting import audit
from models import Base, Everyone, Own, Through, Tree, Under, With

ROOT = Path(__file__).parents[2]
OURS = ("admin_app", "views", "seed", "wsgi.py")
MAPPERS: list[Mapper[Any]] = sorted(Base.registry.mappers, key=lambda mapper: mapper.class_.__name__)
NAMES = [mapper.class_.__name__ for mapper in MAPPERS]


def sources(*places: str) -> Iterator[tuple[str, ast.Module]]:
    """Every Python file under the places, parsed; migrations left out: they are SQL by nature."""
    for place in places:
        path = ROOT / place
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path] if path.exists() else []:
            name = str(file.relative_to(ROOT))
            if "migrations" not in name:
                yield name, ast.parse(file.read_text(encoding="utf-8"))


# ── models.py ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("mapper", MAPPERS, ids=NAMES)
def test_every_model_says_to_whom_its_rows_belong(mapper: Mapper[Any]) -> None:
    model = mapper.class_
    assert model.__scope__, f"{model.__name__} is seen by nobody: give it a __scope__ in models.py"
    for scope in model.__scope__:
        if isinstance(scope, Own | Under | Through):
            assert mapper.columns[scope.key].foreign_keys or scope.key == "id", f"{model.__name__}.{scope.key} refers to nothing"
        if isinstance(scope, Through | With):
            other = next(one for one in MAPPERS if one.class_.__name__ == scope.model)
            assert isinstance(scope, Through) or scope.key in other.columns
        if isinstance(scope, Tree):
            assert {"path", "parent_id", "level"} <= set(mapper.columns.keys())


@pytest.mark.parametrize("mapper", MAPPERS, ids=NAMES)
def test_every_model_and_every_column_has_words(mapper: Mapper[Any]) -> None:
    model = mapper.class_
    assert str(model.__label__), f"{model.__name__} needs a __label__"
    assert str(model.__labels__), f"{model.__name__} needs __labels__"
    dumb = [column.key for column in mapper.local_table.c if not column.primary_key and not column.info.get("label")]
    assert not dumb, f"{model.__name__}: say info=words(_('…')) for {', '.join(dumb)}"


@pytest.mark.parametrize("mapper", MAPPERS, ids=NAMES)
def test_relations_are_such_as_the_judge_of_writes_understands(mapper: Mapper[Any]) -> None:
    for relation in mapper.relationships:
        if relation.viewonly:
            continue
        if relation.secondary is not None:
            assert relation.mapper.class_.__scope__ == (Everyone(),), f"{relation}: writes.py doesn't judge what it names"
        elif relation.direction.name == "ONETOMANY":
            assert relation.back_populates, f"{relation}: writes.py reads new keys from the other side, give it one"


def test_models_import_nothing_of_ours() -> None:
    (_name, tree), *_rest = sources("models.py")
    for node in ast.walk(tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        assert not [name for name in names if name.split(".")[0] in {"admin_app", "views", "seed", "wsgi", "tests", ""}], (
            "models.py stands below everything"
        )


# ── Who writes a report's state ──────────────────────────────────────────────────────────────────────────────────────


def state_writes(tree: ast.Module) -> Iterator[int]:
    """The lines that give a report a state."""
    for node in ast.walk(tree):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AugAssign) else []
        flat = [one for target in targets for one in (target.elts if isinstance(target, ast.Tuple) else [target])]
        for target in flat:
            if isinstance(target, ast.Attribute) and target.attr == "state" and "report" in ast.unparse(target.value).lower():
                yield node.lineno
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"Report", "setattr"}:
            said = ast.unparse(node)
            if "state=" in said or re.search(r"setattr\(\w*report\w*, .state.", said):
                yield node.lineno
        if isinstance(node, ast.Call) and ast.unparse(node).startswith("update(Report)") and "state=" in ast.unparse(node):
            yield node.lineno


def test_only_the_workflow_writes_a_reports_state() -> None:
    found = [f"{name}:{line}" for name, tree in sources(*OURS) for line in state_writes(tree)]
    stray = [place for place in found if not place.startswith("admin_app/reporting/workflow.py:")]
    assert not stray, f"a report's state is written by workflow.move only, not in {', '.join(stray)}"
    assert len(found) > len(stray), "workflow.py must be seen to write it, or this wall sees nothing"


# ── Nothing goes round the scoped session ────────────────────────────────────────────────────────────────────────────

RAW = {"text", "literal_column", "exec_driver_sql", "from_statement", "bulk_insert_mappings", "bulk_update_mappings"}
KEEPERS = {
    "admin_app/backup.py": "dumps and restores whole databases",
    "admin_app/serve.py": "asks the server whether it is up before there is an application",
    "admin_app/postgres.py": "starts the server",
}


def raw_sql(tree: ast.Module) -> Iterator[str]:
    """Words by which SQL goes round the ORM."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy"):
            yield from (alias.name for alias in node.names if alias.name in RAW)
        if isinstance(node, ast.Attribute) and node.attr in RAW - {"text"}:
            yield node.attr
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in {"select", "insert", "update", "delete"}:
            yield from (ast.unparse(one) for one in node.args if "__table__" in ast.unparse(one))


def test_no_sql_goes_round_the_rule_outside_reporting() -> None:
    found = {name: sorted(set(raw_sql(tree))) for name, tree in sources(*OURS)}
    stray = {name: words for name, words in found.items() if words and not name.startswith("admin_app/reporting/")}
    unknown = {name: words for name, words in stray.items() if name not in KEEPERS}
    assert not unknown, f"write it with entities, or as a verb in reporting: {unknown}"


def test_a_plain_session_is_opened_by_those_who_sign_people_in() -> None:
    may = {"admin_app/extensions.py", "admin_app/patience.py", "admin_app/security.py", "views/public.py", "views/signin.py"}
    may |= {"views/errors.py", "views/shell.py", "wsgi.py"}
    found = {
        name
        for name, tree in sources(*OURS)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node).startswith("db.get_session")
    }
    assert found <= may, f"the session “auth” is for signing in only; use db.session: {found - may}"


# ── Words of the log ─────────────────────────────────────────────────────────────────────────────────────────────────


def kinds(tree: ast.Module) -> Iterator[str]:
    """The kinds of event that the file records; ``report.*`` for an f-string."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"audit.record", "record"} and len(node.args) > 2:
            for part in ast.walk(node.args[1]):
                if isinstance(part, ast.JoinedStr):
                    yield re.sub(r"\{[^}]*\}", "*", ast.unparse(part)[2:-1])
                elif isinstance(part, ast.Constant) and "." in str(part.value).strip("."):
                    yield str(part.value)


def test_every_recorded_kind_of_event_has_words() -> None:
    used = {kind for _name, tree in sources("admin_app", "views", "seed") for kind in kinds(tree)}
    patterns = {kind: re.compile(re.escape(kind).replace(r"\*", ".+")) for kind in used}
    mute = [kind for kind, pattern in patterns.items() if not any(pattern.fullmatch(known) for known in audit.EVENTS)]
    assert used
    assert not mute, f"give these kinds of event words in audit.EVENTS: {mute}"
