"""Where invoices can be exported to: only what is switched on for the account is offered (A48)."""

from typing import Any

import pytest

from bordereau.values.ids import uuid7


@pytest.fixture
def invoice(client: Any) -> str:
    """An invoice with a number."""
    with client.session() as session:
        books = client.books(session)
        contract = books.contract(
            books.customer(), books.administration(), tax_code_id=books.tax_code().id
        )
        books.charge(contract, "10")
    batch = client.post("/batches", {"name": "October"}, status=201)["id"]
    preview = client.post(f"/batches/{batch}/run")["preview_hash"]
    client.post(f"/batches/{batch}/generate", {"preview_hash": preview})
    client.post(f"/batches/{batch}/finalise", {"customers": False, "destinations": []})
    return str(client.get(f"/invoices?batch={batch}")["data"][0]["id"])


def offered(account: Any) -> set[str]:
    offers = account.get("/connection-offers")["data"]
    return {one["key"] for one in offers if one["kind"] == "destination"}


def export(account: Any, invoice: str, destination: str) -> Any:
    options = {"customers": False, "destinations": [destination]}
    return account.call("POST", "/output-orders", json={"invoices": [invoice], "options": options})


@pytest.mark.row("A48")
def test_only_destinations_that_are_switched_on_for_the_account_are_offered(
    client: Any, stranger: Any, invoice: str
) -> None:
    csv = {"kind": "destination", "key": "csv", "name": "Journal", "settings": {"folder": "sent"}}
    made = client.post("/connections", csv, status=201)["id"]
    assert "csv" in offered(client)
    off = client.call("PATCH", "/plugins/csv", json={"enabled": False})
    assert off.status_code == 200
    assert "csv" not in offered(client)
    assert "csv" in offered(stranger)
    assert client.call("POST", "/connections", json=csv).status_code != 201
    refused = export(client, invoice, made)
    assert (refused.status_code, refused.json()["code"]) == (409, "DESTINATION_UNAVAILABLE")
    assert client.get("/deliveries")["data"] == []
    client.call("PATCH", "/plugins/csv", json={"enabled": True})
    assert export(client, invoice, made).status_code == 201


@pytest.mark.row("A48")
def test_a_destination_that_was_disabled_or_never_was_takes_no_export(
    client: Any, invoice: str
) -> None:
    csv = {"kind": "destination", "key": "csv", "name": "Journal", "settings": {"folder": "sent"}}
    made = client.post("/connections", csv, status=201)["id"]
    client.post(f"/connections/{made}/disable")
    refused = export(client, invoice, made)
    assert (refused.status_code, refused.json()["code"]) == (409, "DESTINATION_UNAVAILABLE")
    assert export(client, invoice, f"con_{uuid7().hex}").status_code == 404
    assert client.get("/deliveries")["data"] == []
