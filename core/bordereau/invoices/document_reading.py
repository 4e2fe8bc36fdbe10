"""The rows that documents are built from: head, lines and taxes of many invoices, their sellers."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, and_, func, select
from sqlalchemy.orm import aliased

from bordereau.catalog.tables import Contract, Project
from bordereau.invoices.tables import Invoice, InvoiceLine, InvoiceTax
from bordereau.store import TenantSession, among
from bordereau.tenancy.tables import Administration


class Parts(NamedTuple):
    """The rows that make one document."""

    header: Row[Any]
    lines: Sequence[Row[Any]]
    taxes: Sequence[Row[Any]]


def load_sellers(session: TenantSession) -> dict[UUID, Administration]:
    """Read the administrations; a tenant has a few."""
    return {one.id: one for one in session.scalars(select(Administration))}


def read_parts(session: TenantSession, invoice_ids: Collection[UUID]) -> dict[UUID, Parts]:
    """Read the rows of some invoices in three statements, however many they are."""
    if not invoice_ids:
        return {}
    lines: dict[UUID, list[Row[Any]]] = defaultdict(list)
    for line in session.execute(_lines(invoice_ids)):
        lines[line.invoice_id].append(line)
    taxes: dict[UUID, list[Row[Any]]] = defaultdict(list)
    for tax in session.execute(_taxes(invoice_ids)):
        taxes[tax.invoice_id].append(tax)
    headers = session.execute(_headers(invoice_ids))
    return {row.id: Parts(row, lines[row.id], taxes[row.id]) for row in headers}


def _headers(invoice_ids: Collection[UUID]) -> Any:
    original = aliased(Invoice)
    return (
        select(
            *(column for column in Invoice.__table__.c if column.name != "document"),
            func.coalesce(Contract.code, "").label("contract_code"),
            func.coalesce(Project.code, "").label("project_code"),
            original.number.label("original_number"),
            original.issue_date.label("original_date"),
        )
        .select_from(Invoice)
        .outerjoin(Contract, _linked(Contract, Invoice.contract_id))
        .outerjoin(Project, _linked(Project, Invoice.project_id))
        .outerjoin(original, _linked(original, Invoice.original_id))
        .where(among(Invoice.id, invoice_ids))
    )


def _lines(invoice_ids: Collection[UUID]) -> Any:
    return (
        select(*InvoiceLine.__table__.c)
        .where(among(InvoiceLine.invoice_id, invoice_ids))
        .order_by(InvoiceLine.invoice_id, InvoiceLine.position)
    )


def _taxes(invoice_ids: Collection[UUID]) -> Any:
    return (
        select(*InvoiceTax.__table__.c)
        .where(among(InvoiceTax.invoice_id, invoice_ids))
        .order_by(InvoiceTax.invoice_id, InvoiceTax.category, InvoiceTax.rate)
    )


def _linked(target: Any, column: Any) -> Any:
    return and_(target.tenant_id == Invoice.tenant_id, target.id == column)
