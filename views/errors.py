"""Error pages: what happened, what was kept, what to do next. The log has the trace, under the number that the page says."""

import logging
import secrets
from dataclasses import dataclass, replace

from flask import Flask, current_app, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_admin import Admin
from flask_babel import LazyString, force_locale
from flask_babel import lazy_gettext as _
from flask_login import AnonymousUserMixin, current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError
from werkzeug.exceptions import BadRequest, BadRequestKeyError, Conflict, Forbidden, HTTPException, InternalServerError

from admin_app.extensions import db
from admin_app.reporting import guard
from admin_app.reporting.refusal import Refused
from admin_app.security import scripted, way_back
from views.shell import Shell, view

log = logging.getLogger("modo.errors")


@dataclass(frozen=True)
class Said:
    """The three sentences of an error page under its heading."""

    title: LazyString
    happened: LazyString
    kept: LazyString
    then: LazyString


NOTHING_CHANGED = _("Nothing was changed.")
CALL_US = _("If it happens again, call 8(3952)500-287 (286).")

SAID = {
    400: Said(
        _("The request could not be understood"),
        _("The page sent something that the system does not expect."),
        NOTHING_CHANGED,
        _("Go back, reload the page and try again."),
    ),
    403: Said(
        _("You may not do this"),
        _("This page or action is not open to you."),
        NOTHING_CHANGED,
        _("If you need it for your work, ask your superior organization or file a request in the request service."),
    ),
    404: Said(
        _("There is no such page"),
        _("The address is wrong, the page is gone, or it belongs to an organization that you are not attached to."),
        NOTHING_CHANGED,
        _("Check the address, or start from your cabinet."),
    ),
    405: Said(
        _("This address does not work like that"),
        _("The page was opened in a way that it is not made for, for example from a bookmark of a sent form."),
        NOTHING_CHANGED,
        _("Go back and use the buttons of the page."),
    ),
    409: Said(
        _("It was not done"),
        _("Something has changed meanwhile, or is not as this action needs it."),
        NOTHING_CHANGED,
        _("Go back, reload the page and look at it again."),
    ),
    413: Said(
        _("That is too large"),
        _("What you are sending is larger than the system accepts (24 MB)."),
        _("The file was not stored; everything saved before is in place."),
        _("Send a smaller file, or split it into parts."),
    ),
    429: Said(
        _("Too many attempts"),
        _("There were too many attempts in a short time, so the system has stopped listening for a while."),
        NOTHING_CHANGED,
        _("Wait a few minutes and try again."),
    ),
    500: Said(
        _("An error in the system"),
        _("The system made a mistake while it worked on this page. It is not your fault."),
        _("Everything that was saved before is in place; the last action was undone as a whole."),
        _("Go back and try again in a minute."),
    ),
}
STALE = Said(
    _("The page has grown stale"),
    _("The page was open for so long, or you have signed in anew, so that its form is no longer valid."),
    NOTHING_CHANGED,
    _("Go back (what you typed is still there), copy what you need, reload the page and send it again."),
)
ANEW = replace(STALE, then=_("Open the page anew: its form has what you typed. Look it through and send it again."))
LEFT = Said(
    _("You are no longer signed in"),
    _("You have signed out, perhaps in another tab, so that this form could not be taken in."),
    NOTHING_CHANGED,
    _("Sign in: the page opens again, and its form has what you typed."),
)


def register(app: Flask, admin: Admin) -> None:  # noqa: ARG001  # every screen is registered alike
    """One handler for everything that ends a request early, one for what a verb refused, one for what no column holds."""
    app.register_error_handler(HTTPException, answer)
    app.register_error_handler(Refused, refused)
    app.register_error_handler(DataError, unfit)


def answer(error: HTTPException) -> ResponseReturnValue:
    """The page for an error; the same in JSON for scripts. Redirects and answers in the making go through."""
    if error.code is None or error.code < 400 or error.response is not None:
        return error
    number = incident(error) if error.code >= 500 else ""
    stale = isinstance(error, CSRFError)
    said = grown_stale() if stale else SAID.get(error.code) or SAID[500 if error.code >= 500 else 400]
    reason = reason_of(error)
    if scripted():
        return jsonify(error=reason or str(said.happened), number=number), error.code, headers(error)
    back = way_back() if stale and said is not STALE else None
    return page(said, reason=reason, code=error.code, number=number, back=back), error.code, headers(error)


def grown_stale() -> Said:
    """What is said of a form that is no longer valid. Public ones are not kept by js/keep.js."""
    if current_user.is_authenticated:
        return ANEW
    screens = {view.endpoint for admin in current_app.extensions["admin"] for view in admin._views}
    return LEFT if request.blueprint in screens else STALE


def refused(error: Refused) -> ResponseReturnValue:
    """What a verb refused and its screen did not catch: the verb's own sentence."""
    undo()
    return answer(Forbidden(error.sentence) if isinstance(error, guard.Forbidden) else Conflict(error.sentence))


def unfit(error: DataError) -> ResponseReturnValue:
    """A value that no column holds (a number too large, a NUL in a text) came from outside: the page is at fault, not we."""
    log.warning("unfit value at %s %s", request.method, request.path, exc_info=error)
    undo()
    return answer(BadRequest())


def undo() -> None:
    """Take back what this request has begun in the database."""
    if "_sqlalchemy_sessions" in g:
        db.session.rollback()
        db.get_session("auth").rollback()


def incident(error: HTTPException) -> str:
    """Undo what was begun, write the trace to the log under a short number, and return the number."""
    number = secrets.token_hex(4)
    cause = error.original_exception if isinstance(error, InternalServerError) else error
    log.error("incident %s at %s %s", number, request.method, request.path, exc_info=cause)
    undo()
    return number


def reason_of(error: HTTPException) -> str:
    """The sentence that the raising code gave with the error; werkzeug's own English ones don't count."""
    technical = error.code == 429 or isinstance(error, CSRFError | BadRequestKeyError)
    standard = type(error).description
    return "" if technical or error.description in {None, standard} else str(error.description)


def headers(error: HTTPException) -> list[tuple[str, str]]:
    """The headers that belong to the error itself, such as Allow and Retry-After."""
    return [(name, value) for name, value in error.get_headers() if name.lower() != "content-type"]


def page(said: Said, **facts: object) -> str:
    """The page in the product's clothes; if even the frame cannot be had (no database), in the frame of a stranger."""
    try:
        return render_template("error/page.html", said=said, call=CALL_US, home=home(), **facts)
    except Exception:
        log.exception("the error page itself failed")
        g.shell = Shell(locale="ru", view=view(), here="/")
        g._login_user = AnonymousUserMixin()  # flask-login would ask the database again for whom the page is
        with force_locale("ru"):
            return render_template("error/page.html", said=said, call=CALL_US, home="/", **facts)


def home() -> str:
    """Where to start again."""
    return "/cabinet" if current_user.is_authenticated else "/"
