"""Invoices as they are before they get their number."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from bordereau.catalog.tables import Customer
from bordereau.invoices.tables import Invoice, InvoiceLine, InvoiceTax
from bordereau.store import TenantSession
from bordereau.tenancy.tables import Administration
from bordereau.values.ids import uuid7


def write_draft(
    session: TenantSession, seller: Administration, buyer: Customer, total: Decimal
) -> UUID:
    """Write an invoice of one line that is ready to be issued."""
    net = (total / Decimal("1.2")).quantize(Decimal("0.01"))
    invoice = Invoice(
        id=uuid7(),
        origin="ad_hoc",
        state="draft",
        administration_id=seller.id,
        customer_id=buyer.id,
        issue_date=date(2026, 11, 1),
        currency="EUR",
        language="en",
        tax_policy="category",
        net=net,
        tax=total - net,
        total=total,
        buyer={"name": buyer.name, "code": buyer.code, "address": {"country": "FR"}},
    )
    session.add(invoice)
    session.flush()
    rate = Decimal(20)
    session.add(
        InvoiceLine(
            invoice_id=invoice.id,
            position=1,
            name="Support",
            quantity=Decimal(1),
            unit_price=net,
            net=net,
            tax_code="T20",
            tax_category="S",
            tax_rate=rate,
        )
    )
    session.add(
        InvoiceTax(invoice_id=invoice.id, category="S", rate=rate, taxable=net, tax=total - net)
    )
    session.flush()
    return invoice.id
