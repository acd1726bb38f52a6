"""The table of contents of the product: what an application is made of, in order. Nobody imports this module."""

from flask import Flask, g, has_request_context, request
from flask_admin import Admin
from flask_admin.theme import Theme
from flask_login import current_user

import views
from admin_app import commands, crud, headers, postgres, security
from admin_app.config import Settings, from_environment
from admin_app.extensions import babel, csrf, db
from admin_app.reporting import days, forms, lists, scope

LOCALES = ("ru", "en")


def create_app(settings: Settings | None = None) -> Flask:
    """The whole of MODO as one WSGI application. Starts the embedded database if the settings name none."""
    settings = settings or from_environment()
    app = Flask(__name__, template_folder="views/templates", static_folder="views/static")
    app.config.from_mapping(configuration(settings))
    app.extensions["settings"] = settings
    db.init_app(app)
    db.scoped_class = scope.ScopedSession
    days.keep(settings.time_zone)
    forms.keep_in(settings.data_dir / "compiled")
    babel.init_app(app, locale_selector=locale)
    csrf.init_app(app)
    security.register(app)
    headers.register(app)
    commands.register(app)
    app.before_request(act)
    app.teardown_request(rest)
    with app.app_context():
        admin = Admin(app, name="MODO", url="/admin", theme=Theme("admin", "layout.html"), index_view=crud.Home())
        crud.register(admin)
        views.register(app, admin)
    return app


def configuration(settings: Settings) -> dict[str, object]:
    """Flask's and the extensions' settings (Flask-Security's own are in `admin_app.security`)."""
    return {
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_ENGINES": {"default": postgres.url(settings)},
        "BABEL_DEFAULT_LOCALE": LOCALES[0],
        "BABEL_DEFAULT_TIMEZONE": settings.time_zone,
        "WTF_CSRF_TIME_LIMIT": None,  # bound to the session: a report stays open for hours
        "MAX_CONTENT_LENGTH": 24 * 2**20,
        "MAX_FORM_PARTS": 5000,
        "SESSION_COOKIE_SAMESITE": "Lax",
    }


def locale() -> str:
    """The reader's language: chosen on the page, else kept with the account, else Russian (also where nobody reads: jobs)."""
    if not has_request_context():
        return LOCALES[0]
    chosen = request.cookies.get("locale") or getattr(current_user, "locale", None)
    return chosen if chosen in LOCALES else LOCALES[0]


def act() -> None:
    """From here on the request sees what its person may see; nobody signed in sees nothing."""
    known = current_user.is_authenticated
    scope.begin(g.actor if known else scope.NOBODY)
    lists.begin(g.lists if known else None)


def rest(_error: BaseException | None) -> None:
    """The next request of this thread starts as nobody."""
    scope.begin(scope.NOBODY)
    lists.begin(None)
