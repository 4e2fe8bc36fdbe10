"""Bring a database to this version of the tables, as their owner.

Steps only go forward; the way back is a backup. A step that changes rows must remember that row
security holds the owner too: it loops over the tenants and sets `app.tenant` for each.
"""

from collections.abc import Callable, Sequence

from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url

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
    from bordereau.store.migrations.upgrade import upgrade  # noqa: PLC0415 - loads alembic

    engine = database.owner_engine()
    try:
        prepare(str(database.owner_url), database.app_url)
        with engine.begin() as connection:
            connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            upgrade(connection)
            _grant(connection, str(make_url(database.app_url).username))
    finally:
        engine.dispose()
    for step in steps:
        step(database)


def _grant(connection: Connection, role: str) -> None:
    for statement in grants(load_tables(), role, tenants.FUNCTIONS):
        connection.exec_driver_sql(statement)
