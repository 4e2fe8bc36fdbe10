"""Fixtures of all tests: a real PostgreSQL, a migrated database, a tenant of one's own.

The server is the embedded one in a temporary folder, or that of BORDEREAU_TEST_DATABASE_URL, the
address of a superuser. Each test process (and each xdist worker) has databases of its own. Tests
share one of them and work in a fresh tenant each: the fence keeps them apart.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy.engine import make_url

from bordereau.store import Database, TenantSession, migrate, new_tenant_id
from bordereau.store.cluster import SUPERUSER
from bordereau.store.embedded import embedded_cluster
from bordereau.store.roles import Role, ensure_database, ensure_role, plain_url
from bordereau.tenancy.tables import Tenant
from bordereau.values.ids import TenantId

pytest_plugins = [
    "tests.fixtures.books",
    "tests.fixtures.commands",
    "tests.fixtures.shop",
    "tests.fixtures.statements",
]

OWNER = Role("bordereau_test_owner", "bordereau")
APP = Role("bordereau_test_app", "bordereau")
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class Postgres:
    """A server for tests; `admin_url` is its superuser's address."""

    admin_url: str

    def connect(self) -> psycopg.Connection:
        return psycopg.connect(plain_url(self.admin_url), autocommit=True)

    def url(self, role: Role, database: str) -> str:
        url = make_url(self.admin_url).set(
            username=role.name, password=role.password, database=database
        )
        return url.render_as_string(hide_password=False)

    def open(self, database: str) -> Database:
        return Database(self.url(APP, database), self.url(OWNER, database))

    def create(self, database: str, template: str | None = None) -> None:
        with self.connect() as connection:
            if template is None:
                ensure_database(connection, database, OWNER.name)
                return
            words = sql.SQL("create database {} template {} owner {}")
            names = (sql.Identifier(name) for name in (database, template, OWNER.name))
            connection.execute(words.format(*names))

    def drop(self, database: str) -> None:
        with self.connect() as connection:
            words = sql.SQL("drop database if exists {} with (force)")
            connection.execute(words.format(sql.Identifier(database)))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A running server with the roles of the tests."""
    outside = os.environ.get("BORDEREAU_TEST_DATABASE_URL")
    if outside:
        server = Postgres(outside)
        with server.connect() as connection:
            ensure_role(connection, OWNER)
            ensure_role(connection, APP)
        yield server
        return
    folder = Path(tempfile.mkdtemp(prefix="bordereau-"))
    folder.chmod(0o711)  # the server's account must be able to enter
    cluster = embedded_cluster(folder, FAST)
    cluster.start()
    try:
        server = Postgres(cluster.url(SUPERUSER, "postgres"))
        with server.connect() as connection:
            ensure_role(connection, OWNER)
            ensure_role(connection, APP)
        yield server
    finally:
        cluster.stop()
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def new_database(postgres: Postgres) -> Iterator[Callable[[], str]]:
    """A way to make migrated databases, as copies of one that is migrated once."""
    prefix = f"bordereau_test_{os.getpid()}"
    template, numbers, made = f"{prefix}_template", count(1), list[str]()
    postgres.drop(template)
    postgres.create(template)
    database = postgres.open(template)
    migrate(database)
    database.close()

    def make() -> str:
        name = f"{prefix}_{next(numbers)}"
        postgres.create(name, template)
        made.append(name)
        return name

    yield make
    for name in (*made, template):
        postgres.drop(name)


@pytest.fixture(scope="session")
def database(postgres: Postgres, new_database: Callable[[], str]) -> Iterator[Database]:
    """The migrated database that tests share."""
    database = postgres.open(new_database())
    yield database
    database.close()


@pytest.fixture
def fresh_database(postgres: Postgres, new_database: Callable[[], str]) -> Iterator[Database]:
    """A migrated database for one test alone, without any tenant."""
    name = new_database()
    database = postgres.open(name)
    yield database
    database.close()
    postgres.drop(name)


@pytest.fixture(scope="session")
def new_tenant() -> Callable[..., TenantId]:
    """A way to make a tenant: `new_tenant(database, currency="JPY")`."""

    def make(database: Database, **columns: str) -> TenantId:
        with database.operator() as operator:
            tenant_id = new_tenant_id(operator)
        facts = {
            "slug": f"tenant-{tenant_id}",
            "name": f"Tenant {tenant_id}",
            "region": "BE",
            "currency": "EUR",
            "time_zone": "Europe/Brussels",
        }
        with database.tenant(tenant_id) as session:
            session.add(Tenant(id=tenant_id, **(facts | columns)))
        return tenant_id

    return make


@pytest.fixture
def tenant_id(database: Database, new_tenant: Callable[..., TenantId]) -> TenantId:
    """A fresh tenant in the shared database: Belgian, in euro."""
    return new_tenant(database)


@pytest.fixture
def session(database: Database, tenant_id: TenantId) -> Iterator[TenantSession]:
    """A session of the fresh tenant; what is not committed is undone."""
    with TenantSession(database.engine, tenant_id) as session:
        yield session
