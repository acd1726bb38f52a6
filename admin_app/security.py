"""Signing in: Flask-Security with our own windows, and a row in the database for every signed-in browser.

Flask-Security loads the person, keeps the password hashes and signs the links in letters; its pages and its mail are not used
(`views/public.py`, `views/signin.py`, `reporting/accounts.py` are ours). Everything here works on the session named ``auth``.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app, g, jsonify, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_security import SQLAlchemySessionUserDatastore
from flask_security.confirmable import confirm_email_token_status
from flask_security.recoverable import reset_password_token_status
from flask_security.utils import hash_password, login_user, logout_user, set_request_attr
from sqlalchemy import Engine, ScalarSelect, Select, bindparam, func, select, update
from werkzeug.local import LocalProxy
from werkzeug.wrappers import Response

from admin_app.config import Settings
from admin_app.extensions import db, security
from admin_app.patience import DECOY, client
from admin_app.reporting import days, letters, lists
from admin_app.reporting.account_letters import CONFIRM_DAYS, RESET_HOURS
from admin_app.reporting.actor import SEAT, Actor, reaches, seated, short_name
from models import Level, LoginSession, Message, Organization, Role, User

SETTINGS: dict[str, Any] = {
    "PASSWORD_HASH": "argon2",
    "PASSWORD_SCHEMES": ["argon2"],
    "PASSWORD_SINGLE_HASH": True,  # argon2 salts by itself
    "PASSWORD_HASH_PASSLIB_OPTIONS": {"argon2__memory_cost": 19456, "argon2__time_cost": 2, "argon2__parallelism": 1},
    "HASHING_SCHEMES": ["hex_sha512"],  # inside signed links; the default would take 180 ms of a core
    "DEPRECATED_HASHING_SCHEMES": [],
    "CONFIRMABLE": True,
    "CONFIRM_EMAIL_WITHIN": timedelta(days=CONFIRM_DAYS),
    "RECOVERABLE": True,
    "RESET_PASSWORD_WITHIN": timedelta(hours=RESET_HOURS),
    "CHANGE_EMAIL": True,
    "CHANGE_EMAIL_WITHIN": timedelta(hours=RESET_HOURS),
    "EMAIL_VALIDATOR_ARGS": {"check_deliverability": False},
    "API_ENABLED_METHODS": ["session"],
    "CLI_USERS_NAME": False,
    "CLI_ROLES_NAME": False,
}
TOUCH = timedelta(minutes=1)  # how old a note of the last request may get


def register(app: Flask) -> None:
    """Set up Flask-Security without its pages; know people by the cookie and the database row together."""
    settings: Settings = app.extensions["settings"]
    app.config.from_mapping({f"SECURITY_{name}": value for name, value in SETTINGS.items()})
    auth: Any = LocalProxy(lambda: db.get_session("auth"))
    security.init_app(app, SQLAlchemySessionUserDatastore(auth, User, Role), register_blueprint=False)
    security.principal.identity_loaders.clear()  # it would ask for the roles at every request; the guard knows them better
    manager = security.login_manager
    manager.user_loader(load)
    manager.request_loader(lambda request: None)  # noqa: ARG005  # no second door: a token in a header signs nobody in
    manager.unauthorized_handler(sign_in_first)
    letters.HOME.set(settings.home)
    app.before_request(home)
    with app.app_context():
        app.extensions[DECOY] = hash_password(uuid.uuid4().hex)


def home() -> None:
    """The address that links in letters begin with: the configured one, else this request's if its name is a trusted one."""
    settings: Settings = current_app.extensions["settings"]
    named = settings.public_url or current_app.config["TRUSTED_HOSTS"] is None
    letters.HOME.set(settings.home if named else request.host_url.rstrip("/"))


def scripted() -> bool:
    """Does a script wait for the answer? (Such answers are JSON.)"""
    return request.path.startswith("/api/") or request.is_json or request.accept_mimetypes.best == "application/json"


def sign_in_first() -> Response:
    """A stranger asked for a page of a signed-in person: the window for people, 401 for scripts.

    Signing in leads back to the page: also from a sent form, whose address shows it again (what was typed: js/keep.js).
    """
    if scripted():
        answer = jsonify(error=_("You are not signed in, or your session has ended. Sign in again."))
        answer.status_code = HTTPStatus.UNAUTHORIZED
        return answer
    return redirect(url_for("security.login", next=way_back()))


def way_back() -> str | None:
    """The page that this request was for, or whose form it sends; None if no page of ours is known to be there."""
    if request.method == "GET" or (request.url_rule is not None and "GET" in (request.url_rule.methods or ())):
        return request.full_path.rstrip("?")
    came = urlsplit(request.referrer or "")
    ours = came.netloc == request.host and came.path != request.path
    return came._replace(scheme="", netloc="", fragment="").geturl() if ours else None


# ── The person behind a cookie ───────────────────────────────────────────────────────────────────────────────────────


def load(uniquifier: str) -> User | None:
    """The person of this request, if the browser's row is alive: neither ended, nor idle, nor too old.

    What a request begins with comes in the same statement: what the person may (``g.actor``), where they work and how many
    messages they have not opened (``g.desk``, for the frame), the stamp of the lists that everybody sees (``g.lists``).
    """
    auth, now, browser = db.get_session("auth"), datetime.now(UTC), session_id()
    if isinstance(auth.bind, Engine):  # not a test's one connection: spare the server a transaction's beginning and end
        auth.connection(execution_options={"isolation_level": "AUTOCOMMIT"})
    rows = auth.execute(beginning(days.today()), {"browser": browser, "person": uniquifier, **edges(now)}).all()
    if not rows:
        return None
    user, seen_at, count, g.lists, *_seat = rows[0]
    if seen_at < now - TOUCH:
        auth.execute(update(LoginSession).where(LoginSession.id == browser).values(seen_at=now))
    g.actor = Actor(user.id, short_name(user.surname, user.name, user.patronymic), reaches(tuple(row[7:]) for row in rows))
    g.desk = Desk(count, {row[8]: Place(row[8], *row[4:7]) for row in rows if row[8] is not None})
    auth.commit()  # none stays open beside the request's own
    set_request_attr("fs_authn_via", "session")
    set_request_attr("fs_paa", session.get("fs_paa", 0))
    return user


DESK = (Organization.short_name, Organization.level, Organization.sort_key)


@dataclass(frozen=True)
class Place:
    """An organization that the person is attached to."""

    id: int
    name: str
    level: Level
    sort_key: str


@dataclass
class Desk:
    """What the frame of a page says of its reader: how many messages they have not opened, and their organizations by id."""

    unread: int
    places: dict[int, Place]


def unread() -> ScalarSelect[int]:
    """How many messages the person has not opened."""
    mine = Message.recipient_id == User.id, Message.read_at.is_(None)
    return select(func.count(Message.id)).where(*mine).correlate(User).scalar_subquery()


@lru_cache(maxsize=2)
def beginning(_day: date) -> Select[Any]:
    """The statement, made once a day (which memberships are in force depends on it)."""
    return seated(
        select(User, LoginSession.seen_at, unread(), lists.stamp(), *DESK, *SEAT)
        .join(LoginSession, LoginSession.user_id == User.id)
        .where(LoginSession.id == bindparam("browser"), *ALIVE, User.fs_uniquifier == bindparam("person"), User.active)
    )


# The conditions that a browser's row still signs somebody in; their values are `edges`.
ALIVE = (
    LoginSession.ended_at.is_(None),
    LoginSession.seen_at > bindparam("idle"),
    LoginSession.started_at > bindparam("oldest"),
)


def edges(now: datetime) -> dict[str, datetime]:
    """When it was used and begun at the earliest."""
    settings: Settings = current_app.extensions["settings"]
    return {"idle": now - timedelta(minutes=settings.idle_minutes), "oldest": now - timedelta(hours=settings.session_hours)}


def living(user_id: int) -> Sequence[LoginSession]:
    """The browsers in which a person is signed in now, the latest first."""
    auth = db.get_session("auth")
    rows = select(LoginSession).where(LoginSession.user_id == user_id, *ALIVE).order_by(LoginSession.seen_at.desc())
    found = auth.scalars(rows, edges(datetime.now(UTC))).all()
    auth.commit()
    return found


def session_id() -> uuid.UUID | None:
    """The id of this browser's row, as its cookie says."""
    try:
        return uuid.UUID(session.get("sid", ""))
    except (TypeError, ValueError, AttributeError):
        return None


def start(user: User) -> None:
    """Sign this browser in: a new cookie, a new row. Nothing of the stranger's cookie is kept."""
    auth = db.get_session("auth")
    session.clear()
    g.pop("csrf_token", None)
    browser = LoginSession(user_id=user.id, address=client(), agent=(request.user_agent.string or "")[:250])
    auth.add(browser)
    user.last_login_at, user.failed_logins = func.now(), 0
    auth.commit()
    session["sid"] = str(browser.id)
    login_user(user, remember=False, authn_via=["password"])


def end() -> None:
    """Sign this browser out: its row ends, so a copy of the cookie is worth nothing."""
    auth = db.get_session("auth")
    ending = update(LoginSession).where(LoginSession.id == session_id(), LoginSession.ended_at.is_(None))
    auth.execute(ending.values(ended_at=func.now()))
    auth.commit()
    logout_user()
    session.clear()


@dataclass(frozen=True)
class Link:
    """Whose link from a letter this is; ``user`` is None if it does not work (any more)."""

    user: User | None
    expired: bool


def follow(status: Callable[[str], tuple[bool, bool, User | None]], token: str) -> Link:
    """What a mailed token is worth; ``status`` is Flask-Security's function for its kind."""
    expired, invalid, user = status(token)
    db.get_session("auth").commit()  # its transaction ends here
    return Link(None if expired or invalid or user is None or not user.active else user, expired)


def confirming(token: str) -> Link:
    """A link of an activation letter."""
    return follow(confirm_email_token_status, token)


def resetting(token: str) -> Link:
    """A link of a password letter."""
    return follow(reset_password_token_status, token)
