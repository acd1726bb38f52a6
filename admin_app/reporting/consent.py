"""The consent to the processing of personal data: its text, and which text somebody agreed to.

A text is never edited once people have agreed to it: write a new file, name it after its date, and point `VERSION` to it.
"""

import hashlib
from functools import cache
from pathlib import Path

from sqlalchemy.orm import Session

from models import Consent

VERSION = "2026-11-01"
FOLDER = Path(__file__).parent / "consents"


@cache
def text(locale: str = "ru", version: str = VERSION) -> tuple[str, ...]:
    """The paragraphs of the text. The Russian one has force, the English one helps to understand it."""
    return tuple((FOLDER / f"{version}.{locale}.txt").read_text(encoding="utf-8").strip().split("\n\n"))


@cache
def digest(version: str = VERSION) -> str:
    """SHA-256 of the Russian text, as bytes of its file."""
    return hashlib.sha256((FOLDER / f"{version}.ru.txt").read_bytes()).hexdigest()


def give(session: Session, user_id: int, address: str) -> None:
    """Note that the person agreed to the current text; ``address`` is the network address it came from."""
    session.add(Consent(user_id=user_id, version=VERSION, text_sha256=digest(), address=address[:45]))
