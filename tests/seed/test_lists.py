"""The reference lists as they come, and after people have changed them."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app.reporting import scope
from models import Classifier, ClassifierItem
from seed import lists


@pytest.fixture
def loaded(session: Session) -> Session:
    """With the lists in it, as the system."""
    with scope.acting(scope.everything("test")):
        lists.load(session)
        yield session


def test_okved_is_a_tree(loaded: Session) -> None:
    query = select(ClassifierItem).join(ClassifierItem.classifier).where(Classifier.code == "okved")
    items = {item.code: item for item in loaded.scalars(query)}
    above = {code: item.parent.code if item.parent else None for code, item in items.items()}
    assert {code: above[code] for code in ("85", "85.1", "85.11", "85.22.3", "85.42.9", "88.91")} == {
        "85": None, "85.1": "85", "85.11": "85.1", "85.22.3": "85.22", "85.42.9": "85.42", "88.91": None,
    }  # fmt: skip


def test_the_lists_of_the_registration_form(loaded: Session) -> None:
    found = lists.titles(loaded)
    assert [title for _code, title in found["legal_form"].values()] == ["государственная", "муниципальная", "негосударственная"]
    assert [title for _code, title in found["legal_position"].values()] == ["автономное", "бюджетное", "казенное"]
    assert [title for _code, title in found["settlement_type"].values()] == ["город", "село"]


def test_what_people_changed_stays(loaded: Session) -> None:
    item = loaded.get_one(ClassifierItem, lists.codes(loaded)["settlement_type"]["village"])
    item.title = "сельский населенный пункт"
    loaded.flush()
    assert lists.load(loaded) == 0
    assert item.title == "сельский населенный пункт"
