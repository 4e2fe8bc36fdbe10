"""Taking the migration steps, with alembic."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from bordereau.store.steps import refuse_newer


def upgrade(connection: Connection) -> None:
    """Take the steps that the database has not taken yet, in the caller's transaction.

    Raises:
        SetupError: the database was made by a newer version.

    """
    refuse_newer(MigrationContext.configure(connection).get_current_revision())
    command.upgrade(script_config(connection), "head")


def script_config(connection: Connection | None = None) -> Config:
    """Return the configuration of the migration scripts, which need no file of their own."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    config.attributes["connection"] = connection
    return config
