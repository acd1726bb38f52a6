"""The frame around every page: the person, their organizations, unread messages, the menu, language and view.

Templates read it as the global `shell`. It is put together once a request, at its first use, without asking the database: what
it says of the person came in the statement by which they were known.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from flask import Blueprint, Flask, abort, current_app, g, redirect, request, url_for
from flask_admin import Admin
from flask_babel import LazyString, get_locale
from flask_babel import lazy_gettext as _
from flask_login import current_user
from sqlalchemy import select
from werkzeug.local import LocalProxy
from werkzeug.wrappers import Response
from wtforms import Field

from admin_app.extensions import db
from admin_app.reporting import guard, scope
from admin_app.reporting.actor import full_name
from admin_app.reporting.guard import Permission
from admin_app.security import scripted
from models import Level, Organization, User
from views.base import RowNumber

LOCALES = ("ru", "en")
VIEWS: tuple[tuple[str, LazyString], ...] = (
    ("light", _("Light")),
    ("dark", _("Dark")),
    ("large", _("Version for the visually impaired")),
)
A_YEAR = 365 * 24 * 3600
ICONS = {Level.REGION: "office", Level.MUNICIPALITY: "office", Level.ORGANIZATION: "school", Level.BRANCH: "branch"}

screen = Blueprint("shell", __name__)


@dataclass(frozen=True)
class Person:
    """Who is signed in, as the header says it."""

    id: int
    surname: str
    initials: str


@dataclass(frozen=True)
class Place:
    """One of the person's organizations in the bar under the header."""

    id: int
    name: str
    icon: str


@dataclass
class Entry:
    """One line of the menu; with children, a drop-down."""

    title: str
    address: str = ""
    children: list["Entry"] = field(default_factory=list)
    here: bool = False


@dataclass
class Shell:
    """What the frame shows. Without a person: a public page."""

    locale: str
    view: str
    here: str
    region: str = ""
    person: Person | None = None
    organizations: list[Place] = field(default_factory=list)
    unread: int = 0
    menu: list[Entry] = field(default_factory=list)
    views: tuple[tuple[str, LazyString], ...] = VIEWS

    @property
    def organization_id(self) -> int | None:
        """The organization that this page is about, if its view has said so with `g.organization_id`."""
        found: int | None = g.get("organization_id")
        return found


def register(app: Flask, admin: Admin) -> None:
    """The frame, its two switches, the form macros' helper, and what a number in an address is."""
    app.url_map.converters["int"] = RowNumber
    app.register_blueprint(screen)
    app.jinja_env.globals["shell"] = LocalProxy(lambda: current(admin))
    app.jinja_env.globals["described"] = described
    app.jinja_env.globals["reads_reports"] = reads_reports
    app.jinja_env.globals["url_for"] = address
    app.jinja_env.globals["full_name"] = full_name


def address(endpoint: str, **values: Any) -> str:
    """Flask's `url_for`, which takes 5 µs for each of the forty icons and files of a page."""
    if endpoint == "static" and len(values) == 1:
        return file(request.script_root, **values)
    return url_for(endpoint, **values)


@lru_cache(maxsize=512)
def file(_root: str, filename: str) -> str:
    """The address of a static file for a site that lies below this path."""
    return url_for("static", filename=filename)


def current(admin: Admin) -> Shell:
    """The frame of this request."""
    if "shell" not in g:
        g.shell = frame()
        if current_user.is_authenticated:
            fill(g.shell, current_user)
            g.shell.menu = menu_of(admin)
    found: Shell = g.shell
    return found


def frame() -> Shell:
    """The frame as strangers see it; asks the database for the region's name only once."""
    return Shell(locale=language(), view=view(), here=here(), region=region())


def fill(shell: Shell, user: User) -> None:
    """Add the signed-in person, where they work and what they have not read."""
    shell.person = Person(user.id, user.surname, initials(user.surname, user.name))
    shell.organizations, shell.unread = places(), g.desk.unread


def language() -> str:
    """The language of this page, "ru" or "en"."""
    found = get_locale()
    return found.language if found and found.language in LOCALES else LOCALES[0]


def view() -> str:
    """The view this browser has chosen."""
    chosen = request.cookies.get("view", "")
    return chosen if chosen in dict(VIEWS) else VIEWS[0][0]


def here() -> str:
    """The address to come back to after a switch: this page if it can be read again, else the cabinet."""
    rule = request.url_rule
    if rule is None or "GET" not in (rule.methods or ()):
        return "/cabinet"
    return request.full_path.rstrip("?") if request.method == "GET" else request.path


def region() -> str:
    """The region's name, asked for until there is one, then kept by the process."""
    if not (name := current_app.extensions.get("region_name")):
        name = db.get_session("auth").scalar(select(Organization.short_name).where(Organization.level == Level.REGION)) or ""
        current_app.extensions["region_name"] = name
    return str(name)


def initials(surname: str, name: str) -> str:
    """МС for Соколова Мария, as on the round badge."""
    return f"{name[:1]}{surname[:1]}".upper()


def places() -> list[Place]:
    """The organizations that a person is attached to today, in Russian order, as signing in has found them."""
    found = sorted(g.desk.places.values(), key=lambda place: place.sort_key)
    return [Place(place.id, place.name, ICONS[place.level]) for place in found]


def menu_of(admin: Admin) -> list[Entry]:
    """The one menu: the screens of the Admin that this person may open, then its categories as drop-downs."""
    items = sorted(admin.menu(), key=lambda item: item.is_category())
    entries = [entry(item) for item in items if item.is_accessible() and item.is_visible()]
    mark(entries, request.path)
    return entries


def entry(item: object) -> Entry:
    """A menu item of Flask-Admin as a line of ours."""
    children = [entry(child) for child in item.get_children()] if item.is_category() else []  # type: ignore[attr-defined]
    return Entry(str(item.name), "" if children else item.get_url() or "", children)  # type: ignore[attr-defined]


def mark(entries: Iterable[Entry], path: str) -> None:
    """Mark where the reader is: the entry with the longest address that this page's address begins with."""
    lines = [(line, top) for top in entries for line in (top.children or [top])]
    under = [(line, top) for line, top in lines if f"{path}/".startswith(f"{line.address.rstrip('/')}/")]
    if under:
        line, top = max(under, key=lambda pair: len(pair[0].address))
        line.here = top.here = True


def reads_reports() -> bool:
    """Does a link to a report lead anywhere for this person? Support sees in which state reports are, and opens none."""
    return bool(guard.may(scope.current(), Permission.REPORT_READ))


def described(field: Field) -> dict[str, str]:
    """The attributes that tie a field to its hint and its error, and say that it is required."""
    parts = [f"{field.id}-hint"] if field.description else []
    parts += [f"{field.id}-wrong"] if field.errors else []
    attributes = {"aria-describedby": " ".join(parts)} if parts else {}
    if field.errors:
        attributes["aria-invalid"] = "true"
    return attributes


@screen.post("/language")
def switch_language() -> Response:
    """Keep the reader's language: in a cookie, and with the account of a signed-in person."""
    chosen = request.form.get("locale", "")
    if chosen not in LOCALES:
        abort(400)
    if current_user.is_authenticated and (user := db.session.get(User, current_user.id)):
        user.locale = chosen
        db.session.commit()
    return kept("locale", chosen)


@screen.post("/view")
def switch_view() -> Response:
    """Keep the reader's view of the pages in a cookie."""
    chosen = request.form.get("view", "")
    if chosen not in dict(VIEWS):
        abort(400)
    return kept("view", chosen)


def kept(name: str, value: str) -> Response:
    """Set a year-long cookie; a script gets an empty answer, a reader the page they were on."""
    answer = Response(status=204) if scripted() else redirect(own(request.form.get("next", "")))
    answer.set_cookie(name, value, max_age=A_YEAR, samesite="Lax", secure=request.is_secure)
    return answer


def own(address: str) -> str:
    """The address, if it is a path on this site; else the first page."""
    outside = not address.startswith("/") or address.startswith(("//", "/\\")) or any(sign < " " for sign in address)
    return "/" if outside else address
