"""Invoices by API: written by hand, changed, issued, paid, credited; as document and as file."""

import base64
import hashlib
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from sqlalchemy import select

from bordereau.invoices.tables import Invoice
from bordereau.values.ids import public_id

KEYS = (f"key-{number}" for number in count())


@pytest.fixture
def write(client: Any) -> Callable[..., Any]:
    """A way to write an invoice by hand, of 2 times 40.00 and 20 % tax."""
    with client.session() as session:
        books = client.books(session)
        books.administration(code="SELLER")
        customer, tax = books.customer(), books.tax_code("20")
        ids = public_id("cus", customer.id), public_id("tax", tax.id)

    def make(**changes: Any) -> Any:
        line = {"name": "Advice", "quantity": "2", "unit_price": "40", "tax_code": ids[1]}
        body = {"customer": ids[0], "lines": [line]} | changes
        return create(client, "/invoices", body)

    return make


def create(account: Any, path: str, body: Any, status: int = 201) -> Any:
    return account.post(path, body, status=status, headers={"Idempotency-Key": next(KEYS)})


def issue(account: Any, invoice: Any) -> Any:
    (done,) = account.post("/invoices/issue", {"invoices": [invoice["id"]]})["invoices"]
    return done


@pytest.mark.row("A7")
def test_an_invoice_is_written_by_hand_and_changed(client: Any, write: Any) -> None:
    made = write()
    assert (made["state"], made["total"]) == ("draft", {"amount": "96.00", "currency": "EUR"})
    (line,) = made["lines"]
    path = f"/invoices/{made['id']}"
    kept = {name: line[name] for name in ("id", "name", "unit_price")}
    change = {"lines": [kept | {"quantity": "3", "tax_code": line["tax_code_id"]}]}
    assert client.call("PATCH", path, json=change).status_code == 428
    seen = client.call("GET", path).headers["etag"]
    done = client.call("PATCH", path, json=change, headers={"If-Match": seen})
    assert done.json()["total"]["amount"] == "144.00"
    late = client.call("PATCH", path, json=change, headers={"If-Match": seen})
    assert late.status_code == 412


def test_creating_needs_a_key(client: Any, write: Any) -> None:
    write()
    with client.session() as session:
        customer = public_id("cus", session.scalars(select(Invoice.customer_id)).one())
    body = {"customer": customer, "lines": [{"name": "x", "unit_price": "1", "tax_code": None}]}
    answer = client.call("POST", "/invoices", json=body)
    assert answer.status_code == 400
    assert "Idempotency-Key" in answer.json()["detail"]


def test_an_issued_invoice_is_frozen(client: Any, write: Any) -> None:
    issued = issue(client, write())
    path = f"/invoices/{issued['id']}"
    answer = client.call("PATCH", path, json={"notes": ["x"]}, headers={"If-Match": "*"})
    assert answer.json()["code"] == "INVOICE_NUMBERED"
    assert client.call("DELETE", path).json()["code"] == "INVOICE_NUMBERED"


def test_the_document_is_answered_byte_by_byte_as_issued(client: Any, write: Any) -> None:
    issued = issue(client, write())
    answer = client.call("GET", f"/invoices/{issued['id']}/document")
    with client.session() as session:
        stored = session.scalars(select(Invoice.document)).one()
    assert answer.content == stored.encode()
    digest = base64.b64encode(hashlib.sha256(answer.content).digest()).decode()
    assert answer.headers["repr-digest"] == f"sha-256=:{digest}:"
    assert answer.json()["number"] == issued["number"]


def test_the_file_is_a_pdf(client: Any, write: Any) -> None:
    made = write()
    missing = client.call("GET", f"/invoices/{made['id']}/file")
    assert missing.json()["code"] == "NO_RENDERER"
    client.post("/connections", {"kind": "renderer", "key": "pdf"}, status=201)
    answer = client.call("GET", f"/invoices/{made['id']}/file")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF-")
    assert answer.headers["content-disposition"].startswith('inline; filename="')


@pytest.mark.row("A52")
def test_payments_make_it_paid_and_refunds_refunded(client: Any, write: Any) -> None:
    issued = issue(client, write())
    path = f"/invoices/{issued['id']}/payments"
    euro = {"currency": "EUR"}
    part = create(client, path, {"amount": euro | {"amount": "6.00"}, "reference": "bank 1"})
    assert (part["status"], part["marks"]) == ("draft", ["partly_paid"])
    paid = create(client, path, {"amount": euro | {"amount": "90.00"}})
    assert (paid["status"], paid["marks"]) == ("paid", ["never_emailed"])
    assert [one["amount"]["amount"] for one in paid["facts"]] == ["6.00", "90.00"]
    back = create(client, path, {"amount": euro | {"amount": "96.00"}, "kind": "refunded"})
    assert back["status"] == "refunded"
    assert [one["after"] for one in back["history"]] == ["paid", "refunded"]
    refused = [("0.01", "refunded", "REFUND_TOO_LARGE"), ("-96.01", "paid", "AMOUNT_NEGATIVE")]
    for amount, kind, code in refused:
        body = {"amount": euro | {"amount": amount}, "kind": kind}
        answer = client.call("POST", path, json=body, headers={"Idempotency-Key": next(KEYS)})
        assert (answer.status_code, answer.json()["code"]) == (422, code)


@pytest.mark.parametrize(
    ("amount", "code"),
    [
        ({"amount": "1.00", "currency": "USD"}, "CURRENCY_DIFFERS"),
        ({"amount": "1.001", "currency": "EUR"}, "AMOUNT_NOT_ROUND"),
        ({"amount": "0", "currency": "EUR"}, "AMOUNT_MISSING"),
    ],
)
def test_a_payment_that_cannot_be_is_refused(
    client: Any, write: Any, amount: Any, code: str
) -> None:
    issued = issue(client, write())
    path = f"/invoices/{issued['id']}/payments"
    headers = {"Idempotency-Key": next(KEYS)}
    answer = client.call("POST", path, json={"amount": amount}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_a_draft_takes_no_payment(client: Any, write: Any) -> None:
    path = f"/invoices/{write()['id']}/payments"
    body = {"amount": {"amount": "1.00", "currency": "EUR"}}
    answer = client.call("POST", path, json=body, headers={"Idempotency-Key": next(KEYS)})
    assert (answer.status_code, answer.json()["code"]) == (409, "INVOICE_UNNUMBERED")


@pytest.mark.row("A54")
def test_a_status_set_by_hand_keeps_its_reason(client: Any, write: Any) -> None:
    issued = issue(client, write())
    body = {"status": "sent", "reason": "handed over"}
    changed = client.post(f"/invoices/{issued['id']}/status", body)
    (entry,) = changed["history"]
    assert (changed["status"], entry["manual"], entry["reason"]) == ("sent", True, "handed over")


def test_a_credit_note_takes_back_what_is_left(client: Any, write: Any) -> None:
    issued = issue(client, write())
    path = f"/invoices/{issued['id']}"
    (item,) = client.get(f"{path}/creditable")["items"]
    wish = {"items": [{"item": item["id"], "amount": "30"}], "reason": "Too much"}
    note = create(client, f"{path}/credit", wish)
    assert (note["kind"], note["net"]["amount"], note["original"]) == ("381", "30.00", issued["id"])
    (left,) = client.get(f"{path}/creditable")["items"]
    assert left["left"]["amount"] == "50.00"
    rest = create(client, f"{path}/credit", {})
    assert rest["net"]["amount"] == "50.00"
    numbered = client.post("/invoices/issue", {"invoices": [note["id"], rest["id"]]})["invoices"]
    assert len({one["number"] for one in numbered}) == 2
    assert "credited" in client.get(path)["marks"]


def test_an_invoice_is_replaced_by_a_credit_note_and_a_new_draft(client: Any, write: Any) -> None:
    issued = issue(client, write())
    done = create(client, f"/invoices/{issued['id']}/replace", {"reason": "Wrong address"})
    assert done["credit"]["total"] == done["replacement"]["total"] == issued["total"]
    assert done["replacement"]["state"] == "draft"


def test_an_unused_number_is_voided_and_stays_in_the_register(client: Any, write: Any) -> None:
    issued = issue(client, write())
    voided = client.post(f"/invoices/{issued['id']}/void", {"reason": "Test"})
    assert (voided["state"], voided["number"]) == ("voided", issued["number"])
    path = f"/administrations/{issued['administration']}/series/380"
    (entry,) = client.get(f"{path}/numbers")["data"]
    assert (entry["fate"], entry["reason"]) == ("voided", "Test")
    assert client.get(f"{path}/check")["sound"]


def test_many_are_credited_and_deleted_with_a_result_each(client: Any, write: Any) -> None:
    issued, draft = issue(client, write()), write()
    ids = [issued["id"], draft["id"]]
    credited = create(client, "/invoices/credit", {"invoices": ids}, status=200)["data"]
    assert [one["done"] or one["code"] for one in credited] == ["credited", "INVOICE_UNNUMBERED"]
    body = {"invoices": [draft["id"]], "reason": "Not needed"}
    (gone,) = client.post("/invoices/delete", body)["data"]
    assert gone["done"] == "deleted"
    assert client.call("GET", f"/invoices/{draft['id']}").status_code == 404
