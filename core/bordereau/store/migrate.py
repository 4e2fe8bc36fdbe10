"""Bring a database to this version of the tables, as their owner.

Steps only go forward; the way back is a backup. A step that changes rows must remember that row
security holds the owner too: it loops over the tenants and sets `app.tenant` for each.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url

from bordereau.errors import SetupError
from bordereau.store import tenants
from bordereau.store.base import load_tables
from bordereau.store.database import Database
from bordereau.store.fence import grants
from bordereau.store.roles import prepare

Step = Callable[[Database], None]

_LOCK = 0x626F7264  # any number of our own; two programs never migrate at once


def migrate(database: Database, steps: Sequence[Step] = ()) -> None:
    """Upgrade the tables, renew the application's rights, then run the other rooms' `steps`.

    Harmless when repeated. On an outside server the database and the application's role are made
    first, where the owner's role may do that. Tables and rights change together or not at all.

    Raises:
        SetupError: the owner's address is missing, or it may not do what is needed, or the
            database was made by a newer version.

    """
    engine = database.owner_engine()
    try:
        prepare(str(database.owner_url), database.app_url)
        with engine.begin() as connection:
            connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            refuse_newer(MigrationContext.configure(connection).get_current_revision())
            command.upgrade(script_config(connection), "head")
            _grant(connection, str(make_url(database.app_url).username))
    finally:
        engine.dispose()
    for step in steps:
        step(database)


def head() -> str:
    """Name the last step that this version of the code knows."""
    return str(ScriptDirectory.from_config(script_config()).get_current_head())


def known_steps() -> frozenset[str]:
    """Name every step that this version of the code knows."""
    scripts = ScriptDirectory.from_config(script_config())
    return frozenset(step.revision for step in scripts.walk_revisions())


def refuse_newer(step: str | None) -> None:
    """Refuse a database whose step this version of the code does not know.

    Raises:
        SetupError: `SCHEMA_TOO_NEW`.

    """
    if step is not None and step not in known_steps():
        raise SetupError(
            "SCHEMA_TOO_NEW",
            f"The database is at step {step}, which this version does not know.",
            hint="Install the version of Bordereau that made it, or a newer one.",
        )


def script_config(connection: Connection | None = None) -> Config:
    """Return the configuration of the migration scripts, which need no file of their own."""
    config = Config()
    scripts = str(Path(__file__).parent / "migrations").replace("%", "%%")
    config.set_main_option("script_location", scripts)
    config.set_main_option("path_separator", "newline")
    config.attributes["connection"] = connection
    return config


def _grant(connection: Connection, role: str) -> None:
    for statement in grants(load_tables(), role, tenants.FUNCTIONS):
        connection.exec_driver_sql(statement)
