"""An account with something of everything, for tests that go through all addresses."""

from dataclasses import dataclass
from typing import Any

from tests.api.accounts import OPERATOR, Account

from bordereau.catalog.tables import Layout
from bordereau.tenancy import add_user, issue_key
from bordereau.values.ids import public_id

ACCOUNTS = {
    "receivable_account": "411000",
    "revenue_account": "706000",
    "tax_account": "445710",
    "suspense_account": "487000",
}


@dataclass(frozen=True)
class World:
    """One object of each kind that has an id in an address, as its owner knows it."""

    account: Account
    ids: dict[str, str]
    open_batch: str
    run_batch: str
    proposal: str


def world_of(client: Account) -> World:
    """Fill an account with something of everything."""
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
