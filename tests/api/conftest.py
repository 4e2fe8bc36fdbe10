"""An open installation, its API over HTTP, and accounts with keys for it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient
from tests.fixtures.books import Books

from bordereau.connections import Host
from bordereau.store import Database, Settings, TenantSession
from bordereau.tenancy import Actor, Right, add_user, issue_key
from bordereau.values.ids import TenantId, uuid7
from bordereau.work import migrate as migrate_work
from bordereau_api.app import create_app
from bordereau_api.wiring import House, assemble

PREFIX = "/api/v1"
OPERATOR = Actor.installation("operator")


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


@dataclass
class Account:
    """An account of the installation, and its administrator's way to the API."""

    house: House
    tenant_id: TenantId
    http: TestClient
    key: str = ""
    version: str = field(default="", repr=False)

    def session(self) -> Any:
        """Open a transaction of the account."""
        return self.house.database.tenant(self.tenant_id)

    def books(self, session: TenantSession) -> Books:
        """Return the builders of rows."""
        books = Books(session)
        books.numbers = iter(range(int(uuid7().hex[-7:], 16), 10**12))
        return books

    def key_of(self, *rights: Right | str) -> str:
        """Make a user with these rights and return a key of it."""
        with self.session() as session:
            name = f"{uuid7().hex}@users.example"
            user = add_user(session, OPERATOR, email=name, name=name, rights=rights)
            return issue_key(session, OPERATOR, user_id=user.id, name="test").text

    def call(self, method: str, path: str, *, key: str | None = None, **how: Any) -> Any:
        """Send a request below the prefix of the API."""
        chosen = self.key if key is None else key
        headers = {"Authorization": f"Bearer {chosen}"} | how.pop("headers", {})
        return self.http.request(method, PREFIX + path, headers=headers, **how)

    def get(self, path: str, **how: Any) -> Any:
        """Read something that must be there."""
        answer = self.call("GET", path, **how)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: Any = None, *, status: int = 200, **how: Any) -> Any:
        """Do something that must succeed."""
        answer = (
            self.call("POST", path, json=body, **how)
            if body is not None
            else self.call("POST", path, **how)
        )
        assert answer.status_code == status, answer.text
        return answer.json()

    def upload(self, kind: str, csv: str | bytes) -> Any:
        """Import a file."""
        answer = self.call(
            "POST", f"/imports/{kind}", content=csv, headers={"Content-Type": "text/csv"}
        )
        assert answer.status_code == 200, answer.text
        return answer.json()


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
