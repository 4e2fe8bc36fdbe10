"""What is done in the background: numbering a large batch, rating all contracts."""

import time
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from bordereau.catalog.tables import Contract
from bordereau.charges.rating import run as rating_rules
from bordereau.connections import Host
from bordereau.store import Settings
from bordereau.values.ids import parse_id
from bordereau.work import migrate as migrate_work
from bordereau.work import working
from bordereau_api import finalising
from bordereau_api.rating import RatingAll
from bordereau_api.wiring import House, assemble

RETAINER = {
    "type": "RetainerFlatFee",
    "billing_period": "Monthly",
    "start": date(2026, 9, 1),
    "terms": {"quantity": "10", "rate": "15"},
}


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


@pytest.mark.row("B15", "B31")
@pytest.mark.parametrize(
    ("finalise", "state"), [("on_generate", "finalised"), ("explicit", "generated")]
)
def test_generating_numbers_the_invoices_of_an_administration_that_wants_it_at_once(
    client: Any, house: House, finalise: str, state: str
) -> None:
    with client.session() as session:
        books = client.books(session)
        seller, tax = books.administration(finalise=finalise), books.tax_code()
        books.charge(books.project(books.customer(), seller), "10", tax_code=tax.id)
    batch = client.post("/batches", {"source": "projects", "name": finalise}, status=201)
    path = f"/batches/{batch['id']}"
    run = client.post(f"{path}/run")
    client.post(f"{path}/generate", {"preview_hash": run["preview_hash"]})
    with working(house.engine):
        wait_for(client, f"/api/v1{path}", state)
    (invoice,) = client.get(f"/invoices?batch={batch['id']}")["data"]
    assert bool(invoice["number"]) == (finalise == "on_generate")


@pytest.fixture
def retainers(client: Any, monkeypatch: pytest.MonkeyPatch) -> list[Contract]:
    """Three contracts that were never rated, each of which is a chunk of its own."""
    monkeypatch.setattr(rating_rules, "CHUNK", 1)
    with client.session() as session:
        books = client.books(session)
        seller, tax = books.administration(), books.tax_code()
        return [
            books.contract(books.customer(), seller, tax_code_id=tax.id, **RETAINER)
            for _ in range(3)
        ]


@pytest.mark.row("A31")
def test_the_list_of_contracts_is_built_by_a_worker_and_read_meanwhile(
    client: Any, retainers: list[Contract], house: House
) -> None:
    batch = client.post("/batches", {"name": "first", "as_of": "2026-11-01"}, status=201)["id"]
    listed = f"/batches/{batch}/owners"
    assert filled(client, listed) == 0
    asked = client.call("POST", "/ratings", json={"until": "2026-11-01"})
    assert (asked.status_code, asked.json()["state"]) == (202, "running")
    assert (asked.json()["done"], asked.json()["total"]) == (0, 3)
    address = asked.headers["location"].removeprefix("/api/v1")
    assert client.call("POST", "/ratings", json={}).json()["id"] == asked.json()["id"]

    last = select(Contract).where(Contract.id == retainers[-1].id).with_for_update()
    with working(house.engine):
        with client.session() as session:  # somebody is changing the last contract
            session.execute(last)
            wait_until_rated(client, address, 2)
            assert client.get(address)["state"] == "running"
            assert filled(client, listed) == 2
        done = wait_for(client, asked.headers["location"], "done")
    assert (done["done"], done["total"], done["error"]) == (3, 3, None)
    assert filled(client, listed) == 3
    assert client.post("/charges/rate", {"until": "2026-11-01"})["created"] == 0


@pytest.mark.row("A31")
def test_a_rating_that_broke_off_says_so_and_can_be_asked_again(
    client: Any, retainers: list[Contract], house: House
) -> None:
    asked = client.post("/ratings", {"until": "2026-11-01"}, status=202)
    rating, subject = RatingAll(house.database), parse_id("rat", asked["id"])
    with client.session() as session:
        result = rating.exhausted(client.tenant_id, subject, 1, "KeyError")
        rating.book(session, house.enqueue, client.tenant_id, subject, 1, result)
    failed = client.get(f"/ratings/{asked['id']}")
    assert (failed["state"], failed["error"]["code"]) == ("failed", "WORK_FAILED")
    again = client.post("/ratings", {"until": "2026-11-01"}, status=202)
    assert again["id"] != asked["id"]
    with working(house.engine):
        done = wait_for(client, f"/ratings/{again['id']}", "done")
    assert done["done"] == len(retainers)


def filled(account: Any, listed: str) -> int:
    """Count the contracts of a list that have something to bill."""
    return sum(one["items"] > 0 for one in account.get(listed)["data"])


def wait_until_rated(account: Any, address: str, contracts: int) -> None:
    deadline = time.monotonic() + 30
    while account.get(address)["done"] < contracts:
        assert time.monotonic() < deadline, account.get(address)
        time.sleep(0.1)
