"""An open installation, its API over HTTP, and accounts with keys for it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.fixtures.books import Books

from bordereau.catalog.tables import Layout
from bordereau.connections import Host
from bordereau.store import Database, Settings, TenantSession
from bordereau.tenancy import Actor, Right, add_user, issue_key
from bordereau.values.ids import TenantId, public_id, uuid7
from bordereau.work import migrate as migrate_work
from bordereau_api.app import create_app
from bordereau_api.wiring import House, assemble

PREFIX = "/api/v1"
OPERATOR = Actor.installation("operator")
ACCOUNTS = {
    "receivable_account": "411000",
    "revenue_account": "706000",
    "tax_account": "445710",
    "suspense_account": "487000",
}


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


@dataclass(frozen=True)
class World:
    """One object of each kind that has an id in an address, as its owner knows it."""

    account: Account
    ids: dict[str, str]
    open_batch: str
    run_batch: str
    proposal: str


@pytest.fixture
def world(client: Account) -> World:
    """An account with something of everything."""
    with client.session() as session:
        books = client.books(session)
        seller, tax, work_type = (
            books.administration(**ACCOUNTS),
            books.tax_code(),
            books.work_type(),
        )
        customer = books.customer(delivery_mode="")
        contract = books.contract(customer, seller, tax_code_id=tax.id)
        project = books.project(customer, seller)
        books.charge(project, "55", work_type_id=work_type.id, tax_code_id=tax.id)
        ticket = books.ticket(customer, contract)
        charge = books.charge(contract, "80", ticket_id=ticket.id, minutes=45)
        layout = Layout(name="Sober")
        user = add_user(session, OPERATOR, email="ann@users.example", name="Ann", roles=["reader"])
        session.add(layout)
        session.flush()
        key = issue_key(session, OPERATOR, user_id=user.id, name="Ann's")
    batch = bill(client)
    (invoice,) = client.get(f"/invoices?batch={batch}")["data"]
    (order,) = client.get(f"/output-orders?batch={batch}")["data"]
    (delivery,) = client.get(f"/deliveries?order={order['id']}")["data"]
    spread, carried = keep_books(client, public_id("adm", seller.id), invoice["id"])
    with client.session() as session:
        books = client.books(session)
        books.charge(session.merge(contract), "20")
        second = books.contract(session.merge(customer), seller, tax_code_id=tax.id)
        books.charge(second, "30")
    (draft_id,) = client.post("/drafts/fill", {})["drafts"]
    run_batch = client.post("/batches", {"name": "run"}, status=201)["id"]
    client.post(f"/batches/{run_batch}/run")
    proposal = client.get(f"/invoices?batch={run_batch}")["data"][0]["id"]
    connection = client.post(
        "/connections",
        {"kind": "renderer", "key": "pdf", "name": "Files"},
        status=201,
    )
    rows = {
        "administration_id": public_id("adm", seller.id),
        "batch_id": batch,
        "carry_forward_id": carried,
        "charge_id": public_id("chg", charge.id),
        "connection_id": connection["id"],
        "contract_id": public_id("ctr", contract.id),
        "customer_id": public_id("cus", customer.id),
        "delivery_id": delivery["id"],
        "draft_id": draft_id,
        "invoice_id": invoice["id"],
        "key_id": public_id("key", key.id),
        "layout_id": public_id("lay", layout.id),
        "line_id": spread["line"],
        "order_id": order["id"],
        "owner_id": public_id("ctr", contract.id),
        "project_id": public_id("prj", project.id),
        "spread_id": spread["id"],
        "tax_code_id": public_id("tax", tax.id),
        "ticket_id": public_id("tkt", ticket.id),
        "user_id": public_id("usr", user.id),
        "work_type_id": public_id("wtp", work_type.id),
    }
    open_batch = client.post("/batches", {"name": "open"}, status=201)["id"]
    rows["rating_id"] = client.post("/ratings", {}, status=202)["id"]
    return World(client, rows, open_batch, run_batch, proposal)


def bill(account: Account) -> str:
    """Bill everything that is ready and return the batch."""
    batch = account.post("/batches", {"name": "billed"}, status=201)["id"]
    run = account.post(f"/batches/{batch}/run")
    account.post(f"/batches/{batch}/generate", {"preview_hash": run["preview_hash"]})
    done = account.post(f"/batches/{batch}/finalise")
    assert done["state"] == "done"
    return str(batch)


def keep_books(account: Account, administration: str, invoice: str) -> tuple[Any, str]:
    """Post an invoice, spread its revenue and carry forward; return the spread and the run."""
    account.post(f"/invoices/{invoice}/post", {})
    line = account.get(f"/invoices/{invoice}")["lines"][0]["id"]
    months = {"first": "2026-11-01", "last": "2027-01-31"}
    spread = account.post(f"/invoice-lines/{line}/spread", months, status=201)
    path = f"/administrations/{administration}"
    account.call("PUT", f"{path}/closed-until", json={"closed_until": "2020-12-31"})
    return spread, account.post(f"{path}/carry-forward", status=201)["id"]


@dataclass(frozen=True)
class Operation:
    """A route, as the description names it."""

    id: str
    method: str
    path: str
    parameters: tuple[str, ...]
    right: str | None

    @property
    def by_link(self) -> bool:
        """Whether a link of the portal opens it, and no key."""
        return self.path.startswith("/portal/invoices")


@pytest.fixture(scope="session")
def operations(http: TestClient) -> list[Operation]:
    """Every operation of the API."""
    document = http.get(f"{PREFIX}/openapi.json").json()
    return [
        Operation(
            id=operation["operationId"],
            method=method.upper(),
            path=path.removeprefix(PREFIX),
            parameters=tuple(re.findall(r"\{([a-z_]+)\}", path)),
            right=operation.get("x-right"),
        )
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
