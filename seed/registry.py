"""Organizations from a CSV or JSON file: rows whose columns are the fields of `models.Organization`.

Which columns there are, what is checked in them and which of them name items of reference lists follows from the schema.
``parent`` is the INN or the short name of the superior organization, which may stand in the same file, above.
"""

import csv
import json
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from admin_app.reporting import codes, guard, organizations
from admin_app.reporting.guard import Permission
from models import ClassifierItem, Level, Organization
from seed import lists

KEPT_BY_US = {"id", "path", "sort_key", "created_at", "updated_at", "parent_id"}
MANY = "okved_additional"
NEEDED = ("short_name", "level")

Row = dict[str, str]


class Mistakes(Exception):
    """What is wrong in the file, one sentence each, with the number of its row. Nothing has been changed."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences


def read(path: Path) -> list[Row]:
    """The rows of a file. CSV: UTF-8, commas or semicolons, a line of column names; JSON: a list of objects. Raises Mistakes."""
    try:
        text = path.read_text("utf-8-sig")
        found = json.loads(text) if path.suffix.lower() == ".json" else table(text)
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise Mistakes([f"{path.name} can't be read: {error}."]) from error
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise Mistakes([f"{path.name} must be a list of organizations."])
    return [{str(key).strip(): as_text(value) for key, value in row.items() if key} for row in found]


def table(text: str) -> list[dict[str, Any]]:
    """The rows of a CSV."""
    head = text.partition("\n")[0]
    return list(csv.DictReader(text.splitlines(), delimiter=";" if head.count(";") > head.count(",") else ","))


def as_text(value: Any) -> str:
    """A cell as text; a list as its parts between semicolons."""
    return ";".join(map(as_text, value)) if isinstance(value, list) else "" if value is None else str(value).strip()


def load(session: Session, rows: list[Row]) -> tuple[int, int]:
    """Add the organizations that are not there (by INN and KPP, else by short name below the superior), change the others.

    How many were added, how many changed. Raises Mistakes with everything that is wrong; the caller rolls back.
    """
    guard.require(Permission.ORGANIZATION_IMPORT)
    loader = Loader(session)
    for number, row in enumerate(rows, 1):
        loader.take(number, row)
    if loader.mistakes:
        raise Mistakes(loader.mistakes)
    session.flush()
    for organization in (*loader.added, *loader.changed):
        organizations.settle(session, organization)
    return len(loader.added), len(loader.changed)


class Loader:
    """Reads rows one after another and remembers what is wrong with them."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.lists = {code: Items(items) for code, items in lists.titles(session).items()}
        self.columns = columns()
        self.known: dict[str, Organization] = {}
        for one in session.scalars(select(Organization)):
            self.remember(one)
        self.added: list[Organization] = []
        self.changed: list[Organization] = []
        self.mistakes: list[str] = []

    def remember(self, organization: Organization) -> None:
        """Let later rows find it as their superior."""
        if organization.inn and organization.level is not Level.BRANCH:
            self.known[organization.inn] = organization
        self.known[organization.short_name] = organization

    def take(self, number: int, row: Row) -> None:
        """One row into the session, or what is wrong with it into the list."""
        wrong = [f"there is no column “{name}”" for name in row if name not in self.columns and name not in {"parent", MANY}]
        wrong += [f"“{name}” is empty" for name in NEEDED if not row.get(name)]
        values = {
            self.columns[name][0]: self.value(name, text, wrong) for name, text in row.items() if name in self.columns and text
        }
        if MANY in row:
            found = [self.item("okved", code.strip(), wrong) for code in row[MANY].split(";") if code.strip()]
            values[MANY] = list(self.session.scalars(select(ClassifierItem).where(ClassifierItem.id.in_(found))))
        parent = self.known.get(row.get("parent", ""))
        if parent is None and row.get("level") != Level.REGION:
            wrong.append(f"the superior organization “{row.get('parent', '')}” is neither in the system nor above in the file")
        if wrong:
            self.mistakes += [f"Row {number}: {sentence}." for sentence in wrong]
            return
        self.store(parent, values)

    def value(self, name: str, text: str, wrong: list[str]) -> Any:
        """The value of a field; None, and a sentence, if it is none."""
        info = self.columns[name][1]
        if info.get("classifier"):
            return self.item(info["classifier"], text, wrong)
        if name == "level":
            if text not in set(Level):
                wrong.append(f"level “{text}” is none of {', '.join(Level)}")
            return text
        if name == "closed_on":
            return self.day(text, wrong)
        if check := info.get("check"):
            text = codes.clean(check, text)
            if why := codes.problem(check, text):
                wrong.append(f"{name} “{text}”: {str(why).rstrip('.')}")
        return text

    def day(self, text: str, wrong: list[str]) -> date | None:
        """A date, as 2026-12-31 or 31.12.2026."""
        for pattern in ("%Y-%m-%d", "%d.%m.%Y"):
            with suppress(ValueError):
                return datetime.strptime(text, pattern).date()
        wrong.append(f"“{text}” is not a date: write it as 31.12.2026")
        return None

    def item(self, classifier: str, text: str, wrong: list[str]) -> int | None:
        """The id of a list's item, by its code or its title."""
        found = self.lists.get(classifier, Items({})).find(text)
        if found is None:
            wrong.append(f"the list {classifier} has no “{text}”")
        return found

    def store(self, parent: Organization | None, values: dict[str, Any]) -> None:
        """Add or change."""
        organization = self.find(parent, values)
        if organization is None:
            organization = Organization(full_name=values["short_name"], parent=parent)
            self.session.add(organization)
            self.added.append(organization)
        else:
            organization.parent = parent
            self.changed.append(organization)
        for name, value in values.items():
            setattr(organization, name, value)
        self.session.flush()
        self.remember(organization)

    def find(self, parent: Organization | None, values: dict[str, Any]) -> Organization | None:
        """The organization that the row is about, if it is there."""
        query = select(Organization).where(Organization.level == values["level"])
        if values.get("inn") and values["level"] == Level.ORGANIZATION:
            return self.session.scalar(query.where(Organization.inn == values["inn"], Organization.kpp == values.get("kpp")))
        return self.session.scalar(
            query.where(Organization.short_name == values["short_name"], Organization.parent_id == (parent and parent.id))
        )


class Items:
    """A reference list: the ids of its items by code and by title."""

    def __init__(self, items: dict[int, tuple[str, str]]) -> None:
        self.by_word = {word.casefold(): item for item, words in items.items() for word in words}

    def find(self, text: str) -> int | None:
        """The item of this code or title."""
        return self.by_word.get(text.casefold())


def columns() -> dict[str, tuple[str, dict[str, Any]]]:
    """The columns of a file: attribute of the model and what the schema says of it. Classification fields go without ``_id``."""
    return {
        name.removesuffix("_id") if column.info.get("classifier") else name: (name, dict(column.info))
        for name, column in inspect(Organization).columns.items()
        if name not in KEPT_BY_US
    }
