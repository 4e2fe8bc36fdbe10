"""What the demonstration tells at its end: every invoice, what happened to it, where its files are.

Ids and amounts are text; paths are relative to the output folder.
"""

from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from bordereau.batches.tables import Batch
from bordereau.catalog.tables import Customer
from bordereau.invoices.tables import Invoice
from bordereau.output import Desk
from bordereau.store import TenantSession
from bordereau.values.ids import TenantId, public_id
from bordereau.values.money import round_amount
from bordereau_api.demo.events import deliveries_of, facts_of
from bordereau_api.demo.files import files_of, mail_by_id, write_pdfs
from bordereau_api.demo.folders import Folders


def summarise(desk: Desk, tenant_id: TenantId, folders: Folders, batch_id: UUID) -> dict[str, Any]:
    """Return the summary of an account and its batch, and write the PDFs into their folder.

    Raises:
        RenderError: a PDF cannot be made.

    """
    with desk.database.tenant(tenant_id) as session:
        numbers = _numbers(session)
    pdfs, mail = write_pdfs(desk, tenant_id, folders, numbers), mail_by_id(folders)
    with desk.database.tenant(tenant_id) as session:
        invoices = _invoices(session)
        facts, deliveries = facts_of(session), deliveries_of(session)
        batch = session.get_one(Batch, (tenant_id, batch_id))
        told = {"id": public_id("bat", batch.id), "name": batch.name, "state": batch.state}
        sums = _totals(session)
    for id_, invoice in invoices.items():
        references = [one["reference"] for one in deliveries[id_]]
        files = [pdfs[id_], *files_of(folders, mail, references)]
        invoice["facts"] = facts[id_]
        invoice["deliveries"] = [_relative(folders, one) for one in deliveries[id_]]
        invoice["files"] = [folders.relative(path) for path in files]
    return {"batch": told, "totals": sums, "invoices": [*invoices.values()]}


def _numbers(session: TenantSession) -> dict[UUID, str]:
    query = select(Invoice.id, Invoice.number).where(Invoice.state == "issued")
    return {row.id: str(row.number) for row in session.execute(query.order_by(Invoice.number))}


def _invoices(session: TenantSession) -> dict[UUID, dict[str, Any]]:
    query = (
        select(Invoice, Customer.name)
        .join(Customer, Customer.id == Invoice.customer_id)
        .where(Invoice.state == "issued")
        .order_by(Invoice.number)
    )
    return {
        invoice.id: {
            "id": public_id("inv", invoice.id),
            "number": invoice.number,
            "kind": invoice.kind,
            "customer": customer,
            "issue_date": invoice.issue_date.isoformat(),
            "due_date": invoice.due_date.isoformat() if invoice.due_date else None,
            "currency": invoice.currency,
            "net": str(round_amount(invoice.net, invoice.currency)),
            "tax": str(round_amount(invoice.tax, invoice.currency)),
            "total": str(round_amount(invoice.total, invoice.currency)),
            "status": invoice.status,
        }
        for invoice, customer in session.execute(query)
    }


def _totals(session: TenantSession) -> list[dict[str, Any]]:
    """Add the invoices up, per currency (row A19)."""
    query = (
        select(
            Invoice.currency,
            func.count(),
            func.sum(Invoice.net),
            func.sum(Invoice.tax),
            func.sum(Invoice.total),
        )
        .where(Invoice.state == "issued")
        .group_by(Invoice.currency)
        .order_by(Invoice.currency)
    )
    return [
        {"currency": currency, "invoices": number}
        | {
            name: str(round_amount(amount, currency))
            for name, amount in zip(("net", "tax", "total"), amounts, strict=True)
        }
        for currency, number, *amounts in session.execute(query)
    ]


def _relative(folders: Folders, delivery: dict[str, Any]) -> dict[str, Any]:
    """Write a reference that is a path in the output folder as the other paths."""
    path = Path(delivery["reference"])
    return delivery | ({"reference": folders.relative(path)} if folders.holds(path) else {})
