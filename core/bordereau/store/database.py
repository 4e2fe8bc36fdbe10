"""The open database: the application's connections, and sessions on them."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from bordereau.errors import SetupError
from bordereau.store import embedded
from bordereau.store.session import OperatorSession, TenantSession
from bordereau.store.settings import Settings
from bordereau.values.ids import TenantId

_CONNECT = {"connect_timeout": 10, "application_name": "bordereau", "options": "-c timezone=UTC"}


class Database:
    """One process's way to the database; made once by `Database.open`.

    Attributes:
        app_url: the address for the application's role; it may hold a password.
        owner_url: the address for the owner of the tables, or None where it is not given.
        engine: connections of the application's role.

    """

    def __init__(self, app_url: str, owner_url: str | None = None, *, pool_size: int = 5) -> None:
        self.app_url = with_driver(app_url)
        self.owner_url = with_driver(owner_url) if owner_url else None
        self.engine = _engine(self.app_url, pool_size)

    @classmethod
    def open(cls, settings: Settings) -> "Database":
        """Open the database that the settings name, or start the embedded one.

        Raises:
            SetupError: the embedded server is not installed or does not start.

        """
        if settings.database_url is None:
            found = embedded.start(settings.data_dir)
            return cls(found.app_url, found.owner_url, pool_size=settings.pool_size)
        owner = settings.owner_database_url
        return cls(
            settings.database_url.get_secret_value(),
            owner.get_secret_value() if owner else None,
            pool_size=settings.pool_size,
        )

    def __repr__(self) -> str:
        return f"Database({make_url(self.app_url)!r})"

    @contextmanager
    def tenant(self, tenant_id: TenantId) -> Iterator[TenantSession]:
        """Work for one tenant in one transaction: committed at the end, undone on an error."""
        with TenantSession(self.engine, tenant_id) as session, session.begin():
            yield session

    @contextmanager
    def operator(self) -> Iterator[Session]:
        """Work without a tenant in one transaction; no tenant's rows are seen."""
        with OperatorSession(self.engine) as session, session.begin():
            yield session

    def owner_engine(self) -> Engine:
        """Make an engine for the owner of the tables: for migrations and set-up, nothing else.

        Raises:
            SetupError: the owner's address is not given.

        """
        if self.owner_url is None:
            raise SetupError(
                "OWNER_URL_MISSING",
                "Only the owner of the tables can do this, and its address is not given.",
                hint="Set BORDEREAU_OWNER_DATABASE_URL for this command.",
            )
        return _engine(self.owner_url, pool_size=1)

    def close(self) -> None:
        """Close all connections; an embedded server goes on."""
        self.engine.dispose()


def with_driver(url: str) -> str:
    """Return a PostgreSQL address that names our driver, whatever spelling it came in.

    Raises:
        SetupError: it is no address of a PostgreSQL database.

    """
    scheme, separator, rest = url.partition("://")
    if not separator or scheme.split("+")[0] not in {"postgres", "postgresql"}:
        raise SetupError(
            "DATABASE_URL_UNKNOWN",
            "The database address is not one of PostgreSQL.",
            hint="Write it as postgresql://user:password@host/database.",
        )
    return f"postgresql+psycopg://{rest}"


def _engine(url: str, pool_size: int) -> Engine:
    """Make an engine; values never appear in its errors, because they are people's data."""
    return create_engine(
        url,
        pool_pre_ping=True,
        pool_size=pool_size,
        max_overflow=pool_size,
        hide_parameters=True,
        connect_args=dict(_CONNECT),
    )
