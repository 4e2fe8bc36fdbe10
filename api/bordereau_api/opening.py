"""Opening the database of an installation: started where it is embedded, and kept up to date."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.engine import make_url

from bordereau import work
from bordereau.store import Database, Settings, migrate
from bordereau.store.doctor import examine_database, require_ready


@contextmanager
def open_database(settings: Settings | None = None) -> Iterator[Database]:
    """Open the database that the settings name.

    Without a database of its own the embedded one is started and kept up to date; a named database
    must have been migrated.

    Raises:
        SetupError: it is not ready; the message says what to do.

    """
    settings = settings or Settings()
    database = Database.open(settings)
    try:
        if settings.database_url is None and is_behind(database):
            migrate_all(database)
        require_ready(database)
        _calm_collector()
        yield database
    finally:
        database.close()


def migrate_all(database: Database) -> None:
    """Bring the tables and the engine's own to this version.

    Raises:
        SetupError: the owner's address is missing, or it may not do what is needed.

    """
    migrate(database, [_migrate_engine])


def is_behind(database: Database) -> bool:
    """Say whether the tables are older than this version, or missing."""
    return any(finding.code == "NOT_MIGRATED" for finding in examine_database(database))


def _calm_collector() -> None:
    """Keep the garbage collector from walking the same objects again and again for nothing.

    What was imported stays for good, and batches make many objects that no cycle holds.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def _migrate_engine(database: Database) -> None:
    work.migrate(str(database.owner_url), str(make_url(database.app_url).username))
