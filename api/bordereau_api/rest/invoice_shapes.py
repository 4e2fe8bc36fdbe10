"""Invoices as they are answered."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import defer

from bordereau.errors import NotFound
from bordereau.invoices import facts_of
from bordereau.invoices.rules.status import marks
from bordereau.invoices.tables import Invoice, InvoiceFact, InvoiceLine, InvoiceTax, StatusChange
from bordereau.store import TenantSession
from bordereau.values.ids import public_id
from bordereau_api.rest.shapes import (
    AdministrationId,
    BatchId,
    ContractId,
    CustomerId,
    DeliveryId,
    Figure,
    InvoiceId,
    LineId,
    Money,
    ProjectId,
    Shape,
    TaxCodeId,
)

WITHOUT_DOCUMENT = defer(Invoice.document)


class InvoiceOut(Shape):
    """An invoice (kind 380) or credit note (381); `status` is what the Billing page shows."""

    id: InvoiceId
    kind: str
    origin: str
    state: str
    status: str
    number: str | None
    administration: AdministrationId
    customer: CustomerId
    customer_name: str
    batch: BatchId | None
    contract: ContractId | None
    project: ProjectId | None
    original: InvoiceId | None
    replaces: InvoiceId | None
    issue_date: date
    due_date: date | None
    period_start: date | None
    period_end: date | None
    net: Money
    tax: Money
    total: Money
    buyer_reference: str
    order_reference: str
    issued_at: datetime | None
    created_at: datetime
    version: int


class InvoiceLineOut(Shape):
    """A line."""

    id: LineId
    position: int
    type: str
    headings: list[str]
    name: str
    description: str
    quantity: Figure
    unit: str
    unit_price: Figure
    discount: Money
    net: Money
    tax_code: str
    tax_code_id: TaxCodeId | None
    tax_category: str
    tax_rate: Figure
    exemption: str
    period_start: date | None
    period_end: date | None
    item_code: str
    account: str


class TaxOut(Shape):
    """The tax of one category and rate."""

    category: str
    rate: Figure
    taxable: Money
    tax: Money
    exemption: str


class FactOut(Shape):
    """Something that happened, with its proof."""

    kind: str
    at: datetime
    channel: str
    delivery: DeliveryId | None
    reference: str
    amount: Money | None
    unconfirmed: bool
    actor: str


class StatusChangeOut(Shape):
    """A change of the displayed status; manual ones have an actor and a reason."""

    at: datetime
    before: str
    after: str
    manual: bool
    actor: str
    reason: str


class InvoiceWithLines(InvoiceOut):
    """An invoice with everything that is known of it."""

    buyer: dict[str, Any]
    notes: list[str]
    payment_split: dict[str, Any] | None
    document_sha256: str | None
    marks: list[str]
    lines: list[InvoiceLineOut]
    taxes: list[TaxOut]
    facts: list[FactOut]
    history: list[StatusChangeOut]


def invoice(session: TenantSession, invoice_id: InvoiceId) -> Invoice:
    """Return the row of an invoice, without its document.

    Raises:
        NotFound: the tenant has no such invoice.

    """
    session.flush()
    query = select(Invoice).where(Invoice.id == invoice_id).options(WITHOUT_DOCUMENT)
    row = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFound("invoice", public_id("inv", invoice_id))
    return row


def shape(row: Invoice) -> InvoiceOut:
    """Return an invoice as lists show it."""
    return InvoiceOut.from_row(row, **_computed(row))


def with_lines(session: TenantSession, invoice_id: InvoiceId) -> InvoiceWithLines:
    """Return an invoice with its lines, taxes, facts and history.

    Raises:
        NotFound: the tenant has no such invoice.

    """
    row = invoice(session, invoice_id)
    lines = _of(session, InvoiceLine, invoice_id, InvoiceLine.position)
    taxes = _of(session, InvoiceTax, invoice_id, InvoiceTax.category, InvoiceTax.rate)
    facts = _of(session, InvoiceFact, invoice_id, InvoiceFact.at, InvoiceFact.id)
    history = _of(session, StatusChange, invoice_id, StatusChange.at, StatusChange.id)
    return InvoiceWithLines.from_row(
        row,
        **_computed(row),
        marks=[one.value for one in marks(facts_of(session, [invoice_id])[invoice_id])],
        lines=[_line(one, row.currency) for one in lines],
        taxes=[_tax(one, row.currency) for one in taxes],
        facts=[_fact(one, row.currency) for one in facts],
        history=[StatusChangeOut.model_validate(one) for one in history],
    )


def _of(session: TenantSession, table: Any, invoice_id: InvoiceId, *order: Any) -> Iterable[Any]:
    return session.scalars(
        select(table).where(table.invoice_id == invoice_id).order_by(*order),
        execution_options={"populate_existing": True},
    ).all()


def _computed(row: Invoice) -> dict[str, Any]:
    money = {name: Money.of(getattr(row, name), row.currency) for name in ("net", "tax", "total")}
    return money | {"customer_name": str(row.buyer.get("name", ""))}


def _line(row: InvoiceLine, currency: str) -> InvoiceLineOut:
    money = {name: Money.of(getattr(row, name), currency) for name in ("discount", "net")}
    return InvoiceLineOut.from_row(row, **money)


def _tax(row: InvoiceTax, currency: str) -> TaxOut:
    money = {name: Money.of(getattr(row, name), currency) for name in ("taxable", "tax")}
    return TaxOut.from_row(row, **money)


def _fact(row: InvoiceFact, currency: str) -> FactOut:
    amount = None if row.amount is None else Money.of(row.amount, currency)
    return FactOut.from_row(row, amount=amount)
