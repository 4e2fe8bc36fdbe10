"""The totals of a batch that is run: read from its invoices, which hold them."""

from typing import Any

from sqlalchemy import Select, and_, case, func, null, select

from bordereau.batches.tables import Batch
from bordereau.charges.tables import Charge
from bordereau.contract import LineType
from bordereau.invoices.tables import Allocation, Invoice, InvoiceLine

Rows = Select[*tuple[Any, ...]]


def totals_of_invoices(batch: Batch) -> Rows:
    """Select one row per currency: invoices, net, surcharge, tax; credit notes count against."""
    sign = case((Invoice.kind == "381", -1), else_=1)
    surcharge = (
        select(func.sum(InvoiceLine.net))
        .where(InvoiceLine.invoice_id == Invoice.id, InvoiceLine.type == LineType.SURCHARGE.value)
        .scalar_subquery()
    )
    return (
        select(
            Invoice.currency,
            func.count().label("invoices"),
            func.sum(Invoice.net * sign).label("net"),
            func.coalesce(func.sum(surcharge * sign), 0).label("surcharge"),
            func.sum(Invoice.tax * sign).label("tax"),
        )
        .where(Invoice.batch_id == batch.id, Invoice.state != "voided")
        .group_by(Invoice.currency)
        .order_by(Invoice.currency)
    )


def counts_of_invoices(batch: Batch) -> Rows:
    """Count what stands behind the invoices; a ticket that was billed is no longer unbilled."""
    unbilled = case((Charge.state == "reserved", Charge.ticket_id), else_=null())
    same_invoice = and_(
        Allocation.tenant_id == Invoice.tenant_id, Allocation.invoice_id == Invoice.id
    )
    return (
        select(
            func.count().label("charges"),
            func.count(unbilled.distinct()).label("tickets"),
            func.coalesce(func.sum(Charge.minutes), 0).label("minutes"),
        )
        .select_from(Invoice)
        .join(Allocation, same_invoice)
        .join(Charge, Charge.id == Allocation.charge_id)
        .where(Invoice.batch_id == batch.id)
    )
