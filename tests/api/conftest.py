"""An open installation, its API over HTTP, and accounts with keys for it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.api.accounts import Account
from tests.api.operations import Operation, operations_of
from tests.api.worlds import World, world_of

from bordereau.connections import Host
from bordereau.store import Database, Settings
from bordereau.tenancy import Right
from bordereau.values.ids import TenantId
from bordereau.work import migrate as migrate_work
from bordereau_api.app import create_app
from bordereau_api.wiring import House, assemble


@pytest.fixture(scope="session")
def house(
    postgres: Any, new_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """An installation with the built-in plugins and the engine's tables; no worker runs."""
    database: Database = postgres.open(new_database())
    migrate_work(str(database.owner_url), "bordereau_test_app")
    settings = Settings(data_dir=tmp_path_factory.mktemp("house"))
    house = assemble(settings, database, Host.discover())
    yield house
    house.close()


@pytest.fixture(scope="session")
def http(house: House) -> TestClient:
    """The API over HTTP."""
    return TestClient(create_app(house), raise_server_exceptions=True)


@pytest.fixture
def new_account(
    house: House, http: TestClient, new_tenant: Callable[..., TenantId]
) -> Callable[..., Account]:
    """A way to open an account with an administrator's key."""

    def make(**columns: str) -> Account:
        account = Account(house, new_tenant(house.database, **columns), http)
        account.key = account.key_of(*Right)
        return account

    return make


@pytest.fixture
def client(new_account: Callable[..., Account]) -> Account:
    """A fresh account that subscribes."""
    return new_account(plan="subscriber")


@pytest.fixture
def stranger(new_account: Callable[..., Account]) -> Account:
    """Another account."""
    return new_account(plan="subscriber")


@pytest.fixture(scope="session")
def samples() -> Path:
    """The sample data of the repository."""
    return Path(__file__).parents[2] / "examples" / "msp"


@pytest.fixture
def world(client: Account) -> World:
    """An account with something of everything."""
    return world_of(client)


@pytest.fixture(scope="session")
def operations(http: TestClient) -> list[Operation]:
    """Every operation of the API."""
    return operations_of(http)
