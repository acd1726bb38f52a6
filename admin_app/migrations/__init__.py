"""The history of the schema, and the three things one does with it."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine

from admin_app.migrations import row_level as row_level


def config(connection: Connection) -> Config:
    """Alembic's settings for this connection."""
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent))
    settings.attributes["connection"] = connection
    return settings


def upgrade(engine: Engine, to: str = "head") -> None:
    """Bring the database up to a revision, in one transaction."""
    with engine.begin() as connection:
        command.upgrade(config(connection), to)


def downgrade(engine: Engine, to: str = "base") -> None:
    """Bring the database down to a revision, in one transaction."""
    with engine.begin() as connection:
        command.downgrade(config(connection), to)


def make(engine: Engine, message: str) -> None:
    """Write a new migration from the difference between models.py and the database."""
    with engine.begin() as connection:
        command.revision(config(connection), message, autogenerate=True)
