"""What happened to the invoices: facts, and deliveries with their outcome."""

from collections import defaultdict
from typing import Any
from uuid import UUID

from sqlalchemy import select

from bordereau.connections.tables import Connection
from bordereau.invoices.tables import InvoiceFact
from bordereau.output import REASONS
from bordereau.output.tables import StoredDelivery
from bordereau.store import TenantSession

Rows = dict[UUID, list[dict[str, Any]]]


def facts_of(session: TenantSession) -> Rows:
    """Return what really happened to the invoices of the account, oldest first."""
    found: Rows = defaultdict(list)
    query = select(InvoiceFact).order_by(InvoiceFact.at, InvoiceFact.id)
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


def deliveries_of(session: TenantSession) -> Rows:
    """Return the deliveries of the account; those that are stuck with their reason and cure."""
    found: Rows = defaultdict(list)
    query = (
        select(StoredDelivery, Connection.name, Connection.key)
        .outerjoin(Connection, Connection.id == StoredDelivery.connection_id)
        .order_by(StoredDelivery.id)
    )
    for delivery, name, key in session.execute(query):
        found[delivery.invoice_id].append(
            {
                "channel": key,
                "connection": name,
                "mode": delivery.mode or None,
                "recipient": delivery.recipient,
                "state": delivery.state,
                "outcome": delivery.outcome or None,
                "reference": delivery.reference,
                "message": delivery.message,
                "code": delivery.code or None,
                "fix": REASONS[delivery.code].fix if delivery.code in REASONS else "",
            }
        )
    return found
