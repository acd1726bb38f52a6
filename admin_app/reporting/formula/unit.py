"""What the compiler makes: code and tables, in a shape that ``marshal`` keeps on disk between two starts of the server."""

import hashlib
import marshal
import os
import sys
import tempfile
from dataclasses import dataclass, fields
from pathlib import Path
from types import CodeType
from typing import Any

from .blocks import Block
from .form import External, Source

#: Part of every digest: what another compiler made of the same document is not taken.
ENGINE = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py")))).hexdigest()


@dataclass(frozen=True)
class Unit:
    """One compiled form. ``formulas`` and ``rules`` are the blocks that the code was made from, in its order."""

    python: CodeType
    matrix: CodeType
    script: str
    formulas: list[Block]
    rules: list[Block]
    externals: tuple[External, ...]
    pulled: frozenset[str]
    size: int
    decimals: tuple[int, ...]


def _path(directory: Path, digest: str) -> Path:
    return directory / f"{digest}.{sys.implementation.cache_tag}"


def load(directory: Path, digest: str) -> Unit | None:
    """The unit kept under ``digest``; None if there is none or it can't be read."""
    try:
        kept = marshal.loads(_path(directory, digest).read_bytes())  # noqa: S302 - our own directory, named by the caller
        (python, matrix), script, formulas, rules, externals, pulled, size, decimals = kept
    except (OSError, ValueError, EOFError, TypeError):
        return None
    return Unit(
        python=python,
        matrix=matrix,
        script=script,
        formulas=[Block(*block) for block in formulas],
        rules=[Block(*block) for block in rules],
        externals=tuple(External(slot, address, Source(*source)) for slot, address, source in externals),
        pulled=pulled,
        size=size,
        decimals=decimals,
    )


def keep(directory: Path, digest: str, unit: Unit) -> None:
    """Write the unit; another process that reads at the same time sees all of it or nothing."""
    kept = (
        (unit.python, unit.matrix),
        unit.script,
        [_plain(block) for block in unit.formulas],
        [_plain(block) for block in unit.rules],
        [(external.slot, external.address, _plain(external.source)) for external in unit.externals],
        unit.pulled,
        unit.size,
        unit.decimals,
    )
    directory.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=directory, delete=False) as file:
        file.write(marshal.dumps(kept))
    os.replace(file.name, _path(directory, digest))


def _plain(thing: Any) -> tuple[Any, ...]:
    return tuple(getattr(thing, field.name) for field in fields(thing))
