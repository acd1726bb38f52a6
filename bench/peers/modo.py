"""MODO through its real application: signed in by the window, rows by the real rule."""

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask.testing import FlaskClient
from sqlalchemy import event

from admin_app.config import Settings
from admin_app.extensions import db
from bench.peers.region import MISS, WORD, Region
from bench.peers.side import CENTRAL, OPERATOR, Action
from tests.page import Page
from tests.people import PASSWORD
from wsgi import create_app

PAGE = 50  # rows of a page, on all sides
LIST = "/admin/organization/"


class Door:
    """The application and two signed-in people."""

    ROW = "/admin/organization/details/?id="

    def __init__(self, address: str, region: Region, folder: Path) -> None:
        self.app = create_app(Settings(data_dir=folder, database_url=address, secret_key="bench" * 8))
        self.statements: list[tuple[str, Any]] = []
        with self.app.app_context():
            event.listen(db.engine, "before_cursor_execute", lambda *sent: self.statements.append((sent[2], sent[3])))
        self.actions: dict[tuple[str, str], Action] = {}
        for who in (OPERATOR, CENTRAL):
            client = self.app.test_client()
            Page(client).sign_in(who, PASSWORD)
            self.actions |= {(who, what): reading(client, path) for what, path in pages(region).items()}


def pages(region: Region) -> dict[str, str]:
    """What is read and where."""

    def listed(**asked: Any) -> str:
        return f"{LIST}?{urlencode(asked)}"

    return {
        "list": LIST,
        "search hit": listed(q=WORD),
        "search miss": listed(q=MISS),
        "search by INN": listed(q=region.inn),
        "filter, sort by name": listed(type_id=region.school_type, sort="-short_name"),
        "filter, sort by INN": listed(type_id=region.school_type, sort="-inn"),
        "last page": listed(last=1),
        "edit form": f"{LIST}edit/?id={region.school}",
        "export CSV": f"{LIST}export/csv/",
        "card": f"{LIST}details/?id={region.school}",
        "filter by place": listed(parent_id=region.office),
        "sort by INN": listed(sort="-inn"),
        "look-up of a superior": f"{LIST}lookup/parent_id?q=СОШ",
        "people": "/admin/user/",
        "people, search hit": "/admin/user/?q=Светлана",
        "people, search miss": f"/admin/user/?q={MISS}",
        "reports": "/admin/report/",
    }


def reading(client: FlaskClient, path: str) -> Action:
    """Read one address to the end."""

    def read() -> tuple[int, bytes]:
        answer = client.get(path)
        return answer.status_code, answer.get_data()

    return read
