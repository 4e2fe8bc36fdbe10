"""What a link shows: invoices that are issued and were not voided, as they were issued."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select

from bordereau.errors import NotFound
from bordereau.invoices.tables import Invoice
from bordereau.portal.scope import Scope
from bordereau.store import TenantSession
from bordereau.values.ids import public_id
from bordereau.values.money import round_amount

PAGE = 50


@dataclass(frozen=True, slots=True)
class SharedInvoice:
    """An invoice (kind 380) or credit note (381) in the portal's list."""

    id: UUID
    kind: str
    number: str
    issue_date: date
    due_date: date | None
    currency: str
    net: Decimal
    tax: Decimal
    total: Decimal


@dataclass(frozen=True, slots=True)
class SharedDocument:
    """The canonical document as it was issued, byte by byte, and its SHA-256 in hex."""

    text: str
    sha256: str


def shared_invoices(
    session: TenantSession, scope: Scope, *, after: UUID | None = None, limit: int = PAGE
) -> tuple[SharedInvoice, ...]:
    """Return the invoices of a scope, newest first, a page at a time; `after` is the last seen."""
    query = select(
        Invoice.id,
        Invoice.kind,
        Invoice.number,
        Invoice.issue_date,
        Invoice.due_date,
        Invoice.currency,
        Invoice.net,
        Invoice.tax,
        Invoice.total,
    ).where(_shown(scope))
    if after is not None:
        query = query.where(Invoice.id < after)
    rows = session.execute(query.order_by(Invoice.id.desc()).limit(limit))
    return tuple(
        SharedInvoice(
            id=row.id,
            kind=row.kind,
            number=row.number or "",
            issue_date=row.issue_date,
            due_date=row.due_date,
            currency=row.currency,
            net=round_amount(row.net, row.currency),
            tax=round_amount(row.tax, row.currency),
            total=round_amount(row.total, row.currency),
        )
        for row in rows
    )


def shared_invoice(session: TenantSession, scope: Scope, invoice_id: UUID) -> SharedDocument:
    """Return the document of an invoice.

    Raises:
        NotFound: it does not exist, is not issued, was voided, or the scope does not hold it.

    """
    query = select(Invoice.document, Invoice.document_sha256)
    found = session.execute(query.where(_shown(scope), Invoice.id == invoice_id)).one_or_none()
    if found is None:
        raise NotFound("invoice", public_id("inv", invoice_id))
    return SharedDocument(found.document or "", found.document_sha256 or "")


def _shown(scope: Scope) -> ColumnElement[bool]:
    owner = Invoice.customer_id if scope.kind == "c" else Invoice.project_id
    return and_(
        Invoice.tenant_id == scope.tenant_id,
        Invoice.state == "issued",
        owner == scope.owner_id,
    )
