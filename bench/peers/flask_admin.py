"""Stock Flask-Admin on the same tables: its ModelView as the manual shows it, nothing of ours but the mapped classes.

A person signs in by Flask-Login, as its manual shows. The operator's view overrides `get_query` and `get_count_query`, as the
manual says; what it may see is written into the view, so nothing is asked for that. "(raw)": relations as they come, a <select>
of every row; the other edit form is the better configured one: `form_ajax_refs` for big relations, small lists narrowed to their
own items.
"""

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from flask_admin import Admin
from flask_admin.contrib.sqla import ModelView
from flask_babel import Babel
from flask_login import LoginManager, current_user
from sqlalchemy import Engine, create_engine, event, func, select
from sqlalchemy.orm import scoped_session, sessionmaker

from bench.peers.modo import PAGE, reading
from bench.peers.region import MISS, WORD, Region
from bench.peers.side import CENTRAL, OPERATOR, Action
from models import Base, Classifier, ClassifierItem, Organization, User

LISTS = {
    "type": "organization_type", "legal_form": "legal_form", "legal_position": "legal_position",
    "settlement_type": "settlement_type", "structural_level": "structural_level",
}  # fmt: skip
COLUMNS = ("short_name", "parent", "level", "phone", "inn", "type", "settlement_type")


class Plain(ModelView):
    """What a developer writes for this table in an afternoon."""

    column_list = COLUMNS
    column_sortable_list = ("short_name", "level", "phone", "inn")
    column_searchable_list = ("short_name", "full_name", "address", "phone", "email", "inn", "ogrn", "okpo", "head_name")
    column_filters = ("level", "type_id", "oktmo", "closed_on", "settlement_type_id", "legal_form_id")
    column_default_sort = "short_name"
    # without it a list asks for every superior by itself, and an export breaks off in the middle
    column_select_related_list = (Organization.parent, Organization.type, Organization.settlement_type)
    form_excluded_columns = ("path", "sort_key", "children", "memberships", "created_at", "updated_at")
    can_export = True
    page_size = PAGE
    reach: Region | None = None

    def is_accessible(self) -> bool:
        """For people who have signed in."""
        return bool(current_user.is_authenticated)

    def get_query(self) -> Any:
        """The operator's part of the tree."""
        return self.narrow(super().get_query())

    def get_count_query(self) -> Any:
        """The same for the count."""
        return self.narrow(self.session.query(func.count("*")).select_from(self.model))

    def narrow(self, query: Any) -> Any:
        """By the same range over the path as MODO's own rule."""
        if self.reach is None:
            return query
        return query.filter(Organization.path >= self.reach.low, Organization.path < self.reach.high)


def items_of(session: Any, code: str) -> Any:
    """A reference list's own items."""
    wanted = select(ClassifierItem).join(Classifier).where(Classifier.code == code).order_by(ClassifierItem.position)
    return lambda: session.scalars(wanted)


class Door:
    """One application, two views for each person."""

    ROW = 'name="rowid"'

    def __init__(self, address: str, region: Region, folder: Path) -> None:  # noqa: ARG002  # the other sides keep files
        Base.__str__ = lambda row: getattr(row, type(row).__title__)  # type: ignore[method-assign]
        engine = create_engine(address)
        self.statements: list[tuple[str, Any]] = []
        event.listen(engine, "before_cursor_execute", lambda *sent: self.statements.append((sent[2], sent[3])))
        self.app, self.views = application(engine, region)
        client = self.app.test_client()
        with client.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"] = OPERATOR, True
        self.actions: dict[tuple[str, str], Action] = {}
        for who, count in ((OPERATOR, region.hundredth), (CENTRAL, region.size)):
            found = pages(self.views[who], region, who, count)
            self.actions |= {(who, what): reading(client, path) for what, path in found.items()}


def application(engine: Engine, region: Region) -> tuple[Flask, dict[str, ModelView]]:
    """The application and its views by who sees them."""
    app = Flask("stock")
    app.config.from_mapping(SECRET_KEY="stock", BABEL_DEFAULT_LOCALE="ru")  # noqa: S106
    Babel(app)
    session = scoped_session(sessionmaker(engine))
    LoginManager(app).user_loader(lambda key: session.scalar(select(User).where(User.fs_uniquifier == key)))
    app.teardown_appcontext(lambda _error: session.remove())
    admin = Admin(app)
    relations = {
        "parent": {"fields": ("short_name", "inn")},
        "okved_main": {"fields": ("title", "code")},
        "okved_additional": {"fields": ("title", "code")},
    }
    better = {
        "form_ajax_refs": relations,
        "form_args": {name: {"query_factory": items_of(session, code)} for name, code in LISTS.items()},
    }
    views = {}
    with app.app_context():
        for who, reach in ((OPERATOR, region), (CENTRAL, None)):
            views[who] = type("Better", (Plain,), {"reach": reach, **better})(Organization, session, endpoint=who, name=who)
            raw = type("Raw", (Plain,), {"reach": reach})(Organization, session, endpoint=f"{who}_raw", name=f"{who} raw")
            admin.add_views(views[who], raw)
    return app, views


def pages(view: ModelView, region: Region, who: str, count: int) -> dict[str, str]:
    """What is read and where."""
    of_type = next(
        place for place, one in enumerate(view._filters) if one.column.key == "type_id" and type(one).__name__ == "IntEqualFilter"
    )

    def listed(**asked: Any) -> str:
        return f"/admin/{who}/?{urlencode(asked)}"

    narrowed = {f"flt0_{of_type}": region.school_type}
    return {
        "list": f"/admin/{who}/",
        "search hit": listed(search=WORD),
        "search miss": listed(search=MISS),
        "search by INN": listed(search=region.inn),
        "filter, sort by name": listed(**narrowed, sort=COLUMNS.index("short_name"), desc=1),
        "filter, sort by INN": listed(**narrowed, sort=COLUMNS.index("inn"), desc=1),
        "last page": listed(page=-(-count // PAGE) - 1),
        "edit form": f"/admin/{who}/edit/?id={region.school}",
        "edit form (raw)": f"/admin/{who}_raw/edit/?id={region.school}",
        "export CSV": f"/admin/{who}/export/csv/",
    }
