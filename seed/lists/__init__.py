"""The reference lists that come with the product, as readable text files; a central operator edits them further."""

from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Classifier, ClassifierItem

HERE = Path(__file__).parent


def load(session: Session) -> int:
    """Add what the lists in this folder have and the database has not; what people changed there stays. How many were added."""
    return sum(add(session, yaml.safe_load(path.read_text("utf-8"))) for path in sorted(HERE.glob("*.yaml")))


def add(session: Session, document: dict[str, Any]) -> int:
    """Add one list, or the items that it lacks; how many items."""
    classifier = session.scalar(select(Classifier).where(Classifier.code == document["code"]))
    if classifier is None:
        classifier = Classifier(code=document["code"], title=document["title"], note=document.get("note", ""))
        session.add(classifier)
        session.flush()
    items = {
        item.code: item for item in session.scalars(select(ClassifierItem).where(ClassifierItem.classifier_id == classifier.id))
    }
    before = len(items)
    for position, (code, title) in enumerate(document["items"].items(), 1):
        if code in items:
            continue
        above = items.get(part_of(code, items)) if document.get("tree") else None
        items[code] = ClassifierItem(classifier_id=classifier.id, code=code, title=title, parent=above, position=position)
        session.add(items[code])
    session.flush()
    return len(items) - before


def part_of(code: str, known: dict[str, ClassifierItem]) -> str:
    """The code of the group that a code belongs to: the longest other code that it begins with, up to a dot or a digit."""
    return next((code[:length].rstrip(".") for length in range(len(code) - 1, 1, -1) if code[:length].rstrip(".") in known), "")


def titles(session: Session) -> dict[str, dict[int, tuple[str, str]]]:
    """All items: ``{list: {id: (code, title)}}``."""
    rows = session.execute(
        select(Classifier.code, ClassifierItem.id, ClassifierItem.code, ClassifierItem.title).join(ClassifierItem.classifier)
    )
    found: dict[str, dict[int, tuple[str, str]]] = {}
    for classifier, item, code, title in rows:
        found.setdefault(classifier, {})[item] = (code, title)
    return found


def codes(session: Session) -> dict[str, dict[str, int]]:
    """The ids of all items: ``codes(session)["okved"]["85.14"]``."""
    return {classifier: {code: item for item, (code, _title) in items.items()} for classifier, items in titles(session).items()}
