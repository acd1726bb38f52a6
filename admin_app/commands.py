"""The commands of `admin_app.cli`, loaded when somebody asks for one: a web server, which never does, starts the sooner."""

import click
from flask import Flask
from flask.cli import AppGroup
from werkzeug.utils import import_string


class Late(AppGroup):
    """A group whose commands are there when they are looked for."""

    def list_commands(self, context: click.Context) -> list[str]:
        self.load()
        return super().list_commands(context)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        self.load()
        return super().get_command(context, name)

    def load(self) -> None:
        """Import the commands."""
        for command in import_string("admin_app.cli:COMMANDS"):
            self.add_command(command)


def register(app: Flask) -> None:
    """Give the application its commands."""
    app.cli = Late(app.name)
