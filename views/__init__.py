"""Hand-written screens, in menu order: public pages are blueprints, signed-in ones views of the one Admin."""

from importlib import import_module

from flask import Flask
from flask_admin import Admin

SCREENS = (
    "shell",
    "errors",
    "public",
    "signin",
    "cabinet",
    "organization",
    "report",
    "messages",
    "review",
    "progress",
    "requests",
    "form_catalogue",
    "profile",
    "help",
)


def register(app: Flask, admin: Admin) -> None:
    """Add every screen to the application: each module's own `register(app, admin)`."""
    for name in SCREENS:
        import_module(f"views.{name}").register(app, admin)
