"""The catalogues: English words found in the code, their Russian, and the compiled files the product reads.

Works without the application, so that words can be translated while a screen is still broken:
``python -m admin_app.catalogues`` compiles, ``… extract`` looks for new words first.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.frontend import CommandLineInterface
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "translations"
TEMPLATE = FOLDER / "messages.pot"
SOURCES = ("admin_app", "views", "models.py", "wsgi.py")
KEYWORDS = ("lazy_gettext", "lazy_ngettext:1,2", "lazy_pgettext:1c,2")


def extract(template: Path = TEMPLATE) -> None:
    """Find every English word of the product; they become ``translations/messages.pot``."""
    keywords = [part for keyword in KEYWORDS for part in ("-k", keyword)]
    options = ["-F", str(ROOT / "pyproject.toml"), "--no-location", "--sort-output", "--project=MODO", "-o", str(template)]
    sources = [str(ROOT / source) for source in SOURCES]
    CommandLineInterface().run(["pybabel", "-q", "extract", *options, *keywords, *sources])  # type: ignore[no-untyped-call]


def update(path: Path) -> list[str]:
    """Bring one catalogue in step with the template: new words come in, gone ones leave. Returns what lacks a translation."""
    catalog = read(path)
    catalog.update(read(TEMPLATE), no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    write(path, catalog)
    return [str(message.id) for message in catalog if message.id and not translated(message)]


def compile_all() -> None:
    """Write the ``.mo`` file of every catalogue that is newer than it."""
    for path in catalogues():
        compiled = path.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < path.stat().st_mtime:
            with compiled.open("wb") as file:
                write_mo(file, read(path))


def catalogues() -> list[Path]:
    """The catalogues of every language."""
    return sorted(FOLDER.glob("*/LC_MESSAGES/*.po"))


def words(catalog: Catalog) -> Iterator[Message]:
    """The translated messages of a catalogue, without its header."""
    return (message for message in catalog if message.id and translated(message))


def translated(message: Message) -> bool:
    """Has it a translation, in every plural form?"""
    return all(message.string) if isinstance(message.string, tuple) else bool(message.string)


def read(path: Path) -> Catalog:
    """A catalogue from its file; an empty one where there is none yet."""
    language = path.parent.parent.name if path.suffix == ".po" and path.parent.name == "LC_MESSAGES" else None
    if not path.exists():
        return Catalog(locale=language, project="MODO", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language)


def write(path: Path, catalog: Catalog) -> None:
    """Keep a catalogue: sorted, one line a message, no places, so that a change of words is all that a diff shows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalog, width=0, sort_output=True, no_location=True)


def main(arguments: list[str]) -> int:
    """The command: with ``extract`` bring the catalogues in step with the code, then compile. 1 if a word lacks its Russian."""
    missing: list[str] = []
    if "extract" in arguments:
        extract()
        missing = [text for path in catalogues() for text in update(path)]
        sys.stdout.write("".join(f"no translation yet: {text}\n" for text in missing))
    compile_all()
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
