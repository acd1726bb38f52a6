"""The docs are true: every command, target, setting and account stands in them, and what stands in them exists."""

import os
import re
import subprocess
from pathlib import Path

import click
import pytest
from flask.cli import FlaskGroup

from admin_app import cli, serve
from seed.demo import people

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")] + sorted((ROOT / "docs").rglob("*.md"))
TEXTS = {path: path.read_text("utf-8") for path in PAGES}
EVERYTHING = "\n".join(TEXTS.values())


def names(command: click.Command, prefix: str = "flask") -> list[str]:
    """The command's full name, or those of the commands in its group."""
    full = f"{prefix} {command.name}"
    return (
        [each for one in command.commands.values() for each in names(one, full)] if isinstance(command, click.Group) else [full]
    )


def test_every_command_is_described() -> None:
    missing = [name for command in cli.COMMANDS for name in names(command) if f"`{name}" not in EVERYTHING]
    assert not missing, f"docs/commands.md needs a line for {missing}"


def test_every_described_command_exists() -> None:
    known = {name for command in [*cli.COMMANDS, *FlaskGroup().commands.values()] for name in names(command)}
    told = set(re.findall(r"`(flask [a-z][a-z-]*(?: (?:upgrade|downgrade|revision))?)", EVERYTHING))
    assert told <= known, f"the docs tell of commands that don't exist: {told - known}"


def test_every_command_says_what_it_does() -> None:
    silent = [command.name for command in cli.COMMANDS if not command.get_short_help_str(limit=60).endswith(".")]
    assert not silent, f"begin the docstrings of {silent} with a sentence of at most 60 letters"


def test_every_target_is_described() -> None:
    targets = re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    missing = [name for name in targets if name != "help" and f"make {name}" not in EVERYTHING]
    assert not missing, f"README.md or CONTRIBUTING.md needs a word about make {missing}"


def test_every_described_target_exists() -> None:
    known = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    told = set(re.findall(r"^    make ([a-z]+)|`make ([a-z]+)", EVERYTHING, re.MULTILINE))
    assert {first or second for first, second in told} <= known


def test_every_setting_is_described() -> None:
    sources = [ROOT / "admin_app" / name for name in ("config.py", "serve.py", "gateway.py")]
    read = {name for path in sources for name in re.findall(r'environ(?:ment)?\.get\("([A-Z_]+)"', path.read_text("utf-8"))}
    text = TEXTS[ROOT / "docs" / "operations.md"]
    missing = sorted(name for name in read if f"`{name}`" not in text)
    assert len(read) > 15
    assert not missing, f"docs/operations.md needs a line for {missing}"


def test_every_pinned_package_is_described_with_its_licence() -> None:
    pinned = {
        name
        for kind in ("", "-dev")
        for name in re.findall(r"^([a-z0-9.-]+)==", (ROOT / f"requirements{kind}.txt").read_text("utf-8"), re.MULTILINE)
    }
    page = TEXTS[ROOT / "docs" / "dependencies.md"].replace("\n", " ")
    told = set(re.findall(r"\| ([a-z0-9.-]+) \| [A-Z]", page)) | set(re.findall(r"[:,] ([a-z0-9.-]+) \([A-Z]", page))
    assert len(pinned) > 50
    assert told == pinned, f"docs/dependencies.md needs {pinned - told} and no longer {told - pinned}"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", TEXTS[path])
    assert [link for link in links if not (path.parent / link).exists()] == []


def test_the_accounts_of_the_readme_are_those_of_the_demo() -> None:
    made = [login for login, *_rest in people.ACCOUNTS]
    first = TEXTS[ROOT / "README.md"]
    assert [login for login in made if f"`{login}`" not in first] == []
    assert [login for login, *_rest in serve.ACCOUNTS] == made
    assert people.PASSWORD in first
    assert people.PASSWORD == serve.PASSWORD


def test_make_passes_by_a_python_that_does_not_run(tmp_path: Path) -> None:
    shim = tmp_path / "python3.14"  # as version managers put them on the path
    shim.write_text("#!/bin/sh\nexit 127\n")
    shim.chmod(0o755)
    path = f"{tmp_path}:{os.environ['PATH']}"
    told = subprocess.run(
        ["make", "-nB", "run"], cwd=ROOT, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=True
    )
    assert "python3" in told.stdout
    assert str(shim) not in told.stdout
