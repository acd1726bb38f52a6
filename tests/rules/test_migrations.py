"""What the migrations make is what models.py says; the newest ones go down and up again."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect

from admin_app import migrations
from models import Base


def differences(engine: Engine) -> list[object]:
    with engine.connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), Base.metadata))


def test_the_migrations_make_what_the_models_say(database: Engine) -> None:
    assert differences(database) == []


def test_the_newest_go_down_and_up(database: Engine) -> None:
    migrations.downgrade(database, "0002")
    assert "locked_until" in {column["name"] for column in inspect(database).get_columns("user")}
    migrations.upgrade(database)
    assert differences(database) == []
