"""A large batch is numbered in the background, and its caller sees how far it is."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from bordereau.connections import Host
from bordereau.store import Settings
from bordereau.work import migrate as migrate_work
from bordereau.work import working
from bordereau_api import finalising
from bordereau_api.wiring import House, assemble


@pytest.fixture(scope="module")
def house(
    postgres: Any, new_database: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """An installation of its own, whose worker sees nothing of other tests."""
    database = postgres.open(new_database())
    migrate_work(str(database.owner_url), "bordereau_test_app")
    settings = Settings(data_dir=tmp_path_factory.mktemp("background"))
    house = assemble(settings, database, Host.discover())
    yield house
    house.close()


@pytest.fixture(scope="module")
def http(house: House) -> Any:
    """The API of that installation."""
    from starlette.testclient import TestClient  # noqa: PLC0415 - as the shared fixture does

    from bordereau_api.app import create_app  # noqa: PLC0415

    return TestClient(create_app(house))


@pytest.fixture
def generated(client: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """A generated batch of three invoices, which counts as large."""
    monkeypatch.setattr(finalising, "AT_ONCE", 2)
    with client.session() as session:
        books = client.books(session)
        seller, tax = books.administration(), books.tax_code()
        for _ in range(3):
            contract = books.contract(books.customer(), seller, tax_code_id=tax.id)
            books.charge(contract, "10")
    batch = client.post("/batches", {"name": "large"}, status=201)["id"]
    run = client.post(f"/batches/{batch}/run")
    client.post(f"/batches/{batch}/generate", {"preview_hash": run["preview_hash"]})
    return str(batch)


def wait_for(account: Any, address: str, state: str) -> Any:
    deadline = time.monotonic() + 30
    while (found := account.get(address.removeprefix("/api/v1")))["state"] != state:
        assert time.monotonic() < deadline, found
        time.sleep(0.1)
    return found


def test_a_large_batch_is_numbered_by_a_worker(client: Any, generated: str, house: House) -> None:
    path = f"/batches/{generated}/finalise"
    asked = client.call("POST", path)
    assert (asked.status_code, asked.json()["state"]) == (202, "running")
    address = asked.headers["location"]
    assert asked.headers["retry-after"]
    assert client.call("POST", path).status_code == 202
    with working(house.engine):
        done = wait_for(client, address, "done")
    assert (done["done"], done["total"], done["result"]["invoices"]) == (3, 3, 3)
    assert client.get(f"/output-orders?batch={generated}")["data"]


def test_what_stops_it_is_told_and_it_can_be_asked_again(
    client: Any, generated: str, house: House
) -> None:
    invoice = client.get(f"/invoices?batch={generated}")["data"][0]
    late = client.get(f"/administrations/{invoice['administration']}")
    strict = late | {"strict_dates": True}
    del strict["id"]
    client.call("POST", "/administrations", json=strict)
    by_hand = {
        "customer": invoice["customer"],
        "issue_date": "2029-01-01",
        "lines": [{"name": "x", "unit_price": "1", "tax_code": None}],
    }
    made = client.post("/invoices", by_hand, status=201, headers={"Idempotency-Key": "later"})
    client.post("/invoices/issue", {"invoices": [made["id"]]})
    asked = client.call("POST", f"/batches/{generated}/finalise")
    with working(house.engine):
        failed = wait_for(client, asked.headers["location"], "failed")
        assert failed["error"]["code"] == "DATE_BEFORE_LAST"
        client.call("POST", "/administrations", json=strict | {"strict_dates": False})
        client.call("POST", f"/batches/{generated}/finalise")
        assert wait_for(client, asked.headers["location"], "done")["done"] == 3
