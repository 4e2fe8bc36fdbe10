"""What the demonstration tells at its end: every invoice, what happened to it, where its files are.

Ids and amounts are text; paths are relative to the output folder.
"""

from collections import defaultdict
from typing import Any
from uuid import UUID

from sqlalchemy import select

from bordereau.batches import get_batch
from bordereau.catalog.tables import Customer
from bordereau.connections.tables import Connection
from bordereau.contract import safe_name
from bordereau.invoices.tables import Invoice, InvoiceFact
from bordereau.output.tables import StoredArtifact, StoredDelivery
from bordereau.store import TenantSession
from bordereau.values import minor_unit
from bordereau.values.ids import public_id
from bordereau_api.demo.folders import Folders

Rows = dict[UUID, list[dict[str, Any]]]


def summarise(session: TenantSession, folders: Folders, batch_ids: list[UUID]) -> dict[str, Any]:
    """Return the summary of some batches, and write the PDFs into their folder."""
    facts, deliveries = _facts(session, batch_ids), _deliveries(session, batch_ids)
    files = _write_pdfs(session, folders, batch_ids)
    batches = []
    for batch_id in batch_ids:
        batch = get_batch(session, batch_id)
        batches.append({"id": public_id("bat", batch.id), "name": batch.name, "state": batch.state})
    return {
        "batch": batches[0],
        "batches": batches,
        "invoices": [
            _invoice(invoice, customer)
            | {
                "facts": facts[invoice.id],
                "deliveries": deliveries[invoice.id],
                "files": files[invoice.id] + _received(folders, deliveries[invoice.id]),
            }
            for invoice, customer in session.execute(
                select(Invoice, Customer.name)
                .join(Customer, Customer.id == Invoice.customer_id)
                .where(Invoice.batch_id.in_(batch_ids))
                .order_by(Invoice.issued_at, Invoice.series_id, Invoice.sequence)
            )
        ],
        "csv": sorted(folders.relative(path) for path in folders.part("csv").iterdir()),
    }


def _invoice(invoice: Invoice, customer: str) -> dict[str, Any]:
    digits = minor_unit(invoice.currency)
    return {
        "id": public_id("inv", invoice.id),
        "batch": public_id("bat", invoice.batch_id) if invoice.batch_id else None,
        "number": invoice.number,
        "kind": invoice.kind,
        "customer": customer,
        "currency": invoice.currency,
        "net": f"{invoice.net:.{digits}f}",
        "tax": f"{invoice.tax:.{digits}f}",
        "total": f"{invoice.total:.{digits}f}",
        "status": invoice.status,
    }


def _facts(session: TenantSession, batch_ids: list[UUID]) -> Rows:
    found: Rows = defaultdict(list)
    query = (
        select(InvoiceFact)
        .join(Invoice, Invoice.id == InvoiceFact.invoice_id)
        .where(Invoice.batch_id.in_(batch_ids))
        .order_by(InvoiceFact.at, InvoiceFact.id)
    )
    for fact in session.scalars(query):
        found[fact.invoice_id].append(
            {
                "fact": fact.kind,
                "at": fact.at.isoformat(),
                "channel": fact.channel,
                "unconfirmed": fact.unconfirmed,
            }
        )
    return found


def _deliveries(session: TenantSession, batch_ids: list[UUID]) -> Rows:
    found: Rows = defaultdict(list)
    query = (
        select(StoredDelivery, Connection.name, Connection.key)
        .outerjoin(Connection, Connection.id == StoredDelivery.connection_id)
        .join(Invoice, Invoice.id == StoredDelivery.invoice_id)
        .where(Invoice.batch_id.in_(batch_ids))
        .order_by(StoredDelivery.id)
    )
    for delivery, name, key in session.execute(query):
        found[delivery.invoice_id].append(
            {
                "channel": key,
                "connection": name,
                "recipient": delivery.recipient,
                "state": delivery.state,
                "outcome": delivery.outcome,
                "reference": delivery.reference,
                "message": delivery.message,
            }
        )
    return found


def _write_pdfs(
    session: TenantSession, folders: Folders, batch_ids: list[UUID]
) -> dict[UUID, list[str]]:
    files: dict[UUID, list[str]] = defaultdict(list)
    query = (
        select(StoredArtifact.invoice_id, StoredArtifact.content, Invoice.number)
        .join(Invoice, Invoice.id == StoredArtifact.invoice_id)
        .where(Invoice.batch_id.in_(batch_ids), StoredArtifact.media_type == "application/pdf")
        .execution_options(yield_per=50)
    )
    for invoice_id, content, number in session.execute(query):
        path = folders.part("pdf") / f"{safe_name(str(number))}.pdf"
        path.write_bytes(content)
        files[invoice_id].append(folders.relative(path))
    return files


def _received(folders: Folders, deliveries: list[dict[str, Any]]) -> list[str]:
    """List what lies in the output folder because of these deliveries."""
    found = []
    for delivery in deliveries:
        path = folders.root / delivery["reference"]
        if delivery["reference"] and path.is_relative_to(folders.root) and path.exists():
            found.append(folders.relative(path))
    return found
