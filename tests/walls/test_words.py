"""Every word of the product has its Russian, and no translation loses or invents a placeholder."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Message

from admin_app import catalogues

RUSSIAN = catalogues.FOLDER / "ru" / "LC_MESSAGES" / "messages.po"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|(?<!%)%[sd]|\{\w*\}")


def forms(text: object) -> list[str]:
    """A message's text in all its plural forms."""
    return [str(form) for form in text] if isinstance(text, tuple | list) else [str(text)]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> list[Message]:
    """Every word in the code now."""
    template = tmp_path_factory.mktemp("words") / "messages.pot"
    catalogues.extract(template)
    return [message for message in catalogues.read(template) if message.id]


def test_every_word_has_its_russian(found: list[Message]) -> None:
    known = {(message.context, str(message.id)) for message in catalogues.words(catalogues.read(RUSSIAN))}
    missing = [message.id for message in found if (message.context, str(message.id)) not in known]
    assert not missing, f"Run `make messages` and translate in {RUSSIAN.name}: {missing[:10]}"


def test_no_translation_is_left_over(found: list[Message]) -> None:
    used = {(message.context, str(message.id)) for message in found}
    gone = [
        message.id for message in catalogues.words(catalogues.read(RUSSIAN)) if (message.context, str(message.id)) not in used
    ]
    assert not gone, f"No code says these any more; run `make messages`: {gone[:10]}"


def test_placeholders_agree() -> None:
    for message in catalogues.words(catalogues.read(RUSSIAN)):
        wanted = set(PLACEHOLDER.findall(forms(message.id)[-1]))
        for form in forms(message.string):
            assert set(PLACEHOLDER.findall(form)) <= wanted, f"{message.id!r} → {form!r}"
        assert set(PLACEHOLDER.findall(forms(message.string)[-1])) == wanted, (
            f"{message.id!r} lost a placeholder: {message.string!r}"
        )


def test_the_catalogue_is_one_file() -> None:
    assert not list(Path(catalogues.FOLDER).glob("*/parts/*.po")), "Put the fragments into messages.po."
