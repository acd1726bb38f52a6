"""What lies in the outbox, as the recipient reads it."""

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Letter


def letters_to(session: Session, recipient: str) -> list[Letter]:
    """The letters to an address, oldest first."""
    return list(session.scalars(select(Letter).where(Letter.recipient == recipient).order_by(Letter.id)))


def link(letter: Letter) -> str:
    """The path of the link in a letter; the letter's text and its HTML have the same one."""
    found = re.search(r"http://localhost(/\S+)", letter.text)
    assert found is not None, letter.text
    assert f'href="http://localhost{found[1]}"' in letter.html
    return found[1]
