"""What every answer says to the browser, and which names the server answers to."""

from urllib.parse import urlsplit

from flask import Flask, Response, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import SecurityError
from werkzeug.middleware.proxy_fix import ProxyFix

from admin_app.config import Settings

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "object-src 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
TWO_YEARS = "max-age=63072000"
ANYWHERE = {"0.0.0.0", "::", ""}  # noqa: S104  # compared, not bound


def register(app: Flask) -> None:
    """Send the headers with every answer, refuse foreign host names, believe as many proxies as the settings say."""
    settings: Settings = app.extensions["settings"]
    app.config["TRUSTED_HOSTS"] = trusted_hosts(settings)
    app.config["SESSION_COOKIE_SECURE"] = settings.public_url.startswith("https:")
    app.register_error_handler(SecurityError, refuse)
    app.after_request(dress)
    if settings.proxies:
        count = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]


def trusted_hosts(settings: Settings) -> list[str] | None:
    """The host names that requests may carry. None (any) only where the server listens everywhere and no name was given:
    letters then carry the configured address, never the request's (see `security.home`)."""
    named = [*settings.trusted_hosts, *filter(None, [urlsplit(settings.public_url).hostname])]
    if settings.host in ANYWHERE and not named:
        return None
    return ["localhost", "127.0.0.1", "[::1]", settings.host, *named]


def refuse(error: SecurityError) -> ResponseReturnValue:  # noqa: ARG001  # Flask's signature
    """The request came by a name that is not ours; no page can be made, because a page has addresses."""
    words = "This server does not answer to this name. An administrator names it in MODO_PUBLIC_URL.\n"
    return Response(words, 400, mimetype="text/plain")


def dress(response: Response) -> Response:
    """Add the headers; what a view has set itself stays. Pages are not kept by browsers or proxies, static files are."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", TWO_YEARS)
    endpoint = request.endpoint or ""
    static = endpoint == "static" or endpoint.endswith(".static")
    kept = response.cache_control.immutable or response.cache_control.public
    if not static and not kept:
        response.headers["Cache-Control"] = "no-store"
    return response
