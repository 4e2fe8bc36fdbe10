"""What the Billing page asks for: a new batch, a saved invoice, output after the generation."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from bordereau.charges import Charge

NOTHING = {"customers": False, "destinations": []}
PDF = {"kind": "renderer", "key": "pdf", "name": "Files"}
MAIL = {
    "kind": "delivery",
    "key": "email",
    "name": "Mail",
    "settings": {"host": "mail.example", "sender": "billing@example.com"},
}


@pytest.fixture
def sell(client: Any) -> Callable[[], None]:
    """A way to make two customers' work ready to bill."""
    with client.session() as session:
        books = client.books(session)
        seller, tax = books.administration(), books.tax_code()

    def make() -> None:
        with client.session() as session:
            books = client.books(session)
            for _ in range(2):
                contract = books.contract(books.customer(), seller, tax_code_id=tax.id)
                books.charge(contract, "10")

    return make


@pytest.fixture
def generated(client: Any, sell: Callable[[], None]) -> str:
    """A batch of two drafts, in an account that can mail."""
    for connection in (PDF, MAIL):
        client.post("/connections", connection, status=201)
    sell()
    return generate(client)


@pytest.mark.row("A30")
def test_a_new_batch_opens_on_an_empty_account(client: Any) -> None:
    batch = client.post("/batches", {}, status=201)
    assert (batch["state"], batch["totals"]["invoices"]) == ("selecting", 0)
    assert client.get(f"/batches/{batch['id']}/owners")["data"] == []
    assert [one["id"] for one in client.get("/batches")["data"]] == [batch["id"]]


@pytest.mark.row("A30")
def test_a_new_batch_shows_the_work_that_is_ready(client: Any, sell: Callable[[], None]) -> None:
    sell()
    batch = client.post("/batches", {}, status=201)
    assert (batch["totals"]["invoices"], batch["totals"]["charges"]) == (2, 2)
    owners = client.get(f"/batches/{batch['id']}/owners")["data"]
    assert [(one["box"], one["ticked"]) for one in owners] == [("white", True)] * 2


@pytest.mark.row("A30")
def test_a_new_batch_needs_its_right(client: Any) -> None:
    refused = client.call("POST", "/batches", json={}, key=client.key_of("read"))
    assert (refused.status_code, refused.json()["details"]) == (403, {"right": "batch"})
    assert client.get("/batches")["data"] == []


@pytest.mark.row("A45")
def test_a_saved_invoice_names_its_batch(client: Any, generated: str) -> None:
    draft = client.get(f"/invoices?batch={generated}")["data"][0]
    assert save(client, draft["id"])["batch"] == generated


@pytest.mark.row("A45")
def test_a_saved_ad_hoc_invoice_names_no_batch(client: Any, generated: str) -> None:
    customer = client.get(f"/invoices?batch={generated}")["data"][0]["customer"]
    line = {"name": "x", "unit_price": "1", "tax_code": None}
    body = {"customer": customer, "lines": [line]}
    made = client.post("/invoices", body, status=201, headers={"Idempotency-Key": "by hand"})
    assert save(client, made["id"])["batch"] is None


@pytest.mark.row("B33", "B34")
def test_invoices_are_final_without_output_and_can_be_sent_later(
    client: Any, generated: str
) -> None:
    client.post(f"/batches/{generated}/finalise", NOTHING)
    invoices = client.get(f"/invoices?batch={generated}")["data"]
    assert all(one["number"] for one in invoices)
    assert client.get("/deliveries")["data"] == []
    with client.session() as session:
        assert set(session.scalars(select(Charge.state))) == {"billed"}
    assert client.post("/batches", {}, status=201)["totals"]["charges"] == 0

    ids = [one["id"] for one in invoices]
    ordered = client.post("/output-orders", {"invoices": ids}, status=201)
    assert (ordered["created"], ordered["found"]) == (2, 0)
    assert sent(client) == {(one, "pdf_email", "waiting") for one in ids}


@pytest.mark.row("B33", "B37")
def test_the_wizard_after_a_run_covers_all_of_its_invoices(
    client: Any, generated: str, sell: Callable[[], None]
) -> None:
    client.post(f"/batches/{generated}/finalise", NOTHING)
    ids = {one["id"] for one in client.get(f"/invoices?batch={generated}")["data"]}
    sell()  # what is not of this run stays out
    client.post(f"/batches/{generate(client)}/finalise", NOTHING)

    plan = client.post("/output-orders/plan", {"batch": generated})
    assert plan["by_state"] == {"waiting": 2}
    assert {one["invoice"] for one in plan["first"]} == ids
    client.post("/output-orders", {"batch": generated}, status=201)
    assert sent(client) == {(one, "pdf_email", "waiting") for one in ids}


@pytest.mark.row("B37")
def test_no_invoice_can_be_picked_or_left_out_in_the_wizard_of_a_run(
    client: Any, generated: str
) -> None:
    client.post(f"/batches/{generated}/finalise", NOTHING)
    one = client.get(f"/invoices?batch={generated}")["data"][0]["id"]
    for path in ("/output-orders/plan", "/output-orders"):
        refused = client.call("POST", path, json={"batch": generated, "invoices": [one]})
        assert refused.status_code == 422
        assert "CHOOSE_ONE" in refused.text
    assert client.get("/deliveries")["data"] == []


def generate(account: Any) -> str:
    """Make drafts of everything that is ready and return their batch."""
    batch = account.post("/batches", {"name": "run"}, status=201)["id"]
    run = account.post(f"/batches/{batch}/run")
    account.post(f"/batches/{batch}/generate", {"preview_hash": run["preview_hash"]})
    return str(batch)


def save(account: Any, invoice: str) -> Any:
    path = f"/invoices/{invoice}"
    seen = account.call("GET", path).headers["etag"]
    done = account.call("PATCH", path, json={"notes": ["Thanks"]}, headers={"If-Match": seen})
    assert (done.status_code, done.json()["notes"]) == (200, ["Thanks"])
    return done.json()


def sent(account: Any) -> set[tuple[str, str, str]]:
    """Return invoice, mode and state of every delivery."""
    found = account.get("/deliveries")["data"]
    return {(one["invoice"], one["mode"], one["state"]) for one in found}
